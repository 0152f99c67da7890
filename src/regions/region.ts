/** @file One interpretation: the polytope of a picture, its weights for heat maps, and the references it stands for. */
import type { Classifier } from "../methods/classifier.ts";
import type { Layer } from "../methods/layers.ts";
import { type Boundaries, readBoundaries, sourceOf } from "./boundary.ts";
import { type Cover, type CoverOptions, cover } from "./cover.ts";
import type { RegionFit } from "./fit.ts";
import { boundaryGraph } from "./graphs.ts";
import { type ChannelWeights, channelWeights } from "./heat-map.ts";
import { picturesInMemory } from "./pictures.ts";
import { openProjector } from "./projections.ts";
import { openStream, type Stream, type StreamOptions } from "./stream.ts";

export interface Region extends Cover {
  /** The network's class of the picture. */
  readonly label: number;
  /** Of the picture at every boundary of the fit. */
  readonly values: Float64Array;
  /** psi of the picture. */
  readonly psi: Float32Array;
  /** For heat maps, of the picture and of every other one that is covered. */
  readonly weights: ChannelWeights;
  /** The picture's own boundary, which the weights are of where the polytope has none (no reference of another class need be kept out). */
  readonly own: Boundaries | undefined;
}

/** Covered references of all classes. */
export const representativeness = ({ same, other }: Pick<Cover, "same" | "other">): number => same + other;

/** A picture lies on the positive side of its own boundary, also where its two leading scores are equal. */
const INSIDE = [1] as const;

/** Reads interpretations off a fit; holds native sessions. */
export interface RegionReader {
  /** `x`: one picture as the network takes it. One pass, and one forward and back where the polytope has no boundary. */
  readonly region: (x: Float32Array, options?: CoverOptions) => Promise<Region>;
  readonly dispose: () => Promise<void>;
}

/** Throws `E_RUNTIME`, and as {@link boundaryGraph}. */
export async function openRegions(
  classifier: Classifier,
  layer: Layer,
  fit: RegionFit,
  options: StreamOptions = {},
): Promise<RegionReader> {
  const projector = await openProjector(classifier, layer, options);
  const { boundaries, sides, projections } = fit;
  let own: Promise<Stream> | undefined;
  async function ownBoundary(x: Float32Array): Promise<Boundaries> {
    own ??= openStream(sourceOf(classifier, boundaryGraph(classifier, layer)), options);
    return readBoundaries(await own, picturesInMemory(x, x.length), boundaries.width);
  }
  return {
    region: async (x, asked) => {
      const found = await projector.read(picturesInMemory(x, x.length), boundaries);
      const { values, classes } = found.projections;
      const label = classes[0] as number;
      const polytope = cover({ sides, classes: projections.classes }, { values, label }, asked);
      const said = { ...polytope, label, values, psi: found.psi };
      if (polytope.order.length > 0)
        return {
          ...said,
          own: undefined,
          weights: channelWeights(boundaries, layer, { order: polytope.order, values }),
        };
      const boundary = await ownBoundary(x);
      return {
        ...said,
        own: boundary,
        weights: channelWeights(boundary, layer, { order: [0], values: INSIDE }),
      };
    },
    dispose: async () => void (await Promise.all([projector.dispose(), own?.then((s) => s.dispose())])),
  };
}
