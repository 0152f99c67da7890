/** @file From methods to jobs: one job for all methods that fit on one graph, one for each of the others. */
import { type DriveOptions, drive } from "../drive.ts";
import { OnnxplainError } from "../errors.ts";
import type { Model } from "../graph/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Layer } from "../methods/layers.ts";
import type { Folded, Sample } from "../methods/method.ts";
import { attempt, type Part, sharedPass } from "../methods/shared-pass.ts";
import { refuseUnsuitable } from "../methods/suitable.ts";
import { type Asked, chooseLayer } from "./asked.ts";

/** A method that is ready to be planned. */
export interface Ready extends Asked {
  /** Its place in the list of methods asked for. */
  readonly index: number;
  readonly classifier: Classifier;
  readonly at: Layer | undefined;
}

/** What one sample yields: a map for each member of the job, and the scores where the same run gave them. */
export interface Outcome {
  readonly maps: readonly Folded[];
  readonly scores: Float32Array | undefined;
}

export interface Member extends Ready {
  readonly notes: readonly string[];
}

/** A graph to run, and whose maps it makes. */
export interface Job {
  readonly classifier: Classifier;
  readonly members: readonly Member[];
  readonly model: Model;
  readonly probe: Model | undefined;
  /** Rows of one sample. */
  readonly passes: number;
  readonly givesScores: boolean;
  readonly compileMs: number;
  readonly run: (samples: readonly Sample[], options: DriveOptions) => Promise<readonly Outcome[]>;
}

/** Methods that do not apply, by their place in the list. */
export type Failures = ReadonlyMap<number, OnnxplainError>;

/** Errors that no other method of the list could escape, or that are slips of whoever asked. */
const NOT_OF_ONE_METHOD: ReadonlySet<string> = new Set(["E_PARAM", "E_LAYER_UNKNOWN", "E_ABORTED"]);

/** Is it this method's failure alone? Then the others go on. */
export const concernsMethod = (error: unknown): error is OnnxplainError =>
  error instanceof OnnxplainError && error.code !== "E_INTERNAL" && !NOT_OF_ONE_METHOD.has(error.code);

/** Settle each method's layer, and whether it has a meaning on its classifier. Throws `E_LAYER_UNKNOWN`. */
export function readyMethods(
  asked: readonly Asked[],
  classifierOf: (asked: Asked) => Classifier,
): { readonly ready: readonly Ready[]; readonly failures: Failures } {
  const failures = new Map<number, OnnxplainError>();
  const ready: Ready[] = [];
  for (const [index, one] of asked.entries()) {
    const made = attempt((): Ready => {
      const classifier = classifierOf(one);
      refuseUnsuitable(one.method, classifier, one.params);
      return { ...one, index, classifier, at: chooseLayer(one.method, classifier, one.layer) };
    });
    if (!(made instanceof OnnxplainError)) ready.push(made);
    else if (concernsMethod(made)) failures.set(index, made);
    else throw made;
  }
  return { ready, failures };
}

/** Plan every method. Jobs that give scores come first. Throws `E_PARAM`. */
export function planJobs(
  ready: readonly Ready[],
  { seed }: { readonly seed: number },
): { readonly jobs: readonly Job[]; readonly failures: Failures } {
  const failures = new Map<number, OnnxplainError>();
  const fail = (index: number, error: OnnxplainError): void => {
    if (!concernsMethod(error)) throw error;
    failures.set(index, error);
  };
  const [shared, alone]: [Map<Classifier, Ready[]>, Ready[]] = [new Map(), []];
  for (const one of ready) {
    if (typeof one.method.emit !== "function") alone.push(one);
    else shared.set(one.classifier, [...(shared.get(one.classifier) ?? []), one]);
  }
  const jobs = [...shared.values()].flatMap((group) => sharedJob(group, fail));
  for (const one of alone) {
    const job = attempt(() => ownJob(one, seed));
    if (job instanceof OnnxplainError) fail(one.index, job);
    else jobs.push(job);
  }
  return { jobs, failures };
}

function sharedJob(group: readonly Ready[], fail: (index: number, error: OnnxplainError) => void): readonly Job[] {
  const { classifier } = group[0] as Ready;
  const began = performance.now();
  const parts = group.map(({ method, params, at }): Part => ({ emit: method.emit as Part["emit"], params, layer: at }));
  const pass = sharedPass(classifier, parts);
  const members: Member[] = [];
  for (const [i, part] of pass.parts.entries()) {
    const one = group[i] as Ready;
    if (part instanceof OnnxplainError) fail(one.index, part);
    else members.push({ ...one, notes: part });
  }
  if (members.length === 0) return [];
  return [
    {
      classifier,
      members,
      model: pass.plan.model,
      probe: undefined,
      passes: 1,
      givesScores: true,
      compileMs: performance.now() - began,
      run: (samples, options) => drive(pass.plan, samples, options),
    },
  ];
}

function ownJob(one: Ready, seed: number): Job {
  const { classifier, method, params, at } = one;
  const began = performance.now();
  const plan = method.plan({ classifier, params, layer: at, seed });
  return {
    classifier,
    members: [{ ...one, notes: plan.notes }],
    model: plan.model,
    probe: plan.probe?.model,
    passes: plan.count,
    givesScores: false,
    compileMs: performance.now() - began,
    run: async (samples, options) =>
      (await drive(plan, samples, options)).map((folded) => ({ maps: [folded], scores: undefined })),
  };
}
