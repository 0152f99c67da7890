/** @file Recipro-CAM: what the class scores when the layer holds nothing but one position (Byun, Lee 2022). */
import type { Value } from "../graph/builder.ts";
import { boolean } from "../params.ts";
import { RELU } from "./cam.ts";
import { featuresOf, finished } from "./layer-features.ts";
import type { Layer } from "./layers.ts";
import type { Method, PlanContext, RowsPlan } from "./method.ts";
import { COTANGENT } from "./one-pass.ts";
import { type Replacing, tail } from "./tail.ts";
import { SCORE, scoreModel } from "./target-score.ts";

/** Row inputs: the channels of one position [N, C], and where they are put, with what weight [N, P]. */
const HELD = "x/held";
const SPREAD = "x/spread";

/** A layer value that is zero but for `spread` times `held`; tokens that lie on no grid stay as they are. */
const hold =
  ({ channels, grid: [h, w], layout, dims }: Layer) =>
  ({ g, layer, batch }: Replacing): Value => {
    const held = g.input(HELD, "float32", [batch, channels]);
    const spread = g.input(SPREAD, "float32", [batch, h * w]);
    const outer = (a: Value, b: Value): Value =>
      g.op("Mul", [g.op("Unsqueeze", [a, g.ints([2])]), g.op("Unsqueeze", [b, g.ints([1])])]);
    if (layout === "nchw") return g.op("Reshape", [outer(held, spread), g.ints([0, channels, h, w])]);
    const byPosition = outer(spread, held);
    if (layout === "nhwc") return g.op("Reshape", [byPosition, g.ints([0, h, w, channels])]);
    const special = (dims[1] as number) - h * w;
    if (special === 0) return byPosition;
    const kept = g.op("Slice", [layer, g.ints([0]), g.ints([special]), g.ints([1])]);
    const rows = g.op("Shape", [held], { start: 0, end: 1 });
    const repeated = g.op("Expand", [kept, g.op("Concat", [rows, g.ints([special, channels])], { axis: 0 })]);
    return g.op("Concat", [repeated, byPosition], { axis: 1 });
  };

/** Weights at distance 0 and 1 along an axis; their products are the 3 x 3 kernel with 1/4, 1/8, 1/16. */
const GAUSSIAN = [1 / 2, 1 / 4] as const;

/** The weights [P] of position (y, x): itself, or itself and its neighbours within the grid. */
function spreadOf([h, w]: readonly [number, number], y: number, x: number, gaussian: boolean): Float32Array {
  const out = new Float32Array(h * w);
  if (!gaussian) return out.fill(1, y * w + x, y * w + x + 1);
  for (let j = Math.max(0, y - 1); j <= Math.min(h - 1, y + 1); j++)
    for (let i = Math.max(0, x - 1); i <= Math.min(w - 1, x + 1); i++)
      out[j * w + i] = (GAUSSIAN[Math.abs(j - y)] as number) * (GAUSSIAN[Math.abs(i - x)] as number);
  return out;
}

/** The channels [C] of position p. */
function heldAt(features: Float32Array, channels: number, p: number): Float32Array {
  const count = features.length / channels;
  return Float32Array.from({ length: channels }, (_, c) => features[c * count + p] as number);
}

function plan({ classifier, params, layer: chosen }: PlanContext): RowsPlan {
  const layer = chosen as Layer;
  const [h, w] = layer.grid;
  const from = tail(classifier, layer, hold(layer));
  return {
    model: scoreModel(from.classifier, "probability"),
    outputs: [SCORE],
    probe: from.probe,
    count: h * w,
    notes: [],
    shared: ({ cotangent }, found) => ({ ...from.shared(found), [COTANGENT]: cotangent }),
    rows: function* (_, found) {
      const features = featuresOf(found, layer);
      for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++)
          yield {
            [HELD]: heldAt(features, layer.channels, y * w + x),
            [SPREAD]: spreadOf(layer.grid, y, x, params.gaussian === true),
          };
    },
    fold: () => {
      const map: number[] = [];
      return {
        add: (result) => {
          map.push(result[SCORE]?.[0] as number);
        },
        done: () => ({ values: finished(map, params.relu === true), dims: layer.grid, checks: {} }),
      };
    },
  };
}

/** map_p = softmax probability of the class, the layer holding only the channels of position p. */
export const reciproCam: Method = {
  id: "recipro-cam",
  aliases: ["reciprocam", "reciprocal-cam"],
  title: "Recipro-CAM",
  source: "Byun, Lee 2022 (arXiv 2209.14074); tokens: Byun, Lee 2023 (arXiv 2310.02588), class token kept",
  params: {
    gaussian: boolean(true, "spread a position over its 3 x 3 neighbourhood with weights 1/4, 1/8, 1/16"),
    relu: RELU,
  },
  space: "layer",
  signed: (params) => params.relu !== true,
  cost: "1 forward + one forward from the layer to the scores for each position of the layer",
  gradients: false,
  emit: { none: "it needs one pass for each position of the layer" },
  plan,
};
