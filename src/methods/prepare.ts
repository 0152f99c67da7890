/** @file From a model as it was read to a classifier that methods can explain. */
import { extend, type Ops } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import { type Dim, formatDims } from "../graph/dim.ts";
import { isFloat } from "../graph/tensor.ts";
import type { Graph, Model, Port } from "../graph/types.ts";
import { bindDims, imageAxes } from "../passes/bind-input.ts";
import { canonicalize } from "../passes/pipeline.ts";
import { findLogits } from "../passes/strip-softmax.ts";
import type { Classifier, ScoreKind } from "./classifier.ts";

export interface PrepareOptions {
  readonly ops: Ops;
  readonly scoreKind: ScoreKind;
  /** Values that must keep their name: a layer somebody asked for. */
  readonly keep: readonly string[];
  /** Where the channels are, when the dims do not tell. */
  readonly layout?: "nchw" | "nhwc" | undefined;
  /** Height and width for inputs that leave them free. */
  readonly size?: readonly [number, number] | undefined;
  /** Leave BatchNormalization as it is; folded into the weights before it otherwise. */
  readonly separateBatchNorm?: boolean;
}

/** The size used when the model leaves it free and nobody says. */
const FALLBACK_SIZE = 224;

/** Throws `E_MODEL_INVALID` when the model has not exactly one image input, or no class scores. */
export function prepare(source: Model, options: PrepareOptions): Classifier {
  const { ops, scoreKind } = options;
  const port = imageInput(source);
  const layout = options.layout ?? guessLayout(port);
  const bound = bindSize(source, port, layout, options.size);
  const canonical = canonicalize(bound.model, {
    ops,
    keep: new Set(options.keep),
    disable: options.separateBatchNorm ? ["fold-batchnorm"] : [],
  });
  const { graph } = canonical.model;
  refuseTraining(graph);
  const input = graph.inputs.find((p) => p.name === port.name) ?? port;
  const dims = input.dims as readonly Dim[];
  const [channels, height, width] = (
    layout === "nchw" ? [dims[1], dims[2], dims[3]] : [dims[3], dims[1], dims[2]]
  ) as readonly number[];
  refuseSize(input, [channels, height, width] as readonly Dim[]);
  const head = findLogits(graph);
  const g = extend(canonical.model, ops);
  const logits = flatScores(g, head.logits);
  const scores = scoreKind === "logits" ? logits : g.op("Softmax", [logits], { axis: 1 });
  const classes = scores.dims?.[1];
  if (typeof classes !== "number" || classes < 1) {
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `Output \`${head.logits}\` has shape ${formatDims(g.value(head.logits).dims)}; expected class scores [N, classes] with at least one class. Is this a classifier?`,
    );
  }
  return {
    model: { ...canonical.model, graph: g.build(graph.outputs.map((p) => g.value(p.name))) },
    ops,
    input,
    layout,
    scoreKind,
    classes,
    scores: scores.name,
    channels: channels as number,
    height: height as number,
    width: width as number,
    freeBatch: typeof dims[0] === "string",
    notes: [...bound.notes, ...canonical.notes, ...softmaxNote(head, scoreKind)],
  };
}

/** In training mode an image's result depends on the others of its batch: there is nothing to explain. */
function refuseTraining({ nodes }: Graph): void {
  const node = nodes.find((n) => n.op === "BatchNormalization" && n.attrs.training_mode === 1);
  if (node === undefined) return;
  throw new OnnxplainError(
    "E_MODEL_INVALID",
    `Node "${node.name}" (BatchNormalization) is in training mode: every image's result depends on the others in its batch. Export the model in evaluation mode (\`model.eval()\`).`,
    { node: node.name, op: node.op },
  );
}

/** More elements than a picture of 16384 x 16384 in one channel: a damaged file, not a classifier. */
const MAX_INPUT = 2 ** 28;

function refuseSize(input: Port, chw: readonly Dim[]): void {
  const size = chw.reduce<number>((p, d) => p * (typeof d === "number" ? d : Number.NaN), 1);
  if (size > 0 && size <= MAX_INPUT) return;
  throw new OnnxplainError(
    "E_MODEL_INVALID",
    `The image input \`${input.name}\` has shape ${formatDims(input.dims)}; expected fixed channels and a size of 1 to ${MAX_INPUT} elements an image.`,
  );
}

function softmaxNote(head: ReturnType<typeof findLogits>, kind: ScoreKind): readonly string[] {
  if (head.kind === "none" || kind !== "logits") return [];
  return [
    `Output \`${head.probabilities}\` is a ${head.kind === "softmax" ? "Softmax" : "LogSoftmax"}; the logits \`${head.logits}\` before it are explained instead (\`output: "probability"\` keeps it).`,
  ];
}

function flatScores(g: ReturnType<typeof extend>, name: string): ReturnType<typeof g.value> {
  const value = g.value(name);
  return value.dims?.length === 2 ? value : g.op("Flatten", [value], { axis: 1 }, "scores");
}

/** The one rank-4 float input. */
function imageInput({ graph }: Model): Port {
  const images = graph.inputs.filter((p) => p.dims?.length === 4 && isFloat(p.dtype));
  const [only] = images;
  if (only !== undefined && graph.inputs.length === 1) return only;
  const listed = graph.inputs.map((p) => `\`${p.name}\` ${p.dtype}${formatDims(p.dims)}`).join(", ") || "none";
  throw new OnnxplainError(
    "E_MODEL_INVALID",
    `Expected one image input of rank 4 ([N,C,H,W] or [N,H,W,C], float), the model has: ${listed}. Export the network so that it takes one batch of images.`,
  );
}

type Layout = "nchw" | "nhwc";

/** Where an image tensor of this layout has its height and width. */
const AXES: Readonly<Record<Layout, readonly [number, number]>> = { nchw: [2, 3], nhwc: [1, 2] };

/** Channels are where 1, 3 or 4 stands; in doubt, second, as in PyTorch. */
const guessLayout = (port: Port): Layout => (imageAxes(port.dims ?? [])[0] === 1 ? "nhwc" : "nchw");

function bindSize(
  model: Model,
  port: Port,
  layout: Layout,
  size: readonly [number, number] | undefined,
): { readonly model: Model; readonly notes: readonly string[] } {
  const dims = port.dims as readonly Dim[];
  const [h, w] = AXES[layout].map((axis) => dims[axis]);
  if (typeof h === "number" && typeof w === "number") return { model, notes: [] };
  const pick = (d: Dim | undefined, i: 0 | 1): number => (typeof d === "number" ? d : (size?.[i] ?? FALLBACK_SIZE));
  const [height, width] = [pick(h, 0), pick(w, 1)];
  const notes = size
    ? []
    : [
        `The model leaves its input size free (${formatDims(dims)}); ${height}x${width} is used (\`--size\` sets another).`,
      ];
  return { model: bindDims(model, { height, width }, AXES[layout]), notes };
}
