/** @file The demo network: a small classifier of coloured shapes whose weights are constructed, so that its right explanation is known. */
import { newModel } from "../graph/new-model.ts";
import { tensor } from "../graph/tensor.ts";
import type { Attrs, Model, Node, Tensor } from "../graph/types.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import { PRESETS } from "../image/presets.ts";
import { inferGraph } from "../ops/infer.ts";
import { OPS } from "../ops/table.ts";
import { COLORS } from "./colors.ts";
import { colorFilters, edgeFilters, SPREAD_RADIUS, spreadFilter } from "./demo-filters.ts";
import { CELL, OVERLAP, REACH, SCALE_COUNT, templates } from "./demo-templates.ts";
import { DEMO_LABELS, DEMO_SIZE } from "./labels.ts";

export { DEMO_LABELS, DEMO_SIZE } from "./labels.ts";

/** RGB, 96 x 96, samples 0…255 divided by 255; no mean, no deviation. */
export const DEMO_PREPROCESSING: Preprocessing = { ...PRESETS.unit, resize: { width: DEMO_SIZE, height: DEMO_SIZE } };

/** Value that every CAM explains by default, `[N,32,24,24]`. */
export const DEMO_LAYER = "evidence";
/** Width and height of that map. */
export const DEMO_GRID: number = DEMO_SIZE / CELL;

/** Channels of {@link DEMO_LAYER} that speak for a class: its small and its large template. */
export const demoChannels = (classIndex: number): readonly number[] =>
  Array.from({ length: SCALE_COUNT }, (_, k) => classIndex * SCALE_COUNT + k);

/**
 * The demo classifier: `input` `[N,3,96,96]`, RGB in 0…1, to `probabilities` `[N,16]` in the order of {@link DEMO_LABELS}.
 *
 * ```
 * input [N,3,96,96]
 *   colors    Conv 3x3, Relu     opponent colours, each at two levels: their difference is a mask, 0 on the ground, 1 on the paint
 *   edges     Conv 7x7, Relu     slope of each mask in 12 directions (one group a colour)
 *   outline   MaxPool 6x6, by 4  to [N,48,24,24]
 *   found     Conv 11x11, Relu   outline templates: 16 classes, small and large (one group a colour): [N,32,24,24], at the shape's centre
 *   evidence  Conv 7x7, Relu     each channel spread over about the width of a shape
 *   pooled    GlobalAveragePool, Flatten, Gemm -> logits [N,16] -> Softmax
 * ```
 *
 * Why its explanation is known. `Gemm` has no bias and one weight, P = 24 * 24 = 576, from a class's own two channels and 0 from all others. Hence,
 * with `A` the last map:
 *
 * - `logit_c = sum_p (A_{c,small} + A_{c,large})(p)`: evidence is counted, nothing else; no evidence, logit 0.
 * - `d logit_c / d A_k(p) = P / P = 1` for the two channels of c, 0 for the others. So the map of Grad-CAM, HiResCAM, LayerCAM and CAM
 *   is exactly `A_{c,small} + A_{c,large}`: not negative, and its sum is the logit.
 * - Colour masks are exactly 0 outside shapes of their colour (see `colors.ts`), and groups keep the colours apart, so the map of a class
 *   is exactly 0 where no shape of its colour is within reach of a template.
 * - The gradient of a logit by the input is exactly 0 more than 3 pixels away from paint of its colour (a mask passes nothing where it is
 *   0), and more than 8 pixels inside it (the edge filters see no outline from there): what is left are the outlines.
 */
export function demoModel(): Model {
  const [colors, edges, shapes] = [colorFilters(), edgeFilters(), templates()];
  const channels = DEMO_LABELS.length * SCALE_COUNT;
  const spread = spreadFilter(channels);
  const constants = new Map<string, Tensor>([
    ["colors.weight", colors.weight],
    ["colors.bias", colors.bias],
    ["edges.weight", edges.weight],
    ["edges.bias", edges.bias],
    ["templates.weight", shapes.weight],
    ["templates.bias", shapes.bias],
    ["spread.weight", spread.weight],
    ["spread.bias", spread.bias],
    ["head.weight", headWeight(channels)],
  ]);
  const side = CELL + 2 * OVERLAP;
  const nodes = [
    node("Conv", ["input", "colors.weight", "colors.bias"], "opponents", { ...same(1) }),
    node("Relu", ["opponents"], "colors"),
    node("Conv", ["colors", "edges.weight", "edges.bias"], "slopes", { ...same(3), group: COLORS.length }),
    node("Relu", ["slopes"], "edges"),
    node("MaxPool", ["edges"], "outline", {
      kernel_shape: [side, side],
      strides: [CELL, CELL],
      pads: [OVERLAP, OVERLAP, OVERLAP, OVERLAP],
    }),
    node("Conv", ["outline", "templates.weight", "templates.bias"], "matches", {
      ...same(REACH),
      group: COLORS.length,
    }),
    node("Relu", ["matches"], "found"),
    node("Conv", ["found", "spread.weight", "spread.bias"], "spread", { ...same(SPREAD_RADIUS), group: channels }),
    node("Relu", ["spread"], DEMO_LAYER),
    node("GlobalAveragePool", [DEMO_LAYER], "means"),
    node("Flatten", ["means"], "pooled", { axis: 1 }),
    node("Gemm", ["pooled", "head.weight"], "logits", { transB: 1 }),
    node("Softmax", ["logits"], "probabilities", { axis: 1 }),
  ];
  const graph = inferGraph(
    {
      name: "onnxplain-demo",
      nodes,
      constants,
      facts: new Map(),
      inputs: [{ name: "input", dtype: "float32", dims: ["N", 3, DEMO_SIZE, DEMO_SIZE] }],
      outputs: [{ name: "probabilities", dtype: "float32", dims: ["N", DEMO_LABELS.length] }],
    },
    OPS,
  );
  return newModel(graph, { opset: 17, irVersion: 8, metadata: new Map([["labels", JSON.stringify(DEMO_LABELS)]]) });
}

/** {@link demoModel} as an ONNX file (opset 17), about 215 kB. */
export const demoModelBytes = (): Uint8Array => writeModelBytes(demoModel());

/** A node that makes one value, named like it. */
const node = (op: string, inputs: readonly string[], output: string, attrs: Attrs = {}): Node => ({
  op,
  domain: "",
  name: output,
  inputs,
  outputs: [output],
  attrs,
});

/** A square kernel of this radius that keeps the size. */
const same = (radius: number): Attrs => ({
  kernel_shape: [2 * radius + 1, 2 * radius + 1],
  pads: [radius, radius, radius, radius],
});

/** `[16,32]`: the number of positions for a class's own channels, so that the mean becomes the sum. */
function headWeight(channels: number): Tensor {
  const weight = DEMO_LABELS.flatMap((_, c) =>
    Array.from({ length: channels }, (_, k) => (demoChannels(c).includes(k) ? DEMO_GRID ** 2 : 0)),
  );
  return tensor("float32", [DEMO_LABELS.length, channels], weight);
}
