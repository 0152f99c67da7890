/** @file The classic pipeline as a value: descriptors, projection, mixture, encoding, one linear classifier a class. */
import type { Mixture } from "./mixture.ts";
import type { Projection } from "./projection.ts";
import type { SiftSettings } from "./sift-settings.ts";

/**
 * Where descriptors lie: not at all; as two more numbers ((x - W/2)/W, (y - H/2)/H) of each; or as one Fisher vector for each cell of
 * 1x1 + 2x2 + 3 rows. [R]: the paper does not say; default `none`.
 */
export type SpatialLayout = "none" | "xy" | "pyramid";
export const SPATIAL_LAYOUTS: readonly SpatialLayout[] = ["none", "xy", "pyramid"];

export interface Encoding {
  readonly sift: SiftSettings;
  readonly projection: Projection;
  /** Of `projection.width` numbers, two more with `xy`. */
  readonly mixture: Mixture;
  readonly spatial: SpatialLayout;
  /** The block Psi_pi is part of the vector. [R]: default true, as the paper's eq. 1. */
  readonly zeroth: boolean;
}

/** f_c(x) = w_c . Phi(x) + b_c. */
export interface LinearClassifiers {
  readonly classes: number;
  /** w `[classes, V]`. */
  readonly weights: Float64Array;
  /** b `[classes]`. */
  readonly biases: Float64Array;
}

export interface FisherPipeline {
  readonly encoding: Encoding;
  readonly classifiers: LinearClassifiers;
  readonly labels: readonly string[];
}

/** Cells of a layout as fractions of the picture: x0, y0, x1, y1. A frame belongs to the cell that holds its centre. */
export const CELLS: Readonly<Record<SpatialLayout, readonly (readonly [number, number, number, number])[]>> = {
  none: [[0, 0, 1, 1]],
  xy: [[0, 0, 1, 1]],
  pyramid: [
    [0, 0, 1, 1],
    [0, 0, 1 / 2, 1 / 2],
    [1 / 2, 0, 1, 1 / 2],
    [0, 1 / 2, 1 / 2, 1],
    [1 / 2, 1 / 2, 1, 1],
    [0, 0, 1, 1 / 3],
    [0, 1 / 3, 1, 2 / 3],
    [0, 2 / 3, 1, 1],
  ],
};

/** Numbers in the Fisher vector of one cell: pi [K], mu [K, D], sigma [K, D]. */
export const cellWidth = ({ mixture, zeroth }: Pick<Encoding, "mixture" | "zeroth">): number =>
  mixture.components * (2 * mixture.width + (zeroth ? 1 : 0));

/** V: numbers in Phi, cell after cell. */
export const vectorWidth = (encoding: Pick<Encoding, "mixture" | "zeroth" | "spatial">): number =>
  CELLS[encoding.spatial].length * cellWidth(encoding);
