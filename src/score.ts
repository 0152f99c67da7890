/** @file Explaining any scorer of images: no ONNX classifier, only a function from a batch to class scores. */

import { openSession } from "#ort";
import { drive } from "./drive.ts";
import { OnnxplainError } from "./errors.ts";
import type { Explanation } from "./explain/explanation.ts";
import { tensorRows, toPicture } from "./explain/input.ts";
import type { ExplainOptions, ImageInput, InputTensor } from "./explain/options.ts";
import { refuseNaN } from "./explain/scores.ts";
import { rowsAtOnce } from "./explain/sessions.ts";
import { readTargets } from "./explain/targets.ts";
import { emptyGraph, newModel } from "./graph/new-model.ts";
import type { Model, Port } from "./graph/types.ts";
import { writeModelBytes } from "./graph/write.ts";
import { type Preprocessing, preprocess } from "./image/preprocess.ts";
import type { ImageU8 } from "./image/types.ts";
import type { ScoreKind } from "./methods/classifier.ts";
import { dot } from "./methods/integrated-gradients.ts";
import type { Method, RowsPlan } from "./methods/method.ts";
import { COTANGENT } from "./methods/one-pass.ts";
import { BATCH, type Describe, type Frame, type ScorerGraphs, scorerGraphs } from "./methods/perturbation.ts";
import { findMethod, METHODS } from "./methods/table.ts";
import { cotangentOf } from "./methods/target.ts";
import { SCORE } from "./methods/target-score.ts";
import { OPS } from "./ops/table.ts";
import { readParams } from "./params.ts";
import { imageAxes } from "./passes/bind-input.ts";
import type { HostTensor, Session } from "./runtime/session.ts";

/** Class scores of a batch: one row an image, or all rows in one list [N*classes]. */
export type Scores = ArrayLike<number> | readonly ArrayLike<number>[];
/** Scores a batch of images [N,C,H,W] (or [N,H,W,C], as they were given). The same number of classes for every image. */
export type ScoreImages = (batch: InputTensor) => Scores | Promise<Scores>;

/** As for `explain`, less what only an ONNX model has. */
export interface ExplainScoresOptions
  extends Omit<ExplainOptions, "output" | "layer" | "size" | "separateBatchNorm" | "keep"> {
  /** Class names, in the order of the scores. */
  readonly labels?: readonly string[] | undefined;
  /** What the scores are; recorded, not computed. Default `"logits"`. */
  readonly output?: ScoreKind | undefined;
}

/**
 * Explain what a function scores, by a method that needs nothing but scores (`occlusion`, `rise`, `lime`, `kernel-shap`).
 * Perturbed batches are made by the runtime on `device`; the function sees at most `batch` images at a time (default 16).
 * A picture needs `preprocessing`; a tensor [C,H,W] or [N,C,H,W] is taken as it is. What the function throws is passed on.
 *
 * @throws OnnxplainError `E_METHOD_UNSUITABLE` for methods that need derivatives or layers, listing those that work; `E_SHAPE`
 * when the scores do not fit the batch; `E_NUMERIC` when one is NaN; `E_PARAM`, `E_TARGET_RANGE`, `E_INPUT_SHAPE`, …
 * @example
 * const score = async ({ dims, data }) => (await fetchScores(dims, data)).rows; // [N][classes]
 * const map = await explainScores(score, "dog.jpg", { method: "rise", preprocessing: preset("torchvision"), target: 207 });
 */
export async function explainScores(
  score: ScoreImages,
  image: ImageInput,
  options: ExplainScoresOptions,
): Promise<Explanation> {
  const method = findMethod(options.method);
  const describe = perturbationOf(method);
  const params = readParams(method.id, method.params, options.params ?? {});
  const seed = options.seed ?? 0;
  const input = await readImage(image, options);
  const { frame, rows } = input;
  const began = performance.now();
  const perturbation = describe({ frame, params, seed });
  const graphs = scorerGraphs({ input: frame.input, model: BLANK, ops: OPS }, perturbation);
  const compileMs = performance.now() - began;
  const batch = rowsAtOnce(graphs.batch, { freeBatch: true }, options);
  const opened = performance.now();
  const session = await openScoring(graphs, checked(score), options);
  try {
    const ran = performance.now();
    const scores = await scoreAll(checked(score), input, batch);
    const classes = scores[0]?.length ?? 0;
    const choice = readTargets(options.target, { classes, labels: options.labels, output: "scores" });
    const samples = rows.flatMap((x, i) =>
      choice.of(scores[i] as Float32Array).map((target) => ({
        x,
        target,
        scores: scores[i] as Float32Array,
        cotangent: cotangentOf(target, classes),
      })),
    );
    const folded = await drive(planOf(graphs, classes), samples, {
      session,
      batch,
      signal: options.signal,
      onProgress: options.onProgress,
    });
    for (const { values } of folded) refuseNaN(values, "The explanation");
    const [first] = samples;
    return {
      method: method.id,
      values: Float32Array.from(folded.flatMap((f) => Array.from(f.values))),
      dims: [folded.length, ...(folded[0]?.dims ?? [])],
      signed: method.signed(params),
      space: method.space,
      reducer: method.reducer ?? "sum",
      layout: frame.layout,
      layer: undefined,
      target: first?.target.index ?? 0,
      score: dot(first?.scores ?? [], first?.cotangent ?? []),
      targets: samples.map((s) => s.target),
      images: rows.length,
      scores: samples.map((s) => s.scores),
      scoreKind: options.output ?? "logits",
      params,
      seed,
      checks: folded.map((f) => f.checks),
      ledgers: [],
      notes: perturbation.notes,
      timings: { compileMs, sessionMs: ran - opened, runMs: performance.now() - ran },
      device: session.device,
      preprocessing: input.preprocessing,
      picture: input.picture,
    };
  } finally {
    await session.dispose();
  }
}

/** Throws `E_METHOD_UNSUITABLE`. */
function perturbationOf({ id, perturbation }: Method): Describe {
  if (perturbation) return perturbation;
  const able = Object.values<Method>(METHODS).filter((m) => m.perturbation);
  throw new OnnxplainError(
    "E_METHOD_UNSUITABLE",
    `\`${id}\` needs derivatives or layers, which a scoring function does not have. Methods that work on scores alone: ${able.map((m) => `\`${m.id}\``).join(", ")}.`,
  );
}

/** A model of nothing, at the opset that graphs are emitted in. */
const BLANK = newModel(emptyGraph("perturbation"));

interface ReadImage {
  readonly frame: Frame;
  readonly rows: readonly Float32Array[];
  readonly picture: ImageU8 | undefined;
  readonly preprocessing: Preprocessing | undefined;
}

/** Throws `E_PARAM` for a picture without preprocessing, `E_INPUT_SHAPE` for what is no batch of images. */
async function readImage(image: ImageInput, { preprocessing, layout }: ExplainScoresOptions): Promise<ReadImage> {
  if (typeof image === "object" && "dims" in image) {
    const frame = frameOf(image.dims, layout);
    return { frame, rows: tensorRows(image, frame), picture: undefined, preprocessing: undefined };
  }
  if (preprocessing === undefined)
    throw new OnnxplainError(
      "E_PARAM",
      'A scoring function does not say how a picture becomes its input. Give `preprocessing` (`preset("torchvision")`), or a tensor instead of the picture.',
    );
  const spec = layout === undefined ? preprocessing : { ...preprocessing, layout };
  const { dims, data, cropped } = preprocess(await toPicture(image), spec);
  return { frame: frameOf(dims, spec.layout), rows: [data], picture: cropped, preprocessing: spec };
}

/** Channels come first unless told, or unless only the last axis can be channels. */
function frameOf(dims: readonly number[], layout: "nchw" | "nhwc" | undefined): Frame {
  const batched = dims.length === 3 ? [1, ...dims] : dims;
  const [, a = 0, b = 0, c = 0] = batched;
  if (batched.length !== 4 || batched.some((d) => !(Number.isInteger(d) && d > 0)))
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected a tensor of images [N,C,H,W] (or [C,H,W], or channels last), got [${dims}].`,
    );
  const known = layout ?? (imageAxes(batched)[0] === 1 ? "nhwc" : "nchw");
  const [channels, height, width] = known === "nchw" ? [a, b, c] : [c, a, b];
  const input: Port = { name: "image", dtype: "float32", dims: ["N", a, b, c] };
  return { input, layout: known, channels, height, width };
}

type Scorer = (batch: HostTensor) => Promise<readonly Float32Array[]>;

/** The function, its answer checked and cut into rows. */
function checked(score: ScoreImages): Scorer {
  let classes: number | undefined;
  return async ({ dims, data }) => {
    const count = dims[0] as number;
    const rows = rowsOf(await score({ dims, data: data as Float32Array }), count);
    classes ??= rows[0]?.length ?? 0;
    if (rows.length !== count || classes === 0 || rows.some((row) => row.length !== classes))
      throw new OnnxplainError(
        "E_SHAPE",
        `The scoring function gave [${[...new Set(rows.map((row) => row.length))].join(" or ")}] scores for each of ${rows.length} rows; expected ${classes || "at least one"} for each of ${count} images. Return one row of class scores an image.`,
      );
    for (const row of rows) refuseNaN(row, "A score");
    return rows;
  };
}

function rowsOf(given: Scores, count: number): readonly Float32Array[] {
  const list = Array.from(given as ArrayLike<number | ArrayLike<number>>);
  if (list.some((v) => typeof v === "object" && v !== null))
    return list.map((row) => Float32Array.from(row as ArrayLike<number>));
  const flat = Float32Array.from(list as number[]);
  const size = flat.length / count;
  return Number.isInteger(size)
    ? Array.from({ length: count }, (_, i) => flat.slice(i * size, (i + 1) * size))
    : [flat];
}

/** Scores of the images themselves. */
async function scoreAll(score: Scorer, { frame, rows }: ReadImage, batch: number): Promise<readonly Float32Array[]> {
  const dims = (frame.input.dims as readonly number[]).slice(1);
  const scores: Float32Array[] = [];
  for (let at = 0; at < rows.length; at += batch) {
    const some = rows.slice(at, at + batch);
    const data = new Float32Array(some.reduce((n, row) => n + row.length, 0));
    some.forEach((row, i) => {
      data.set(row, i * row.length);
    });
    scores.push(...(await score({ dtype: "float32", dims: [some.length, ...dims], data })));
  }
  return scores;
}

/** The plan around the function: as if one session made the batch, scored it and summed. */
function planOf({ batch, names, rows }: ScorerGraphs, classes: number): RowsPlan {
  const cotangent: Port = { name: COTANGENT, dtype: "float32", dims: [1, classes] };
  const inputs = [...batch.graph.inputs, cotangent];
  return { ...rows, model: { ...batch, graph: { ...batch.graph, inputs } }, outputs: [SCORE, ...names], sums: names };
}

type Feeds = Readonly<Record<string, HostTensor>>;
const pick = (feeds: Feeds, names: readonly string[]): Feeds =>
  Object.fromEntries(names.filter((name) => name in feeds).map((name) => [name, feeds[name] as HostTensor]));

async function openScoring(
  graphs: ScorerGraphs,
  score: Scorer,
  { device, threads }: ExplainScoresOptions,
): Promise<Session> {
  const open = (model: Model): Promise<Session> => openSession(writeModelBytes(model), { device, threads });
  const maker = await open(graphs.batch);
  const summing = graphs.sums && (await open(graphs.sums));
  return {
    device: maker.device,
    inputs: [...maker.inputs, COTANGENT],
    outputs: [SCORE, ...graphs.names],
    run: async (feeds) => {
      const made = await maker.run(pick(feeds, maker.inputs), [BATCH]);
      const weights = (feeds[COTANGENT] as HostTensor).data as Float32Array;
      const values = Float32Array.from(await score(made[BATCH] as HostTensor), (row) => dot(row, weights));
      const scores: HostTensor = { dtype: "float32", dims: [values.length], data: values };
      const sums = summing && (await summing.run({ ...pick(feeds, summing.inputs), [SCORE]: scores }, graphs.names));
      return { ...sums, [SCORE]: scores };
    },
    dispose: async () => {
      await Promise.all([maker.dispose(), summing?.dispose()]);
    },
  };
}
