/** @file BatchNormalization disappears into the weights before it, and only where that is sound. */
import { expect, test } from "vitest";
import type { Attrs, Tensor } from "../../src/graph/types.ts";
import { deadCode } from "../../src/passes/dead-code.ts";
import { foldBatchnorm } from "../../src/passes/fold-batchnorm.ts";
import { runPasses } from "../../src/passes/pipeline.ts";
import { expectSame, type ModelSpec, makeModel, noiseTensor, opsOf } from "./small-model.ts";

const positive = (t: Tensor): Tensor => ({ ...t, data: (t.data as Float32Array).map((v) => Math.abs(v) + 0.1) });
const norm = (c: number) => ({
  s: noiseTensor([c], 2),
  b: noiseTensor([c], 3),
  m: noiseTensor([c], 4),
  v: positive(noiseTensor([c], 5)),
});
const image = [2, 4, 5, 5];

const spec = (
  op: string,
  input: readonly number[],
  weight: readonly number[],
  channels: number,
  attrs: Attrs = {},
  bias?: Tensor,
): ModelSpec => ({
  inputs: { x: input },
  constants: { w: noiseTensor(weight, 8), ...norm(channels), ...(bias ? { c: bias } : {}) },
  nodes: [
    [op, bias ? "x w c" : "x w", "h", attrs],
    ["BatchNormalization", "h s b m v", "y"],
  ],
  outputs: ["y"],
});

test.each([
  ["Conv", spec("Conv", image, [6, 4, 3, 3], 6)],
  ["Conv with bias", spec("Conv", image, [6, 4, 3, 3], 6, {}, noiseTensor([6], 9))],
  ["depthwise Conv", spec("Conv", image, [4, 1, 3, 3], 4, { group: 4 })],
  ["ConvTranspose", spec("ConvTranspose", image, [4, 6, 3, 3], 6)],
  ["grouped ConvTranspose", spec("ConvTranspose", image, [4, 3, 2, 2], 6, { group: 2 }, noiseTensor([6], 9))],
  ["Gemm", spec("Gemm", [2, 4], [4, 6], 6, { alpha: { float: 0.5 }, beta: { float: 2 } }, noiseTensor([6], 9))],
  ["Gemm, transposed", spec("Gemm", [2, 4], [6, 4], 6, { transB: 1 }, noiseTensor([1], 9))],
])("%s", async (_, model) => {
  const before = makeModel(model);
  const after = runPasses(before, [foldBatchnorm, deadCode]).model;
  expect(after.graph.nodes).toHaveLength(1);
  expect(after.graph.nodes[0]?.outputs).toEqual(["y"]);
  expect(after.graph.constants.size).toBe(2);
  await expectSame(before, after);
});

test("weights shared by two convolutions are folded apart", async () => {
  const before = makeModel({
    inputs: { x: image },
    constants: { w: noiseTensor([4, 4, 1, 1], 8), ...norm(4) },
    nodes: [
      ["Conv", "x w", "h", {}],
      ["BatchNormalization", "h s b m v", "n"],
      ["Conv", "n w", "k", {}],
      ["Relu", "k", "y"],
    ],
    outputs: ["y"],
  });
  const after = runPasses(before, [foldBatchnorm, deadCode]).model;
  expect(opsOf(after)).toEqual(["Conv", "Conv", "Relu"]);
  await expectSame(before, after);
});

const base = spec("Conv", image, [6, 4, 3, 3], 6);
test.each<[string, ModelSpec, readonly string[]]>([
  ["its input is kept", base, ["h"]],
  ["its input is returned", { ...base, outputs: ["y", "h"] }, []],
  ["its input has another reader", { ...base, nodes: [...base.nodes, ["Relu", "h", "z"]], outputs: ["y", "z"] }, []],
  [
    "it comes before the convolution",
    {
      ...base,
      constants: { ...norm(4), w: noiseTensor([6, 4, 3, 3]) },
      nodes: [
        ["BatchNormalization", "x s b m v", "h"],
        ["Conv", "h w", "y"],
      ],
    },
    [],
  ],
  [
    "its parameters are computed",
    {
      ...base,
      nodes: [["Neg", "m", "n"], base.nodes[0] as ModelSpec["nodes"][0], ["BatchNormalization", "h s b n v", "y"]],
    },
    [],
  ],
  ["the variance is negative", { ...base, constants: { ...base.constants, v: noiseTensor([6], 5) } }, []],
])("BatchNormalization stays when %s", (_, model, keep) => {
  expect(opsOf(runPasses(makeModel(model), [foldBatchnorm], { keep }).model)).toContain("BatchNormalization");
});
