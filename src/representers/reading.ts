/** @file Any network that ends in class scores as something that can be cut, whatever it takes: texts and rows of numbers as well. */
import type { Ops } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import { formatDims } from "../graph/dim.ts";
import type { DType, Model } from "../graph/types.ts";
import { canonicalize } from "../passes/pipeline.ts";
import { findLogits } from "../passes/strip-softmax.ts";
import type { Reading } from "./cut.ts";

/** A network of one input, with what that takes: `[N, …dims]`, sizes that are free undefined. */
export interface AnyReading extends Reading {
  readonly dtype: DType;
  readonly dims: readonly (number | undefined)[];
}

/** Throws `E_MODEL_INVALID` for several inputs, or where no output looks like class scores. */
export function readNetwork(source: Model, ops: Ops, layer?: string): AnyReading {
  const { model } = canonicalize(source, { ops, keep: new Set(layer === undefined ? [] : [layer]) });
  const [input, ...more] = model.graph.inputs;
  if (input === undefined || more.length > 0)
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `The model has the inputs ${model.graph.inputs.map((p) => `\`${p.name}\``).join(", ") || "none"}; training points need one. Export it with one input, or give features (\`--features\`) in place of a model.`,
    );
  const { logits } = findLogits(model.graph);
  const classes = model.graph.facts.get(logits)?.dims?.[1];
  if (typeof classes !== "number")
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `Output \`${logits}\` has shape ${formatDims(model.graph.facts.get(logits)?.dims)}; expected class scores [N, classes].`,
    );
  const dims = (input.dims ?? []).slice(1).map((d) => (typeof d === "number" ? d : undefined));
  return { model, ops, input: input.name, scores: logits, classes, dtype: input.dtype, dims };
}
