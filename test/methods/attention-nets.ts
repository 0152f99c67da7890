/** @file Small networks of tokens for the tests of attention, on the layers of the zoo. */
import type { Value } from "../../src/graph/builder.ts";
import { type Kit, zooNet } from "../zoo/kit.ts";
import { attend, headsOf, joinHeads, layerNorm, linear, mlp, reshape, softmax, transpose } from "../zoo/tokens.ts";

const WIDTH = 8;
const HEADS = 2;
const SIDE = 8;

const batchOf = (k: Kit, x: Value): Value => k.g.op("Gather", [k.g.op("Shape", [x]), k.g.ints([0])], { axis: 0 });

/** Patches of side 4 as tokens [N,4,C], laid out by a convolution. */
const byConvolution = (k: Kit, x: Value): Value =>
  transpose(k, reshape(k, k.conv(x, WIDTH, { k: 4, s: 4, p: 0 }), [0, WIDTH, 4]), [0, 2, 1]);

/** The same tokens cut by reshaping: no convolution lays out a grid. */
const byReshape = (k: Kit, x: Value): Value =>
  linear(k, reshape(k, transpose(k, reshape(k, x, [0, 3, 2, 4, 2, 4]), [0, 2, 4, 1, 3, 5]), [0, 4, 48]), WIDTH);

/** `extra` class and register tokens before the patches. */
function withTokens(k: Kit, x: Value, patches: Value, extra: number): Value {
  const shape = k.g.op("Concat", [batchOf(k, x), k.g.ints([extra, WIDTH])], { axis: 0 });
  const token = k.g.op("Expand", [k.around(0, 1, [1, extra, WIDTH]), shape]);
  return k.add(k.concat([token, patches]), k.around(0, 0.5, [1, 4 + extra, WIDTH]));
}

function block(k: Kit, x: Value, tokens: number): Value {
  const [q, key, v] = headsOf(k, layerNorm(k, x), HEADS, tokens);
  const y = k.add(x, joinHeads(k, attend(k, [q, key, v]), tokens));
  return k.add(y, mlp(k, layerNorm(k, y)));
}

interface Form {
  readonly patches?: (k: Kit, x: Value) => Value;
  readonly extra?: number;
  readonly head?: (k: Kit, y: Value) => Value;
}
const first = (k: Kit, y: Value): Value => k.g.op("Gather", [y, k.g.scalar(0, "int64")], { axis: 1 });
const mean = (k: Kit, y: Value): Value => k.g.op("ReduceMean", [y, k.g.ints([1])], { keepdims: 0 });

const vit = ({ patches = byConvolution, extra = 1, head = first }: Form): Uint8Array =>
  zooNet(SIDE, (k, x) => {
    let y = extra === 0 ? patches(k, x) : withTokens(k, x, patches(k, x), extra);
    for (let i = 0; i < 2; i++) y = block(k, y, 4 + extra);
    return linear(k, head(k, layerNorm(k, y)), 10);
  })();

/** Two blocks of two heads on a class token and 2x2 patches; [N,3,8,8]. */
export const tinyVit: Uint8Array = vit({});
/** Patches cut without a convolution, a class and two register tokens. */
export const reshapedVit: Uint8Array = vit({ patches: byReshape, extra: 3 });
/** No class token: scores of the mean over patches. */
export const meanVit: Uint8Array = vit({ extra: 0, head: mean });

/** Softmax-free attention: q (kᵀ v). */
export const linearAttention: Uint8Array = zooNet(SIDE, (k, x) => {
  const y = byConvolution(k, x);
  const context = k.g.op("MatMul", [transpose(k, linear(k, y, WIDTH), [0, 2, 1]), linear(k, y, WIDTH)]);
  return linear(k, mean(k, k.g.op("MatMul", [linear(k, y, WIDTH), context])), 10);
})();

/** Attention whose result is multiplied with a second product of data: no walk leads through. */
export const bilinearHead: Uint8Array = zooNet(SIDE, (k, x) => {
  const y = block(k, byConvolution(k, x), 4);
  const square = k.g.op("MatMul", [transpose(k, y, [0, 2, 1]), y]);
  return linear(k, reshape(k, square, [0, WIDTH * WIDTH]), 10);
})();

/** A softmax over channels that gates features, as in selective kernels: no attention between positions. */
export const softmaxGate: Uint8Array = zooNet(SIDE, (k, x) => {
  const y = byConvolution(k, x);
  return linear(k, mean(k, k.g.op("Mul", [softmax(k, y), y])), 10);
})();
