/** @file The manifest of an explanation: everything needed to understand and repeat it, as sorted JSON. */
import { runtimeVersion } from "#ort";
import { argMax, type Explanation } from "../explain.ts";
import type { Explainer } from "../explainer.ts";
import { VERSION } from "../version.ts";

export const SCHEMA_VERSION = 1;
const TOP = 5;

/** A JSON value that may go into a manifest. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

export interface ManifestContext {
  readonly model: Explainer;
  /** What was explained: a file name, or how the input came. */
  readonly image: string;
  /** File names of the bundle, by role. */
  readonly artifacts?: Readonly<Record<string, string>> | undefined;
}

/** The record of one explanation. */
export async function manifestOf(
  explanation: Explanation,
  { model, image, artifacts }: ManifestContext,
): Promise<Json> {
  const { layer, picture } = explanation;
  return {
    schema_version: SCHEMA_VERSION,
    image,
    image_size: picture ? [picture.height, picture.width] : null,
    model: {
      name: model.source.name,
      sha256: await model.digest(),
      opset: model.source.model.opset,
      producer: model.source.model.producer,
    },
    method: explanation.method,
    params: plain(explanation.params),
    seed: explanation.seed,
    layer: layer
      ? {
          name: layer.name,
          node: layer.node,
          op: layer.op,
          layout: layer.layout,
          grid: layer.grid,
          channels: layer.channels,
        }
      : null,
    score: explanation.scoreKind,
    explanations: explanation.targets.map((t, i) => ({
      target: { index: t.index, label: t.label ?? null, against: t.against ?? null },
      [explanation.scoreKind === "logits" ? "logit" : "probability"]: explanation.scores[i]?.[t.index] ?? null,
      scores: Array.from(explanation.scores[i] ?? []),
      top: topClasses(explanation.scores[i] as Float32Array, model.labels),
      checks: plain(explanation.checks[i] ?? {}),
    })),
    dims: explanation.dims,
    layout: explanation.layout,
    signed: explanation.signed,
    preprocessing: plain(explanation.preprocessing ?? null),
    notes: explanation.notes,
    device: explanation.device,
    timings_ms: {
      compile: explanation.timings.compileMs,
      session: explanation.timings.sessionMs,
      run: explanation.timings.runMs,
    },
    versions: { onnxplain: VERSION, runtime: await runtimeVersion() },
    ...(artifacts ? { artifacts } : {}),
  };
}

/** Largest scores first. */
export function topClasses(
  scores: Float32Array,
  labels: readonly string[] | undefined,
  count = TOP,
): readonly { readonly index: number; readonly label: string | null; readonly score: number }[] {
  const rest = scores.slice();
  return Array.from({ length: Math.min(count, scores.length) }, () => {
    const index = argMax(rest);
    rest[index] = Number.NEGATIVE_INFINITY;
    return { index, label: labels?.[index] ?? null, score: scores[index] as number };
  });
}

/** Typed arrays become lists; a whole input given as baseline is recorded by its length. */
const LONG = 64;
function plain(value: unknown): Json {
  if (value instanceof Float32Array) return value.length > LONG ? `${value.length} values` : Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, v]) => v !== undefined)
        .map(([k, v]) => [k, plain(v)]),
    );
  return value as Json;
}

/** Plain data (objects, arrays, numbers, text) as JSON with sorted keys; infinities and NaN cannot be written and become null. */
export function sortedJson(value: unknown): string {
  const sort = (v: unknown): unknown =>
    Array.isArray(v)
      ? v.map(sort)
      : typeof v === "object" && v !== null
        ? Object.fromEntries(
            Object.entries(v)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([k, x]) => [k, sort(x)]),
          )
        : v;
  return `${JSON.stringify(sort(value), null, 2)}\n`;
}
