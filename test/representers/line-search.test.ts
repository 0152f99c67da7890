/** @file The paper's optimiser and its smallest example against reference values. */
import { expect, test } from "vitest";
import { inMemory } from "../../src/representers/features.ts";
import { fitRepresenters } from "../../src/representers/fit.ts";
import { scoresOfAll } from "../../src/representers/linear.ts";
import type { FitProgress } from "../../src/representers/newton.ts";
import { query } from "../../src/representers/query.ts";
import { absent, hasShared, readSharedNpy } from "../shared.ts";

const FOLDER = "golden2/ch3/line_search";
const read = (path: string): Float64Array =>
  Float64Array.from(readSharedNpy(`golden2/ch3/${path}.npy`).data as Float64Array);

test.skipIf(!hasShared(FOLDER))(`line search: steps, gradients, weights${absent(FOLDER)}`, async () => {
  const features = inMemory(Float32Array.from(read("fit_labels_nobias/F")), 32);
  const theta = read("teacher_softmax_0.003/Theta_given");
  const given = await scoresOfAll(features, { theta, classes: 5, width: 32, bias: false });
  const seen: FitProgress[] = [];
  const fit = await fitRepresenters(
    { features, given },
    {
      classes: 5,
      bias: false,
      lambda: 0.003,
      start: theta,
      solver: "line-search",
      onProgress: (p) => void seen.push(p),
    },
  );
  expect(fit.iterations).toBe(273);
  expect(seen.slice(1).map((p) => p.step)).toEqual(Array.from(read("line_search/steps")));
  const means = read("line_search/mean_abs_grad");
  expect(seen.length).toBe(means.length);
  seen.forEach((p, i) => {
    expect(Math.abs((p.meanGradient as number) - (means[i] as number))).toBeLessThan(
      1e-9 + 1e-6 * (means[i] as number),
    );
  });
  const [wanted, alpha] = [read("line_search/Theta1"), read("line_search/alpha")];
  fit.theta.forEach((v, i) => {
    expect(Math.abs(v - (wanted[i] as number))).toBeLessThan(1e-8 + 1e-6 * Math.abs(wanted[i] as number));
  });
  fit.alpha.forEach((v, i) => {
    expect(Math.abs(v - (alpha[i] as number))).toBeLessThan(1e-8 + 1e-6 * Math.abs(alpha[i] as number));
  });
  expect(fit.stationarity.max / (2 * 0.003)).toBeCloseTo(0.007564785715016176, 8);
  expect(fit.stationarity.reached).toBe(false);
});

test.each(["newton-cg", "lbfgs"] as const)("ch3/tiny, by %s", async (solver) => {
  const features = inMemory(Float32Array.of(1, 2), 1);
  const points = { features, labels: Int32Array.of(0, 1) };
  const fit = await fitRepresenters(points, { classes: 2, bias: false, lambda: 0.05, tolerance: 1e-13, solver });
  expect(fit.theta[0]).toBeCloseTo(-0.19224293210871382, 11);
  expect(fit.theta[1]).toBeCloseTo(0.19224293210871382, 11);
  [2.974772908056753, -2.974772908056752, -1.583507920082733, 1.5835079200827333].forEach((v, i) => {
    expect(fit.alpha[i]).toBeCloseTo(v, 9);
  });
  const [answer] = await query(fit, features, Float32Array.of(1.5));
  expect(answer?.logits[0]).toBeCloseTo(-0.28836439816307075, 11);
  expect(answer?.classes[0]?.sum).toBeCloseTo(-0.28836439816307075, 11);
  expect(answer?.classes[1]?.sum).toBeCloseTo(0.28836439816307075, 11);
});
