/** @file What the report of a training is made from. */
import type { Tally } from "../../train/accuracy.ts";
import type { AveragePrecision } from "../../train/average-precision.ts";
import type { EqualError } from "../../train/equal-error.ts";

/** What was asked for, in words. */
export interface TrainingFacts {
  /** Architecture or model: `resnet-small`, `mobilenet (new head)`. */
  readonly network: string;
  readonly data: string;
  /** Numbers that are trained; frozen ones stand apart. */
  readonly parameters: number;
  readonly frozen?: number | undefined;
  /** Pictures by split, in reading order: `["train", 5000]`. */
  readonly splits: readonly (readonly [split: string, pictures: number])[];
  readonly stepsAnEpoch: number;
  /** Wall-clock time of training and validation. */
  readonly seconds: number;
  /** The command line that repeats the training. */
  readonly command?: string | undefined;
  /** Every setting, in reading order. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly notes?: readonly string[] | undefined;
}

/** After one optimiser step. */
export interface StepRecord {
  /** Steps taken so far, from 1. */
  readonly step: number;
  /** Mean loss of the step's batch. */
  readonly loss: number;
  readonly rate: number;
}

/** After one epoch, or whenever the network was validated. */
export interface EpochRecord {
  /** Steps taken so far. */
  readonly step: number;
  readonly validationLoss?: number | undefined;
  /** Accuracy or mean average precision, 0 … 1, named by {@link TrainingReport.measure}. */
  readonly train?: number | undefined;
  readonly validation?: number | undefined;
}

/** The trained network on one split. */
export interface SplitResult {
  readonly split: string;
  readonly pictures: number;
  readonly loss?: number | undefined;
  /** `["accuracy", 0.712]`, `["top-5 accuracy", 0.981]`: 0 … 1, null where undefined. */
  readonly measures: readonly (readonly [name: string, value: number | null])[];
}

/** What each class scores: one class a picture, or several labels a picture. */
export type ClassResults =
  | { readonly kind: "single"; readonly split: string; readonly tally: Tally }
  | {
      readonly kind: "multi";
      readonly split: string;
      readonly precisions: readonly AveragePrecision[];
      readonly errors: readonly EqualError[];
    };

export interface Checkpoint {
  /** As the user would open it, relative to the report. */
  readonly path: string;
  readonly step: number;
  readonly bytes: number;
  /** Measure on the validation split. */
  readonly validation?: number | undefined;
  /** The one to use. */
  readonly best?: boolean | undefined;
}

/** A picture that took no part. */
export interface SkippedPicture {
  readonly image: string;
  readonly code: string;
  readonly message: string;
}

/** How it ended. `diverged` and `interrupted` say in `message` where: step, and layer where it is known. */
export interface TrainingEnd {
  readonly kind: "finished" | "early" | "interrupted" | "diverged";
  readonly message?: string | undefined;
}

export interface TrainingReport {
  readonly facts: TrainingFacts;
  /** Name of what epochs measure: `accuracy`, `mAP (11 points)`. */
  readonly measure: string;
  readonly steps: readonly StepRecord[];
  readonly epochs: readonly EpochRecord[];
  readonly end: TrainingEnd;
  /** The first measure of the first split is the headline. */
  readonly results: readonly SplitResult[];
  readonly labels: readonly string[];
  readonly classes?: ClassResults | undefined;
  readonly checkpoints: readonly Checkpoint[];
  readonly skipped: readonly SkippedPicture[];
}
