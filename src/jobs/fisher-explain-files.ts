/** @file Explanations of a trained pipeline as documents, tables and arrays. */
import { OnnxplainError } from "../errors.ts";
import { framesOf } from "../fisher/frames.ts";
import { writeNpy } from "../formats/npy.ts";
import type { TensorToWrite } from "../formats/safetensors.ts";
import { type Table, tableOfRows } from "../formats/table.ts";
import type {
  ExplainedFisher,
  ExplainedFisherClass,
  ExplainedFisherPicture,
  FisherExplainOptions,
} from "./fisher-explain.ts";
import { decision, relevanceAsked } from "./fisher-explain.ts";
import type { TrainedFisher } from "./fisher-options.ts";

type State = "before" | "after";

const statesOf = ({ after, ...before }: ExplainedFisher): readonly (readonly [State, ExplainedFisherPicture])[] => [
  ["before", before],
  ...(after ? ([["after", after]] as const) : []),
];

/** Everything of one picture but its arrays. */
export const fisherPictureDocument = ({ head }: TrainedFisher, explained: ExplainedFisher): object => {
  const { id, after, ...before } = explained;
  const state = ({ scores, predicted, descriptors, image, classes, notes }: ExplainedFisherPicture) => ({
    width: image.width,
    height: image.height,
    descriptors,
    predicted: head.labels[predicted],
    scores: Object.fromEntries(
      Array.from(scores, (score, c) => [head.labels[c] as string, { score, ...decision({ head }, c, score) }]),
    ),
    classes: classes.map(classDocument),
    notes,
  });
  return { id, ...state(before), after: after ? state(after) : null };
};

function classDocument({ relevance, class: index, gaussians, ...c }: ExplainedFisherClass): object {
  return { index, ...c, gaussians: Array.from(gaussians), precision: relevance.precision };
}

/** The document of all pictures; `pictures` are {@link fisherPictureDocument}s. */
export const fisherDocument = (
  { head }: TrainedFisher,
  options: FisherExplainOptions,
  { edits, pictures }: { readonly edits: readonly string[]; readonly pictures: readonly object[] },
): object => {
  const { variant, epsilon, area } = relevanceAsked(options);
  return {
    labels: head.labels,
    variant,
    epsilon: variant === "epsilon" ? epsilon : null,
    area,
    edits,
    pictures,
  };
};

export interface FisherRow {
  readonly picture: string;
  readonly state: State;
  readonly class: string;
  readonly score: number;
  readonly threshold: number | null;
  readonly positive: boolean | null;
  readonly descriptors: number;
  readonly sum_dimensions: number;
  readonly expected: number;
  readonly sum_descriptors: number;
  readonly sum_pixels: number;
  readonly deviation: number;
  readonly pi: number;
  readonly mu: number;
  readonly sigma: number;
}

const TYPES: Parameters<typeof tableOfRows<FisherRow>>[1] = {
  picture: "string",
  state: "string",
  class: "string",
  score: "double",
  threshold: "double",
  positive: "boolean",
  descriptors: "int",
  sum_dimensions: "double",
  expected: "double",
  sum_descriptors: "double",
  sum_pixels: "double",
  deviation: "double",
  pi: "double",
  mu: "double",
  sigma: "double",
};

/** A row for each class of each picture, before and after the edits. */
export const fisherRows = (explained: ExplainedFisher): readonly FisherRow[] =>
  statesOf(explained).flatMap(([state, picture]) =>
    picture.classes.map(
      ({ label, score, threshold, positive, checks, blocks }): FisherRow => ({
        picture: explained.id,
        state,
        class: label,
        score,
        threshold,
        positive,
        descriptors: picture.descriptors,
        sum_dimensions: checks.dimensions,
        expected: checks.expected,
        sum_descriptors: checks.descriptors,
        sum_pixels: checks.pixels,
        deviation: checks.deviation,
        ...blocks,
      }),
    ),
  );

export const fisherTable = (rows: readonly FisherRow[]): Table => tableOfRows(rows, TYPES);

/**
 * Arrays of one picture: `NAME.before.frames` `[n, 3]` (centre x, y, bin size), `NAME.before.scores`, and of each class
 * `NAME.before.CLASS.dimensions`, `….descriptors`, `….pixels`; the same of `after`.
 */
export const fisherTensors = (name: string, explained: ExplainedFisher): Readonly<Record<string, TensorToWrite>> =>
  Object.fromEntries(
    statesOf(explained).flatMap(([state, { grids, scores, image, classes }]) => {
      const frames = framesOf(grids);
      const at = `${name}.${state}`;
      return [
        [`${at}.frames`, { dims: [frames.length / 3, 3], data: frames }] as const,
        [`${at}.scores`, { dims: [scores.length], data: scores }] as const,
        ...classes.flatMap(({ label, relevance: { dimensions, descriptors, pixels } }) => [
          [`${at}.${label}.dimensions`, { dims: [dimensions.length], data: dimensions }] as const,
          [`${at}.${label}.descriptors`, { dims: [descriptors.length], data: descriptors }] as const,
          [`${at}.${label}.pixels`, { dims: [image.height, image.width], data: Float32Array.from(pixels) }] as const,
        ]),
      ];
    }),
  );

/** R1 of one picture and class; `[2, height, width]` with the edited picture behind. Throws `E_PARAM` where there are more. */
export function fisherNpy(explained: readonly ExplainedFisher[]): Uint8Array {
  const [only] = explained;
  if (explained.length !== 1 || only === undefined || only.classes.length !== 1)
    throw new OnnxplainError(
      "E_PARAM",
      "One array holds one picture and one class. Give `-o` a .safetensors file, or a folder.",
    );
  const { width, height } = only.image;
  const maps = statesOf(only).map(([, p]) => Float32Array.from(p.classes[0]?.relevance.pixels ?? []));
  const data = new Float32Array(maps.length * width * height);
  maps.forEach((map, i) => void data.set(map, i * width * height));
  return writeNpy({ dims: maps.length === 1 ? [height, width] : [maps.length, height, width], data });
}
