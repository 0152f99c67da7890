/** @file The dual form: what each training picture adds to a score, alpha_i <Phi(x_i), Phi(x)>, streamed from disk. */
import { OnnxplainError } from "../errors.ts";
import type { OpenFisher } from "./fisher-open.ts";
import type { Store } from "./representers-store.ts";

export interface TrainingShare {
  /** Row of the training pictures. */
  readonly index: number;
  readonly id: string;
  /** alpha_i of the class, signed: above 0 for its own pictures. */
  readonly alpha: number;
  /** <Phi(x_i), Phi(x)>. */
  readonly similarity: number;
  /** Their product. */
  readonly share: number;
}

export interface TrainingShares {
  /** Those for the class, largest first; those against it, smallest first. */
  readonly positive: readonly TrainingShare[];
  readonly negative: readonly TrainingShare[];
  /** Training pictures with a share that is not 0. */
  readonly support: number;
  /** Over all training pictures; with the bias it is f but for rounding. */
  readonly sum: number;
}

/** A class of a picture that shares are asked for. */
export interface ShareQuery {
  readonly phi: Float64Array;
  readonly class: number;
}

/**
 * Shares of all training pictures in the scores, `top` of them for and against each. Vectors are read once for all queries, block by block.
 *
 * Source: Bach et al. 2016, eq. 5 of the supplement. Throws `E_FILE`; `E_ABORTED`.
 */
export async function trainingShares(
  { pipeline: { classifiers }, alpha, folder }: Pick<OpenFisher, "pipeline" | "alpha" | "folder">,
  { features, ids }: Pick<Store, "features" | "ids">,
  queries: readonly ShareQuery[],
  { top, signal }: { readonly top: number; readonly signal?: AbortSignal | undefined },
): Promise<readonly TrainingShares[]> {
  const { classes } = classifiers;
  if (features.count * classes !== alpha.length)
    throw new OnnxplainError(
      "E_FILE",
      `\`${folder}\` keeps ${features.count} Fisher vectors for ${alpha.length / classes} training pictures. Train anew.`,
      { file: folder },
    );
  const similarities = queries.map(() => new Float64Array(features.count));
  const { width } = features;
  for await (const { first, count, rows } of features.blocks()) {
    if (signal?.aborted) throw new OnnxplainError("E_ABORTED", "Stopped while training pictures were read.");
    for (let i = 0; i < count; i++) {
      // a vector that no class rests on has no share
      if (!rests(alpha, (first + i) * classes, classes)) continue;
      for (const [q, { phi }] of queries.entries()) {
        let sum = 0;
        for (let d = 0, at = i * width; d < width; d++, at++) sum += rows[at]! * phi[d]!;
        similarities[q]![first + i] = sum;
      }
    }
  }
  return queries.map(({ class: c }, q) => {
    const all = Array.from(similarities[q]!, (similarity, index): TrainingShare => {
      const own = alpha[index * classes + c]!;
      return { index, id: ids[index] as string, alpha: own, similarity, share: own * similarity };
    }).filter((s) => s.share !== 0);
    const ranked = all.sort((a, b) => b.share - a.share || a.index - b.index);
    return {
      positive: ranked.slice(0, top).filter((s) => s.share > 0),
      negative: ranked
        .toReversed()
        .slice(0, top)
        .filter((s) => s.share < 0),
      support: ranked.length,
      sum: ranked.reduce((sum, s) => sum + s.share, 0),
    };
  });
}

function rests(alpha: Float64Array, from: number, classes: number): boolean {
  for (let c = from; c < from + classes; c++) if (alpha[c] !== 0) return true;
  return false;
}
