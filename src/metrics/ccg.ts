/** @file Concise confidence gain: the mask grown until the class is predicted, and what it brings back for its size. */
import { dilate } from "./dilate.ts";
import { firstGains, type Gain, gainVariants } from "./gain.ts";
import { agreedMask, GAIN_BASES, gainParams, hybrid } from "./hybrid.ts";
import {
  type Answer,
  type Metric,
  type MetricImage,
  type Outcome,
  type Request,
  type Scored,
  scores,
} from "./metric.ts";
import { finite, REASON, refusal } from "./refusal.ts";
import { predicted, type ReadScore, readScore } from "./score.ts";
import { areaOf } from "./top-mask.ts";
import { excludedAll } from "./usable-map.ts";

/** 0 to 50 inclusive are allowed. */
const MOST_DILATIONS = 50;

interface Grown {
  readonly gain: Gain;
  readonly mask: Uint8Array;
  readonly dilations: number;
  readonly said: Scored;
  /** Score of the class for the hybrid of every mask so far. */
  readonly path: readonly number[];
}

/** One 3x3 dilation of every mask that does not yet show the class, in one request, until none is left that may grow. */
function* grow(
  image: MetricImage,
  start: readonly Grown[],
  read: ReadScore,
): Generator<Request, readonly Grown[], Answer> {
  let state = start;
  const growing = (g: Grown): boolean => predicted(g.said) !== image.target && g.dilations < MOST_DILATIONS;
  for (let open = state.filter(growing); open.length > 0; open = state.filter(growing)) {
    const masks = open.map((g) => dilate(g.mask, image.width));
    const said = yield* scores(open.map((g, i) => hybrid(image, GAIN_BASES[g.gain.base], masks[i] as Uint8Array)));
    const next = new Map(
      open.map((g, i) => {
        const answer = said[i] as Scored;
        const path = [...g.path, read(answer)];
        return [g, { ...g, mask: masks[i] as Uint8Array, dilations: g.dilations + 1, said: answer, path }] as const;
      }),
    );
    state = state.map((g) => next.get(g) ?? g);
  }
  return state;
}

/**
 * `CCG = (p(I_AM,K) - p(I_K)) * N / ((p(I) - p(I_K)) * A_AM)`; AM is the top mask (SCG's) dilated by 3x3 squares until the target is
 * the predicted class (Algorithm 1). Given up after 50 dilations. Curves hold the score at each mask, from no dilation on.
 */
export const ccg: Metric = {
  id: "ccg",
  aliases: ["concise confidence gain"],
  title: "Concise confidence gain",
  source: "SCG/CCG paper, eq. 3 and Algorithm 1",
  params: gainParams,
  variants: gainVariants([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]),
  needs: [],
  cost: "2 + dilations + 1 for each base image, at most 53; those of `scg` are shared",
  *run(image, params) {
    const reason = refusal(image);
    if (reason) return excludedAll(this.variants, reason);
    const { mask, area, counts } = agreedMask(image, params.rho as number);
    if (area === 0) return { ...excludedAll(this.variants, REASON.emptyMask), counts };
    const gains = yield* firstGains(image, params, mask);
    const start = gains
      .filter((gain) => gain.excluded === undefined)
      .map((gain) => ({ gain, mask, dilations: 0, said: gain.said, path: [gain.hybrid] }));
    const grown = yield* grow(image, start, readScore(params, image.target));
    const ends = new Map(grown.map((g) => [g.gain, g]));
    const sizes = grown.flatMap((g) => [
      [`dilations_${g.gain.base}`, g.dilations],
      [`area_${g.gain.base}`, areaOf(g.mask)],
    ]);
    return {
      values: Object.fromEntries(gains.map((gain) => [gain.base, gained(gain, ends.get(gain), image)])),
      curves: Object.fromEntries(grown.map((g) => [g.gain.base, Float32Array.from(g.path)])),
      counts: { ...counts, ...Object.fromEntries(sizes) },
    };
  },
};

function gained(gain: Gain, end: Grown | undefined, { target, map }: MetricImage): Outcome {
  if (end === undefined) return { excluded: gain.excluded ?? REASON.noScore };
  if (predicted(end.said) !== target) return { excluded: REASON.growth };
  const reached = end.path.at(-1) as number;
  return finite(((reached - gain.uninformed) * map.length) / ((gain.image - gain.uninformed) * areaOf(end.mask)));
}
