/** @file Infidelity: how far the map, as a linear model of the score, is from what a perturbation really does. */
import { integer, integers, positive } from "../params.ts";
import { normals, scattered, uniforms } from "../random.ts";
import { type BaseName, baseImage, baseSpec } from "./base-image.ts";
import { mean } from "./correlations.ts";
import { strides } from "./input-layout.ts";
import type { Metric, MetricImage, Outcome, Variant } from "./metric.ts";
import { REASON, refuse } from "./refusal.ts";
import { extremes, keysOf, logitSpec, replaced, targetScores } from "./removal.ts";
import { excludedAll, NOT_FINITE } from "./usable-map.ts";
import { IMAGE } from "./walk.ts";

const PERTURBATIONS = { gaussian: "Gaussian noise", square: "squares set to the baseline" } as const;
type Perturbation = keyof typeof PERTURBATIONS;
const KINDS = Object.keys(PERTURBATIONS) as Perturbation[];
/** Relevance of a pixel held against all its channels, or each input element's own. */
const WEIGHTS = {
  "": "the map, the same for all channels",
  "-elements": "the attribution of each input element",
} as const;
type Weight = keyof typeof WEIGHTS;
const WEIGHT_KEYS = Object.keys(WEIGHTS) as Weight[];

const INFINITY = Number.POSITIVE_INFINITY;
const variants: readonly Variant[] = KINDS.flatMap((kind) =>
  WEIGHT_KEYS.flatMap((weight): readonly Variant[] => {
    const about = `${PERTURBATIONS[kind]}; ${WEIGHTS[weight]}`;
    return [
      { id: `${kind}${weight}`, about: `${about} (Yeh, equation 1)`, range: [0, INFINITY], better: "lower" },
      {
        id: `${kind}${weight}-scaled`,
        about: `${about}, times the factor that fits best (Yeh, section 2.2)`,
        range: [0, INFINITY],
        better: "lower",
      },
    ];
  }),
);
const ID = "infidelity";

/** Corners are uniform over all places where the square lies inside the image. */
function square(image: MetricImage, side: number, random: () => number): readonly number[] {
  const { width, height } = image;
  const [w, h] = [Math.min(side, width), Math.min(side, height)];
  const x0 = Math.floor(random() * (width - w + 1));
  const y0 = Math.floor(random() * (height - h + 1));
  return Array.from({ length: w * h }, (_, i) => (y0 + Math.floor(i / w)) * width + x0 + (i % w));
}

/** Perturbed inputs, one after another, the same for every map of the image. */
function perturber(image: MetricImage, kind: Perturbation, params: Parameters<Metric["run"]>[1]): () => Float32Array {
  const { x, seed } = image;
  if (kind === "square") {
    const random = uniforms(scattered(seed));
    const fill = baseImage(image, params.baseline as BaseName);
    const sides = params.perturb_patch_sizes as readonly number[];
    let turn = 0;
    return () => replaced(image, x, fill, square(image, sides[turn++ % sides.length]!, random));
  }
  const random = normals(scattered(seed));
  const [low, high] = extremes(x);
  const deviation = (params.noise_level as number) * (high - low);
  return () => x.map((v) => v - deviation * random());
}

/** One weight an input element, or why there is none. */
function weightsOf(image: MetricImage, weight: Weight): Float32Array | string {
  if (weight === "-elements") {
    const { attribution } = image;
    if (attribution === undefined) return REASON.noAttribution;
    return attribution.every(Number.isFinite) ? attribution : NOT_FINITE;
  }
  const out = new Float32Array(image.x.length);
  const [step, plane] = strides(image);
  image.map.forEach((v, p) => {
    for (let c = 0; c < image.channels; c++) out[p * step + c * plane] = v;
  });
  return out;
}

const meanSquare = (told: Float64Array, real: Float64Array, factor: number): number =>
  mean(told.map((v, i) => (factor * v - real[i]!) ** 2));

/** Mean of (I . phi - (f(x) - f(x - I)))^2, plain and with the best factor for phi. */
function judged(told: Float64Array, real: Float64Array): readonly [Outcome, Outcome] {
  const square = told.reduce((s, v) => s + v * v, 0);
  const factor = told.reduce((s, v, i) => s + v * real[i]!, 0) / square;
  return [
    meanSquare(told, real, 1),
    square > 0 ? meanSquare(told, real, factor) : { excluded: "the map gives every perturbation the weight 0" },
  ];
}

/** phi is held against I as it is: gradient-like maps fit small noise; maps that already hold (x - baseline) do not. */
export const infidelity: Metric = {
  id: ID,
  aliases: ["infid"],
  title: "Infidelity",
  source:
    "Yeh et al. 2019 (arXiv 1901.09392), definition 2.1 and section 2.2; squares at random places, in Quantus' sizes",
  params: {
    n_perturb_samples: integer(32, 2, "perturbations of each kind (Quantus, Captum: 10)"),
    perturb_patch_sizes: integers([4], 1, "sides of the squares in pixels, taken in turn"),
    noise_level: positive(
      0.2,
      "standard deviation of the noise as a share of the input's largest minus smallest value",
    ),
    baseline: baseSpec("black"),
    score: logitSpec,
  },
  variants,
  needs: [],
  cost: "2 x n_perturb_samples + 1 forward images, shared by all maps of an image",
  *run(image, params) {
    const reason = refuse(image.map, image.width * image.height);
    if (reason !== undefined) return excludedAll(variants, reason);
    const count = params.n_perturb_samples as number;
    const key = keysOf(ID, params);
    const weights = WEIGHT_KEYS.map((w) => [w, weightsOf(image, w)] as const);
    const values: Record<string, Outcome> = {};
    const [whole] = yield* targetScores(image, params, 1, () => ({ x: image.x, key: IMAGE }));
    for (const kind of KINDS) {
      const next = perturber(image, kind, params);
      const told = new Map(WEIGHT_KEYS.map((w) => [w, new Float64Array(count)]));
      const left = yield* targetScores(image, params, count, (i) => {
        const x = next();
        for (const [w, phi] of weights)
          if (typeof phi !== "string") told.get(w)![i] = phi.reduce((s, v, e) => s + v * (image.x[e]! - x[e]!), 0);
        return { x, key: key(`${kind} ${i}`) };
      });
      const real = left.map((v) => whole! - v);
      if (!real.every(Number.isFinite)) return excludedAll(variants, REASON.noScore);
      for (const [w, phi] of weights) {
        const [plain, scaled] =
          typeof phi === "string" ? [{ excluded: phi }, { excluded: phi }] : judged(told.get(w)!, real);
        values[`${kind}${w}`] = plain;
        values[`${kind}${w}-scaled`] = scaled;
      }
    }
    return { values };
  },
};
