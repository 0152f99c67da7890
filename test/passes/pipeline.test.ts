/** @file Running passes: order, names, what is kept, and who is blamed. */
import { expect, test } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import { float } from "../../src/graph/types.ts";
import type { Pass } from "../../src/passes/pass.ts";
import { CANONICAL_PASSES, canonicalize, runPasses } from "../../src/passes/pipeline.ts";
import {
  distance,
  feedsFor,
  floats,
  int64,
  makeModel,
  noiseTensor,
  opsOf,
  type Result,
  runModel,
} from "./small-model.ts";

const old = makeModel({
  opset: 8,
  inputs: { x: [1, 3, 8, 8] },
  constants: {
    w: noiseTensor([4, 3, 3, 3]),
    s: noiseTensor([4], 2),
    b: noiseTensor([4], 3),
    m: noiseTensor([4], 4),
    v: floats([4], [1, 2, 3, 4]),
    t: int64(1, 64),
    d: noiseTensor([64, 5], 5),
    o: floats([1], [0.5]),
  },
  nodes: [
    ["Conv", "x w", "conv", { auto_pad: "SAME_UPPER" }],
    ["BatchNormalization", "conv s b m v", "norm"],
    ["Clip", "norm", "clip", { min: float(0), max: float(6) }],
    ["MaxPool", "clip", "pool", { kernel_shape: [2, 2], strides: [2, 2] }],
    ["Identity", "pool", "same"],
    ["Reshape", "same t", "flat"],
    ["Identity", "o", "half"],
    ["Dropout", "flat", "drop", { ratio: float(0.5) }],
    ["Add", "half o", "one"],
    ["Mul", "drop one", "scaled"],
    ["Gemm", "scaled d o", "score"],
    ["Softmax", "score", "prob"],
  ],
  outputs: ["prob"],
});

test("the standard list", () => {
  const { model, notes } = canonicalize(old);
  expect(opsOf(model)).toEqual(["Conv", "Clip", "MaxPool", "Reshape", "Mul", "Gemm", "Softmax"]);
  expect([model.opset, model.irVersion]).toEqual([21, 10]);
  expect(model.graph.outputs).toEqual([{ name: "prob", dtype: "float32", dims: ["N", 5] }]);
  expect(notes).toEqual(["The batch size of input `x`, fixed at 1 in the file, was freed."]);
});

test("logits first, on request", () => {
  const { model, notes } = canonicalize(old, { output: "logits" });
  expect(model.graph.outputs.map((p) => p.name)).toEqual(["score", "prob"]);
  expect(notes.at(-1)).toContain("logits `score` are explained instead");
});

test("every value survives when it is kept, with its numbers", async () => {
  const keep = old.graph.nodes.flatMap((n) => n.outputs);
  const { model } = canonicalize(old, { keep });
  const all = (m: typeof old) => ({
    ...m,
    graph: { ...m.graph, outputs: keep.map((name) => ({ name, dtype: "float32" as const, dims: undefined })) },
  });
  const feeds = feedsFor(old);
  const [before, after] = [await runModel(all(old), feeds), await runModel(all(model), feeds)];
  for (const name of keep)
    expect(distance(before.get(name) as Result, after.get(name) as Result), name).toBeLessThan(1e-5);
});

test("the model that came in is untouched, and canonical models stay as they are", () => {
  const before = JSON.stringify([old.graph.nodes, [...old.graph.constants.keys()]]);
  const once = canonicalize(old).model;
  expect(JSON.stringify([old.graph.nodes, [...old.graph.constants.keys()]])).toBe(before);
  const twice = canonicalize(once).model;
  expect(twice.graph.nodes).toEqual(once.graph.nodes);
  expect([...twice.graph.constants.keys()]).toEqual([...once.graph.constants.keys()]);
});

test("passes can be left out, stopped at, and watched", () => {
  const seen: string[] = [];
  canonicalize(old, { disable: ["fold-batchnorm"], stopAt: "explicit-pads", dump: (pass) => seen.push(pass) });
  expect(seen).toEqual(CANONICAL_PASSES.map((p) => p.name).slice(0, 8));
  expect(opsOf(canonicalize(old, { disable: ["fold-batchnorm"] }).model)).toContain("BatchNormalization");
  expect(() => canonicalize(old, { disable: ["fold-everything"] })).toThrowError(
    expect.objectContaining({ code: "E_PARAM" }),
  );
});

const breaking = (name: string, run: Pass["run"]): Pass => ({ name, run });
test.each<[Pass, string, RegExp]>([
  [
    breaking("forgetful", (model) => ({ model: { ...model, graph: { ...model.graph, nodes: [] } }, notes: [] })),
    "E_INTERNAL",
    /after forgetful the graph is not sound: output prob/,
  ],
  [
    breaking("clumsy", () => {
      throw new TypeError("no such thing");
    }),
    "E_MODEL_INVALID",
    /pass clumsy: no such thing/,
  ],
  [
    breaking("choosy", () => {
      throw new OnnxplainError("E_SHAPE", "Too big.");
    }),
    "E_SHAPE",
    /Too big\. \(found in pass choosy\)/,
  ],
])("a pass that fails is named (case %#)", (pass, code, message) => {
  expect(() => runPasses(old, [pass])).toThrowError(
    expect.objectContaining({ name: "OnnxplainError", code, message: expect.stringMatching(message) }),
  );
});
