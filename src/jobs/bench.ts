/** @file Timing methods against the forward pass: in turn, within one run, because machines drift and only ratios keep. */

import { openSession } from "#ort";
import { close, extend } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import { chooseLayer } from "../explain.ts";
import type { DeviceOptions, Explainer } from "../explainer.ts";
import type { Model } from "../graph/types.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Plan, Probe, Row, RowResult, Sample } from "../methods/method.ts";
import { refuseUnsuitable } from "../methods/suitable.ts";
import { findMethod } from "../methods/table.ts";
import { readParams } from "../params.ts";
import type { HostTensor, Session } from "../runtime/session.ts";

export interface BenchOptions extends DeviceOptions {
  /** Methods to time, by id or with parameters; default all of the table's columns. */
  readonly methods?: readonly (string | BenchMethod)[] | undefined;
  /** Timed runs of each graph, at least. Default 20. */
  readonly runs?: number | undefined;
}

export interface BenchMethod {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** One method on one network. Times in ms; `ratio` is the minimum run over the minimum forward pass of the same run. */
export interface BenchRow {
  readonly method: string;
  readonly compileMs: number;
  readonly sessionMs: number;
  readonly minMs: number;
  readonly medianMs: number;
  /** One pass of this method's graph over one forward pass. */
  readonly ratio: number;
  /** Passes the method needs for one image with default parameters. */
  readonly passes: number;
  readonly nodes: number;
  /** Growth of the process's resident memory while the session was opened and run, in bytes. */
  readonly memoryBytes: number;
  /** Why there are no times, for a method that does not apply. */
  readonly refused?: string;
}

export interface BenchResult {
  readonly network: string;
  readonly device: string;
  readonly threads: number | null;
  readonly runs: number;
  readonly forward: { readonly minMs: number; readonly medianMs: number; readonly nodes: number };
  readonly rows: readonly BenchRow[];
}

const DEFAULT_METHODS = [
  "gradient",
  "input-x-gradient",
  "integrated-gradients",
  "guided-backprop",
  "lrp",
  { method: "lrp", params: { composite: "epsilon" } },
  "excitation-backprop",
  "deep-lift",
  "grad-cam",
  "layer-cam",
  "occlusion",
] as const;
const DEFAULT_RUNS = 20;
/** Runs of one graph before it is the other's turn. */
const TURN = 4;
/** Small networks run more often, for so long a run asked for: a minimum of few short runs is noise. */
const LEAST_MS = 75;

interface Contestant {
  readonly label: string;
  readonly plan: Plan;
  readonly session: Session;
  readonly compileMs: number;
  readonly sessionMs: number;
  readonly memoryBytes: number;
  readonly feeds: Readonly<Record<string, HostTensor>>;
}

/** Time methods on one network, one image. Throws as `explain` does when the model is no classifier. */
export async function benchModel(model: Explainer, network: string, options: BenchOptions = {}): Promise<BenchResult> {
  const { methods = DEFAULT_METHODS, runs = DEFAULT_RUNS } = options;
  const classifier = model.classifier();
  const g = extend(classifier.model, classifier.ops);
  const forwardModel = close(classifier.model, g, [g.value(classifier.scores)]);
  const forward = await openSession(writeModelBytes(forwardModel), options);
  const rows: BenchRow[] = [];
  const forwardTimes: number[] = [];
  const feeds = asFeeds(forwardModel, { [classifier.input.name]: sampleFor(classifier).x }, forward);
  try {
    for (const asked of methods) {
      const entry = await enter(asked, model, options);
      if (!("plan" in entry)) rows.push(entry);
      else rows.push(await race(entry, { forward, feeds, runs, forwardTimes }));
    }
  } finally {
    await forward.dispose();
  }
  return {
    network,
    device: forward.device,
    threads: options.threads ?? null,
    runs,
    forward: {
      minMs: Math.min(...forwardTimes),
      medianMs: median(forwardTimes),
      nodes: forwardModel.graph.nodes.length,
    },
    rows,
  };
}

/** Compile and open one method; a refusal is a row too. */
async function enter(
  asked: string | BenchMethod,
  model: Explainer,
  options: BenchOptions,
): Promise<Contestant | BenchRow> {
  const { method: id, params: given } = typeof asked === "string" ? { method: asked, params: {} } : asked;
  const method = findMethod(id);
  const label = [method.id, ...Object.entries(given).map(([k, v]) => `${k}=${v}`)].join(" ");
  try {
    const params = readParams(method.id, method.params, given);
    const classifier = model.classifier({ separateBatchNorm: method.separateBatchNorm });
    refuseUnsuitable(method, classifier, params);
    const began = performance.now();
    const plan = method.plan({ classifier, params, layer: chooseLayer(method, classifier, undefined), seed: 0 });
    const compileMs = performance.now() - began;
    const bytes = writeModelBytes(plan.model);
    const before = residentBytes();
    const opened = performance.now();
    const session = await openSession(bytes, options);
    const sessionMs = performance.now() - opened;
    const feeds = await firstRow(plan, classifier, session, options);
    await session.run(feeds);
    return { label, plan, session, compileMs, sessionMs, memoryBytes: Math.max(0, residentBytes() - before), feeds };
  } catch (error) {
    if (!(error instanceof OnnxplainError)) throw error;
    return {
      method: label,
      compileMs: 0,
      sessionMs: 0,
      minMs: 0,
      medianMs: 0,
      ratio: 0,
      passes: 0,
      nodes: 0,
      memoryBytes: 0,
      refused: `${error.code}: ${error.message}`,
    };
  }
}

type Feeds = Readonly<Record<string, HostTensor>>;

/** What a plan's graph is fed for its first row. */
async function firstRow(plan: Plan, classifier: Classifier, session: Session, options: BenchOptions): Promise<Feeds> {
  const sample = sampleFor(classifier);
  const found = plan.probe ? await probed(plan.probe, sample, options) : {};
  const row = "steps" in plan ? plan.steps(sample, found).next().value : [...take(plan.rows(sample, found), 1)][0];
  const shared = "steps" in plan ? {} : (plan.shared?.(sample, found) ?? {});
  return asFeeds(plan.model, { ...(row as Row), ...shared }, session);
}

async function probed(probe: Probe, sample: Sample, options: BenchOptions): Promise<RowResult> {
  const session = await openSession(writeModelBytes(probe.model), options);
  try {
    const results = await session.run(asFeeds(probe.model, probe.row(sample), session), probe.outputs);
    return Object.fromEntries(Object.entries(results).map(([name, t]) => [name, t.data as Float32Array]));
  } finally {
    await session.dispose();
  }
}

function* take<T>(items: Iterable<T>, count: number): Iterable<T> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

const asFeeds = ({ graph }: Model, row: Row, session: Session): Feeds =>
  Object.fromEntries(
    graph.inputs
      .filter((p) => session.inputs.includes(p.name))
      .map((p) => [
        p.name,
        {
          dtype: "float32",
          dims: [1, ...((p.dims ?? []).slice(1) as readonly number[])],
          data: row[p.name] as Float32Array,
        },
      ]),
  );

interface Race {
  readonly forward: Session;
  readonly feeds: Readonly<Record<string, HostTensor>>;
  readonly runs: number;
  readonly forwardTimes: number[];
}

/**
 * The forward pass and the method in turn, a few runs each: the threads of one session spin for a while after a run, and
 * would slow down the first run of the other. That first run of each turn is not counted.
 */
async function race(c: Contestant, { forward, feeds, runs, forwardTimes }: Race): Promise<BenchRow> {
  const own: number[] = [];
  const beside: number[] = [];
  const began = performance.now();
  try {
    while (own.length < runs || performance.now() - began < LEAST_MS * runs) {
      beside.push(...(await turn(() => forward.run(feeds))));
      own.push(...(await turn(() => c.session.run(c.feeds, c.plan.outputs))));
    }
  } finally {
    await c.session.dispose();
  }
  forwardTimes.push(...beside);
  return {
    method: c.label,
    compileMs: c.compileMs,
    sessionMs: c.sessionMs,
    minMs: Math.min(...own),
    medianMs: median(own),
    ratio: Math.min(...own) / Math.min(...beside),
    passes: c.plan.count,
    nodes: c.plan.model.graph.nodes.length,
    memoryBytes: c.memoryBytes,
  };
}

/** One run that is not counted, and {@link TURN} that are. */
async function turn(run: () => Promise<unknown>): Promise<readonly number[]> {
  await run();
  const times: number[] = [];
  for (let i = 0; i < TURN; i++) times.push(await timed(run));
  return times;
}

async function timed(f: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await f();
  return performance.now() - began;
}

/** A fixed picture-like input, and the cotangent of class 0. */
function sampleFor({ input, classes }: Classifier): Sample {
  const size = ((input.dims ?? []).slice(1) as readonly number[]).reduce((p, d) => p * d, 1);
  const x = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.7) + Math.cos(i * 0.013));
  const cotangent = new Float32Array(classes);
  cotangent[0] = 1;
  return { x, cotangent };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Resident memory of the process; 0 where the platform does not tell. */
const residentBytes = (): number => (typeof process === "undefined" ? 0 : process.memoryUsage.rss());
