/** @file Compiled explanations, run by plain ONNX Runtime with nothing of ours: the same map, the same outputs, a file that says what it is. */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { readModelBytes } from "../../src/graph/read.ts";
import { float } from "../../src/graph/types.ts";
import { problems } from "../../src/graph/verify.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import {
  type Compiled,
  compile,
  explain,
  findMethod,
  loadModel,
  METHODS,
  type Method,
  OnnxplainError,
  VERSION,
} from "../../src/index.ts";
import { unsuitability } from "../../src/methods/suitable.ts";
import { OPS } from "../../src/ops/table.ts";
import { SEEDS } from "../fuzz/seeds.ts";
import { nhwcNet, smoothNet, tokenNet } from "../methods/nets.ts";
import { images, netBytes, relativeError, sizeOf } from "../nets.ts";

const NETS: Readonly<Record<string, Uint8Array>> = { ...SEEDS, smooth: smoothNet, nhwc: nhwcNet, patches: tokenNet };
const ONE_GRAPH = Object.values<Method>(METHODS)
  .filter((m) => typeof m.emit === "function")
  .map((m) => m.id);
const MANY_PASSES = Object.values<Method>(METHODS)
  .filter((m) => typeof m.emit !== "function")
  .map((m) => m.id);
/** Nets, and the methods that have a meaning on them. */
const pairs = (
  await Promise.all(
    Object.entries(NETS).map(async ([net, bytes]) => {
      await using model = await loadModel(bytes);
      const applies = ({ separateBatchNorm, id }: Method): boolean =>
        unsuitability(findMethod(id), model.classifier({ separateBatchNorm })) === undefined;
      return ONE_GRAPH.filter((id) => applies(findMethod(id))).map((method) => [net, method] as const);
    }),
  )
).flat();

type Outputs = Readonly<Record<string, Float32Array>>;
async function runPlain(bytes: Uint8Array, feeds: Readonly<Record<string, ort.Tensor>>): Promise<Outputs> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4, intraOpNumThreads: 1 });
  try {
    const out = await session.run(feeds);
    return Object.fromEntries(Object.entries(out).map(([name, t]) => [name, t.data as Float32Array]));
  } finally {
    await session.release();
  }
}
const float32 = ({ dims, data }: ReturnType<typeof images>): ort.Tensor => new ort.Tensor("float32", data, [...dims]);

async function prepared(
  net: string,
  rows = 2,
): Promise<{
  readonly model: Awaited<ReturnType<typeof loadModel>>;
  readonly x: ReturnType<typeof images>;
  readonly feed: Record<string, ort.Tensor>;
}> {
  const model = await loadModel(NETS[net] as Uint8Array);
  const { input } = model.classifier();
  const x = images([rows, ...((input.dims ?? []).slice(1) as readonly number[])], 8);
  return { model, x, feed: { [input.name]: float32(x) } };
}
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing thrown",
    (e: unknown) => (e instanceof OnnxplainError ? e.code : String(e)),
  );

it("every method of one graph applies to one of the nets", () => {
  expect([...new Set(pairs.map(([, method]) => method))].sort()).toEqual([...ONE_GRAPH].sort());
});

describe("the map of the compiled graph is the map of explain", () => {
  it.each(pairs)("%s, %s: predicted class", async (net, method) => {
    const { model, x, feed } = await prepared(net);
    const { bytes } = await compile(model, { method });
    const map = await explain(model, x, { method, threads: 1 });
    expect(relativeError((await runPlain(bytes, feed)).saliency_map ?? [], map.values)).toBeLessThan(1e-5);
    await model.dispose();
  });
  it.each(Object.keys(NETS))("%s: a fixed class, a contrast, a class given with each image", async (net) => {
    const { model, x, feed } = await prepared(net);
    for (const method of ["gradient", "grad-cam"]) {
      for (const target of [1, "2-0"]) {
        const { bytes } = await compile(model, { method, target });
        expect(
          relativeError(
            (await runPlain(bytes, feed)).saliency_map ?? [],
            (await explain(model, x, { method, target, threads: 1 })).values,
          ),
          `${method} ${target}`,
        ).toBeLessThan(1e-5);
      }
      const { bytes, inputs } = await compile(model, { method, target: "input" });
      expect(inputs).toContain("target");
      const map = await runPlain(bytes, { ...feed, target: new ort.Tensor("int64", BigInt64Array.of(2n, 1n), [2]) });
      const [two, one] = [
        await explain(model, x, { method, target: 2, threads: 1 }),
        await explain(model, x, { method, target: 1, threads: 1 }),
      ];
      const half = two.values.length / 2;
      expect(
        relativeError(map.saliency_map ?? [], [...two.values.slice(0, half), ...one.values.slice(half)]),
      ).toBeLessThan(1e-5);
    }
    await model.dispose();
  });
  it("the probability, a named layer, relu", async () => {
    const { model, x, feed } = await prepared("convolution");
    const layer = model.source.model.graph.nodes.find((n) => n.op === "Relu")?.outputs[0];
    for (const options of [
      { method: "gradient", output: "probability" as const },
      { method: "grad-cam", layer, params: { relu: true } },
      { method: "hires-cam", layer },
    ]) {
      const { bytes } = await compile(model, options);
      expect(
        relativeError(
          (await runPlain(bytes, feed)).saliency_map ?? [],
          (await explain(model, x, { ...options, threads: 1 })).values,
        ),
      ).toBeLessThan(1e-5);
    }
    await model.dispose();
  });
  it.each(Object.keys(NETS))("%s: any batch size", async (net) => {
    for (const rows of [1, 5]) {
      const { model, x, feed } = await prepared(net, rows);
      const { bytes } = await compile(model, { method: "gradient" });
      expect((await runPlain(bytes, feed)).saliency_map?.length).toBe(sizeOf(x.dims));
    }
  });
});

describe("the original outputs", () => {
  it.each(pairs)("%s, %s: come out under their names, bit for bit", async (net, method) => {
    const { model, feed } = await prepared(net);
    const compiled = await compile(model, { method });
    const names = model.source.model.graph.outputs.map((p) => p.name);
    expect(compiled.outputs).toEqual([...names, "saliency_map"]);
    const [alone, inside] = [
      await runPlain(writeModelBytes(model.classifier().model), feed),
      await runPlain(compiled.bytes, feed),
    ];
    for (const name of names) expect(inside[name], name).toEqual(alone[name]);
  });
  it.each(Object.keys(NETS))("%s: agree with the file's own", async (net) => {
    const { model, feed } = await prepared(net, 1);
    const { bytes } = await compile(model, { method: "gradient" });
    const [own, inside] = [await runPlain(NETS[net] as Uint8Array, feed), await runPlain(bytes, feed)];
    for (const [name, values] of Object.entries(own))
      expect(relativeError(inside[name] ?? [], values), name).toBeLessThan(1e-6);
  });
});

describe("the file", () => {
  const read = ({ bytes }: Compiled): ReturnType<typeof readModelBytes> => readModelBytes(bytes);
  it.each(pairs)("%s, %s: only known ops of the default domain, opset 21, sound", async (net, method) => {
    const compiled = await compile((await prepared(net)).model, { method });
    const { graph, opset, domains } = read(compiled);
    expect([opset, [...domains.keys()]]).toEqual([21, []]);
    expect(graph.nodes.filter((n) => n.domain !== "" || !Object.hasOwn(OPS, n.op)).map((n) => n.op)).toEqual([]);
    expect(problems(graph)).toEqual([]);
    expect(compiled.nodes.compiled).toBe(graph.nodes.length);
    expect(compiled.inputs).toEqual(graph.inputs.map((p) => p.name));
  });
  it("says where it comes from", async () => {
    const { model } = await prepared("convolution");
    const layer = model.source.model.graph.nodes.find((n) => n.op === "Relu")?.outputs[0];
    const { metadata } = read(
      await compile(model, { method: "grad-cam", target: "2-0", layer, params: { relu: true } }),
    );
    expect(Object.fromEntries(metadata)).toMatchObject({
      "onnxplain.version": VERSION,
      "onnxplain.method": "grad-cam",
      "onnxplain.layer": layer,
      "onnxplain.output": "logits",
      "onnxplain.source_sha256": await model.digest(),
    });
    expect(JSON.parse(metadata.get("onnxplain.params") ?? "")).toEqual({ relu: true });
    expect(JSON.parse(metadata.get("onnxplain.target") ?? "")).toEqual({ kind: "contrast", index: 2, against: 0 });
    expect(await model.digest()).toMatch(/^[0-9a-f]{64}$/);
  });
  it("is the same twice", async () => {
    for (const [net, method] of pairs) {
      const [a, b] = [
        await compile((await prepared(net)).model, { method }),
        await compile((await prepared(net)).model, { method }),
      ];
      expect(Buffer.compare(a.bytes, b.bytes), `${net}/${method}`).toBe(0);
    }
  });
  it("keeps what the source said of itself", async () => {
    const source = readModelBytes(smoothNet);
    const model = await loadModel(writeModelBytes({ ...source, metadata: new Map([["author", "somebody"]]) }));
    expect(read(await compile(model, { method: "gradient" })).metadata.get("author")).toBe("somebody");
  });
  it("can be explained in turn by forward passes; for the rest its `saliency_map` is in the way, which is said", async () => {
    const { model, x } = await prepared("smooth");
    const again = await loadModel((await compile(model, { method: "grad-cam" })).bytes);
    const ask = { method: "occlusion", target: 1, threads: 1, params: { sliding_window_shapes: 4, strides: 4 } };
    expect(relativeError((await explain(again, x, ask)).values, (await explain(model, x, ask)).values)).toBeLessThan(
      1e-6,
    );
    expect(await codeOf(explain(again, x, { method: "gradient" }))).toBe("E_MODEL_INVALID");
  });
});

describe("what cannot be compiled", () => {
  it.each(MANY_PASSES)("%s is no single graph", async (method) => {
    expect(await codeOf(compile(await loadModel(smoothNet), { method }))).toBe("E_METHOD_UNSUITABLE");
  });
  it.each(["saliency_map", "target"])("a model with a value named %s", async (name) => {
    const clash = netBytes(["N", 3, 8, 8], ({ g, x, w }) => {
      const scores = g.op("MatMul", [
        g.op("Flatten", [g.op("Relu", [g.op("Conv", [x, w([4, 3, 3, 3])])])], { axis: 1 }),
        w([144, 3]),
      ]);
      return { scores, [name]: g.op("Elu", [scores], { alpha: float(0.5) }) };
    });
    const model = await loadModel(clash);
    await expect(compile(model, { method: "gradient", target: "input" })).rejects.toMatchObject({
      code: "E_MODEL_INVALID",
      message: expect.stringContaining(`\`${name}\``),
    });
  });
  it.each([
    [{ target: 9 }, "E_TARGET_RANGE"],
    [{ target: "cat" }, "E_TARGET_UNKNOWN"],
    [{ layer: "ghost" }, "E_LAYER_UNKNOWN"],
    [{ params: { x: 1 } }, "E_PARAM"],
    [{ method: "magic" }, "E_METHOD_UNKNOWN"],
  ])("%o is %s", async (options, code) => {
    expect(await codeOf(compile(await loadModel(smoothNet), { method: "grad-cam", ...options }))).toBe(code);
  });
});
