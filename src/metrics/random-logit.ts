/** @file Random logit: is the map of another class another map? */
import { scattered, uniforms } from "../random.ts";
import { LIKENESS, LIKENESSES } from "./map-likeness.ts";
import { type Metric, maps, type Variant } from "./metric.ts";
import { refuse } from "./refusal.ts";
import { excludedAll, unusable } from "./usable-map.ts";

const variants: readonly Variant[] = LIKENESSES.map((id) => ({
  id,
  about: `${LIKENESS[id]!.about}; 1 = the class makes no difference`,
  range: [-1, 1],
  better: "lower",
}));

/** Drawn evenly from all classes but the explained one, by the image's seed. */
export const otherClass = (target: number, classes: number, seed: number): number => {
  const drawn = Math.floor(uniforms(scattered(seed))() * (classes - 1));
  return drawn < target ? drawn : drawn + 1;
};

export const randomLogit: Metric = {
  id: "random-logit",
  aliases: ["random-class"],
  title: "Random logit",
  source: "Sixt, Granz, Landgraf 2020 (arXiv 1912.09818), section 5; SSIM as in Quantus 0.6",
  params: {},
  variants,
  needs: [],
  cost: "1 map",
  *run(image) {
    const { map, x, target, classes, seed } = image;
    const reason = refuse(map, image.width * image.height) ?? (classes < 2 ? "the network has one class" : undefined);
    if (reason !== undefined) return excludedAll(variants, reason);
    const other = otherClass(target, classes, seed);
    const [second] = yield* maps([{ x, target: other, key: `random-logit ${other}` }]);
    if (!second) return excludedAll(variants, "the method gave no map of another class");
    const why = unusable(second);
    if (why !== undefined) return excludedAll(variants, `class ${other}: ${why}`);
    return {
      values: Object.fromEntries(LIKENESSES.map((id) => [id, LIKENESS[id]!.of(map, second, image)])),
      counts: { "other-class": other },
    };
  },
};
