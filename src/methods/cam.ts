/** @file Class activation maps: a layer's channels, weighted by their gradients. Each method is one formula on (A, dS/dA). */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { boolean, type ParamSpec } from "../params.ts";
import type { Layer } from "./layers.ts";
import type { EmitContext, Emitted, Method } from "./method.ts";
import { gradientsOf, onePass } from "./one-pass.ts";

/** Activation and gradient as [N, C, P] with P = h*w positions; extra leading tokens are dropped. */
interface Maps {
  readonly g: GraphBuilder;
  readonly activation: Value;
  readonly gradient: Value;
}
/** The map [N, 1 or C, P] before the sum over channels. */
type Weighing = (maps: Maps) => Value;

export interface Cam {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly source: string;
  readonly weigh: Weighing;
}

/** The parameter that every map of a layer has. */
export const RELU: ParamSpec = boolean(
  false,
  "clip negative values to 0 (pytorch-grad-cam and TorchCAM do; Captum does not)",
);

/** Bring a layer value to [N, C, P]. */
export function positionsOf(g: GraphBuilder, value: Value, layer: Layer): Value {
  const [h, w] = layer.grid;
  const count = h * w;
  if (layer.layout === "nchw") return g.op("Reshape", [value, g.ints([0, 0, count])]);
  const flat =
    layer.layout === "nhwc"
      ? g.op("Reshape", [value, g.ints([0, count, layer.channels])])
      : gridTokens(g, value, layer, count);
  return g.op("Transpose", [flat], { perm: [0, 2, 1] });
}

/** Tokens that lie on the grid are the last ones; class and register tokens come before them. */
function gridTokens(g: GraphBuilder, value: Value, layer: Layer, count: number): Value {
  const tokens = layer.dims[1] as number;
  return tokens === count ? value : g.op("Slice", [value, g.ints([tokens - count]), g.ints([tokens]), g.ints([1])]);
}

function emitCam(weigh: Weighing): (context: EmitContext) => Emitted {
  return (context) => {
    const { g, params } = context;
    const layer = context.layer as Layer;
    const { gradients, notes } = gradientsOf(context, [layer.name]);
    const maps = {
      g,
      activation: positionsOf(g, g.value(layer.name), layer),
      gradient: positionsOf(g, gradients[0] as Value, layer),
    };
    const summed = g.op("ReduceSum", [weigh(maps), g.ints([1])], { keepdims: 0 });
    const map = g.op("Reshape", [summed, g.ints([0, ...layer.grid])]);
    return { map: params.relu === true ? g.op("Relu", [map]) : map, notes };
  };
}

/** A CAM method from its formula. The map is [N,h,w], at the layer's resolution. */
export function camMethod({ weigh, ...facts }: Cam): Method {
  const emit = emitCam(weigh);
  return {
    ...facts,
    params: { relu: RELU },
    space: "layer",
    signed: (params) => params.relu !== true,
    cost: "1 forward + 1 backward from the scores to the layer",
    gradients: true,
    emit,
    plan: onePass(emit),
  };
}

/** Mean over positions, kept as an axis of size 1. */
export const overPositions = (g: GraphBuilder, op: "ReduceMean" | "ReduceSum", value: Value): Value =>
  g.op(op, [value, g.ints([2])], { keepdims: 1 });
