/** @file Maps of methods for many images: planned once, run for every window; methods of one graph share its forward pass. */

import type { OnnxplainError } from "../errors.ts";
import { readMethods, readsLayer } from "../explain/asked.ts";
import { concernsMethod, type Job, type Member, planJobs, type Ready, readyMethods } from "../explain/jobs.ts";
import type { RunOptions } from "../explain/options.ts";
import { planSession, rowsAtOnce } from "../explain/sessions.ts";
import type { Explainer } from "../explainer.ts";
import { cotangentOf } from "../methods/target.ts";
import type { NamedMethod } from "./ask.ts";
import { type Plane, planeOf } from "./plane.ts";

/** One image and the class to explain. */
export interface Wanted {
  readonly x: Float32Array;
  readonly target: number;
}
/** A map, or why there is none. */
export type Attributed = Plane | { readonly why: OnnxplainError };

export interface MethodTrouble {
  readonly method: string;
  readonly error: OnnxplainError;
}

export interface Attributor {
  /** Methods that do not apply to this model. */
  readonly failures: readonly MethodTrouble[];
  /** Places of the methods that do. */
  readonly places: readonly number[];
  readonly notes: readonly string[];
  /** Number of graphs that are run. */
  readonly graphs: number;
  /** Every image by every method: by method's place, then by image. */
  readonly all: (wanted: readonly Wanted[]) => Promise<ReadonlyMap<number, readonly Attributed[]>>;
  /** By one method alone. */
  readonly one: (place: number, wanted: readonly Wanted[]) => Promise<readonly Attributed[]>;
}

export type AttributeOptions = RunOptions & { readonly params?: Readonly<Record<string, unknown>> | undefined };

/** Throws `E_PARAM`, `E_LAYER_UNKNOWN`. */
export function attributor(model: Explainer, methods: readonly NamedMethod[], options: AttributeOptions): Attributor {
  const asked = readMethods(methods, options);
  const keep = asked.flatMap((a) => (a.layer === undefined ? [] : [a.layer]));
  const { ready, failures: unready } = readyMethods(asked, (one) => {
    const output = (methods[asked.indexOf(one)] as NamedMethod).output ?? options.output;
    return model.classifier({ ...options, output, keep, separateBatchNorm: one.method.separateBatchNorm });
  });
  const planned = planJobs(ready, { seed: options.seed ?? 0 });
  const failures = [...unready, ...planned.failures].sort(([a], [b]) => a - b);
  const places = planned.jobs.flatMap((job) => job.members.map((m) => m.index)).sort((a, b) => a - b);
  const singles = new Map<number, Job | OnnxplainError>();
  const single = (one: Ready): Job | OnnxplainError => {
    const known = singles.get(one.index);
    if (known) return known;
    const { jobs, failures: none } = planJobs([one], { seed: options.seed ?? 0 });
    const made = jobs[0] ?? (none.get(one.index) as OnnxplainError);
    singles.set(one.index, made);
    return made;
  };
  const runner: Runner = { model, options, single };
  return {
    failures: failures.map(([i, error]) => ({ method: (methods[i] as NamedMethod).name, error })),
    places,
    notes: [
      ...new Set(
        planned.jobs.flatMap((j) => [...j.classifier.notes, ...j.members.flatMap((m) => notesOf(m, methods))]),
      ),
    ],
    graphs: planned.jobs.length,
    all: async (wanted) => {
      const found = new Map<number, readonly Attributed[]>();
      for (const job of planned.jobs)
        for (const [place, maps] of await runJob(runner, job, wanted)) found.set(place, maps);
      return found;
    },
    one: async (place, wanted) => {
      const member = ready.find((r) => r.index === place);
      if (member === undefined) throw new Error(`internal: method ${place} is not ready`);
      const job = single(member);
      if ("code" in job) return wanted.map(() => ({ why: job }));
      return (await runJob(runner, job, wanted)).get(place) as readonly Attributed[];
    },
  };
}

const notesOf = (member: Member, methods: readonly NamedMethod[]): readonly string[] => {
  const unread =
    (methods[member.index] as NamedMethod).layer !== undefined && !readsLayer(member.method)
      ? [`\`${member.method.id}\` reads no layer; \`${member.layer}\` changes nothing.`]
      : [];
  return [...member.notes, ...unread];
};

interface Runner {
  readonly model: Explainer;
  readonly options: AttributeOptions;
  readonly single: (one: Ready) => Job | OnnxplainError;
}
type Maps = ReadonlyMap<number, readonly Attributed[]>;

/**
 * What one graph says of every image. When the run fails, each method is tried by itself, and then each image, so that a
 * failure is charged to the pair that causes it.
 */
async function runJob(runner: Runner, job: Job, wanted: readonly Wanted[]): Promise<Maps> {
  try {
    return await attempt(runner, job, wanted);
  } catch (error) {
    if (!concernsMethod(error)) throw error;
    const found = new Map<number, readonly Attributed[]>();
    for (const member of job.members) found.set(member.index, await apart(runner, job, { member, wanted, error }));
    return found;
  }
}

interface Failed {
  readonly member: Member;
  readonly wanted: readonly Wanted[];
  readonly error: OnnxplainError;
}

async function apart(runner: Runner, job: Job, { member, wanted, error }: Failed): Promise<readonly Attributed[]> {
  const own = job.members.length === 1 ? job : runner.single(member);
  if ("code" in own) return wanted.map(() => ({ why: own }));
  if (own === job && wanted.length === 1) return [{ why: error }];
  const found: Attributed[] = [];
  for (const one of wanted) {
    try {
      found.push((await attempt(runner, own, [one])).get(member.index)?.[0] as Attributed);
    } catch (why) {
      if (!concernsMethod(why)) throw why;
      found.push({ why });
    }
  }
  return found;
}

async function attempt({ model, options }: Runner, job: Job, wanted: readonly Wanted[]): Promise<Maps> {
  const release = model.hold();
  try {
    const { classifier } = job;
    const session = await planSession(model, classifier, job.model, options);
    const probe = job.probe && (await planSession(model, classifier, job.probe, options));
    const samples = wanted.map(({ x, target }) => ({
      x,
      cotangent: cotangentOf({ index: target }, classifier.classes),
    }));
    const batch = rowsAtOnce(job.model, classifier, options);
    const outcomes = await job.run(samples, { session, probe, batch, signal: options.signal });
    return new Map(
      job.members.map((member, m) => [
        member.index,
        outcomes.map(({ maps }) => planeOf(maps[m] as NonNullable<(typeof maps)[number]>, member.method, classifier)),
      ]),
    );
  } finally {
    release();
  }
}
