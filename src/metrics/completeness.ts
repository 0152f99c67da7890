/** @file Completeness: does the attribution add up to what the score gained over a baseline? */
import { type BaseName, baseImage, baseKey } from "./base-image.ts";
import { type Metric, type Outcome, scores, type Variant } from "./metric.ts";
import { REASON } from "./refusal.ts";
import { excludedAll, NOT_FINITE } from "./usable-map.ts";
import { whole } from "./walk.ts";

const INFINITY = Number.POSITIVE_INFINITY;
/** What the sum is compared with, by the baseline that a method may claim; null = the score itself. */
const BASELINES: Readonly<Record<string, { readonly about: string; readonly base: BaseName | null }>> = {
  zero: {
    about: "f(x) - f(0), 0 in the network's own units (Captum's default baseline)",
    base: "input_zero",
  },
  black: {
    about: "f(x) - f(black picture)",
    base: "black",
  },
  none: { about: "f(x): what conserving relevance adds up to (LRP)", base: null },
};
const NAMES = Object.keys(BASELINES);

const variants: readonly Variant[] = NAMES.flatMap((name): readonly Variant[] => [
  {
    id: name,
    about: `|sum - gain| / |gain|, gain = ${BASELINES[name]!.about}`,
    range: [0, INFINITY],
    better: "lower",
  },
  {
    id: `${name}-difference`,
    about: `sum - gain, gain = ${BASELINES[name]!.about}`,
    range: [-INFINITY, INFINITY],
    better: "neither",
  },
]);

/** f is the logit of the explained class. Only the variant whose baseline the method claims says anything about the method. */
export const completeness: Metric = {
  id: "completeness",
  aliases: ["efficiency", "summation-to-delta"],
  title: "Completeness",
  source:
    "Sundararajan, Taly, Yan 2017 (arXiv 1703.01365), proposition 1; conservation: Bach et al. 2015 (PLOS ONE 10), equation 2",
  params: {},
  variants,
  needs: ["attribution"],
  cost: "3 forward images, shared by all maps of an image",
  *run(image) {
    const { attribution, target } = image;
    if (attribution === undefined) return excludedAll(variants, REASON.noAttribution);
    if (!attribution.every(Number.isFinite)) return excludedAll(variants, NOT_FINITE);
    const sum = attribution.reduce((s, v) => s + v, 0);
    const bases = NAMES.map((name) => BASELINES[name]!.base).filter((base) => base !== null);
    const answers = yield* scores([
      whole(image),
      ...bases.map((base) => ({ x: baseImage(image, base), ...baseKey(base) })),
    ]);
    const [full, ...empty] = answers.map((s) => s.logits[target]!);
    if (!answers.every((s) => Number.isFinite(s.logits[target]))) return excludedAll(variants, REASON.noScore);
    const values = NAMES.flatMap((name): readonly (readonly [string, Outcome])[] => {
      const { base } = BASELINES[name]!;
      const gain = full! - (base === null ? 0 : empty[bases.indexOf(base)]!);
      const relative: Outcome =
        gain === 0 ? { excluded: "the score gained nothing over the baseline" } : Math.abs(sum - gain) / Math.abs(gain);
      return [
        [name, relative],
        [`${name}-difference`, sum - gain],
      ];
    });
    return { values: Object.fromEntries(values) };
  },
};
