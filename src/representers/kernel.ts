/** @file f_iᵀ f_t of every training point i with a few test points, block by block, in float64. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { Session, SessionOptions } from "../runtime/session.ts";
import type { FeatureBlock, FeatureSource } from "./features.ts";
import { kernelGraph } from "./graphs.ts";
import { featureRows, matrix } from "./problem.ts";

export interface KernelBlock {
  readonly first: number;
  readonly count: number;
  /** `[count, m]`, C order; valid until the next block is asked for. */
  readonly products: Float64Array;
}

export interface KernelOptions extends SessionOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Up to so many test points plain loops read the features as fast as a matrix product, without widened copies of them. */
const FEW = 2;

/** Without the constant of the bias. `tests` is `[m, width]`. Throws `E_ABORTED`, and what the source throws. */
export async function* kernelBlocks(
  features: FeatureSource,
  tests: Float32Array,
  { signal, ...session }: KernelOptions = {},
): AsyncGenerator<KernelBlock, void, void> {
  const { width } = features;
  const m = tests.length / width;
  const wide = Float64Array.from(tests);
  const graph = m > FEW ? await openSession(writeModelBytes(kernelGraph(width)), session) : undefined;
  try {
    for await (const block of features.blocks()) {
      if (signal?.aborted) throw new OnnxplainError("E_ABORTED", "The query was stopped by its signal.");
      const products = graph ? await multiplied(graph, block, { wide, width }) : looped(block, { wide, width });
      yield { first: block.first, count: block.count, products };
    }
  } finally {
    await graph?.dispose();
  }
}

type Tests = { readonly wide: Float64Array; readonly width: number };

async function multiplied(graph: Session, block: FeatureBlock, { wide, width }: Tests): Promise<Float64Array> {
  const got = await graph.run({ rows: featureRows(block, width), tests: matrix(wide, width) }, ["products"]);
  return got.products?.data as Float64Array;
}

function looped({ rows, count }: FeatureBlock, { wide, width }: Tests): Float64Array {
  const m = wide.length / width;
  const products = new Float64Array(count * m);
  for (let t = 0; t < m; t++) {
    const test = wide.subarray(t * width, (t + 1) * width);
    for (let i = 0; i < count; i++) products[i * m + t] = dotAt(rows, i * width, test);
  }
  return products;
}

/** Four sums side by side, so that additions need not wait for each other. */
function dotAt(rows: Float32Array, from: number, test: Float64Array): number {
  const whole = test.length - (test.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  let at = from;
  for (let k = 0; k < whole; k += 4, at += 4) {
    a += rows[at]! * test[k]!;
    b += rows[at + 1]! * test[k + 1]!;
    c += rows[at + 2]! * test[k + 2]!;
    d += rows[at + 3]! * test[k + 3]!;
  }
  for (let k = whole; k < test.length; k++, at++) a += rows[at]! * test[k]!;
  return a + b + (c + d);
}
