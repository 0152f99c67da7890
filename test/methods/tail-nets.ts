/** @file Networks with paths around a layer: what a tail has to carry past it. */
import { netBytes } from "../nets.ts";

/** A layer `middle` with two paths around it, one added, one concatenated; 3 classes, [N,3,6,6]. */
export const bypassNet: Uint8Array = netBytes(["N", 3, 6, 6], ({ g, x, w }) => {
  const a = g.op("Tanh", [g.op("Conv", [x, w([4, 3, 3, 3]), w([4])], { pads: [1, 1, 1, 1] })]);
  const middle = g.alias(g.op("Sigmoid", [g.op("Conv", [a, w([4, 4, 3, 3])], { pads: [1, 1, 1, 1] })]), "middle");
  const added = g.op("Add", [a, g.op("Conv", [middle, w([4, 4, 3, 3])], { pads: [1, 1, 1, 1] })]);
  const joined = g.op("Tanh", [g.op("Concat", [added, x], { axis: 1 })]);
  return { scores: g.op("Gemm", [g.op("Flatten", [joined], { axis: 1 }), w([3, 252])], { transB: 1 }) };
});

/** One half of a split is the layer `left`, the other goes around it; 3 classes, [N,3,6,6]. */
export const splitNet: Uint8Array = netBytes(["N", 3, 6, 6], ({ g, x, w }) => {
  const a = g.op("Tanh", [g.op("Conv", [x, w([6, 3, 3, 3])])]);
  const [left, right] = g.ops("Split", [a, g.ints([2, 4])], { attrs: { axis: 1 }, outputs: 2 });
  const named = g.alias(g.op("Relu", [left as typeof a]), "left");
  const mixed = g.op("Concat", [named, right as typeof a], { axis: 1 });
  return { scores: g.op("Gemm", [g.op("Flatten", [mixed], { axis: 1 }), w([3, 96])], { transB: 1 }) };
});

/** What goes around the layer `middle` are positions of greatest values: integers; 3 classes, [N,2,4,4]. */
export const indexNet: Uint8Array = netBytes(["N", 2, 4, 4], ({ g, x, w }) => {
  const a = g.op("Conv", [x, w([2, 2, 1, 1])]);
  const best = g.op("ArgMax", [a], { axis: 1, keepdims: 1 });
  const middle = g.alias(g.op("Relu", [a]), "middle");
  const picked = g.op("GatherElements", [middle, best], { axis: 1 });
  return { scores: g.op("Gemm", [g.op("Flatten", [picked], { axis: 1 }), w([3, 16])], { transB: 1 }) };
});

/** The layer `middle` becomes a gate of one number a channel, spread to the shape of a value before it; 3 classes, [N,3,6,6]. */
export const gateNet: Uint8Array = netBytes(["N", 3, 6, 6], ({ g, x, w }) => {
  const a = g.op("Tanh", [g.op("Conv", [x, w([4, 3, 3, 3])])]);
  const middle = g.alias(g.op("Relu", [g.op("Conv", [a, w([4, 4, 3, 3]), w([4])])]), "middle");
  const gate = g.op("Expand", [g.op("Sigmoid", [g.op("GlobalAveragePool", [middle])]), g.op("Shape", [a])]);
  const gated = g.op("Flatten", [g.op("Mul", [gate, a])], { axis: 1 });
  return { scores: g.op("Gemm", [gated, w([3, 64])], { transB: 1 }) };
});
