/** @file Model randomisation: does the map change when the network forgets what it learnt, layer by layer from the top? */
import { integer, oneOf } from "../params.ts";
import { mean } from "./correlations.ts";
import { LIKENESS, LIKENESSES } from "./map-likeness.ts";
import { type Metric, maps, type Outcome, type Randomized, type Variant } from "./metric.ts";
import { refuse } from "./refusal.ts";
import { PORTION } from "./removal.ts";
import { excludedAll, unusable } from "./usable-map.ts";

const MODES = ["cascading", "independent"] as const;
const IN_WORDS: Readonly<Record<Randomized["mode"], string>> = {
  cascading: "all layers from the scores down to one",
  independent: "one layer alone",
};
const variants: readonly Variant[] = MODES.flatMap((mode) =>
  LIKENESSES.map((id) => ({
    id: `${mode}-${id}`,
    about: `${LIKENESS[id]!.about}; weights replaced in ${IN_WORDS[mode]}, mean over depths; 1 = the network makes no difference`,
    range: [-1, 1] as const,
    better: "lower" as const,
  })),
);

/** `count` depths from 0 to `layers` - 1, evenly spaced, both ends among them. */
export const depthsOf = (layers: number, count: number): readonly number[] => [
  ...new Set(
    Array.from({ length: Math.min(count, layers) }, (_, k) =>
      count === 1 || layers === 1 ? layers - 1 : Math.round((k * (layers - 1)) / (Math.min(count, layers) - 1)),
    ),
  ),
];

/** One seed for the whole run, so that all images are explained on the same random networks. Constant maps are left out, and counted. */
export const modelRandomization: Metric = {
  id: "model-randomization",
  aliases: ["model-parameter-randomisation", "mprt"],
  title: "Model parameter randomisation",
  source: "Adebayo et al. 2018 (arXiv 1810.03292), section 3.1; the likeness for each depth is in the curves",
  params: {
    layer_order: oneOf("both", ["both", ...MODES], "which weights are replaced at each depth"),
    nr_depths: integer(6, 1, "depths, evenly spaced from the scores to the first layer"),
    seed: integer(42, 0, "of the random weights"),
  },
  variants,
  needs: ["layers"],
  cost: "nr_depths maps for each order, each on a network of its own",
  *run(image, params) {
    const { map, x, target, layers } = image;
    const reason =
      refuse(map, image.width * image.height) ??
      (layers < 1 ? "the network has no layer whose weights can be replaced" : undefined);
    if (reason !== undefined) return excludedAll(variants, reason);
    const depths = depthsOf(layers, params.nr_depths as number);
    const asked = MODES.filter((m) => params.layer_order === "both" || params.layer_order === m);
    const questions = asked.flatMap((mode) => depths.map((depth) => ({ mode, depth, seed: params.seed as number })));
    const found: (Float32Array | null)[] = [];
    for (let from = 0; from < questions.length; from += PORTION)
      found.push(
        ...(yield* maps(
          questions.slice(from, from + PORTION).map((randomized) => ({
            x,
            target,
            randomized,
            key: `model-randomization ${JSON.stringify(randomized)}`,
          })),
        )),
      );
    const values: Record<string, Outcome> = Object.fromEntries(
      variants.map((v) => [v.id, { excluded: "not asked for (`layer_order`)" }]),
    );
    const curves: Record<string, Float32Array> = {};
    asked.forEach((mode, m) => {
      const others = found.slice(m * depths.length, (m + 1) * depths.length);
      for (const id of LIKENESSES) {
        const curve = others.map((other) =>
          other && unusable(other) === undefined ? LIKENESS[id]!.of(map, other, image) : Number.NaN,
        );
        const known = curve.filter(Number.isFinite);
        curves[`${mode}-${id}`] = Float32Array.from(curve);
        values[`${mode}-${id}`] =
          known.length > 0 ? mean(known) : { excluded: "no random network gave a map that is not constant" };
      }
    });
    const unlike = found.filter((other) => !other || unusable(other) !== undefined).length;
    return { values, curves, counts: { depths: depths.length, "constant-or-missing": unlike } };
  },
};
