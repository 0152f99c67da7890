/**
 * @file Evaluating methods over a data set: window by window, each window's questions answered together. What a window gives
 * depends on its images and the options alone, so that a run may be taken up at any window.
 */
import type { DataItem, DataSet } from "../data/dataset.ts";
import { type JoinedLabels, joinLabels } from "../data/join-labels.ts";
import { OnnxplainError } from "../errors.ts";
import { argMax } from "../explain/scores.ts";
import type { Explainer } from "../explainer.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Classifier } from "../methods/classifier.ts";
import { parseTarget, type TargetRequest } from "../methods/target.ts";
import { type NamedMethod, type NamedMetric, readAgreement, readMethodAsks, readMetricAsks } from "./ask.ts";
import { type Attributor, attributor, type MethodTrouble } from "./attribute.ts";
import { scorer } from "./forward.ts";
import { type Looked, look } from "./look.ts";
import { windows } from "./lookahead.ts";
import type { EvaluatedWindow, EvaluateOptions } from "./options.ts";
import { randomizing } from "./randomized.ts";
import { see } from "./seen.ts";
import { type Source, sourcesOf } from "./sources.ts";
import { type Bench, evaluateWindow } from "./window.ts";

/** Images in flight. */
export const DEFAULT_WINDOW = 16;
/** Sessions of all methods stay open while their weights take no more than this. */
const OPEN_WEIGHTS = 2 ** 31;

/** What was decided before the first image, and the run itself. */
export interface Evaluation {
  readonly classifier: Classifier;
  readonly preprocessing: Preprocessing;
  readonly methods: readonly NamedMethod[];
  readonly metrics: readonly NamedMetric[];
  /** Maps that are measured, in the order of the results. */
  readonly sources: readonly Source[];
  /** Methods that do not apply to this model. */
  readonly failures: readonly MethodTrouble[];
  readonly notes: readonly string[];
  readonly window: number;
  readonly windows: () => AsyncGenerator<EvaluatedWindow>;
  /** Some images again, with their maps. */
  readonly look: (ids: ReadonlySet<string>) => AsyncGenerator<Looked>;
}

/**
 * Settle everything that does not depend on an image: methods planned, metrics read, classes joined.
 * @throws OnnxplainError `E_METHOD_UNKNOWN`, `E_METRIC_UNKNOWN`, `E_PARAM`, `E_TARGET_RANGE`, `E_TARGET_UNKNOWN`, `E_LAYER_UNKNOWN`;
 * the first method's failure when none applies to the model.
 */
export function prepareEvaluation(model: Explainer, data: DataSet, options: EvaluateOptions): Evaluation {
  const { window = DEFAULT_WINDOW, seed = 0 } = options;
  if (!(Number.isInteger(window) && window >= 1))
    throw new OnnxplainError("E_PARAM", `Expected \`window\` to be an integer from 1 up, got ${window}.`);
  const named = readMethodAsks(options.methods);
  const metrics = readMetricAsks(options.metrics);
  const agreements = (options.agreements ?? []).map((members) => readAgreement(members, named));
  const classifier = model.classifier({ ...options, output: "logits" });
  const { spec, notes } = options.preprocessing
    ? { spec: { ...options.preprocessing, layout: classifier.layout }, notes: [] }
    : model.preprocessing(classifier);
  const targetOf = targetRule(options.target ?? "predicted", classifier, model.labels);
  const methods = attributor(model, named, options);
  if (methods.places.length === 0) throw (methods.failures[0] as MethodTrouble).error;
  const sources = sourcesOf(named, methods.places, { agreements, baselines: options.baselines ?? true });
  const { layers, randomized } = randomizing(model, (changed) => attributor(changed, named, options));
  const bench: Bench = {
    ...{ classifier, methods, layers, randomized, sources, metrics, targetOf, seed },
    scorer: scorer(model, classifier, options),
    signal: options.signal,
  };
  const joinedTo = { count: classifier.classes, labels: model.labels, wnids: options.wnids };
  const joined = options.classOf ? undefined : joinLabels(data, joinedTo);
  const classOf = options.classOf ?? (joined as JoinedLabels).of;
  const reading = {
    see: (item: DataItem) => see(item, classifier, spec, classOf),
    labelOf: (item: DataItem) => classOf(item.label),
  };
  return {
    ...{ classifier, preprocessing: spec, methods: named, metrics, sources, window },
    failures: methods.failures,
    notes: [...new Set([...classifier.notes, ...notes, ...(joined?.report.notes ?? []), ...methods.notes])],
    look: (ids) => look(bench, data, { ids, preprocessing: spec, ...reading }),
    windows: async function* () {
      const limit = options.limit ?? Number.POSITIVE_INFINITY;
      const release = holdsAll(model, methods) ? model.hold() : undefined;
      try {
        for await (const loaded of windows(data.items(), { window, skip: options.skip ?? 0, limit, ...reading }))
          yield await evaluateWindow(bench, loaded);
      } finally {
        release?.();
      }
    },
  };
}

/**
 * Methods x metrics over a data set, a window of images at a time; memory does not grow with the data.
 * @throws OnnxplainError as {@link prepareEvaluation}; what concerns single images is in the windows' `failures`.
 * @example for await (const { rows } of evaluate(model, data, { methods: ["grad-cam"], metrics: ["scg"] })) save(rows);
 */
export async function* evaluate(
  model: Explainer,
  data: DataSet,
  options: EvaluateOptions,
): AsyncGenerator<EvaluatedWindow> {
  yield* prepareEvaluation(model, data, options).windows();
}

const holdsAll = (model: Explainer, { graphs }: Attributor): boolean =>
  model.source.bytes.length * (graphs + 1) <= OPEN_WEIGHTS;

/** Which class is explained. Throws `E_TARGET_RANGE`, `E_TARGET_UNKNOWN`, `E_PARAM`. */
function targetRule(
  request: TargetRequest,
  { classes, scores: output }: Classifier,
  labels: readonly string[] | undefined,
): Bench["targetOf"] {
  if (request === "label")
    return (_, label) => {
      if (label !== undefined) return label;
      throw new OnnxplainError(
        "E_TARGET_UNKNOWN",
        "The image has no label that the model knows; `target: label` needs one.",
      );
    };
  const target = parseTarget(request, { classes, labels, output });
  if (target === undefined) return (scores) => argMax(scores);
  if (target.against !== undefined)
    throw new OnnxplainError(
      "E_PARAM",
      `Metrics measure the score of one class; \`${request}\` is a contrast of two. Give one class, \`predicted\` or \`label\`.`,
    );
  return () => target.index;
}
