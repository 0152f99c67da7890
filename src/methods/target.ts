/** @file Which class is explained: an index, a label, the prediction, or the contrast of two. */
import { OnnxplainError } from "../errors.ts";

/** What a user may ask for. `"A-B"` is the contrast of two scores. */
export type TargetRequest = number | string;

/** A target that is settled: one class, or one class against another. */
export interface Target {
  readonly index: number;
  readonly against?: number;
  readonly label?: string;
}

export interface TargetContext {
  readonly classes: number;
  readonly labels: readonly string[] | undefined;
  /** The graph's name for its scores, for messages. */
  readonly output: string;
}

/** `undefined` stands for "predicted", which depends on the image. Throws `E_TARGET_RANGE` or `E_TARGET_UNKNOWN`. */
export function parseTarget(request: TargetRequest, context: TargetContext): Target | undefined {
  if (request === "predicted") return undefined;
  const single = classIndex(request, context);
  if (single !== undefined) return labelled(single, context);
  const text = String(request);
  let beyond: OnnxplainError | undefined;
  for (let at = text.indexOf("-"); at >= 0; at = text.indexOf("-", at + 1)) {
    const [a, b] = [part(text.slice(0, at), context), part(text.slice(at + 1), context)];
    if (typeof a === "number" && typeof b === "number") return { ...labelled(a, context), against: b };
    // a number that is no class may still be the beginning or end of a label
    if (a !== undefined && b !== undefined) beyond ??= a instanceof OnnxplainError ? a : (b as OnnxplainError);
  }
  throw beyond ?? unknownTarget(text, context);
}

/** One side of a contrast: its class, why its number is none, or undefined. */
function part(text: string, context: TargetContext): number | OnnxplainError | undefined {
  try {
    return classIndex(text.trim(), context);
  } catch (error) {
    if (error instanceof OnnxplainError) return error;
    throw error;
  }
}

const labelled = (index: number, { labels }: TargetContext): Target => {
  const label = labels?.[index];
  return label === undefined ? { index } : { index, label };
};

function classIndex(request: TargetRequest, { classes, labels, output }: TargetContext): number | undefined {
  const index = typeof request === "number" ? request : /^-?\d+$/.test(request) ? Number(request) : undefined;
  if (index !== undefined) {
    if (Number.isInteger(index) && index >= 0 && index < classes) return index;
    throw new OnnxplainError(
      "E_TARGET_RANGE",
      `Expected \`target\` to be a class index in 0…${classes - 1} for output "${output}" [N,${classes}], got ${request}.`,
    );
  }
  const wanted = String(request).toLowerCase();
  const exact = labels?.findIndex((l) => l.toLowerCase() === wanted) ?? -1;
  if (exact >= 0) return exact;
  // ImageNet labels list synonyms: "tench, Tinca tinca"
  const synonym = labels?.findIndex((l) => l.toLowerCase().split(/,\s*/).includes(wanted)) ?? -1;
  return synonym >= 0 ? synonym : undefined;
}

function unknownTarget(text: string, { labels, classes }: TargetContext): OnnxplainError {
  if (text === "label")
    return new OnnxplainError(
      "E_TARGET_UNKNOWN",
      "`target: label` explains the ground truth, which a single image does not carry. Give a class index or a label.",
    );
  if (!labels)
    return new OnnxplainError(
      "E_TARGET_UNKNOWN",
      `\`${text}\` is not a class index (0…${classes - 1}), and the model has no labels. Give an index, or a list of labels (\`--labels FILE\`).`,
    );
  const near = labels.filter((l) => l.toLowerCase().includes(text.toLowerCase())).slice(0, 5);
  return new OnnxplainError(
    "E_TARGET_UNKNOWN",
    `No class is labelled \`${text}\`.${near.length ? ` Near it: ${near.map((l) => `\`${l}\``).join(", ")}.` : ""} Give an index in 0…${classes - 1} or one of the labels.`,
  );
}

/** Weights of the scores that stand for a target. */
export function cotangentOf({ index, against }: Target, classes: number): Float32Array {
  const row = new Float32Array(classes);
  row[index] = 1;
  if (against !== undefined) row[against] = (row[against] as number) - 1;
  return row;
}
