/** @file The driver of plans: rows into batches, batches through a session, results into folds. The only place that batches. */
import { OnnxplainError } from "./errors.ts";
import type { Fold, Folded, Plan, Row, Sample } from "./methods/method.ts";
import type { HostTensor, Session } from "./runtime/session.ts";

export interface Progress {
  /** Rows done, of how many. */
  readonly done: number;
  readonly total: number;
}

export interface DriveOptions {
  readonly session: Session;
  /** Rows in one run, at most. */
  readonly batch: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

interface Pending {
  readonly row: Row;
  readonly fold: Fold;
}

/** Run a plan on every sample; results come in the order of the samples. Throws `E_ABORTED` when the signal fires. */
export async function drive(plan: Plan, samples: readonly Sample[], options: DriveOptions): Promise<readonly Folded[]> {
  const folds = samples.map((s) => plan.fold(s));
  const total = plan.count * samples.length;
  const shapes = new Map(plan.model.graph.inputs.map((p) => [p.name, (p.dims ?? []).slice(1) as readonly number[]]));
  let done = 0;
  let pending: Pending[] = [];
  const flush = async (): Promise<void> => {
    if (pending.length === 0) return;
    if (options.signal?.aborted)
      throw new OnnxplainError("E_ABORTED", `Stopped after ${done} of ${total} passes.`, {
        cause: options.signal.reason,
      });
    await runBatch(plan, pending, shapes, options.session);
    done += pending.length;
    pending = [];
    options.onProgress?.({ done, total });
  };
  for (const [i, sample] of samples.entries()) {
    for (const row of plan.rows(sample)) {
      pending.push({ row, fold: folds[i] as Fold });
      if (pending.length >= options.batch) await flush();
    }
  }
  await flush();
  return folds.map((f) => f.done());
}

async function runBatch(
  plan: Plan,
  pending: readonly Pending[],
  shapes: ReadonlyMap<string, readonly number[]>,
  session: Session,
): Promise<void> {
  const feeds: Record<string, HostTensor> = {};
  for (const name of session.inputs)
    feeds[name] = stack(
      pending.map((p) => p.row[name] as Float32Array),
      shapes.get(name) ?? [],
    );
  const results = await session.run(feeds, plan.outputs);
  for (const [i, { fold }] of pending.entries()) {
    const row = plan.outputs.map((name) => [name, rowOf(results[name] as HostTensor, i, pending.length)] as const);
    fold.add(Object.fromEntries(row));
  }
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
