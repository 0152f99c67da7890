/** @file A layer's value summed over channels, on the layer's grid. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Layer } from "./layers.ts";

/** [N,h,w] from a value of the layer's shape; class and register tokens, which come first, are dropped. */
export function channelSum(g: GraphBuilder, value: Value, { layout, grid, dims }: Layer): Value {
  const axis = layout === "nchw" ? 1 : dims.length - 1;
  const summed = g.op("ReduceSum", [value, g.ints([axis])], { keepdims: 0 });
  if (layout !== "tokens") return summed;
  const [tokens, count] = [dims[1] as number, grid[0] * grid[1]];
  const patches =
    tokens === count ? summed : g.op("Slice", [summed, g.ints([tokens - count]), g.ints([tokens]), g.ints([1])]);
  return g.op("Reshape", [patches, g.ints([0, ...grid])]);
}
