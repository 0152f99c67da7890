/** @file What interpretations are measured against: channel weights of Grad-CAM, Grad-CAM++ and Score-CAM, kept for other pictures. */
import { openSession } from "#ort";
import { close, extend } from "../diff/emit.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { Classifier } from "../methods/classifier.ts";
import { featuresOf, LAYER } from "../methods/layer-features.ts";
import type { Layer } from "../methods/layers.ts";
import { IMAGE, perturbed } from "../methods/perturbed.ts";
import { upsampling } from "../methods/upsampling.ts";
import type { HostTensor } from "../runtime/session.ts";
import { sourceOf } from "./boundary.ts";
import { classGradientGraph, featureWidth, OUT } from "./graphs.ts";
import { channelMeans } from "./heat-map.ts";
import type { Pictures } from "./pictures.ts";
import { softmaxOf } from "./probabilities.ts";
import { leading } from "./projections.ts";
import { openStream, type StreamOptions } from "./stream.ts";

/** A picture's features, its leading class, and the derivative of that class's score by the features. */
export interface ClassGradient {
  readonly psi: Float32Array;
  readonly gradient: Float32Array;
  readonly label: number;
}

/** One pass forward and back for each batch; everything is held. */
export async function classGradients(
  classifier: Classifier,
  layer: Layer,
  pictures: Pictures,
  options: StreamOptions = {},
): Promise<readonly ClassGradient[]> {
  const width = featureWidth(layer);
  const stream = await openStream(sourceOf(classifier, classGradientGraph(classifier, layer)), options);
  const found: ClassGradient[] = [];
  try {
    await stream.each(pictures, [OUT.features, OUT.scores, OUT.normal], (got, { count }) => {
      const [psi, gradient] = [got[OUT.features]?.data as Float32Array, got[OUT.normal]?.data as Float32Array];
      const labels = leading(got[OUT.scores]?.data as Float32Array, classifier.classes);
      for (let i = 0; i < count; i++) {
        const [from, to] = [i * width, (i + 1) * width];
        found.push({ psi: psi.slice(from, to), gradient: gradient.slice(from, to), label: labels[i] as number });
      }
    });
  } finally {
    await stream.dispose();
  }
  return found;
}

/** w_k = mean of g^k. */
export const gradCamWeights = ({ gradient }: ClassGradient, layer: Layer): Float64Array =>
  channelMeans(gradient, layer);

/**
 * alpha = g^2 / (2 g^2 + S g^3) = 1 / (2 + S g) with S the sum of the channel, w_k = sum of alpha max(g, 0): nothing is added to the
 * denominator. A position whose denominator is 0 has no alpha and counts 0.
 */
export function gradCamPlusPlusWeights({ psi, gradient }: ClassGradient, layer: Layer): Float64Array {
  const a = featuresOf({ [LAYER]: psi }, layer);
  const g = featuresOf({ [LAYER]: gradient }, layer);
  const positions = a.length / layer.channels;
  return Float64Array.from({ length: layer.channels }, (_, c) => {
    const [from, to] = [c * positions, (c + 1) * positions];
    let [sum, weight] = [0, 0];
    for (let p = from; p < to; p++) sum += a[p]!;
    for (let p = from; p < to; p++) {
      const below = 2 + sum * g[p]!;
      if (g[p]! > 0 && below !== 0) weight += g[p]! / below;
    }
    return weight;
  });
}

/** Both forms of SPEC 4.7; channels that are constant once enlarged have weight 0 in both. */
export interface ScoreCamWeights {
  /** Softmax probability of the class behind the mask: the authors' code. */
  readonly original: Float64Array;
  /** Softmax over the masks of the class score: the paper's text, where a baseline's score cancels. */
  readonly softmax: Float64Array;
}

export interface ScoreCam {
  /** `x`: one picture as the network takes it; one forward pass for each channel that is not constant. */
  readonly weights: (x: Float32Array, of: Pick<ClassGradient, "psi" | "label">) => Promise<ScoreCamWeights>;
  readonly dispose: () => Promise<void>;
}

const MASK = "x/mask";
const BATCH = 32;

export async function openScoreCam(
  classifier: Classifier,
  layer: Layer,
  { batch = BATCH, signal: _, onProgress: __, ...options }: StreamOptions = {},
): Promise<ScoreCam> {
  const { channels, grid } = layer;
  const [h, w] = grid;
  const up = upsampling(grid, [classifier.height, classifier.width], "centres");
  const behind = perturbed(classifier, ({ g, image, batch: n }) => {
    const mask = up.emit(g, g.input(MASK, "float32", [n, h, w]));
    return g.op("Mul", [image, g.op("Unsqueeze", [mask, g.ints([classifier.layout === "nchw" ? 1 : 3])])]);
  });
  const g = extend(behind.model, behind.ops);
  const model = close(behind.model, g, [g.alias(g.value(behind.scores), OUT.scores)]);
  const session = await openSession(writeModelBytes(model), options);
  const { dims } = sourceOf(classifier, model);
  const most = classifier.freeBatch ? batch : 1;

  async function scoresBehind(x: Float32Array, masks: readonly Float32Array[]): Promise<readonly Float32Array[]> {
    const scores: Float32Array[] = [];
    for (let first = 0; first < masks.length; first += most) {
      const taken = masks.slice(first, first + most);
      const rows = new Float32Array(taken.length * h * w);
      taken.forEach((mask, i) => {
        rows.set(mask, i * h * w);
      });
      const float32 = (d: readonly number[], data: Float32Array): HostTensor => ({ dtype: "float32", dims: d, data });
      const got = await session.run({ [IMAGE]: float32([1, ...dims], x), [MASK]: float32([taken.length, h, w], rows) });
      const all = got[OUT.scores]?.data as Float32Array;
      taken.forEach((_mask, i) => {
        scores.push(all.slice(i * classifier.classes, (i + 1) * classifier.classes));
      });
    }
    return scores;
  }

  return {
    weights: async (x, { psi, label }) => {
      const features = featuresOf({ [LAYER]: psi }, layer);
      const masks = Array.from({ length: channels }, (_c, c) => {
        const map = features.subarray(c * h * w, (c + 1) * h * w);
        const [low, high] = up.extremes(map);
        return { c, map, low, span: high - low };
      }).filter(({ span }) => span > 0);
      const scores = await scoresBehind(
        x,
        masks.map(({ map, low, span }) => map.map((v) => (v - low) / span)),
      );
      const [original, softmax] = [new Float64Array(channels), new Float64Array(channels)];
      const across = softmaxOf(scores.map((s) => s[label] as number));
      masks.forEach(({ c }, i) => {
        const own = scores[i] as Float32Array;
        original[c] = (classifier.scoreKind === "logits" ? softmaxOf(own) : own)[label] as number;
        softmax[c] = across[i] as number;
      });
      return { original, softmax };
    },
    dispose: () => session.dispose(),
  };
}
