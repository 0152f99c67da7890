/** @file `fisher explain` as a job: picture by picture, a class's score shared out to dimensions, descriptors, pixels, and training pictures. */
import type { DataItem } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { type Area, spans } from "../fisher/areas.ts";
import { scoresOf } from "../fisher/describe.ts";
import { type FrameGrid, framesOf } from "../fisher/frames.ts";
import { type Framing, framed } from "../fisher/framing.ts";
import { DEFAULT_EPSILON, type RelevanceVariant } from "../fisher/relevance.ts";
import { type DimensionSums, dimensionSums } from "../fisher/relevance-sums.ts";
import { fittingGrids } from "../fisher/sessions.ts";
import { applyEdits, type Edit } from "../image/edit.ts";
import type { ImageU8, Rect } from "../image/types.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { trainingVectors } from "./fisher-open.ts";
import type { TrainedFisher } from "./fisher-options.ts";
import {
  type Answer,
  openRelevance,
  type PictureRelevance,
  type ReadPicture,
  type RelevanceReader,
} from "./fisher-relevance.ts";
import { type TrainingShares, trainingShares } from "./fisher-shares.ts";

export interface FisherExplainOptions extends Omit<SessionOptions, "stay"> {
  /** Class indices, the class of the highest score (default), or `all`. */
  readonly classes?: readonly number[] | "predicted" | "all" | undefined;
  /** Default `epsilon`, as in the paper. */
  readonly variant?: RelevanceVariant | undefined;
  /** Of the sums s_d; default 100. */
  readonly epsilon?: number | undefined;
  /** Default `4s`. */
  readonly area?: Area | undefined;
  /** Descriptors that are listed on either side; default 10. */
  readonly top?: number | undefined;
  /** Training pictures that are listed on either side; default 0: none are read. */
  readonly shares?: number | undefined;
  /** Done to the picture in its own pixels, one upon the other; then it is explained once more. */
  readonly edits?: readonly Edit[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Pictures done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** A descriptor, where it is and what it answers to. */
export interface TopDescriptor extends Answer {
  /** Place in the order of frames. */
  readonly index: number;
  /** Centre, in pixels of the framed picture (0 at the first pixel's centre), and side of a bin. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** The pixels it stands for, clipped. */
  readonly area: Rect;
  /** R2. */
  readonly relevance: number;
}

/** Sums that say how much of the score arrived where, in units of the score. */
export interface ConservationChecks {
  /** f = w . Phi + b. */
  readonly score: number;
  /** Sum of R3: f. */
  readonly dimensions: number;
  /** What R2 must sum to: f, or with epsilon what its leak leaves, in closed form. */
  readonly expected: number;
  /** f - expected. */
  readonly leak: number;
  readonly descriptors: number;
  /** Sum of R1: that of R2. */
  readonly pixels: number;
  /** The largest of |sum R3 - f|, |sum R2 - expected|, |sum R1 - sum R2|. */
  readonly deviation: number;
}

/** One class of one picture. */
export interface ExplainedFisherClass extends DimensionSums {
  readonly class: number;
  readonly label: string;
  readonly score: number;
  /** Of equal error; null where the training has none. */
  readonly threshold: number | null;
  /** The score is above the threshold; null without one. */
  readonly positive: boolean | null;
  readonly checks: ConservationChecks;
  readonly relevance: PictureRelevance;
  /** Largest first; smallest first. */
  readonly for: readonly TopDescriptor[];
  readonly against: readonly TopDescriptor[];
  readonly shares: (TrainingShares & { /** |sum + b - f|. */ readonly deviation: number }) | null;
}

export interface ExplainedFisherPicture {
  /** As the pipeline saw it. */
  readonly image: ImageU8;
  readonly grids: readonly FrameGrid[];
  readonly descriptors: number;
  /** Of all classes. */
  readonly scores: Float64Array;
  /** The class of the highest score. */
  readonly predicted: number;
  readonly classes: readonly ExplainedFisherClass[];
  readonly notes: readonly string[];
}

/** A picture as it is, and as the edits left it; the same classes of both. */
export interface ExplainedFisher extends ExplainedFisherPicture {
  readonly id: string;
  readonly after: ExplainedFisherPicture | null;
}

const DEFAULTS = { variant: "epsilon", epsilon: DEFAULT_EPSILON, area: "4s", top: 10, shares: 0 } as const;

/** Every setting, said or by default. */
export const relevanceAsked = ({ variant, epsilon, area, top, shares }: FisherExplainOptions) => ({
  variant: variant ?? DEFAULTS.variant,
  epsilon: epsilon ?? DEFAULTS.epsilon,
  area: area ?? DEFAULTS.area,
  top: top ?? DEFAULTS.top,
  shares: shares ?? DEFAULTS.shares,
});

/**
 * Explanations, one picture after the other: nothing of a picture is kept when the next is asked for.
 *
 * @throws OnnxplainError `E_IMAGE_READ`, `E_FILE`; `E_INPUT_SHAPE` for a picture that no descriptor fits; `E_TARGET_RANGE`; `E_PARAM` for
 * settings and edits out of range; `E_FILE` for shares where no vectors were kept; `E_ABORTED`.
 * @example for await (const { id, classes } of explainFisher(await openFisher("fv/"), items)) console.log(id, classes[0].score);
 */
export async function* explainFisher(
  open: TrainedFisher,
  pictures: Iterable<DataItem> | AsyncIterable<DataItem>,
  options: FisherExplainOptions = {},
): AsyncGenerator<ExplainedFisher> {
  const asked = relevanceAsked(options);
  const { edits = [], signal } = options;
  const wanted = classesOf(open, options.classes ?? "predicted");
  const vectors = asked.shares > 0 ? await trainingVectors(open) : undefined;
  const { encoding } = open.pipeline;
  const reader = openRelevance(encoding, asked, { device: options.device, threads: options.threads });
  const one: OnePicture = { open, reader, asked, signal };
  try {
    let done = 0;
    for await (const item of pictures) {
      refuseAborted(signal, done);
      const original = await item.load();
      const image = framedFor(item.id, original, open.head.framing, encoding.sift);
      const before = await explained(one, image, wanted);
      const shares =
        vectors &&
        (await trainingShares(
          open,
          vectors,
          before.classes.map((c) => ({ phi: before.phi, class: c.class })),
          { top: asked.shares, signal },
        ));
      const { phi: _, ...first } = before;
      const edited = edits.length > 0 ? applyEdits(original, edits) : undefined;
      const after =
        edited &&
        (await explained(one, framedFor(item.id, edited.image, open.head.framing, encoding.sift), () =>
          before.classes.map((c) => c.class),
        ));
      yield {
        id: item.id,
        ...first,
        classes: first.classes.map((c, i) => ({ ...c, shares: withDeviation(open, c, shares?.[i]) })),
        after: after ? { ...withoutPhi(after), notes: [...(edited?.notes ?? []), ...after.notes] } : null,
      };
      options.onProgress?.(++done);
    }
  } finally {
    await reader.dispose();
  }
}

const withoutPhi = ({ phi: _, ...rest }: Explained): ExplainedFisherPicture => rest;

function refuseAborted(signal: AbortSignal | undefined, done: number): void {
  if (signal?.aborted)
    throw new OnnxplainError("E_ABORTED", `Stopped after ${done} pictures.`, { cause: signal.reason });
}

/** The picture as the pipeline sees it. Throws `E_INPUT_SHAPE` with its name where no descriptor fits. */
export function framedFor(
  id: string,
  image: ImageU8,
  framing: Framing,
  sift: Parameters<typeof fittingGrids>[1],
): ImageU8 {
  const seen = framed(image, framing);
  try {
    fittingGrids(seen, sift);
    return seen;
  } catch (cause) {
    if (cause instanceof OnnxplainError) throw new OnnxplainError(cause.code, `\`${id}\`: ${cause.message}`, { cause });
    throw cause;
  }
}

type Wanted = (scores: Float64Array) => readonly number[];

/** Throws `E_TARGET_RANGE`. */
function classesOf({ pipeline: { labels } }: TrainedFisher, classes: FisherExplainOptions["classes"]): Wanted {
  if (classes === "all") return () => labels.map((_, c) => c);
  if (classes === undefined || classes === "predicted") return (scores) => [highest(scores)];
  const wrong = classes.find((c) => !(Number.isInteger(c) && c >= 0 && c < labels.length));
  if (wrong !== undefined)
    throw new OnnxplainError(
      "E_TARGET_RANGE",
      `There is no class ${wrong}. The pipeline has ${labels.length}, 0 to ${labels.length - 1}: ${labels.join(", ")}.`,
    );
  return () => classes;
}

/** The first of equals. */
export const highest = (scores: Float64Array): number => scores.indexOf(scores.reduce((a, b) => Math.max(a, b)));

interface OnePicture {
  readonly open: TrainedFisher;
  readonly reader: RelevanceReader;
  readonly asked: ReturnType<typeof relevanceAsked>;
  readonly signal: AbortSignal | undefined;
}

type Explained = ExplainedFisherPicture & { readonly phi: Float64Array };

async function explained(
  { open, reader, asked, signal }: OnePicture,
  image: ImageU8,
  wanted: Wanted,
): Promise<Explained> {
  const { encoding, classifiers, labels } = open.pipeline;
  const picture = await reader.read(image);
  const scores = scoresOf(picture.phi, classifiers);
  const width = picture.phi.length;
  const classes: ExplainedFisherClass[] = [];
  for (const c of wanted(scores)) {
    if (signal?.aborted) refuseAborted(signal, 0);
    const relevance = await picture.relevance(
      classifiers.weights.subarray(c * width, (c + 1) * width),
      classifiers.biases[c]!,
    );
    const score = scores[c]!;
    classes.push({
      class: c,
      label: labels[c] as string,
      score,
      ...decision(open, c, score),
      checks: checksOf(score, relevance),
      relevance,
      ...dimensionSums(relevance.dimensions, encoding),
      ...topDescriptors(picture, relevance.descriptors, asked),
      shares: null,
    });
  }
  return {
    image,
    grids: picture.grids,
    descriptors: picture.count,
    scores,
    predicted: highest(scores),
    classes,
    notes: remarksOn(open, picture, classes),
    phi: picture.phi,
  };
}

/** Whether a score of a class is above its threshold. */
export function decision(
  { head: { thresholds } }: Pick<TrainedFisher, "head">,
  c: number,
  score: number,
): { readonly threshold: number | null; readonly positive: boolean | null } {
  const threshold = thresholds[c] ?? null;
  return { threshold, positive: threshold === null ? null : score > threshold };
}

const total = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

function checksOf(score: number, { dimensions, descriptors, pixels, expected }: PictureRelevance): ConservationChecks {
  const [r3, r2, r1] = [total(dimensions), total(descriptors), total(pixels)];
  return {
    score,
    dimensions: r3,
    expected,
    leak: score - expected,
    descriptors: r2,
    pixels: r1,
    deviation: Math.max(Math.abs(r3 - score), Math.abs(r2 - expected), Math.abs(r1 - r2)),
  };
}

function topDescriptors(
  { image, grids, answerOf }: ReadPicture,
  relevance: Float64Array,
  { top, area }: { readonly top: number; readonly area: Area },
): Pick<ExplainedFisherClass, "for" | "against"> {
  const frames = framesOf(grids);
  const listed = (sign: 1 | -1): readonly TopDescriptor[] =>
    strongest(relevance, top, sign).map((index) => ({
      index,
      x: frames[3 * index]!,
      y: frames[3 * index + 1]!,
      size: frames[3 * index + 2]!,
      area: areaOf(grids, index, image, area),
      relevance: relevance[index]!,
      ...answerOf(index),
    }));
  return { for: listed(1), against: listed(-1) };
}

/** Places of the `count` values that go farthest to one side of 0, the farthest first; of equals the first. */
export function strongest(values: Float64Array, count: number, sign: 1 | -1): readonly number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = sign * values[i]!;
    if (!(value > 0) || (found.length === count && value <= sign * (values[found.at(-1)!] ?? Number.POSITIVE_INFINITY)))
      continue;
    let at = found.length;
    while (at > 0 && value > sign * values[found[at - 1]!]!) at--;
    found.splice(at, 0, i);
    if (found.length > count) found.pop();
  }
  return found;
}

function areaOf(grids: readonly FrameGrid[], index: number, { width, height }: ImageU8, area: Area): Rect {
  let first = 0;
  for (const grid of grids) {
    const own = grid.rows * grid.columns;
    if (index < first + own) {
      const at = index - first;
      const [left, right] = spans(grid, grid.columns, width, area)[at % grid.columns]!;
      const [top, bottom] = spans(grid, grid.rows, height, area)[Math.floor(at / grid.columns)]!;
      return { left, top, width: right - left, height: bottom - top };
    }
    first += own;
  }
  throw new OnnxplainError("E_INTERNAL", `internal: there is no frame ${index}`);
}

const withDeviation = (
  { pipeline }: TrainedFisher,
  { class: c, score }: ExplainedFisherClass,
  shares: TrainingShares | undefined,
): ExplainedFisherClass["shares"] =>
  shares ? { ...shares, deviation: Math.abs(shares.sum + pipeline.classifiers.biases[c]! - score) } : null;

/** What a reader of these classes should know of the picture. */
export function remarksOn(
  { head }: Pick<TrainedFisher, "head">,
  { phi, flat, count }: Pick<ReadPicture, "phi" | "flat" | "count">,
  classes: readonly Pick<ExplainedFisherClass, "threshold" | "label">[],
): readonly string[] {
  const without = classes.filter((c) => c.threshold === null).map((c) => c.label);
  return [
    ...(phi.every((v) => v === 0)
      ? ["the Fisher vector is all zero: the score is the bias, shared out evenly over the descriptors"]
      : flat === count
        ? [`the picture is flat: none of its ${count} descriptors has contrast, so all of them are the zero vector`]
        : []),
    ...(without.length > 0
      ? [
          `no decision threshold for ${without.join(", ")}: ${head.test ? "test" : "training"} pictures had one side alone`,
        ]
      : []),
  ];
}
