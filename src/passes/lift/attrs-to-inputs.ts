/** @file Attributes that later opsets made inputs: Clip, Reduce*, Squeeze, Unsqueeze, Slice, Pad, Split, TopK, Reshape, Dropout. */
import type { Node } from "../../graph/types.ts";
import { intAttr, intsAttr, realAttr, withInputs, without } from "../attributes.ts";
import type { Rewriter } from "../rewriter.ts";
import type { Lift } from "./lift.ts";

const data = (node: Node): string => node.inputs[0] ?? "";
const out = (node: Node): string => node.outputs[0] ?? node.name;

/** Clip-6: `min` and `max` as attributes, with the whole of float32 as their default. */
export const clipBounds: Lift = (node, rw) => {
  const dtype = rw.dtype(data(node));
  const bound = (name: string, limit: number): string => {
    const value = realAttr(node, name);
    return value === undefined || Math.abs(value) >= limit ? "" : rw.scalar(value, dtype, `${out(node)}/${name}`);
  };
  const widest = 3.4028e38;
  return withInputs(node, [data(node), bound("min", widest), bound("max", widest)], without(node.attrs, "min", "max"));
};

/** `axes` of Reduce*, Squeeze and Unsqueeze. */
export const axesInput: Lift = (node, rw) => {
  const axes = intsAttr(node, "axes");
  if (axes === undefined) return node;
  return withInputs(node, [data(node), rw.ints(axes, `${out(node)}/axes`)], without(node.attrs, "axes"));
};

/** Slice-1: `starts`, `ends`, `axes`. */
export const sliceBounds: Lift = (node, rw) => {
  const names = ["starts", "ends", "axes"] as const;
  const inputs = names.map((name) => {
    const values = intsAttr(node, name);
    return values === undefined ? "" : rw.ints(values, `${out(node)}/${name}`);
  });
  return withInputs(node, [data(node), ...inputs], without(node.attrs, ...names));
};

/** Pad-2 (`pads`, `value`) and Pad-1 (`paddings`). */
export const padAmounts: Lift = (node, rw) => {
  const pads = intsAttr(node, "pads") ?? intsAttr(node, "paddings");
  if (pads === undefined) return node;
  const value = realAttr(node, "value") ?? 0;
  const fill = value === 0 ? "" : rw.scalar(value, rw.dtype(data(node)), `${out(node)}/value`);
  return withInputs(
    node,
    [data(node), rw.ints(pads, `${out(node)}/pads`), fill],
    without(node.attrs, "pads", "paddings", "value"),
  );
};

/** Split-2 and Split-11: `split` as an attribute. */
export const splitSizes: Lift = (node, rw) => {
  const sizes = intsAttr(node, "split");
  if (sizes === undefined) return node;
  return withInputs(node, [data(node), rw.ints(sizes, `${out(node)}/split`)], without(node.attrs, "split"));
};

/** Split-18 wants the number of equal parts spelt out. */
export const splitCount: Lift = (node) => {
  const sized = (node.inputs[1] ?? "") !== "" || intAttr(node, "num_outputs") !== undefined;
  return sized ? node : { ...node, attrs: { ...node.attrs, num_outputs: node.outputs.length } };
};

/** TopK-1: `k` as an attribute. */
export const topCount: Lift = (node, rw) => {
  const k = intAttr(node, "k");
  return k === undefined
    ? node
    : withInputs(node, [data(node), rw.ints([k], `${out(node)}/k`)], without(node.attrs, "k"));
};

/** Reshape-1: `shape` as an attribute. */
export const reshapeTarget: Lift = (node, rw) => {
  const shape = intsAttr(node, "shape");
  return shape === undefined
    ? node
    : withInputs(node, [data(node), rw.ints(shape, `${out(node)}/shape`)], without(node.attrs, "shape"));
};

/** A Dropout that is not training, or drops nothing, copies its input. One whose mask is read stays (its mask is all true). */
export const dropoutIdentity: Lift = (node, rw: Rewriter) => {
  if (rw.isUsed(node.outputs[1])) return node;
  const isZero = (name: string, absent: boolean): boolean => {
    const value = rw.constantOf(name)?.data[0];
    return name === "" ? absent : value !== undefined && Number(value) === 0;
  };
  const [x = "", ratio = "", training = ""] = node.inputs;
  if (!isZero(training, true) && !isZero(ratio, false)) return node;
  return { ...node, op: "Identity", inputs: [x], outputs: [out(node)], attrs: {} };
};
/** Dropout-7 and Dropout-10 carry `ratio` as an attribute, of no effect outside training. */
export const dropoutRatio: Lift = (node) => withInputs(node, [data(node)], without(node.attrs, "ratio", "is_test"));
