/** @file What the page and the sheet of `fisher explain` need, from one explained picture at a time. */
import { files } from "#files";
import { readTable } from "../formats/parquet-read.ts";
import { encodePng } from "../image/png.ts";
import type { PageClass, PagePicture, PageRelevance, PageShare, PageShares } from "../report/fisher/input.ts";
import { rowTitle, type SheetRow } from "../report/fisher/sheet.ts";
import type { ExplainedFisher, ExplainedFisherClass, ExplainedFisherPicture } from "./fisher-explain.ts";
import { decision, strongest } from "./fisher-explain.ts";
import type { TrainedFisher } from "./fisher-options.ts";
import type { TrainingShare } from "./fisher-shares.ts";
import type { Likenesses } from "./representers-pages.ts";

/** Gaussians that are shown by themselves. */
const GAUSSIANS = 8;

export interface FisherLooks {
  /** Pictures of training data by id. */
  readonly train?: Likenesses | undefined;
  /** Class indices of training pictures by id. */
  readonly labels?: ReadonlyMap<string, readonly number[]> | undefined;
}

/** Class indices of the training pictures by id, from `training.parquet`; empty where there is none. */
export async function trainingClasses({
  folder,
  head,
}: TrainedFisher): Promise<ReadonlyMap<string, readonly number[]>> {
  const place = files.join(folder, "training.parquet");
  const bytes = await files.read(place);
  if (bytes === undefined) return new Map();
  const { columns } = await readTable(bytes, { name: place });
  const [ids, classes] = ["id", "classes"].map((name) => columns.find((c) => c.name === name)?.values ?? []);
  return new Map(
    (ids ?? []).map((id, i) => [
      String(id),
      String(classes?.[i] ?? "")
        .split("; ")
        .map((name) => head.labels.indexOf(name))
        .filter((c) => c >= 0),
    ]),
  );
}

/** Ids of the training pictures that an explanation names. */
export const sharedIds = (explained: readonly Pick<ExplainedFisher, "classes">[]): ReadonlySet<string> =>
  new Set(
    explained.flatMap(({ classes }) =>
      classes.flatMap(({ shares }) => [...(shares?.positive ?? []), ...(shares?.negative ?? [])].map((s) => s.id)),
    ),
  );

/** A picture as a page shows it; small beside the arrays it is made from, but for the pixel maps. */
export async function fisherPagePicture(
  { pipeline, head }: TrainedFisher,
  { id, after, ...before }: ExplainedFisher,
  { train, labels }: FisherLooks = {},
): Promise<PagePicture> {
  return {
    id,
    picture: await encodePng(before.image),
    edited: after ? await encodePng(after.image) : undefined,
    descriptors: before.descriptors,
    scores: Array.from(before.scores, (score, index) => ({
      index,
      score,
      threshold: decision({ head }, index, score).threshold,
      after: after?.scores[index],
    })),
    classes: before.classes.map(
      (c, i): PageClass => ({
        index: c.class,
        before: relevanceOf(c, before),
        after: after ? relevanceOf(after.classes[i] as ExplainedFisherClass, after) : undefined,
        shares: c.shares ? sharesOf(c, pipeline.classifiers.biases[c.class] as number, { train, labels }) : undefined,
      }),
    ),
    notes: [...new Set([...before.notes, ...(after?.notes ?? []).map((n) => `after the edit: ${n}`)])],
  };
}

function relevanceOf(c: ExplainedFisherClass, { image: { width, height } }: ExplainedFisherPicture): PageRelevance {
  const { checks, gaussians, cells, blocks } = c;
  const magnitudes = gaussians.map(Math.abs);
  const shown = strongest(magnitudes, GAUSSIANS, 1);
  const value = (k: number): number => gaussians[k] as number;
  return {
    score: c.score,
    threshold: c.threshold,
    positive: c.positive,
    map: { values: c.relevance.pixels, width, height },
    sums: checks,
    blocks,
    gaussians: shown.map((index) => ({ index, value: value(index) })),
    otherGaussians: {
      count: gaussians.length - shown.length,
      value: gaussians.reduce((a, b) => a + b, 0) - shown.reduce((sum, k) => sum + value(k), 0),
    },
    cells,
    for: c.for,
    against: c.against,
  };
}

function sharesOf(
  { shares, class: of }: ExplainedFisherClass,
  bias: number,
  { train, labels }: FisherLooks,
): PageShares | undefined {
  if (shares === null) return undefined;
  const shown = ({ id, share, alpha, similarity }: TrainingShare): PageShare => {
    const own = labels?.get(id) ?? [];
    return {
      point: { id, label: own.includes(of) ? of : (own[0] ?? null), likeness: train?.get(id) },
      share,
      alpha,
      similarity,
    };
  };
  const { support, sum, deviation } = shares;
  return { positive: shares.positive.map(shown), negative: shares.negative.map(shown), support, sum, bias, deviation };
}

/** Rows of the sheet: a class of the picture as it is, and below it as the edits left it, in one scale. */
export function fisherSheetRows({ id, after, ...before }: ExplainedFisher): readonly SheetRow[] {
  return before.classes.flatMap((c, i) => {
    const edited = after?.classes[i];
    const first = relevanceOf(c, before);
    const second = after && edited ? relevanceOf(edited, after) : undefined;
    const limit = Math.max(...[first, ...(second ? [second] : [])].map(({ map }) => largest(map.values)));
    return [
      { image: before.image, title: rowTitle(id, c.label, first), relevance: first, limit },
      ...(after && second
        ? [{ image: after.image, title: rowTitle(`${id} edited`, c.label, second), relevance: second, limit }]
        : []),
    ];
  });
}

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
