/** @file Explaining from end to end: methods, targets, input, scores, jobs; and everything that was decided on the way. */
import type { Progress } from "../drive.ts";
import type { OnnxplainError } from "../errors.ts";
import type { Explainer } from "../explainer.ts";
import type { Classifier } from "../methods/classifier.ts";
import { dot } from "../methods/integrated-gradients.ts";
import type { Folded, Sample } from "../methods/method.ts";
import { cotangentOf, type Target } from "../methods/target.ts";
import { type Asked, readMethods, readsLayer } from "./asked.ts";
import type { Explanation, Explanations, Timings } from "./explanation.ts";
import { type ReadInput, readInput } from "./input.ts";
import { concernsMethod, type Job, type Member, planJobs, type Ready, readyMethods } from "./jobs.ts";
import type { ExplainAllOptions, ImageInput } from "./options.ts";
import { refuseNaN, scoreRows } from "./scores.ts";
import { planSession, rowsAtOnce } from "./sessions.ts";
import { readTargets } from "./targets.ts";

/** Every method on one input. Throws the first failure when no method is left. */
export async function explainEach(
  model: Explainer,
  image: ImageInput,
  options: ExplainAllOptions,
): Promise<Explanations> {
  const asked = readMethods(options.methods, options);
  const classifierOf = classifiers(model, asked, options);
  const first = classifierOf(asked[0] as Asked);
  const targets = readTargets(options.target, {
    classes: first.classes,
    labels: model.labels,
    output: first.scores,
  });
  const { ready, failures: unready } = readyMethods(asked, classifierOf);
  const { jobs, failures: unplanned } = planJobs(ready, { seed: options.seed ?? 0 });
  const failures = new Map([...unready, ...unplanned]);
  if (jobs.length === 0) throw firstOf(failures);
  const input = await readInput(model, first, image, options);
  const byRun = targets.fixed !== undefined && jobs[0]?.givesScores === true;
  const scored = byRun ? undefined : await scoreRows(model, first, input.rows, options);
  const samples = input.rows.flatMap((x, i) =>
    (targets.fixed ?? targets.of(scored?.scores[i] as Float32Array)).map(
      (target): Asking => ({ x, target, cotangent: cotangentOf(target, first.classes), scores: scored?.scores[i] }),
    ),
  );
  const done = await runJobs({ model, jobs, samples, options, spent: scored ?? { sessionMs: 0, runMs: 0 } });
  const explanations = done.results.map(({ member, ...result }) => ({
    index: member.index,
    explanation: explanationOf({
      member,
      input,
      samples,
      options,
      alone: asked.every((a) => !readsLayer(a.method)),
      ...result,
    }),
  }));
  for (const [index, error] of done.failures) failures.set(index, error);
  if (explanations.length === 0) throw firstOf(failures);
  return {
    explanations: explanations.sort((a, b) => a.index - b.index).map((e) => e.explanation),
    failures: [...failures]
      .sort(([a], [b]) => a - b)
      .map(([index, error]) => ({ method: (asked[index] as Asked).method.id, error })),
  };
}

const firstOf = (failures: ReadonlyMap<number, OnnxplainError>): OnnxplainError =>
  failures.get(Math.min(...failures.keys())) as OnnxplainError;

/** One canonical form for all methods that agree on its options; every layer asked for keeps its name in it. */
function classifiers(
  model: Explainer,
  asked: readonly Asked[],
  options: ExplainAllOptions,
): (one: Asked) => Classifier {
  const keep = asked.flatMap((a) => (a.layer === undefined ? [] : [a.layer]));
  return ({ method }) => model.classifier({ ...options, keep, separateBatchNorm: method.separateBatchNorm });
}

/** A sample with what is known of its scores before the jobs run. */
interface Asking extends Sample {
  readonly target: Target;
  readonly scores: Float32Array | undefined;
}

interface Running {
  readonly model: Explainer;
  readonly samples: readonly Asking[];
  readonly options: ExplainAllOptions;
  /** Time that went into the scores, in ms. */
  readonly spent: Pick<Timings, "sessionMs" | "runMs">;
}

interface Result {
  readonly member: Member;
  readonly folded: readonly Folded[];
  readonly scores: readonly Float32Array[];
  readonly timings: Timings;
  readonly device: string;
}

/** One job after the other; a job of several methods that the runtime refuses is run again, one method at a time. */
async function runJobs({ jobs, ...running }: Running & { readonly jobs: readonly Job[] }): Promise<{
  readonly results: readonly Result[];
  readonly failures: ReadonlyMap<number, OnnxplainError>;
}> {
  const { samples, options } = running;
  const failures = new Map<number, OnnxplainError>();
  const results: Result[] = [];
  const rows = jobs.map((job) => job.passes * samples.length);
  const total = rows.reduce((sum, n) => sum + n, 0);
  let known: readonly Float32Array[] | undefined;
  let before = 0;
  const attemptJob = async (job: Job, onProgress: ((p: Progress) => void) | undefined): Promise<void> => {
    try {
      const made = await runJob(job, { ...running, options: { ...options, onProgress } }, known);
      known ??= made[0]?.scores;
      for (const result of made) {
        try {
          for (const { values } of result.folded) refuseNaN(values, "The explanation");
          results.push(result);
        } catch (error) {
          if (!concernsMethod(error)) throw error;
          failures.set(result.member.index, error);
        }
      }
    } catch (error) {
      if (!concernsMethod(error)) throw error;
      if (job.members.length === 1) failures.set((job.members[0] as Ready).index, error);
      else
        for (const member of job.members)
          for (const single of planJobs([member], { seed: options.seed ?? 0 }).jobs)
            await attemptJob(single, undefined);
    }
  };
  for (const [i, job] of jobs.entries()) {
    const start = before;
    await attemptJob(job, options.onProgress && (({ done }) => options.onProgress?.({ done: start + done, total })));
    before += rows[i] as number;
  }
  return { results, failures };
}

async function runJob(
  job: Job,
  { model, samples, options, spent }: Running,
  known: readonly Float32Array[] | undefined,
): Promise<readonly Result[]> {
  const release = model.hold();
  try {
    const opened = performance.now();
    const session = await planSession(model, job.classifier, job.model, options);
    const probe = job.probe && (await planSession(model, job.classifier, job.probe, options));
    const began = performance.now();
    const outcomes = await job.run(samples, {
      session,
      probe,
      batch: rowsAtOnce(job.model, job.classifier, options),
      signal: options.signal,
      onProgress: options.onProgress,
    });
    const timings = {
      compileMs: job.compileMs,
      sessionMs: spent.sessionMs + began - opened,
      runMs: spent.runMs + performance.now() - began,
    };
    const scores = samples.map((s, i) => (s.scores ?? known?.[i] ?? outcomes[i]?.scores) as Float32Array);
    for (const row of scores) refuseNaN(row, "The network's score");
    return job.members.map((member, m) => ({
      member,
      folded: outcomes.map((o) => o.maps[m] as Folded),
      scores,
      timings,
      device: session.device,
    }));
  } finally {
    release();
  }
}

function explanationOf({
  member: { method, params, classifier, at, layer, notes },
  input,
  samples,
  options,
  alone,
  folded,
  scores,
  timings,
  device,
}: Result & {
  readonly input: ReadInput;
  readonly samples: readonly Asking[];
  readonly options: ExplainAllOptions;
  /** No method asked for reads a layer. */
  readonly alone: boolean;
}): Explanation {
  const [first] = samples;
  const dims = folded[0]?.dims ?? [];
  const unread = alone && layer !== undefined ? [`\`${method.id}\` reads no layer; \`${layer}\` changes nothing.`] : [];
  return {
    method: method.id,
    values: concat(folded.map((f) => f.values)),
    dims: [folded.length, ...dims],
    signed: method.signed(params),
    space: dims.length === 3 ? "input" : method.space === "pixel" ? "pixel" : "layer",
    reducer: method.reducer ?? "sum",
    layout: classifier.layout,
    layer: at,
    target: first?.target.index ?? 0,
    score: dot(scores[0] ?? [], first?.cotangent ?? []),
    targets: samples.map((s) => s.target),
    images: input.rows.length,
    scores,
    scoreKind: classifier.scoreKind,
    params,
    seed: options.seed ?? 0,
    checks: folded.map((f) => f.checks),
    ledgers: folded.flatMap((f) => (f.ledger ? [f.ledger] : [])),
    notes: [...new Set([...classifier.notes, ...input.notes, ...notes, ...unread])],
    timings,
    device,
    preprocessing: input.preprocessing,
    picture: input.picture,
  };
}

function concat(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0] as Float32Array;
  const out = new Float32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}
