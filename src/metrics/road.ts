/** @file ROAD: remove and debias. Pixels removed by their order are imputed from their neighbours, so that holes tell nothing. */
import { nonNegative, numbers, type ParamSpec, type Params } from "../params.ts";
import { normals } from "../random.ts";
import { mean } from "./curve-area.ts";
import { impute } from "./impute.ts";
import { type Answer, type Metric, type MetricImage, type Request, type Scored, scores } from "./metric.ts";
import { ascending, descending, tied } from "./order.ts";
import { finite, refuse } from "./refusal.ts";
import { predicted } from "./score.ts";
import { excludedAll } from "./usable-map.ts";
import { whole } from "./walk.ts";

const percentilesSpec: ParamSpec = (() => {
  const list = numbers(
    [10, 20, 30, 40, 50, 60, 70, 80, 90],
    "percentiles of the map; what lies at or above one is removed",
  );
  return {
    ...list,
    expected: "numbers between 0 and 100 (both excluded), separated by commas",
    read: (raw) => {
      const v = list.read(raw) as readonly number[] | undefined;
      return v?.every((p) => p > 0 && p < 100) ? v : undefined;
    },
  };
})();

/** Removed at the p-th percentile (linear interpolation): all but `ceil((N - 1) * p / 100)` pixels, at least one. */
const removedAt = (size: number, percentile: number): number =>
  Math.max(1, size - Math.ceil(((size - 1) * percentile) / 100));

/** Inputs with the first pixels of `order` imputed, one for each percentile; the least change is made first and begins the next. */
function imputed(
  image: MetricImage,
  order: Uint32Array,
  { params, normal }: { readonly params: Params; readonly normal: () => number },
): readonly Float32Array[] {
  const percentiles = params.percentiles as readonly number[];
  const rising = percentiles.map((_, i) => i).sort((a, b) => (percentiles[b] as number) - (percentiles[a] as number));
  const out = new Map<number, Float32Array>();
  let guess = image.x;
  for (const i of rising) {
    const removed = new Uint8Array(order.length);
    for (const p of order.subarray(0, removedAt(order.length, percentiles[i] as number))) removed[p] = 1;
    guess = impute(image, { removed, guess, noise: params.noise as number, normal });
    out.set(i, guess);
  }
  return percentiles.map((_, i) => out.get(i) as Float32Array);
}

interface Removal {
  /** Probability of the target after minus before, at each percentile. */
  readonly change: Float32Array;
  /** Share of the percentiles at which the target is predicted. */
  readonly kept: number;
}

function* removal(
  image: MetricImage,
  order: Uint32Array,
  settings: { readonly params: Params; readonly normal: () => number },
): Generator<Request, Removal, Answer> {
  const [original, ...after] = yield* scores([whole(image), ...imputed(image, order, settings).map((x) => ({ x }))]);
  const p = (s: Scored): number => s.probabilities[image.target] as number;
  return {
    change: Float32Array.from(after, (s) => p(s) - p(original as Scored)),
    kept: mean(after.map((s) => (predicted(s) === image.target ? 1 : 0))),
  };
}

/** Probabilities at the percentiles of the map, most relevant removed first and least relevant removed first. */
export const road: Metric = {
  id: "road",
  aliases: ["remove and debias"],
  title: "Remove and debias",
  source: "Rong et al. 2022; combined score as in pytorch-grad-cam",
  params: {
    percentiles: percentilesSpec,
    noise: nonNegative(0.01, "standard deviation of the noise on imputed values, in the units of the network's input"),
  },
  variants: [
    {
      id: "combined",
      about: "(mean change LeRF - mean change MoRF) / 2 of the probability (pytorch-grad-cam)",
      range: [-1, 1],
      better: "higher",
    },
    { id: "morf", about: "mean change of the probability, most relevant removed", range: [-1, 1], better: "lower" },
    { id: "lerf", about: "mean change of the probability, least relevant removed", range: [-1, 1], better: "higher" },
    {
      id: "morf-kept",
      about:
        "share of the percentiles at which the class is still predicted, most relevant removed; its mean is the paper's accuracy",
      range: [0, 1],
      better: "lower",
    },
    { id: "lerf-kept", about: "the same, least relevant removed", range: [0, 1], better: "higher" },
  ],
  needs: [],
  cost: "1 + 2 x percentiles (19; the image itself is shared), and two sparse systems a percentile and channel",
  *run(image, params) {
    const reason = refuse(image.map, image.width * image.height);
    if (reason) return excludedAll(this.variants, reason);
    const settings = { params, normal: normals(image.seed) };
    const [down, up] = [descending(image.map), ascending(image.map)];
    const morf = yield* removal(image, down, settings);
    const lerf = yield* removal(image, up, settings);
    return {
      values: {
        combined: finite((mean(lerf.change) - mean(morf.change)) / 2),
        morf: finite(mean(morf.change)),
        lerf: finite(mean(lerf.change)),
        "morf-kept": morf.kept,
        "lerf-kept": lerf.kept,
      },
      curves: { morf: morf.change, lerf: lerf.change },
      counts: { tied: tied(image.map, down) },
    };
  },
};
