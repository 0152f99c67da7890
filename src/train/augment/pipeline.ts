/** @file Augmentations one after the other, as one function of picture and random numbers. */
import { OnnxplainError } from "../../errors.ts";
import type { ImageU8, Resample, Size } from "../../image/types.ts";
import { readParams } from "../../params.ts";
import type { Augmentation, AugmentSetting } from "./augmentation.ts";
import { AUGMENTATIONS, type AugmentationId } from "./table.ts";

/** An augmentation by name, with parameters where the defaults are not meant. */
export type AugmentationChoice =
  | AugmentationId
  | { readonly id: AugmentationId; readonly params?: Readonly<Record<string, unknown>> };

export interface AugmentPipeline {
  /** Samples of each picture in an epoch. */
  readonly views: number;
  /** What is kept of a picture, where that is not the network's own picture. */
  readonly frame: ((image: ImageU8) => ImageU8) | undefined;
  /** Of the network's size and the channels of the picture. */
  readonly apply: (image: ImageU8, draw: { readonly random: () => number; readonly view: number }) => ImageU8;
}

interface Step {
  readonly augmentation: Augmentation;
  readonly setting: AugmentSetting;
}

/**
 * In the order given, but for the one that cuts the network's picture out of a larger one, which comes first.
 * Throws `E_PARAM` for an unknown name or parameter, and for two that cut.
 */
export function augmentPipeline(
  choices: readonly AugmentationChoice[],
  { size, resample }: { readonly size: Size; readonly resample: Resample },
): AugmentPipeline {
  const given = choices.map((choice): Step => {
    const { id, params = {} } = typeof choice === "string" ? { id: choice } : choice;
    const augmentation = augmentationOf(id);
    return { augmentation, setting: { params: readParams(id, augmentation.params, params), size, resample } };
  });
  const cutters = given.filter((s) => s.augmentation.frame);
  if (cutters.length > 1)
    throw new OnnxplainError(
      "E_PARAM",
      `${cutters.map((s) => `\`${s.augmentation.id}\``).join(" and ")} each cut the network's picture out of a larger one. Choose one of them.`,
    );
  const [cutter] = cutters;
  const steps = [...cutters, ...given.filter((s) => s !== cutter)];
  const frame = cutter?.augmentation.frame;
  return {
    views: cutter?.augmentation.views ?? 1,
    frame: cutter && frame && ((image) => frame(image, cutter.setting)),
    apply: (image, draw) =>
      steps.reduce((picture, { augmentation, setting }) => augmentation.apply(picture, { ...setting, ...draw }), image),
  };
}

function augmentationOf(id: string): Augmentation {
  if (Object.hasOwn(AUGMENTATIONS, id)) return AUGMENTATIONS[id as AugmentationId];
  throw new OnnxplainError(
    "E_PARAM",
    `Unknown augmentation \`${id}\`. Known: ${Object.keys(AUGMENTATIONS).join(", ")}.`,
  );
}
