/** @file Infidelity: the gradient of a linear network is perfect; random and inverted maps are not. */
import { describe, expect, it } from "vitest";
import { infidelity } from "../../src/metrics/infidelity.ts";
import { inverted } from "../../src/metrics/reference-maps.ts";
import { runMetric } from "./run.ts";
import {
  attribution,
  isSteady,
  network,
  numberOf,
  PIXELS,
  RANDOM,
  RIGHT,
  reasonOf,
  refusesBadMaps,
  refusesBadScores,
  sanity,
  toyImage,
  weightsOf,
} from "./toy.ts";

const GRADIENT = weightsOf(0);
const MAPS = { right: GRADIENT, random: RANDOM, inverted: inverted(GRADIENT) };

describe("infidelity", () => {
  it.each(["gaussian", "gaussian-scaled", "square", "square-scaled"])(
    "%s: 0 for the gradient alone",
    async (variant) => {
      const { right, random, inverted: upside } = await sanity(infidelity, variant, {}, MAPS);
      expect(right).toBeLessThan(1e-8);
      expect(random).toBeGreaterThan(1e-3);
      expect(upside).toBeGreaterThan(1e-3);
    },
  );
  it("a factor on the map costs the plain value, not the scaled one", async () => {
    const result = await runMetric(infidelity, toyImage(GRADIENT.map((v) => 5 * v)), network());
    expect(numberOf(result, "gaussian")).toBeGreaterThan(1);
    expect(numberOf(result, "gaussian-scaled")).toBeLessThan(1e-8);
  });
  it("elements: the gradient of every element, asked with no more images", async () => {
    const elements = Float32Array.from(attribution, (_, i) => GRADIENT[i % PIXELS]!);
    const result = await runMetric(infidelity, toyImage(RIGHT, { attribution: elements }), network());
    expect(numberOf(result, "gaussian-elements")).toBeLessThan(1e-8);
    expect(numberOf(result, "square-elements")).toBeLessThan(1e-8);
    expect(result.scored).toBe(65);
    const without = await runMetric(infidelity, toyImage(RIGHT), network());
    expect(reasonOf(without, "square-elements")).toBe("the method gives no value for each input element");
  });
  it("channels last: the same pixels stand elsewhere in the row", async () => {
    const swap = (x: Float32Array): Float32Array => x.map((_, i) => x[(i % 3) * PIXELS + Math.floor(i / 3)]!);
    const back = (x: Float32Array): Float32Array => x.map((_, i) => x[(i % PIXELS) * 3 + Math.floor(i / PIXELS)]!);
    const nhwc = { score: (rows: readonly Float32Array[]) => network().score(rows.map(back)) };
    const image = toyImage(GRADIENT, { layout: "nhwc", toInput: swap, x: swap(toyImage(GRADIENT).pixels) });
    const result = await runMetric(infidelity, image, nhwc);
    expect(numberOf(result, "square")).toBeLessThan(1e-8);
    expect(numberOf(result, "gaussian")).toBeLessThan(1e-8);
  });
});

refusesBadMaps(infidelity);
refusesBadScores(infidelity);
isSteady(infidelity, { n_perturb_samples: 40, perturb_patch_sizes: [4, 7] });
