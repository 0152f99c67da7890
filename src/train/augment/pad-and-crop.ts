/** @file Moves a picture by a few pixels: padded on all sides, then cut back to its size at a random place. */
import { OnnxplainError } from "../../errors.ts";
import { crop } from "../../image/crop.ts";
import type { ImageU8 } from "../../image/types.ts";
import { integer, oneOf } from "../../params.ts";
import type { Augmentation } from "./augmentation.ts";

/** A picture's pixels moved by (-left, -top) within its frame; beyond an edge the picture is reflected about the edge's pixel. */
export function shiftReflected(image: ImageU8, left: number, top: number): ImageU8 {
  const { width, height, channels, data } = image;
  const out = new Uint8Array(data.length);
  const [first, last] = [Math.max(0, -left), Math.min(width, width - left)];
  for (let y = 0; y < height; y++) {
    const from = reflected(y + top, height) * width;
    const to = y * width;
    out.set(data.subarray((from + first + left) * channels, (from + last + left) * channels), (to + first) * channels);
    for (let x = 0; x < width; x = x + 1 === first ? last : x + 1) {
      if (x >= first && x < last) continue;
      const source = (from + reflected(x + left, width)) * channels;
      for (let c = 0; c < channels; c++) out[(to + x) * channels + c] = data[source + c]!;
    }
  }
  return { width, height, channels, data: out };
}

/** The edge's own pixel is not repeated. */
const reflected = (at: number, size: number): number => (at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at);

export const padAndCrop: Augmentation = {
  id: "pad-and-crop",
  about: "padded on all sides, then cut back to its size at a random place",
  source: "He et al. 2016, Deep residual learning, section 4.2; torchvision 0.14, RandomCrop(size, padding)",
  params: {
    pad: integer(4, 0, "pixels on each side"),
    fill: oneOf("zero", ["zero", "reflect"], "what is padded: black, or the picture reflected"),
  },
  apply: (image, { params, random }) => {
    const pad = params.pad as number;
    const { width, height } = image;
    const reflect = params.fill === "reflect";
    if (reflect && pad >= Math.min(width, height))
      throw new OnnxplainError(
        "E_PARAM",
        `A picture of ${width} x ${height} cannot be reflected ${pad} pixels beyond its edges. Make \`pad\` smaller than both, or \`fill\` zero.`,
      );
    const top = Math.floor(random() * (2 * pad + 1)) - pad;
    const left = Math.floor(random() * (2 * pad + 1)) - pad;
    if (left === 0 && top === 0) return image;
    return reflect ? shiftReflected(image, left, top) : crop(image, { left, top, width, height });
  },
};
