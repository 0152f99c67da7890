/** @file What explaining a picture reads of it beside its relevance: descriptors, sums, who answers, the Fisher vector. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";
import type { Model } from "../graph/types.ts";
import type { Size } from "../image/types.ts";
import { modelOf } from "../ops/model-of.ts";
import { type EmittedEncoding, emitVector, hasFrames } from "./encode-graph.ts";
import type { Encoding } from "./pipeline.ts";
import { fittingGrids } from "./sessions.ts";
import { emitGrey, emitSift } from "./sift-graph.ts";

/** Names of outputs. */
export const READING = {
  /** Phi `[1, V]`, float32. */
  phi: "phi",
  /** s_d `[1, V]`, float64. */
  sums: "sums",
  /** The largest posterior of each Gaussian in each atom of the layout, `[1, atoms, K]`; 0 where an atom has no frames. */
  answers: "answers",
  /** `[1, |L|, 128]`, in the order of frames. */
  descriptors: "descriptors",
} as const;

/** `image` `[1, 3, height, width]`, R, G, B in 0 … 1, to {@link READING}. Throws `E_INPUT_SHAPE`. */
export function readingModel(encoding: Encoding, size: Size): Model {
  fittingGrids(size, encoding.sift);
  return modelOf("fisher-reading", (g) => {
    const image = g.input("image", "float32", [1, 3, size.height, size.width]);
    const sifts = emitSift(g, emitGrey(g, image), encoding.sift);
    const { phi, sums, scales } = emitVector(g, sifts, image, encoding);
    const descriptors = sifts.map((s) => s.descriptors);
    return {
      [READING.phi]: phi,
      [READING.sums]: sums,
      [READING.answers]: emitAnswers(g, scales, encoding),
      [READING.descriptors]:
        descriptors.length === 1 ? (descriptors[0] as Value) : g.op("Concat", descriptors, { axis: 1 }),
    };
  });
}

function emitAnswers(g: GraphBuilder, scales: EmittedEncoding["scales"], { mixture }: Encoding): Value {
  const atoms = scales[0]?.parts.map((_, atom) => {
    const parts = scales.flatMap((scale) => scale.parts.slice(atom, atom + 1)).filter(hasFrames);
    const largest = parts.map((part) => g.op("ReduceMax", [part.gamma, g.ints([1])], { keepdims: 1 }));
    return largest.length === 0
      ? g.constant(tensor("float32", [1, 1, mixture.components], new Float32Array(mixture.components)))
      : largest.reduce((a, b) => g.op("Max", [a, b]));
  }) as readonly Value[];
  return atoms.length === 1 ? (atoms[0] as Value) : g.op("Concat", atoms, { axis: 1 });
}
