/** @file The classifiers of the method tests: small, with known answers. */
import { type Explainer, loadModel } from "../../src/index.ts";
import { net, netBytes } from "../nets.ts";

/** Smooth and deep enough that no method is exact on it; 4 classes, [N,3,8,8]. */
export const smoothNet: Uint8Array = netBytes(["N", 3, 8, 8], ({ g, x, w }) => {
  const a = g.alias(g.op("Tanh", [g.op("Conv", [x, w([5, 3, 3, 3]), w([5])], { pads: [1, 1, 1, 1] })]), "features");
  const b = g.op("Sigmoid", [g.op("Conv", [a, w([4, 5, 3, 3]), w([4])], { strides: [2, 2] })]);
  return { scores: g.op("Gemm", [g.op("Flatten", [b], { axis: 1 }), w([4, 36]), w([4])], { transB: 1 }) };
});

/** A ReLU network with a pool; its input channel 1 has zero weights; 3 classes, [N,3,8,8]. */
export const dummyNet: Uint8Array = netBytes(["N", 3, 8, 8], ({ g, x, w }) => {
  const weights = Float32Array.from({ length: 4 * 3 * 9 }, (_, i) =>
    Math.floor(i / 9) % 3 === 1 ? 0 : Math.sin(3 * i),
  );
  const a = g.op("Relu", [g.op("Conv", [x, w([4, 3, 3, 3], weights), w([4])], { pads: [1, 1, 1, 1] })]);
  const p = g.op("MaxPool", [a], { kernel_shape: [2, 2], strides: [2, 2] });
  return { scores: g.op("Gemm", [g.op("Flatten", [p], { axis: 1 }), w([3, 64]), w([3])], { transB: 1 }) };
});

/** Treats its two input channels alike; 3 classes, [N,2,6,6]. */
export const symmetricNet: Uint8Array = netBytes(["N", 2, 6, 6], ({ g, x, w }) => {
  const one = Float32Array.from({ length: 27 }, (_, i) => Math.cos(2 * i));
  const both = Float32Array.from({ length: 54 }, (_, i) => one[Math.floor(i / 18) * 9 + (i % 9)] as number);
  const a = g.op("Relu", [g.op("Conv", [x, w([3, 2, 3, 3], both), w([3])])]);
  return { scores: g.op("Gemm", [g.op("Flatten", [a], { axis: 1 }), w([3, 48])], { transB: 1 }) };
});

/** Scores are a fixed linear map of the input; 2 classes, [N,3,2,4]. */
export const linearWeights: Float32Array = Float32Array.from({ length: 48 }, (_, i) => Math.sin(1 + i));
export const linearNet: Uint8Array = netBytes(["N", 3, 2, 4], ({ g, x, w }) => ({
  scores: g.op("Gemm", [g.op("Flatten", [x], { axis: 1 }), w([2, 24], linearWeights), w([2])], { transB: 1 }),
}));

/** A layer `layer` that is the input itself where that is positive, and scores whose gradients at it are `gradient`. */
export const layerNet = (
  dims: readonly [number, number, number],
  gradients: readonly ArrayLike<number>[],
): Uint8Array =>
  netBytes(["N", ...dims], ({ g, x, w }) => {
    const [c, h, wide] = dims;
    const identity = Float32Array.from({ length: c * c }, (_, i) => (i % (c + 1) === 0 ? 1 : 0));
    const a = g.alias(g.op("Relu", [g.op("Conv", [x, w([c, c, 1, 1], identity)])]), "layer");
    const rows = gradients.flatMap((row) => Array.from(row));
    return {
      scores: g.op("Gemm", [g.op("Flatten", [a], { axis: 1 }), w([gradients.length, c * h * wide], rows)], {
        transB: 1,
      }),
    };
  });

/** Takes [N,H,W,C]; a layer that stays [N,h,w,C]. */
export const nhwcNet: Uint8Array = netBytes(["N", 6, 6, 3], ({ g, x, w }) => {
  const a = g.op("Conv", [g.op("Transpose", [x], { perm: [0, 3, 1, 2] }), w([4, 3, 3, 3]), w([4])]);
  const n = g.alias(
    g.op("LayerNormalization", [g.op("Transpose", [a], { perm: [0, 2, 3, 1] }), w([4]), w([4])], { axis: -1 }),
    "last",
  );
  const pooled = g.op("ReduceMean", [g.op("Tanh", [n]), g.ints([1, 2])], { keepdims: 0 });
  return { scores: g.op("MatMul", [pooled, w([4, 3])]) };
});

/** A class token before four patches; attention; 3 classes, [N,3,8,8]. */
export const tokenNet: Uint8Array = netBytes(["N", 3, 8, 8], ({ g, x, w }) => {
  const patches = g.op(
    "Transpose",
    [g.op("Reshape", [g.op("Conv", [x, w([6, 3, 4, 4])], { strides: [4, 4] }), g.ints([0, 6, 4])])],
    { perm: [0, 2, 1] },
  );
  const token = g.op("Expand", [
    w([1, 1, 6]),
    g.op("Concat", [g.op("Shape", [x], { start: 0, end: 1 }), g.ints([1, 6])], { axis: 0 }),
  ]);
  const tokens = g.op("Concat", [token, patches], { axis: 1 });
  const n = g.alias(g.op("LayerNormalization", [tokens, w([6]), w([6])], { axis: -1 }), "normed");
  const attention = g.op(
    "Softmax",
    [g.op("MatMul", [g.op("MatMul", [n, w([6, 6])]), g.op("Transpose", [n], { perm: [0, 2, 1] })])],
    { axis: -1 },
  );
  const y = g.op("Add", [tokens, g.op("MatMul", [attention, g.op("MatMul", [n, w([6, 6])])])]);
  return { scores: g.op("MatMul", [g.op("Gather", [y, g.scalar(0, "int64")], { axis: 1 }), w([6, 3])]) };
});

/** Quantised to int8 and back before it is pooled; 3 classes, [N,3,6,6]. */
export const quantisedNet: Uint8Array = netBytes(["N", 3, 6, 6], ({ g, x, w }) => {
  const maps = g.op("Tanh", [g.op("Conv", [x, w([5, 3, 3, 3]), w([5])])]);
  const [scale, zero] = [g.scalar(1 / 128), g.scalar(3, "int8")];
  const back = g.op("DequantizeLinear", [g.op("QuantizeLinear", [maps, scale, zero]), scale, zero]);
  const flat = g.op("Flatten", [g.op("GlobalAveragePool", [g.alias(back, "quantised")])], { axis: 1 });
  return { scores: g.op("Gemm", [flat, w([3, 5]), w([3])], { transB: 1 }) };
});

const opened = new Map<Uint8Array, Promise<Explainer>>();
/** Loaded once for each file of a test. */
export function open(bytes: Uint8Array): Promise<Explainer> {
  const model = opened.get(bytes) ?? loadModel(bytes);
  opened.set(bytes, model);
  return model;
}

export { net, netBytes };
