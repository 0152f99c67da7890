/** @file Writes Hugging Face's `preprocessor_config.json`. */
import { fromPreprocessorConfig } from "./from-preprocessor-config.ts";
import type { ResizeSpec } from "./geometry.ts";
import type { Preprocessing } from "./preprocess.ts";

/** Pillow's codes. */
const CODES: Readonly<Record<Preprocessing["resample"], number>> = {
  nearest: 0,
  lanczos: 1,
  bilinear: 2,
  bicubic: 3,
  box: 4,
  hamming: 5,
};

/** A parsed `preprocessor_config.json`. */
export type PreprocessorConfig = Readonly<Record<string, unknown>>;

/**
 * The `preprocessor_config.json` that {@link fromPreprocessorConfig} reads as exactly this preprocessing; undefined where the format
 * cannot say it: another layout than NCHW, another rounding of crops than Hugging Face's.
 */
export function toPreprocessorConfig(spec: Preprocessing): PreprocessorConfig | undefined {
  const { resize, crop, resample, channelOrder, scale, mean, std } = spec;
  const config: PreprocessorConfig = {
    image_processor_type: "ViTImageProcessor",
    do_resize: Boolean(resize),
    ...(resize ? { size: sizeOf(resize) } : {}),
    resample: CODES[resample],
    do_center_crop: Boolean(crop),
    ...(crop ? { crop_size: { height: crop.height, width: crop.width } } : {}),
    do_rescale: true,
    rescale_factor: scale,
    do_normalize: true,
    image_mean: mean,
    image_std: std,
    ...(channelOrder === "BGR" ? { do_flip_channel_order: true } : {}),
  };
  return scale > 0 && same(fromPreprocessorConfig(config), spec) ? config : undefined;
}

const sizeOf = (resize: ResizeSpec): unknown =>
  "shorterSide" in resize ? { shortest_edge: resize.shorterSide } : { height: resize.height, width: resize.width };

/** Equal in every field, absent and null alike. */
export const same = (a: Preprocessing, b: Preprocessing): boolean => plain(a) === plain(b);

const plain = ({ resize, crop, ...rest }: Preprocessing): string =>
  JSON.stringify([resize, crop, rest], (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : (value ?? null),
  );
