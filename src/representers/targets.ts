/** @file What each point is asked to say: t = σ(Φ_given), or what its label asks for. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { ACTIVATIONS, type ActivationName } from "./activations.ts";
import { activationGraph } from "./graphs.ts";
import { matrix } from "./problem.ts";

/** `[n, classes]`. Throws `E_TARGET_RANGE` for a label that is no class, `E_DATA_CLASSES` where a point has none. */
export function labelTargets(labels: Int32Array, classes: number, activation: ActivationName): Float64Array {
  const [yes, no] = ACTIVATIONS[activation].label;
  const targets = new Float64Array(labels.length * classes).fill(no);
  const missing = labels.reduce((s, l) => s + (l < 0 ? 1 : 0), 0);
  if (missing > 0)
    throw new OnnxplainError(
      "E_DATA_CLASSES",
      `${missing} of ${labels.length} points have no label, which the objective \`labels\` needs. Label them, leave them out, or fit to what the network says (objective \`given\`).`,
    );
  labels.forEach((label, i) => {
    if (label >= classes)
      throw new OnnxplainError(
        "E_TARGET_RANGE",
        `Point ${i} is labelled ${label}; there are ${classes} classes, 0 to ${classes - 1}. Correct the label, or the number of classes.`,
      );
    targets[i * classes + label] = yes;
  });
  return targets;
}

/** σ of scores `[n, classes]`. */
export async function givenTargets(
  given: Float32Array | Float64Array,
  {
    classes,
    activation,
    session = {},
  }: {
    readonly classes: number;
    readonly activation: ActivationName;
    readonly session?: SessionOptions;
  },
): Promise<Float64Array> {
  const bad = given.findIndex((v: number) => !Number.isFinite(v));
  if (bad >= 0)
    throw new OnnxplainError(
      "E_NUMERIC",
      `The given score of point ${Math.floor(bad / classes)} for class ${bad % classes} is not finite; look at that point's input.`,
    );
  const run = await openSession(writeModelBytes(activationGraph(classes, activation)), session);
  try {
    const got = await run.run({ scores: matrix(Float64Array.from(given), classes) }, ["sigma"]);
    return Float64Array.from(got.sigma?.data as Float64Array);
  } finally {
    await run.dispose();
  }
}
