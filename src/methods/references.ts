/** @file The `baselines` of methods that average over several of them. */
import { OnnxplainError } from "../errors.ts";
import type { ParamSpec, ParamValue } from "../params.ts";
import { blurred } from "./blur.ts";
import type { Classifier } from "./classifier.ts";

const isNumbers = (raw: unknown): raw is readonly number[] =>
  Array.isArray(raw) && raw.length > 0 && raw.every((v) => typeof v === "number" && Number.isFinite(v));

/** Whole inputs behind one another. */
function joined(parts: readonly ArrayLike<number>[]): Float32Array | undefined {
  const [first] = parts;
  if (first === undefined || parts.some((p) => p.length !== first.length)) return undefined;
  const out = new Float32Array(parts.length * first.length);
  for (const [i, part] of parts.entries()) out.set(part, i * first.length);
  return out;
}

function read(raw: unknown): ParamValue | undefined {
  if (raw instanceof Float32Array) return raw;
  if (typeof raw === "number") return Number.isFinite(raw) ? [raw] : undefined;
  if (typeof raw === "string") {
    const values = raw.split(",").map((v) => (v.trim() === "" ? Number.NaN : Number(v)));
    return isNumbers(values) ? values : undefined;
  }
  if (isNumbers(raw)) return raw;
  if (Array.isArray(raw) && raw.every((p): p is ArrayLike<number> => p instanceof Float32Array || isNumbers(p)))
    return joined(raw);
  const { data } = (raw ?? {}) as { readonly data?: unknown };
  return data instanceof Float32Array ? data : undefined;
}

/**
 * Numbers: one even picture each. Whole inputs (C*H*W values each, layout of the input, network input units): a list of them,
 * or one tensor of several. Default `null`: see {@link referenceRows}.
 */
export const references = (about: string): ParamSpec => ({
  default: null,
  about,
  expected: "numbers (an even picture each), a list of whole inputs, or a tensor [K,C,H,W]",
  read,
});

/** What the default baselines are, for parameter tables. */
export const DEFAULT_REFERENCES =
  "default: four made of the image itself, its darkest, lightest and mean colour and a strong blur (sigma = an eighth of its longer side)";

/** The baselines as whole inputs. Throws `E_PARAM` when the values are no whole number of inputs. */
export function referenceRows(
  classifier: Classifier,
  value: ParamValue | undefined,
  x: Float32Array,
): readonly Float32Array[] {
  const { channels, height, width } = classifier;
  const size = channels * height * width;
  if (value === null || value === undefined) return ownReferences(classifier, x);
  if (Array.isArray(value)) return value.map((v: number) => new Float32Array(size).fill(v));
  const given = value as Float32Array;
  if (given.length === 0 || given.length % size !== 0)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`baselines\` to hold whole inputs of ${size} values each, got ${given.length} values. Give one input after another, in the layout and units of the network's input.`,
    );
  return Array.from({ length: given.length / size }, (_, i) => given.slice(i * size, (i + 1) * size));
}

function ownReferences(classifier: Classifier, x: Float32Array): readonly Float32Array[] {
  const { channels, height, width, layout } = classifier;
  const channelOf = (i: number): number => (layout === "nchw" ? Math.floor(i / (height * width)) : i % channels);
  const low = new Float32Array(channels).fill(Number.POSITIVE_INFINITY);
  const high = new Float32Array(channels).fill(Number.NEGATIVE_INFINITY);
  const mean = new Float64Array(channels);
  x.forEach((v, i) => {
    const c = channelOf(i);
    low[c] = Math.min(low[c] as number, v);
    high[c] = Math.max(high[c] as number, v);
    mean[c]! += v / (height * width);
  });
  const even = (colour: ArrayLike<number>): Float32Array => x.map((_, i) => colour[channelOf(i)] as number);
  return [even(low), even(high), even(mean), blurred(x, classifier, Math.max(height, width) / 8)];
}
