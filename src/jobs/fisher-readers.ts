/** @file What is read of a picture for training: some of its descriptors, or its Fisher vector. */
import { descriptorsModel } from "../fisher/descriptors.ts";
import { frameGrids, framesOf } from "../fisher/frames.ts";
import { type Encoding, vectorWidth } from "../fisher/pipeline.ts";
import { encodingModel } from "../fisher/pipeline-graph.ts";
import { placeOf } from "../fisher/places.ts";
import type { RowSource } from "../fisher/rows.ts";
import { type Sessions, sessionsBySize } from "../fisher/sessions.ts";
import { DESCRIPTOR_WIDTH, type SiftSettings } from "../fisher/sift-settings.ts";
import type { Model } from "../graph/types.ts";
import type { Size } from "../image/types.ts";
import type { FeatureSource } from "../representers/features.ts";
import type { HostTensor } from "../runtime/session.ts";
import type { FeatureReader } from "./representers-extract.ts";

/** Stands where a picture has fewer descriptors than are asked for; no descriptor has a negative number. */
const NONE = -1;

/** A sampled descriptor, and ((x - W/2)/W, (y - H/2)/H) of its frame behind. */
export const SAMPLE_WIDTH: number = DESCRIPTOR_WIDTH + 2;

/** At most `count` descriptors of each picture, at even distances: `[count, 130]`, {@link NONE} behind the last. */
export const descriptorReader = (sift: SiftSettings, count: number): FeatureReader =>
  reader(
    count * SAMPLE_WIDTH,
    "descriptors",
    (size) => descriptorsModel(sift, size),
    (all, size) => {
      const frames = framesOf(frameGrids(size, sift));
      const there = all.length / DESCRIPTOR_WIDTH;
      const taken = Math.min(count, there);
      const rows = new Float32Array(count * SAMPLE_WIDTH).fill(NONE);
      for (let i = 0; i < taken; i++) {
        const at = Math.floor(((i + 0.5) * there) / taken);
        rows.set(all.subarray(at * DESCRIPTOR_WIDTH, (at + 1) * DESCRIPTOR_WIDTH), i * SAMPLE_WIDTH);
        rows.set(placeOf(frames, at, size), i * SAMPLE_WIDTH + DESCRIPTOR_WIDTH);
      }
      return rows;
    },
  );

/** Phi of each picture. */
export const vectorReader = (encoding: Encoding): FeatureReader =>
  reader(
    vectorWidth(encoding),
    "phi",
    (size) => encodingModel(encoding, size),
    (phi) => phi,
  );

/** Sampled descriptors of all pictures, by themselves: the descriptors `[n, 128]`, or their places `[n, 2]`. */
export function sampled(pictures: FeatureSource, part: "descriptors" | "places", count: number): RowSource {
  const [from, width] = part === "descriptors" ? [0, DESCRIPTOR_WIDTH] : [DESCRIPTOR_WIDTH, 2];
  return {
    count,
    width,
    blocks: async function* (size = 4096) {
      let first = 0;
      for await (const { rows } of pictures.blocks(Math.max(1, Math.floor((size * SAMPLE_WIDTH) / pictures.width)))) {
        const own = new Float32Array((rows.length / SAMPLE_WIDTH) * width);
        let to = 0;
        for (let at = 0; at < rows.length; at += SAMPLE_WIDTH)
          if (rows[at] !== NONE) {
            own.set(rows.subarray(at + from, at + from + width), to);
            to += width;
          }
        if (to > 0) yield { first, count: to / width, rows: own.subarray(0, to) };
        first += to / width;
      }
    },
  };
}

/** How many descriptors were sampled. */
export async function sampledCount(pictures: FeatureSource): Promise<number> {
  let count = 0;
  for await (const { rows } of pictures.blocks(1))
    for (let at = 0; at < rows.length; at += SAMPLE_WIDTH) if (rows[at] !== NONE) count++;
  return count;
}

function reader(
  width: number,
  output: string,
  build: (size: Size) => Model,
  read: (data: Float32Array, size: Size) => Float32Array,
): FeatureReader {
  return {
    width,
    open: async (options) => {
      const sessions: Sessions = sessionsBySize(build, options);
      return {
        run: async (image: HostTensor) => {
          const [, , height = 0, width = 0] = image.dims;
          const session = await sessions.of({ width, height });
          return read((await session.run({ image }, [output]))[output]?.data as Float32Array, { width, height });
        },
        dispose: sessions.dispose,
      };
    },
  };
}
