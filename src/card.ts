/** @file `META.json`: a small card beside a model that states its preprocessing, for models without a Hugging Face config. */
import { OnnxplainError } from "./errors.ts";
import type { ChannelOrder, Preprocessing } from "./image/preprocess.ts";
import { same } from "./image/to-preprocessor-config.ts";
import type { Resample } from "./image/types.ts";

interface CardPreprocessing {
  readonly resizeShorterSide?: number | null;
  readonly centerCrop?: number | null;
  readonly interpolation?: string | null;
  readonly channelOrder?: string;
  readonly scale?: number;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

/**
 * Read `{ preprocessing: { resizeShorterSide, centerCrop, interpolation, channelOrder, scale, mean, std }, input: { layout } }`;
 * input = (pixel in 0…255 * scale - mean) / std. A card without preprocessing states nothing. Throws `E_FILE` on wrong types.
 */
export function readCard(json: unknown): { readonly preprocessing?: Preprocessing } {
  const card = json as { readonly preprocessing?: CardPreprocessing; readonly input?: { readonly layout?: string } };
  const p = card?.preprocessing;
  if (typeof p !== "object" || p === null) return {};
  const { mean, std } = p;
  if (!Array.isArray(mean) || !Array.isArray(std) || typeof p.scale !== "number") {
    throw new OnnxplainError(
      "E_FILE",
      "`META.json` has `preprocessing` without numeric `scale`, `mean` and `std`. Complete it, or remove it and use flags.",
    );
  }
  return {
    preprocessing: {
      resize: p.resizeShorterSide ? { shorterSide: p.resizeShorterSide } : null,
      crop: p.centerCrop ? { width: p.centerCrop, height: p.centerCrop } : null,
      resample: (p.interpolation ?? "bilinear") as Resample,
      channelOrder: (p.channelOrder ?? "RGB") as ChannelOrder,
      scale: p.scale,
      mean,
      std,
      layout: card.input?.layout?.toLowerCase() === "nhwc" ? "nhwc" : "nchw",
    },
  };
}

/** The card that {@link readCard} reads as exactly this preprocessing; undefined where it cannot say it: sides that differ. */
export function writeCard(spec: Preprocessing): Readonly<Record<string, unknown>> | undefined {
  const { resize, crop } = spec;
  const card = {
    input: { layout: spec.layout.toUpperCase() },
    preprocessing: {
      resizeShorterSide: resize && "shorterSide" in resize ? resize.shorterSide : null,
      centerCrop: crop?.width ?? null,
      interpolation: spec.resample,
      channelOrder: spec.channelOrder,
      scale: spec.scale,
      mean: spec.mean,
      std: spec.std,
    },
  };
  const told: Preprocessing = crop?.rounding === "even" ? { ...spec, crop: { ...crop, rounding: undefined } } : spec;
  const { preprocessing } = readCard(card);
  return preprocessing && same(preprocessing, told) ? card : undefined;
}
