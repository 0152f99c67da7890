/** @file The map of a walk that sends mass from the scores back to tokens: [N,h,w], class and register tokens left out. */
import { reverse } from "../diff/emit.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { evenMass, type Flow, massFlow } from "../rules/rollout.ts";
import { type Attention, attentionOf } from "./attention.ts";
import type { Layer } from "./layers.ts";
import type { EmitContext, Emitted } from "./method.ts";
import { noPath } from "./one-pass.ts";

/** What a method does at attention and where branches meet. */
export type Passing = Pick<Flow, "attention" | "branchShare">;

/** Emit the mass that reaches each position of the layer; 1 leaves the scores. */
export function emitMass(context: EmitContext, passing: (found: Attention) => Passing): Emitted {
  const { g, classifier } = context;
  const layer = context.layer as Layer;
  const found = attentionOf(classifier);
  const { cotangents, notes } = reverse({
    g,
    nodes: classifier.model.graph.nodes,
    ops: classifier.ops,
    from: new Map([[classifier.scores, evenMass(g, g.value(classifier.scores), classifier.classes)]]),
    to: [layer.name],
    rule: massFlow({
      isData: (name) => found.data.has(name),
      isAttention: (name) => found.weights.has(name),
      ...passing(found),
    }),
  });
  const mass = cotangents.get(layer.name);
  if (!mass) throw noPath(layer.name, classifier.scores);
  return { map: onGrid(g, mass, layer), notes };
}

/** Channels summed, the last h*w tokens laid out as [N,h,w]. */
function onGrid(g: GraphBuilder, mass: Value, { layout, grid, dims }: Layer): Value {
  const [h, w] = grid;
  const channel = { nchw: 1, nhwc: 3, tokens: 2 }[layout];
  const positions = g.op("ReduceSum", [mass, g.ints([channel])], { keepdims: 0 });
  if (layout !== "tokens") return positions;
  const tokens = dims[1] as number;
  const patches = g.op("Slice", [positions, g.ints([tokens - h * w]), g.ints([tokens]), g.ints([1])]);
  return g.op("Reshape", [patches, g.ints([0, h, w])]);
}
