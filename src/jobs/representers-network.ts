/** @file A loaded model as something that features are taken from: of pictures, or of rows of arrays. */
import type { DataSet } from "../data/dataset.ts";
import type { ClassifierOptions, Explainer } from "../explainer.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Classifier } from "../methods/classifier.ts";
import { type Cut, cutNetwork } from "../representers/cut.ts";
import { readNetwork } from "../representers/reading.ts";
import { type ArrayFile, asDtype } from "./representers-arrays.ts";
import { arrayPoints, type PointSource, picturePoints } from "./representers-points.ts";

/** A network cut, and how it takes points. */
export interface CutModel {
  readonly cut: Cut;
  /** The network as one of pictures; undefined for arrays. */
  readonly classifier: Classifier | undefined;
  /** Points in one run at most; undefined where the network sets no limit. */
  readonly batch: number | undefined;
  readonly pictures: (data: DataSet) => PointSource;
  readonly rows: (file: ArrayFile) => PointSource;
}

export interface CutModelOptions {
  /** See `cutNetwork`. */
  readonly layer?: string | undefined;
  readonly reading?: ClassifierOptions | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  readonly wnids?: readonly (string | undefined)[] | undefined;
}

/**
 * A network of one picture input. Throws as `cutNetwork`, `E_MODEL_INVALID`.
 * @example const { cut, pictures } = cutForPictures(model); await runRepresentersFit({ kind: "network", cut, train: pictures(data), … });
 */
export function cutForPictures(model: Explainer, options: CutModelOptions = {}): CutModel {
  const { layer, reading, preprocessing, wnids } = options;
  const classifier = model.classifier({ ...reading, layer, preprocessing });
  const { input, scores, classes, ops, freeBatch } = classifier;
  const cut = cutNetwork({ model: classifier.model, ops, input: input.name, scores, classes }, layer);
  return {
    cut,
    classifier,
    batch: freeBatch ? undefined : 1,
    pictures: (data) => picturePoints(model, data, { classifier, preprocessing, wnids }),
    rows: rowsFor(input.dtype),
  };
}

/** A network of one input of any kind: token ids, rows of numbers. Throws as `cutNetwork`, `E_MODEL_INVALID`. */
export function cutForArrays(model: Explainer, { layer }: Pick<CutModelOptions, "layer"> = {}): CutModel {
  const reading = readNetwork(model.source.model, model.ops, layer);
  const first = reading.model.graph.inputs[0]?.dims?.[0];
  return {
    cut: cutNetwork(reading, layer),
    classifier: undefined,
    batch: typeof first === "number" ? 1 : undefined,
    pictures: () => {
      throw new Error("internal: a network of arrays takes no pictures");
    },
    rows: rowsFor(reading.dtype),
  };
}

const rowsFor =
  (dtype: Parameters<typeof asDtype>[1]) =>
  ({ name, dims, data, labels }: ArrayFile): PointSource =>
    arrayPoints({ name, dims, data: asDtype(data, dtype, name), labels });
