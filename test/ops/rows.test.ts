/** @file Every row against every case: shape rule, vjp against central differences, both against ONNX Runtime. */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { type Dim, isStatic } from "../../src/graph/dim.ts";
import type { Graph } from "../../src/graph/types.ts";
import { verify } from "../../src/graph/verify.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { type NumTensor, num, tensorOf } from "../../src/ops/num-tensor.ts";
import { OPS, type Ops } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { type CaseGraph, caseGraph, cotangentOutputs, modelOf, type Random, randomOf, vjpGraph } from "./case-graph.ts";
import { CASES } from "./cases/index.ts";
import { differentiated, type OpCase } from "./cases.ts";
import { expectClose } from "./close.ts";

const OPS_TABLE: Ops = OPS;

describe("the table", () => {
  it("has a case for every op", () => {
    const missing = Object.keys(OPS).filter((op) => (CASES[op]?.length ?? 0) === 0);
    expect(missing, "ops without a case in test/ops/cases/").toEqual([]);
  });
  it("has a row for every case", () => {
    expect(
      Object.keys(CASES).filter((op) => !Object.hasOwn(OPS, op)),
      "cases of ops that have no row",
    ).toEqual([]);
  });
});

for (const [op, cases] of Object.entries(CASES)) {
  const row = OPS_TABLE[op];
  if (row === undefined) continue;
  describe(op, () => {
    for (const c of cases) {
      it(`${c.name}: shape rule and values`, () => checkShape(op, c));
      if (typeof row.vjp === "function") it(`${c.name}: vjp`, () => checkVjp(op, c));
      if (c.noOrt === undefined) it(`${c.name}: ONNX Runtime`, () => checkOrt(op, c));
    }
  });
}

function checkShape(op: string, c: OpCase): void {
  const made = caseGraph(op, c);
  const values = interpret(made.graph, made.feeds, OPS);
  made.graph.outputs.forEach(({ name, dims, dtype }, i) => {
    const value = values.get(name) as NumTensor;
    expect(value.data.length, `${name}: element count`).toBe(value.dims.reduce((p, d) => p * d, 1));
    expect(value.dtype, `${name}: dtype`).toBe(dtype);
    if (!c.dataDependent) expect(isStatic(dims), `${name}: dims [${dims}] are known`).toBe(true);
    expectDims(dims, value.dims, {});
    const content = made.graph.facts.get(name)?.content;
    if (content && isStatic(content)) expect([...content], `${name}: content`).toEqual(Array.from(value.data));
    const wanted = c.expect?.[i];
    if (wanted) expectClose(value, num(value.dtype, value.dims, wanted), 1e-6, name);
  });
  const free = caseGraph(op, c, "N");
  const batch = batchOf(c);
  free.graph.outputs.forEach(({ name, dims }, i) => {
    const value = values.get(name) as NumTensor;
    expectDims(dims, value.dims, { N: batch });
    if (i === 0 && c.symbolic) expect(dims, "symbolic dims").toEqual(c.symbolic);
    free.graph.facts.get(name)?.content?.forEach((d, at) => {
      const known = substitute(d, { N: batch });
      if (known !== undefined) expect(known, `${name}: symbolic content`).toBe(value.data[at]);
    });
  });
}

const batchOf = (c: OpCase): number =>
  c.inputs.find((s, i) => s && !s.constant && (c.batched ?? [0]).includes(i))?.dims[0] ?? 1;

/** A rule may not know a dim, but must not be wrong. */
function expectDims(
  dims: readonly Dim[] | undefined,
  actual: readonly number[],
  symbols: Readonly<Record<string, number>>,
): void {
  if (dims === undefined) return;
  expect(dims.length, `rank of [${dims}] for evaluated [${actual}]`).toBe(actual.length);
  dims.forEach((dim, axis) => {
    const size = substitute(dim, symbols);
    if (size !== undefined) expect(size, `axis ${axis} of [${dims}] for evaluated [${actual}]`).toBe(actual[axis]);
  });
}

/** The number a dim stands for, or undefined when a symbol of it is unknown. */
function substitute(dim: Dim, symbols: Readonly<Record<string, number>>): number | undefined {
  if (typeof dim === "number") return dim;
  const parts = dim.split("*").map((part) => (/^\d+$/.test(part) ? Number(part) : symbols[part]));
  return parts.some((p) => p === undefined) ? undefined : (parts as number[]).reduce((p, v) => p * v, 1);
}

const gaussian = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const gaussianLike = (t: NumTensor, random: Random): NumTensor =>
  num(
    t.dtype,
    t.dims,
    t.data.map(() => Math.fround(gaussian(random))),
  );
const dot = (a: NumTensor, b: NumTensor): number => a.data.reduce((sum, v, i) => sum + v * (b.data[i] as number), 0);

interface Cotangents {
  readonly feeds: ReadonlyMap<string, NumTensor>;
  readonly dy: ReadonlyMap<string, NumTensor>;
}

function cotangentFeeds(op: string, c: OpCase, made: CaseGraph): Cotangents {
  const random = randomOf(`dy ${op} ${c.name}`);
  const values = interpret(made.graph, made.feeds, OPS);
  const dy = new Map(
    cotangentOutputs(c, made.graph).map((i) => [`y${i}`, gaussianLike(values.get(`y${i}`) as NumTensor, random)]),
  );
  const feeds = new Map(made.feeds);
  for (const [name, value] of dy) feeds.set(`d${name}`, value);
  return { feeds, dy };
}

function checkVjp(op: string, c: OpCase): void {
  const made = caseGraph(op, c);
  const { feeds, dy } = cotangentFeeds(op, c, made);
  const back = vjpGraph(op, c, made);
  verify(back.graph, `the vjp of ${op}`);
  const grads = interpret(back.graph, feeds, OPS);
  const random = randomOf(`v ${op} ${c.name}`);
  for (const input of differentiated(c)) {
    const x = made.inputs[input] as NumTensor;
    const grad = grads.get(`dx${input}`) ?? num(x.dtype, x.dims, new Float64Array(x.data.length));
    expect(grad.dims, `dims of the cotangent of input ${input}`).toEqual(x.dims);
    const v = gaussianLike(x, random);
    const numeric = centralDifference(made, `x${input}`, v, dy);
    const analytic = dot(grad, v);
    const scale = Math.max(
      Math.abs(numeric),
      grad.data.reduce((sum, g, i) => sum + Math.abs(g * (v.data[i] as number)), 0),
    );
    expect(
      Math.abs(analytic - numeric),
      `input ${input}: vjp says ${analytic}, central difference ${numeric}`,
    ).toBeLessThanOrEqual(1e-6 * scale + 1e-9);
  }
  checkKinks(c, made, back.graph);
  const free = caseGraph(op, c, "N");
  const symbolic = interpret(vjpGraph(op, c, free).graph, feeds, OPS);
  for (const [name, value] of grads)
    expectClose(symbolic.get(name) as NumTensor, value, 1e-12, `${name} with a free batch size`);
}

function checkKinks(c: OpCase, made: CaseGraph, back: Graph): void {
  if (c.gradient === undefined) return;
  const y = interpret(made.graph, made.feeds, OPS).get("y0") as NumTensor;
  const feeds = new Map(made.feeds).set("dy0", num(y.dtype, y.dims, c.gradient.dy));
  const grads = interpret(back, feeds, OPS);
  for (const [input, want] of Object.entries(c.gradient.dx)) {
    const got = grads.get(`dx${input}`);
    expect(got, `a cotangent of input ${input}`).toBeDefined();
    if (got) expectClose(got, num(got.dtype, got.dims, want), 1e-6, `dx${input}`);
  }
}

/** d/dt ⟨dy, f(x + t v)⟩ at 0, to fourth order in the step. */
function centralDifference(made: CaseGraph, name: string, v: NumTensor, dy: ReadonlyMap<string, NumTensor>): number {
  const step = 1e-4;
  const constants = new Map([...made.graph.constants].filter(([n]) => n !== name));
  const at = (t: number): number => {
    const index = Number(name.slice(1));
    const x = made.inputs[index] as NumTensor;
    const moved = num(
      x.dtype,
      x.dims,
      x.data.map((value, i) => value + t * (v.data[i] as number)),
    );
    const values = interpret({ ...made.graph, constants }, new Map(made.feeds).set(name, moved), OPS);
    return [...dy].reduce((sum, [y, d]) => sum + dot(values.get(y) as NumTensor, d), 0);
  };
  return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
}

async function checkOrt(op: string, c: OpCase): Promise<void> {
  const made = caseGraph(op, c);
  const tol = c.tol ?? 1e-5;
  await compareWithOrt(made.graph, made.feeds, { tol, what: "forward" });
  await compareWithOrt(caseGraph(op, c, "N").graph, made.feeds, { tol, what: "forward, free batch" });
  if (typeof OPS_TABLE[op]?.vjp !== "function") return;
  const { feeds } = cotangentFeeds(op, c, made);
  for (const symbol of [undefined, "N"]) {
    const { graph, reached } = vjpGraph(op, c, caseGraph(op, c, symbol));
    if (reached.length > 0) await compareWithOrt(graph, feeds, { tol, what: symbol ? "vjp, free batch" : "vjp" });
  }
}

async function compareWithOrt(
  graph: Graph,
  feeds: ReadonlyMap<string, NumTensor>,
  { tol, what }: { readonly tol: number; readonly what: string },
): Promise<void> {
  const wanted = interpret(graph, feeds, OPS);
  const session = await ort.InferenceSession.create(writeModelBytes(modelOf(graph)), {
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  });
  const tensors: Record<string, ort.Tensor> = {};
  for (const { name } of graph.inputs) {
    const { dtype, dims, data } = tensorOf(feeds.get(name) as NumTensor);
    tensors[name] = new ort.Tensor(dtype as "float32", data as Float32Array, dims);
  }
  const got = await session.run(tensors);
  for (const [name, value] of wanted) {
    const out = got[name] as ort.Tensor;
    expect(out.type, `${what}: dtype of ${name}`).toBe(value.dtype);
    expectClose(
      num(value.dtype, out.dims, Float64Array.from(out.data as Float32Array, Number)),
      value,
      tol,
      `${what}, ${name} by ONNX Runtime`,
    );
  }
  await session.release();
}
