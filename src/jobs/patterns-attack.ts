/** @file Pictures of a batch moved against the network, by the compiled gradient of its cross-entropy. */
import { openSession } from "#ort";
import { writeModelBytes } from "../graph/write.ts";
import type { Classifier } from "../methods/classifier.ts";
import { ATTACK, attackModel } from "../patterns/attack.ts";
import { scattered, uniforms } from "../random.ts";
import type { HostTensor, SessionOptions } from "../runtime/session.ts";
import type { AttackAsked } from "./patterns-options.ts";

export interface Attacker {
  /**
   * Rows `x [n, …]` moved. `labels` are the network's classes, -1 where not known; `places` those of the pictures in the set, which decide
   * random starts.
   */
  readonly moved: (x: HostTensor, labels: ArrayLike<number>, places: readonly number[]) => Promise<HostTensor>;
  readonly dispose: () => Promise<void>;
}

/** Throws as `attackModel`. */
export async function openAttacker(
  classifier: Classifier,
  attack: AttackAsked,
  { seed, ...session }: SessionOptions & { readonly seed: number },
): Promise<Attacker> {
  const running = await openSession(writeModelBytes(attackModel(classifier)), session);
  const scalar = (value: number): HostTensor => ({ dtype: "float32", dims: [], data: Float32Array.of(value) });
  const run = async (x: HostTensor, origin: HostTensor, target: readonly number[], wanted: string, move = attack) =>
    (
      await running.run(
        {
          [classifier.input.name]: x,
          [ATTACK.origin]: origin,
          [ATTACK.target]: {
            dtype: "int64",
            dims: [target.length],
            data: BigInt64Array.from(target, BigInt),
          },
          [ATTACK.epsilon]: scalar(move.epsilon),
          [ATTACK.step]: scalar(move.step),
        },
        [wanted],
      )
    )[wanted] as HostTensor;
  const targets = async (x: HostTensor, labels: ArrayLike<number>): Promise<readonly number[]> => {
    const known = Array.from(labels);
    if (attack.target === "label" && known.every((label) => label >= 0)) return known;
    const scores = (
      await run(
        x,
        x,
        known.map(() => 0),
        ATTACK.scores,
      )
    ).data as Float32Array;
    const own = known.map((_, i) => largest(scores.subarray(i * classifier.classes, (i + 1) * classifier.classes)));
    return attack.target === "label" ? known.map((label, i) => (label >= 0 ? label : (own[i] as number))) : own;
  };
  return {
    moved: async (x, labels, places) => {
      const target = await targets(x, labels);
      let now = attack.name === "pgd" ? started(x, places, { classifier, attack, seed }) : x;
      for (let step = 0; step < attack.steps; step++) now = await run(now, x, target, ATTACK.moved);
      return now;
    },
    dispose: running.dispose,
  };
}

const largest = (scores: Float32Array): number => scores.indexOf(scores.reduce((a, b) => Math.max(a, b)));

interface Start {
  readonly classifier: Classifier;
  readonly attack: AttackAsked;
  readonly seed: number;
}

/** A place in the box around each picture, drawn by the seed and the picture's place. */
function started(x: HostTensor, places: readonly number[], { classifier, attack, seed }: Start): HostTensor {
  const { range, layout, channels } = classifier;
  if (range === undefined) throw new Error("internal: the attack was emitted without a pixel range");
  const size = x.data.length / places.length;
  const plane = size / channels;
  const data = Float32Array.from(x.data as Float32Array);
  places.forEach((place, i) => {
    const random = uniforms(scattered(scattered(seed) + place));
    for (let at = 0; at < size; at++) {
      const c = layout === "nchw" ? Math.floor(at / plane) : at % channels;
      const low = range.low[c] ?? (range.low[0] as number);
      const high = range.high[c] ?? (range.high[0] as number);
      const value = (data[i * size + at] as number) + attack.epsilon * (high - low) * (2 * random() - 1);
      data[i * size + at] = Math.min(high, Math.max(low, value));
    }
  });
  return { ...x, data };
}
