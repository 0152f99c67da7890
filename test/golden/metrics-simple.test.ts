/** @file Quantus' numbers of ../shared/golden for sparseness, complexity and localisation, from its heat maps and masks. */
import { afterAll, describe, expect, it } from "vitest";
import { attributionLocalisation } from "../../src/metrics/attribution-localisation.ts";
import { complexity } from "../../src/metrics/complexity.ts";
import type { Metric } from "../../src/metrics/metric.ts";
import { pointingGame } from "../../src/metrics/pointing-game.ts";
import { relevanceMass } from "../../src/metrics/relevance-mass.ts";
import { relevanceRank } from "../../src/metrics/relevance-rank.ts";
import { rocAuc } from "../../src/metrics/roc-auc.ts";
import { sparseness } from "../../src/metrics/sparseness.ts";
import { topKIntersection } from "../../src/metrics/top-k-intersection.ts";
import { imageOf, runMetric } from "../metrics/run.ts";
import { absent, hasShared, readSharedJson, readSharedNpy } from "../shared.ts";

interface SimpleCase {
  readonly id: string;
  readonly model: string;
  readonly method: string;
  readonly heatmap: string;
  readonly image_indices: readonly number[];
  readonly params_num: { readonly k: number };
  readonly tolerance: { readonly max_rel: number };
  readonly value: Readonly<Record<string, readonly number[]>>;
}

/** Our metric and variant for each of the peer's numbers. */
const OURS: Readonly<Record<string, readonly [metric: Metric, variant: string]>> = {
  sparseness_gini: [sparseness, "absolute"],
  complexity_entropy: [complexity, "entropy"],
  pointing_game: [pointingGame, "any-tied-maximum"],
  relevance_mass: [relevanceMass, "signed"],
  relevance_rank: [relevanceRank, "signed"],
  topk_500: [topKIntersection, "signed"],
  roc_auc: [rocAuc, "signed"],
  attribution_localisation: [attributionLocalisation, "inside-total"],
};

const SIZE = 64;
const PIXELS = SIZE * SIZE;
const cases = hasShared("golden/MANIFEST.json")
  ? readSharedJson<{ readonly cases: readonly SimpleCase[] }>("golden/MANIFEST.json").cases.filter(
      (c) => c.method === "metric: sparseness, complexity, localisation",
    )
  : [];
const network = { score: () => [] };

describe.skipIf(!hasShared("golden"))(`golden: simple metrics${absent("golden")}`, () => {
  const counts = { cases: 0, numbers: 0, worst: 0 };
  const row = (path: string, i: number): Float32Array =>
    Float32Array.from(readSharedNpy(path).data as ArrayLike<number>).slice(i * PIXELS, (i + 1) * PIXELS);

  it("has all its cases", () => expect(cases).toHaveLength(14));

  it.each(cases.map((c) => [c.id, c] as const))("%s", async (_, c) => {
    expect(Object.keys(c.value).sort()).toEqual(Object.keys(OURS).sort());
    const folder = `golden/arrays/${c.model}/metrics`;
    for (const [k, index] of c.image_indices.entries()) {
      const map = row(`${folder}/${c.heatmap}.npy`, k);
      const mask = Uint8Array.from(row(`${folder}/masks.npy`, k));
      const image = imageOf({
        id: `${index}`,
        width: SIZE,
        height: SIZE,
        channels: 3,
        pixels: new Float32Array(3 * PIXELS),
        map,
        mask,
      });
      for (const [name, [metric, variant]] of Object.entries(OURS)) {
        const params = metric === topKIntersection ? { k: c.params_num.k } : {};
        const value = (await runMetric(metric, image, network, params)).values[variant] as number;
        const wanted = c.value[name]?.[k] as number;
        const error = Math.abs(value - wanted) / Math.max(Math.abs(wanted), Number.MIN_VALUE);
        expect(value === wanted ? 0 : error, `${name}, image ${index}: ${value} for ${wanted}`).toBeLessThanOrEqual(
          c.tolerance.max_rel,
        );
        counts.numbers++;
        if (value !== wanted) counts.worst = Math.max(counts.worst, error);
      }
    }
    counts.cases++;
  });

  afterAll(() =>
    console.log(
      `golden simple metrics: ${counts.cases} of ${cases.length} cases, ${counts.numbers} numbers, largest relative error ${counts.worst.toExponential(1)}`,
    ),
  );
});
