/** @file Pad: constant, reflect, edge, wrap; negative pads crop, before anything is mirrored or repeated. */
import { OnnxplainError } from "../errors.ts";
import type { Value } from "../graph/builder.ts";
import { type Dim, unknownDim } from "../graph/dim.ts";
import type { Fact } from "../graph/types.ts";
import { numbersOf } from "./content.ts";
import { defineOp, type Op, required, text, type VjpArgs } from "./define.ts";
import { eachIndex, type NumTensor, normalizeAxis, num, stridesOf } from "./num-tensor.ts";
import { foldPadding } from "./pad-fold.ts";
import { scatterBack } from "./scatter-back.ts";

/** Pads of one axis. */
export interface AxisPad {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
}

/** What the inputs say; undefined when they are not known before the run. */
function padsOf(x: readonly (Fact | null | undefined)[], rank: number): readonly AxisPad[] | undefined {
  const flat = numbersOf(x[1]);
  const axes = x[3] ? numbersOf(x[3]) : Array.from({ length: rank }, (_, i) => i);
  if (!flat || !axes) return undefined;
  return axes.map((a, i) => ({
    axis: normalizeAxis(a, rank),
    begin: flat[i] as number,
    end: flat[i + axes.length] as number,
  }));
}

const modulo = (a: number, n: number): number => ((a % n) + n) % n;

/** Where element `i` of a padded axis comes from, in a (cropped) axis of `size`; -1 = the constant. */
const SOURCE: Readonly<Record<string, (i: number, size: number) => number>> = {
  constant: (i, size) => (i < 0 || i >= size ? -1 : i),
  edge: (i, size) => Math.min(Math.max(i, 0), size - 1),
  wrap: (i, size) => modulo(i, size),
  reflect: (i, size) => {
    if (size === 1) return 0;
    const at = modulo(i, 2 * (size - 1));
    return at < size ? at : 2 * (size - 1) - at;
  },
};

/** Sources along one axis, as positions of the uncropped input. */
function sources(size: number, pad: AxisPad | undefined, mode: string): readonly number[] {
  const { begin, end } = pad ?? { begin: 0, end: 0 };
  const source = SOURCE[mode];
  if (source === undefined)
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `Pad has no mode \`${mode}\` (expected constant, reflect, edge or wrap). The file is damaged.`,
    );
  const first = Math.max(0, -begin);
  const left = size - first - Math.max(0, -end);
  return Array.from({ length: Math.max(0, size + begin + end) }, (_, i) => {
    const at = source(i - Math.max(0, begin), left);
    return at < 0 ? -1 : at + first;
  });
}

function pad(
  { dtype, dims, data }: NumTensor,
  pads: readonly AxisPad[],
  options: { readonly mode: string; readonly value: number },
): NumTensor {
  const from = dims.map((size, axis) =>
    sources(
      size,
      pads.find((p) => p.axis === axis),
      options.mode,
    ),
  );
  const outDims = from.map((s) => s.length);
  const strides = stridesOf(dims);
  const out = new Float64Array(outDims.reduce((p, d) => p * d, 1));
  eachIndex(outDims, (index, at) => {
    let offset = 0;
    for (let axis = 0; axis < index.length; axis++) {
      const source = from[axis]?.[index[axis] as number] as number;
      offset = source < 0 || offset < 0 ? -1 : offset + source * (strides[axis] as number);
    }
    out[at] = offset < 0 ? options.value : (data[offset] as number);
  });
  return num(dtype, outDims, out);
}

interface PadAttrs {
  readonly mode: string;
}

/** Constant padding is undone by the negated pads; the constant itself receives what falls on the padding. */
function unpad({ g, dy, x, wants }: VjpArgs<PadAttrs>): readonly (Value | null)[] {
  const data = required(x, 0);
  const pads = required(x, 1);
  const flat = numbersOf(pads);
  const negated = flat ? g.ints(flat.map((p) => -p)) : g.op("Neg", [pads]);
  const core = flat?.every((p) => p === 0) ? dy : g.op("Pad", [dy, negated, null, x[3] ?? null]);
  const value =
    x[2] && wants[2]
      ? g.op("Sub", [g.op("ReduceSum", [dy], { keepdims: 0 }), g.op("ReduceSum", [core], { keepdims: 0 })])
      : null;
  return [data.dims ? core : null, null, value];
}

export const Pad: Op = defineOp({
  kind: "movement",
  attrs: { mode: text("constant") },
  shape: ({ x, name }) => {
    const { dtype, dims } = required(x, 0);
    if (dims === undefined) return { dtype, dims };
    const pads = padsOf(x, dims.length);
    const grown = (d: Dim, axis: number): Dim => {
      if (pads === undefined) return unknownDim(name, axis);
      const more = pads.filter((p) => p.axis === axis).reduce((s, p) => s + p.begin + p.end, 0);
      return typeof d === "number" ? d + more : more === 0 ? d : unknownDim(name, axis);
    };
    return { dtype, dims: dims.map(grown) };
  },
  eval: ({ x, attrs }) => {
    const data = required(x, 0);
    const facts = x.map((t) => t && { dtype: t.dtype, dims: t.dims, content: Array.from(t.data) });
    return pad(data, padsOf(facts, data.dims.length) ?? [], { mode: attrs.mode, value: x[2]?.data[0] ?? 0 });
  },
  vjp: (args) => {
    const { g, dy, x, attrs } = args;
    if (attrs.mode === "constant") return unpad(args);
    const data = required(x, 0);
    const pads = data.dims && padsOf(x, data.dims.length);
    const folded = pads && foldPadding(g, dy, { like: data, pads, mode: attrs.mode });
    return [
      folded ?? scatterBack(g, dy, { x: data, move: (p) => g.op("Pad", [p, ...x.slice(1)], { mode: attrs.mode }) }),
    ];
  },
});
