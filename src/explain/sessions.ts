/** @file Sessions of plans and of the scores alone, and how many rows go into one run. */
import { close, extend } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { DeviceOptions, Explainer } from "../explainer.ts";
import { fingerprint } from "../graph/fingerprint.ts";
import type { Model } from "../graph/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import { rowsWithin } from "../runtime/budget.ts";
import type { Session } from "../runtime/session.ts";
import type { RunOptions } from "./options.ts";

const DEFAULT_BATCH = 16;
const DEFAULT_MEMORY = 2 ** 30;

/** Two plans share a session exactly when their graphs are equal. */
export function planSession(
  model: Explainer,
  classifier: Classifier,
  graph: Model,
  options: DeviceOptions,
): Promise<Session> {
  const key = graphKey(fingerprint(graph.graph, classifier.model.graph), classifier);
  return model.session(key, () => graph, options);
}

const graphKey = (graph: string, { scoreKind, height, width, layout }: Classifier): string =>
  JSON.stringify([graph, scoreKind, layout, height, width]);

/** The forward pass, and nothing else. */
export function scoreSession(model: Explainer, classifier: Classifier, options: DeviceOptions): Promise<Session> {
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
export function rowsAtOnce(
  { graph }: Model,
  { freeBatch }: Pick<Classifier, "freeBatch">,
  { batch = DEFAULT_BATCH, maxMemory = DEFAULT_MEMORY }: Pick<RunOptions, "batch" | "maxMemory">,
): number {
  if (!(Number.isInteger(batch) && batch >= 1))
    throw new OnnxplainError("E_PARAM", `Expected \`batch\` to be an integer from 1 up, got ${batch}.`);
  if (!(maxMemory > 0))
    throw new OnnxplainError("E_PARAM", `Expected \`maxMemory\` to be a number of bytes, got ${maxMemory}.`);
  return freeBatch ? Math.min(batch, rowsWithin(graph, maxMemory)) : 1;
}
