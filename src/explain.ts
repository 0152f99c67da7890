/** @file Explaining: one method, several methods at once, or the scores alone. */
import type { Explanation, Explanations } from "./explain/explanation.ts";
import { readInput } from "./explain/input.ts";
import type { ExplainAllOptions, ExplainOptions, ImageInput, RunOptions } from "./explain/options.ts";
import { explainEach } from "./explain/run.ts";
import { scoreRows } from "./explain/scores.ts";
import type { Explainer } from "./explainer.ts";

export { chooseLayer } from "./explain/asked.ts";
export type { Explanation, Explanations, MethodFailure, Timings } from "./explain/explanation.ts";
export type {
  ExplainAllOptions,
  ExplainOptions,
  ImageInput,
  InputTensor,
  MethodRequest,
  RunOptions,
} from "./explain/options.ts";
export { argMax, largest } from "./explain/scores.ts";

/**
 * Explain one image (or a tensor of several).
 * @throws OnnxplainError `E_METHOD_UNKNOWN`, `E_PARAM`, `E_TARGET_RANGE`, `E_LAYER_UNKNOWN`, `E_NO_DERIVATIVE`, `E_IMAGE_READ`, …
 * @example const map = await explain(model, "dog.jpg", { method: "grad-cam", target: 207 });
 */
export async function explain(
  model: Explainer,
  image: ImageInput,
  { method, params, ...options }: ExplainOptions,
): Promise<Explanation> {
  const { explanations } = await explainEach(model, image, { ...options, methods: [{ method, params }] });
  return explanations[0] as Explanation;
}

/**
 * Explain one image by several methods, each for the same targets. Methods that are one graph run as one graph, so the forward
 * pass happens once; the others share sessions where their graphs are equal. Values are those of {@link explain}.
 *
 * A method that does not apply to the model is listed under `failures`, and the others go on.
 * @throws OnnxplainError as {@link explain}; the first failure when every method failed.
 * @example const { explanations } = await explainAll(model, "dog.jpg", { methods: ["grad-cam", "gradient"], target: "top3" });
 */
export const explainAll = (model: Explainer, image: ImageInput, options: ExplainAllOptions): Promise<Explanations> =>
  explainEach(model, image, options);

/** Scores of one image, all classes. */
export async function predict(
  model: Explainer,
  image: ImageInput,
  options: RunOptions = {},
): Promise<readonly Float32Array[]> {
  const classifier = model.classifier(options);
  const input = await readInput(model, classifier, image, options);
  return (await scoreRows(model, classifier, input.rows, options)).scores;
}
