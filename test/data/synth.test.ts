/** @file Synthetic pictures: the same every time, each choice on its own, and the truth that is stated is the truth that is seen. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { DataItem, PictureBox } from "../../src/data/dataset.ts";
import { synthDataSet } from "../../src/data/synth/data-set.ts";
import { drawSynth, type SynthPicture } from "../../src/data/synth/draw.ts";
import { FIGURES, LOOSE_PART, PART_LEGEND, SYNTH_CLASSES } from "../../src/data/synth/figures.ts";
import { SYNTH_GROUNDS } from "../../src/data/synth/grounds.ts";
import { labelAt, type SynthLabel } from "../../src/data/synth/labels.ts";
import { type SynthOptions, synthSettings } from "../../src/data/synth/settings.ts";
import { MARK_HEIGHT, MARK_WIDTH } from "../../src/data/synth/watermark.ts";

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const some = (options: SynthOptions, count: number): readonly SynthPicture[] => {
  const settings = synthSettings(options);
  return numbers(count).map((i) => drawSynth(settings, i));
};
const labels = (options: SynthOptions, count: number): readonly SynthLabel[] => {
  const settings = synthSettings(options);
  return numbers(count).map((i) => labelAt(settings, i));
};
const digest = (pictures: readonly SynthPicture[]): string => {
  const hash = createHash("sha256");
  for (const p of pictures) for (const image of [p.image, p.objectMask, p.partMask]) hash.update(image.data);
  return hash.digest("hex").slice(0, 16);
};
async function listed(items: AsyncIterable<DataItem>): Promise<readonly DataItem[]> {
  const out: DataItem[] = [];
  for await (const item of items) out.push(item);
  return out;
}
const share = <T>(items: readonly T[], has: (item: T) => boolean): number => items.filter(has).length / items.length;
const around = (data: ArrayLike<number>, width: number, inside: (v: number) => boolean): PictureBox | undefined => {
  const at = Array.from(data, (v, i) => (inside(v) ? i : -1)).filter((i) => i >= 0);
  if (at.length === 0) return undefined;
  const [xs, ys] = [at.map((i) => i % width), at.map((i) => Math.floor(i / width))];
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs) + 1, y1: Math.max(...ys) + 1 };
};

describe("determinism", () => {
  test.each([
    ["defaults", {}, "3d63088f81136acb"],
    ["another seed", { seed: 2 ** 40 + 7 }, "6854276cc288150d"],
    ["wide", { size: { width: 48, height: 32 }, objects: [1, 3], mixed: true }, "1f97289b73d5eaf1"],
    [
      "busy",
      { size: 96, distractors: [3, 6], occlusion: 1, turn: 180, watermark: { class: "key", rate: 1, others: 0.5 } },
      "51d4c36fb967356e",
    ],
    ["plain", { plain: true }, "8369aef000b33a7c"],
  ] as const)("%s: these very bytes", (_, options, expected) => {
    expect(digest(some(options, 20))).toBe(expected);
  });

  test("every ground is drawn", () => {
    const seen = new Set(labels({}, 200).map((l) => l.ground));
    expect([...seen].sort()).toEqual([...SYNTH_GROUNDS].sort());
  });

  test("a picture depends on its seed and number alone, and numbers draw different pictures", () => {
    const settings = synthSettings({ seed: 3 });
    const late = drawSynth(settings, 17);
    expect(digest([some({ seed: 3 }, 18)[17] as SynthPicture])).toBe(digest([late]));
    expect(new Set(some({ seed: 3 }, 40).map((p) => digest([p]))).size).toBe(40);
    expect(digest(some({ seed: 4 }, 1))).not.toBe(digest(some({ seed: 3 }, 1)));
  });
});

describe("labels", () => {
  test("classes take turns: at any count they differ by one at most", () => {
    for (const count of [13, 50, 131]) {
      const counts = SYNTH_CLASSES.map((c) => labels({ seed: 9 }, count).filter((l) => l.trueLabel === c).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  test("each class keeps the shares of the splits", () => {
    const all = labels({ splits: [0.6, 0.3, 0.1], classes: ["bird", "fish"] }, 400);
    for (const name of ["bird", "fish"]) {
      const own = all.filter((l) => l.trueLabel === name);
      expect(share(own, (l) => l.split === "train")).toBeCloseTo(0.6, 1);
      expect(share(own, (l) => l.split === "val")).toBeCloseTo(0.3, 1);
      expect(share(own, (l) => l.split === "test")).toBeCloseTo(0.1, 1);
    }
  });

  test("flipped, planted and clean as asked", () => {
    const all = labels(
      {
        seed: 1,
        classes: ["bird", "fish", "key"],
        flip: 0.2,
        watermark: { class: "bird", rate: 0.9, others: 0.05 },
        background: { class: "fish", rate: 0.8, others: 0.1, ground: "sand" },
        splits: [0.5, 0.25, 0.25],
        clean: ["test"],
      },
      6000,
    );
    const [clean, planted] = [all.filter((l) => l.split === "test"), all.filter((l) => l.split !== "test")];
    const of = (name: string): readonly SynthLabel[] => planted.filter((l) => l.trueLabel === name);
    expect(share(planted, (l) => l.givenLabel !== l.trueLabel)).toBeCloseTo(0.2, 1);
    expect(share(of("bird"), (l) => l.watermark)).toBeCloseTo(0.9, 1);
    expect(share(of("key"), (l) => l.watermark)).toBeCloseTo(0.05, 1);
    expect(share(of("fish"), (l) => l.ground === "sand")).toBeCloseTo(0.8, 1);
    expect(share(of("key"), (l) => l.ground === "sand")).toBeCloseTo(0.1, 1);
    expect(all.every((l) => l.background === (l.ground === "sand"))).toBe(true);
    expect(clean.some((l) => l.watermark || l.background || l.givenLabel !== l.trueLabel)).toBe(false);
  });
});

describe("each choice on its own", () => {
  const bare = some({ seed: 6 }, 26);

  test("a watermark changes the pixels under it and no others, and owns them in the masks", () => {
    const marked = some({ seed: 6, watermark: { class: "bird", rate: 1, others: 1 } }, 26);
    marked.forEach((p, k) => {
      const other = bare[k] as SynthPicture;
      const mask = p.shortcutMask?.data as Uint8Array;
      const differs = Array.from(mask, (_, i) =>
        [0, 1, 2].some((c) => p.image.data[3 * i + c] !== other.image.data[3 * i + c]),
      );
      expect(differs.every((d, i) => !d || mask[i] === 255)).toBe(true);
      expect(mask.filter((v) => v === 255)).toHaveLength(MARK_WIDTH * MARK_HEIGHT);
      expect(around(mask, 64, (v) => v === 255)).toEqual(p.watermark);
      expect(p.objectMask.data.every((v, i) => v === (mask[i] === 255 ? 0 : other.objectMask.data[i]))).toBe(true);
    });
  });

  test("false labels change no pixel", () => expect(digest(some({ seed: 6, flip: 1 }, 26))).toBe(digest(bare)));

  test("loose parts leave the objects where they are", () => {
    const busy = some({ seed: 6, distractors: [5, 5] }, 26);
    for (const [k, p] of busy.entries()) expect(p.objectMask.data).toEqual((bare[k] as SynthPicture).objectMask.data);
    expect(busy.reduce((sum, p) => sum + p.distractors.length, 0)).toBeGreaterThan(110);
  });

  test("another size shows the same scene", () => {
    const large = some({ seed: 6, size: 128 }, 26);
    large.forEach((p, k) => {
      const small = bare[k] as SynthPicture;
      const [a, b] = [small.objects[0]?.pixels ?? 0, (p.objects[0]?.pixels ?? 0) / 4];
      expect(Math.abs(a - b) / a).toBeLessThan(0.08);
    });
  });
});

describe("truth", () => {
  const pictures = some({ seed: 8, objects: [1, 3], mixed: true, distractors: [0, 3], occlusion: 0.5 }, 60);

  test("boxes and counts are those of the masks", () => {
    for (const { partMask, objects, distractors, objectMask, label } of pictures) {
      for (const o of objects)
        if (objects.filter((q) => q.class === o.class).length === 1)
          for (const part of o.parts) {
            expect(part.box).toEqual(around(partMask.data, partMask.width, (v) => v === part.id));
            expect(part.pixels).toBe(partMask.data.filter((v) => v === part.id).length);
          }
      const known = new Set([0, ...objects.flatMap((o) => o.parts.map((p) => p.id)), ...distractors.map((d) => d.id)]);
      expect(partMask.data.every((v) => known.has(v))).toBe(true);
      expect(distractors.every((d) => d.id >= LOOSE_PART)).toBe(true);
      const own = new Set(PART_LEGEND.filter((p) => p.class === label.trueLabel).map((p) => p.id));
      expect(objectMask.data.every((v, i) => (v === 255) === own.has(partMask.data[i] as number))).toBe(true);
    }
  });

  test("the labelled object comes first; loose parts are of classes and kinds that are not there", () => {
    for (const { objects, distractors, label } of pictures) {
      expect(objects[0]?.class).toBe(label.trueLabel);
      const present = objects.map((o) => o.class);
      const names = objects.flatMap((o) => o.parts.map((p) => p.part));
      for (const d of distractors) {
        expect(present).not.toContain(d.class);
        expect(names).not.toContain(d.part);
      }
    }
    expect(share(pictures, (p) => p.objects.length > 1)).toBeGreaterThan(0.4);
    expect(share(pictures, (p) => p.objects.length === 3)).toBeGreaterThan(0.1);
  });

  test("an object is seen whole without occluders, and in part with them", () => {
    const seen = (occlusion: number): number =>
      some({ seed: 8, distractors: [0, 0], occlusion }, 60).reduce((sum, p) => sum + (p.objects[0]?.pixels ?? 0), 0);
    expect(seen(1)).toBeLessThan(0.97 * seen(0));
    expect(seen(1)).toBeGreaterThan(0.5 * seen(0));
  });

  test("every class has parts of its own, all seen at 64 pixels", () => {
    expect(SYNTH_CLASSES.length).toBeGreaterThanOrEqual(10);
    expect(PART_LEGEND.length).toBeLessThan(LOOSE_PART);
    const sets = SYNTH_CLASSES.map((c) => (FIGURES[c] as (typeof FIGURES)[string])([0, 0, 0, 0]).map((p) => p.name));
    expect(new Set(sets.map((s) => [...s].sort().join())).size).toBe(SYNTH_CLASSES.length);
    expect(sets.every((s) => new Set(s).size === s.length && s.length >= 3)).toBe(true);
    const whole = some({ distractors: [0, 0] }, 130);
    expect(share(whole, (p) => p.objects.every((o) => o.parts.every((part) => part.pixels > 0)))).toBeGreaterThan(0.97);
  });

  test("house and church differ in the steeple alone", () => {
    const parts = (name: string): readonly string[] => PART_LEGEND.filter((p) => p.class === name).map((p) => p.part);
    expect(parts("church").filter((p) => !parts("house").includes(p))).toEqual(["steeple"]);
    expect(parts("house").every((p) => parts("church").includes(p))).toBe(true);
  });
});

describe("as a data set", () => {
  test("draws what the pictures are, by split, window and order", async () => {
    const options = { seed: 2, count: 60, flip: 0.3 } as const;
    const settings = synthSettings(options);
    const data = synthDataSet({ ...options, split: "val", shuffle: 1 });
    const items = await listed(data.items());
    expect(items).toHaveLength(data.count as number);
    expect(items.length).toBeGreaterThan(2);
    for (const item of items) {
      const index = Number(/(\d+)\.png$/.exec(item.id)?.[1]);
      const { image, objectMask, objects, label } = drawSynth(settings, index);
      expect(item.split).toBe("val");
      expect((await item.load()).data).toEqual(image.data);
      expect((await item.mask?.())?.data).toEqual(objectMask.data);
      expect(item.boxes).toEqual(objects.map((o) => o.box));
      expect(item.label).toEqual({ index: SYNTH_CLASSES.indexOf(label.givenLabel), name: label.givenLabel });
    }
  });

  test("can ask for the shortcut instead", async () => {
    const data = synthDataSet({ count: 80, watermark: { class: "cup", rate: 1 }, truth: "shortcut" });
    const items = await listed(data.items());
    expect(items.map((i) => i.label?.name)).toEqual(new Array(items.length).fill("cup"));
    for (const item of items) {
      const mask = (await item.mask?.()) as { data: ArrayLike<number> };
      expect([around(mask.data, 64, (v) => v === 255)]).toEqual(item.boxes);
    }
  });

  test("what is loaded is the caller's own", async () => {
    const [item] = await listed(synthDataSet({ count: 1 }).items());
    const first = await item?.load();
    first?.data.fill(0);
    expect((await item?.load())?.data.some((v) => v !== 0)).toBe(true);
  });
});

describe("refusals", () => {
  test.each([
    [{ size: 8 }, /`size`.*16 to 4096, got 8/],
    [{ seed: -1 }, /`seed`/],
    [{ classes: ["bird", "unicorn"] }, /`classes`.*unicorn/],
    [{ classes: [] }, /`classes`/],
    [{ classes: ["bird", "bird"] }, /`classes`/],
    [{ objects: [0, 1] }, /`objects`/],
    [{ distractors: [3, 1] }, /`distractors`/],
    [{ flip: 1.5 }, /`flip`/],
    [{ classes: ["bird"], flip: 0.5 }, /`flip`/],
    [{ splits: [0.5, 0.1, 0.1] }, /`splits`/],
    [{ watermark: { class: "dog", rate: 1 } }, /`watermark`.*dog/],
    [{ watermark: { class: "bird", rate: Number.NaN } }, /`watermark`/],
    [{ background: { class: "bird", rate: 1, ground: "moon" } }, /`background`.*moon/],
  ] as readonly [SynthOptions, RegExp][])("%j", (options, message) => {
    expect(() => synthSettings(options)).toThrowError(
      expect.objectContaining({ code: "E_PARAM", message: expect.stringMatching(message) }),
    );
  });
});
