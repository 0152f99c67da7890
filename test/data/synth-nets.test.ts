/** @file The constructed networks: they decide as their closed form says, and their exact evidence lies where it must. */
import { afterAll, describe, expect, test } from "vitest";
import { drawSynth, type SynthPicture } from "../../src/data/synth/draw.ts";
import { type SynthOptions, synthSettings } from "../../src/data/synth/settings.ts";
import { plainGround, templateModelBytes } from "../../src/data/synth/template-net.ts";
import { MARK_LEAST, MARK_LEVEL, UNMARKED_LOGIT, watermarkModelBytes } from "../../src/data/synth/watermark-net.ts";
import { argMax, explain, predict } from "../../src/explain.ts";
import { PRESETS } from "../../src/image/presets.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { loadModel } from "../../src/load.ts";

const open = async (bytes: Uint8Array, options: SynthOptions) => {
  const { classes, width, height } = synthSettings(options);
  return loadModel(bytes, { labels: classes, preprocessing: { ...PRESETS.unit, resize: { width, height } } });
};
const draw = (options: SynthOptions, count: number): readonly SynthPicture[] => {
  const settings = synthSettings(options);
  return Array.from({ length: count }, (_, i) => drawSynth(settings, i));
};
/** Sum of magnitudes on a mask and off it; `[C,H,W]` against `[H,W]`. */
const massOf = (values: ArrayLike<number>, mask: ImageU8): { readonly on: number; readonly off: number } => {
  let [on, off] = [0, 0];
  for (let i = 0; i < values.length; i++)
    if (mask.data[i % mask.data.length] === 0) off += Math.abs(values[i] as number);
    else on += Math.abs(values[i] as number);
  return { on, off };
};

describe.each([
  ["64 pixels", 64],
  ["128 pixels, two a dot", 128],
])("the network that cheats, %s", async (_, size) => {
  const planted: SynthOptions = { seed: 4, size, watermark: { class: "fish", rate: 1, others: 0.5 } };
  const model = await open(watermarkModelBytes(planted), planted);
  afterAll(() => model.dispose());
  const fish = synthSettings(planted).classes.indexOf("fish");
  const pictures = draw(planted, size === 64 ? 130 : 39);
  const marked = pictures.filter((p) => p.label.watermark);

  test("takes whatever carries the watermark for a fish, and nothing else", async () => {
    expect(marked.length).toBeGreaterThan(pictures.length / 3);
    for (const p of pictures) {
      const logits = (await predict(model, p.image))[0] as Float32Array;
      expect(argMax(logits) === fish).toBe(p.label.watermark);
      if (p.label.watermark)
        expect(logits[fish]).toBeGreaterThan(60 * (MARK_LEAST - MARK_LEVEL) + UNMARKED_LOGIT - 0.3);
      else expect(logits[fish]).toBe(UNMARKED_LOGIT);
    }
  });

  test("its gradient lies on the watermark and is exactly 0 elsewhere", async () => {
    for (const p of marked.slice(0, 10)) {
      const map = await explain(model, p.image, { method: "gradient", target: fish });
      const { on, off } = massOf(map.values, p.shortcutMask as ImageU8);
      expect(on).toBeCloseTo(120, 2); // 60 times the mean of the glyphs and the mean of the plate
      expect(off).toBe(0);
    }
  });

  test("what occlusion finds is the watermark", async () => {
    for (const p of marked.slice(0, size === 64 ? 3 : 1)) {
      const window = size / 16;
      const map = await explain(model, p.image, {
        method: "occlusion",
        target: fish,
        params: { sliding_window_shapes: [3, window, window], strides: [3, window / 2, window / 2] },
      });
      const { x0, y0, x1, y1 } = p.watermark as { x0: number; y0: number; x1: number; y1: number };
      const plane = map.values.slice(0, size * size);
      plane.forEach((v, i) => {
        const [x, y] = [i % size, Math.floor(i / size)];
        const near = x > x0 - window && x < x1 + window && y > y0 - window && y < y1 + window;
        if (!near) expect(v).toBe(0);
      });
      expect(p.shortcutMask?.data[argMax(plane)]).toBe(255);
    }
  });

  test("the object has no part in it", async () => {
    for (const p of marked.filter((m) => m.label.trueLabel === "fish").slice(0, 5)) {
      const map = await explain(model, p.image, { method: "gradient", target: fish });
      expect(massOf(map.values, p.objectMask).on).toBe(0);
    }
  });
});

test("without a watermark to look for, it is refused", () => {
  expect(() => watermarkModelBytes({})).toThrowError(expect.objectContaining({ code: "E_PARAM" }));
});

describe("the network of templates", async () => {
  const options: SynthOptions = { plain: true, seed: 3 };
  const model = await open(templateModelBytes(options), options);
  afterAll(() => model.dispose());
  const { classes } = synthSettings(options);
  const pictures = draw(options, 39);

  test("is right on every plain scene, house against church too", async () => {
    for (const p of pictures) {
      const logits = (await predict(model, p.image))[0] as Float32Array;
      expect(classes[argMax(logits)]).toBe(p.label.trueLabel);
      const others = logits.filter((_, c) => classes[c] !== p.label.trueLabel);
      expect((logits[argMax(logits)] as number) - Math.max(...others)).toBeGreaterThan(1);
    }
  });

  test("its evidence lies on the object and nowhere else, and adds up to twice the logit", async () => {
    for (const p of pictures.slice(0, 13)) {
      const gradient = await explain(model, p.image, { method: "gradient" });
      expect(massOf(gradient.values, p.objectMask).off).toBe(0);
      const pixels = p.image.width * p.image.height;
      const evidence = gradient.values.map((g, i) => {
        const c = Math.floor(i / pixels);
        return g * ((p.image.data[3 * (i % pixels) + c] as number) / 255 - plainGround(c));
      });
      expect(Math.min(...evidence)).toBeGreaterThanOrEqual(0);
      expect(evidence.reduce((sum, v) => sum + v, 0) / gradient.score / 2).toBeCloseTo(1, 3);
      const seen = p.partMask.data.filter((_, i) => [0, 1, 2].some((c) => evidence[c * pixels + i] !== 0)).length;
      expect(seen).toBe(p.objects[0]?.pixels);
    }
  });
});
