/** @file Runs the op cases, forward and vjp, on onnxruntime-web inside a page, against the float64 interpreter there. */
import type { Graph } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { type NumTensor, num, tensorOf } from "../../src/ops/num-tensor.ts";
import { OPS, type Ops } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { openSession } from "../../src/runtime/ort-web.ts";
import type { HostTensor } from "../../src/runtime/session.ts";
import { type CaseGraph, caseGraph, cotangentOutputs, modelOf, randomOf, vjpGraph } from "../ops/case-graph.ts";
import { CASES } from "../ops/cases/index.ts";
import type { OpCase } from "../ops/cases.ts";

type Feeds = ReadonlyMap<string, NumTensor>;

/** What one graph gave. `error` is the worst element relative to the larger of itself and the mean size. */
export interface CaseReport {
  readonly op: string;
  readonly name: string;
  readonly what: "forward" | "vjp";
  readonly error: number;
  readonly tol: number;
  /** Why the runtime refused the graph, or in what the result differs other than by numbers. */
  readonly refused?: string;
  /** The case itself says that ONNX Runtime cannot run it. */
  readonly skipped?: string;
}

const LIST: readonly (readonly [string, OpCase])[] = Object.entries(CASES).flatMap(([op, cases]) =>
  cases.map((c) => [op, c] as const),
);

/** Cases `from` up to `to` (exclusive) of the flat list; an empty answer means that it is at its end. */
export async function runCases(device: "wasm" | "webgpu", from: number, to: number): Promise<readonly CaseReport[]> {
  const reports: CaseReport[] = [];
  for (const [op, c] of LIST.slice(from, to)) reports.push(...(await compareCase(device, op, c)));
  return reports;
}

/** One case: the node alone and, where it has one, its vjp. */
export async function compareCase(device: "wasm" | "webgpu", op: string, c: OpCase): Promise<readonly CaseReport[]> {
  const about = { op, name: c.name, tol: c.tol ?? 1e-5 };
  if (c.noOrt !== undefined) return [{ ...about, what: "forward", error: 0, skipped: c.noOrt }];
  const made = caseGraph(op, c);
  const forward: CaseReport = { ...about, what: "forward", ...(await compare(device, made.graph, made.feeds)) };
  if (typeof (OPS as Ops)[op]?.vjp !== "function") return [forward];
  const back = vjpGraph(op, c, made);
  if (back.reached.length === 0) return [forward];
  const feeds = withCotangents(op, c, made);
  return [forward, { ...about, what: "vjp", ...(await compare(device, back.graph, feeds)) }];
}

function withCotangents(op: string, c: OpCase, { graph, feeds }: CaseGraph): Feeds {
  const random = randomOf(`dy ${op} ${c.name}`);
  const values = interpret(graph, feeds, OPS);
  const cotangents = cotangentOutputs(c, graph).map((i) => {
    const { dtype, dims, data } = values.get(`y${i}`) as NumTensor;
    return [`dy${i}`, num(dtype, dims, data.map(() => Math.fround(4 * random() - 2)))] as const;
  });
  return new Map([...feeds, ...cotangents]);
}

async function compare(device: "wasm" | "webgpu", graph: Graph, feeds: Feeds): Promise<Pick<CaseReport, "error" | "refused">> {
  const wanted = interpret(graph, feeds, OPS);
  let got: Readonly<Record<string, HostTensor>>;
  try {
    const session = await openSession(writeModelBytes(modelOf(graph)), { device });
    try {
      const given = graph.inputs.map(({ name }) => [name, tensorOf(feeds.get(name) as NumTensor) as HostTensor] as const);
      got = await session.run(Object.fromEntries(given));
    } finally {
      await session.dispose();
    }
  } catch (cause) {
    return { error: 0, refused: (cause as Error).message };
  }
  let error = 0;
  for (const [name, want] of wanted) {
    const out = got[name] as HostTensor;
    if (out.dtype !== want.dtype || String(out.dims) !== String(want.dims)) {
      return { error: 0, refused: `${name} is ${out.dtype} [${out.dims}], expected ${want.dtype} [${want.dims}]` };
    }
    error = Math.max(error, worst(Float64Array.from(out.data as Float32Array, Number), want.data));
  }
  return { error };
}

/** The largest error; NaN equals NaN, infinities exactly. */
function worst(got: Float64Array, want: Float64Array): number {
  const finite = want.filter(Number.isFinite);
  const scale = finite.reduce((sum, v) => sum + Math.abs(v), 0) / Math.max(1, finite.length);
  return want.reduce((most, w, i) => {
    const g = got[i] as number;
    if (Object.is(g, w) || g === w) return most;
    const error = Math.abs(g - w) / Math.max(Math.abs(w), scale);
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(most, error);
  }, 0);
}
