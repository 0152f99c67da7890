/** @file A synthetic data set on disk: whole or not there, and read back as it was drawn. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DataItem } from "../../src/data/dataset.ts";
import { openDataSet } from "../../src/data/open.ts";
import { synthDataSet } from "../../src/data/synth/data-set.ts";
import { drawSynth } from "../../src/data/synth/draw.ts";
import { synthSettings } from "../../src/data/synth/settings.ts";
import { decodeImage } from "../../src/image/decode-node.ts";
import { writeSynth } from "../../src/jobs/synth-node.ts";

const scratch = (): string => mkdtempSync(join(tmpdir(), "onnxplain-synth-"));
const OPTIONS = {
  seed: 5,
  count: 40,
  size: 32,
  classes: ["bird", "fish", "key"],
  flip: 0.2,
  watermark: { class: "bird", rate: 1, others: 0.1 },
  background: { class: "key", rate: 0.5 },
} as const;

const listed = async (items: AsyncIterable<DataItem>): Promise<readonly DataItem[]> => {
  const out: DataItem[] = [];
  for await (const item of items) out.push(item);
  return out;
};

describe("written", async () => {
  const folder = join(scratch(), "data");
  const seen: number[] = [];
  const summary = await writeSynth(folder, { ...OPTIONS, onProgress: ({ done }) => seen.push(done) });

  test("it says what it wrote, and leaves nothing beside it", () => {
    expect(summary).toMatchObject({ count: 40, classes: { bird: 14, fish: 13, key: 13 } });
    expect(summary.watermarked).toBeGreaterThanOrEqual(14);
    expect(summary.flipped).toBeGreaterThan(0);
    expect(seen.at(-1)).toBe(40);
    expect(readdirSync(join(folder, ".."))).toEqual(["data"]);
    expect(readdirSync(folder).sort()).toEqual(
      [
        "manifest.csv",
        "manifest.parquet",
        "masks",
        "parts",
        "parts.json",
        "shortcuts",
        "shortcuts.csv",
        "synth.json",
        "test",
        "train",
        "val",
      ].sort(),
    );
  });

  test.each(["manifest.csv", "manifest.parquet"])("%s reads back as the data set in memory", async (name) => {
    const written = await listed((await openDataSet(join(folder, name), { classes: OPTIONS.classes })).items());
    const drawn = await listed(synthDataSet(OPTIONS).items());
    expect(written.map((i) => [i.id, i.label, i.split, i.boxes])).toEqual(
      drawn.map((i) => [i.id, i.label, i.split, i.boxes]),
    );
    for (const [k, item] of written.entries()) {
      const [image, expected] = [await item.load(), await drawn[k]?.load()];
      expect(image.data.every((v, i) => v === expected?.data[i])).toBe(true);
      const [a, b] = [await item.mask?.(), await drawn[k]?.mask?.()];
      expect(a?.data.every((v, i) => (v !== 0) === (b?.data[i] !== 0))).toBe(true);
    }
  });

  test("shortcuts.csv has the shortcuts as masks", async () => {
    const written = await listed(
      (await openDataSet(join(folder, "shortcuts.csv"), { classes: OPTIONS.classes })).items(),
    );
    const drawn = await listed(synthDataSet({ ...OPTIONS, truth: "shortcut" }).items());
    expect(written.map((i) => i.id)).toEqual(drawn.map((i) => i.id));
    for (const [k, item] of written.entries()) {
      const [a, b] = [await item.mask?.(), await drawn[k]?.mask?.()];
      expect(a?.data.every((v, i) => (v !== 0) === (b?.data[i] !== 0))).toBe(true);
    }
  });

  test("part masks hold the numbers of the legend", async () => {
    const legend = JSON.parse(readFileSync(join(folder, "parts.json"), "utf8")) as {
      parts: { id: number; class: string; inDataSet: boolean }[];
    };
    const settings = synthSettings(OPTIONS);
    for (let i = 0; i < 5; i++) {
      const { partMask, label, objects } = drawSynth(settings, i);
      const name = `${label.split}/${label.givenLabel}/${String(i).padStart(6, "0")}.png`;
      const { data } = await decodeImage(new Uint8Array(readFileSync(join(folder, "parts", name))), name);
      const one = data.length / partMask.data.length;
      expect(partMask.data.every((v, k) => data[k * one] === v)).toBe(true);
      for (const part of objects[0]?.parts ?? [])
        expect(legend.parts.find((p) => p.id === part.id)).toMatchObject({ class: label.trueLabel, inDataSet: true });
    }
  });

  test("synth.json is all it takes to draw it again", () => {
    const { settings, count } = JSON.parse(readFileSync(join(folder, "synth.json"), "utf8")) as {
      settings: ReturnType<typeof synthSettings>;
      count: number;
    };
    expect(count).toBe(40);
    expect(settings).toEqual(synthSettings(OPTIONS));
    expect(drawSynth(settings, 7).image.data).toEqual(drawSynth(synthSettings(OPTIONS), 7).image.data);
  });
});

describe("whole or not there", () => {
  test("a folder that is not empty is refused and left alone", async () => {
    const folder = scratch();
    writeFileSync(join(folder, "mine.txt"), "mine");
    await expect(writeSynth(folder, { count: 2 })).rejects.toMatchObject({ code: "E_FILE" });
    expect(readdirSync(folder)).toEqual(["mine.txt"]);
  });

  test("an empty folder is taken", async () => {
    const folder = join(scratch(), "empty");
    mkdirSync(folder);
    await writeSynth(folder, { count: 2, size: 16 });
    expect(existsSync(join(folder, "manifest.csv"))).toBe(true);
  });

  test("stopped, it leaves nothing", async () => {
    const parent = scratch();
    const stop = new AbortController();
    const job = writeSynth(join(parent, "data"), {
      count: 50,
      size: 16,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done > 5) stop.abort();
      },
    });
    await expect(job).rejects.toMatchObject({ code: "E_ABORTED" });
    expect(readdirSync(parent)).toEqual([]);
  });

  test("options that make no sense leave nothing", async () => {
    const parent = scratch();
    await expect(writeSynth(join(parent, "data"), { count: 0 })).rejects.toMatchObject({ code: "E_PARAM" });
    await expect(writeSynth(join(parent, "data"), { flip: 2 })).rejects.toMatchObject({ code: "E_PARAM" });
    await expect(writeSynth(join(parent, "data"), { workers: -1, count: 1 })).rejects.toMatchObject({
      code: "E_PARAM",
    });
    expect(readdirSync(parent)).toEqual([]);
  });
});
