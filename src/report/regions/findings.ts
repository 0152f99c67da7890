/** @file What an evaluation says in sentences: where regions serve better than Grad-CAM, and where not, as far as the numbers tell. */
import type { MethodScores, RegionsEvaluationPage } from "./input.ts";
import { percents, spreadOf } from "./spread.ts";

export const REGIONS = "regions";
const OWN_CLASS = "regions-own-class";
const RIVAL = "grad-cam";
const ACE = "ace";

export interface Finding {
  readonly headline: string;
  /** Does the headline say that regions do better? */
  readonly better: boolean;
  readonly sentences: readonly string[];
}

const meanOf = (values: readonly number[] | undefined): number | undefined => spreadOf(values ?? [])?.mean;
const percent = (v: number): string => `${(100 * v).toFixed(2)} %`.replace("-", "−");

/** Undefined where one of the two was not measured. */
export function findingsOf(page: RegionsEvaluationPage): Finding | undefined {
  const { methods, controls, quality, seeds } = page;
  const [own, rival] = [REGIONS, RIVAL].map((id) => methods.find((m) => m.id === id));
  const [a, b] = [meanOf(own?.drop), meanOf(rival?.drop)];
  if (own === undefined || rival === undefined || a === undefined || b === undefined) return undefined;
  const wins = own.drop.filter((v, i) => v < (rival.drop[i] as number)).length;
  const better = a < b;
  return {
    better,
    headline: `Regions lose ${better ? "less" : a === b ? "as much" : "more"} confidence than Grad-CAM reused: mAD ${percents(own.drop)} against ${percents(rival.drop)}, lower in ${wins} of ${seeds.length} ${seeds.length === 1 ? "run" : "runs"}.`,
    sentences: [
      ...parts(own, rival),
      ...dilution(page, own),
      ...against(own, rival, controls),
      ...concepts(page),
      ...reach(quality),
    ],
  };
}

/** Where the difference comes from. */
function parts(own: MethodScores, rival: MethodScores): readonly string[] {
  const difference = (of: "covered" | "uncovered"): number | undefined => {
    const [a, b] = [meanOf(own[of]), meanOf(rival[of])];
    return a === undefined || b === undefined ? undefined : a - b;
  };
  const [inside, outside] = [difference("covered"), difference("uncovered")];
  const said = (d: number): string =>
    d === 0 ? "no difference" : `${percent(Math.abs(d))} ${d < 0 ? "less" : "more"} than Grad-CAM`;
  return inside === undefined
    ? []
    : [
        `On pictures that a region covers, regions lose ${said(inside)}${outside === undefined ? "; every picture is covered" : `; on the others, which the nearest cluster's region serves for want of a better, ${said(outside)}`}.`,
      ];
}

/** What boundaries between other classes, and regions of other classes, take part in. */
function dilution({ about, otherClass, methods }: RegionsEvaluationPage, own: MethodScores): readonly string[] {
  const [share, others] = [meanOf(about), meanOf(otherClass)];
  const [alone, whole] = [meanOf(methods.find((m) => m.id === OWN_CLASS)?.drop), meanOf(own.drop)];
  return [
    ...(share === undefined || alone === undefined || whole === undefined
      ? []
      : [
          `${percent(share)} of the boundaries of regions part the region's own class from another, the others part other classes and enter the mean of its heat map all the same; by the former alone mAD is ${percent(alone)} instead of ${percent(whole)}.`,
        ]),
    ...(others === undefined || others === 0
      ? []
      : [`${percent(others)} of the unseen pictures are served by a region of another class than the network's.`]),
  ];
}

/** How much room there was: the best that a map of the same kind does when it is not reused, and chance. */
function against(own: MethodScores, rival: MethodScores, controls: readonly MethodScores[]): readonly string[] {
  const of = (id: string): number | undefined => meanOf(controls.find((c) => c.id === id)?.drop);
  const [gradCam, boundary, random] = [of("own-grad-cam"), of("own-boundary"), of("random")];
  const price = (m: MethodScores, alone: number): string => `${m.name} ${percent((meanOf(m.drop) as number) - alone)}`;
  return [
    ...(gradCam === undefined || boundary === undefined
      ? []
      : [
          `Reuse itself costs: against the same kind of map of the picture's own, ${price(own, boundary)} and ${price(rival, gradCam)} of confidence.`,
        ]),
    ...(random === undefined
      ? []
      : [`Random pixels lose ${percent(random)}: what is above that figure is worse than chance.`]),
  ];
}

/** What ACE loses has another reason than a bad map where it keeps too little. */
function concepts({ ace, methods }: RegionsEvaluationPage): readonly string[] {
  const drop = meanOf(methods.find((m) => m.id === ACE)?.drop);
  const [kept, short, nothing] = [meanOf(ace?.laid.kept), meanOf(ace?.laid.short), meanOf(ace?.laid.nothing)];
  if (drop === undefined || kept === undefined || short === undefined || nothing === undefined) return [];
  return [
    `ACE loses ${percent(drop)}, with ${percent(kept)} of the pixels kept: ${percent(short)} of the unseen pictures have too few segments of a concept to reach the share that was to be kept, ${percent(nothing)} have none and are all black.`,
  ];
}

function reach(quality: RegionsEvaluationPage["quality"]): readonly string[] {
  const fresh = quality.find((q) => q.set === "unseen");
  const [coverage, model] = [meanOf(fresh?.coverage), meanOf(fresh?.model)];
  if (coverage === undefined) return [];
  const right = model === undefined ? "" : `, and name the network's class for ${percent(model)} of those`;
  return [`The regions cover ${percent(coverage)} of the unseen pictures${right}.`];
}
