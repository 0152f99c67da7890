/** @file Shapes of the pages on training points. */
import type {
  Agreement,
  Band,
  ComparePage,
  ConfusionPage,
  Criterion,
  DebugPage,
  ExplainedClass,
  ExplainedPoint,
  ExplainPage,
  FitPage,
  GroupSums,
  InfluencePoint,
  NearPoint,
  PairPlot,
  RepresenterPoint,
  SimulationPage,
  Suspect,
  Timing,
} from "../report/representers/input.ts";
import { head, point } from "./run-page-inputs.ts";
import {
  count,
  flag,
  list,
  maybe,
  nullable,
  numbers,
  optional,
  pair,
  real,
  record,
  type Shape,
  text,
  where,
} from "./run-page-shape.ts";

const reals = list(real);
const spread = record<{ readonly mean: number; readonly deviation: number }>({ mean: real, deviation: real });

const agreement: Shape<Agreement> = where(
  record<Agreement>({
    split: text,
    points: count,
    pearson: maybe,
    meanDifference: real,
    samePrediction: optional(real),
    given: numbers,
    fitted: numbers,
  }),
  ({ given, fitted }) => given.length === fitted.length,
  "the lists of given and fitted differ in length",
);

export const fitInput: Shape<FitPage> = record<FitPage>({
  ...head,
  points: count,
  width: count,
  classes: count,
  lambda: real,
  objective: text,
  activation: text,
  seconds: real,
  stationarity: record<FitPage["stationarity"]>({
    maxGradient: real,
    relative: real,
    tolerance: real,
    converged: flag,
    reason: text,
  }),
  sumCheck: record<FitPage["sumCheck"]>({ bound: real, residual: real, points: count }),
  agreement: list(agreement),
  compared: optional(text),
  steps: optional(list(record<NonNullable<FitPage["steps"]>[number]>({ iteration: count, maxGradient: real }))),
});

const representer: Shape<RepresenterPoint> = record<RepresenterPoint>({
  point,
  value: real,
  alpha: real,
  similarity: real,
});
const influenced: Shape<InfluencePoint> = record<InfluencePoint>({ point, value: real });
const near: Shape<NearPoint> = record<NearPoint>({ point, distance: real });
const group = record<GroupSums["groups"][number]>({ name: text, points: count, positive: real, negative: real });
const groups: Shape<GroupSums> = record<GroupSums>({ title: text, index: count, logit: real, groups: list(group) });
const explainedClass: Shape<ExplainedClass> = record<ExplainedClass>({
  index: count,
  logit: real,
  given: optional(real),
  sum: real,
  bound: real,
  positive: list(representer),
  negative: list(representer),
  influence: optional(
    record<NonNullable<ExplainedClass["influence"]>>({ helpful: list(influenced), harmful: list(influenced) }),
  ),
});

export const explainInput: Shape<ExplainPage> = record<ExplainPage>({
  ...head,
  trainingPoints: count,
  items: list(
    record<ExplainedPoint>({
      point,
      predicted: count,
      classes: list(explainedClass),
      nearest: optional(list(near)),
    }),
  ),
  groups: optional(list(groups)),
});

export const confusionInput: Shape<ConfusionPage> = record<ConfusionPage>({
  ...head,
  from: count,
  to: count,
  ofClass: count,
  wrong: count,
  confused: list(record<ConfusionPage["confused"][number]>({ point, margin: optional(real) })),
  top: count,
  inhibitory: list(record<ConfusionPage["inhibitory"][number]>({ point, count, value: real, alpha: real })),
});

const criterion: Shape<Criterion> = record<Criterion>({ id: text, title: text, about: optional(text) });
const suspect: Shape<Suspect> = record<Suspect>({
  position: count,
  point,
  values: reals,
  predicted: optional(count),
  probability: optional(real),
});
export const debugInput: Shape<DebugPage> = record<DebugPage>({
  ...head,
  criteria: list(criterion),
  suspects: list(suspect),
  trainingPoints: count,
});

const band: Shape<Band> = record<Band>({ mean: reals, deviation: reals });
export const simulationInput: Shape<SimulationPage> = record<SimulationPage>({
  ...head,
  flipped: real,
  splits: count,
  trainingPoints: count,
  testPoints: count,
  shares: reals,
  curves: list(record<SimulationPage["curves"][number]>({ criterion: text, accuracy: band, fixed: band })),
  clean: optional(spread),
});

const plot: Shape<PairPlot> = where(
  record<PairPlot>({
    title: text,
    xLabel: text,
    yLabel: text,
    x: numbers,
    y: numbers,
    same: optional(list(flag)),
    pearson: maybe,
    spearman: maybe,
  }),
  ({ x, y }) => x.length === y.length,
  "the two lists differ in length",
);
const timing: Shape<Timing> = record<Timing>({
  method: text,
  fit: nullable(pair(real, real)),
  perPoint: pair(real, real),
  points: count,
  note: optional(text),
});
export const compareInput: Shape<ComparePage> = record<ComparePage>({
  ...head,
  trainingPoints: count,
  testPoints: count,
  pairs: list(plot),
  byClass: optional(
    list(
      record<NonNullable<ComparePage["byClass"]>[number]>({
        index: count,
        points: count,
        pearson: maybe,
        spearman: maybe,
      }),
    ),
  ),
  stability: list(record<ComparePage["stability"][number]>({ method: text, largest: numbers })),
  timings: list(timing),
});
