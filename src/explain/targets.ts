/** @file Which classes are explained for an image: some are settled beforehand, some depend on its scores. */
import { OnnxplainError } from "../errors.ts";
import { attempt } from "../methods/shared-pass.ts";
import { parseTarget, type Target, type TargetContext, type TargetRequest } from "../methods/target.ts";
import { argMax, largest } from "./scores.ts";

/** The targets of every image, as many for each. */
export interface TargetChoice {
  readonly count: number;
  /** All of them, when none depends on the scores. */
  readonly fixed: readonly Target[] | undefined;
  readonly of: (scores: Float32Array) => readonly Target[];
}

/** One request: a settled target, or a rule that reads the scores. */
type Choice = Target | { readonly count: number; readonly of: (scores: Float32Array) => readonly Target[] };

const isSettled = (choice: Choice): choice is Target => "index" in choice;

/**
 * Reads requests: what `parseTarget` knows, `"topN"`, and several in one string separated by commas (a label that holds a
 * comma is taken as a whole). Throws `E_TARGET_RANGE`, `E_TARGET_UNKNOWN`, or `E_PARAM` for none.
 */
export function readTargets(
  target: TargetRequest | readonly TargetRequest[] | undefined,
  context: TargetContext,
): TargetChoice {
  const requests = Array.isArray(target)
    ? (target as readonly TargetRequest[])
    : [(target as TargetRequest | undefined) ?? "predicted"];
  const choices = requests.flatMap((request) => choicesOf(request, context));
  if (choices.length === 0)
    throw new OnnxplainError("E_PARAM", "The list of targets is empty. Give at least one class.");
  const settled = choices.filter(isSettled);
  return {
    count: choices.reduce((n, c) => n + (isSettled(c) ? 1 : c.count), 0),
    fixed: settled.length === choices.length ? settled : undefined,
    of: (scores) => choices.flatMap((c) => (isSettled(c) ? [c] : c.of(scores))),
  };
}

function choicesOf(request: TargetRequest, context: TargetContext): readonly Choice[] {
  const whole = attempt(() => choiceOf(request, context));
  if (!(whole instanceof OnnxplainError)) return [whole];
  const parts = String(request)
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (whole.code !== "E_TARGET_UNKNOWN" || parts.length < 2) throw whole;
  return parts.map((part) => choiceOf(part, context));
}

function choiceOf(request: TargetRequest, context: TargetContext): Choice {
  const top = topOf(request, context);
  if (top !== undefined)
    return { count: top, of: (scores) => largest(scores, top).map((index) => classTarget(index, context)) };
  return parseTarget(request, context) ?? { count: 1, of: (scores) => [classTarget(argMax(scores), context)] };
}

const classTarget = (index: number, context: TargetContext): Target => parseTarget(index, context) as Target;

/** The number in `"top3"`; undefined for anything else, a label of that name included. */
function topOf(request: TargetRequest, { classes, labels, output }: TargetContext): number | undefined {
  const text = String(request).toLowerCase();
  const digits = /^top-?(\d+)$/.exec(text)?.[1];
  if (digits === undefined || labels?.some((l) => l.toLowerCase() === text)) return undefined;
  const count = Number(digits);
  if (count >= 1 && count <= classes) return count;
  throw new OnnxplainError(
    "E_TARGET_RANGE",
    `Expected \`target\` top1…top${classes} for output "${output}" [N,${classes}], got ${request}.`,
  );
}
