/** @file Boundaries of one picture against references of other classes: found by bisection in feature space, with the rest of the network. */
import { OnnxplainError } from "../errors.ts";
import type { Classifier } from "../methods/classifier.ts";
import { LAYER } from "../methods/layer-features.ts";
import type { Layer } from "../methods/layers.ts";
import { tail } from "../methods/tail.ts";
import { type Boundaries, readBoundaries } from "./boundary.ts";
import { boundaryGraph, featureDims, featureWidth, OUT } from "./graphs.ts";
import { picturesInMemory } from "./pictures.ts";
import { openStream, type StreamOptions } from "./stream.ts";

const FEATURES_IN = "x/features_in";
/** Share of the way that a step leaves to the reference's side. */
const STEP = 0.1;
/** Square of the gap below which a point counts as lying on the boundary. */
const CLOSE = 1e-5;
/** Steps after which a search that a third class holds up is given up. */
const CAP = 1000;

export interface SearchResult extends Boundaries {
  /** Steps of each search; the cap where it was not met. */
  readonly steps: Int32Array;
  /** Did the search end close to a boundary, on the picture's own side? */
  readonly met: readonly boolean[];
}

export interface Searching {
  /** psi of the picture. */
  readonly psi: Float32Array;
  /** Its class. */
  readonly label: number;
  /** psi of references of other classes, `[Q, width]`. */
  readonly others: Float32Array;
}

/** G, the network behind psi, with the boundary at a point of feature space. */
export interface BoundarySearch {
  /** All searches go in step, a batch a run; a boundary is taken where its search ended. Throws `E_NUMERIC`, `E_ABORTED`. */
  readonly search: (from: Searching, cap?: number) => Promise<SearchResult>;
  readonly dispose: () => Promise<void>;
}

/**
 * m = 0.9 pos + 0.1 neg, first of psi(x) and psi(reference), replaces pos where G still says the picture's class and neg where it does
 * not, until (top1 - top2)^2 < 1e-5 on the picture's side.
 *
 * Source: the authors' code as SPEC 4.2 tells it. Throws `E_LAYER_UNSUITABLE` where values go around the layer, so that psi alone
 * does not decide.
 */
export async function openBoundarySearch(
  classifier: Classifier,
  layer: Layer,
  options: StreamOptions = {},
): Promise<BoundarySearch> {
  const dims = featureDims(layer);
  const width = featureWidth(layer);
  const rest = tail(classifier, layer, ({ g, batch }) => g.input(FEATURES_IN, "float32", [batch, ...dims]));
  const around = rest.probe.outputs.filter((name) => name !== LAYER);
  if (around.length > 0)
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `${around.length === 1 ? "A value goes" : `${around.length} values go`} around \`${layer.name}\`, so its features alone do not decide the class and no search in them is possible. Use \`reference\` sampling, or a layer that every path passes through.`,
    );
  const model = boundaryGraph(rest.classifier, layer);
  const graph = { ...model.graph, inputs: model.graph.inputs.filter((p) => p.name === FEATURES_IN) };
  const source = { model: { ...model, graph }, input: FEATURES_IN, dims, freeBatch: classifier.freeBatch };
  const stream = await openStream(source, options);
  return {
    search: async (from, cap = CAP) => {
      const { points, steps, met } = await bisected(from, { width, cap, ask });
      return { ...(await readBoundaries(stream, picturesInMemory(points, width), width)), steps, met };
    },
    dispose: stream.dispose,
  };

  async function ask(points: Float32Array): Promise<Answers> {
    const count = points.length / width;
    const [classes, gaps] = [new Int32Array(count), new Float32Array(count)];
    await stream.each(picturesInMemory(points, width), [OUT.pair, OUT.gap], (got, { first, count: n }) => {
      const pairs = got[OUT.pair]?.data as BigInt64Array;
      for (let i = 0; i < n; i++) classes[first + i] = Number(pairs[2 * i]);
      gaps.set(got[OUT.gap]?.data as Float32Array, first);
    });
    return { classes, gaps };
  }
}

interface Answers {
  readonly classes: Int32Array;
  readonly gaps: Float32Array;
}

async function bisected(
  { psi, label, others }: Searching,
  {
    width,
    cap,
    ask,
  }: { readonly width: number; readonly cap: number; readonly ask: (points: Float32Array) => Promise<Answers> },
): Promise<{ readonly points: Float32Array; readonly steps: Int32Array; readonly met: readonly boolean[] }> {
  const count = others.length / width;
  const pos: Float64Array[] = Array.from({ length: count }, () => Float64Array.from(psi));
  const neg: Float64Array[] = Array.from({ length: count }, (_, i) =>
    Float64Array.from(others.subarray(i * width, (i + 1) * width)),
  );
  const points = new Float32Array(count * width);
  const steps = new Int32Array(count);
  const met = new Array<boolean>(count).fill(false);
  for (let open = Array.from(steps.keys()), step = 1; open.length > 0 && step <= cap; step++) {
    const mids = open.map((i) =>
      Float64Array.from({ length: width }, (_, k) => (1 - STEP) * pos[i]![k]! + STEP * neg[i]![k]!),
    );
    const rows = new Float32Array(open.length * width);
    mids.forEach((m, at) => {
      rows.set(m, at * width);
    });
    const { classes, gaps } = await ask(rows);
    open.forEach((i, at) => {
      const inside = classes[at] === label;
      steps[i] = step;
      met[i] = inside && (gaps[at] as number) ** 2 < CLOSE;
      points.set(rows.subarray(at * width, (at + 1) * width), i * width);
      if (inside) pos[i] = mids[at] as Float64Array;
      else neg[i] = mids[at] as Float64Array;
    });
    open = open.filter((i) => !met[i]);
  }
  return { points, steps, met };
}
