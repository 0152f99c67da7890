/**
 * @file The cotangent of the scores is 0 for all classes but one or two: everything up to the first op that mixes classes
 * is computed for those alone. Exact for any cotangent: the classes are picked when the graph runs.
 */
import type { Value } from "../../graph/builder.ts";
import type { Dim } from "../../graph/dim.ts";
import { tensor } from "../../graph/tensor.ts";
import type { Node } from "../../graph/types.ts";
import { seedsOf } from "../seeds.ts";
import type { Draft, Rewrite } from "./draft.ts";

/** Below this, picking classes costs more than multiplying with all of them. */
const FEW_CLASSES = 64;

export const narrowClasses: Rewrite = (draft) => {
  const out = new Map<string, Value>();
  for (const name of seedsOf(draft.g)) {
    const seed = draft.g.value(name);
    const classes = seed.dims?.[1];
    if (seed.dims?.length !== 2 || typeof classes !== "number" || classes < FEW_CLASSES || seed.dtype !== "float32")
      continue;
    for (const [from, to] of narrowedFrom(draft, seed, classes)) out.set(from, to);
  }
  return out;
};

/** Follows the seed through ops that keep classes apart; a product that mixes them is redone with the picked ones. */
function narrowedFrom(draft: Draft, seed: Value, classes: number): ReadonlyMap<string, Value> {
  const { g, graph } = draft;
  const out = new Map<string, Value>();
  const wide = new Set([seed.name]);
  const narrow = new Map<string, Value>();
  let picks: Value | undefined;
  const pick = (v: Value, axis: number): Value => {
    picks ??= activeClasses(draft, seed, classes);
    return g.op("Gather", [v, picks], { axis });
  };
  const narrowed = (name: string): Value => {
    const known = narrow.get(name);
    if (known) return known;
    const made =
      name === seed.name
        ? pick(seed, 1)
        : keptApart(draft, draft.maker(name) as Node, { wide, narrowed, pick, classes });
    narrow.set(name, made);
    return made;
  };
  for (const node of graph.nodes) {
    const output = node.outputs[0] as string;
    if (node.domain !== "" || node.outputs.length !== 1) continue;
    if (keepsApart(draft, node, wide, classes)) wide.add(output);
    else if (wide.has(node.inputs[0] as string) && mixes(draft, node))
      out.set(output, mixed(draft, node, { narrowed, pick }));
  }
  return out;
}

/** Indices of the classes with a cotangent in any row; class 0 is always among them, so that there is at least one. */
function activeClasses({ g }: Draft, seed: Value, classes: number): Value {
  const size = g.op("ReduceMax", [g.op("Abs", [seed]), g.ints([0])], { keepdims: 0 });
  const first = new Float32Array(classes);
  first[0] = 1;
  const marked = g.op("Add", [size, g.constant(tensor("float32", [classes], first), "first_class")]);
  return g.op("Reshape", [g.op("NonZero", [marked]), g.ints([-1])], {}, "active_classes");
}

const MOVES = new Set(["Reshape", "Unsqueeze", "Identity"]);

/** Does the node map [N, classes, …] to [N, classes, …], class by class? */
function keepsApart({ g }: Draft, node: Node, wide: ReadonlySet<string>, classes: number): boolean {
  const from = node.inputs.filter((n) => wide.has(n));
  const { dims } = g.value(node.outputs[0] as string);
  if (from.length !== 1 || dims?.[1] !== classes) return false;
  if (MOVES.has(node.op))
    return (
      from[0] === node.inputs[0] &&
      dims.slice(2).every((d) => d === 1) &&
      g
        .value(from[0] as string)
        .dims?.slice(2)
        .every((d) => d === 1) === true
    );
  if (node.op !== "Mul") return false;
  const other = g.value((node.inputs[0] === from[0] ? node.inputs[1] : node.inputs[0]) as string);
  return (
    g.value(from[0] as string).dims?.length === dims.length &&
    (other.dims?.length === dims.length || other.dims?.length === 0)
  );
}

interface Narrowing {
  readonly wide: ReadonlySet<string>;
  readonly classes: number;
  readonly narrowed: (name: string) => Value;
  readonly pick: (v: Value, axis: number) => Value;
}

function keptApart(draft: Draft, node: Node, { wide, classes, narrowed, pick }: Narrowing): Value {
  const { g } = draft;
  if (node.op === "Mul") {
    return g.op(
      "Mul",
      node.inputs.map((n) =>
        wide.has(n) ? narrowed(n) : g.value(n).dims?.[1] === classes ? pickedMask(draft, n, pick) : g.value(n),
      ),
    );
  }
  const rank = (g.value(node.outputs[0] as string).dims as readonly Dim[]).length;
  return g.op("Reshape", [narrowed(node.inputs[0] as string), g.ints([0, -1, ...new Array<number>(rank - 2).fill(1)])]);
}

/** The classes of a mask: picked before the step is taken, so that the whole step is not needed. */
function pickedMask({ g, maker }: Draft, name: string, pick: Narrowing["pick"]): Value {
  const node = maker(name);
  if (node?.op !== "HardSigmoid") return pick(g.value(name), 1);
  return g.op("HardSigmoid", [pick(g.value(node.inputs[0] as string), 1)], node.attrs);
}

/** A product with a constant matrix or kernel over the classes. */
function mixes({ isConstant }: Draft, node: Node): boolean {
  const { attrs, inputs } = node;
  if (inputs.length !== 2 || !isConstant(inputs[1] as string)) return false;
  return (
    node.op === "MatMul" || (node.op === "Gemm" && !attrs.transA) || (node.op === "Conv" && (attrs.group ?? 1) === 1)
  );
}

function mixed({ g, maker }: Draft, node: Node, { narrowed, pick }: Pick<Narrowing, "narrowed" | "pick">): Value {
  const [dy, matrix] = node.inputs as [string, string];
  // where the classes lie in the matrix: rows of B, columns of a transposed B, input channels of a kernel
  const axis = node.op === "Conv" || (node.op === "Gemm" && node.attrs.transB === 1) ? 1 : 0;
  const turned = maker(matrix);
  const perm = turned?.op === "Transpose" ? (turned.attrs.perm as readonly number[] | undefined) : undefined;
  // pick from the stored weight rather than from its transpose: only the picked rows are then turned
  const rows =
    turned && perm
      ? g.op("Transpose", [pick(g.value(turned.inputs[0] as string), perm[axis] as number)], turned.attrs)
      : pick(g.value(matrix), axis);
  return g.op(node.op, [narrowed(dy), rows], node.attrs);
}
