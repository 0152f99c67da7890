/** @file The maps that are measured: methods explained (kept while the model stays), heat maps of one's own, baselines. */
import {
  type Explainer,
  type Explanation,
  explain,
  OnnxplainError,
  type SingleMap,
  type WatchedMap,
} from "../../../src/index.ts";
import type { MeasureAsk, MeasuredMap, MissingMap } from "../../engine/calls/measure.ts";
import { heldModel, heldPicture, runOptions } from "../../engine/held.ts";

export interface Prepared {
  readonly maps: readonly (WatchedMap & { readonly signed: boolean })[];
  readonly missing: readonly MissingMap[];
  /** The class, for maps that state none; undefined = the predicted one. */
  readonly target: number | undefined;
}

const kept = new WeakMap<Explainer, Map<string, Explanation>>();
const MOST_KEPT = 40;

/** Throws `E_ABORTED`, `E_TARGET_RANGE`, `E_TARGET_UNKNOWN`; a method that fails is missing, with its reason. */
export async function prepared(ask: MeasureAsk, signal: AbortSignal): Promise<Prepared> {
  const model = heldModel();
  const singles = new Map<string, SingleMap>();
  const missing: MissingMap[] = [];
  for (const map of ask.maps) {
    try {
      singles.set(map.name, await single(model, map, { ask, signal }));
    } catch (error) {
      if (!(error instanceof OnnxplainError) || error.code === "E_ABORTED") throw error;
      missing.push({ name: map.name, message: error.message });
    }
  }
  const own = [...singles].map(([name, map]) => ({ name, map, signed: isSigned(map) }));
  const together = ask.agreement.flatMap((name) => singles.get(name) ?? []);
  const agreed = together.length > 1 && together.length === ask.agreement.length;
  const name = ask.agreement.join("+");
  return {
    maps: [...own, ...(agreed ? [{ name, map: together, signed: false }] : [])],
    missing,
    target: targetIndex(model, ask.target),
  };
}

interface Asking {
  readonly ask: MeasureAsk;
  readonly signal: AbortSignal;
}

async function single(model: Explainer, map: MeasuredMap, { ask, signal }: Asking): Promise<SingleMap> {
  if (map.kind === "own") return map.heat;
  if (map.kind === "blind") return map.blind;
  const { picture, edits, run, target } = ask;
  const { choice, layer } = map;
  const key = JSON.stringify([picture, edits, run, target, choice, layer]);
  const known = kept.get(model) ?? new Map<string, Explanation>();
  kept.set(model, known);
  const old = known.get(key);
  if (old) return old;
  const made = await explain(model, heldPicture(picture, edits), {
    ...(await runOptions(run)),
    ...choice,
    ...(layer ? { layer } : {}),
    target,
    signal,
  });
  known.set(key, made);
  const [oldest] = known.keys();
  if (known.size > MOST_KEPT && oldest !== undefined) known.delete(oldest);
  return made;
}

const isSigned = (map: SingleMap): boolean =>
  typeof map === "object" && ("method" in map ? map.signed : Array.from(map.data, Number).some((v) => v < 0));

/** As `--target` reads it, without an explanation that would. */
function targetIndex(model: Explainer, target: string): number | undefined {
  if (target === "predicted") return undefined;
  const found = model.labels?.indexOf(target) ?? -1;
  const index = found >= 0 ? found : Number(target);
  if (Number.isInteger(index) && index >= 0 && index < model.classifier().classes) return index;
  throw new OnnxplainError(
    "E_TARGET_UNKNOWN",
    `Metrics measure the score of one class; \`${target}\` is none. Choose a class, or \`predicted\`.`,
  );
}
