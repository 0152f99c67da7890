/** @file What a training can be asked for, and what it gives. */
import type { DataSet } from "../data/dataset.ts";
import type { ClassifierOptions, DeviceOptions, Explainer } from "../explainer.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Size } from "../image/types.ts";
import type { AugmentationChoice } from "../train/augment/pipeline.ts";
import type { MeanAveragePrecision } from "../train/average-precision.ts";
import type { EqualError } from "../train/equal-error.ts";
import type { Sampling, Skipped } from "../train/feed.ts";
import type { ConstantSchedule, CosineSchedule, StepSchedule } from "../train/schedule.ts";

/** A schedule without its rate and warm-up, which stand apart. */
export type Course =
  | Pick<ConstantSchedule, "kind">
  | Pick<CosineSchedule, "kind" | "floor">
  | Pick<StepSchedule, "kind" | "milestones" | "every" | "factor">;

/** How often a complete ONNX file is written. */
export type CheckpointEvery = { readonly steps: number } | { readonly epochs: number };

export interface TrainingRunOptions extends DeviceOptions {
  /** A loaded model, or the id of an architecture. */
  readonly network: Explainer | string;
  readonly data: DataSet;
  /** Folder for the results. */
  readonly folder: string;
  /** Go on with what is in the folder. Default false. */
  readonly resume?: boolean | undefined;

  /** What is measured after every epoch: data of its own, or this share of {@link data}, drawn by the seed. Default nothing. */
  readonly validation?: DataSet | number | undefined;

  /** `all` (default) parameters, or the `head` alone, on features that are computed once. */
  readonly mode?: "all" | "head" | undefined;
  /** A last layer of fresh weights, with the classes of the data. Default false; a head whose classes are not the data's is new anyway. */
  readonly newHead?: boolean | undefined;
  /** The layer whose output is a new head's features; default: what the last linear layer reads. */
  readonly featureLayer?: string | undefined;
  /** How a model is read. */
  readonly reading?: Pick<ClassifierOptions, "layout" | "size"> | undefined;
  /** Default: the model's own; of an architecture, RGB (or grey) at {@link size}, by {@link normalization}. */
  readonly preprocessing?: Preprocessing | undefined;
  /** An architecture's picture; default: the first picture's size. */
  readonly size?: Size | undefined;
  /** An architecture's pixels: `half`, the default, makes 0…1 into -1…1; `data` takes mean and deviation of the training pictures. */
  readonly normalization?: "half" | "data" | undefined;
  /** An architecture's channels are multiplied by this. Default 1. */
  readonly widthFactor?: number | undefined;

  /** Default 10; of `lbfgs` the iterations, at most, default 200. */
  readonly epochs?: number | undefined;
  /** Pictures in a step. Default 64. */
  readonly batch?: number | undefined;
  /** Id of a loss. Default `cross-entropy`; `binary-cross-entropy` for data with several labels a picture. */
  readonly loss?: string | undefined;
  readonly lossParams?: Readonly<Record<string, unknown>> | undefined;
  /** Loss weights of the classes, `balanced`: pictures / (classes · pictures of the class). */
  readonly classWeights?: "balanced" | readonly number[] | undefined;
  /** `sgd` (default), `adamw`; `lbfgs` for a head. */
  readonly optimizer?: string | undefined;
  readonly optimizerParams?: Readonly<Record<string, unknown>> | undefined;
  /** Highest learning rate; default: the optimiser's. */
  readonly rate?: number | undefined;
  /** Default: half a cosine to 0. */
  readonly schedule?: Course | undefined;
  /** Epochs over which the rate rises. Default 0. */
  readonly warmup?: number | undefined;
  /** Default 0; `lbfgs`: 1e-2, half of which weighs the squared norm. */
  readonly weightDecay?: number | undefined;
  readonly clip?: number | undefined;
  /** Names of parameters that stay; `stage1*` names several. */
  readonly freeze?: readonly string[] | undefined;
  readonly batchNorm?: "train" | "frozen" | undefined;
  readonly augment?: readonly AugmentationChoice[] | undefined;
  readonly sampling?: Sampling | undefined;
  /** Decides initial weights, order, augmentation and what is set apart. Default 0. */
  readonly seed?: number | undefined;

  /** Complete ONNX files on the way, below `checkpoints/`. Default none. */
  readonly checkpointEvery?: CheckpointEvery | undefined;
  /** Which weights become `model.onnx`: the `last` (default), or the `best` on the validation data. */
  readonly keep?: "last" | "best" | undefined;

  /** Pictures whose label is no class: `refuse` (default) or `skip`. */
  readonly badLabels?: "refuse" | "skip" | undefined;
  /** Bytes of decoded pictures, and of features, that are kept. Default 1 GiB each. */
  readonly maxMemory?: number | undefined;
  /** WordNet ids of the model's classes, to join labels by. */
  readonly wnids?: readonly (string | undefined)[] | undefined;
  /** What is recorded of the data beside its name: where it lies. */
  readonly dataId?: string | undefined;
  /** The command line that repeats the training; written into every ONNX file. */
  readonly command?: string | undefined;
  /** Write the history as CSV as well. */
  readonly csv?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onNote?: ((note: string) => void) | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

/** Where a training is. */
export type TrainingProgress =
  | { readonly phase: "reading" | "features" | "measuring"; readonly done: number; readonly total: number }
  | {
      readonly phase: "training";
      /** Steps (iterations of `lbfgs`) done, of all; those that this process did. */
      readonly step: number;
      readonly total: number;
      readonly own: number;
      /** From 0. */
      readonly epoch: number;
      readonly batch: number;
      /** Means over the steps of the epoch so far. */
      readonly loss: number;
      readonly accuracy: number | null;
      readonly rate: number | null;
    };

/** The network on one split. */
export interface SplitMeasure {
  readonly pictures: number;
  /** Of the whole split; cross-entropy where the loss is of pairs. */
  readonly loss: number;
  /** Share of pictures whose class is ranked first; null for several labels a picture. */
  readonly accuracy: number | null;
  readonly top5: number | null;
  /** For several labels a picture; else null. */
  readonly averagePrecision: MeanAveragePrecision | null;
  readonly equalErrors: readonly EqualError[] | null;
}

export interface TrainingRun {
  readonly folder: string;
  readonly steps: number;
  readonly epochs: number;
  /** Step whose weights `model.onnx` has. */
  readonly kept: number;
  readonly train: SplitMeasure;
  readonly validation: SplitMeasure | undefined;
  readonly classes: readonly string[];
  /** Numbers that were trained. */
  readonly parameters: number;
  readonly skipped: readonly (Skipped & { readonly split: string })[];
  /** Of training and measuring, in all processes. */
  readonly seconds: number;
  readonly notes: readonly string[];
}
