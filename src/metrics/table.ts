/** @file All metrics, one line each, and the search by name. */
import { OnnxplainError } from "../errors.ts";
import { attributionLocalisation } from "./attribution-localisation.ts";
import { averageDrop } from "./average-drop.ts";
import { averageGain } from "./average-gain.ts";
import { averageIncrease } from "./average-increase.ts";
import { ccg } from "./ccg.ts";
import { completeness } from "./completeness.ts";
import { complexity } from "./complexity.ts";
import { deletion } from "./deletion.ts";
import { faithfulnessCorrelation } from "./faithfulness-correlation.ts";
import { infidelity } from "./infidelity.ts";
import { insertion } from "./insertion.ts";
import { iouAtTop } from "./iou-at-top.ts";
import { irof } from "./irof.ts";
import { lerf } from "./lerf.ts";
import { maxSensitivity } from "./max-sensitivity.ts";
import type { Metric } from "./metric.ts";
import { modelRandomization } from "./model-randomization.ts";
import { monotonicity } from "./monotonicity.ts";
import { morf } from "./morf.ts";
import { outsideInside } from "./outside-inside.ts";
import { pixelFlipping } from "./pixel-flipping.ts";
import { pointingGame } from "./pointing-game.ts";
import { randomLogit } from "./random-logit.ts";
import { relevanceMass } from "./relevance-mass.ts";
import { relevanceRank } from "./relevance-rank.ts";
import { road } from "./road.ts";
import { rocAuc } from "./roc-auc.ts";
import { scg } from "./scg.ts";
import { selectivity } from "./selectivity.ts";
import { sensitivityN } from "./sensitivity-n.ts";
import { sparseness } from "./sparseness.ts";
import { topKIntersection } from "./top-k-intersection.ts";

export const METRICS = {
  scg,
  ccg,
  "average-drop": averageDrop,
  "average-increase": averageIncrease,
  "average-gain": averageGain,
  morf,
  lerf,
  "pixel-flipping": pixelFlipping,
  selectivity,
  insertion,
  deletion,
  irof,
  road,
  "pointing-game": pointingGame,
  "relevance-mass": relevanceMass,
  "relevance-rank": relevanceRank,
  "outside-inside": outsideInside,
  "iou-at-top": iouAtTop,
  "top-k-intersection": topKIntersection,
  "roc-auc": rocAuc,
  "attribution-localisation": attributionLocalisation,
  sparseness,
  complexity,
  "sensitivity-n": sensitivityN,
  infidelity,
  "max-sensitivity": maxSensitivity,
  "faithfulness-correlation": faithfulnessCorrelation,
  monotonicity,
  "model-randomization": modelRandomization,
  "random-logit": randomLogit,
  completeness,
} as const satisfies Readonly<Record<string, Metric>>;

const key = (id: string): string => id.toLowerCase().replaceAll(/[-_\s]/g, "");

/** The metric with this id or alias; case, `-`, `_` and spaces do not matter. Throws `E_METRIC_UNKNOWN`, listing all. */
export function findMetric(id: string): Metric {
  const wanted = key(id);
  const found = Object.values<Metric>(METRICS).find((m) => [m.id, ...m.aliases].some((name) => key(name) === wanted));
  if (found) return found;
  throw new OnnxplainError(
    "E_METRIC_UNKNOWN",
    `There is no metric \`${id}\`. Metrics: ${Object.keys(METRICS).join(", ")}.`,
  );
}
