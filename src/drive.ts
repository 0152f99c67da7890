/** @file The driver of plans: rows into batches, batches through a session, results into folds. The only place that batches. */
import { OnnxplainError } from "./errors.ts";
import type { Model } from "./graph/types.ts";
import type { Fold, Plan, Probe, Row, RowResult, RowsPlan, Sample, StepsPlan } from "./methods/method.ts";
import { pause } from "./pause.ts";
import type { HostTensor, Session } from "./runtime/session.ts";

export interface Progress {
  /** Rows done, of how many. */
  readonly done: number;
  readonly total: number;
}

export interface DriveOptions {
  readonly session: Session;
  /** The session of the plan's probe, where it has one. */
  readonly probe?: Session | undefined;
  /** Rows in one run, at most. */
  readonly batch: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Run a plan on every sample; results come in the order of the samples. Throws `E_ABORTED` when the signal fires. */
export async function drive<Result>(
  plan: Plan<Result>,
  samples: readonly Sample[],
  options: DriveOptions,
): Promise<readonly Result[]> {
  const found = await probed(plan.probe, samples, options);
  const tally = tallyOf(plan.count * samples.length, options);
  return "steps" in plan ? inStep(plan, samples, found, options, tally) : inRows(plan, samples, found, options, tally);
}

/** Computing goes on for so long, in ms, before others have a turn: whoever fires the signal may be one of them. */
const STRETCH = 50;

/** Counts rows, reports them, and stops when asked to. */
interface Tally {
  /** Before a run. Throws `E_ABORTED`. */
  readonly check: () => Promise<void>;
  readonly add: (rows: number) => void;
}

function tallyOf(total: number, { signal, onProgress }: DriveOptions): Tally {
  let done = 0;
  let turn = performance.now();
  return {
    check: async () => {
      if (performance.now() - turn > STRETCH) {
        await pause();
        turn = performance.now();
      }
      if (signal?.aborted)
        throw new OnnxplainError("E_ABORTED", `Stopped after ${done} of ${total} passes.`, { cause: signal.reason });
    },
    add: (rows) => {
      done += rows;
      onProgress?.({ done: Math.min(done, total), total });
    },
  };
}

const NOTHING: RowResult = {};

async function probed(
  probe: Probe | undefined,
  samples: readonly Sample[],
  { probe: session, signal }: DriveOptions,
): Promise<readonly RowResult[]> {
  if (probe === undefined) return samples.map(() => NOTHING);
  const found: RowResult[] = [];
  const tally = tallyOf(samples.length, { session: session as Session, batch: 1, signal });
  for (const sample of samples) {
    await tally.check();
    const [result] = await runRows(session as Session, probe, [probe.row(sample)]);
    found.push(result as RowResult);
    tally.add(1);
  }
  return found;
}

interface Pending<Result> {
  readonly row: Row;
  readonly fold: Fold<Result>;
}

async function inRows<Result>(
  plan: RowsPlan<Result>,
  samples: readonly Sample[],
  found: readonly RowResult[],
  { session, batch }: DriveOptions,
  tally: Tally,
): Promise<readonly Result[]> {
  const folds = samples.map((s, i) => plan.fold(s, found[i] as RowResult));
  let pending: Pending<Result>[] = [];
  let shared: Row = {};
  const flush = async (): Promise<void> => {
    if (pending.length === 0) return;
    await tally.check();
    const rows = pending.map((p) => p.row);
    const { perRow, perRun } = await runWith(session, plan, rows, shared);
    for (const [i, { fold }] of pending.entries()) fold.add(perRow[i] as RowResult);
    if (plan.sums) pending[0]?.fold.addRun?.(perRun);
    tally.add(pending.length);
    pending = [];
  };
  for (const [i, sample] of samples.entries()) {
    if (plan.shared) {
      await flush();
      shared = plan.shared(sample, found[i] as RowResult);
    }
    for (const row of plan.rows(sample, found[i] as RowResult)) {
      pending.push({ row, fold: folds[i] as Fold<Result> });
      if (pending.length >= batch) await flush();
    }
  }
  await flush();
  return folds.map((f) => f.done());
}

/** Every sample takes its next step in the same runs. */
async function inStep<Result>(
  plan: StepsPlan<Result>,
  samples: readonly Sample[],
  found: readonly RowResult[],
  { session, batch }: DriveOptions,
  tally: Tally,
): Promise<readonly Result[]> {
  const done: Result[] = [];
  let waiting = samples.map((s, i) => {
    const steps = plan.steps(s, found[i] as RowResult);
    return { i, steps, next: steps.next() };
  });
  for (;;) {
    for (const { i, next } of waiting) if (next.done) done[i] = next.value;
    waiting = waiting.filter(({ next }) => !next.done);
    if (waiting.length === 0) return done;
    for (let at = 0; at < waiting.length; at += batch) {
      await tally.check();
      const group = waiting.slice(at, at + batch);
      const results = await runRows(
        session,
        plan,
        group.map(({ next }) => next.value as Row),
      );
      group.forEach((w, j) => {
        w.next = w.steps.next(results[j] as RowResult);
      });
      tally.add(group.length);
    }
  }
}

interface Running {
  readonly model: Model;
  readonly outputs: readonly string[];
  readonly sums?: readonly string[];
}

const runRows = async (session: Session, plan: Running, rows: readonly Row[]): Promise<readonly RowResult[]> =>
  (await runWith(session, plan, rows, {})).perRow;

async function runWith(
  session: Session,
  { model, outputs, sums = [] }: Running,
  rows: readonly Row[],
  shared: Row,
): Promise<{ readonly perRow: readonly RowResult[]; readonly perRun: RowResult }> {
  const shapes = new Map(model.graph.inputs.map((p) => [p.name, (p.dims ?? []).slice(1) as readonly number[]]));
  const feeds: Record<string, HostTensor> = {};
  for (const name of session.inputs) {
    const same = shared[name];
    feeds[name] = stack(same ? [same] : rows.map((row) => row[name] as Float32Array), shapes.get(name) ?? []);
  }
  const results = await session.run(feeds, outputs);
  const each = outputs.filter((name) => !sums.includes(name));
  return {
    perRow: rows.map((_, i) =>
      Object.fromEntries(each.map((name) => [name, rowOf(results[name] as HostTensor, i, rows.length)])),
    ),
    perRun: Object.fromEntries(sums.map((name) => [name, (results[name] as HostTensor).data as Float32Array])),
  };
}

function stack(rows: readonly Float32Array[], dims: readonly number[]): HostTensor {
  const size = (rows[0] as Float32Array).length;
  if (rows.length === 1) return { dtype: "float32", dims: [1, ...dims], data: rows[0] as Float32Array };
  const data = new Float32Array(size * rows.length);
  for (const [i, row] of rows.entries()) data.set(row, i * size);
  return { dtype: "float32", dims: [rows.length, ...dims], data };
}

function rowOf(t: HostTensor, index: number, count: number): Float32Array {
  const data = t.data as Float32Array;
  if (count === 1) return data;
  const size = data.length / count;
  return data.slice(index * size, (index + 1) * size);
}
