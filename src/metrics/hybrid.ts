/** @file Hybrids of SPEC 5.1: the image inside a mask, a base image outside; and the masks they are made with. */
import { oneOf, type ParamSpec, type ParamSpecs, type Params, share } from "../params.ts";
import { type BaseName, baseImage, baseKey } from "./base-image.ts";
import { fingerprint } from "./fingerprint.ts";
import { strides } from "./input-layout.ts";
import type { MetricImage, Query } from "./metric.ts";
import { scoreSpec } from "./score.ts";
import { areaOf, intersection, topMask } from "./top-mask.ts";
import { whole } from "./walk.ts";

/** The paper's two uninformative images, by variant: `G_k` and `Z_k`. */
export const GAIN_BASES = { blur: "blur", zero: "black" } as const satisfies Readonly<Record<string, BaseName>>;
export type GainBase = keyof typeof GAIN_BASES;

const baseChoice: ParamSpec = oneOf("both", ["both", ...Object.keys(GAIN_BASES)], "base image");

export const gainParams: ParamSpecs = {
  rho: share(0.25, "share of the pixels in the mask, 0 … 1; the paper's table has 0.25 and 0.05"),
  base: baseChoice,
  score: scoreSpec,
};

export const gainBases = ({ base }: Params): readonly GainBase[] =>
  base === "both" ? (Object.keys(GAIN_BASES) as GainBase[]) : [base as GainBase];

/** Inside the mask (1) the image, outside the base image, all channels together. */
export function hybrid(image: MetricImage, base: BaseName, mask: Uint8Array): Query {
  const x = baseImage(image, base).slice();
  const [step, plane] = strides(image);
  for (let p = 0; p < mask.length; p++)
    if (mask[p]) for (let c = 0, at = p * step; c < image.channels; c++, at += plane) x[at] = image.x[at] as number;
  return { x, key: `hybrid:${base}:${fingerprint(mask)}` };
}

export interface Agreed {
  readonly mask: Uint8Array;
  readonly area: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** The top mask of one map, or what is in the top masks of several (SPEC 5.2, agreement). */
export function agreedMask({ maps }: MetricImage, rho: number): Agreed {
  const tops = maps.map((map) => topMask(map, rho));
  const mask = intersection(tops.map((top) => top.mask));
  const sum = (of: (top: (typeof tops)[number]) => number): number => tops.reduce((n, top) => n + of(top), 0);
  const area = areaOf(mask);
  return {
    mask,
    area,
    counts: { area, tied_at_cut: sum((top) => top.tiedAtCut), not_positive: sum((top) => top.notPositive) },
  };
}

/** The image, and for each base the base image and the first hybrid: the order in which `readGains` reads the answers. */
export const gainQueries = (image: MetricImage, bases: readonly GainBase[], mask: Uint8Array): readonly Query[] => [
  whole(image),
  ...bases.flatMap((b) => {
    const name = GAIN_BASES[b];
    return [{ x: baseImage(image, name), ...baseKey(name) }, hybrid(image, name, mask)];
  }),
];
