/** @file BatchNormalization behind Conv, ConvTranspose or Gemm is folded into the weights, in float64, rounded once. */

import { toNumbers } from "../graph/tensor.ts";
import { consumers } from "../graph/topology.ts";
import type { Node, Tensor } from "../graph/types.ts";
import { intAttr, realAttr, withInputs, without } from "./attributes.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite } from "./rewriter.ts";

/** y = factor · x + shift, one pair a channel. */
interface Affine {
  readonly factor: Float64Array;
  readonly shift: Float64Array;
}

function affineOf(node: Node, rw: Rewriter): Affine | undefined {
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => rw.constantOf(node.inputs[i]));
  if (!scale || !bias || !mean || !variance || [scale, bias, mean, variance].some((t) => t.dtype !== "float32"))
    return undefined;
  const [s, b, m, v] = [scale, bias, mean, variance].map(toNumbers) as [
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
  ];
  if (b.length !== s.length || m.length !== s.length || v.length !== s.length) return undefined;
  const eps = realAttr(node, "epsilon") ?? 1e-5;
  const factor = Float64Array.from(
    { length: s.length },
    (_, i) => (s[i] as number) / Math.sqrt((v[i] as number) + eps),
  );
  const shift = factor.map((f, i) => (b[i] as number) - f * (m[i] as number));
  return factor.every(Number.isFinite) && shift.every(Number.isFinite) ? { factor, shift } : undefined;
}

/** Which output channel an element of the weight belongs to. */
type ChannelOf = (index: number) => number;

function channelMap(node: Node, weight: Tensor): { readonly channels: number; readonly of: ChannelOf } | undefined {
  const [d0 = 1, d1 = 1] = weight.dims;
  const count = weight.data.length;
  if (weight.dims.length < 2 || count === 0) return undefined;
  const block = count / d0;
  if (node.op === "Conv") return { channels: d0, of: (i) => Math.floor(i / block) };
  if (node.op === "Gemm")
    return intAttr(node, "transB")
      ? { channels: d0, of: (i) => Math.floor(i / d1) }
      : { channels: d1, of: (i) => i % d1 };
  const groups = intAttr(node, "group") ?? 1;
  const rows = d0 / groups;
  const inner = block / d1;
  return {
    channels: d1 * groups,
    of: (i) => Math.floor(Math.floor(i / block) / rows) * d1 + (Math.floor(i / inner) % d1),
  };
}

/** The bias as one number a channel, `beta` of Gemm included; undefined when it is not that. */
function biasOf(node: Node, channels: number, rw: Rewriter): Float64Array | undefined {
  const out = new Float64Array(channels);
  const name = node.inputs[2] ?? "";
  if (name === "") return out;
  const t = rw.constantOf(name);
  if (t?.dtype !== "float32" || (t.data.length !== 1 && (t.data.length !== channels || t.dims.at(-1) !== channels)))
    return undefined;
  const beta = node.op === "Gemm" ? (realAttr(node, "beta") ?? 1) : 1;
  const values = toNumbers(t);
  return out.map((_, i) => beta * (values[values.length === 1 ? 0 : i] as number));
}

/** The linear node with the affine map inside, writing `output`. */
function merged(node: Node, affine: Affine, output: string, rw: Rewriter): Node | undefined {
  const [x = "", weightName = ""] = node.inputs;
  const weight = rw.constantOf(weightName);
  if (weight?.dtype !== "float32") return undefined;
  const map = channelMap(node, weight);
  const bias = map && biasOf(node, map.channels, rw);
  if (!map || !bias || map.channels !== affine.factor.length) return undefined;
  const old = weight.data as Float32Array;
  const data = old.map((w, i) => w * (affine.factor[map.of(i)] as number));
  const offset = Float32Array.from(bias, (b, c) => b * (affine.factor[c] as number) + (affine.shift[c] as number));
  const inputs = [
    x,
    rw.constant({ ...weight, data }, `${weightName}/folded`),
    rw.constant({ dtype: "float32", dims: [offset.length], data: offset }, `${weightName}/folded_bias`),
  ];
  return withInputs(
    { ...node, outputs: [output] },
    inputs,
    node.op === "Gemm" ? without(node.attrs, "beta") : node.attrs,
  );
}

const FOLDABLE = new Set(["Conv", "ConvTranspose", "Gemm"]);

/** The linear output must have no other reader, be no output, and not be kept. BatchNormalization before a Conv stays. */
export const foldBatchnorm: Pass = {
  name: "fold-batchnorm",
  run: (model, { keep }) => {
    const readers = consumers(model.graph);
    const pinned = new Set([...keep, ...model.graph.outputs.map((p) => p.name)]);
    const partner = (node: Node): Node | undefined => {
      const [out = ""] = node.outputs;
      const [only, ...others] = readers.get(out) ?? [];
      const fits =
        node.domain === "" &&
        FOLDABLE.has(node.op) &&
        only?.op === "BatchNormalization" &&
        only.domain === "" &&
        only.inputs[0] === out;
      return fits &&
        others.length === 0 &&
        !pinned.has(out) &&
        only.outputs.length === 1 &&
        !intAttr(only, "training_mode")
        ? only
        : undefined;
    };
    const done = new Set<string>();
    const graph = rewrite(model.graph, (node, rw) => {
      if (node.op === "BatchNormalization" && done.has(node.outputs[0] ?? "")) return;
      const next = partner(node);
      const affine = next && affineOf(next, rw);
      const fused = affine && merged(node, affine, next.outputs[0] ?? "", rw);
      if (fused) done.add(fused.outputs[0] ?? "");
      rw.emit(fused ?? node);
    });
    return { model: { ...model, graph }, notes: [] };
  },
};
