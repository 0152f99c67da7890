/** @file The four shapes of the demo world, as signed distances: what the rasteriser draws and what the network's templates expect. */

/** Shapes, in label order. */
export const SHAPES = ["disc", "square", "triangle", "ring"] as const;
export type Shape = (typeof SHAPES)[number];

/** Half the side of a square, circumradius of a triangle, outer and inner radius of a ring, in units of the shape's radius. */
const SQUARE_HALF = 0.9;
const TRIANGLE_CIRCUMRADIUS = 1.32;
const RING_OUTER = 1.08;
const RING_INNER = 0.54;

/** Radius of the circle around a shape of radius 1. */
export const CIRCUMRADIUS: Readonly<Record<Shape, number>> = {
  disc: 1,
  square: SQUARE_HALF * Math.SQRT2,
  triangle: TRIANGLE_CIRCUMRADIUS,
  ring: RING_OUTER,
};

const HALF_ROOT_3 = Math.sqrt(3) / 2;

/**
 * Signed distance from the outline of a shape of radius `r` centred on 0 (triangle: its centroid, apex up); x to the right,
 * y down, negative inside. Beyond a corner it is the distance to the nearer edge line, so its gradient is an edge normal everywhere.
 */
export function distance(shape: Shape, at: { readonly x: number; readonly y: number; readonly r: number }): number {
  const { x, y, r } = at;
  switch (shape) {
    case "disc":
      return Math.sqrt(x * x + y * y) - r;
    case "square":
      return Math.max(Math.abs(x), Math.abs(y)) - SQUARE_HALF * r;
    case "triangle":
      return Math.max(y, HALF_ROOT_3 * Math.abs(x) - y / 2) - (TRIANGLE_CIRCUMRADIUS / 2) * r;
    case "ring": {
      const length = Math.sqrt(x * x + y * y);
      return Math.max(length - RING_OUTER * r, RING_INNER * r - length);
    }
  }
}
