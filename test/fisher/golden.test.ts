/** @file Every case of chapter 2 of the reference set has a test that compares it, and none is forgotten when the set grows. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { absent, hasShared, readSharedJson } from "../shared.ts";
import { chapter, MANIFEST } from "./golden.ts";

/** Where each case is compared, below `test/`. */
const COMPARED_IN: Readonly<Record<string, readonly string[]>> = {
  rgb_to_gray: ["fisher/sift.test.ts", "fisher/sift-graph.test.ts"],
  dense_sift_0: ["fisher/sift.test.ts", "fisher/sift-graph.test.ts"],
  dense_sift_1: ["fisher/sift.test.ts", "fisher/sift-graph.test.ts"],
  dense_sift_2: ["fisher/sift.test.ts", "fisher/sift-graph.test.ts"],
  sift_counts: ["fisher/sift.test.ts"],
  sift_bin_weights: ["fisher/sift.test.ts"],
  pca: ["fisher/pca.test.ts"],
  gmm_em: ["fisher/em.test.ts"],
  gmm_em_floor: ["fisher/em.test.ts"],
  fisher_vectors: ["fisher/fisher-vector.test.ts"],
  relevance_primal: ["fisher/relevance.test.ts"],
  relevance_dual: ["fisher/relevance.test.ts"],
  relevance_far_component: ["fisher/relevance.test.ts"],
  resampling: ["fisher/resampling.test.ts"],
  average_precision: ["train/average-precision.test.ts"],
  eer_threshold: ["train/equal-error.test.ts"],
  hinge_multilabel: ["train/losses.test.ts", "train/softmax-regression.test.ts"],
  crops: ["train/crops.test.ts"],
};

describe.skipIf(!hasShared(MANIFEST))(`chapter 2 of the reference set${absent(MANIFEST)}`, () => {
  const ids = hasShared(MANIFEST)
    ? readSharedJson<{ readonly cases: readonly { readonly id: string }[] }>(MANIFEST)
        .cases.map((c) => c.id)
        .filter((id) => id.startsWith("ch2/"))
    : [];
  it("has these cases and no other", () => {
    expect(ids).toEqual(Object.keys(COMPARED_IN).map((id) => `ch2/${id}`));
    console.log(`golden2: chapter 2 has ${ids.length} cases with ${chapter().length} arrays, each with a test`);
  });
  it.each(Object.entries(COMPARED_IN))("%s is compared where the table says", (id, files) => {
    for (const file of files) {
      const text = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
      const series = id.replace(/_\d$/, "_$" + "{");
      expect(
        [`"${id}"`, `ch2/${id}`, `\`${series}`].some((name) => text.includes(name)),
        `${file} names ${id}`,
      ).toBe(true);
    }
  });
});
