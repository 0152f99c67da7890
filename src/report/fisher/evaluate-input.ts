/** @file What the page of `fisher evaluate` is made from: plain values, pictures as RGB. */
import type { ImageU8 } from "../../image/types.ts";
import type { PageFacts } from "../representers/input.ts";

type Maybe = number | null;

/** One line of the table at the top. */
export interface ModelLine {
  readonly model: string;
  /** Mean AP, 0 … 1. */
  readonly precision: Maybe;
  /** A and V of the first epsilon, and of a random order; null for a model without descriptors. */
  readonly quality: Maybe;
  readonly randomQuality: Maybe;
  readonly flips: Maybe;
  readonly randomFlips: Maybe;
  /** Mean drop of the score over steps of pixel perturbation. */
  readonly pixelDrop: Maybe;
  readonly randomPixelDrop: Maybe;
  readonly mu: Maybe;
  readonly muPositive: Maybe;
  /** Clusters of relevance that are suspicious. */
  readonly suspicious: number;
}

export interface PageRanking {
  readonly model: string;
  readonly mean: Maybe;
  readonly classes: readonly {
    readonly class: number;
    readonly positives: number;
    readonly precision: Maybe;
    readonly threshold: number;
    readonly rate: Maybe;
    readonly truePositives: number;
  }[];
}

export interface PageOrder {
  readonly order: string;
  readonly asked: number;
  readonly traces: number;
  readonly quality: Maybe;
  readonly error: Maybe;
  readonly flipShare: Maybe;
  readonly drops: readonly number[];
  readonly histogram: readonly number[];
  readonly reached: readonly number[];
  readonly classes: readonly ({ readonly quality: Maybe; readonly flipShare: Maybe } | null)[];
}

export interface PagePixels {
  readonly model: string;
  readonly pictures: number;
  readonly map: readonly number[];
  readonly random: readonly number[];
}

export interface PageContext {
  readonly model: string;
  readonly classes: readonly PageClassContext[];
  readonly positiveClasses: readonly Pick<PageClassContext, "mu">[];
}
export interface PageClassContext {
  readonly class: number;
  readonly mu: Maybe;
  readonly images: number;
  readonly presentAndPredicted: number;
  readonly undefinedImages: number;
}

export interface PageSearch {
  readonly model: string;
  readonly class: number;
  readonly maps: number;
  readonly clusters: number;
  readonly border: { readonly positive: Maybe; readonly area: number } | null;
  readonly outside: { readonly positive: Maybe; readonly area: number } | null;
}

export interface PageCluster {
  readonly model: string;
  readonly class: number;
  readonly suspicious: boolean;
  readonly score: number;
  readonly concentration: number;
  readonly misplacement: number;
  readonly constancy: number;
  readonly members: readonly string[];
  readonly share: number;
  readonly border: Maybe;
  readonly outside: Maybe;
  readonly box: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number } | null;
  /** `[grid, grid]`, signed. */
  readonly mean: readonly number[];
  /** What it has beyond the other clusters of the class. */
  readonly beyond: Pick<PageCluster, "score" | "concentration" | "misplacement" | "constancy" | "box" | "mean"> | null;
  readonly examples: readonly { readonly id: string; readonly image: ImageU8 }[];
}

export interface PageSheetRow {
  readonly id: string;
  readonly class: number;
  readonly picture: ImageU8;
  readonly maps: readonly { readonly model: string; readonly image: ImageU8 | null; readonly score: number }[];
}

export interface FisherEvaluatePage {
  readonly facts: PageFacts;
  readonly labels: readonly string[];
  readonly pictures: number;
  /** Pictures that relevance was looked at. */
  readonly explained: number;
  readonly table: readonly ModelLine[];
  readonly rankings: readonly PageRanking[];
  readonly orders: readonly PageOrder[];
  /** Replacements between measurements. */
  readonly batchOf: number;
  readonly repetitions: number;
  readonly pixels: readonly PagePixels[];
  readonly context: readonly PageContext[];
  readonly paired: {
    readonly pictures: number;
    readonly fisher: Maybe;
    readonly network: Maybe;
    readonly fisherLarger: number;
  } | null;
  readonly searches: readonly PageSearch[];
  /** The most suspicious first. */
  readonly clusters: readonly PageCluster[];
  readonly sheets: readonly PageSheetRow[];
}
