/** @file Every case of chapter 1 of the reference set is compared by a test of this room. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { absent, hasShared, readSharedJson } from "../shared.ts";
import { MANIFEST, patternArrays } from "./golden.ts";

const here = (file: string): URL => new URL(file, import.meta.url);
const texts = readdirSync(here("."))
  .filter((file) => file.endsWith(".test.ts") && file !== "golden.test.ts")
  .map((file) => ({ file, text: readFileSync(here(file), "utf8") }));

/** Tests that name a case, in quotes, in backticks, or with the end of a series left open. */
const namedIn = (id: string): readonly string[] => {
  const names = [`"${id}"`, `"ch1/${id}"`, `\`${id}\``, `\`${id.replace(/_[a-z0-9]+$/, "_$" + "{")}`];
  return texts.filter(({ text }) => names.some((name) => text.includes(name))).map(({ file }) => file);
};

/** Chapter 1, in the order of the manifest. */
const CASES = [
  "kappa_table",
  "log_normaliser",
  "kappa_monte_carlo",
  "em_d3",
  "em_d2",
  "em_d3_kappa0_20",
  "posterior_contour",
  "kl_gradient",
  "kl_gradient_kappa0_5",
  "fit_gd",
  "fit_gd_em3",
  "regional_product_max",
  "regional_product_same",
  "regional_product_mean",
  "regional_cosine_max",
  "knowledge_points",
  "procrustes",
  "net_fit",
  "net_regional_0",
  "net_regional_1",
  "net_knowledge",
] as const;

describe.skipIf(!hasShared(MANIFEST))(`chapter 1 of the reference set${absent(MANIFEST)}`, () => {
  it("has these cases and no other", () => {
    const ids = readSharedJson<{ readonly cases: readonly { readonly id: string }[] }>(MANIFEST)
      .cases.map((c) => c.id)
      .filter((id) => id.startsWith("ch1/"));
    expect([...ids].sort()).toEqual(CASES.map((id) => `ch1/${id}`).sort());
    console.log(`golden2: chapter 1 has ${ids.length} cases with ${patternArrays().length} arrays`);
    for (const id of CASES) console.log(`  ${id}: ${namedIn(id).join(", ")}`);
  });
  it.each(CASES)("%s is compared by a test", (id) => {
    expect(namedIn(id), `tests under test/patterns that name ${id}`).not.toEqual([]);
  });
});
