/** @file Maps to be watched: explanations, heat maps of one's own, maps that know no model, and several looked at together. */
import { OnnxplainError } from "../errors.ts";
import type { Explanation } from "../explain/explanation.ts";
import { elementCount, formatDims } from "../graph/dim.ts";
import type { Classifier } from "../methods/classifier.ts";
import { findMethod } from "../methods/table.ts";
import type { Blind } from "../metrics/baselines.ts";
import { BLIND_MAPS, type BlindImage } from "../metrics/reference-maps.ts";
import { type Plane, planeOf } from "./plane.ts";

/**
 * A heat map made elsewhere, raw and signed: [h,w] of any size (enlarged bilinearly to the network's input), or a value for each
 * input element, [C,H,W] or [H,W,C] as the network takes it (channels are summed). Leading ones are left out.
 */
export interface OwnMap {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number> | ArrayLike<bigint>;
}

/** One map: of a method, of one's own, or a baseline's. */
export type SingleMap = Explanation | OwnMap | Blind;

export interface WatchedMap {
  /** Unique among the maps watched; what answers call it. */
  readonly name: string;
  /** Several are looked at together, as an agreement. */
  readonly map: SingleMap | readonly SingleMap[];
  /** Which of an explanation's targets; default the first. */
  readonly index?: number | undefined;
}

export const isExplanation = (map: SingleMap): map is Explanation => typeof map === "object" && "method" in map;

/** Of the explanations, the class explained; undefined for maps that state none. Throws `E_PARAM`. */
export function targetOf({ name, map, index = 0 }: WatchedMap): number | undefined {
  const found = new Set(
    [map]
      .flat()
      .filter(isExplanation)
      .map((one) => stated(one, name, index)),
  );
  if (found.size > 1)
    throw new OnnxplainError(
      "E_PARAM",
      `The maps of \`${name}\` explain different classes: ${[...found].join(", ")}. Maps that are looked at together must explain one.`,
    );
  return [...found][0];
}

function stated({ targets }: Explanation, name: string, index: number): number {
  const target = targets[index];
  if (target === undefined)
    throw new OnnxplainError(
      "E_PARAM",
      `\`${name}\` explains ${targets.length} targets, and there is no number ${index}. Give an index from 0 to ${targets.length - 1}.`,
    );
  if (target.against !== undefined)
    throw new OnnxplainError(
      "E_PARAM",
      `Metrics measure the score of one class; \`${target.label ?? target.index}\` of \`${name}\` is a contrast of two. Explain one class.`,
    );
  return target.index;
}

/** As metrics look at it. Throws `E_INPUT_SHAPE` for a map of one's own that does not fit. */
export function singlePlane(
  map: SingleMap,
  { classifier, blind, index }: { readonly classifier: Classifier; readonly blind: BlindImage; readonly index: number },
): Plane {
  if (typeof map === "string") return { map: BLIND_MAPS[map](blind), attribution: undefined };
  if (!isExplanation(map)) return ownPlane(map, classifier);
  const { values, dims } = map;
  const size = values.length / (dims[0] as number);
  const row = values.slice(index * size, (index + 1) * size);
  return planeOf({ values: row, dims: dims.slice(1) }, findMethod(map.method), classifier);
}

function ownPlane({ dims, data }: OwnMap, classifier: Classifier): Plane {
  let own = dims;
  while (own.length > 2 && own[0] === 1) own = own.slice(1);
  const { channels, height, width, layout } = classifier;
  const input = layout === "nchw" ? [channels, height, width] : [height, width, channels];
  const fits = own.length === 2 || (own.length === 3 && own.every((d, i) => d === input[i]));
  if (!fits || elementCount(own) !== data.length || data.length === 0)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected a heat map of shape [h,w], or ${formatDims(input)} as the network's input, got ${formatDims(dims)} with ${data.length} values.`,
    );
  return planeOf(
    { values: Float32Array.from({ length: data.length }, (_, i) => Number(data[i])), dims: own },
    {},
    classifier,
  );
}
