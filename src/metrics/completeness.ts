/** @file Completeness: does the attribution add up to what the score gained over a baseline? */
import { type Metric, type MetricImage, type Outcome, scores, type Variant } from "./metric.ts";
import { excludedAll, NOT_FINITE } from "./usable-map.ts";

const INFINITY = Number.POSITIVE_INFINITY;
/** What the sum is compared with, by the baseline that a method may claim; null = the score itself. */
const BASELINES: Readonly<
  Record<string, { readonly about: string; readonly x: (image: MetricImage) => Float32Array | null }>
> = {
  zero: {
    about: "f(x) - f(0), 0 in the network's own units (Captum's default baseline)",
    x: ({ x }) => new Float32Array(x.length),
  },
  black: {
    about: "f(x) - f(black picture)",
    x: ({ pixels, toInput }) => toInput(new Float32Array(pixels.length)),
  },
  none: { about: "f(x): what conserving relevance adds up to (LRP)", x: () => null },
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
    if (attribution === undefined) return excludedAll(variants, "the method gives no attribution of input elements");
    if (!attribution.every(Number.isFinite)) return excludedAll(variants, NOT_FINITE);
    const sum = attribution.reduce((s, v) => s + v, 0);
    const bases = NAMES.map((name) => ({ name, x: BASELINES[name]!.x(image) }));
    const asked = bases.flatMap(({ name, x }) => (x === null ? [] : [{ x, key: `completeness ${name}` }]));
    const [whole, ...answers] = yield* scores([{ x: image.x }, ...asked]);
    const base = new Map(asked.map(({ key }, i) => [key, answers[i]!.logits[target]!]));
    const values = bases.flatMap(({ name }): readonly (readonly [string, Outcome])[] => {
      const gain = whole!.logits[target]! - (base.get(`completeness ${name}`) ?? 0);
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
