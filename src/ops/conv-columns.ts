/** @file The windows of a plane as columns of a matrix, images innermost: what turns the cotangent of a convolution's weight into one product. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { tensor } from "../graph/tensor.ts";
import { type WindowAxis, windowCount } from "./conv-geometry.ts";

export interface PlaneWindows {
  /** `[N, C, spatial…]`, spatial axes known. */
  readonly data: Value;
  readonly axes: readonly WindowAxis[];
}

/**
 * `[C, taps, windows, N]`: element (c, t, p, n) is what tap t of window p reads of channel c of image n, 0 where it lies outside.
 * Images are innermost, so a tap of all images is one block that is copied as a whole.
 */
export function columnsOf(g: GraphBuilder, { data, axes }: PlaneWindows): Value {
  const [, channels, ...size] = data.dims as readonly number[];
  const area = product(size);
  const inner = g.op("Reshape", [imagesInnermost(g, data), g.ints([channels as number, area, -1])]);
  const { taps, count, outside, places } = placesOf(size, axes);
  const plain = taps === 1 && !outside && places.every((p, i) => p === i) && places.length === area;
  if (plain) return g.op("Unsqueeze", [inner, g.ints([1])]);
  const source = outside ? g.op("Pad", [inner, g.ints([0, 0, 0, 0, 1, 0])]) : inner;
  return g.op("Gather", [source, g.constant(tensor("int32", [taps, count], places), "windows")], { axis: 1 });
}

/** `[N, a, …]` -> `[a·…, N]`. */
export function imagesInnermost(g: GraphBuilder, v: Value): Value {
  const size = product(((v.dims as readonly Dim[]).slice(1) as readonly number[]) ?? []);
  return g.op("Transpose", [g.op("Reshape", [v, g.ints([-1, size])])], { perm: [1, 0] });
}

interface Places {
  readonly taps: number;
  readonly count: number;
  /** Some tap lies outside; it reads place `area`. */
  readonly outside: boolean;
  /** `[taps, windows]`: flat places in the plane. */
  readonly places: Int32Array;
}

function placesOf(size: readonly number[], axes: readonly WindowAxis[]): Places {
  const counts = axes.map((a, i) => windowCount(size[i] as number, a, false));
  const [taps, count, area] = [product(axes.map((a) => a.kernel)), product(counts), product(size)];
  const places = new Int32Array(taps * count);
  let outside = false;
  for (let t = 0; t < taps; t++)
    for (let p = 0; p < count; p++) {
      const place = placeOf(t, p, { size, axes, counts });
      outside ||= place < 0;
      places[t * count + p] = place < 0 ? area : place;
    }
  return { taps, count, outside, places };
}

/** Flat place that tap `t` of window `p` reads; -1 = outside. */
function placeOf(
  t: number,
  p: number,
  { size, axes, counts }: { size: readonly number[]; axes: readonly WindowAxis[]; counts: readonly number[] },
): number {
  let [tap, window, place, step] = [t, p, 0, 1];
  for (let i = axes.length - 1; i >= 0; i--) {
    const { kernel, stride, dilation, begin } = axes[i] as WindowAxis;
    const [count, extent] = [counts[i] as number, size[i] as number];
    const at = (window % count) * stride + (tap % kernel) * dilation - begin;
    if (at < 0 || at >= extent) return -1;
    place += at * step;
    step *= extent;
    tap = Math.floor(tap / kernel);
    window = Math.floor(window / count);
  }
  return place;
}

const product = (values: readonly number[]): number => values.reduce((p, v) => p * v, 1);
