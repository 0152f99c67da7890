/** @file Classifiers that look at one patch of the image only, for the methods that search masks. */
import type { Value } from "../../src/graph/builder.ts";
import { type Net, netBytes } from "../nets.ts";

export const SIDE = 32;
/** Rows and columns of the patch: half-open ranges. */
export const PATCH = { rows: [6, 14], columns: [18, 26] } as const;

const inside = (at: number, [from, to]: readonly [number, number]): boolean => at >= from && at < to;
export const inPatch = (i: number, side = SIDE): boolean =>
  inside(Math.floor(i / side), PATCH.rows) && inside(i % side, PATCH.columns);

/** Fine detail, which a blur destroys, in the patch: class 1 gains by it, class 0 scores nothing. [N,3,32,32] to [N,2]. */
function detail({ g, w }: Net, images: Value): Value {
  const edges = Float32Array.from(
    { length: 2 * 3 * 9 },
    (_, i) => [1, -2, 1, -2, 4, -2, 1, -2, 1][i % 9] as number,
  ).map((v, i) => (i < 27 ? v : -v) / 12);
  const found = g.op("Relu", [g.op("Conv", [images, w([2, 3, 3, 3], edges)], { pads: [1, 1, 1, 1] })]);
  const window = Float32Array.from({ length: SIDE * SIDE }, (_, i) => (inPatch(i) ? 1 / 64 : 0));
  const seen = g.op("Mul", [found, w([1, 1, SIDE, SIDE], window)]);
  const sum = g.op("ReduceSum", [seen, g.ints([1, 2, 3])], { keepdims: 0 });
  return g.op("MatMul", [g.op("Unsqueeze", [sum, g.ints([1])]), w([1, 2], [0, 8])]);
}

export const patchNet: Uint8Array = netBytes(["N", 3, SIDE, SIDE], (n) => ({ scores: detail(n, n.x) }));
export const patchNetNhwc: Uint8Array = netBytes(["N", SIDE, SIDE, 3], (n) => ({
  scores: detail(n, n.g.op("Transpose", [n.x], { perm: [0, 3, 1, 2] })),
}));
/** Couples the samples of a batch, which therefore cannot be freed. */
export const patchNetFixed: Uint8Array = netBytes([1, 3, SIDE, SIDE], (n) => {
  const scores = detail(n, n.x);
  const shift = n.g.op("ReduceMean", [scores, n.g.ints([0])], { keepdims: 1 });
  return { scores: n.g.op("Sub", [n.g.op("Mul", [scores, n.g.scalar(2)]), shift]) };
});

/** The mean over a patch's pixels against the mean over the others. */
export function contrastOf(map: Float32Array): {
  readonly inside: number;
  readonly outside: number;
  readonly share: number;
} {
  let [a, b] = [0, 0];
  map.forEach((v, i) => {
    if (inPatch(i)) a += v;
    else b += v;
  });
  return { inside: a / 64, outside: b / (SIDE * SIDE - 64), share: a / (a + b) };
}

/** [N,3,H,W] data as [N,H,W,3]. */
export function channelsLast(data: Float32Array): Float32Array {
  const plane = SIDE * SIDE;
  return Float32Array.from(data, (_, i) => {
    const [n, at] = [Math.floor(i / (3 * plane)), i % (3 * plane)];
    return data[n * 3 * plane + (at % 3) * plane + Math.floor(at / 3)] as number;
  });
}
