/** @file A network as `patterns fit` reads it: layers, sample features, categories by name; and the frames that networks and inputs make. */
import { OnnxplainError } from "../errors.ts";
import type { ClassifierOptions, Explainer } from "../explainer.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Layer } from "../methods/layers.ts";
import { type LinearEnd, lastConvolutionInput, linearEnd } from "../methods/linear-end.ts";
import { chosenLayers } from "./patterns-layers.ts";
import type { RegionNetwork } from "./regions-network.ts";

export interface PatternNetworkOptions {
  /** Names of values or nodes; default automatic. */
  readonly layers?: readonly string[] | undefined;
  readonly reading?: ClassifierOptions | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  readonly wnids?: readonly (string | undefined)[] | undefined;
}

export interface PatternNetwork extends RegionNetwork {
  readonly layers: readonly Layer[];
  readonly rule: string;
  /** What the last linear layer reads. */
  readonly end: Pick<LinearEnd, "features" | "pooled">;
  readonly notes: readonly string[];
}

/** Throws `E_MODEL_INVALID`, `E_LAYER_UNKNOWN`, `E_LAYER_UNSUITABLE`. */
export function patternNetwork(model: Explainer, options: PatternNetworkOptions = {}): PatternNetwork {
  const { layers: names, reading, preprocessing, wnids } = options;
  const classifier = model.classifier({ ...reading, output: "logits", keep: names ?? [], preprocessing });
  const { layers, rule } = chosenLayers(classifier, names);
  return {
    model,
    classifier,
    layer: layers.at(-1) as Layer,
    layers,
    rule,
    preprocessing,
    wnids,
    ...sampleEnd(classifier),
  };
}

function sampleEnd({ model, scores }: Classifier): Pick<PatternNetwork, "end" | "notes"> {
  const end = linearEnd(model, scores);
  if (end !== undefined) return { end: { features: end.features, pooled: end.pooled }, notes: [] };
  const features = lastConvolutionInput(model);
  if (features === undefined)
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `\`${scores}\` is made neither by a linear layer nor behind a convolution, so nothing describes a whole picture.`,
    );
  return {
    end: { features, pooled: true },
    notes: [`The network ends in no linear layer: sample features are the mean over positions of \`${features}\`.`],
  };
}

/** A network at one time of its training. */
export interface PatternModel {
  readonly name: string;
  /** SHA-256 of its file, hexadecimal. */
  readonly sha256: string;
  /** Called when its turn comes; its model is disposed of afterwards. */
  readonly open: () => Promise<PatternNetwork>;
}

/** Step and epoch that `train` wrote into a file. */
export function trainedUntil({ source: { model } }: Explainer): {
  readonly step: number | null;
  readonly epoch: number | null;
} {
  const of = (name: string): number | null => {
    const value = Number(model.metadata.get(`onnxplain.${name}`) ?? Number.NaN);
    return Number.isFinite(value) ? value : null;
  };
  return { step: of("step"), epoch: of("epoch") };
}
