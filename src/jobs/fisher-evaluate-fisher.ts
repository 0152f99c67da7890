/** @file The pipeline as a judged classifier: scores by its graph, relevance in float64. */
import { insideBoxes } from "../data/boxes.ts";
import { type Encoded, encodePicture } from "../fisher/describe.ts";
import { framed, planesOf } from "../fisher/framing.ts";
import { vectorWidth } from "../fisher/pipeline.ts";
import { pipelineModel } from "../fisher/pipeline-graph.ts";
import { pixelRelevance } from "../fisher/pixel-relevance.ts";
import { type DescriptorRelevance, descriptorRelevance, dimensionRelevance } from "../fisher/relevance.ts";
import { sessionsBySize } from "../fisher/sessions.ts";
import { greyOf } from "../fisher/sift.ts";
import type { Size } from "../image/types.ts";
import type { HostTensor, SessionOptions } from "../runtime/session.ts";
import type { Judge, Look } from "./fisher-evaluate-judge.ts";
import type { Judging } from "./fisher-evaluate-options.ts";
import type { OrderSettings } from "./fisher-evaluate-orders.ts";
import type { OpenFisher } from "./fisher-open.ts";

export interface FisherLook extends Look {
  /** Made when it is first asked for, then kept. */
  readonly encoded: () => Encoded;
  readonly relevance: (label: number, by: OrderSettings) => DescriptorRelevance;
  readonly weights: (label: number) => { readonly weights: Float64Array; readonly bias: number };
}

export function fisherJudge(
  { pipeline, head }: Pick<OpenFisher, "pipeline" | "head">,
  { epsilons, area }: Pick<Judging, "epsilons" | "area">,
  options: SessionOptions,
): Judge<FisherLook> {
  const { encoding, classifiers } = pipeline;
  const { classes } = classifiers;
  const width = vectorWidth(encoding);
  const sessions = sessionsBySize((size) => pipelineModel(pipeline, size), options);
  const weights: FisherLook["weights"] = (label) => ({
    weights: classifiers.weights.subarray(label * width, (label + 1) * width),
    bias: classifiers.biases[label] as number,
  });
  const score = async (planes: Float32Array, { width: w, height: h }: Size): Promise<Float32Array> => {
    const session = await sessions.of({ width: w, height: h });
    const image: HostTensor = { dtype: "float32", dims: [1, 3, h, w], data: planes };
    return (await session.run({ image }, ["scores"])).scores?.data as Float32Array;
  };
  return {
    id: "fisher",
    knows: () => true,
    notes: [],
    scores: async ({ image }) => {
      const picture = framed(image, head.framing);
      return Float64Array.from(await score(planesOf(picture), picture));
    },
    look: async ({ image }) => {
      const picture = framed(image, head.framing);
      const size = { width: picture.width, height: picture.height };
      const planes = planesOf(picture);
      let made: Encoded | undefined;
      const encoded = (): Encoded => {
        made ??= encodePicture(greyOf(picture), size, encoding);
        return made;
      };
      const relevance: FisherLook["relevance"] = (label, by) => {
        const { described, fisher, phi } = encoded();
        const { weights: w, bias } = weights(label);
        return descriptorRelevance(described, encoding, fisher, dimensionRelevance(w, bias, phi), by);
      };
      return {
        picture,
        boxes: async (boxes) => insideBoxes(scaled(boxes, image, size), size).boxes,
        map: async (label) => {
          const { values } = relevance(label, { variant: "epsilon", epsilon: epsilons[0] as number });
          return { ...size, values: pixelRelevance(values, encoded().described.grids, size, area) };
        },
        perturbable: {
          ...size,
          channels: 3,
          layout: "nchw",
          x: planes,
          pixels: planes,
          toInput: (pixels) => pixels,
          classes,
        },
        scoresOf: async (inputs) => {
          const out: Float32Array[] = [];
          for (const x of inputs) out.push(Float32Array.from(await score(x, size)));
          return out;
        },
        encoded,
        relevance,
        weights,
      };
    },
    dispose: sessions.dispose,
  };
}

const scaled = <B extends { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number }>(
  boxes: readonly B[],
  from: Size,
  to: Size,
): readonly B[] => {
  const [x, y] = [to.width / from.width, to.height / from.height];
  return boxes.map((b) => ({ ...b, x0: b.x0 * x, x1: b.x1 * x, y0: b.y0 * y, y1: b.y1 * y }));
};
