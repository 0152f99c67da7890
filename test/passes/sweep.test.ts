/** @file Every real network at hand, canonicalised: the same outputs on random input, alone and in a batch. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { formatDims } from "../../src/graph/dim.ts";
import { readModelBytes } from "../../src/graph/read.ts";
import type { Model } from "../../src/graph/types.ts";
import { canonicalize } from "../../src/passes/pipeline.ts";
import { findLogits } from "../../src/passes/strip-softmax.ts";
import { feedsFor, type Result, runBytes, runModel } from "./small-model.ts";

const SHARED = new URL("../../../shared/", import.meta.url);

function found(): readonly (readonly [string, URL])[] {
  const list = (folder: string, file: (entry: string) => string): [string, URL][] => {
    const at = new URL(folder, SHARED);
    if (!existsSync(at)) return [];
    return readdirSync(at)
      .map((entry): [string, URL] => [entry.replace(/\.onnx$/, ""), new URL(`${folder}${file(entry)}`, SHARED)])
      .filter(([, url]) => url.pathname.endsWith(".onnx") && existsSync(url));
  };
  return [...list("models/", (entry) => `${entry}/model.onnx`), ...list("golden/models/", (entry) => entry)];
}

const MODELS = found();
if (MODELS.length === 0)
  console.log("passes sweep skipped: ../shared/models and ../shared/golden/models are not there");

const isQuantised = (model: Model): boolean =>
  model.graph.nodes.some((n) => n.op === "QuantizeLinear" || n.op.startsWith("QLinear"));
const argmax = (data: Float64Array): number => data.reduce((best, v, i) => (v > (data[best] as number) ? i : best), 0);

/** Samples `from`, `from + 1`, … of a batch. */
function sliced({ dims, data }: Result, from: number, count: number): Result {
  const size = data.length / (dims[0] as number);
  return { dims: [count, ...dims.slice(1)], data: data.slice(from * size, (from + count) * size) };
}

/** Distance relative to the largest value. */
function drift(a: Result, b: Result): number {
  expect(b.data.length).toBe(a.data.length);
  const scale = a.data.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-6);
  return a.data.reduce((m, v, i) => Math.max(m, Math.abs(v - (b.data[i] as number))), 0) / scale;
}

const rows: string[] = [];

/** How far the canonical model is from the original, and from itself when samples share a batch. */
async function measure(
  bytes: Uint8Array,
  before: Model,
  after: Model,
): Promise<{ error: number; batchError: number; sameTop: boolean }> {
  const [port] = before.graph.inputs;
  const [output] = before.graph.outputs;
  if (!port || !output) throw new Error("a classifier has an input and an output");
  const all = feedsFor(after, 2);
  const batch = all.get(port.name) as Result;
  const one = new Map([[port.name, sliced(batch, 0, 1)]]);
  const expected = (await runBytes(bytes, before, one)).get(output.name) as Result;
  const got = (await runModel(after, one)).get(output.name) as Result;
  const sameTop = argmax(expected.data) === argmax(got.data);
  const result = { error: drift(expected, got), batchError: 0, sameTop };
  if (batch.dims[0] !== 2) return result;
  const both = (await runModel(after, all)).get(output.name) as Result;
  const second = (await runModel(after, new Map([[port.name, sliced(batch, 1, 1)]]))).get(output.name) as Result;
  return { ...result, batchError: Math.max(drift(got, sliced(both, 0, 1)), drift(second, sliced(both, 1, 1))) };
}

describe.skipIf(MODELS.length === 0)("canonical models compute what the originals do", () => {
  test.each(MODELS)("%s", async (name, url) => {
    const bytes = new Uint8Array(readFileSync(url));
    const before = readModelBytes(bytes);
    const started = performance.now();
    const { model: after, notes } = canonicalize(before);
    const ms = performance.now() - started;
    const { error, batchError, sameTop } = await measure(bytes, before, after);
    const head = findLogits(after.graph);
    const unknown = after.graph.nodes.filter((n) =>
      n.outputs.some((o) => o !== "" && !after.graph.facts.get(o)?.dims),
    ).length;
    rows.push(
      [
        name,
        `${before.opset}->${after.opset}`,
        `${before.graph.nodes.length}->${after.graph.nodes.length}`,
        formatDims(after.graph.inputs[0]?.dims),
        head.kind,
        `${error.toExponential(1)}/${batchError.toExponential(1)}`,
        `${ms.toFixed(0)} ms`,
        unknown > 0 ? `${unknown} values of unknown shape` : "",
        ...notes,
      ].join("  "),
    );
    if (isQuantised(before)) expect(sameTop || error < 0.05).toBe(true);
    else expect(error).toBeLessThan(before.graph.inputs[0]?.dtype === "float16" ? 2e-3 : 1e-4);
    expect(batchError).toBeLessThan(isQuantised(before) ? 0.05 : 1e-4);
  });
  afterAll(() => console.log(["model  opset  nodes  input  head  error/batch  time", ...rows].join("\n")));
});
