/** @file The cotangent of MaxPool: each window's share goes to its first maximum. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Attrs } from "../graph/types.ts";
import { reshapeLike } from "./broadcast.ts";

export interface PoolVjp {
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
  readonly attrs: {
    readonly auto_pad: string;
    readonly ceil_mode: boolean;
    readonly dilations: readonly number[] | undefined;
    readonly kernel_shape: readonly number[] | undefined;
    readonly pads: readonly number[] | undefined;
    readonly strides: readonly number[] | undefined;
  };
}

export function maxPoolCotangent(g: GraphBuilder, { x, dy, attrs }: PoolVjp): Value {
  const [, indices] = g.ops("MaxPool", [x], { attrs: poolNodeAttrs(attrs), outputs: 2 }) as [Value, Value];
  const flatX = g.op("Reshape", [x, g.ints([-1])]);
  const zeros = g.op("Mul", [flatX, g.scalar(0)]);
  const flat = (v: Value): Value => g.op("Reshape", [v, g.ints([-1])]);
  return reshapeLike(g, g.op("ScatterElements", [zeros, flat(indices), flat(dy)], { axis: 0, reduction: "add" }), x);
}

export function poolNodeAttrs(attrs: PoolVjp["attrs"]): Attrs {
  const { auto_pad, ceil_mode, dilations, kernel_shape, pads, strides } = attrs;
  return {
    auto_pad, ceil_mode: Number(ceil_mode), kernel_shape: kernel_shape ?? [],
    ...(dilations ? { dilations } : {}), ...(pads ? { pads } : {}), ...(strides ? { strides } : {}),
  };
}
