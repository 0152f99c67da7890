/** @file Ablation-CAM: a channel weighs what the score loses without it (Desai, Ramaswamy 2020). */
import { OnnxplainError } from "../errors.ts";
import { number } from "../params.ts";
import { RELU } from "./cam.ts";
import { featuresOf, finished, weighted } from "./layer-features.ts";
import type { Layer } from "./layers.ts";
import type { Fold, Method, PlanContext, RowResult, RowsPlan } from "./method.ts";
import { COTANGENT } from "./one-pass.ts";
import { type Replacing, tail } from "./tail.ts";
import { SCORE, scoreModel } from "./target-score.ts";

/** Row input [N, C]: 1 where a channel stays, 0 where it is ablated. */
const KEPT = "x/kept";

/** Dims of one number a channel, beside a value of the layer's layout. */
const CHANNEL_AXIS: Readonly<Record<Layer["layout"], (channels: number) => readonly number[]>> = {
  nchw: (c) => [0, c, 1, 1],
  nhwc: (c) => [0, 1, 1, c],
  tokens: (c) => [0, 1, c],
};

/** A * kept + fill * (1 - kept) */
const ablate =
  ({ channels, layout }: Layer, fill: number) =>
  ({ g, layer, batch }: Replacing) => {
    const kept = g.op("Reshape", [g.input(KEPT, "float32", [batch, channels]), g.ints(CHANNEL_AXIS[layout](channels))]);
    const rest = g.op("Mul", [layer, kept]);
    if (fill === 0) return rest;
    return g.op("Add", [rest, g.op("Mul", [g.op("Sub", [g.scalar(1), kept]), g.scalar(fill)])]);
  };

function plan({ classifier, params, layer: chosen }: PlanContext): RowsPlan {
  const layer = chosen as Layer;
  const from = tail(classifier, layer, ablate(layer, params.fill as number));
  return {
    model: scoreModel(from.classifier, "score"),
    outputs: [SCORE],
    probe: from.probe,
    count: layer.channels + 1,
    notes: [],
    shared: ({ cotangent }, found) => ({ ...from.shared(found), [COTANGENT]: cotangent }),
    rows: function* () {
      const all = new Float32Array(layer.channels).fill(1);
      yield { [KEPT]: all };
      for (let c = 0; c < layer.channels; c++) yield { [KEPT]: all.with(c, 0) };
    },
    fold: (_, found) => foldFalls(found, layer, params.relu === true),
  };
}

/** The first score is that of the whole layer, then one for each channel. */
function foldFalls(found: RowResult, layer: Layer, relu: boolean): Fold {
  const scores: number[] = [];
  return {
    add: (result) => {
      scores.push(result[SCORE]?.[0] as number);
    },
    done: () => {
      const [whole = 0, ...without] = scores;
      if (whole === 0)
        throw new OnnxplainError(
          "E_NUMERIC",
          "The explained score is exactly 0, so no fall can be stated as a share of it. Explain another class, or `output: probability`.",
        );
      const weights = without.map((s) => (whole - s) / whole);
      return { values: finished(weighted(featuresOf(found, layer), weights), relu), dims: layer.grid, checks: {} };
    },
  };
}

/** w_c = (y - y_c) / y, y_c the score with channel c set to `fill`; map = sum_c w_c A_c. A negative y turns the sign. */
export const ablationCam: Method = {
  id: "ablation-cam",
  aliases: ["ablationcam"],
  title: "Ablation-CAM",
  source: "Desai, Ramaswamy 2020 (WACV, doi 10.1109/WACV45572.2020.9093360)",
  params: {
    fill: number(
      0,
      "what an ablated channel is set to, at every position (pytorch-grad-cam: 0 where the layer's minimum is 0, otherwise that minimum - 1e7)",
    ),
    relu: RELU,
  },
  space: "layer",
  signed: (params) => params.relu !== true,
  cost: "1 forward + one forward from the layer to the scores for each channel + 1",
  gradients: false,
  emit: { none: "it needs one pass for each channel of the layer" },
  plan,
};
