/** @file An explanation as a stand-alone ONNX file: the original outputs and `saliency_map`, standard ops only. */

import { chooseLayer } from "./explain.ts";
import type { ClassifierOptions, Explainer } from "./explainer.ts";
import { writeModelBytes } from "./graph/write.ts";
import type { Layer } from "./methods/layers.ts";
import { compileGraph, type GraphTarget } from "./methods/one-pass.ts";
import { refuseUnsuitable } from "./methods/suitable.ts";
import { findMethod } from "./methods/table.ts";
import { parseTarget, type TargetRequest } from "./methods/target.ts";
import { type Params, readParams } from "./params.ts";
import { VERSION } from "./version.ts";

export interface CompileOptions extends ClassifierOptions {
  readonly method: string;
  /**
   * Class index, label or contrast; `"predicted"` (default) lets the graph explain its own top class; `"input"` adds an
   * int64 graph input `target` [N].
   */
  readonly target?: TargetRequest | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

export interface Compiled {
  readonly bytes: Uint8Array<ArrayBufferLike>;
  readonly method: string;
  readonly params: Params;
  readonly layer: Layer | undefined;
  /** Nodes of the classifier in canonical form, and nodes of the compiled graph. */
  readonly nodes: { readonly model: number; readonly compiled: number };
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Compile an explanation. Provenance (version, method, parameters, target, layer, SHA-256 of the source) goes into the
 * file's `metadata_props` under `onnxplain.*`.
 * @throws OnnxplainError `E_METHOD_UNSUITABLE` for methods of many passes, `E_NO_DERIVATIVE`, and as `explain`.
 * @example const { bytes } = await compile(model, { method: "grad-cam" });
 */
export async function compile(model: Explainer, options: CompileOptions): Promise<Compiled> {
  const method = findMethod(options.method);
  const params = readParams(method.id, method.params, options.params ?? {});
  const classifier = model.classifier({ ...options, separateBatchNorm: method.separateBatchNorm });
  refuseUnsuitable(method, classifier, params);
  const layer = chooseLayer(method, classifier, options.layer);
  const target = graphTarget(model, options.target ?? "predicted", classifier);
  const metadata = new Map(
    Object.entries({
      "onnxplain.version": VERSION,
      "onnxplain.method": method.id,
      "onnxplain.params": JSON.stringify(params, (_, v) => (v instanceof Float32Array ? Array.from(v) : v)),
      "onnxplain.target": JSON.stringify(target),
      "onnxplain.output": classifier.scoreKind,
      ...(layer ? { "onnxplain.layer": layer.name } : {}),
      "onnxplain.source_sha256": await model.digest(),
    }),
  );
  const compiled = compileGraph(classifier, method, { layer, params, target, metadata });
  return {
    bytes: writeModelBytes(compiled.model),
    method: method.id,
    params,
    layer,
    nodes: { model: classifier.model.graph.nodes.length, compiled: compiled.model.graph.nodes.length },
    inputs: compiled.model.graph.inputs.map((p) => p.name),
    outputs: compiled.model.graph.outputs.map((p) => p.name),
    notes: [...new Set([...classifier.notes, ...compiled.notes])],
  };
}

function graphTarget(
  model: Explainer,
  request: TargetRequest,
  { classes, scores }: { readonly classes: number; readonly scores: string },
): GraphTarget {
  if (request === "input") return { kind: "input" };
  const target = parseTarget(request, { classes, labels: model.labels, output: scores });
  if (target === undefined) return { kind: "predicted" };
  return target.against === undefined
    ? { kind: "class", index: target.index }
    : { kind: "contrast", index: target.index, against: target.against };
}
