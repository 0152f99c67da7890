/** @file Where a network pays attention: softmax weights that multiply data, and the tokens that enter the first such product. */
import { OnnxplainError } from "../errors.ts";
import { type Dim, formatDims } from "../graph/dim.ts";
import { neededFor, producers } from "../graph/topology.ts";
import type { Node } from "../graph/types.ts";
import type { Classifier } from "./classifier.ts";
import { candidateLayers, type Layer } from "./layers.ts";
import { once } from "./once.ts";

export interface Attention {
  /** Values through which the image reaches the scores. */
  readonly data: ReadonlySet<string>;
  /** Values made of attention weights alone: softmax outputs, and what movement, masks or mixing of heads makes of them. */
  readonly weights: ReadonlySet<string>;
  /** The weights of each product of attention weights with data, in graph order; [N,heads,queries,keys] in the usual export. */
  readonly maps: readonly string[];
  /** The products that a value depends on: one bit each. */
  readonly behind: (name: string) => bigint;
  /** Values that everything between image and scores passes through, in graph order. */
  readonly waists: readonly string[];
}

/** What is found in a classifier; no maps where it has no attention. */
export const attentionOf: (classifier: Classifier) => Attention = once(
  ({ model: { graph }, ops, input, scores }: Classifier): Attention => {
    const { nodes: needed } = neededFor(graph, [scores]);
    const data = new Set([input.name]);
    const nodes = needed.filter((node) => {
      const carries = ops[node.op]?.kind !== "constant" && node.inputs.some((n) => data.has(n));
      if (carries) for (const o of node.outputs) if (o !== "") data.add(o);
      return carries;
    });
    const weights = new Set<string>();
    // weights that sum to 1 along another axis than their last
    const turned = new Set<string>();
    const behind = new Map<string, bigint>();
    const maps: string[] = [];
    for (const node of nodes) {
      const from = node.inputs.filter((n) => data.has(n));
      const paying = from.filter((n) => weights.has(n));
      if (node.op === "Softmax" || paying.length === from.length)
        for (const o of node.outputs) {
          weights.add(o);
          if (node.op !== "Softmax" && turns(node) !== paying.some((n) => turned.has(n))) turned.add(o);
        }
      const isProduct =
        ops[node.op]?.kind === "linear" &&
        from.length === 2 &&
        paying.length === 1 &&
        averages(node, { weights, turned });
      const own = isProduct ? 1n << BigInt(maps.length) : 0n;
      if (isProduct) maps.push(paying[0] as string);
      const all = from.reduce((bits, n) => bits | (behind.get(n) ?? 0n), own);
      for (const o of node.outputs) behind.set(o, all);
    }
    return {
      data,
      weights,
      maps: [...new Set(maps)],
      behind: (name) => behind.get(name) ?? 0n,
      waists: waistsOf(nodes, data, [input.name, scores]),
    };
  },
);

/** The last axis goes to the place before, and back. */
const turns = ({ op, attrs }: Node): boolean => {
  const perm = op === "Transpose" ? attrs.perm : undefined;
  return Array.isArray(perm) && perm.at(-1) === perm.length - 2;
};

/** A matrix product sums over the axis along which the weights sum to 1. */
const averages = (
  { op, inputs: [left = "", right = ""] }: Node,
  { weights, turned }: { readonly weights: ReadonlySet<string>; readonly turned: ReadonlySet<string> },
): boolean => op !== "MatMul" || (weights.has(left) ? !turned.has(left) : turned.has(right));

/** Values that are the only one alive at some point of the order. */
function waistsOf(
  nodes: readonly Node[],
  data: ReadonlySet<string>,
  [first, last]: readonly [string, string],
): readonly string[] {
  const lastUse = new Map<string, number>();
  nodes.forEach((node, at) => {
    for (const n of node.inputs) if (data.has(n)) lastUse.set(n, at);
  });
  lastUse.set(last, nodes.length);
  const alive = new Set([first]);
  return nodes.flatMap((node, at) => {
    for (const o of node.outputs) if (lastUse.has(o)) alive.add(o);
    for (const n of node.inputs) if (lastUse.get(n) === at) alive.delete(n);
    return alive.size === 1 ? [...alive] : [];
  });
}

const NO_ATTENTION = "it has no attention (no Softmax whose result is multiplied with other data by a matrix product)";

/** Why mass cannot flow back through the attention of this model to a grid of tokens; undefined = it can. */
export function withoutAttention(classifier: Classifier): string | undefined {
  if (attentionOf(classifier).maps.length === 0) return NO_ATTENTION;
  const found = embedding(classifier);
  return "reason" in found ? found.reason : undefined;
}

/** The tokens before the first attention, as a layer. Throws `E_METHOD_UNSUITABLE` when they do not lie on a grid. */
export function tokenLayer(classifier: Classifier): Layer {
  const found = embedding(classifier);
  if ("reason" in found)
    throw new OnnxplainError("E_METHOD_UNSUITABLE", `The model cannot be explained by attention: ${found.reason}.`);
  return found;
}

/**
 * The last feature map of known layout that everything passes through before any attention (of a ViT the patches, as the
 * convolution lays them out); where there is none, the last value whose shape is that of a grid over the image.
 */
function embedding(classifier: Classifier): Layer | { readonly reason: string } {
  const { graph } = classifier.model;
  const { waists, behind, weights } = attentionOf(classifier);
  const before = waists.filter((w) => behind(w) === 0n && !weights.has(w));
  const maps = new Map(candidateLayers(classifier).map((l) => [l.name, l]));
  const known = before.map((name) => maps.get(name)).filter((l) => l !== undefined && l.layout !== "tokens");
  const found = known.at(-1) ?? before.map((name) => asLayer(classifier, name)).findLast((l) => l !== undefined);
  if (found) return found;
  const last = before.at(-1);
  return last === undefined
    ? { reason: "no value before the attention holds all tokens" }
    : {
        reason: `its tokens \`${last}\` ${formatDims(graph.facts.get(last)?.dims)} do not lie on a grid over the image`,
      };
}

function asLayer(classifier: Classifier, name: string): Layer | undefined {
  const { graph } = classifier.model;
  const dims = graph.facts.get(name)?.dims;
  const found = dims && gridOf(classifier, dims);
  const node = producers(graph).get(name);
  return found && { name, node: node?.name ?? "(input)", op: node?.op ?? "input", dims, ...found };
}

type Grid = Pick<Layer, "layout" | "grid" | "channels">;

/** How positions lie on the image: [N,C,h,w] or [N,h,w,C] in the image's proportions, or tokens [N,T,C], the last h*w of them on the grid. */
function gridOf(image: Classifier, dims: readonly Dim[]): Grid | undefined {
  const [, a, b, c] = dims;
  if (dims.slice(1).some((d) => typeof d !== "number")) return undefined;
  if (dims.length === 3) {
    const grid = patchGrid(image, a as number);
    return grid && { layout: "tokens", grid, channels: b as number };
  }
  if (dims.length !== 4) return undefined;
  const readings: readonly Grid[] = [
    { layout: "nhwc", grid: [a as number, b as number], channels: c as number },
    { layout: "nchw", grid: [b as number, c as number], channels: a as number },
  ];
  return readings.find((r) => inProportion(image, r.grid));
}

const inProportion = ({ height, width }: Classifier, [h, w]: readonly [number, number]): boolean =>
  h <= height && w <= width && h * w > 1 && Math.round(height / h) === Math.round(width / w);

/** The finest grid of square patches with at most this many positions; class and register tokens are the rest. */
function patchGrid({ height, width }: Classifier, tokens: number): readonly [number, number] | undefined {
  for (let patch = 1; patch <= Math.min(height, width); patch++) {
    const grid = [Math.floor(height / patch), Math.floor(width / patch)] as const;
    const count = grid[0] * grid[1];
    if (count <= tokens) return count > 1 && 2 * count > tokens ? grid : undefined;
  }
  return undefined;
}
