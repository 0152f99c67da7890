/** @file Constants written for one batch size: targets of Reshape, Expand and Resize, and operands of Concat, rewritten for any. */
import { type Dim, dimMentions, dimProduct, dimQuotient } from "../graph/dim.ts";
import type { Node } from "../graph/types.ts";
import { intAttr, intsAttr, withInputs } from "./attributes.ts";
import { BATCH, blockOf, type Position, type Positions } from "./batch-position.ts";
import type { Rewriter } from "./rewriter.ts";

/** What a rewrite may look at: samples' positions and the old batch size. */
export interface Freeing {
  readonly rw: Rewriter;
  readonly at: Positions;
  readonly size: number;
}

const numbers = (content: readonly Dim[] | undefined): readonly number[] | undefined =>
  content?.every((d) => typeof d === "number") ? content : undefined;

/**
 * The axis of the old target `out` in which the samples of the data must lie: the elements behind it, and those before it,
 * are as many as in the data. Where several fit, the one that keeps the data's leading axes apart wins.
 */
function targetAxis(out: readonly Dim[], data: readonly Dim[], position: Position, size: number): number | undefined {
  const block = blockOf(data, position);
  const outer = dimQuotient(data[position.axis] as Dim, dimProduct([position.inner, BATCH]));
  const before = dimProduct(data.slice(0, position.axis));
  const fits = [...out.keys()].filter((j) => {
    const inner = dimQuotient(block, dimProduct(out.slice(j + 1)));
    const left = inner === undefined ? undefined : dimQuotient(out[j] as Dim, dimProduct([inner, size]));
    return (
      left !== undefined &&
      outer !== undefined &&
      dimProduct([...out.slice(0, j), left]) === dimProduct([before, outer])
    );
  });
  return fits.find((j) => dimProduct(out.slice(0, j)) === before) ?? fits[0];
}

/** The dims a Reshape to `target` gave under the old batch size. */
function resolved(
  target: readonly number[],
  data: readonly Dim[],
  size: number,
  copies: boolean,
): readonly Dim[] | undefined {
  const old = data.map((d) => (dimMentions(d, BATCH) ? dimProduct([dimQuotient(d, BATCH) ?? 1, size]) : d));
  const stated = target.map((t, i): Dim => (t === 0 && copies ? (old[i] ?? 0) : t));
  const rest = dimQuotient(dimProduct(old), dimProduct(stated.filter((d) => d !== -1)));
  return rest === undefined ? undefined : stated.map((d) => (d === -1 ? rest : d));
}

function reshaped(node: Node, { rw, at, size }: Freeing): Node {
  const [x = "", shape = ""] = node.inputs;
  const position = at.get(x);
  const data = rw.dims(x);
  const target = numbers(rw.fact(shape)?.content);
  const copies = intAttr(node, "allowzero") !== 1;
  const out = position && data && target && resolved(target, data, size, copies);
  const axis = out && targetAxis(out, data, position, size);
  if (axis === undefined || target === undefined || (target[axis] ?? 1) === -1) return node;
  if (target[axis] === 0 && copies && axis === position?.axis) return node;
  const sameAxis =
    copies &&
    axis === position?.axis &&
    dimProduct([out?.[axis] ?? 0, BATCH]) === dimProduct([data?.[axis] ?? 0, size]);
  const taken = target.some((t, i) => i !== axis && t === -1 && typeof out?.[i] !== "number");
  const entries = target.map((t, i) =>
    i === axis ? (taken && sameAxis ? 0 : -1) : typeof out?.[i] === "number" ? (out[i] as number) : t,
  );
  return withInputs(node, [x, rw.ints(entries, `${node.outputs[0]}/shape`)]);
}

/** The entry of the samples' axis becomes 1: whatever the data have there stays. */
function expanded(node: Node, { rw, at }: Freeing): Node {
  const [x = "", shape = ""] = node.inputs;
  const position = at.get(x);
  const target = numbers(rw.fact(shape)?.content);
  if (!position || !target) return node;
  const axis = position.axis + target.length - (rw.dims(x)?.length ?? 0);
  if (axis < 0 || target[axis] === 1) return node;
  return withInputs(node, [
    x,
    rw.ints(
      target.map((t, i) => (i === axis ? 1 : t)),
      `${node.outputs[0]}/shape`,
    ),
  ]);
}

/** `sizes` that name the batch are cut down to the other axes. */
function resized(node: Node, { rw, at }: Freeing): Node {
  const [x = "", roi = "", scales = "", sizes = ""] = node.inputs;
  const target = numbers(rw.fact(sizes)?.content);
  const position = at.get(x);
  if (!position || !target || intsAttr(node, "axes") || target.length !== rw.dims(x)?.length) return node;
  const axes = [...target.keys()].filter((axis) => axis !== position.axis);
  const rest = rw.ints(
    axes.map((axis) => target[axis] as number),
    `${node.outputs[0]}/sizes`,
  );
  return { ...node, inputs: [x, roi, scales, rest], attrs: { ...node.attrs, axes } };
}

/** A constant joined to samples (a class token) is repeated for each of them. */
function joined(node: Node, { rw, at, size }: Freeing): Node {
  const model = node.inputs.find((n) => at.has(n)) ?? "";
  const position = at.get(model);
  const rank = rw.dims(model)?.length ?? 0;
  if (position === undefined || size !== 1 || position.axis === intAttr(node, "axis")) return node;
  const { axis } = position;
  const repeat = (name: string): string => {
    const dims = rw.dims(name);
    if (at.has(name) || dims?.length !== rank || dims[axis] !== 1) return name;
    const count = rw.op("Shape", node, { inputs: [model], attrs: { start: axis, end: axis + 1 } });
    const ones = (n: number): readonly string[] =>
      n > 0 ? [rw.ints(new Array<number>(n).fill(1), `${node.outputs[0]}/ones`)] : [];
    const shape = rw.op("Concat", node, {
      inputs: [...ones(axis), count, ...ones(rank - axis - 1)],
      attrs: { axis: 0 },
    });
    return rw.op("Expand", node, { inputs: [name, shape] });
  };
  return { ...node, inputs: node.inputs.map(repeat) };
}

const REWRITES: Readonly<Record<string, (node: Node, freeing: Freeing) => Node>> = {
  Reshape: reshaped,
  Expand: expanded,
  Resize: resized,
  Concat: joined,
};

/** The node as it must read when the batch is free; most are as they were. */
export const forAnyBatch = (node: Node, freeing: Freeing): Node =>
  node.domain === "" && Object.hasOwn(REWRITES, node.op) ? (REWRITES[node.op]?.(node, freeing) ?? node) : node;
