/** @file A trained pipeline as files, and read back from them. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import type { Framing } from "../fisher/framing.ts";
import { type Encoding, type FisherPipeline, type SpatialLayout, vectorWidth } from "../fisher/pipeline.ts";
import type { SiftSettings } from "../fisher/sift-settings.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { type Arrays, keptBy } from "./kept-files.ts";
import { openStore, requireComplete, type Store } from "./representers-store.ts";

/** What `fisher.json` says that reading the arrays needs; beside it, how the training went. */
export interface FisherHead {
  readonly version: string;
  readonly labels: readonly string[];
  readonly framing: Framing;
  readonly sift: SiftSettings;
  readonly spatial: SpatialLayout;
  readonly zeroth: boolean;
  readonly components: number;
  readonly width: number;
  readonly projected: { readonly from: number; readonly width: number };
  /** Pictures trained on: rows of `alpha`, and of the stored vectors. */
  readonly pictures: number;
  /** Of `model.onnx`. */
  readonly model_size: { readonly width: number; readonly height: number };
}

export interface OpenFisher<H extends FisherHead = FisherHead> {
  readonly folder: string;
  readonly head: H;
  readonly pipeline: FisherPipeline;
  /** Signed dual coefficients `[pictures, classes]`: w_c = sum_i alpha_ic Phi(x_i). */
  readonly alpha: Float64Array;
}

/** Where the Fisher vectors of the training pictures lie. */
export const VECTORS = "vectors";
/** Files of `fisher train`. */
export const { bytesOf, arraysOf } = keptBy("`onnxplain fisher train`");

export const ENCODING = "encoding.safetensors";
export const CLASSIFIERS = "classifiers.safetensors";

/** `encoding.safetensors`. */
export const encodingTensors = ({
  projection,
  mixture: { components, width, weights, means, deviations },
}: Encoding): Parameters<typeof writeSafetensors>[0] => ({
  "projection.mean": { dims: [projection.from], data: projection.mean },
  "projection.axes": { dims: [projection.from, projection.width], data: projection.axes },
  "projection.variances": { dims: [projection.width], data: projection.variances },
  "mixture.weights": { dims: [components], data: weights },
  "mixture.means": { dims: [components, width], data: means },
  "mixture.deviations": { dims: [components, width], data: deviations },
});

/** What of {@link FisherHead} says how an encoding is read back. */
export type EncodingHead = Pick<FisherHead, "sift" | "spatial" | "zeroth" | "components" | "width" | "projected">;

export function encodingIn(arrays: Arrays, head: EncodingHead): Encoding {
  const { sift, spatial, zeroth, components, width, projected } = head;
  return {
    sift,
    spatial,
    zeroth,
    projection: {
      ...projected,
      mean: arrays.float64("projection.mean", projected.from),
      axes: arrays.float64("projection.axes", projected.from * projected.width),
      variances: arrays.float64("projection.variances", projected.width),
    },
    mixture: {
      components,
      width,
      weights: arrays.float64("mixture.weights", components),
      means: arrays.float64("mixture.means", components * width),
      deviations: arrays.float64("mixture.deviations", components * width),
    },
  };
}

/** `classifiers.safetensors`. */
export const classifierBytes = (
  { encoding, classifiers: { classes, weights, biases } }: FisherPipeline,
  alpha: Float64Array,
): Uint8Array<ArrayBuffer> =>
  writeSafetensors({
    weights: { dims: [classes, vectorWidth(encoding)], data: weights },
    biases: { dims: [classes], data: biases },
    alpha: { dims: [alpha.length / classes, classes], data: alpha },
  });

/** Throws `E_FILE` for a folder that holds no trained pipeline. */
export async function openFisher<H extends FisherHead = FisherHead>(folder: string): Promise<OpenFisher<H>> {
  const head = JSON.parse(new TextDecoder().decode(await bytesOf(folder, "fisher.json"))) as H;
  const { labels, pictures } = head;
  const encoding = encodingIn(await arraysOf(folder, ENCODING), head);
  const arrays = await arraysOf(folder, CLASSIFIERS);
  const classes = labels.length;
  return {
    folder,
    head,
    pipeline: {
      encoding,
      labels,
      classifiers: {
        classes,
        weights: arrays.float64("weights", classes * vectorWidth(encoding)),
        biases: arrays.float64("biases", classes),
      },
    },
    alpha: arrays.float64("alpha", pictures * classes),
  };
}

/** Fisher vectors of the training pictures. Throws `E_FILE` where they were not kept. */
export async function trainingVectors({ folder }: Pick<OpenFisher, "folder">): Promise<Store> {
  if (!(await files.isFolder(files.join(folder, VECTORS))))
    throw new OnnxplainError(
      "E_FILE",
      `\`${folder}\` keeps no Fisher vectors of its training pictures, which shares of training pictures need. Train again without \`--no-vectors\`.`,
      { file: folder },
    );
  return requireComplete(await openStore({ folder }, VECTORS));
}
