/** @file The vjp of anything that copies elements, whatever its indices: move the positions along, then scatter. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { elementCount, isStatic } from "../graph/dim.ts";
import { reshapeLike } from "./broadcast.ts";
import { zerosLike } from "./zeros-like.ts";

/**
 * Cotangent of `x` where `y = move(x)` copies, drops and repeats elements of `x`. Exact for repeated elements, and for
 * shapes and indices known only at run time; costs an int64 tensor the size of `y`, so it is the last resort.
 */
export function scatterBack(
  g: GraphBuilder,
  dy: Value,
  options: { readonly x: Value; readonly move: (positions: Value) => Value },
): Value {
  const { x, move } = options;
  const size = isStatic(x.dims) ? g.scalar(elementCount(x.dims), "int64") : g.op("Size", [x]);
  const flat = g.op("Range", [g.scalar(0, "int64"), size, g.scalar(1, "int64")], {}, "positions");
  const moved = g.op("Reshape", [move(reshapeLike(g, flat, x)), g.ints([-1])]);
  const zeros = zerosLike(g, g.op("Reshape", [x, g.ints([-1])]));
  const dx = g.op("ScatterElements", [zeros, moved, g.op("Reshape", [dy, g.ints([-1])])], {
    axis: 0,
    reduction: "add",
  });
  return reshapeLike(g, dx, x);
}
