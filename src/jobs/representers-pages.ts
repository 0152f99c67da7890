/** @file Pages of fits, explanations and confusions: what the points look like is read where it lies. */
import type { DataSet } from "../data/dataset.ts";
import { tryItem } from "../data/load-item.ts";
import { encodePng } from "../image/png.ts";
import { resize } from "../image/resize.ts";
import type { ImageU8 } from "../image/types.ts";
import { confusionPage } from "../report/representers/confusion.ts";
import { explainPage } from "../report/representers/explain.ts";
import { fitPage } from "../report/representers/fit.ts";
import type {
  Agreement,
  ConfusionPage,
  ExplainPage,
  FitPage,
  Likeness,
  PageFacts,
  PagePoint,
} from "../report/representers/input.ts";
import { readVocabulary, type Vocabulary, wordsOf } from "../report/representers/vocabulary.ts";
import type { Culprit } from "../representers/confused.ts";
import type { ExplainedTest, TestPoint } from "./representers-explain.ts";
import type { Compared, RepresentersReport, RepresentersRun } from "./representers-fit.ts";
import type { OpenRepresenters } from "./representers-open.ts";

export { readVocabulary, type Vocabulary };

/** Likenesses by id. */
export type Likenesses = ReadonlyMap<string, Likeness>;

/** Longest side of a thumbnail in pixels; smaller pictures stay as they are. */
const LONGEST = 96;
/** Probabilities that a plot shows at most. */
const PLOTTED = 20_000;

export const thumbnail = (image: ImageU8): Promise<Likeness> | Likeness => {
  const scale = LONGEST / Math.max(image.width, image.height);
  const size = {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
  const small = scale < 1 ? resize(image, { ...size, resample: "box" }) : image;
  return Promise.resolve(encodePng(small)).then((png) => ({ kind: "picture", png }));
};

/** Thumbnails of the items with these ids; those that cannot be read are left out. */
export async function picturesOf(data: DataSet, ids: ReadonlySet<string>): Promise<Likenesses> {
  const found = new Map<string, Likeness>();
  for await (const item of data.items()) {
    if (found.size === ids.size) break;
    if (!ids.has(item.id) || found.has(item.id)) continue;
    const got = await tryItem({ id: item.id, load: item.load, label: item.label });
    if ("image" in got) found.set(item.id, await thumbnail(got.image));
  }
  return found;
}

/** Rows of token ids as texts, by id. */
export const textsOf = (rows: ReadonlyMap<string, ArrayLike<number | bigint>>, vocabulary: Vocabulary): Likenesses =>
  new Map([...rows].map(([id, row]) => [id, { kind: "text", words: wordsOf(row, vocabulary) } satisfies Likeness]));

/** What points look like, training points apart from those asked about: ids of one set may stand in the other for other points. */
export interface Looks {
  readonly train?: Likenesses | undefined;
  readonly tests?: Likenesses | undefined;
}

interface PageLooks {
  readonly facts: PageFacts;
  readonly looks?: Looks | undefined;
}

/** Ids of all training points that a page shows. */
export function idsShown(open: OpenRepresenters, tests: readonly ExplainedTest[]): ReadonlySet<string> {
  const { ids } = open.train;
  const indices = tests.flatMap(({ classes, nearest }) => [
    ...classes.flatMap((c) => [
      ...[...c.positive, ...c.negative].map((p) => p.index),
      ...[...(c.influence?.helpful ?? []), ...(c.influence?.harmful ?? [])].map((p) => p.index),
    ]),
    ...(nearest ?? []).map((p) => p.index),
  ]);
  return new Set(indices.map((i) => ids[i] as string));
}

const labelsOf = ({ class_names }: RepresentersReport): readonly string[] => class_names ?? [];

const pointer =
  ({ train: { ids, labels } }: OpenRepresenters, looks: Likenesses | undefined) =>
  (index: number): PagePoint => {
    const [id, label] = [ids[index] as string, labels[index] as number];
    return { id, label: label < 0 ? null : label, likeness: looks?.get(id) };
  };

export const representersExplainPage = (
  open: OpenRepresenters,
  tests: readonly ExplainedTest[],
  looks: PageLooks,
): Promise<string> => explainPage(representersExplainInput(open, tests, looks));

/** What {@link representersExplainPage} is made from. */
export function representersExplainInput(
  open: OpenRepresenters,
  tests: readonly ExplainedTest[],
  { facts, looks }: PageLooks,
): ExplainPage {
  const of = pointer(open, looks?.train);
  return {
    facts,
    labels: labelsOf(open.report),
    trainingPoints: open.fitted.count,
    groups: tests.flatMap(({ id, classes }) =>
      classes.flatMap(({ target, logit, groups }) => (groups ? [{ title: id, index: target, logit, groups }] : [])),
    ),
    items: tests.map(({ id, label, predicted, classes, nearest }) => ({
      point: { id, label: label < 0 ? null : label, likeness: looks?.tests?.get(id) },
      predicted,
      nearest: nearest?.map((p) => ({ point: of(p.index), distance: p.distance })),
      classes: classes.map(({ target, given, influence, positive, negative, ...c }) => ({
        ...c,
        index: target,
        given: given ?? undefined,
        positive: positive.map((p) => ({ ...p, point: of(p.index) })),
        negative: negative.map((p) => ({ ...p, point: of(p.index) })),
        influence: influence
          ? {
              helpful: influence.helpful.map((p) => ({ point: of(p.index), value: p.value })),
              harmful: influence.harmful.map((p) => ({ point: of(p.index), value: p.value })),
            }
          : undefined,
        groups: undefined,
      })),
    })),
  };
}

export const representersFitPage = (run: RepresentersRun, facts: PageFacts): Promise<string> =>
  fitPage(representersFitInput(run, facts));

/** What {@link representersFitPage} is made from; of `compared` and `steps` only what is known. */
export function representersFitInput(
  { report, fitted, steps, compared }: Pick<RepresentersRun, "report" | "fitted" | "steps" | "compared">,
  facts: PageFacts,
): FitPage {
  const { stationarity, train, held_out } = report;
  const checks = [train, ...(held_out ? [held_out] : [])].map((s) => s.sumCheck);
  const agreement = [
    ...agreementPlot("train", report.train.agreement, compared.train),
    ...agreementPlot("held-out", held_out?.agreement ?? null, compared.held_out),
  ];
  return {
    facts: { ...facts, notes: report.notes },
    labels: labelsOf(report),
    points: fitted.count,
    width: fitted.width,
    classes: fitted.classes,
    lambda: fitted.lambda,
    objective: fitted.objective,
    activation: fitted.activation,
    seconds: report.seconds.fit,
    stationarity: {
      maxGradient: stationarity.max,
      relative: stationarity.relative,
      tolerance: report.tolerance,
      converged: stationarity.reached,
      reason: report.reason,
    },
    sumCheck: {
      bound: Math.max(...checks.map((c) => c.bound)),
      residual: Math.max(...checks.map((c) => c.residual)),
      points: checks.reduce((sum, c) => sum + c.points, 0),
    },
    agreement,
    compared: fitted.activation === "softmax" || fitted.activation === "sigmoid" ? "probability" : "activation",
    steps: steps.map(({ iteration, maxGradient }) => ({ iteration, maxGradient })),
  };
}

function agreementPlot(
  split: string,
  agreement: RepresentersReport["train"]["agreement"],
  compared: Compared | undefined,
): readonly Agreement[] {
  if (!agreement || !compared) return [];
  const step = Math.max(1, Math.ceil(compared.given.length / PLOTTED));
  const sample = (all: Float64Array): Float64Array => all.filter((_, i) => i % step === 0);
  return [{ split, ...agreement, given: sample(compared.given), fitted: sample(compared.fitted) }];
}

export interface Confusion {
  readonly from: number;
  readonly to: number;
  /** Points of class `from`; those that another class is named for; those that are taken for `to`. */
  readonly ofClass: number;
  readonly wrong: number;
  readonly confused: readonly TestPoint[];
  readonly top: number;
  readonly inhibitory: readonly Culprit[];
}

export const representersConfusionPage = (
  open: OpenRepresenters,
  confusion: Confusion,
  looks: PageLooks,
): Promise<string> => confusionPage(representersConfusionInput(open, confusion, looks));

/** What {@link representersConfusionPage} is made from. */
export function representersConfusionInput(
  open: OpenRepresenters,
  { confused, inhibitory, ...counts }: Confusion,
  { facts, looks }: PageLooks,
): ConfusionPage {
  const of = pointer(open, looks?.train);
  return {
    ...counts,
    facts,
    labels: labelsOf(open.report),
    confused: confused.map(({ id, label }) => ({ point: { id, label, likeness: looks?.tests?.get(id) } })),
    inhibitory: inhibitory.map((p) => ({ ...p, point: of(p.index) })),
  };
}
