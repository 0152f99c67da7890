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

export interface CaseRange {
  readonly device: "wasm" | "webgpu";
  /** Every case, or one of each op. */
  readonly which: "all" | "first";
  /** Of the flat list, `to` exclusive; an empty answer means that the list is at its end. */
  readonly from: number;
  readonly to: number;
}

/** What onnxruntime-web 1.30.0 cannot do on WebGPU whoever asks, by op and case. */
const WEBGPU_FAULTS: Readonly<Record<string, string>> = {
  "Cast: float to double": "its CPU part has no Cast of float64",
  "Cast: double to float": "its CPU part has no Cast of float64",
  "CastLike: to double": "its CPU part has no Cast of float64",
  "Dropout: inference": "neither it nor its CPU part has Dropout (passes drop such nodes)",
  "Dropout: with ratio, mode and mask": "neither it nor its CPU part has Dropout (passes drop such nodes)",
  "Einsum: ellipses that broadcast": "it does not broadcast a letter whose sizes are 1 and n",
};

/** WGSL promises sine and cosine to 2^-11 only, arc functions to 4096 ulp. */
const WEBGPU_TRIGONOMETRY = 1e-3;
const TRIGONOMETRY = new Set(["Sin", "Cos", "Tan", "Asin", "Acos", "Atan"]);

/** A range of the op cases. */
export async function runCases({ device, which, from, to }: CaseRange): Promise<readonly CaseReport[]> {
  const list = Object.entries(CASES).flatMap(([op, cases]) =>
    (which === "all" ? cases : cases.slice(0, 1)).map((c) => [op, c] as const),
  );
  const reports: CaseReport[] = [];
  for (const [op, c] of list.slice(from, to)) reports.push(...(await compareCase(device, op, c)));
  return reports;
}

/** One case: the node alone and, where it has one, its vjp. */
export async function compareCase(device: "wasm" | "webgpu", op: string, c: OpCase): Promise<readonly CaseReport[]> {
  const tol = device === "webgpu" && TRIGONOMETRY.has(op) ? WEBGPU_TRIGONOMETRY : (c.tol ?? 1e-5);
  const about = { op, name: c.name, tol };
  const skipped = c.noOrt ?? (device === "webgpu" ? WEBGPU_FAULTS[`${op}: ${c.name}`] : undefined);
  if (skipped !== undefined) return [{ ...about, what: "forward", error: 0, skipped }];
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
    return [
      `dy${i}`,
      num(
        dtype,
        dims,
        data.map(() => Math.fround(4 * random() - 2)),
      ),
    ] as const;
  });
  return new Map([...feeds, ...cotangents]);
}

async function compare(
  device: "wasm" | "webgpu",
  graph: Graph,
  feeds: Feeds,
): Promise<Pick<CaseReport, "error" | "refused">> {
  const wanted = interpret(graph, feeds, OPS);
  let got: Readonly<Record<string, HostTensor>>;
  try {
    const session = await openSession(writeModelBytes(modelOf(graph)), { device });
    try {
      const given = graph.inputs.map(
        ({ name }) => [name, tensorOf(feeds.get(name) as NumTensor) as HostTensor] as const,
      );
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
