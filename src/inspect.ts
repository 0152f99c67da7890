/** @file What a model is and what can be explained of it, without running it. */
import { OnnxplainError } from "./errors.ts";
import type { ClassifierOptions, Explainer } from "./explainer.ts";
import { type Dim, formatDims } from "./graph/dim.ts";
import { printModel } from "./graph/print.ts";
import type { Port } from "./graph/types.ts";
import type { Preprocessing } from "./image/preprocess.ts";
import type { Classifier } from "./methods/classifier.ts";
import { candidateLayers, defaultLayer, type Layer } from "./methods/layers.ts";
import type { Method } from "./methods/method.ts";
import { unsuitability } from "./methods/suitable.ts";
import { METHODS } from "./methods/table.ts";
import { readParams } from "./params.ts";

export interface MethodVerdict {
  readonly id: string;
  readonly works: boolean;
  /** Why not, when it does not. */
  readonly reason?: string;
  readonly code?: string;
}

export interface Inspection {
  readonly name: string;
  readonly producer: string;
  readonly opset: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly parameters: number;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly ops: Readonly<Record<string, number>>;
  readonly classes: number;
  readonly labels: number;
  readonly scores: string;
  readonly layout: "nchw" | "nhwc";
  readonly freeBatch: boolean;
  readonly preprocessing: Preprocessing;
  readonly layers: readonly Layer[];
  readonly defaultLayer: string | undefined;
  readonly methods: readonly MethodVerdict[];
  readonly notes: readonly string[];
  /** The canonical graph as text. */
  readonly graph: string;
}

/** Look into a model. Throws `E_MODEL_INVALID` when it is no image classifier. */
export async function inspect(model: Explainer, options: ClassifierOptions = {}): Promise<Inspection> {
  const classifier = model.classifier(options);
  const { graph, opset, producer } = model.source.model;
  const { spec, notes } = model.preprocessing(classifier);
  const chosen = attempt(() => defaultLayer(classifier));
  return {
    name: model.source.name,
    producer,
    opset,
    bytes: model.source.bytes.length,
    sha256: await model.digest(),
    parameters: [...graph.constants.values()].reduce((n, t) => n + (t.dtype === "int64" ? 0 : t.data.length), 0),
    inputs: graph.inputs,
    outputs: graph.outputs,
    ops: countOps(model),
    classes: classifier.classes,
    labels: model.labels?.length ?? 0,
    scores: classifier.scores,
    layout: classifier.layout,
    freeBatch: classifier.freeBatch,
    preprocessing: spec,
    layers: candidateLayers(classifier),
    defaultLayer: chosen instanceof OnnxplainError ? undefined : chosen.name,
    methods: Object.values<Method>(METHODS).map((m) => verdict(m, classifier)),
    notes: [...classifier.notes, ...notes],
    graph: printModel(classifier.model),
  };
}

function countOps(model: Explainer): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const n of model.source.model.graph.nodes)
    counts[n.domain ? `${n.domain}.${n.op}` : n.op] = (counts[n.domain ? `${n.domain}.${n.op}` : n.op] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Does a method's plan compile? Nothing is run. */
function verdict(method: Method, classifier: Classifier): MethodVerdict {
  const reason = unsuitability(method, classifier);
  if (reason !== undefined) return { id: method.id, works: false, reason, code: "E_METHOD_UNSUITABLE" };
  const result = attempt(() => {
    const layer = method.space === "layer" ? (method.defaultLayer ?? defaultLayer)(classifier) : undefined;
    return method.plan({ classifier, params: readParams(method.id, method.params, {}), layer, seed: 0 });
  });
  return result instanceof OnnxplainError
    ? { id: method.id, works: false, reason: result.message, code: result.code }
    : { id: method.id, works: true };
}

function attempt<T>(f: () => T): T | OnnxplainError {
  try {
    return f();
  } catch (error) {
    if (error instanceof OnnxplainError) return error;
    throw error;
  }
}

/** `name float32[N,3,224,224]` */
export const formatPort = (p: {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly Dim[] | undefined;
}): string => `${p.name} ${p.dtype}${formatDims(p.dims)}`;
