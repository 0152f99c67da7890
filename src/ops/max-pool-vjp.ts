/** @file The cotangent of MaxPool: each window's share goes to its first maximum in row-major order. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { isStatic } from "../graph/dim.ts";
import type { Attrs } from "../graph/types.ts";
import { reshapeLike } from "./broadcast.ts";
import { extent, windowAxes, windowCount } from "./conv-geometry.ts";
import type { Grid } from "./interleave.ts";
import { isNonNegative, vanishesWith, wherePositive } from "./masks.ts";
import { firstMaxima, firstMaximaOfTiles, type Taps } from "./max-pool-taps.ts";

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
  /** Nobody reads the cotangent of `x` where `x` is 0 (it comes out of a ReLU and goes back through it). */
  readonly deadAtZero: boolean;
}

/** Windows wider than this need more comparisons than the indices of the runtime's own pool cost. */
const WIDEST = 5;
/** Channels that the runtime's blocked layout works on at once. */
const BLOCK = 16;

/** The pool as windows over a known plane, where comparing taps is exact and fast. */
type Windows = Pick<Taps, "axes" | "size" | "count">;

function windowsOf({ x, attrs }: PoolVjp): Windows | undefined {
  const size = x.dims?.slice(2);
  const channels = x.dims?.[1];
  if (
    !isStatic(size) ||
    size.length !== 2 ||
    x.dtype !== "float32" ||
    typeof channels !== "number" ||
    channels % BLOCK !== 0
  )
    return undefined;
  const axes = windowAxes(attrs.kernel_shape ?? [], attrs, size);
  if (axes.some((a) => a.kernel > WIDEST || a.dilation !== 1 || a.stride > a.kernel || a.begin >= a.kernel))
    return undefined;
  const count = axes.map((a, i) => windowCount(size[i] as number, a, attrs.ceil_mode));
  return { axes: axes as unknown as Windows["axes"], size: size as unknown as Grid, count: count as unknown as Grid };
}

/**
 * Taps outside the plane read 0. That changes no winner when 0 can never win: `x >= 0`, and where a window's maximum is 0,
 * either its first tap lies inside (no leading padding), or nobody reads what is passed back there.
 */
function zeroPaddingIsHarmless(g: GraphBuilder, p: PoolVjp, { axes, size, count }: Windows): boolean {
  const inside = axes.every(
    (a, i) => a.begin === 0 && ((count[i] as number) - 1) * a.stride + extent(a) <= (size[i] as number),
  );
  return inside || (isNonNegative(g, p.x) && (p.deadAtZero || axes.every((a) => a.begin === 0)));
}

const tiles = ({ axes, size, count }: Windows): boolean =>
  axes.every(
    (a, i) =>
      a.stride === a.kernel && a.begin === 0 && (count[i] as number) === Math.ceil((size[i] as number) / a.stride),
  ) && axes.reduce((p, a) => p * a.kernel, 1) <= 4;

export function maxPoolCotangent(g: GraphBuilder, p: PoolVjp): Value {
  const windows = windowsOf(p);
  if (windows === undefined || !zeroPaddingIsHarmless(g, p, windows)) return byIndices(g, p);
  const out = byTaps(g, p, windows);
  return p.deadAtZero ? vanishesWith(g, out, p.x) : out;
}

function byTaps(g: GraphBuilder, p: PoolVjp, windows: Windows): Value {
  const dy = p.deadAtZero ? wherePositive(g, p.dy, p.y) : p.dy;
  const taps = { ...windows, x: p.x, y: p.y, dy };
  return tiles(windows) ? firstMaximaOfTiles(g, taps) : firstMaxima(g, taps);
}

/** Any pool: the runtime's own indices, and a scatter. */
function byIndices(g: GraphBuilder, { x, dy, attrs }: PoolVjp): Value {
  const [, indices] = g.ops("MaxPool", [x], { attrs: poolNodeAttrs(attrs), outputs: 2 }) as [Value, Value];
  const flat = (v: Value): Value => g.op("Reshape", [v, g.ints([-1])]);
  const zeros = g.op("Mul", [flat(x), g.scalar(0, x.dtype)]);
  return reshapeLike(g, g.op("ScatterElements", [zeros, flat(indices), flat(dy)], { axis: 0, reduction: "add" }), x);
}

export function poolNodeAttrs(attrs: PoolVjp["attrs"]): Attrs {
  const { auto_pad, ceil_mode, dilations, kernel_shape, pads, strides } = attrs;
  return {
    auto_pad,
    ceil_mode: Number(ceil_mode),
    kernel_shape: kernel_shape ?? [],
    ...(dilations ? { dilations } : {}),
    ...(pads ? { pads } : {}),
    ...(strides ? { strides } : {}),
  };
}
