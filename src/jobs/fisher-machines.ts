/** @file One linear machine a class on the Fisher vectors: the cost by cross-validation, weights from the dual, what they are worth. */
import { crossValidate, scoresOf } from "../fisher/cross-validate.ts";
import { type Encoding, type FisherPipeline, vectorWidth } from "../fisher/pipeline.ts";
import { trainSvms, weightsOf } from "../fisher/svm.ts";
import { meanAveragePrecision } from "../train/average-precision.ts";
import { equalErrors } from "../train/equal-error.ts";
import { type Labelled, type Survey, survey } from "../train/feeding/survey.ts";
import type { FisherReport, Ranking } from "./fisher-options.ts";
import { vectorReader } from "./fisher-readers.ts";
import { stored, type Training } from "./fisher-train.ts";
import type { Store } from "./representers-store.ts";

export interface Learnt {
  readonly classifiers: FisherPipeline["classifiers"];
  /** Signed, `[pictures, classes]`. */
  readonly alpha: Float64Array;
  readonly report: Pick<FisherReport, "machines" | "train" | "test" | "thresholds">;
  readonly unread: Store["unread"];
  readonly notes: readonly string[];
}

export async function learnt(
  training: Training,
  {
    vectors,
    gram,
    kept,
    found,
    encoding,
  }: {
    readonly vectors: Store;
    readonly gram: Float32Array;
    readonly kept: readonly Labelled[];
    readonly found: Survey;
    readonly encoding: Encoding;
  },
): Promise<Learnt> {
  const { asked, options, clock } = training;
  const { loss, seed, folds, costs } = asked;
  const classes = found.names.length;
  const targets = targetsOf(kept, classes);
  const machine = { loss, seed };
  const { chosen, machines } = await clock("machines", async () => {
    const chosen = crossValidated(costs, kept.length)
      ? crossValidate(
          gram,
          { targets, classes },
          {
            ...machine,
            ...(costs ? { costs } : {}),
            folds,
            signal: options.signal,
            onProgress: (done, of) => options.onProgress?.("machines", done, of),
          },
        )
      : { cost: costs?.[0] ?? 1, table: [], notes: [] };
    return { chosen, machines: trainSvms(gram, targets, classes, { ...machine, cost: chosen.cost }) };
  });
  const weights = await weightsOf(machines, vectors.features.blocks(), vectorWidth(encoding));
  const biases = Float64Array.from(machines, (m) => m.bias);
  const scores = new Float64Array(kept.length * classes);
  for (const [c, m] of machines.entries())
    scoresOf(m, gram).forEach((score, i) => {
      scores[i * classes + c] = score;
    });
  const alpha = new Float64Array(kept.length * classes);
  for (const [c, m] of machines.entries())
    m.alpha.forEach((a, i) => {
      alpha[i * classes + c] = a;
    });
  const classifiers = { classes, weights, biases };
  const tested = await testedOn(training, { found, encoding, classifiers });
  const judged = tested ?? { scores, targets };
  return {
    classifiers,
    alpha,
    report: {
      machines: {
        loss,
        cost: chosen.cost,
        folds: chosen.table[0]?.folds.length ?? 0,
        tried: chosen.table.map(({ cost, meanAp }) => ({ cost, precision: meanAp })),
        support: machines.map((m) => m.alpha.reduce((sum, a) => sum + Number(a !== 0), 0)),
      },
      train: rankingOf(scores, targets, classes),
      test: tested ? rankingOf(tested.scores, tested.targets, classes) : null,
      thresholds: equalErrors(judged.scores, judged.targets, classes).map((e) => e.threshold),
    },
    unread: tested?.unread ?? [],
    notes: [
      ...chosen.notes,
      ...machines.flatMap((m, c) => m.notes.map((note) => `${found.names[c]}: ${note}`)),
      ...(tested ? [] : ["decision thresholds are of the training pictures, as no test pictures were given"]),
    ],
  };
}

/** A cost is chosen where there are several, and pictures to hold out. */
const crossValidated = (costs: readonly number[] | undefined, pictures: number): boolean =>
  pictures >= 2 && (costs === undefined || costs.length > 1);

/** 1 where a picture shows a class, else 0, `[n, classes]`. */
export function targetsOf(pictures: readonly Pick<Labelled, "classes">[], classes: number): Float64Array {
  const targets = new Float64Array(pictures.length * classes);
  pictures.forEach((p, i) => {
    for (const c of p.classes) targets[i * classes + c] = 1;
  });
  return targets;
}

/** f of every class for rows Phi, `[n, classes]`. */
export function scoresFrom(
  rows: Float32Array,
  { classes, weights, biases }: FisherPipeline["classifiers"],
): Float64Array {
  const width = weights.length / classes;
  const count = rows.length / width;
  const scores = new Float64Array(count * classes);
  for (let i = 0; i < count; i++)
    for (let c = 0; c < classes; c++) {
      let sum = biases[c]!;
      for (let d = 0; d < width; d++) sum += rows[i * width + d]! * weights[c * width + d]!;
      scores[i * classes + c] = sum;
    }
  return scores;
}

function rankingOf(scores: Float64Array, targets: Float64Array, classes: number): Ranking {
  const { elevenPoint, classes: own } = meanAveragePrecision(scores, targets, classes);
  return { pictures: scores.length / classes, mean: elevenPoint, classes: own.map((c) => c.elevenPoint) };
}

async function testedOn(
  training: Training,
  {
    found,
    encoding,
    classifiers,
  }: {
    readonly found: Survey;
    readonly encoding: Encoding;
    readonly classifiers: FisherPipeline["classifiers"];
  },
): Promise<
  { readonly scores: Float64Array; readonly targets: Float64Array; readonly unread: Store["unread"] } | undefined
> {
  const { options } = training;
  if (options.test === undefined) return undefined;
  const { labelled } = await survey(options.test, { badLabels: options.badLabels, classes: found.names });
  const vectors = await stored(training, {
    stage: "test",
    part: "test",
    reader: vectorReader(encoding),
    pictures: labelled,
    name: options.test.name,
  });
  const byId = new Map(labelled.map((l) => [l.item.id, l]));
  const kept = vectors.ids.map((id) => byId.get(id)).filter((l) => l !== undefined);
  const scores = new Float64Array(kept.length * classifiers.classes);
  for await (const { first, rows } of vectors.features.blocks())
    scores.set(scoresFrom(rows, classifiers), first * classifiers.classes);
  return { scores, targets: targetsOf(kept, classifiers.classes), unread: vectors.unread };
}
