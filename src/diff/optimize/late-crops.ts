/** @file Crops put off: a slice of many channels before a convolution costs more than none, or one of few channels after it. */
import type { Value } from "../../graph/builder.ts";
import type { Node } from "../../graph/types.ts";
import { numbersOf } from "../../ops/content.ts";
import { resized } from "../../ops/depthwise.ts";
import { cutsZeros } from "../../ops/interleave.ts";
import { channelParts, type Draft, type Rewrite } from "./draft.ts";

/** Convolutions that read a crop, or some channels of one, read what it was cut from. */
export const lateCrops: Rewrite = (draft) => {
  const { g, graph, maker } = draft;
  const out = new Map<string, Value>();
  for (const node of graph.nodes) {
    if (
      node.domain !== "" ||
      (node.op !== "Conv" && node.op !== "ConvTranspose") ||
      node.inputs.includes("") ||
      !draft.isConstant(node.inputs[1] as string)
    )
      continue;
    const input = node.inputs[0] as string;
    const split = maker(input);
    const parted = split && channelParts(draft, split);
    const slice = maker(parted ? (split.inputs[0] as string) : input);
    const cut = slice && endsCut(draft, slice);
    if (!cut) continue;
    const data = g.value(slice.inputs[0] as string);
    const part =
      parted &&
      g.ops("Split", [data, g.ints(parted)], { attrs: { axis: 1 }, outputs: parted.length })[
        split.outputs.indexOf(input)
      ];
    const whole = { draft, node, data: part ?? data, cut };
    const made = cutsZeros(g, g.value(slice.outputs[0] as string)) ? overZeros(whole) : undefined;
    const instead = made ?? cropAfter(whole);
    if (instead) out.set(node.outputs[0] as string, instead);
  }
  return out;
};

type Cut = readonly [number, number];

/** Rows and columns that a slice takes off at the end; undefined when it does anything else. */
function endsCut({ g }: Draft, slice: Node): Cut | undefined {
  if (slice.op !== "Slice" || slice.inputs.length !== 4 || slice.inputs.includes("")) return undefined;
  const [data, starts, ends, axes] = slice.inputs.map((n) => g.value(n));
  const { dims } = g.value(slice.outputs[0] as string);
  const at = numbersOf(axes);
  if (!data || !at || !numbersOf(ends) || dims?.length !== 4) return undefined;
  if (!numbersOf(starts)?.every((s) => s === 0) || !at.every((a) => a === 2 || a === 3)) return undefined;
  const cut = [2, 3].map((axis) => (data.dims?.[axis] as number) - (dims[axis] as number));
  return cut.every(Number.isInteger) ? (cut as unknown as Cut) : undefined;
}

interface Whole {
  readonly draft: Draft;
  readonly node: Node;
  /** What was sliced. */
  readonly data: Value;
  readonly cut: Cut;
}

const list = (node: Node, name: string, otherwise: number): readonly number[] =>
  (node.attrs[name] as readonly number[] | undefined) ?? new Array<number>(name === "pads" ? 4 : 2).fill(otherwise);

/** The margin is 0, as padding is: so there is less to pad (Conv), or more of the result to cut (ConvTranspose). */
function overZeros({ draft: { g }, node, data, cut }: Whole): Value | undefined {
  if (node.attrs.auto_pad !== undefined && node.attrs.auto_pad !== "NOTSET") return undefined;
  const pads = list(node, "pads", 0);
  const strides = list(node, "strides", 1);
  const extra = list(node, "output_padding", 0);
  const inputs = [data, ...node.inputs.slice(1).map((n) => g.value(n))];
  if (node.op === "Conv") {
    const ends = cut.map((c, i) => (pads[i + 2] as number) - c);
    return strides.every((s) => s === 1) && ends.every((e) => e >= 0)
      ? g.op("Conv", inputs, { ...node.attrs, pads: [...pads.slice(0, 2), ...ends] })
      : undefined;
  }
  // (h - 1) s + extent - begin - end + extra stays what it was
  const surplus = cut.map((c, i) => (pads[i + 2] as number) + c * (strides[i] as number) - (extra[i] as number));
  const ends = surplus.map((s) => Math.max(0, s));
  return g.op("ConvTranspose", inputs, {
    ...node.attrs,
    pads: [...pads.slice(0, 2), ...ends],
    output_padding: surplus.map((s) => Math.max(0, -s)),
  });
}

/** A convolution that sees one pixel at a time commutes with the crop; worth it when fewer channels come out. */
function cropAfter({ draft: { g }, node, data }: Whole): Value | undefined {
  const y = g.value(node.outputs[0] as string);
  const [w] = node.inputs.slice(1).map((n) => g.value(n));
  const pointwise =
    node.op === "Conv" &&
    w?.dims?.slice(2).every((k) => k === 1) &&
    list(node, "pads", 0).every((p) => p === 0) &&
    list(node, "strides", 1).every((s) => s === 1);
  const channels = y.dims?.[1];
  if (!pointwise || typeof channels !== "number" || channels % 16 !== 0 || channels >= (data.dims?.[1] as number))
    return undefined;
  const whole = g.op("Conv", [data, ...node.inputs.slice(1).map((n) => g.value(n))], node.attrs);
  return resized(g, whole, y.dims?.slice(2) as readonly number[]);
}
