/** @file What is to be said of two frames held side by side: layers without a pair, directions arranged otherwise. */
import { pairedLayer } from "../report/patterns/change.ts";
import type { FrameFacts } from "./patterns-report.ts";
import type { SamplesAbout } from "./patterns-samples.ts";

/** Angle between directions, in degrees, from which a note says that they are arranged otherwise. */
const APART = 30;

/** The angle whose chord is the root mean square of ||mu R^T - mu of the frame before|| over C directions, in degrees. */
export const degreesApart = (residual: number, categories: number): number =>
  (360 / Math.PI) * Math.asin(Math.min(1, residual / Math.sqrt(categories) / 2));

/** Where a frame does not compare with the one before it as a reader would expect. */
export function comparisonNotes(
  { layers }: Pick<FrameFacts, "layers">,
  before: Pick<FrameFacts, "name" | "layers">,
  { residual, categories }: Pick<SamplesAbout, "residual"> & { readonly categories: number },
): readonly string[] {
  const alone = layers.filter((_, l) => pairedLayer(layers, before.layers, l) === undefined);
  const apart = residual === null ? 0 : degreesApart(residual, categories);
  return [
    ...(alone.length === 0
      ? []
      : [
          `${alone.map((l) => `\`${l.name}\``).join(", ")}: compared with no layer of \`${before.name}\`, which has ${before.layers.length} layers and none so called (here ${layers.length}). Regions kept, turned, lost and gained are not counted there.`,
        ]),
    ...(apart < APART
      ? []
      : [
          `Directions are arranged otherwise than in \`${before.name}\`: turned as near as can be, they are ${Math.round(apart)} degrees apart. Regions of the two compare by category, not by place in the space.`,
        ]),
  ];
}
