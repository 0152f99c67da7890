/** @file Vision transformer: patches, a class token, attention between all tokens. */
import type { Value } from "../../src/graph/builder.ts";
import { CLASSES, type Kit, zooNet } from "./kit.ts";
import {
  attend,
  headsOf,
  joinHeads,
  layerNorm,
  linear,
  mlp,
  type Norm,
  reshape,
  spelledNorm,
  transpose,
} from "./tokens.ts";

const WIDTH = 24;
const HEADS = 3;
const DEPTH = 3;

/** [N,3,H,W] to tokens [N,1+P,C], the class token first. */
function embed(k: Kit, x: Value, patches: number): Value {
  const { g } = k;
  const grid = reshape(k, k.conv(x, WIDTH, { k: 8, s: 8, p: 0 }), [0, WIDTH, patches]);
  const batch = g.op("Gather", [g.op("Shape", [x]), g.ints([0])], { axis: 0 });
  const shape = g.op("Concat", [batch, g.ints([1, WIDTH])], { axis: 0 });
  const token = g.op("Expand", [k.around(0, 1, [1, 1, WIDTH]), shape]);
  return k.add(k.concat([token, transpose(k, grid, [0, 2, 1])]), k.around(0, 0.5, [1, patches + 1, WIDTH]));
}

function encoder(k: Kit, x: Value, norm: Norm, tokens: number): Value {
  const { g } = k;
  const [q, key, v] = headsOf(k, norm(k, x), HEADS, tokens);
  const scaled = g.op("Mul", [q, g.scalar(1 / Math.sqrt(WIDTH / HEADS))]);
  const y = k.add(x, joinHeads(k, attend(k, [scaled, key, v]), tokens));
  return k.add(y, mlp(k, norm(k, y)));
}

const vit = (norm: Norm): ReturnType<typeof zooNet> =>
  zooNet(32, (k, x) => {
    const patches = 16;
    let y = embed(k, x, patches);
    for (let i = 0; i < DEPTH; i++) y = encoder(k, y, norm, patches + 1);
    return linear(k, k.g.op("Gather", [norm(k, y), k.g.scalar(0, "int64")], { axis: 1 }), CLASSES);
  });

export const vitB = vit(layerNorm);
/** The same with LayerNormalization spelled out. */
export const vitSpelled = vit(spelledNorm);
