/** @file Maps that order nothing, and other reasons for which a number is left out. */
import type { Measured, Metric, MetricImage, Outcome } from "./metric.ts";

export const REASON = {
  constant: "the map is constant",
  notFinite: "the map holds values that are not finite",
  size: "the map is not of the input's size",
  emptyMask: "the mask is empty",
  baseWins: "the base image scores at least as high as the original",
  hybridLoses: "the hybrid scores below the base image",
  growth: "more than 50 dilations needed",
  noScore: "the network's score is not finite",
  zeroScore: "the image itself scores 0",
  fullScore: "the image itself scores 1",
  notPositive: "the map has no positive value",
  noAttribution: "the method gives no value for each input element",
} as const;

/** Why no metric can say anything of these maps; undefined when they can be ordered. */
export function refusal({ maps, map, width, height }: MetricImage): string | undefined {
  for (const m of maps.length > 0 ? maps : [map]) {
    const reason = refuse(m, width * height);
    if (reason) return reason;
  }
  return undefined;
}

/** The same for one map or attribution of so many values. */
export function refuse(map: Float32Array, size: number): string | undefined {
  if (map.length !== size) return REASON.size;
  const [first] = map;
  let constant = true;
  for (const v of map) {
    if (!Number.isFinite(v)) return REASON.notFinite;
    constant &&= v === first;
  }
  return constant ? REASON.constant : undefined;
}

/** The same reason for every variant. */
export const excluded = ({ variants }: Pick<Metric, "variants">, reason: string): Measured => ({
  values: Object.fromEntries(variants.map(({ id }) => [id, { excluded: reason }])),
});

/** A number, unless the network gave none. */
export const finite = (value: number): Outcome => (Number.isFinite(value) ? value : { excluded: REASON.noScore });
