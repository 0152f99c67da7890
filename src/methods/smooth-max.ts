/** @file Extremal perturbation's mask: each pixel is the smooth maximum of the mask cells around it (Fong, Patrick and Vedaldi 2019, eq. 7). */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";

/** How sharply the maximum is taken. */
const COLDNESS = 20;
/** k(z) = exp(-2 max(0, z - 1/2)²), z the distance in units of sigma. */
const kernel = (z: number): number => Math.exp(-2 * Math.max(0, z - 0.5) ** 2);

/** One axis of the mask. */
interface Axis {
  /** Pixels of the image, and cells, one for every `step` pixels, the first at pixel 0. */
  readonly size: number;
  readonly cells: number;
  /** Positions a window of cells can take, and pixels of the mask with its margin. */
  readonly windows: number;
  readonly pixels: number;
}
export interface SmoothMask {
  readonly rows: Axis;
  readonly columns: Axis;
  readonly step: number;
  readonly sigma: number;
  /** Pixels of the mask before the image begins. */
  readonly margin: number;
  /** Cells of value 0 around the mask, and cells around a pixel that its maximum reads, less one, halved. */
  readonly padding: number;
  readonly radius: number;
}

/** Cells `step` pixels apart, Gaussian-like of width `sigma` pixels; the mask goes on beyond the image by about `sigma`. */
export function smoothMask([height, width]: readonly [number, number], step: number, sigma: number): SmoothMask {
  const radius = 1 + Math.ceil(sigma / step);
  const margin = Math.round(sigma);
  const pixelsOf = (cells: number, padding: number): number => step * (cells + 2 * (padding - radius)) - step + 1;
  const covers = (size: number, padding: number): boolean => pixelsOf(Math.ceil(size / step), padding) >= margin + size;
  let padding = 1 + Math.ceil((2 * sigma) / step);
  while (!covers(height, padding) || !covers(width, padding)) padding++;
  const axis = (size: number): Axis => {
    const cells = Math.ceil(size / step);
    return { size, cells, windows: cells + 2 * (padding - radius), pixels: pixelsOf(cells, padding) };
  };
  return { rows: axis(height), columns: axis(width), step, sigma, margin, padding, radius };
}

/** [1,1,step,1,step,K]: T times the kernel from each pixel of a step to each cell of its window; the same at every step. */
function kernelOf(g: GraphBuilder, { step, sigma, padding, radius }: SmoothMask): Value {
  const reach = 2 * radius + 1;
  const offset = (pixel: number, cell: number): number => pixel - (sigma + step * (cell - padding));
  const values = new Float32Array(step * step * reach * reach);
  let at = 0;
  for (let py = 0; py < step; py++)
    for (let px = 0; px < step; px++)
      for (let ky = 0; ky < reach; ky++)
        for (let kx = 0; kx < reach; kx++)
          values[at++] = COLDNESS * kernel(Math.hypot(offset(py, ky), offset(px, kx)) / sigma);
  return g.constant(tensor("float32", [1, 1, step, 1, step, reach * reach], values), "kernel");
}

/** Cells [N,h,w] in every window: [N,windows,1,windows,1,K]. */
function windowsOf(g: GraphBuilder, cells: Value, { rows, columns, padding, radius }: SmoothMask): Value {
  const reach = 2 * radius + 1;
  const count = reach * reach;
  const unit = Float32Array.from({ length: count * count }, (_, i) => (i % (count + 1) === 0 ? 1 : 0));
  const pick = g.constant(tensor("float32", [count, 1, reach, reach], unit), "pick");
  const found = g.op("Conv", [g.op("Unsqueeze", [cells, g.ints([1])]), pick], {
    dilations: [1, 1],
    group: 1,
    kernel_shape: [reach, reach],
    pads: [padding, padding, padding, padding],
    strides: [1, 1],
  });
  const last = g.op("Transpose", [found], { perm: [0, 2, 3, 1] });
  return g.op("Reshape", [last, g.ints([0, rows.windows, 1, columns.windows, 1, count])]);
}

/**
 * Σ_i k_i m_i e^{T k_i m_i} / Σ_i e^{T k_i m_i} over the cells i around a pixel, T = 20.
 * `full` [N,pixels,pixels] has a margin; `mask` [N,H,W] lies on the image.
 */
export function emitSmoothMask(
  g: GraphBuilder,
  cells: Value,
  form: SmoothMask,
): { readonly full: Value; readonly mask: Value } {
  const { rows, columns, step, margin } = form;
  const weighted = g.op("Mul", [windowsOf(g, cells, form), kernelOf(g, form)]);
  const shares = g.op("Softmax", [weighted], { axis: -1 });
  const sum = g.op("ReduceSum", [g.op("Mul", [weighted, shares]), g.ints([5])], { keepdims: 0 });
  const pooled = g.op("Mul", [sum, g.scalar(1 / COLDNESS)]);
  const large = g.op("Reshape", [pooled, g.ints([0, rows.windows * step, columns.windows * step])]);
  const cut = (from: readonly [number, number], [h, w]: readonly [number, number]): Value =>
    g.op("Slice", [large, g.ints(from), g.ints([from[0] + h, from[1] + w]), g.ints([1, 2]), g.ints([1, 1])]);
  return {
    full: cut([0, 0], [rows.pixels, columns.pixels]),
    mask: cut([margin, margin], [rows.size, columns.size]),
  };
}
