/** @file Labelled pictures as the pipeline takes them: framed, as planes, with the classes they show. */
import type { DataItem } from "../data/dataset.ts";
import { prefetch } from "../data/prefetch.ts";
import { OnnxplainError } from "../errors.ts";
import { type Framing, framed, planesOf } from "../fisher/framing.ts";
import { fittingGrids } from "../fisher/sessions.ts";
import type { SiftSettings } from "../fisher/sift-settings.ts";
import type { ImageU8 } from "../image/types.ts";
import type { PointSource } from "./representers-points.ts";

/** Pictures decoded at once, ahead of the arithmetic. */
const AHEAD = 2;

/** A picture that could be read, or why it could not. */
export type FramedPicture = { readonly item: DataItem } & (
  | { readonly image: ImageU8 }
  | { readonly error: OnnxplainError }
);

/** In the order of the items; a picture that is too small for a descriptor is one that cannot be used. */
export async function* framedPictures(
  items: readonly DataItem[],
  { framing, sift }: { readonly framing: Framing; readonly sift: SiftSettings },
  signal?: AbortSignal,
): AsyncGenerator<FramedPicture> {
  for await (const got of prefetch(items, AHEAD, { signal })) {
    if ("error" in got) {
      yield { item: got.item, error: got.error };
      continue;
    }
    try {
      const image = framed(got.image, framing);
      fittingGrids(image, sift);
      yield { item: got.item, image };
    } catch (error) {
      if (!(error instanceof OnnxplainError)) throw error;
      yield { item: got.item, error };
    }
  }
}

/** The same as points, one picture a batch, since sizes differ. */
export const framedPoints = (
  name: string,
  items: readonly DataItem[],
  as: { readonly framing: Framing; readonly sift: SiftSettings },
): PointSource => ({
  name,
  count: items.length,
  notes: [],
  points: async function* (signal) {
    for await (const got of framedPictures(items, as, signal)) {
      const head = { id: got.item.id, label: -1 };
      if ("error" in got) yield { ...head, error: got.error.message };
      else yield { ...head, row: planesOf(got.image), dims: [3, got.image.height, got.image.width] };
    }
  },
});
