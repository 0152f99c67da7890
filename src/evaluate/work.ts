/** @file Counting forward images and maps, and adding counts up. */
import type { MetricCounts, WorkCounts } from "./options.ts";
import type { Shared, Tally } from "./scheduler.ts";

const NO_SHARE: Shared = { asked: 0, saved: 0, run: 0 };
export const NO_WORK: WorkCounts = {
  images: 0,
  failed: 0,
  predictions: 0,
  scores: NO_SHARE,
  maps: NO_SHARE,
  metrics: {},
};

const shares = (a: Shared, b: Shared): Shared => ({
  asked: a.asked + b.asked,
  saved: a.saved + b.saved,
  run: a.run + b.run,
});
const metrics = (a: MetricCounts | undefined, b: MetricCounts): MetricCounts => ({
  measured: (a?.measured ?? 0) + b.measured,
  asking: (a?.asking ?? 0) + b.asking,
  scores: (a?.scores ?? 0) + b.scores,
  maps: (a?.maps ?? 0) + b.maps,
});

export const addWork = (a: WorkCounts, b: WorkCounts): WorkCounts => ({
  images: a.images + b.images,
  failed: a.failed + b.failed,
  predictions: a.predictions + b.predictions,
  scores: shares(a.scores, b.scores),
  maps: shares(a.maps, b.maps),
  metrics: {
    ...a.metrics,
    ...Object.fromEntries(Object.entries(b.metrics).map(([name, m]) => [name, metrics(a.metrics[name], m)])),
  },
});

/** What one metric on one map asked for. */
export const workOf = (metric: string, { scores, maps }: Tally): WorkCounts => ({
  ...NO_WORK,
  scores,
  maps,
  metrics: {
    [metric]: { measured: 1, asking: scores.asked + maps.asked > 0 ? 1 : 0, scores: scores.asked, maps: maps.asked },
  },
});
