/** @file Samples out of pictures: kept or decoded anew, augmented, written into tensors. */
import type { DataItem } from "../../data/dataset.ts";
import { prefetch } from "../../data/prefetch.ts";
import { OnnxplainError } from "../../errors.ts";
import { toGray, toRgb } from "../../image/channels.ts";
import { networkPicture, type Preprocessing } from "../../image/preprocess.ts";
import type { ImageU8, Size } from "../../image/types.ts";
import type { AugmentPipeline } from "../augment/pipeline.ts";
import type { Batch } from "../batch.ts";
import type { PictureCache } from "../picture-cache.ts";
import type { Samples } from "./samples.ts";
import { drawsOf } from "./stream.ts";
import type { Labelled } from "./survey.ts";
import { tensorWriter } from "./tensor.ts";

/** Pictures decoded at once: a decoded photograph is a hundred times its network input. */
export const DECODED_AT_ONCE = 4;

/** What is kept of a decoded picture for one use. */
export interface Form {
  readonly of: (image: ImageU8, id: string) => ImageU8;
  readonly cache: PictureCache;
}

export interface PictureSamples {
  readonly pictures: readonly Labelled[];
  readonly classes: number;
  readonly several: boolean;
  readonly size: Size;
  readonly spec: Preprocessing;
  readonly seed: number;
  readonly pipeline: AugmentPipeline | undefined;
  /** The network's own picture. */
  readonly seen: Form;
  /** What the augmentation takes; the same as `seen` unless it cuts by itself. */
  readonly work: Form;
  readonly signal?: AbortSignal | undefined;
}

/** Without mask and boxes, which training does not read. */
export const pictureOnly = ({ id, load }: DataItem): DataItem => ({ id, load, label: undefined });

/** The network's own picture. Throws `E_INPUT_SHAPE` for another size than the network's. */
export const seenForm =
  (spec: Preprocessing, size: Size) =>
  (image: ImageU8, id: string): ImageU8 => {
    const picture = networkPicture(image, spec);
    if (picture.width === size.width && picture.height === size.height) return picture;
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `\`${id}\` becomes ${picture.width} x ${picture.height} by the preprocessing, the network takes ${size.width} x ${size.height}. Set \`size\`, or a resize and crop.`,
    );
  };

/** What an augmentation that cuts by itself takes. */
export const framedForm =
  (spec: Preprocessing, frame: (image: ImageU8) => ImageU8) =>
  (image: ImageU8): ImageU8 =>
    frame(spec.channelOrder === "GRAY" ? toGray(image) : toRgb(image));

/** Batches throw what decoding anew throws: `E_FILE`, `E_IMAGE_READ`, `E_ABORTED`. */
export function pictureSamples(made: PictureSamples): Samples {
  const { pictures, classes, several, size, spec, pipeline } = made;
  const write = tensorWriter(spec);
  const channels = spec.channelOrder === "GRAY" ? 1 : 3;
  const length = channels * size.width * size.height;
  const views = pipeline?.views ?? 1;
  return {
    pictures: pictures.length,
    views,
    classes,
    dims: [channels, size.height, size.width],
    classOf: several ? undefined : Int32Array.from(pictures, (p) => p.classes[0] as number),
    batch: async (samples, { epoch, places }): Promise<Batch> => {
      const augmented = epoch !== undefined && pipeline !== undefined;
      const per = augmented ? views : 1;
      const indices = samples.map((s) => Math.floor(s / (epoch === undefined ? 1 : views)));
      const found = await picturesOf(indices, augmented ? made.work : made.seen, made);
      const images = new Float32Array(samples.length * length);
      const targets = new Float32Array(samples.length * classes);
      for (let i = 0; i < samples.length; i++) {
        const sample = samples[i] as number;
        const index = indices[i] as number;
        let picture = found(index);
        if (augmented)
          picture = pipeline.apply(picture, {
            random: drawsOf(made.seed, { epoch, place: places?.[i] ?? sample }),
            view: sample % per,
          });
        write(picture, images, i * length);
        for (const c of (pictures[index] as Labelled).classes) targets[i * classes + c] = 1;
      }
      return { images, targets, count: samples.length };
    },
  };
}

/** Those that are not kept are decoded now, each once. */
async function picturesOf(
  indices: Int32Array,
  { of, cache }: Form,
  { pictures, signal }: PictureSamples,
): Promise<(index: number) => ImageU8> {
  const missing = [...new Set(indices)].filter((i) => cache.get(i) === undefined);
  if (missing.length === 0) return (i) => cache.get(i) as ImageU8;
  const items = missing.map((i) => pictureOnly((pictures[i] as Labelled).item));
  const decoded = new Map<number, ImageU8>();
  let at = 0;
  for await (const got of prefetch(items, DECODED_AT_ONCE, { signal })) {
    if ("error" in got) throw got.error;
    const index = missing[at++] as number;
    const picture = of(got.image, got.item.id);
    decoded.set(index, picture);
    cache.offer(index, picture);
  }
  return (i) => (decoded.get(i) ?? cache.get(i)) as ImageU8;
}
