/** @file How much a classifier uses of what surrounds an object: the ratio mu of each picture, and its mean over a class. */
import type { Box, Outcome } from "../metrics/metric.ts";
import { outsideInsideRatio } from "../metrics/outside-inside.ts";
import { REASON } from "../metrics/refusal.ts";
import { truthOf } from "../metrics/truth.ts";
import { NOT_FINITE } from "../metrics/usable-map.ts";

export interface ContextQuestion {
  /** R1 `[height, width]`, raw and signed. */
  readonly map: Float32Array | Float64Array;
  readonly width: number;
  readonly height: number;
  /** Boxes of the class that the map explains, in pixels of the map; their union counts as inside. */
  readonly boxes: readonly Box[];
  /** Relevance below 0 counts as 0, so that mu >= 0; default false. */
  readonly positiveOnly?: boolean;
}

/**
 * mu = mean relevance outside the boxes over mean relevance inside; large where context was used. Excluded, with the reason, where the
 * mean inside is not above 0, where the boxes hold no pixel or every pixel, and where the map is not finite or of another size. A
 * constant map has mu = 1.
 *
 * Source: Lapuschkin et al. 2016 (CVPR), section 4; the metric `outside-inside` states the same number.
 */
export function contextRatio({ map, width, height, boxes, positiveOnly = false }: ContextQuestion): Outcome {
  if (map.length !== width * height) return { excluded: REASON.size };
  if (!map.every(Number.isFinite)) return { excluded: NOT_FINITE };
  const truth = truthOf({ width, height, mask: undefined, boxes }, { truth: "boxes" });
  if (typeof truth === "string") return { excluded: truth };
  return outsideInsideRatio(map, truth, positiveOnly ? "positive" : "signed");
}

/** One picture and one class. */
export interface ContextRecord {
  /** Index of the class. */
  readonly class: number;
  /** The class is among the picture's true ones. */
  readonly present: boolean;
  /** The classifier says that it is there. */
  readonly predicted: boolean;
  /** Asked only of pictures where the class is present and predicted. */
  readonly mu: Outcome | undefined;
}

export interface ClassContext {
  readonly class: number;
  /** Mean of mu over the pictures that have one; null where none has. */
  readonly mu: number | null;
  /** Pictures in the mean. */
  readonly images: number;
  readonly present: number;
  readonly presentAndPredicted: number;
  /** Present and predicted, but mu is undefined. */
  readonly undefinedImages: number;
  /** How often each reason occurred. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Means over pictures where a class is present and predicted ([R]: the paper does not name its pictures), one for each of `classes`. */
export function contextOfClasses(records: readonly ContextRecord[], classes: number): readonly ClassContext[] {
  return Array.from({ length: classes }, (_, c) => {
    const present = records.filter((r) => r.class === c && r.present);
    const found = present.filter((r) => r.predicted);
    const outcomes = found.map((r) => r.mu ?? { excluded: NOT_ASKED });
    const values = outcomes.filter((o) => typeof o === "number");
    const reasons: Record<string, number> = {};
    for (const o of outcomes) if (typeof o !== "number") reasons[o.excluded] = (reasons[o.excluded] ?? 0) + 1;
    return {
      class: c,
      mu: values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length,
      images: values.length,
      present: present.length,
      presentAndPredicted: found.length,
      undefinedImages: found.length - values.length,
      reasons,
    };
  });
}

const NOT_ASKED = "the picture has no map of the class";
