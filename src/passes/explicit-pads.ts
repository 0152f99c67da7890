/** @file `auto_pad` becomes plain `pads` wherever the spatial size is known, so that nothing downstream need resolve it. */
import type { Dim } from "../graph/dim.ts";
import type { Node } from "../graph/types.ts";
import { padsOf, windowAxes } from "../ops/conv-geometry.ts";
import { intsAttr, textAttr, without } from "./attributes.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite } from "./rewriter.ts";

const WINDOWED = new Set(["Conv", "ConvInteger", "QLinearConv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool"]);
const WEIGHT_INPUT: Readonly<Record<string, number>> = { QLinearConv: 3 };

function kernelOf(node: Node, rw: Rewriter): readonly number[] | undefined {
  const stated = intsAttr(node, "kernel_shape");
  if (stated) return stated;
  const sizes = rw.dims(node.inputs[WEIGHT_INPUT[node.op] ?? 1])?.slice(2);
  return sizes?.every((d) => typeof d === "number") ? sizes : undefined;
}

/** ConvTranspose states its pads through the size it wants to reach: `total = stride (in - 1) + outPad + extent - out`. */
function transposedPads(
  node: Node,
  kernel: readonly number[],
  spatial: readonly Dim[],
  upper: boolean,
): readonly number[] | undefined {
  const wanted = intsAttr(node, "output_shape");
  const totals = kernel.map((k, i) => {
    const size = spatial[i];
    const stride = intsAttr(node, "strides")?.[i] ?? 1;
    const extent = (intsAttr(node, "dilations")?.[i] ?? 1) * (k - 1) + 1;
    const spare = intsAttr(node, "output_padding")?.[i] ?? 0;
    if (wanted === undefined) return extent + spare - stride;
    return typeof size === "number" ? stride * (size - 1) + spare + extent - (wanted[i] ?? 0) : -1;
  });
  if (totals.some((t) => t < 0)) return undefined;
  const less = totals.map((t) => Math.floor(t / 2));
  const more = totals.map((t) => Math.ceil(t / 2));
  return upper ? [...less, ...more] : [...more, ...less];
}

function padsFor(node: Node, mode: string, rw: Rewriter): readonly number[] | undefined {
  const kernel = kernelOf(node, rw);
  const spatial = rw.dims(node.inputs[0])?.slice(2);
  if (kernel === undefined) return undefined;
  if (mode === "VALID") return new Array<number>(2 * kernel.length).fill(0);
  if (spatial?.length !== kernel.length) return undefined;
  if (node.op === "ConvTranspose") return transposedPads(node, kernel, spatial, mode === "SAME_UPPER");
  const strides = intsAttr(node, "strides");
  if (kernel.some((_, i) => typeof spatial[i] !== "number" && (strides?.[i] ?? 1) !== 1)) return undefined;
  return padsOf(
    windowAxes(kernel, { strides, dilations: intsAttr(node, "dilations"), pads: undefined, auto_pad: mode }, spatial),
  );
}

export const explicitPads: Pass = {
  name: "explicit-pads",
  run: (model) => {
    const graph = rewrite(model.graph, (node, rw) => {
      const mode = WINDOWED.has(node.op) && node.domain === "" ? textAttr(node, "auto_pad") : undefined;
      const pads = mode === undefined || mode === "NOTSET" ? undefined : padsFor(node, mode, rw);
      if (pads) rw.emit({ ...node, attrs: { ...without(node.attrs, "auto_pad"), pads } });
      else rw.emit(mode === "NOTSET" ? { ...node, attrs: without(node.attrs, "auto_pad") } : node);
    });
    return { model: { ...model, graph }, notes: [] };
  },
};
