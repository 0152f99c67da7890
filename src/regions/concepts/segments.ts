/** @file Superpixels of a picture at several resolutions: tiny ones and repetitions of coarser ones are left out. */
import { OnnxplainError } from "../../errors.ts";
import { toRgb } from "../../image/channels.ts";
import type { ImageU8, Rect } from "../../image/types.ts";
import { slic } from "../../segments/superpixels.ts";

/** A connected piece of a picture. */
export interface Segment {
  /** Which of the resolutions it comes from. */
  readonly resolution: number;
  /** Labels of all pixels at that resolution; the piece is where they equal `label`. */
  readonly labels: Int32Array;
  readonly label: number;
  /** Pixels. */
  readonly area: number;
  /** The smallest box around it. */
  readonly box: Rect;
}

export interface SegmentOptions {
  /** About how many superpixels, coarse first. Default 15, 50, 80. */
  readonly resolutions?: readonly number[] | undefined;
  /** Default 20. */
  readonly compactness?: number | undefined;
  /** Smoothing before, in pixels. Default 1. */
  readonly sigma?: number | undefined;
  /** Segments of at most this share of the picture are left out. Default 0.001. */
  readonly smallest?: number | undefined;
  /** A segment whose Jaccard index with one of an earlier resolution is above this is left out. Default 0.5. */
  readonly overlap?: number | undefined;
}

export const SEGMENTATION = {
  resolutions: [15, 50, 80],
  compactness: 20,
  sigma: 1,
  smallest: 0.001,
  overlap: 0.5,
} as const satisfies SegmentOptions;

export const isIn = ({ labels, label }: Segment, pixel: number): boolean => labels[pixel] === label;

/**
 * Coarse first, then by label; every superpixel takes part, the last label too.
 *
 * Source: Ghorbani et al. 2019 (ACE), section 3 and its code for the numbers. Throws `E_PARAM`, `E_INPUT_SHAPE`.
 */
export function segmentsOf(picture: ImageU8, options: SegmentOptions = {}): readonly Segment[] {
  const { resolutions, compactness, sigma, smallest, overlap } = { ...SEGMENTATION, ...given(options) };
  const bad = resolutions.find((n) => !(Number.isInteger(n) && n >= 1));
  if (bad !== undefined || resolutions.length === 0)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`resolutions\` to be integers from 1 up, got ${bad ?? "none"}: about how many superpixels a picture has.`,
    );
  const { width, height } = picture;
  const planes = planesOf(toRgb(picture));
  const kept: Segment[] = [];
  resolutions.forEach((n_segments, resolution) => {
    const { labels, count } = slic({ planes, width, height }, { n_segments, compactness, sigma });
    const earlier = [...kept];
    const own = piecesOf(labels, { count, width, resolution }).filter((s) => s.area > smallest * width * height);
    kept.push(...own.filter((s) => !earlier.some((e) => jaccard(s, e, width) > overlap)));
  });
  return kept;
}

/** Options that are stated: one that is there and undefined does not take a default away. */
export const given = <T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

function planesOf({ width, height, data }: ImageU8): readonly Uint8Array[] {
  return [0, 1, 2].map((c) => Uint8Array.from({ length: width * height }, (_, i) => data[3 * i + c] as number));
}

function piecesOf(
  labels: Int32Array,
  { count, width, resolution }: { readonly count: number; readonly width: number; readonly resolution: number },
): readonly Segment[] {
  const boxes = Array.from({ length: count }, () => ({ area: 0, x0: width, y0: labels.length, x1: 0, y1: 0 }));
  labels.forEach((label, i) => {
    const box = boxes[label] as (typeof boxes)[number];
    const [x, y] = [i % width, Math.floor(i / width)];
    box.area++;
    box.x0 = Math.min(box.x0, x);
    box.y0 = Math.min(box.y0, y);
    box.x1 = Math.max(box.x1, x + 1);
    box.y1 = Math.max(box.y1, y + 1);
  });
  return boxes.map(({ area, x0, y0, x1, y1 }, label) => ({
    resolution,
    labels,
    label,
    area,
    box: { left: x0, top: y0, width: x1 - x0, height: y1 - y0 },
  }));
}

/** Pixels in both over pixels in either; both segments are of one picture, `width` pixels wide. */
export function jaccard(a: Segment, b: Segment, width: number): number {
  if (apart(a.box, b.box)) return 0;
  const { left, top, width: across, height: down } = a.box;
  let both = 0;
  for (let y = top; y < top + down; y++)
    for (let i = y * width + left; i < y * width + left + across; i++)
      if (a.labels[i] === a.label && b.labels[i] === b.label) both++;
  return both / (a.area + b.area - both);
}

const apart = (a: Rect, b: Rect): boolean =>
  a.left + a.width <= b.left || b.left + b.width <= a.left || a.top + a.height <= b.top || b.top + b.height <= a.top;
