/** @file Nearest up-sampling by whole factors, in the one form that the runtime keeps in its blocked layout. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";

/** Every element repeated `by` times along each spatial axis. */
export const enlarge = (g: GraphBuilder, v: Value, by: readonly number[]): Value =>
  g.op("Resize", [v, null, g.constant(tensor("float32", [by.length + 2], [1, 1, ...by]))], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
