/** @file What is read of layers of every layout: whole, or averaged over the positions that lie on the grid. */
import { expect, test } from "vitest";
import { prepare } from "../../../src/methods/prepare.ts";
import { OPS } from "../../../src/ops/table.ts";
import {
  activationGraph,
  conceptLayer,
  type Positions,
  readWidth,
  rowsOf,
  slopeGraph,
} from "../../../src/regions/concepts/readout.ts";
import { picturesInMemory } from "../../../src/regions/pictures.ts";
import { net, wave } from "../../nets.ts";

const [COUNT, CHANNELS, SIDE] = [3, 2, 4];
const P = SIDE * SIDE;

/** Tokens `[N, 17, 2]`: one in front that lies on no grid, then the pixels; scores are a sum over the grid, weighted by channel. */
function tokenNet(batch: number | "N") {
  const model = net([batch, CHANNELS, SIDE, SIDE], ({ g, x, w }) => {
    const rows = g.op("Transpose", [g.op("Reshape", [x, g.ints([-1, CHANNELS, P])])], { perm: [0, 2, 1] });
    const front = g.op("Mul", [g.op("Slice", [rows, g.ints([0]), g.ints([1]), g.ints([1])]), w([1], [100])]);
    const tokens = g.alias(g.op("Concat", [front, rows], { axis: 1 }), "tokens");
    const grid = g.op("Slice", [tokens, g.ints([1]), g.ints([P + 1]), g.ints([1])]);
    const scores = g.op("MatMul", [
      g.op("ReduceSum", [grid, g.ints([1])], { keepdims: 0 }),
      w([CHANNELS, 2], [1, 0, 3, -2]),
    ]);
    return { scores };
  });
  return prepare(model, { ops: OPS, scoreKind: "logits", keep: ["tokens"] });
}

const rows = wave(COUNT * CHANNELS * P, 5);
const pictures = picturesInMemory(rows, CHANNELS * P);
const meanOf = (picture: number, channel: number): number => {
  const from = (picture * CHANNELS + channel) * P;
  return rows.slice(from, from + P).reduce((a, b) => a + b, 0) / P;
};

test.each<number | "N">(["N", 1])("tokens, batch %s: means leave out the token in front", async (batch) => {
  const classifier = tokenNet(batch);
  const layer = conceptLayer(classifier, "tokens");
  expect([layer.channels, layer.width, layer.tokens]).toEqual([CHANNELS, CHANNELS * (P + 1), P]);
  const means = await rowsOf(classifier, activationGraph(classifier, layer, "mean"), pictures, { batch: 2 });
  means.forEach((row, i) => {
    row.forEach((v, c) => {
      expect(v).toBeCloseTo(meanOf(i, c), 6);
    });
  });
  const kept = await rowsOf(classifier, activationGraph(classifier, layer, "kept"), pictures);
  expect(kept.map((row) => row.length)).toEqual([34, 34, 34]);
  expect(kept[0]?.[0]).toBeCloseTo(100 * (rows[0] as number), 4);
});

test.each<[Positions, readonly number[]]>([
  ["mean", [1, 3]],
  ["kept", [0, 0, ...Array.from({ length: P }, () => [1, 3]).flat()]],
])("slopes of a class at tokens, positions %s", async (positions, want) => {
  const classifier = tokenNet("N");
  const layer = conceptLayer(classifier, "tokens");
  expect(readWidth(layer, positions)).toBe(want.length);
  const slopes = await rowsOf(classifier, slopeGraph(classifier, layer, { target: 0, positions }), pictures);
  for (const row of slopes) expect(Array.from(row)).toEqual(want);
});

test("values that are not finite are refused", async () => {
  const classifier = tokenNet("N");
  const bad = rows.slice();
  bad[CHANNELS * P + 3] = Number.NaN;
  const graph = activationGraph(classifier, conceptLayer(classifier, "tokens"), "mean");
  await expect(rowsOf(classifier, graph, picturesInMemory(bad, CHANNELS * P))).rejects.toThrow(
    /picture 1 is not finite/,
  );
  expect(await rowsOf(classifier, graph, picturesInMemory(new Float32Array(0), CHANNELS * P))).toEqual([]);
});
