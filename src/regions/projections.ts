/** @file On which side of every boundary every reference lies: values streamed through the feature graph, sides as bits. */
import { OnnxplainError } from "../errors.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Layer } from "../methods/layers.ts";
import type { HostTensor } from "../runtime/session.ts";
import { wordsFor } from "./bits.ts";
import { type Boundaries, sourceOf } from "./boundary.ts";
import { featureWidth, HYPERPLANES, OUT, sidesGraph } from "./graphs.ts";
import type { Pictures } from "./pictures.ts";
import { type Feeds, openStream, type StreamOptions } from "./stream.ts";

export interface Projections {
  readonly count: number;
  readonly boundaries: number;
  /** <W_h, psi_i> + b_h, `[count, boundaries]`. */
  readonly values: Float64Array;
  /** The class that the network decides for, `[count]`. */
  readonly classes: Int32Array;
}

/** Sends pictures through the network with hyperplanes behind its features; holds a native session. */
export interface Projector {
  /**
   * With scores `[n, classes]`; never more than a batch of features is held. `named` calls pictures in errors. Throws `E_NUMERIC`,
   * `E_INPUT_SHAPE`, `E_ABORTED`.
   */
  readonly project: (
    pictures: Pictures,
    boundaries: Boundaries,
    named?: (i: number) => string | undefined,
  ) => Promise<Projections & { readonly scores: Float32Array }>;
  /** The same, with psi `[n, width]` and scores `[n, classes]`, which are held: for few pictures. */
  readonly read: (
    pictures: Pictures,
    boundaries: Boundaries,
  ) => Promise<{ readonly projections: Projections; readonly psi: Float32Array; readonly scores: Float32Array }>;
  /** psi `[n, width]` and scores `[n, classes]`, which are held: for few pictures. */
  readonly features: (pictures: Pictures) => Promise<{ readonly psi: Float32Array; readonly scores: Float32Array }>;
  readonly dispose: () => Promise<void>;
}

export async function openProjector(
  classifier: Classifier,
  layer: Layer,
  options: StreamOptions = {},
): Promise<Projector> {
  const stream = await openStream(sourceOf(classifier, sidesGraph(classifier, layer)), options);
  const [columns, width] = [classifier.classes, featureWidth(layer)];
  // one set of boundaries is asked for many times
  const feeds = new WeakMap<Hyperplanes, Feeds>();
  const fed = (boundaries: Hyperplanes): Feeds => {
    const made = feeds.get(boundaries) ?? hyperplanes(boundaries);
    feeds.set(boundaries, made);
    return made;
  };
  async function sent(
    pictures: Pictures,
    boundaries: Hyperplanes,
    { psi, named }: { readonly psi?: Float32Array; readonly named?: Named | undefined } = {},
  ): Promise<Projections & { readonly scores: Float32Array }> {
    const { count } = pictures;
    const values = new Float64Array(count * boundaries.count);
    const scores = new Float32Array(count * columns);
    const wanted = [OUT.scores, ...(boundaries.count > 0 ? [OUT.values] : []), ...(psi ? [OUT.features] : [])];
    await stream.each(
      pictures,
      wanted,
      (got, { first }) => {
        scores.set(got[OUT.scores]?.data as Float32Array, first * columns);
        if (boundaries.count > 0) values.set(got[OUT.values]?.data as Float64Array, first * boundaries.count);
        psi?.set(got[OUT.features]?.data as Float32Array, first * width);
      },
      fed(boundaries),
    );
    refuseNonFinite(values, boundaries.count, named);
    return { count, boundaries: boundaries.count, values, classes: leading(scores, columns), scores };
  }
  const without: Hyperplanes = { count: 0, width, normals: new Float32Array(0), offsets: new Float64Array(0) };
  return {
    project: (pictures, boundaries, named) => sent(pictures, boundaries, { named }),
    read: async (pictures, boundaries) => {
      const psi = new Float32Array(pictures.count * width);
      const { scores, ...projections } = await sent(pictures, boundaries, { psi });
      return { projections, psi, scores };
    },
    features: async (pictures) => {
      const psi = new Float32Array(pictures.count * width);
      const { scores } = await sent(pictures, without, { psi });
      return { psi, scores };
    },
    dispose: stream.dispose,
  };
}

type Hyperplanes = Pick<Boundaries, "count" | "width" | "normals" | "offsets">;

const hyperplanes = ({ count, width, normals, offsets }: Hyperplanes): Feeds => {
  const float64 = (dims: readonly number[], data: Float64Array): HostTensor => ({ dtype: "float64", dims, data });
  return {
    [HYPERPLANES.normals]: float64([count, width], Float64Array.from(normals)),
    [HYPERPLANES.offsets]: float64([count], offsets),
  };
};

/** The column of each row's largest value; of equal values the first. */
export function leading(rows: ArrayLike<number>, columns: number): Int32Array {
  return Int32Array.from({ length: rows.length / columns }, (_, i) => {
    let best = 0;
    for (let c = 1; c < columns; c++)
      if ((rows[i * columns + c] as number) > (rows[i * columns + best] as number)) best = c;
    return best;
  });
}

type Named = (i: number) => string | undefined;

function refuseNonFinite(values: Float64Array, columns: number, named: Named = () => undefined): void {
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad < 0) return;
  const i = Math.floor(bad / columns);
  throw new OnnxplainError(
    "E_NUMERIC",
    `Picture ${named(i) ?? i} has no finite value at boundary ${bad % columns}: its features overflow. Leave it out, or check the model's preprocessing.`,
  );
}

/** Which references lie on the positive side, a set of bits for each boundary. */
export interface Sides {
  readonly count: number;
  readonly boundaries: number;
  /** Words of one set. */
  readonly words: number;
  /** `[boundaries, words]`; bit i of a row is reference i. */
  readonly bits: Uint32Array;
}

/** A value of exactly 0 is the negative side. */
export const isPositive = (value: number): boolean => value > 0;

export function sidesOf({ count, boundaries, values }: Pick<Projections, "count" | "boundaries" | "values">): Sides {
  const words = wordsFor(count);
  const bits = new Uint32Array(boundaries * words);
  for (let i = 0; i < count; i++)
    for (let h = 0; h < boundaries; h++)
      if (isPositive(values[i * boundaries + h]!)) bits[h * words + (i >>> 5)]! |= 1 << (i & 31);
  return { count, boundaries, words, bits };
}

/** Values of one picture at every boundary. */
export const valuesOf = ({ values, boundaries }: Projections, i: number): Float64Array =>
  values.subarray(i * boundaries, (i + 1) * boundaries);
