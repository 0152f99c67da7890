/** @file A graph with places: what the layout hands to the drawing, as plain JSON. Lengths are pixels at a scale of 1. */

/** A node, or a group: shut (one box) or open (a frame around what it holds). */
export interface PlacedItem {
  readonly id: string;
  readonly open: boolean;
  /** Frames around it. */
  readonly depth: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  /** An SVG path. */
  readonly path: string;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** Shape of what flows there; `""` where the same is written elsewhere. */
  readonly label: string;
  readonly labelX: number;
  readonly labelY: number;
}

export interface Placed {
  readonly width: number;
  readonly height: number;
  /** Frames before what they hold. */
  readonly items: readonly PlacedItem[];
  readonly edges: readonly PlacedEdge[];
  /** Which boxes feed which: ids of nodes and shut groups. */
  readonly links: readonly (readonly [from: string, to: string])[];
  /** Ids of the open groups. */
  readonly open: readonly string[];
}
