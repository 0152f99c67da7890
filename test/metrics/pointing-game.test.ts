/** @file Pointing game: hits, tolerance, ties. */
import { describe, expect, it } from "vitest";
import { pointingGame } from "../../src/metrics/pointing-game.ts";
import { runMetric } from "./run.ts";
import {
  isSteady,
  network,
  numberOf,
  OBJECT,
  PIXELS,
  refusesBadMaps,
  refusesBadTruth,
  SIZE,
  sanity,
  toyImage,
} from "./toy.ts";

const at = (...points: readonly (readonly [x: number, y: number])[]): Float32Array => {
  const map = new Float32Array(PIXELS);
  for (const [x, y] of points) map[y * SIZE + x] = 1;
  return map;
};
const play = (map: Float32Array, tolerance = 0) => runMetric(pointingGame, toyImage(map), network(), { tolerance });

describe("pointing game", () => {
  it("the right map hits, the inverted one misses", async () => {
    for (const variant of ["torchray", "expected", "exact", "any-tied-maximum"])
      expect((await sanity(pointingGame, variant, { tolerance: 0 })).right).toBe(1);
    expect(await sanity(pointingGame, "exact")).toMatchObject({ inverted: 0 });
  });

  it("random maps hit as often as the object is large", async () => {
    const { uniforms } = await import("../../src/random.ts");
    const random = uniforms(4);
    const tries = 600;
    let hits = 0;
    for (let i = 0; i < tries; i++) {
      const map = Float32Array.from({ length: PIXELS }, random);
      hits += numberOf(await play(map), "torchray");
    }
    const chance = OBJECT.reduce((n, v) => n + v, 0) / PIXELS;
    expect(Math.abs(hits / tries - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / tries));
  });

  it("tolerance is a strict distance: the disc ends at x = 12 in row 9", async () => {
    expect(OBJECT[9 * SIZE + 12]).toBe(1);
    expect(OBJECT[9 * SIZE + 13]).toBe(0);
    const point = at([16, 9]);
    expect(numberOf(await play(point, 4), "torchray")).toBe(0);
    expect(numberOf(await play(point, 4.01), "torchray")).toBe(1);
    expect(numberOf(await play(point, 4.01), "exact")).toBe(0);
  });

  it("ties: first in row-major order, expected, and any", async () => {
    const result = await play(at([20, 1], [8, 9], [21, 20], [22, 20]));
    expect(result.values).toEqual({ torchray: 0, expected: 0.25, exact: 0.25, "any-tied-maximum": 1 });
    expect(result.counts).toEqual({ tied: 4 });
  });
});

refusesBadMaps(pointingGame);
refusesBadTruth(pointingGame);
isSteady(pointingGame);
