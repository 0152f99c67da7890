/** @file Descriptors of a picture, as a graph and as features of pictures. */
import type { Model } from "../graph/types.ts";
import type { Size } from "../image/types.ts";
import { modelOf } from "../ops/model-of.ts";
import { emitGrey, emitSift } from "./sift-graph.ts";
import type { SiftSettings } from "./sift-settings.ts";

/** `image` `[1, 3, height, width]`, R, G, B in 0 … 1 -> `descriptors` `[1, n, 128]` in the order of frames. */
export const descriptorsModel = (sift: SiftSettings, { width, height }: Size): Model =>
  modelOf("descriptors", (g) => {
    const image = g.input("image", "float32", [1, 3, height, width]);
    const scales = emitSift(g, emitGrey(g, image), sift).map((s) => s.descriptors);
    return { descriptors: g.op("Concat", scales, { axis: 1 }) };
  });
