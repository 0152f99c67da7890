/** @file Classes differ by their parts: colour alone hardly tells them apart, the simplest look at edges does. */
import { expect, test } from "vitest";
import { drawSynth, type SynthPicture } from "../../src/data/synth/draw.ts";
import { synthSettings } from "../../src/data/synth/settings.ts";

const TRAIN = 520;
const TEST = 260;
const settings = synthSettings({ seed: 5 });
const { classes, width } = settings;
const pictures = Array.from({ length: TRAIN + TEST }, (_, i) => drawSynth(settings, i));
const labels = pictures.map((p) => classes.indexOf(p.label.trueLabel));

/** Roots of a histogram of 64 colours, and the mean colour. */
function colours({ image: { data } }: SynthPicture): Float64Array {
  const out = new Float64Array(67);
  const share = 3 / data.length;
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [data[i] as number, data[i + 1] as number, data[i + 2] as number];
    out[(r >> 6) * 16 + (g >> 6) * 4 + (b >> 6)]! += share;
    out[64]! += r * share;
    out[65]! += g * share;
    out[66]! += b * share;
  }
  return out.map((v, k) => (k < 64 ? Math.sqrt(v) : v));
}

/** Magnitudes of the slope of brightness, by 8 x 8 cells and 6 directions. */
function edges({ image: { data } }: SynthPicture): Float64Array {
  const out = new Float64Array(8 * 8 * 6);
  const grey = (x: number, y: number): number => {
    const i = 3 * (y * width + x);
    return (data[i] as number) + (data[i + 1] as number) + (data[i + 2] as number);
  };
  for (let y = 1; y < width - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const [dx, dy] = [grey(x + 1, y) - grey(x - 1, y), grey(x, y + 1) - grey(x, y - 1)];
      const direction = Math.floor((Math.atan2(dy, dx) / Math.PI + 1) * 6) % 6;
      out[((y >> 3) * 8 + (x >> 3)) * 6 + direction]! += Math.hypot(dx, dy);
    }
  const length = Math.sqrt(out.reduce((sum, v) => sum + v * v, 0));
  return out.map((v) => v / length);
}

/** Share of the test pictures whose class has the nearest mean, each feature in units of its deviation. */
function nearestMean(features: (p: SynthPicture) => Float64Array): number {
  const x = pictures.map(features);
  const size = (x[0] as Float64Array).length;
  const train = x.slice(0, TRAIN);
  const mean = (rows: readonly Float64Array[]): Float64Array =>
    new Float64Array(size).map((_, k) => rows.reduce((sum, r) => sum + (r[k] as number), 0) / rows.length);
  const middle = mean(train);
  const spread = mean(train.map((r) => r.map((v, k) => (v - (middle[k] as number)) ** 2)));
  const centres = classes.map((_, c) => mean(train.filter((_, i) => labels[i] === c)));
  const distance = (a: Float64Array, b: Float64Array): number =>
    a.reduce((sum, v, k) => sum + (v - (b[k] as number)) ** 2 / ((spread[k] as number) + 1e-12), 0);
  const right = x.slice(TRAIN).filter((r, i) => {
    const away = centres.map((c) => distance(r, c));
    return away.indexOf(Math.min(...away)) === labels[TRAIN + i];
  });
  return right.length / TEST;
}

test("colour is near chance, edges are not", () => {
  const chance = 1 / classes.length;
  expect(nearestMean(colours)).toBeLessThan(2 * chance);
  expect(nearestMean(edges)).toBeGreaterThan(3.5 * chance);
});
