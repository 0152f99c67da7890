/** @file The pixels that a descriptor stands for: a square around its frame, clipped to the picture. */
import type { FrameGrid } from "./frames.ts";

/**
 * `4s`: the half-open square of side 4 bins around the centre, the nominal descriptor. `5s-1`: everything the triangular bins reach.
 * [R]: the paper says "the receptive field".
 */
export type Area = "4s" | "5s-1";
export const AREAS: readonly Area[] = ["4s", "5s-1"];

/** First and one past the last pixel of a frame's area from the frame's first bin centre, before clipping. */
const REACH: Readonly<Record<Area, (size: number) => readonly [number, number]>> = {
  "4s": (size) => [Math.ceil(-size / 2), Math.ceil(3.5 * size)],
  "5s-1": (size) => [1 - size, 4 * size],
};

/** Pixels along one side that each of `frames` frames covers: `[from, to)`, clipped to `side`; never empty. */
export function spans(
  { size, offset, step }: Pick<FrameGrid, "size" | "offset" | "step">,
  frames: number,
  side: number,
  area: Area,
): readonly (readonly [number, number])[] {
  const [first, end] = REACH[area](size);
  return Array.from({ length: frames }, (_, i) => {
    const start = offset + step * i;
    return [Math.max(0, start + first), Math.min(side, start + end)] as const;
  });
}
