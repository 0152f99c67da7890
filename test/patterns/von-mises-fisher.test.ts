/** @file The von Mises-Fisher distribution: normaliser, mean, draws. */
import { describe, expect, it } from "vitest";
import { drawDirections, logNormaliser, logPeak, meanResultant } from "../../src/patterns/von-mises-fisher.ts";
import { absent, hasShared } from "../shared.ts";
import { left, MANIFEST, patternCase } from "./golden.ts";

/** d, kappa, log C_d(kappa), by mpmath with 40 digits. */
const VALUES: readonly (readonly [number, number, number])[] = [
  [2, 0, -1.8378770664093456],
  [2, 1e-300, -1.8378770664093456],
  [2, 0.001, -1.8378773164093298],
  [2, 1, -2.073791424916524],
  [2, 19.9, -19.330026885030698],
  [2, 20.1, -19.524960943198327],
  [2, 700, -697.6435770648528],
  [2, 1e4, -9996.313780847842],
  [2, 1e6, -999994.0111833792],
  [3, 0, -2.5310242469692907],
  [3, 1e-300, -2.5310242469692907],
  [3, 0.001, -2.531024413635952],
  [3, 1, -2.6924636085404865],
  [3, 19.9, -18.747157334678896],
  [3, 20.1, -18.937157251344317],
  [3, 700, -695.2867967313659],
  [3, 1e4, -9992.627536694434],
  [3, 1e6, -999988.0223665085],
  [4, 0, -2.9826069522587457],
  [4, 1e-300, -2.9826069522587457],
  [4, 0.001, -2.982607077258743],
  [4, 1, -3.1051061453278597],
  [4, 19.9, -18.151396009675842],
  [4, 20.1, -18.336593439606048],
  [4, 700, -692.929658999631],
  [4, 1e4, -9988.941267539774],
  [4, 1e6, -999982.0335493877],
  [10, 0, -3.2387427794590007],
  [10, 1e-300, -3.2387427794590007],
  [10, 0.001, -3.2387428294590004],
  [10, 1, -3.2885364065453557],
  [10, 19.9, -14.307514873033776],
  [10, 20.1, -14.466618417059278],
  [10, 700, -678.7793272741915],
  [10, 1e4, -9966.823127585581],
  [10, 1e6, -999946.100641413],
  [64, 0, 40.76772002557456],
  [64, 1e-300, 40.76772002557456],
  [64, 0.001, 40.76772001776206],
  [64, 1, 40.75990845006645],
  [64, 19.9, 37.80378399649826],
  [64, 20.1, 37.74631107338233],
  [64, 700, -550.847468701995],
  [64, 1e4, -9767.719366011],
  [64, 1e6, -999622.7040646408],
  [1024, 0, 2093.027298265856],
  [1024, 1e-300, 2093.027298265856],
  [1024, 0.001, 2093.027298265368],
  [1024, 1, 2093.0268099848386],
  [1024, 19.9, 2092.833970432015],
  [1024, 20.1, 2092.8300656681345],
  [1024, 700, 1890.2207694659403],
  [1024, 1e4, -6215.931168465432],
  [1024, 1e6, -993873.3099086322],
];

describe("the normaliser", () => {
  it("equals 40-digit values to 5e-15, for kappa to 1e6 and d to 1,024", () => {
    for (const [d, kappa, wanted] of VALUES)
      expect(
        Math.abs(logNormaliser(d, kappa) - wanted) / Math.max(1, Math.abs(wanted)),
        `log C_${d}(${kappa})`,
      ).toBeLessThan(5e-15);
  });

  it("equals the printed values", () => {
    expect(Math.exp(logNormaliser(2, 3))).toBeCloseTo(0.032608422, 9);
    expect(Math.exp(logNormaliser(3, 3))).toBeCloseTo(0.023830644, 9);
    expect(Math.exp(logNormaliser(10, 3))).toBeCloseTo(0.025395748, 9);
  });

  it("makes the density integrate to 1 over the circle and the sphere", () => {
    const steps = 100_000;
    for (const kappa of [0, 0.3, 4, 60]) {
      const [onCircle, onSphere] = [Math.exp(logPeak(2, kappa)), Math.exp(logPeak(3, kappa))];
      let [circle, sphere] = [0, 0];
      for (let i = 0; i < steps; i++) {
        const angle = (Math.PI * (i + 0.5)) / steps;
        const share = (Math.PI / steps) * Math.exp(kappa * (Math.cos(angle) - 1));
        circle += 2 * share * onCircle;
        sphere += 2 * Math.PI * Math.sin(angle) * share * onSphere;
      }
      expect(circle).toBeCloseTo(1, 7);
      expect(sphere).toBeCloseTo(1, 7);
    }
  });

  it("falls by the mean resultant: d log C / d kappa = -A, and the peak rises", () => {
    for (const d of [2, 3, 7, 200])
      for (const kappa of [0.01, 0.7, 5, 19.5, 24, 300]) {
        const step = 1e-4 * Math.max(1, kappa);
        const slope = (logNormaliser(d, kappa + step) - logNormaliser(d, kappa - step)) / (2 * step);
        expect(Math.abs(slope + meanResultant(d, kappa)), `d ${d}, kappa ${kappa}`).toBeLessThan(1e-7);
        expect(logPeak(d, kappa + step)).toBeGreaterThan(logPeak(d, kappa));
      }
  });

  it("has finite logs for every finite kappa", () => {
    for (const d of [2, 3, 10, 1024])
      for (let e = -320; e <= 300; e += 5)
        expect(Number.isFinite(logNormaliser(d, 10 ** e)), `${d}, 1e${e}`).toBe(true);
  });
});

describe.skipIf(!hasShared(MANIFEST))(`log C_d of the reference set${absent(MANIFEST)}`, () => {
  it("equals log_normaliser", () => {
    const golden = patternCase("log_normaliser");
    const kappas = golden.array("kappa");
    golden.expectOutput(
      "logC",
      golden.param<number[]>("d").flatMap((d) => [...kappas].map((kappa) => logNormaliser(d, kappa))),
    );
    expect(left("log_normaliser")).toEqual([]);
  });
});

describe("draws", () => {
  const COUNT = 40_000;
  it.each([2, 3, 10])("have length 1 and the mean that kappa says, d = %i", (d) => {
    for (const kappa of [1e-9, 0.5, 5, 100, 1e6]) {
      const rows = drawDirections(d, kappa, COUNT, 7);
      const mean = new Float64Array(d);
      let square = 0;
      let worst = 0;
      for (let i = 0; i < COUNT; i++) {
        const row = rows.subarray(i * d, (i + 1) * d);
        worst = Math.max(worst, Math.abs(row.reduce((s, v) => s + v * v, 0) - 1));
        square += (row[0] as number) ** 2 / COUNT;
        for (let j = 0; j < d; j++) mean[j]! += (row[j] as number) / COUNT;
      }
      expect(worst).toBeLessThan(1e-14);
      // four standard errors of what is averaged
      const along = 4 * Math.sqrt((square - (mean[0] as number) ** 2) / COUNT) + 1e-12;
      expect(Math.abs((mean[0] as number) - meanResultant(d, kappa)), `kappa ${kappa}`).toBeLessThan(along);
      const across = 4.5 * Math.sqrt((1 - square) / (d - 1) / COUNT);
      for (let j = 1; j < d; j++) expect(Math.abs(mean[j] as number), `kappa ${kappa}`).toBeLessThan(across);
    }
  });

  it("are the same for the same seed, others for another, and the axis itself at infinity", () => {
    expect(drawDirections(3, 4, 50, 1)).toEqual(drawDirections(3, 4, 50, 1));
    expect(drawDirections(3, 4, 50, 1)).not.toEqual(drawDirections(3, 4, 50, 2));
    expect([...drawDirections(2, Infinity, 2)]).toEqual([1, 0, 1, 0]);
  });
});
