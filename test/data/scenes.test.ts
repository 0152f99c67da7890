/** @file Scenes: same seed same bytes, exact masks, ground that no colour filter sees. */
import { describe, expect, test } from "vitest";
import { COLORS, PIGMENTS } from "../../src/data/colors.ts";
import { colorOf, DEMO_LABELS } from "../../src/data/labels.ts";
import { drawScene } from "../../src/data/scenes.ts";

const SEEDS = Array.from({ length: 30 }, (_, i) => i);

describe("drawScene", () => {
  test("the same seed gives the same bytes, another seed others", () => {
    expect(drawScene(5)).toEqual(drawScene(5));
    expect(drawScene(5).image.data).not.toEqual(drawScene(6).image.data);
  });

  test("labels, masks and boxes agree; shapes do not touch", () => {
    for (const seed of SEEDS) {
      const { image, objects } = drawScene(seed);
      expect(image).toMatchObject({ width: 96, height: 96, channels: 3 });
      expect(objects.length).toBeGreaterThanOrEqual(1);
      expect(objects.length).toBeLessThanOrEqual(3);
      const painted = new Uint8Array(96 * 96);
      for (const { label, classIndex, mask, box } of objects) {
        expect(label).toBe(DEMO_LABELS[classIndex]);
        const on = [...mask.keys()].filter((i) => mask[i] === 1);
        const [xs, ys] = [on.map((i) => i % 96), on.map((i) => Math.floor(i / 96))];
        expect(box).toEqual({
          left: Math.min(...xs),
          top: Math.min(...ys),
          width: Math.max(...xs) - Math.min(...xs) + 1,
          height: Math.max(...ys) - Math.min(...ys) + 1,
        });
        for (const i of on) painted[i]! += 1;
      }
      expect(Math.max(...painted)).toBe(1);
    }
  });

  test("draws the classes that are asked for, one class twice as well", () => {
    expect(drawScene(1, { classes: [4, 15] }).objects.map((o) => o.label)).toEqual(["green disc", "yellow ring"]);
    expect(drawScene(1, { classes: [2, 2, 2] }).objects.map((o) => o.classIndex)).toEqual([2, 2, 2]);
  });

  test("the same seed shows the same scene at any size", () => {
    const [small, large] = [drawScene(9), drawScene(9, { size: 192 })];
    for (const [i, { mask }] of small.objects.entries()) {
      const area = (m: Uint8Array): number => m.reduce((sum, v) => sum + v, 0);
      expect(area(large.objects[i]!.mask) / 4 / area(mask)).toBeCloseTo(1, 1);
      expect(Math.abs(large.objects[i]!.box.left / 2 - small.objects[i]!.box.left)).toBeLessThan(1);
    }
  });

  test("refuses impossible scenes", () => {
    expect(() => drawScene(0, { size: 8 })).toThrow(expect.objectContaining({ code: "E_PARAM" }));
    expect(() => drawScene(0, { classes: [] })).toThrow(expect.objectContaining({ code: "E_PARAM" }));
    expect(() => drawScene(0, { classes: [0, 1, 2, 3] })).toThrow(expect.objectContaining({ code: "E_PARAM" }));
    expect(() => drawScene(0, { classes: [16] })).toThrow(expect.objectContaining({ code: "E_PARAM" }));
  });
});

/** The mask eroded (`keep` 1) or its outside eroded (`keep` 0) by one pixel, diagonals included, as 0/1. */
const eroded = (mask: Uint8Array, keep: 0 | 1): Uint8Array =>
  mask.map((_, i) => {
    const around = [-97, -96, -95, -1, 0, 1, 95, 96, 97].map((d) => mask[i + d] ?? keep);
    return around.every((v) => v === keep) ? 1 : 0;
  });

test("each colour filter is full on its own paint and silent on ground and other paints", () => {
  for (const seed of SEEDS) {
    const { image, objects } = drawScene(seed);
    const inner = objects.map((o) => ({ color: colorOf(o.classIndex), mask: eroded(o.mask, 1) }));
    const outer = objects.map((o) => eroded(o.mask, 0));
    for (const color of COLORS) {
      const { opponent, none, full } = PIGMENTS[color];
      let [lowestOwn, highestOther] = [Infinity, -Infinity];
      for (let i = 0; i < 96 * 96; i++) {
        const inside = inner.find(({ mask }) => mask[i] === 1);
        if (!inside && !outer.every((mask) => mask[i] === 1)) continue;
        const u = opponent.reduce((sum, w, c) => sum + (w * image.data[3 * i + c]!) / 255, 0);
        if (inside?.color === color) lowestOwn = Math.min(lowestOwn, u);
        else highestOther = Math.max(highestOther, u);
      }
      expect(lowestOwn).toBeGreaterThan(full);
      expect(highestOther).toBeLessThan(none);
    }
  }
});
