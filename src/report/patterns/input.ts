/** @file What the page on emerging patterns is made of: frames of one set of pictures in one space, layer by layer. */

/** A number, word or flag that decided the results; null = does not apply. */
export type PatternSetting = string | number | boolean | null;

export interface PatternsFacts {
  /** Name of the data. */
  readonly data: string;
  /** Networks in the order in which they first appear. */
  readonly models: readonly { readonly name: string; readonly sha256: string }[];
  readonly version: string;
  readonly command: string | null;
  /** Pictures that were left out. */
  readonly unread: readonly { readonly id: string; readonly message: string }[];
  readonly notes: readonly string[];
}

/** A category of the mixture, in its order. */
export interface PatternCategory {
  readonly name: string;
  /** The first network's class. */
  readonly index: number;
}

/** Small pictures, all of one size. */
export interface Thumbnails {
  readonly width: number;
  readonly height: number;
  /** RGB `[n, height, width, 3]`. */
  readonly pixels: Uint8Array;
}

/** Mean over x1 of a divergence and what goes with it, round by round or step by step. */
export interface PatternCurve {
  /** KL in nats. */
  readonly kl: readonly number[];
  /** Of samples: mean log likelihood. Of regions: L_align, in [-1, 1]. */
  readonly second: readonly number[];
}

/** Knowledge points of a layer at one threshold. */
export interface PatternKnowledge {
  readonly tau: number;
  /** Mean over pictures of positions with max_c p > tau, 0 to HW. */
  readonly count: number;
  /** Mean over pictures with a label of those whose winner is the label; null without labels. */
  readonly reliable: number | null;
  /** Sum of reliable over sum of counts, of pictures with a label; null for 0 / 0. */
  readonly ratio: number | null;
  /** Mean over pictures of their own ratios; null where none is defined. */
  readonly meanRatio: number | null;
}

/** Regions at tau beside those of the frame before, over all pictures. */
export interface PatternChange {
  /** Knowledge points in both frames, of the same winner. */
  readonly kept: number;
  /** In both, of another winner. */
  readonly turned: number;
  readonly lost: number;
  readonly gained: number;
}

/** Regional features of the shown pictures `S`. */
export interface PatternGrids {
  /** h, brought to the common strength, `[S, HW, d]`. */
  readonly arrows: Float32Array;
  /** max_c p `[S, HW]`, 1/C to 1. */
  readonly largest: Float32Array;
  /** argmax_c p `[S, HW]`. */
  readonly winners: Int32Array;
}

export interface PatternLayer {
  readonly name: string;
  readonly op: string;
  /** Its own rows and columns, before pooling. */
  readonly size: readonly [number, number];
  readonly channels: number;
  /** Mean |h| as fitted, and what h was multiplied by to reach the common strength. */
  readonly strength: number;
  readonly scale: number;
  /** In rising order of tau. */
  readonly knowledge: readonly PatternKnowledge[];
  /** Knowledge points of each picture at `tau` of the page, `[n]`, and reliable ones. */
  readonly counts: Int32Array;
  readonly reliable: Int32Array;
  /** Null in the first frame, and where the frame before has no such layer. */
  readonly change: PatternChange | null;
  readonly curve: PatternCurve;
  readonly grids: PatternGrids;
}

/** p(target | g) over the plane, for d = 2 alone. */
export interface PatternContours {
  /** x, and y, of the grid `[steps]`, rising. */
  readonly ticks: Float32Array;
  /** `[C, steps, steps]`: category, y, x. */
  readonly values: Float32Array;
}

/** One network, at one time of its training, under one set of inputs. */
export interface PatternFrame {
  readonly name: string;
  /** Number in {@link PatternsFacts.models}. */
  readonly model: number;
  /** Of the training, where the file tells. */
  readonly epoch: number | null;
  readonly step: number | null;
  readonly input: "clean" | "attacked";
  /** The frame that this one began from and is turned into: "the frame before". An attacked frame's is the clean one of its network. */
  readonly after: number | null;
  /** pi `[C]` and mu `[C, d]`. */
  readonly weights: Float32Array;
  readonly means: Float32Array;
  /** g `[n, d]`, turned into the frame before. */
  readonly points: Float32Array;
  /** argmax of the network's P among the categories `[n]`. */
  readonly predicted: Int32Array;
  /** argmax of Q(y|g) `[n]`. */
  readonly posterior: Int32Array;
  /** max_y Q(y|g) `[n]`, and max_y P(y|x). */
  readonly confidence: Float32Array;
  readonly networkConfidence: Float32Array;
  /** Mean |g|. */
  readonly strength: number;
  /** Share with argmax Q = argmax P. */
  readonly agreement: number;
  /** Shares with argmax = label; null without labels. */
  readonly accuracy: number | null;
  readonly networkAccuracy: number | null;
  /** Round 0 is the start; the one that was kept. */
  readonly curve: PatternCurve;
  readonly best: number;
  readonly converged: boolean;
  /** ||mu R^T - mu of the frame before||; null in the first frame. */
  readonly residual: number | null;
  readonly layers: readonly PatternLayer[];
  readonly contours: PatternContours | null;
  readonly notes: readonly string[];
}

export interface PatternsPage {
  readonly facts: PatternsFacts;
  /** Every choice by name, with its value. */
  readonly settings: Readonly<Record<string, PatternSetting>>;
  /** d: 2 or 3. */
  readonly dimension: number;
  /** Of `counts`, changes and tables; one of every layer's `knowledge`. */
  readonly tau: number;
  /** sigma and kappa0 (null = infinite) of kappa(l). */
  readonly concentration: { readonly sigma: number; readonly kappa0: number | null };
  /** H and W of all grids. */
  readonly grid: readonly [number, number];
  readonly categories: readonly PatternCategory[];
  /** `[n]`, the same in all frames. */
  readonly ids: readonly string[];
  /** Place of the truth among the categories `[n]`; -1 = unknown. */
  readonly labels: Int32Array;
  /** `[n]`, in the order of ids. */
  readonly thumbnails: Thumbnails;
  /** Places of the pictures with grids `[S]`, rising. */
  readonly shown: Int32Array;
  readonly frames: readonly PatternFrame[];
}
