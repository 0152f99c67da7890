/** @file Turning the `baselines` parameter into a whole network input. */
import { OnnxplainError } from "../errors.ts";
import type { ParamValue } from "../params.ts";
import type { Classifier } from "./classifier.ts";

/** One row [C*H*W] in the layout of the input. Throws `E_PARAM` when the length fits neither channels nor input. */
export function baselineRow(
  classifier: Pick<Classifier, "channels" | "height" | "width" | "layout">,
  value: ParamValue | undefined,
): Float32Array {
  const { channels, height, width, layout } = classifier;
  const size = channels * height * width;
  if (typeof value === "number") return new Float32Array(size).fill(value);
  const given = value as ArrayLike<number>;
  if (given.length === size) return Float32Array.from(given);
  if (given.length !== channels)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`baselines\` to hold 1, ${channels} (channels) or ${size} numbers, got ${given.length}.`,
    );
  const plane = height * width;
  return Float32Array.from(
    { length: size },
    (_, i) => given[layout === "nchw" ? Math.floor(i / plane) : i % channels] as number,
  );
}
