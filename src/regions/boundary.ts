/** @file Linear boundaries of pictures: the hyperplane in feature space between the two leading classes. */
import { OnnxplainError } from "../errors.ts";
import { isStatic } from "../graph/dim.ts";
import type { Model } from "../graph/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Layer } from "../methods/layers.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { boundaryGraph, featureWidth, OUT } from "./graphs.ts";
import type { Pictures } from "./pictures.ts";
import { openStream, type Source, type Stream, type StreamOptions } from "./stream.ts";

/** Hyperplanes <W_h, psi> + b_h = 0. */
export interface Boundaries {
  readonly count: number;
  /** Numbers in psi. */
  readonly width: number;
  /** W `[count, width]`, C order, in the layer's own layout; not of unit length. */
  readonly normals: Float32Array;
  /** b `[count]`. */
  readonly offsets: Float64Array;
  /** The class on the positive side and the one next to it, `[count, 2]`. */
  readonly pairs: Int32Array;
  /** Largest less second largest score where the boundary was taken, `[count]`: <W, psi> + b there, 0 or more. */
  readonly gaps: Float64Array;
}

/** A graph that takes the classifier's pictures. Throws `E_SHAPE` for a free input size. */
export function sourceOf({ input, freeBatch }: Classifier, model: Model): Source {
  const dims = input.dims?.slice(1);
  if (!isStatic(dims))
    throw new OnnxplainError("E_SHAPE", `Input \`${input.name}\` has a free size. Fix it (\`--size\`).`);
  return { model, input: input.name, dims, freeBatch };
}

/** The boundary of every picture, one compiled pass forward and back for each batch. Throws `E_NUMERIC`, and as {@link boundaryGraph}. */
export async function boundariesOf(
  classifier: Classifier,
  layer: Layer,
  pictures: Pictures,
  options: StreamOptions = {},
): Promise<Boundaries> {
  const stream = await openStream(sourceOf(classifier, boundaryGraph(classifier, layer)), options);
  try {
    return await readBoundaries(stream, pictures, featureWidth(layer));
  } finally {
    await stream.dispose();
  }
}

/** {@link boundariesOf} on an open {@link boundaryGraph}. */
export async function readBoundaries(stream: Stream, pictures: Pictures, width: number): Promise<Boundaries> {
  const { count } = pictures;
  const found = {
    normals: new Float32Array(count * width),
    offsets: new Float64Array(count),
    pairs: new Int32Array(count * 2),
    gaps: new Float64Array(count),
  };
  await stream.each(pictures, [OUT.normal, OUT.offset, OUT.pair, OUT.gap], (got, { first }) => {
    found.normals.set(got[OUT.normal]?.data as Float32Array, first * width);
    found.offsets.set(got[OUT.offset]?.data as Float64Array, first);
    found.pairs.set(Int32Array.from(got[OUT.pair]?.data as BigInt64Array, Number), first * 2);
    found.gaps.set(got[OUT.gap]?.data as Float32Array, first);
  });
  const bad = found.offsets.findIndex((b, i) => !(Number.isFinite(b) && Number.isFinite(found.gaps[i])));
  if (bad >= 0)
    throw new OnnxplainError(
      "E_NUMERIC",
      `The boundary of picture ${bad} is not finite: its scores or their derivative overflow. Leave the picture out, or check the model's preprocessing.`,
    );
  return { count, width, ...found };
}

/** W of one boundary. */
export const normalOf = ({ normals, width }: Pick<Boundaries, "normals" | "width">, h: number): Float32Array =>
  normals.subarray(h * width, (h + 1) * width);

/** Boundaries of several sets as one set, in order. Throws `E_INPUT_SHAPE` for features of different widths, or no set. */
export function joined(sets: readonly Boundaries[]): Boundaries {
  const [first] = sets;
  if (first === undefined || sets.some((s) => s.width !== first.width))
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Boundaries of features of ${sets.map((s) => s.width).join(", ") || "no"} numbers cannot be joined. Take them from one layer.`,
    );
  const count = sets.reduce((n, s) => n + s.count, 0);
  const out = {
    normals: new Float32Array(count * first.width),
    offsets: new Float64Array(count),
    pairs: new Int32Array(count * 2),
    gaps: new Float64Array(count),
  };
  let at = 0;
  for (const s of sets) {
    out.normals.set(s.normals, at * first.width);
    out.offsets.set(s.offsets, at);
    out.pairs.set(s.pairs, at * 2);
    out.gaps.set(s.gaps, at);
    at += s.count;
  }
  return { count, width: first.width, ...out };
}

/** Places of the references whose boundaries are taken: uniform, without replacement; all of them, in random order, where `wanted` is more. */
export const sampledReferences = (count: number, wanted: number, seed: number): Int32Array =>
  shuffled(count, uniforms(scattered(seed)), Math.min(wanted, count));
