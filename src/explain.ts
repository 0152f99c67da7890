/** @file Explaining: settle the target, plan, drive, and say everything that was decided on the way. */
import { decodeImage } from "#decode";
import { files } from "#files";
import { close, extend } from "./diff/emit.ts";
import { type DriveOptions, drive, type Progress } from "./drive.ts";
import { OnnxplainError } from "./errors.ts";
import type { ClassifierOptions, DeviceOptions, Explainer } from "./explainer.ts";
import { elementCount, formatDims } from "./graph/dim.ts";
import { fingerprint } from "./graph/fingerprint.ts";
import type { Model } from "./graph/types.ts";
import { type Preprocessing, preprocess } from "./image/preprocess.ts";
import { withInputSize } from "./image/presets.ts";
import type { ImageU8 } from "./image/types.ts";
import type { Classifier } from "./methods/classifier.ts";
import { dot } from "./methods/integrated-gradients.ts";
import { defaultLayer, type Layer, namedLayer } from "./methods/layers.ts";
import type { Checks, Method, Plan, Sample } from "./methods/method.ts";
import { type Params, readParams } from "./methods/params.ts";
import { refuseUnsuitable } from "./methods/suitable.ts";
import { findMethod } from "./methods/table.ts";
import { cotangentOf, parseTarget, type Target, type TargetRequest } from "./methods/target.ts";
import type { Ledger } from "./rules/ledger.ts";
import { rowsWithin } from "./runtime/budget.ts";
import type { Session } from "./runtime/session.ts";

/** A batch of network inputs, fed as they are: [N,C,H,W] (or [N,H,W,C] for such models). */
export interface InputTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
/** A path or URL, encoded bytes, a decoded picture, or a tensor. */
export type ImageInput = string | Uint8Array | ImageU8 | InputTensor;

export interface ExplainOptions extends ClassifierOptions, DeviceOptions {
  readonly method: string;
  /**
   * Class index, label, `"predicted"` (default), or a contrast `"A-B"`. A list explains every image for each of them in the
   * same runs; results are ordered by image, then by target.
   */
  readonly target?: TargetRequest | readonly TargetRequest[] | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Seed of stochastic methods; the same seed gives the same bytes. Default 0. */
  readonly seed?: number | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  /** Rows in one run; default: what the memory budget allows, at most 16. */
  readonly batch?: number | undefined;
  /** Budget for one run's values in bytes; default 1 GiB. */
  readonly maxMemory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Time spent, in ms. */
export interface Timings {
  readonly compileMs: number;
  readonly sessionMs: number;
  readonly runMs: number;
}

export interface Explanation {
  readonly method: string;
  /** Raw and signed; what {@link dims} says. */
  readonly values: Float32Array;
  /** [N,C,H,W] in the input's own layout for input methods, [N,h,w] for layer methods. */
  readonly dims: readonly number[];
  readonly signed: boolean;
  readonly space: "input" | "layer";
  /** How pictures join the channels of an input map. */
  readonly reducer: "sum" | "mean";
  readonly layout: "nchw" | "nhwc";
  readonly layer: Layer | undefined;
  /** Of the first image: the class explained, and its score. */
  readonly target: number;
  readonly score: number;
  readonly targets: readonly Target[];
  /** Scores of all classes, one row an image. */
  readonly scores: readonly Float32Array[];
  readonly scoreKind: "logits" | "probability";
  readonly params: Params;
  readonly seed: number;
  readonly checks: readonly Checks[];
  /** One ledger a map, where `ledger: true` asked for it; otherwise empty. */
  readonly ledgers: readonly Ledger[];
  readonly notes: readonly string[];
  readonly timings: Timings;
  readonly device: string;
  readonly preprocessing: Preprocessing | undefined;
  /** What the network saw, for overlays; undefined when a tensor was given. */
  readonly picture: ImageU8 | undefined;
}

const DEFAULT_BATCH = 16;
const DEFAULT_MEMORY = 2 ** 30;

/**
 * Explain one image (or a tensor of several).
 * @throws OnnxplainError `E_METHOD_UNKNOWN`, `E_PARAM`, `E_TARGET_RANGE`, `E_LAYER_UNKNOWN`, `E_NO_DERIVATIVE`, `E_IMAGE_READ`, …
 * @example const map = await explain(model, "dog.jpg", { method: "grad-cam", target: 207 });
 */
export async function explain(model: Explainer, image: ImageInput, options: ExplainOptions): Promise<Explanation> {
  const release = model.hold();
  try {
    return await explained(model, image, options);
  } finally {
    release();
  }
}

async function explained(model: Explainer, image: ImageInput, options: ExplainOptions): Promise<Explanation> {
  const method = findMethod(options.method);
  const params = readParams(method.id, method.params, options.params ?? {});
  const classifier = model.classifier({ ...options, separateBatchNorm: method.separateBatchNorm });
  refuseUnsuitable(method, classifier);
  const requests = targetList(options.target);
  const context = { classes: classifier.classes, labels: model.labels, output: classifier.scores };
  const settled = requests.map((request) => parseTarget(request, context));
  const layer = chooseLayer(method, classifier, options.layer);
  const began = performance.now();
  const plan = method.plan({ classifier, params, layer, seed: options.seed ?? 0 });
  const compileMs = performance.now() - began;
  const input = await readInput(model, classifier, image, options);
  const opened = performance.now();
  const scoring = await scoreSession(model, classifier, options);
  const session = await planSession(model, classifier, plan.model, options);
  const probe = plan.probe && (await planSession(model, classifier, plan.probe.model, options));
  const sessionMs = performance.now() - opened;
  const ran = performance.now();
  const driveOptions: DriveOptions = {
    session,
    probe,
    batch: rowsAtOnce(plan.model, classifier, options),
    signal: options.signal,
    onProgress: options.onProgress,
  };
  const predicted = await predictRows(scoring, classifier, input.rows, driveOptions);
  const asked = input.rows.flatMap((x, i) =>
    settled.map((given) => {
      const scores = predicted[i] as Float32Array;
      return { x, scores, target: given ?? (parseTarget(argMax(scores), context) as Target) };
    }),
  );
  const samples = asked.map(({ x, target }): Sample => ({ x, cotangent: cotangentOf(target, classifier.classes) }));
  const folded = await drive(plan, samples, driveOptions);
  const values = concat(folded.map((f) => f.values));
  refuseNaN(values, "The explanation");
  return {
    method: method.id,
    values,
    dims: [folded.length, ...(folded[0]?.dims ?? [])],
    signed: method.signed(params),
    space: method.space,
    reducer: method.reducer ?? "sum",
    layout: classifier.layout,
    layer,
    target: asked[0]?.target.index ?? 0,
    score: dot(asked[0]?.scores ?? [], samples[0]?.cotangent ?? []),
    targets: asked.map((a) => a.target),
    scores: asked.map((a) => a.scores),
    scoreKind: classifier.scoreKind,
    params,
    seed: options.seed ?? 0,
    checks: folded.map((f) => f.checks),
    ledgers: folded.flatMap((f) => (f.ledger ? [f.ledger] : [])),
    notes: [...new Set([...classifier.notes, ...input.notes, ...plan.notes])],
    timings: { compileMs, sessionMs, runMs: performance.now() - ran },
    device: session.device,
    preprocessing: input.preprocessing,
    picture: input.picture,
  };
}

/** Scores of one image, all classes. */
export async function predict(
  model: Explainer,
  image: ImageInput,
  options: Omit<ExplainOptions, "method" | "target" | "params"> = {},
): Promise<readonly Float32Array[]> {
  const classifier = model.classifier(options);
  const input = await readInput(model, classifier, image, options);
  const release = model.hold();
  try {
    const session = await scoreSession(model, classifier, options);
    const batch = rowsAtOnce(classifier.model, classifier, options);
    return await predictRows(session, classifier, input.rows, { session, batch, signal: options.signal });
  } finally {
    release();
  }
}

function targetList(target: ExplainOptions["target"]): readonly TargetRequest[] {
  const list = Array.isArray(target)
    ? (target as readonly TargetRequest[])
    : [(target as TargetRequest | undefined) ?? "predicted"];
  if (list.length === 0) throw new OnnxplainError("E_PARAM", "The list of targets is empty. Give at least one class.");
  return list;
}

export function chooseLayer(method: Method, classifier: Classifier, wanted: string | undefined): Layer | undefined {
  if (wanted !== undefined) return namedLayer(classifier, wanted);
  return method.space === "layer" ? defaultLayer(classifier) : undefined;
}

/** Two plans share a session exactly when their graphs are equal. */
function planSession(model: Explainer, classifier: Classifier, graph: Model, options: DeviceOptions): Promise<Session> {
  const key = graphKey(fingerprint(graph.graph, classifier.model.graph), classifier);
  return model.session(key, () => graph, options);
}

const graphKey = (graph: string, { scoreKind, height, width, layout }: Classifier): string =>
  JSON.stringify([graph, scoreKind, layout, height, width]);

function scoreSession(model: Explainer, classifier: Classifier, options: DeviceOptions): Promise<Session> {
  return model.session(
    graphKey("scores", classifier),
    () => {
      const g = extend(classifier.model, classifier.ops);
      return close(classifier.model, g, [g.value(classifier.scores)]);
    },
    options,
  );
}

/** Rows of one run of a graph. Throws `E_PARAM` for a batch or budget that is none. */
function rowsAtOnce(
  { graph }: Model,
  { freeBatch }: Classifier,
  { batch = DEFAULT_BATCH, maxMemory = DEFAULT_MEMORY }: Pick<ExplainOptions, "batch" | "maxMemory">,
): number {
  if (!(Number.isInteger(batch) && batch >= 1))
    throw new OnnxplainError("E_PARAM", `Expected \`batch\` to be an integer from 1 up, got ${batch}.`);
  if (!(maxMemory > 0))
    throw new OnnxplainError("E_PARAM", `Expected \`maxMemory\` to be a number of bytes, got ${maxMemory}.`);
  return freeBatch ? Math.min(batch, rowsWithin(graph, maxMemory)) : 1;
}

async function predictRows(
  session: Session,
  classifier: Classifier,
  rows: readonly Float32Array[],
  { batch, signal }: DriveOptions,
): Promise<readonly Float32Array[]> {
  const plan: Plan = {
    model: { ...classifier.model, graph: { ...classifier.model.graph, inputs: [classifier.input] } },
    outputs: [classifier.scores],
    count: 1,
    notes: [],
    rows: ({ x }) => [{ [classifier.input.name]: x }],
    fold: () => {
      let values = new Float32Array();
      return {
        add: (r) => {
          values = r[classifier.scores] as Float32Array<ArrayBuffer>;
        },
        done: () => ({ values, dims: [values.length], checks: {} }),
      };
    },
  };
  const folded = await drive(
    plan,
    rows.map((x) => ({ x, cotangent: new Float32Array() })),
    { session, batch, signal },
  );
  return folded.map(({ values }) => {
    refuseNaN(values, "The network's score");
    return values;
  });
}

function refuseNaN(values: Float32Array, what: string): void {
  if (values.some((v) => Number.isNaN(v))) {
    throw new OnnxplainError(
      "E_NUMERIC",
      `${what} is not a number (NaN). Weights or input hold NaN or infinite values; check the export and the preprocessing.`,
    );
  }
}

interface ReadInput {
  readonly rows: readonly Float32Array[];
  readonly picture: ImageU8 | undefined;
  readonly preprocessing: Preprocessing | undefined;
  readonly notes: readonly string[];
}

async function readInput(
  model: Explainer,
  classifier: Classifier,
  image: ImageInput,
  options: Pick<ExplainOptions, "preprocessing">,
): Promise<ReadInput> {
  if (typeof image === "object" && "dims" in image)
    return { rows: tensorRows(image, classifier), picture: undefined, preprocessing: undefined, notes: [] };
  const decoded = await toPicture(image);
  const stated = options.preprocessing && { spec: { ...options.preprocessing, layout: classifier.layout }, notes: [] };
  const { spec, notes } = stated ?? model.preprocessing(classifier);
  let ready = preprocess(decoded, spec);
  const expected = (classifier.input.dims ?? []).slice(1);
  if (ready.dims.slice(1).some((d, i) => d !== expected[i]) && !spec.resize && !spec.crop)
    ready = preprocess(decoded, withInputSize(spec, classifier));
  if (ready.dims.slice(1).some((d, i) => d !== expected[i])) {
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Preprocessing gives ${formatDims(ready.dims)}, the model takes ${formatDims(classifier.input.dims)}. Set \`--size\`, \`--crop\` or \`--layout\`.`,
    );
  }
  return { rows: [ready.data], picture: ready.cropped, preprocessing: spec, notes };
}

async function toPicture(image: string | Uint8Array | ImageU8): Promise<ImageU8> {
  if (typeof image === "string") {
    const bytes = await files.read(image);
    if (bytes === undefined) throw new OnnxplainError("E_FILE", `There is no image \`${image}\`.`, { file: image });
    return decodeImage(bytes, image);
  }
  return image instanceof Uint8Array ? decodeImage(image) : image;
}

function tensorRows({ dims, data }: InputTensor, classifier: Classifier): readonly Float32Array[] {
  const expected = (classifier.input.dims ?? []).slice(1);
  const batched = dims.length === 3 ? [1, ...dims] : dims;
  if (batched.length !== 4 || batched.slice(1).some((d, i) => d !== expected[i]) || batched[0] === 0) {
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected a tensor of shape ${formatDims(classifier.input.dims)}, got ${formatDims(dims)}.`,
    );
  }
  if (data.length !== elementCount(dims)) {
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `A tensor of shape ${formatDims(dims)} holds ${elementCount(dims)} values, got ${data.length}.`,
    );
  }
  const count = batched[0] as number;
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) => data.slice(i * size, (i + 1) * size));
}

function concat(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0] as Float32Array;
  const out = new Float32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** Index of the first maximum. */
export const argMax = (values: ArrayLike<number>): number => {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
};
