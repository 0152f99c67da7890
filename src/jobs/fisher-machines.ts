/** @file One linear machine a class on the Fisher vectors: the cost by cross-validation, weights from the dual, what they are worth. */
import { type CrossValidation, crossValidation, scoresOf } from "../fisher/cross-validate.ts";
import { type Encoding, type FisherPipeline, vectorWidth } from "../fisher/pipeline.ts";
import { type Svm, trainSvm, weightsOf } from "../fisher/svm.ts";
import { meanAveragePrecision } from "../train/average-precision.ts";
import { equalErrors } from "../train/equal-error.ts";
import type { Labelled } from "../train/feeding/survey.ts";
import type { Asked } from "./fisher-asked.ts";
import type { FisherReport, Ranking } from "./fisher-options.ts";
import { vectorReader } from "./fisher-readers.ts";
import { picturesOf, stored, type Training } from "./fisher-training.ts";
import { inTurns, type Progress } from "./in-turns.ts";
import type { Store } from "./representers-store.ts";

export interface Learnt {
  readonly classifiers: FisherPipeline["classifiers"];
  /** Signed, `[pictures, classes]`. */
  readonly alpha: Float64Array;
  readonly report: Pick<FisherReport, "machines" | "train" | "test" | "thresholds">;
  /** Of the test pictures. */
  readonly unread: Store["unread"];
  readonly notes: readonly string[];
}

/** What machines learn from. */
interface Lessons {
  /** <Phi_i, Phi_j> `[pictures, pictures]`. */
  readonly gram: Float32Array;
  /** 1 where a picture shows a class, else 0, `[pictures, classes]`. */
  readonly targets: Float64Array;
  readonly classes: number;
}

export async function learnt(
  training: Training,
  {
    vectors,
    gram,
    kept,
    encoding,
  }: {
    readonly vectors: Store;
    readonly gram: Float32Array;
    readonly kept: readonly Labelled[];
    readonly encoding: Encoding;
  },
): Promise<Learnt> {
  const { asked, options, clock, found } = training;
  const { loss } = asked;
  const classes = found.names.length;
  const targets = targetsOf(kept, classes);
  const { chosen, machines } = await clock("machines", () =>
    inTurns(learning({ gram, targets, classes }, asked), {
      signal: options.signal,
      onProgress: (done, of) => options.onProgress?.("machines", done, of),
    }),
  );
  const weights = await weightsOf(machines, vectors.features.blocks(), vectorWidth(encoding));
  const classifiers = { classes, weights, biases: Float64Array.from(machines, (m) => m.bias) };
  const scores = interleaved(machines.map((m) => scoresOf(m, gram)));
  const tested = await testedOn(training, encoding, classifiers);
  const judged = tested ?? { scores, targets };
  return {
    classifiers,
    alpha: interleaved(machines.map((m) => m.alpha)),
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

interface Lesson {
  readonly chosen: Pick<CrossValidation, "cost" | "table" | "notes">;
  readonly machines: readonly Svm[];
}

/** A cost is chosen where there are several, and pictures to hold out; then a machine a class. */
function* learning(
  { gram, targets, classes }: Lessons,
  { loss, seed, folds, costs }: Asked,
): Generator<Progress, Lesson> {
  const pictures = targets.length / classes;
  const open = costs === undefined || costs.length > 1;
  const chosen =
    open && pictures > 1
      ? yield* crossValidation(gram, { targets, classes }, { loss, seed, folds, ...(costs ? { costs } : {}) })
      : { cost: costs?.[0] ?? 1, table: [], notes: open ? ["one picture: no cross-validation, C is not chosen"] : [] };
  const machines: Svm[] = [];
  for (let c = 0; c < classes; c++) {
    const own = Float64Array.from({ length: pictures }, (_, i) => targets[i * classes + c]!);
    machines.push(trainSvm(gram, own, { loss, seed, cost: chosen.cost }));
    yield [c + 1, classes];
  }
  return { chosen, machines };
}

/** Columns `[n]` of each class as rows, `[n, classes]`. */
function interleaved(columns: readonly Float64Array[]): Float64Array {
  const classes = columns.length;
  const rows = new Float64Array(classes * (columns[0]?.length ?? 0));
  for (const [c, column] of columns.entries())
    for (let i = 0; i < column.length; i++) rows[i * classes + c] = column[i]!;
  return rows;
}

/** 1 where a picture shows a class, else 0, `[n, classes]`. */
export function targetsOf(pictures: readonly Pick<Labelled, "classes">[], classes: number): Float64Array {
  const targets = new Float64Array(pictures.length * classes);
  for (const [i, picture] of pictures.entries()) for (const c of picture.classes) targets[i * classes + c] = 1;
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

interface Tested {
  /** `[n, classes]`, both. */
  readonly scores: Float64Array;
  readonly targets: Float64Array;
  readonly unread: Store["unread"];
}

/** Undefined where there are no test pictures. */
async function testedOn(
  training: Training,
  encoding: Encoding,
  classifiers: FisherPipeline["classifiers"],
): Promise<Tested | undefined> {
  const { tested, options } = training;
  if (tested === undefined || options.test === undefined) return undefined;
  const vectors = await stored(training, {
    stage: "test",
    part: "test",
    reader: vectorReader(encoding),
    pictures: tested.labelled,
    name: options.test.name,
  });
  const kept = picturesOf(vectors, tested).filter((l) => l !== undefined);
  const scores = new Float64Array(kept.length * classifiers.classes);
  for await (const { first, rows } of vectors.features.blocks())
    scores.set(scoresFrom(rows, classifiers), first * classifiers.classes);
  return { scores, targets: targetsOf(kept, classifiers.classes), unread: vectors.unread };
}
