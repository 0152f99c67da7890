/** @file Single images of a data set looked at again: what the network saw of them, and what methods say. */
import type { DataItem, DataSet } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { argMax } from "../explain/scores.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { ImageU8 } from "../image/types.ts";
import type { Scored } from "../metrics/metric.ts";
import type { Plane } from "./plane.ts";
import type { Seen } from "./seen.ts";
import type { Bench } from "./window.ts";

export interface Looked {
  readonly id: string;
  readonly picture: ImageU8;
  readonly prediction: number;
  /** Of the prediction. */
  readonly probability: number;
  /** Maps of methods by the names of the results; those that failed are absent. */
  readonly maps: ReadonlyMap<string, Plane>;
}

/** The images with these ids, in the data's order; one that cannot be read is passed over. */
export async function* look(
  bench: Pick<Bench, "classifier" | "scorer" | "methods" | "sources" | "targetOf">,
  data: DataSet,
  {
    ids,
    see,
    labelOf,
    preprocessing,
  }: {
    readonly ids: ReadonlySet<string>;
    readonly see: (item: DataItem) => Promise<Seen>;
    readonly labelOf: (item: DataItem) => number | undefined;
    readonly preprocessing: Preprocessing;
  },
): AsyncGenerator<Looked> {
  let left = ids.size;
  for await (const item of data.items()) {
    if (left === 0) return;
    if (!ids.has(item.id)) continue;
    left--;
    try {
      const seen = await see(item);
      const [{ logits, probabilities }] = (await bench.scorer.score([seen.x])) as [Scored];
      const target = bench.targetOf(logits, labelOf(item));
      const all = await bench.methods.all([{ x: seen.x, target }]);
      const maps = new Map<string, Plane>();
      for (const { kind, name, members } of bench.sources) {
        const found = kind === "method" ? all.get(members[0])?.[0] : undefined;
        if (found && "map" in found) maps.set(name, found);
      }
      const prediction = argMax(logits);
      const probability = probabilities[prediction] as number;
      yield {
        id: item.id,
        picture: pictureOf(seen.pixels, bench.classifier, preprocessing),
        prediction,
        probability,
        maps,
      };
    } catch (error) {
      if (!(error instanceof OnnxplainError) || error.code === "E_INTERNAL") throw error;
    }
  }
}

/** [C,H,W] in 0..1 as RGB. */
function pictureOf(
  pixels: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
  { channelOrder }: Preprocessing,
): ImageU8 {
  const size = width * height;
  const plane = (c: number): number => (channelOrder === "GRAY" ? 0 : channelOrder === "BGR" ? 2 - c : c);
  const data = new Uint8Array(size * 3);
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < size; i++) data[i * 3 + c] = Math.round((pixels[plane(c) * size + i] as number) * 255);
  return { width, height, channels: 3, data };
}
