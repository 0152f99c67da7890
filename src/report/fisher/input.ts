/** @file What the page on an explained Fisher-vector pipeline is made from: plain values, pictures as PNG bytes, maps as numbers. */
import type { Rect } from "../../image/types.ts";
import type { PageFacts, PagePoint } from "../representers/input.ts";

export type { PageFacts, PagePoint } from "../representers/input.ts";

/** A map of the framed picture, signed, C order `[height * width]`. */
export interface PixelMap {
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/** A descriptor with the pixels it stands for. */
export interface PageDescriptor {
  readonly area: Rect;
  readonly relevance: number;
  /** Centre and side of a bin, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** The Gaussian that answers most, and its posterior. */
  readonly gaussian: number;
  readonly posterior: number;
}

/** A class's score of one picture, and where it comes from. */
export interface PageRelevance {
  readonly score: number;
  /** Null where there is none. */
  readonly threshold: number | null;
  readonly positive: boolean | null;
  readonly map: PixelMap;
  /** In units of the score: R3, its closed form after the leak, R2, R1, and the largest difference of what must be equal. */
  readonly sums: Readonly<Record<"dimensions" | "expected" | "leak" | "descriptors" | "pixels" | "deviation", number>>;
  /** R3 by kind of statistic; `pi` is 0 where the vector has no weights. */
  readonly blocks: Readonly<Record<"pi" | "mu" | "sigma", number>>;
  /** R3 of the Gaussians that matter most, largest magnitude first, and of all the others together. */
  readonly gaussians: readonly { readonly index: number; readonly value: number }[];
  readonly otherGaussians: { readonly count: number; readonly value: number };
  /** R3 of each cell, where there are several. */
  readonly cells: readonly number[];
  /** Largest first; smallest first. */
  readonly for: readonly PageDescriptor[];
  readonly against: readonly PageDescriptor[];
}

export interface PageShare {
  readonly point: PagePoint;
  /** alpha * similarity. */
  readonly share: number;
  readonly alpha: number;
  readonly similarity: number;
}

export interface PageShares {
  readonly positive: readonly PageShare[];
  readonly negative: readonly PageShare[];
  /** Training pictures with a share. */
  readonly support: number;
  readonly sum: number;
  readonly bias: number;
  /** |sum + bias - f|. */
  readonly deviation: number;
}

export interface PageClass {
  readonly index: number;
  readonly before: PageRelevance;
  readonly after?: PageRelevance | undefined;
  readonly shares?: PageShares | undefined;
}

export interface PageScore {
  readonly index: number;
  readonly score: number;
  readonly threshold: number | null;
  readonly after?: number | undefined;
}

export interface PagePicture {
  readonly id: string;
  /** As the pipeline saw it, PNG; and after the edits. */
  readonly picture: Uint8Array;
  readonly edited?: Uint8Array | undefined;
  readonly descriptors: number;
  /** Of all classes. */
  readonly scores: readonly PageScore[];
  readonly classes: readonly PageClass[];
  readonly notes: readonly string[];
}

/** `fisher explain`. */
export interface FisherExplainPage {
  readonly facts: PageFacts;
  readonly labels: readonly string[];
  /** The edits, as they were written. */
  readonly edits: readonly string[];
  readonly items: readonly PagePicture[];
}
