/** @file Two classifiers that are judged alike: what both can say of a picture. */
import type { DataItem, PictureBox } from "../data/dataset.ts";
import type { ImageU8, Size } from "../image/types.ts";
import type { Box, MetricImage } from "../metrics/metric.ts";

export type ModelId = "fisher" | "network";

/** A picture in memory, with the boxes of what it shows. */
export interface JudgedPicture {
  readonly item: DataItem;
  readonly image: ImageU8;
}

/** R1 of one class, in the frame of the model's input. */
export interface ClassMap extends Size {
  /** `[height * width]`, raw and signed. */
  readonly values: Float32Array | Float64Array;
}

/** A model's input as pixel metrics perturb it. */
export type Perturbable = Pick<
  MetricImage,
  "width" | "height" | "channels" | "layout" | "x" | "pixels" | "toInput" | "classes"
>;

/** One picture before one model; holds what maps of several classes share. */
export interface Look {
  /** What the model sees, R, G, B. */
  readonly picture: ImageU8;
  /** Boxes of the picture brought into that frame; those that lie outside are gone. */
  readonly boxes: (boxes: readonly PictureBox[]) => Promise<readonly Box[]>;
  readonly map: (label: number) => Promise<ClassMap>;
  readonly perturbable: Perturbable;
  /** Scores of all classes of the pipeline for inputs like `perturbable.x`; NaN where the model does not know a class. */
  readonly scoresOf: (inputs: readonly Float32Array[]) => Promise<readonly Float32Array[]>;
}

/** Classes are those of the pipeline. */
export interface Judge<L extends Look = Look> {
  readonly id: ModelId;
  readonly knows: (label: number) => boolean;
  /** `[classes]`; NaN for a class that the model does not know. Throws for a picture that it cannot take. */
  readonly scores: (picture: JudgedPicture) => Promise<Float64Array>;
  readonly look: (picture: JudgedPicture) => Promise<L>;
  readonly notes: readonly string[];
  readonly dispose: () => Promise<void>;
}
