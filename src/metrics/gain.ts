/** @file What confidence gain metrics share: the three scores, and the exclusions of SPEC 5.2. */
import type { Params } from "../params.ts";
import { type GainBase, gainBases, gainQueries } from "./hybrid.ts";
import { type Answer, type MetricImage, type Request, type Scored, scores, type Variant } from "./metric.ts";
import { REASON } from "./refusal.ts";
import { readScore } from "./score.ts";

export interface Gain {
  readonly base: GainBase;
  readonly image: number;
  readonly uninformed: number;
  readonly hybrid: number;
  /** What the network says of the hybrid, all classes. */
  readonly said: Scored;
  /** Why the image is left out for this base. */
  readonly excluded: string | undefined;
}

export const gainVariants = (range: readonly [number, number]): readonly Variant[] => [
  { id: "blur", about: "base image: Gaussian blur, 17 taps, sigma 2.9", range, better: "higher" },
  { id: "zero", about: "base image: black", range, better: "higher" },
];

/** One request: the image, and for each base image its score and that of the hybrid. */
export function* firstGains(
  image: MetricImage,
  params: Params,
  mask: Uint8Array,
): Generator<Request, readonly Gain[], Answer> {
  const bases = gainBases(params);
  const read = readScore(params, image.target);
  const [original, ...rest] = yield* scores(gainQueries(image, bases, mask));
  const p = read(original as Scored);
  return bases.map((base, i) => {
    const said = rest[2 * i + 1] as Scored;
    const [uninformed, hybrid] = [read(rest[2 * i] as Scored), read(said)];
    return { base, image: p, uninformed, hybrid, said, excluded: exclusion(p, uninformed, hybrid) };
  });
}

function exclusion(image: number, uninformed: number, hybrid: number): string | undefined {
  if (![image, uninformed, hybrid].every(Number.isFinite)) return REASON.noScore;
  if (image - uninformed <= 0) return REASON.baseWins;
  return hybrid - uninformed < 0 ? REASON.hybridLoses : undefined;
}
