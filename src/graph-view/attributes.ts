/** @file Shapes and attributes in words short enough for a drawing. */
import type { Dim } from "../graph/dim.ts";
import type { Attr, Graph, Node } from "../graph/types.ts";

/** Longest attribute line; models write what they like into theirs. */
const LONGEST = 240;
/** Elements of a list that are written out. */
const LISTED = 8;

/** `64 x 28 x 28`: the axes after the batch; of a vector or scalar all that there are. */
export const shapeText = (dims: readonly Dim[] | undefined): string =>
  dims === undefined ? "" : (dims.length > 1 ? dims.slice(1) : dims).map(dimText).join(" x ");

const dimText = (dim: Dim): string => (typeof dim === "string" && dim.startsWith("?") ? "?" : String(dim));

const list = (values: readonly unknown[]): string =>
  values.length > LISTED ? `${values.slice(0, LISTED).join(" ")} (${values.length} values)` : values.join(" ");

function attributeText(value: Attr): string {
  if (typeof value === "number" || typeof value === "string") return String(value);
  if (Array.isArray(value)) return list(value);
  if ("float" in value) return String(Number(value.float.toPrecision(4)));
  if ("floats" in value) return list(value.floats.map((v) => Number(v.toPrecision(4))));
  if ("tensor" in value) return `${value.tensor.dtype} ${value.tensor.dims.join(" x ")}`;
  return "a graph";
}

/** `kernel_shape 3 3; strides 2 2; weights 64 x 3 x 3 x 3`, by name. */
export function attributesText(graph: Graph, node: Node): string {
  const attributes = Object.entries(node.attrs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${attributeText(value)}`);
  const weights = node.inputs.flatMap((name) => {
    const dims = graph.constants.get(name)?.dims;
    return dims && dims.length > 0 ? [dims.join(" x ")] : [];
  });
  const domain = node.domain === "" ? [] : [`domain ${node.domain}`];
  const text = [...domain, ...attributes, ...(weights.length > 0 ? [`weights ${weights.join(", ")}`] : [])].join("; ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
