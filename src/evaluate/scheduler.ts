/**
 * @file Many coroutines, few forward passes: the questions of all metrics, maps and images of a window fill the same batches, a
 * question with a key is asked once an image, and no more coroutines are begun than it takes to fill the next batch.
 */
import { OnnxplainError } from "../errors.ts";
import type { Answer, MapQuery, Measured, Query, Request, Scored } from "../metrics/metric.ts";

/** Answers that are shared, by key. */
export type Known<T> = Map<string, Slot<T>>;
interface Slot<T> {
  answer: T | undefined;
  readonly waiters: Waiter<T>[];
}

/** One metric on one map of one image. */
export interface Task<Maps> {
  readonly start: () => Generator<Request, Measured, Answer>;
  /** The input whose scores are known already, and those scores. */
  readonly whole: { readonly x: Float32Array; readonly scored: Scored };
  /** Questions that the image has been asked. */
  readonly scores: Known<Scored>;
  /** Maps that this image's method has been asked for. */
  readonly maps: Known<Float32Array | null>;
  /** Who gives this task's maps. */
  readonly source: Maps;
  readonly done: (result: Measured | OnnxplainError, asked: Tally) => void;
}

/** Questions of one kind: asked; of those answered without a run of their own; run. */
export interface Shared {
  asked: number;
  saved: number;
  run: number;
}
export interface Tally {
  readonly scores: Shared;
  readonly maps: Shared;
}
export const tally = (): Tally => ({ scores: { asked: 0, saved: 0, run: 0 }, maps: { asked: 0, saved: 0, run: 0 } });

export interface MapQuestion<Maps> {
  readonly source: Maps;
  readonly query: MapQuery;
}

export interface Answering<Maps> {
  /** Rows of one forward run. */
  readonly batch: number;
  readonly score: (rows: readonly Float32Array[]) => Promise<readonly Scored[]>;
  readonly map: (questions: readonly MapQuestion<Maps>[]) => Promise<readonly (Float32Array | null)[]>;
  /** Throws when the run is to stop; called before every run. */
  readonly check: () => void;
}

/** Maps that are asked for together, at most: all of them are held until the last has come. */
const MAPS_AT_ONCE = 256;

interface Running<Maps> {
  readonly task: Task<Maps>;
  readonly steps: Generator<Request, Measured, Answer>;
  readonly asked: Tally;
  answers: (Scored | Float32Array | null)[];
  missing: number;
}
interface Waiter<T> {
  readonly give: (answer: T) => void;
}
interface Pending<Q, T> {
  readonly question: Q;
  readonly slot: Slot<T>;
}

/** Runs every task to its end; what is asked in which batch follows from the order of the tasks alone. */
export async function runTasks<Maps>(tasks: Iterable<Task<Maps>>, answering: Answering<Maps>): Promise<void> {
  const { batch } = answering;
  const coming = tasks[Symbol.iterator]();
  const rows: Pending<Float32Array, Scored>[] = [];
  const maps: Pending<MapQuestion<Maps>, Float32Array | null>[] = [];
  /** Map questions that hold an input of their own. */
  let held = 0;
  const ready: Running<Maps>[] = [];
  let exhausted = false;

  const begin = (): void => {
    const { value: task, done } = coming.next();
    if (done) exhausted = true;
    else ready.push({ task, steps: task.start(), asked: tally(), answers: [], missing: 0 });
  };

  const ask = <Q extends { readonly key?: string }, T extends Scored | Float32Array | null>(
    running: Running<Maps>,
    query: Q,
    at: number,
    { known, shared, enqueue }: { known: Known<T>; shared: Shared; enqueue: (slot: Slot<T>) => void },
  ): void => {
    shared.asked++;
    const old = query.key === undefined ? undefined : known.get(query.key);
    const slot: Slot<T> = old ?? { answer: undefined, waiters: [] };
    if (old) shared.saved++;
    else {
      shared.run++;
      if (query.key !== undefined) known.set(query.key, slot);
      enqueue(slot);
    }
    if (slot.answer !== undefined) running.answers[at] = slot.answer;
    else {
      running.missing++;
      slot.waiters.push({
        give: (answer) => {
          running.answers[at] = answer;
          if (--running.missing === 0) ready.push(running);
        },
      });
    }
  };

  const advance = (running: Running<Maps>): void => {
    const { task, asked } = running;
    let next: IteratorResult<Request, Measured>;
    try {
      next = running.steps.next(running.answers as Answer);
    } catch (error) {
      if (!(error instanceof OnnxplainError) || error.code === "E_INTERNAL") throw error;
      task.done(error, asked);
      return;
    }
    if (next.done) {
      task.done(next.value, asked);
      return;
    }
    const request = next.value;
    running.answers = Array(request.queries.length);
    running.missing = 0;
    if (request.ask === "scores")
      for (const [at, query] of request.queries.entries()) {
        if (query.x === task.whole.x) {
          asked.scores.asked++;
          asked.scores.saved++;
          running.answers[at] = task.whole.scored;
        } else
          ask<Query, Scored>(running, query, at, {
            known: task.scores,
            shared: asked.scores,
            enqueue: (slot) => rows.push({ question: query.x, slot }),
          });
      }
    else
      for (const [at, query] of request.queries.entries())
        ask<MapQuery, Float32Array | null>(running, query, at, {
          known: task.maps,
          shared: asked.maps,
          enqueue: (slot) => {
            if (query.x !== task.whole.x) held++;
            maps.push({ question: { source: task.source, query }, slot });
          },
        });
    if (running.missing === 0) ready.push(running);
  };

  const settle = <Q, T>(pending: readonly Pending<Q, T>[], answers: readonly T[]): void => {
    for (const [i, { slot }] of pending.entries()) {
      slot.answer = answers[i] as T;
      for (const { give } of slot.waiters.splice(0)) give(slot.answer);
    }
  };

  for (;;) {
    while (ready.length > 0) advance(ready.shift() as Running<Maps>);
    const crowded = held >= 4 * batch || maps.length >= MAPS_AT_ONCE;
    if (rows.length < batch && !crowded && !exhausted) {
      begin();
      continue;
    }
    if (rows.length === 0 && maps.length === 0) return;
    answering.check();
    if (rows.length >= batch || maps.length === 0) {
      const some = rows.splice(0, batch);
      settle(some, await answering.score(some.map((p) => p.question)));
    } else {
      const some = maps.splice(0);
      held = 0;
      settle(some, await answering.map(some.map((p) => p.question)));
    }
  }
}
