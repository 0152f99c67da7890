/** @file Eigen-CAM: the first principal component of a layer's channels over its positions (Muhammad, Yeasin 2020). */
import { RELU } from "./cam.ts";
import { featuresOf, finished, LAYER, layerModel } from "./layer-features.ts";
import type { Layer } from "./layers.ts";
import type { Method, PlanContext, RowResult, RowsPlan } from "./method.ts";
import { firstComponent } from "./principal.ts";

function plan({ classifier, params, layer: chosen }: PlanContext): RowsPlan {
  const layer = chosen as Layer;
  const [h, w] = layer.grid;
  return {
    model: layerModel(classifier, layer),
    outputs: [LAYER],
    count: 1,
    notes: ["Eigen-CAM shows what the layer responds to most, not a class: the target does not change the map."],
    rows: ({ x }) => [{ [classifier.input.name]: x }],
    fold: () => {
      let found: RowResult = {};
      return {
        add: (result) => {
          found = result;
        },
        done: () => {
          const map = firstComponent(featuresOf(found, layer), layer.channels, h * w);
          return { values: finished(map, params.relu === true), dims: layer.grid, checks: {} };
        },
      };
    },
  };
}

/** map = X v: X positions by channels less the channel means, v its first right singular vector; sign: {@link firstComponent}. */
export const eigenCam: Method = {
  id: "eigen-cam",
  aliases: ["eigencam"],
  title: "Eigen-CAM: first principal component of the layer",
  source:
    "Muhammad, Yeasin 2020 (arXiv 2008.00299); channels centred as in pytorch-grad-cam; sign chosen so that the map rises with the mean activation",
  params: { relu: RELU },
  space: "layer",
  signed: (params) => params.relu !== true,
  cost: "1 forward up to the layer",
  gradients: false,
  emit: { none: "it takes a singular value decomposition, which ONNX has no operator for" },
  plan,
};
