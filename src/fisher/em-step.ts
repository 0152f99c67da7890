/** @file One round over the rows: from a mixture to the sums that the next one is made of. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { type StepShape, stepGraph } from "./block-graphs.ts";
import type { Mixture } from "./mixture.ts";
import { addTo, matrixOf, type Reading, type RowSource, read, vectorOf } from "./rows.ts";

/** Sums over all rows, with x = row - centre. */
export interface Sums {
  /** N_k, `[K]`. */
  readonly counts: Float64Array;
  /** Of gamma_k x and gamma_k x², `[K, width]`. */
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** The log-likelihood; where rows are assigned to one component each, of that one alone. */
  readonly gain: number;
}

/** Holds a session: dispose what you opened. */
export interface Round {
  readonly of: (mixture: Mixture) => Promise<Sums>;
  readonly dispose: () => Promise<void>;
}

/** Rows run at once, by measure (`bench/fisher-em.ts`). */
const BLOCK = 2048;

export interface RoundOptions extends Reading, SessionOptions, Pick<StepShape, "components" | "assignment" | "dtype"> {
  /** Subtracted from rows, `[width]`: keeps the numbers of float32 small. */
  readonly centre: Float64Array;
}

/** Its function throws `E_NUMERIC` when a sum is not finite, `E_ABORTED`, `E_RUNTIME`. */
export async function openRound(
  source: RowSource,
  { components, assignment, dtype, centre, block = BLOCK, signal, ...options }: RoundOptions,
): Promise<Round> {
  const { width } = source;
  const session = await openSession(writeModelBytes(stepGraph({ components, width, dtype, assignment })), options);
  return {
    of: async (mixture) => {
      const { linear, square, constant } = termsOf(mixture, centre);
      const fixed = {
        centre: vectorOf(centre, dtype),
        linear: matrixOf(linear, width, dtype),
        square: matrixOf(square, width, dtype),
        constant: vectorOf(constant, dtype),
      };
      const counts = new Float64Array(components);
      const [first, second] = [new Float64Array(components * width), new Float64Array(components * width)];
      let gain = 0;
      for await (const part of read(source, { block, signal })) {
        const got = await session.run({ rows: matrixOf(part.rows, width, dtype), ...fixed });
        addTo(counts, got.counts);
        addTo(first, got.first);
        addTo(second, got.second);
        gain += Number(got.gain?.data[0]);
      }
      if (!(Number.isFinite(gain) && first.every(Number.isFinite) && second.every(Number.isFinite)))
        throw new OnnxplainError(
          "E_NUMERIC",
          `The sums over rows are not finite in ${dtype}: rows are not, or too far apart. Scale them, or compute in float64.`,
        );
      return { counts, first, second, gain };
    },
    dispose: session.dispose,
  };
}

/** log pi_k + log N(x; mu_k, sigma_k) as a polynomial of x = row - centre: `linear` and `square` `[K, width]`, `constant` `[K]`. */
function termsOf({ components, width, weights, means, deviations }: Mixture, centre: Float64Array) {
  const [linear, square] = [new Float64Array(components * width), new Float64Array(components * width)];
  const constant = new Float64Array(components);
  for (let k = 0; k < components; k++) {
    let sum = Math.log(weights[k] as number) - 0.5 * width * Math.log(2 * Math.PI);
    for (let d = 0; d < width; d++) {
      const at = k * width + d;
      const precision = (deviations[at] as number) ** -2;
      const mean = (means[at] as number) - (centre[d] as number);
      linear[at] = mean * precision;
      square[at] = -0.5 * precision;
      sum += 0.5 * (Math.log(precision) - mean * mean * precision);
    }
    constant[k] = sum;
  }
  return { linear, square, constant };
}
