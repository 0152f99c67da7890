/** @file `representers debug` as a job: points worth a look, what corrections gain, and the protocol with known flips. */

import type { DebugPage, PageFacts, SimulationPage, Suspect } from "../report/representers/input.ts";
import { studyOf } from "../representers/compare.ts";
import { CRITERIA, type CriterionId, orderings } from "../representers/debug.ts";
import { type Gain, readCorrections, refit } from "../representers/debug-corrections.ts";
import { openInfluence } from "../representers/influence.ts";
import type { MathOptions } from "../representers/influence-math.ts";
import { type Pool, type SimulateOptions, type Simulation, simulate } from "../representers/simulate.ts";
import { spanned } from "../representers/simulate-span.ts";
import { labelledFit, labelledSet, requireHeldOut, rowsAt } from "./representers-labelled.ts";
import type { OpenRepresenters } from "./representers-open.ts";

export interface RepresentersDebugOptions extends MathOptions {
  /** Default: `alpha`, `self-influence`, `self-influence-true`, `loss`; without self-influence for layers whose Hessian is large. */
  readonly criteria?: readonly CriterionId[] | undefined;
  /** Points from the top of each order; default 100. */
  readonly top?: number | undefined;
  readonly seed?: number | undefined;
  /** Of self-influence, beside the weight decay; default 0. */
  readonly damping?: number | undefined;
  /** CSV with corrected labels. */
  readonly corrections?: { readonly text: string; readonly name: string } | undefined;
}

export interface RepresentersDebug {
  readonly criteria: readonly CriterionId[];
  /** In the order of the first criterion; those from the top of any. */
  readonly suspects: readonly Suspect[];
  readonly trainingPoints: number;
  readonly labels: readonly string[];
  /** What corrections gained; undefined without any. */
  readonly gain: Omit<Gain, "fitted"> | undefined;
  readonly notes: readonly string[];
}

/** Hessians above this size make self-influence one iterated solve a point. */
const LARGE = 1500;

/** Throws as `labelledFit`, `orderings` and `readCorrections`; `E_PARAM` for corrections without held-out points. */
export async function debugRepresenters(
  open: OpenRepresenters,
  { criteria: asked, top = 100, seed = 0, damping = 0, corrections, ...options }: RepresentersDebugOptions = {},
): Promise<RepresentersDebug> {
  const { fitted, train, notes } = await labelledFit(open, options);
  const { classes, columns } = fitted;
  const small = classes * columns <= LARGE;
  const criteria =
    asked ??
    (small ? (["alpha", "self-influence", "self-influence-true", "loss"] as const) : (["alpha", "loss"] as const));
  const influence = await openInfluence(studyOf(fitted, train), {
    ...options,
    damping,
    method: small ? "exact" : "conjugate-gradient",
  });
  const ordered = await orderings(influence, { criteria, seed }).finally(() => influence.dispose());
  const [first] = ordered;
  const chosen = new Set(ordered.flatMap(({ order }) => [...order.subarray(0, top)]));
  const suspects = Array.from(first?.order ?? [])
    .filter((i) => chosen.has(i))
    .map((i): Suspect => {
      const p = influence.probabilities.subarray(i * classes, (i + 1) * classes);
      const predicted = p.indexOf(Math.max(...p));
      return {
        position: train.places[i] as number,
        point: { id: train.ids[i] as string, label: train.labels[i] as number },
        values: ordered.map((o) => o.values[i] as number),
        predicted,
        probability: p[predicted] as number,
      };
    });
  const labels = namesOf(open);
  const remarks = [
    ...notes,
    ...(small || asked ? [] : [`self-influence was left out: the Hessian has ${classes * columns} rows`]),
  ];
  const gain = corrections && (await gained());
  return {
    criteria,
    suspects,
    trainingPoints: train.labels.length,
    labels,
    gain,
    notes: remarks,
  };

  async function gained(): Promise<Omit<Gain, "fitted">> {
    const heldOut = await labelledSet(requireHeldOut(open));
    const { text, name } = corrections as { readonly text: string; readonly name: string };
    const all = readCorrections(text, { ...open.train, classes, names: labels }, name);
    const local = new Map(Array.from(train.places, (place, i) => [place, i]));
    const own = all.flatMap((c) => {
      const position = local.get(c.position);
      return position === undefined ? [] : [{ ...c, position }];
    });
    if (own.length < all.length)
      remarks.push(
        `${all.length - own.length} corrections of points without a label were not used: the fit leaves them out`,
      );
    const { fitted: _, ...found } = await refit(fitted, train, heldOut, own, options);
    return found;
  }
}

const namesOf = ({ report, fitted }: OpenRepresenters): readonly string[] =>
  report.class_names ?? Array.from({ length: fitted.classes }, (_, c) => String(c));

/** The page's input. */
export const debugPageOf = (
  { criteria, suspects, trainingPoints, labels, notes }: RepresentersDebug,
  facts: PageFacts,
  likenesses?: ReadonlyMap<string, Suspect["point"]["likeness"]>,
): DebugPage => ({
  facts: { ...facts, notes: [...(facts.notes ?? []), ...notes] },
  labels,
  criteria: criteria.map((id) => ({ id, title: CRITERIA[id].title, about: CRITERIA[id].about })),
  suspects: suspects.map((s) => ({ ...s, point: { ...s.point, likeness: likenesses?.get(s.point.id) } })),
  trainingPoints,
});

export interface RepresentersSimulateOptions extends Omit<SimulateOptions, "weightDecay" | "bias"> {
  /** Classes to take part; default all. */
  readonly classes?: readonly number[] | undefined;
}

export interface RepresentersSimulation extends Simulation {
  /** Classes of the model that took part. */
  readonly classes: readonly number[];
  readonly names: readonly string[];
}

/**
 * The protocol with known flips on the features of a fit's folder, its lambda and bias, measured on the held-out points. Features wider than
 * the pool is long are turned into the coordinates that it spans. Throws as `simulate`; `E_PARAM` without held-out points.
 */
export async function simulateRepresenters(
  open: OpenRepresenters,
  { classes: asked, ...options }: RepresentersSimulateOptions = {},
): Promise<RepresentersSimulation> {
  const { lambda, bias, width, columns } = open.fitted;
  const known = [...new Set(open.train.labels)].filter((c) => c >= 0).sort((a, b) => a - b);
  const classes = asked ?? known;
  const poolOf = async (store: OpenRepresenters["train"]): Promise<Pool> => {
    const set = await labelledSet(store, classes);
    const rows = await rowsAt(
      set.features,
      Int32Array.from(set.labels, (_, i) => i),
    );
    return { rows, width, labels: set.labels.map((c) => classes.indexOf(c)) };
  };
  const [pool, test] = [await poolOf(open.train), await poolOf(requireHeldOut(open))];
  const wide = columns > pool.labels.length;
  const narrow = wide ? await spanned(pool, test, bias) : { pool, test };
  const made = await simulate(narrow.pool, narrow.test, classes.length, {
    ...options,
    weightDecay: 2 * lambda,
    bias: bias && !wide,
  });
  const names = namesOf(open);
  return { ...made, classes, names: classes.map((c) => names[c] ?? String(c)) };
}

/** The page's input. */
export const simulationPageOf = (made: RepresentersSimulation, facts: PageFacts): SimulationPage => ({
  facts,
  labels: made.names,
  flipped: made.flip,
  splits: made.splits,
  trainingPoints: made.count,
  testPoints: made.testPoints,
  shares: made.shares,
  curves: made.curves.map((c) => ({ ...c, criterion: CRITERIA[c.criterion].title })),
  clean: made.clean,
});

/** A row a criterion and share: means and deviations over the splits. */
export const simulationRows = ({ shares, curves }: Simulation) =>
  curves.flatMap(({ criterion, accuracy, fixed }) =>
    shares.map((share, s) => ({
      criterion,
      share,
      accuracy: accuracy.mean[s] as number,
      accuracy_deviation: accuracy.deviation[s] as number,
      fixed: fixed.mean[s] as number,
      fixed_deviation: fixed.deviation[s] as number,
    })),
  );
