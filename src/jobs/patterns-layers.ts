/** @file Which layers are looked at where none is named: ends of stages, then outputs of blocks between them. */
import { OnnxplainError } from "../errors.ts";
import type { Classifier } from "../methods/classifier.ts";
import { candidateLayers, classMaps, type Layer, namedLayer, upstream } from "../methods/layers.ts";

/** As the paper takes them of every network. */
export const LAYERS = 5;

export interface ChosenLayers {
  /** In graph order. */
  readonly layers: readonly Layer[];
  /** How they were chosen, in words. */
  readonly rule: string;
}

/**
 * [R] Automatic: of the values that every path from the input to the scores leads through (outputs of blocks), the last of each resolution
 * (of all but the lowest, the last one that branches are joined in, if any is); evenly chosen of these where there are more than five, and
 * filled up evenly with the other outputs of blocks where there are fewer. Pools, class maps and values that an activation follows at once
 * are no outputs of blocks. Or the layers named, in graph order.
 *
 * Throws `E_LAYER_UNKNOWN`, `E_LAYER_UNSUITABLE`, `E_PARAM` for a layer named twice.
 */
export function chosenLayers(classifier: Classifier, names: readonly string[] | undefined): ChosenLayers {
  if (names !== undefined) return { layers: inOrder(classifier, names), rule: "named" };
  const blocks = blockOutputs(classifier);
  if (blocks.length === 0)
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      "The network has no feature map with a grid of positions between its input and its scores. Name layers with `--layers`; `onnxplain inspect` lists them.",
    );
  const ends = endsOf(classifier, blocks);
  const rest = blocks.filter((layer) => !ends.includes(layer));
  const wanted =
    ends.length >= LAYERS
      ? evenly(ends, LAYERS)
      : [...ends, ...evenly(rest, Math.min(rest.length, LAYERS - ends.length))];
  return {
    layers: blocks.filter((layer) => wanted.includes(layer)),
    rule: "outputs of blocks: the last of each resolution, then evenly between",
  };
}

function endsOf(classifier: Classifier, blocks: readonly Layer[]): readonly Layer[] {
  const joins = joinedIn(classifier);
  const sizes = new Map<string, Layer[]>();
  for (const layer of blocks) sizes.set(String(layer.grid), [...(sizes.get(String(layer.grid)) ?? []), layer]);
  return [...sizes.values()].map((own, i) => {
    const last = own.at(-1) as Layer;
    return i === sizes.size - 1 ? last : (own.findLast(({ name }) => joins.has(name)) ?? last);
  });
}

/** Sums and concatenations of two branches, and activations of such. */
function joinedIn({ model: { graph }, ops }: Classifier): ReadonlySet<string> {
  const joins = new Set<string>();
  for (const { op, inputs, outputs } of graph.nodes) {
    const branches = inputs.filter((name) => name !== "" && !graph.constants.has(name));
    const join = (op === "Add" || op === "Concat") && branches.length > 1;
    if (join || (ops[op]?.kind === "activation" && joins.has(inputs[0] ?? ""))) for (const o of outputs) joins.add(o);
  }
  return joins;
}

/** `count` of them at even distances, the last among them. */
const evenly = <T>(all: readonly T[], count: number): readonly T[] =>
  Array.from({ length: count }, (_, i) => all[Math.ceil(((i + 1) * all.length) / count) - 1] as T);

function inOrder(classifier: Classifier, names: readonly string[]): readonly Layer[] {
  const layers = names.map((name) => namedLayer(classifier, name));
  const twice = layers.find((layer, i) => layers.findIndex((l) => l.name === layer.name) !== i);
  if (twice || layers.length === 0)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected layers to be different and at least one, got ${twice ? `\`${twice.name}\` twice` : "none"}.`,
    );
  const place = new Map(classifier.model.graph.nodes.flatMap((n, i) => n.outputs.map((o) => [o, i] as const)));
  return layers.toSorted((a, b) => (place.get(a.name) ?? -1) - (place.get(b.name) ?? -1));
}

/** Feature maps that everything passes through, in graph order; all feature maps where there is no such. */
function blockOutputs(classifier: Classifier): readonly Layer[] {
  const { graph } = classifier.model;
  const isClassMap = classMaps(classifier);
  const maps = candidateLayers(classifier).filter((layer) => {
    const kind = classifier.ops[layer.op]?.kind;
    return !isClassMap(layer) && kind !== "pool" && (kind !== "movement" || layer.op === "Concat");
  });
  const activated = new Set(
    graph.nodes.filter(({ op }) => classifier.ops[op]?.kind === "activation").map((n) => n.inputs[0] ?? ""),
  );
  const cuts = passedByAll(classifier);
  const outputs = maps.filter(({ name }) => cuts.has(name));
  const finished = outputs.filter(({ name }) => !activated.has(name));
  return [finished, outputs, maps].find((some) => some.length > 0) ?? [];
}

/**
 * Values of which one alone is still to be read once it is made: in any topological order what lies before a cut comes before it, and what
 * lies behind it after.
 */
function passedByAll({ model: { graph }, input, scores }: Classifier): ReadonlySet<string> {
  const needed = upstream(graph, [scores]);
  const flowing = new Set([input.name]);
  const nodes = graph.nodes.filter((n) => n.outputs.some((o) => needed.has(o)));
  const last = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const name of node.inputs) last.set(name, i);
  });
  const cuts = new Set<string>();
  const live = new Set([input.name]);
  nodes.forEach((node, i) => {
    if (!node.inputs.some((name) => flowing.has(name))) return;
    for (const name of node.inputs) if (last.get(name) === i) live.delete(name);
    for (const name of node.outputs) {
      if (name === "" || !needed.has(name)) continue;
      flowing.add(name);
      live.add(name);
    }
    if (live.size === 1) for (const name of live) cuts.add(name);
  });
  return cuts;
}
