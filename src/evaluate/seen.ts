/** @file An item of the data as the network sees it: input, pixels, and ground truth carried through the same resize and crop. */
import type { DataItem, DataLabel, PictureBox } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { formatDims } from "../graph/dim.ts";
import { centerCrop } from "../image/crop.ts";
import { resizedSize } from "../image/geometry.ts";
import { type Preprocessing, preprocess } from "../image/preprocess.ts";
import { withInputSize } from "../image/presets.ts";
import { resize } from "../image/resize.ts";
import type { ImageU8, Rect, Size } from "../image/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Box } from "../metrics/metric.ts";

export interface Seen {
  readonly id: string;
  /** The network's input, one row. */
  readonly x: Float32Array;
  /** [C,H,W] in 0..1, channels in the network's order. */
  readonly pixels: Float32Array;
  readonly toInput: (pixels: Float32Array) => Float32Array;
  readonly mask: Uint8Array | undefined;
  readonly boxes: readonly SeenBox[] | undefined;
  /** Why there is no mask or no box although the data has one. */
  readonly lost: Readonly<Record<"mask" | "boxes", string | undefined>>;
  /** What is to be logged of the mask. */
  readonly troubles: readonly OnnxplainError[];
}

/** Stands for a class that the model does not know. */
const NO_CLASS = -1;

/** A box, and the model's class of what it holds: -1 for one it does not know, undefined where the data does not say. */
export interface SeenBox extends Box {
  readonly of: number | undefined;
}

/** `classOf` says which of the model's classes a box of the data is about. Decode and preprocess. Throws `E_FILE`, `E_IMAGE_READ`, `E_INPUT_SHAPE`. */
export async function see(
  item: DataItem,
  classifier: Classifier,
  stated: Preprocessing,
  classOf: (label: DataLabel) => number | undefined = () => undefined,
): Promise<Seen> {
  const picture = await item.load();
  const { spec, made } = fitted(picture, classifier, stated);
  const mask = await maskOf(item, picture, spec);
  const boxes = boxesOf(item.boxes, made.window, { width: classifier.width, height: classifier.height, classOf });
  return {
    id: item.id,
    x: made.data,
    pixels: pixelsOf(made.cropped, spec),
    toInput: toInput(spec),
    mask: mask instanceof Uint8Array ? mask : undefined,
    boxes: boxes?.length === 0 ? undefined : boxes,
    lost: {
      mask: mask === undefined || mask instanceof Uint8Array ? undefined : mask.why,
      boxes: boxes?.length === 0 ? "no box lies within what the network sees" : undefined,
    },
    troubles: mask !== undefined && "trouble" in mask ? [mask.trouble] : [],
  };
}

function fitted(picture: ImageU8, classifier: Classifier, stated: Preprocessing) {
  const fits = ({ dims }: { readonly dims: readonly number[] }): boolean =>
    dims.slice(1).every((d, i) => d === classifier.input.dims?.[i + 1]);
  let spec = stated;
  let made = preprocess(picture, spec);
  if (!fits(made) && !spec.resize && !spec.crop) {
    spec = withInputSize(spec, classifier);
    made = preprocess(picture, spec);
  }
  if (fits(made)) return { spec, made };
  throw new OnnxplainError(
    "E_INPUT_SHAPE",
    `Preprocessing gives ${formatDims(made.dims)}, the model takes ${formatDims(classifier.input.dims)}. Set \`--size\`, \`--crop\` or \`--layout\`.`,
  );
}

function pixelsOf({ width, height, data }: ImageU8, { channelOrder }: Preprocessing): Float32Array {
  const size = width * height;
  const channels = channelOrder === "GRAY" ? 1 : 3;
  const out = new Float32Array(channels * size);
  for (let c = 0; c < channels; c++) {
    const from = channelOrder === "BGR" ? 2 - c : c;
    for (let i = 0; i < size; i++) out[c * size + i] = (data[i * 3 + from] as number) / 255;
  }
  return out;
}

/** `(p * 255 * scale - mean) / std`, each step rounded to float32: at the levels u / 255 bit for bit what `preprocess` gives. */
const toInput =
  ({ scale, mean, std, layout, channelOrder }: Preprocessing) =>
  (pixels: Float32Array): Float32Array => {
    const channels = channelOrder === "GRAY" ? 1 : 3;
    const size = pixels.length / channels;
    const gain = 255 * scale;
    const out = new Float32Array(pixels.length);
    for (let c = 0; c < channels; c++) {
      const [m, s] = [Math.fround(mean[c] as number), Math.fround(std[c] as number)];
      const [to, step] = layout === "nchw" ? [c * size, 1] : [c, channels];
      for (let i = 0; i < size; i++)
        out[to + i * step] = Math.fround(Math.fround((pixels[c * size + i] as number) * gain) - m) / s;
    }
    return out;
  };

type Lost = { readonly why: string } | { readonly why: string; readonly trouble: OnnxplainError };

async function maskOf(item: DataItem, picture: Size, spec: Preprocessing): Promise<Uint8Array | Lost | undefined> {
  if (item.mask === undefined) return undefined;
  let mask: ImageU8;
  try {
    mask = await item.mask();
    if (mask.width !== picture.width || mask.height !== picture.height)
      throw new OnnxplainError(
        "E_INPUT_SHAPE",
        `The mask of \`${item.id}\` is ${mask.width} x ${mask.height}, its picture ${picture.width} x ${picture.height}. A mask must be as large as its picture.`,
      );
  } catch (error) {
    if (!(error instanceof OnnxplainError)) throw error;
    return { why: `the mask cannot be used (${error.code})`, trouble: error };
  }
  const { data, channels } = carried(mask, spec);
  const inside = Uint8Array.from({ length: data.length / channels }, (_, i) => (data[i * channels] === 0 ? 0 : 1));
  return inside.includes(1) ? inside : { why: "nothing of the mask lies within what the network sees" };
}

/** Through the picture's resize and crop, without new values. */
function carried(mask: ImageU8, { resize: rule, crop }: Preprocessing): ImageU8 {
  const resized = rule ? resize(mask, { ...resizedSize(mask, rule), resample: "nearest" }) : mask;
  return crop ? centerCrop(resized, crop) : resized;
}

/** A pixel of the input lies in a box when its centre does, as with masks; a box that holds no centre keeps one pixel. */
function boxesOf(
  boxes: readonly PictureBox[] | undefined,
  window: Rect,
  to: Size & { readonly classOf: (label: DataLabel) => number | undefined },
): readonly SeenBox[] | undefined {
  const axis = (low: number, high: number, { from, size, pixels }: Axis): readonly [number, number] | undefined => {
    const [a, b] = [low, high].map((v) => ((v - from) * pixels) / size) as [number, number];
    if (!(b > 0 && a < pixels && b > a)) return undefined;
    const first = Math.max(0, Math.ceil(a - 0.5));
    const last = Math.min(pixels, Math.ceil(b - 0.5));
    const only = Math.min(pixels - 1, Math.max(0, Math.floor(a)));
    return last > first ? [first, last] : [only, only + 1];
  };
  return boxes?.flatMap((box) => {
    const x = axis(box.x0, box.x1, { from: window.left, size: window.width, pixels: to.width });
    const y = axis(box.y0, box.y1, { from: window.top, size: window.height, pixels: to.height });
    const named = box.index !== undefined || box.name !== undefined;
    return x && y
      ? [{ x0: x[0], y0: y[0], x1: x[1], y1: y[1], of: named ? (to.classOf(box) ?? NO_CLASS) : undefined }]
      : [];
  });
}

interface Axis {
  readonly from: number;
  readonly size: number;
  readonly pixels: number;
}
