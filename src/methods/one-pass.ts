/** @file Methods that are one graph: the plan is a single row, the emitted map is the answer. Also their stand-alone form. */

import { close, derivative, extend, type Rule, reverse } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { isStatic } from "../graph/dim.ts";
import { tensor } from "../graph/tensor.ts";
import type { Model } from "../graph/types.ts";
import type { Params } from "../params.ts";
import type { Classifier } from "./classifier.ts";
import type { Layer } from "./layers.ts";
import type { EmitContext, Emitted, Finish, Fold, Method, PlanContext, RowResult, RowsPlan, Sample } from "./method.ts";

/** Names of what an explanation graph adds. */
export const COTANGENT = "cotangent";
export const SALIENCY_MAP = "saliency_map";

/** Cotangents of the scores at the named values, by the derivative or another rule that asks for vjps; refuses a path that does not exist. */
export function gradientsOf(
  { g, classifier, cotangent }: Pick<EmitContext, "g" | "classifier" | "cotangent">,
  to: readonly string[],
  rule: Rule = derivative,
): { readonly gradients: readonly Value[]; readonly notes: readonly string[] } {
  const { cotangents, notes } = reverse({
    g,
    nodes: classifier.model.graph.nodes,
    ops: classifier.ops,
    from: new Map([[classifier.scores, cotangent]]),
    to,
    rule,
    needsVjp: true,
  });
  const gradients = to.map((name) => {
    const found = cotangents.get(name);
    if (found) return found;
    throw noPath(name, classifier.scores);
  });
  return { gradients, notes };
}

/** The error for a value that the scores do not depend on. */
export const noPath = (name: string, scores: string): OnnxplainError =>
  new OnnxplainError(
    "E_LAYER_UNSUITABLE",
    `No differentiable path leads from \`${name}\` to the class scores \`${scores}\`, so its gradient is zero everywhere. Choose another layer (\`onnxplain inspect\` lists them).`,
  );

/** The graph with a `cotangent` input: one compiled graph serves every target. */
export function cotangentGraph(
  context: Omit<PlanContext, "seed">,
  emit: (context: EmitContext) => Emitted,
): Emitted & { readonly model: Model } {
  const { classifier } = context;
  const g = extend(classifier.model, classifier.ops);
  const batch = classifier.input.dims?.[0] ?? "N";
  const cotangent = g.input(COTANGENT, "float32", [batch, classifier.classes]);
  const emitted = emit({ ...context, g, cotangent });
  const map = g.alias(emitted.map, SALIENCY_MAP);
  const extra = Object.entries(emitted.extra ?? {}).map(([name, value]) => g.alias(value, name));
  return { ...emitted, model: close(classifier.model, g, [map, g.value(classifier.scores), ...extra]), map };
}

/** The plan of a one-graph method. */
export function onePass(emit: (context: EmitContext) => Emitted): (context: PlanContext) => RowsPlan {
  return (context) => {
    const { model, map, notes, extra = {}, finish } = cotangentGraph(context, emit);
    const dims = staticRow(map);
    return {
      model,
      notes,
      count: 1,
      outputs: [SALIENCY_MAP, ...Object.keys(extra)],
      rows: (sample) => [inputRow(context.classifier, sample)],
      fold: (sample) => keep(dims, sample, finish),
    };
  };
}

/** The row every differentiating graph takes. */
export const inputRow = (classifier: Classifier, { x, cotangent }: Sample): Readonly<Record<string, Float32Array>> => ({
  [classifier.input.name]: x,
  [COTANGENT]: cotangent,
});

/** Dims of one row of a value. */
export function staticRow(value: Value): readonly number[] {
  const dims = value.dims?.slice(1);
  if (!isStatic(dims))
    throw new OnnxplainError(
      "E_SHAPE",
      `The explanation's shape depends on free dimensions [${value.dims?.join() ?? "?"}]. Fix the model's input size (\`--size\`).`,
    );
  return dims;
}

function keep(dims: readonly number[], sample: Sample, finish: Finish = () => ({ checks: {} })): Fold {
  let result: RowResult = {};
  return {
    add: (row) => {
      result = row;
    },
    done: () => {
      const values = result[SALIENCY_MAP] as Float32Array;
      return { values, dims, ...finish(values, result, sample) };
    },
  };
}

/** Which class a stand-alone graph explains: its own prediction, a fixed class, a contrast, or one given with each image. */
export type GraphTarget =
  | { readonly kind: "predicted" }
  | { readonly kind: "class"; readonly index: number }
  | { readonly kind: "contrast"; readonly index: number; readonly against: number }
  | { readonly kind: "input" };

/** Emit the cotangent of the scores [N, classes] that stands for a target. */
function seedFor(g: GraphBuilder, scores: Value, classes: number, target: GraphTarget): Value {
  const oneHot = (index: Value): Value =>
    g.op(
      "Cast",
      [g.op("Equal", [index, g.op("Range", [g.scalar(0, "int64"), g.scalar(classes, "int64"), g.scalar(1, "int64")])])],
      { to: 1 },
    );
  if (target.kind === "predicted") return oneHot(g.op("ArgMax", [scores], { axis: 1, keepdims: 1 }));
  if (target.kind === "input")
    return oneHot(g.op("Unsqueeze", [g.input("target", "int64", [scores.dims?.[0] ?? "N"]), g.ints([1])]));
  const row = new Float32Array(classes);
  row[target.index] = 1;
  if (target.kind === "contrast") row[target.against] = (row[target.against] as number) - 1;
  return g.constant(tensor("float32", [1, classes], row));
}

export interface CompileOptions {
  readonly layer: Layer | undefined;
  readonly params: Params;
  readonly target: GraphTarget;
  /** Provenance written into the file's metadata. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** A stand-alone model: the original outputs, and `saliency_map`. Throws `E_METHOD_UNSUITABLE` for methods of many passes. */
export function compileGraph(
  classifier: Classifier,
  method: Method,
  options: CompileOptions,
): { readonly model: Model; readonly notes: readonly string[] } {
  if (typeof method.emit !== "function") {
    throw new OnnxplainError(
      "E_METHOD_UNSUITABLE",
      `\`${method.id}\` is not one graph: ${method.emit.none}. Use \`explain\`, or compile a method of one pass (\`gradient\`, \`input-x-gradient\`, \`grad-cam\`, …).`,
    );
  }
  const g = extend(classifier.model, classifier.ops);
  const scores = g.value(classifier.scores);
  const seed = seedFor(g, scores, classifier.classes, options.target);
  const batched = seed.dims?.[0] === 1 ? g.op("Expand", [seed, g.op("Shape", [scores])]) : seed;
  const { map, notes } = method.emit({
    g,
    classifier,
    params: options.params,
    layer: options.layer,
    cotangent: batched,
  });
  const outputs = [...classifier.model.graph.outputs.map((p) => g.value(p.name)), g.alias(map, SALIENCY_MAP)];
  return { model: close(classifier.model, g, outputs, options.metadata), notes };
}
