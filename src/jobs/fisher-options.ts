/** @file What `fisher train` is asked for, what it says while it works, and what it leaves. */
import type { DataSet } from "../data/dataset.ts";
import type { StartName } from "../fisher/em-start.ts";
import type { Framing } from "../fisher/framing.ts";
import type { FisherPipeline, SpatialLayout } from "../fisher/pipeline.ts";
import type { SiftSettings } from "../fisher/sift-settings.ts";
import type { SvmLoss } from "../fisher/svm.ts";
import type { Device } from "../runtime/session.ts";
import type { Skipped } from "../train/feed.ts";
import type { FisherHead, OpenFisher } from "./fisher-open.ts";

export interface FisherSettings {
  /** Default the toolkit's. */
  readonly sift?: Partial<SiftSettings> | undefined;
  readonly framing?: Framing | undefined;
  /** K, default 256. */
  readonly components?: number | undefined;
  /** D, default 80. */
  readonly width?: number | undefined;
  /** Descriptors for PCA and mixture, at most, but one of each picture at least; default 200,000. */
  readonly samples?: number | undefined;
  /** [R] default true. */
  readonly subtractMean?: boolean | undefined;
  readonly start?: StartName | undefined;
  /** Default 100. */
  readonly iterations?: number | undefined;
  readonly spatial?: SpatialLayout | undefined;
  readonly zeroth?: boolean | undefined;
  readonly loss?: SvmLoss | undefined;
  /** C; where there are several, cross-validation chooses. */
  readonly costs?: readonly number[] | undefined;
  readonly folds?: number | undefined;
  readonly seed?: number | undefined;
}

export const STAGES = ["descriptors", "projection", "mixture", "vectors", "products", "machines", "test"] as const;
export type FisherStage = (typeof STAGES)[number];

export interface FisherTrainOptions extends FisherSettings {
  readonly folder: string;
  readonly resume?: boolean | undefined;
  readonly data: DataSet;
  /** Measured at the end. */
  readonly test?: DataSet | undefined;
  readonly badLabels?: "refuse" | "skip" | undefined;
  /** Keep the training pictures' Fisher vectors, for `shares`; default true. */
  readonly keepVectors?: boolean | undefined;
  readonly device?: Device | undefined;
  readonly threads?: number | undefined;
  readonly command?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((stage: FisherStage, done: number, of: number | undefined) => void) | undefined;
}

/** AP of each class and their mean, 11 points, 0 … 1; null where a class has no positive. */
export interface Ranking {
  readonly pictures: number;
  readonly mean: number | null;
  readonly classes: readonly (number | null)[];
}

/** `fisher.json`. */
export interface FisherReport extends FisherHead {
  readonly data: string;
  readonly several: boolean;
  readonly per_class: readonly number[];
  readonly seed: number;
  readonly samples: number;
  readonly subtract_mean: boolean;
  /** Share of the sampled descriptors' variance that the projection keeps; null where they do not vary. */
  readonly explained_variance: number | null;
  readonly mixture: {
    readonly start: StartName;
    readonly converged: boolean;
    /** Mean log likelihood of a descriptor at the start and after every update, in nats. */
    readonly likelihoods: readonly number[];
    readonly empty: number;
  };
  readonly machines: {
    readonly loss: SvmLoss;
    readonly cost: number;
    readonly folds: number;
    /** Mean AP over folds of every C tried; empty where one was given. */
    readonly tried: readonly { readonly cost: number; readonly precision: number | null }[];
    readonly support: readonly number[];
  };
  readonly train: Ranking;
  readonly test: Ranking | null;
  /** Decision thresholds of equal error, of the test pictures where there are some; null where a class has one sign alone. */
  readonly thresholds: readonly (number | null)[];
  readonly unread: readonly Pick<Skipped, "id" | "message">[];
  readonly seconds: Readonly<Partial<Record<FisherStage, number>>>;
  readonly command: string | null;
  readonly notes: readonly string[];
}

/** What `fisher train` leaves, in memory too. */
export interface FisherRun {
  readonly folder: string;
  readonly pipeline: FisherPipeline;
  readonly report: FisherReport;
}

/** A trained folder with all that its report says. */
export type TrainedFisher = OpenFisher<FisherReport>;
