/** @file Why a number is left out, in words that summaries can count. */
import type { MetricImage, Outcome } from "./metric.ts";
import { unusable } from "./usable-map.ts";

export const REASON = {
  size: "the map is not of the input's size",
  emptyMask: "the mask is empty",
  baseWins: "the base image scores at least as high as the original",
  hybridLoses: "the hybrid scores below the base image",
  growth: "more than 50 dilations needed",
  noScore: "the network's score is not finite",
  zeroScore: "the image itself scores 0",
  fullScore: "the image itself scores 1",
  notPositive: "the map has no positive value",
  oneRegion: "the image is a single region",
  noAttribution: "the method gives no value for each input element",
} as const;

/** Why these maps order no pixels; undefined when all of them do. */
export function refusal({ maps, width, height }: MetricImage): string | undefined {
  const reasons = maps.map((map) => refuse(map, width * height));
  return reasons.find((reason) => reason !== undefined);
}

/** The same for one map or attribution of so many values. */
export const refuse = (map: Float32Array, size: number): string | undefined =>
  map.length === size ? unusable(map) : REASON.size;

/** A number, unless the network gave none. */
export const finite = (value: number): Outcome => (Number.isFinite(value) ? value : { excluded: REASON.noScore });
