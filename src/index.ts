/** @file The public API. */
export { type ErrorCode, type ErrorPlace, OnnxplainError } from "./errors.ts";
export { Explainer } from "./explainer.ts";
export { argMax, type Explanation, type ExplainOptions, explain, type ImageInput, type InputTensor, predict } from "./explain.ts";
export { type LoadOptions, loadModel, readLabels } from "./load.ts";
