/** @file Toy data sets and metrics: small enough to know every forward image beforehand. */
import type { DataItem, DataSet } from "../../src/data/dataset.ts";
import { OnnxplainError } from "../../src/errors.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { type Metric, maps, type Query, scores } from "../../src/metrics/metric.ts";
import { integer } from "../../src/params.ts";
import { wave } from "../nets.ts";

/** A picture of waves, [size, size, 3]. */
export const picture = (seed: number, size = 8): ImageU8 => ({
  width: size,
  height: size,
  channels: 3,
  data: Uint8Array.from(wave(size * size * 3, seed), (v) => Math.round((v + 1) * 127)),
});

export const itemOf = (i: number, rest: Partial<DataItem> = {}): DataItem => ({
  id: `image-${String(i).padStart(4, "0")}`,
  load: async () => picture(i + 1),
  label: { index: i % 4 },
  ...rest,
});

export const broken = (i: number): DataItem =>
  itemOf(i, {
    load: async () => {
      throw new OnnxplainError("E_IMAGE_READ", "The picture is cut off.");
    },
  });

export const dataOf = (items: readonly DataItem[]): DataSet => ({
  name: "toys",
  classes: undefined,
  count: items.length,
  items: async function* () {
    yield* items;
  },
  notes: [],
});
export const toys = (count: number): DataSet => dataOf(Array.from({ length: count }, (_, i) => itemOf(i)));

const base = { aliases: [], source: "a toy", params: {}, needs: [], cost: "see run" } as const;
const variant = { id: "value", about: "", range: [0, 1], better: "higher" } as const;

/** Asks for the image, its negative under a key that all maps share, and a blend of its own. */
export const three: Metric = {
  ...base,
  id: "three",
  title: "three forward images",
  variants: [variant, { ...variant, id: "sum" }],
  *run(image) {
    const negative: Query = { x: image.x.map((v) => -v), key: "negative" };
    const own: Query = { x: image.x.map((v, i) => v * (image.map[i % image.map.length] as number)) };
    const [whole, other, mine] = yield* scores([{ x: image.x }, negative, own]);
    const p = [whole, other, mine].map((s) => s?.probabilities[image.target] as number) as [number, number, number];
    return { values: { value: p[2] - p[1], sum: p[0] + p[1] + p[2] } };
  },
};

/** Asks `steps` questions one after the other, each made from the answer before. */
export const walk: Metric = {
  ...base,
  id: "walk",
  title: "a walk",
  params: { steps: integer(3, 0, "how many") },
  variants: [variant],
  *run(image, { steps }) {
    let gain = 1;
    const curve: number[] = [];
    for (let i = 0; i < (steps as number); i++) {
      const [found] = yield* scores([{ x: image.x.map((v) => v * gain) }]);
      gain = 0.5 + (found?.probabilities[image.target] as number);
      curve.push(gain);
    }
    return { values: { value: gain }, curves: { gain: Float32Array.from(curve) }, counts: { steps: steps as number } };
  },
};

/** Asks for the map of the negative image, twice under one key. */
export const again: Metric = {
  ...base,
  id: "again",
  title: "the map of another image",
  variants: [variant],
  *run(image) {
    const x = image.x.map((v) => -v);
    const [a, b] = yield* maps([
      { x, target: image.target, key: "negative" },
      { x, target: image.target, key: "negative" },
    ]);
    if (!a || !b) return { values: { value: { excluded: "no map" } } };
    return { values: { value: a.reduce((s, v, i) => s + v * (image.map[i] as number) + 0 * (b[i] as number), 0) } };
  },
};

export const failing: Metric = {
  ...base,
  id: "failing",
  title: "fails on some images",
  variants: [variant],
  *run(image) {
    const [s] = yield* scores([{ x: image.x }]);
    if (image.id.endsWith("3")) throw new OnnxplainError("E_NUMERIC", "three is too many");
    return { values: { value: image.id.endsWith("4") ? Number.NaN : (s?.probabilities[0] as number) } };
  },
};

export const masked: Metric = {
  ...base,
  id: "masked",
  title: "needs a mask",
  needs: ["mask"],
  variants: [variant],
  *run({ mask }) {
    return { values: { value: (mask as Uint8Array).reduce((s, v) => s + v, 0) } };
  },
};

/** Pixels in the boxes, boxes that overlap counted twice. */
export const boxed: Metric = {
  ...base,
  id: "boxed",
  title: "needs boxes",
  needs: ["boxes"],
  variants: [variant],
  *run({ boxes = [] }) {
    return { values: { value: boxes.reduce((sum, b) => sum + (b.x1 - b.x0) * (b.y1 - b.y0), 0) } };
  },
};
