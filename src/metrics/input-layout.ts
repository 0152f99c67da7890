/** @file Where the values of a pixel lie in the network's input. */
import type { MetricImage } from "./metric.ts";

export type Frame = Pick<MetricImage, "width" | "height" | "channels" | "layout">;

/** Distance between neighbouring pixels, and between channels of one pixel. */
export const strides = ({ width, height, channels, layout }: Frame): readonly [pixel: number, channel: number] =>
  layout === "nchw" ? [1, width * height] : [channels, 1];

/** Copy all channels of some pixels from one input to another. */
export function copyPixels(
  target: Float32Array,
  source: Float32Array,
  { pixels, frame }: { readonly pixels: ArrayLike<number>; readonly frame: Frame },
): void {
  const [step, plane] = strides(frame);
  for (let c = 0; c < frame.channels; c++)
    for (let i = 0; i < pixels.length; i++) {
      const at = (pixels[i] as number) * step + c * plane;
      target[at] = source[at] as number;
    }
}

/** An input as planes [C,H,W]. */
export function toPlanes(x: Float32Array, frame: Frame): Float32Array {
  return frame.layout === "nchw" ? Float32Array.from(x) : moved(x, frame, (planar, own) => [planar, own]);
}
/** Planes [C,H,W] as an input. */
export function fromPlanes(planes: Float32Array, frame: Frame): Float32Array {
  return frame.layout === "nchw" ? planes : moved(planes, frame, (planar, own) => [own, planar]);
}

function moved(
  source: Float32Array,
  frame: Frame,
  ends: (planar: number, own: number) => readonly [to: number, from: number],
): Float32Array {
  const [step, plane] = strides(frame);
  const size = frame.width * frame.height;
  const out = new Float32Array(source.length);
  for (let c = 0; c < frame.channels; c++)
    for (let p = 0; p < size; p++) {
      const [to, from] = ends(c * size + p, p * step + c * plane);
      out[to] = source[from] as number;
    }
  return out;
}
