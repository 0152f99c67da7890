/** @file What a rewrite sees of a graph under construction, and what it answers. */
import type { GraphBuilder, Value } from "../../graph/builder.ts";
import { consumers, producers } from "../../graph/topology.ts";
import type { Graph, Node } from "../../graph/types.ts";

export interface Draft {
  /** New nodes are added here; old values keep their names. */
  readonly g: GraphBuilder;
  readonly graph: Graph;
  /** The node that makes a value. */
  readonly maker: (name: string) => Node | undefined;
  /** Is the value read exactly once, and no output? */
  readonly readOnce: (name: string) => boolean;
  /** Can the value be computed from constants alone? */
  readonly isConstant: (name: string) => boolean;
}

/** Old value -> an equal one. */
export type Rewrite = (draft: Draft) => ReadonlyMap<string, Value>;

export function draftOf(g: GraphBuilder, graph: Graph): Draft {
  const made = producers(graph);
  const readers = consumers(graph);
  const outputs = new Set(graph.outputs.map((p) => p.name));
  const constant = new Map<string, boolean>();
  const isConstant = (name: string): boolean => {
    const known = constant.get(name);
    if (known !== undefined) return known;
    const node = made.get(name);
    const is =
      graph.constants.has(name) ||
      (node !== undefined && isPure(node) && node.inputs.every((n) => n === "" || isConstant(n)));
    constant.set(name, is);
    return is;
  };
  return {
    g,
    graph,
    isConstant,
    maker: (name) => {
      const node = made.get(name);
      return node?.domain === "" ? node : undefined;
    },
    readOnce: (name) => {
      const [only, ...others] = readers.get(name) ?? [];
      return (
        only !== undefined &&
        others.length === 0 &&
        only.inputs.filter((n) => n === name).length === 1 &&
        !outputs.has(name)
      );
    },
  };
}

/** Sizes of a Split along the channel axis; undefined for other axes and sizes that are not known. */
export function channelParts({ g }: Draft, node: Node): readonly number[] | undefined {
  if (node.op !== "Split" || node.attrs.axis !== 1) return undefined;
  const sizes = node.outputs.map((name) => g.value(name).dims?.[1]);
  return sizes.every((s) => typeof s === "number") ? (sizes as number[]) : undefined;
}

/** Inputs of a Concat of channels, with their sizes. */
export function joinedChannels(
  { g }: Draft,
  node: Node | undefined,
): readonly { readonly name: string; readonly size: number }[] | undefined {
  if (node?.op !== "Concat" || node.attrs.axis !== 1) return undefined;
  const parts = node.inputs.map((name) => ({ name, size: g.value(name).dims?.[1] }));
  return parts.every((p) => typeof p.size === "number") ? (parts as { name: string; size: number }[]) : undefined;
}

/** Its result follows from its inputs, of which it has some. */
const isPure = (node: Node): boolean =>
  node.inputs.length > 0 && node.domain === "" && !/^Random|^Bernoulli$|^Multinomial$|^Dropout$/.test(node.op);
