/** @file Running passes: each one verified and its facts worked out anew; and the standard list that makes models canonical. */
import { OnnxplainError } from "../errors.ts";
import type { Model } from "../graph/types.ts";
import { problems, verify } from "../graph/verify.ts";
import { inferGraph } from "../ops/infer.ts";
import { OPS, type Ops } from "../ops/table.ts";
import { constantsToInitializers } from "./constants.ts";
import { deadCode } from "./dead-code.ts";
import { dropIdentities } from "./drop-identities.ts";
import { explicitPads } from "./explicit-pads.ts";
import { foldBatchnorm } from "./fold-batchnorm.ts";
import { foldConstants } from "./fold-constants.ts";
import { freeBatch } from "./free-batch.ts";
import { fuseLayernorm } from "./fuse-layernorm.ts";
import { halfToFloat } from "./half-to-float.ts";
import { CANONICAL_OPSET, liftOpset } from "./lift-opset.ts";
import type { Pass, PassContext, PassResult } from "./pass.ts";
import { simplifyShapes } from "./simplify-shapes.ts";
import { stripSoftmax } from "./strip-softmax.ts";

export interface PipelineOptions {
  /** The op table; `OPS` unless the caller extends it. */
  readonly ops?: Ops | undefined;
  /** Values that must survive under their own name. */
  readonly keep?: Iterable<string> | undefined;
  /** Names of passes to leave out. */
  readonly disable?: readonly string[] | undefined;
  /** Name of the pass after which to stop. */
  readonly stopAt?: string | undefined;
  /** Sees the model after every pass. */
  readonly dump?: ((pass: string, model: Model) => void) | undefined;
}

/** What a pass throws, with the pass's name in it and never as anything but an `OnnxplainError`. */
function blame(pass: string, cause: unknown): OnnxplainError {
  if (cause instanceof OnnxplainError)
    return new OnnxplainError(cause.code, `${cause.message} (found in pass ${pass})`, { ...cause.place, cause });
  const message = cause instanceof Error ? cause.message : String(cause);
  if (message.startsWith("internal:"))
    return new OnnxplainError("E_INTERNAL", `${message} (in pass ${pass})`, { cause });
  return new OnnxplainError(
    "E_MODEL_INVALID",
    `The model cannot be read by pass ${pass}: ${message}. The file is probably damaged; export it again.`,
    { cause },
  );
}

/** Rows describe the canonical opset only: before a model is lifted, its declared types are all there is. */
const inferred = (model: Model, ops: Ops): Model =>
  model.opset >= CANONICAL_OPSET ? { ...model, graph: inferGraph(model.graph, ops) } : model;

function step(pass: Pass, model: Model, context: PassContext): PassResult {
  try {
    const result = pass.run(model, context);
    verify(result.model.graph, pass.name);
    return { model: inferred(result.model, context.ops), notes: result.notes };
  } catch (cause) {
    throw blame(pass.name, cause);
  }
}

/** A model's facts as the passes expect them. */
const reading: Pass = {
  name: "read",
  run: (model) => {
    const [problem] = problems(model.graph);
    if (problem === undefined) return { model, notes: [] };
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `The graph is not sound: ${problem}. The file is damaged; export it again.`,
    );
  },
};

/** Run passes in order. Throws `OnnxplainError` only; `E_PARAM` for the name of a pass that is not in the list. */
export function runPasses(model: Model, passes: readonly Pass[], options: PipelineOptions = {}): PassResult {
  const { ops = OPS, keep = [], disable = [], stopAt, dump } = options;
  const unknown = [...disable, ...(stopAt === undefined ? [] : [stopAt])].find(
    (name) => !passes.some((p) => p.name === name),
  );
  if (unknown !== undefined) {
    throw new OnnxplainError(
      "E_PARAM",
      `There is no pass \`${unknown}\`. The passes are ${[...new Set(passes.map((p) => p.name))].join(", ")}.`,
    );
  }
  const context: PassContext = { ops, keep: new Set(keep) };
  const notes: string[] = [];
  let current = step(reading, model, context).model;
  for (const pass of passes.filter((p) => !disable.includes(p.name))) {
    const result = step(pass, current, context);
    current = result.model;
    notes.push(...result.notes);
    dump?.(pass.name, current);
    if (pass.name === stopAt) break;
  }
  return { model: current, notes };
}

/** What makes any model look as the op rows expect. Order matters: constants before lifting, a free batch before shapes are folded. */
export const CANONICAL_PASSES: readonly Pass[] = [
  constantsToInitializers,
  halfToFloat,
  liftOpset,
  dropIdentities,
  freeBatch,
  foldConstants,
  simplifyShapes,
  explicitPads,
  foldBatchnorm,
  fuseLayernorm,
  deadCode,
];

export interface CanonicalizeOptions extends PipelineOptions {
  /** `logits` puts what is before a final Softmax first among the outputs; `as-is` (default) leaves the outputs alone. */
  readonly output?: "logits" | "as-is" | undefined;
}

/** The model in canonical form: opset 21, float32, free batch where sound, constants folded. Throws `OnnxplainError`. */
export function canonicalize(model: Model, options: CanonicalizeOptions = {}): PassResult {
  const passes = options.output === "logits" ? CANONICAL_PASSES.toSpliced(-1, 0, stripSoftmax) : CANONICAL_PASSES;
  return runPasses(model, passes, options);
}
