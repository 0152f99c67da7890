/** @file The curves of a training as plots: loss, what is measured, learning rate, over epochs. */
import type { TitledPlot } from "../html/parts.ts";
import type { Line } from "../plot/lines.ts";
import type { TrainingReport } from "./input.ts";

/** Points of a line, at most: more steps than that are gathered into windows. */
const POINTS = 150;
/** A loss that spans more than this factor is drawn by its decimal logarithm. */
const WIDE = 100;

/** Plots that have something to show, in reading order; steps whose numbers are not finite are left out. */
export function trainingCurves({ facts, measure, steps, epochs }: TrainingReport): readonly TitledPlot[] {
  const last = Math.max(1, ...[steps.at(-1)?.step ?? 0, epochs.at(-1)?.step ?? 0]);
  const placeOf = (step: number): number => step / facts.stepsAnEpoch;
  const axis = { xLabel: `epoch (${facts.stepsAnEpoch.toLocaleString("en-GB")} steps each)`, xEnd: placeOf(last) };
  const points = <T extends { readonly step: number }>(of: readonly T[], read: (record: T) => number | undefined) =>
    of.flatMap((record): readonly Point[] => {
      const value = read(record);
      return value !== undefined && Number.isFinite(value) ? [[placeOf(record.step), value]] : [];
    });
  const lineOf = (label: string, style: string, all: readonly Point[]): readonly Line[] =>
    all.length === 0 ? [] : [{ label, style, values: all.map(([, v]) => v), at: all.map(([x]) => x) }];

  const losses = points(steps, (s) => s.loss);
  const width = Math.max(1, Math.ceil(losses.length / POINTS));
  const validation = points(epochs, (e) => e.validationLoss);
  const whole = [...losses, ...validation].map(([, v]) => v);
  const wide = extent(whole) > WIDE;
  const scaled = (all: readonly Point[]): readonly Point[] => (wide ? all.map(([x, v]) => [x, Math.log10(v)]) : all);
  const loss: TitledPlot = {
    title: wide ? "Loss, log10" : "Loss",
    about: `training: ${width === 1 ? "each batch" : `mean of ${width} batches${wide ? "' logarithms" : ""}, band: ± 1 standard deviation`}${validation.length > 0 ? "; validation: whole split" : ""}`,
    what: `loss over ${last} steps`,
    lines: [...windows(scaled(losses), width), ...lineOf("validation", "c1", scaled(validation))],
    ...axis,
  };
  const measured: TitledPlot = {
    title: measure.replace(/^[a-z](?=[a-z])/, (c) => c.toUpperCase()),
    about: "training: mean over the epoch's batches; validation: whole split; higher is better",
    what: `${measure} over ${last} steps`,
    lines: [
      ...lineOf(
        "training",
        "c0",
        points(epochs, (e) => e.train),
      ),
      ...lineOf(
        "validation",
        "c1",
        points(epochs, (e) => e.validation),
      ),
    ],
    ...axis,
  };
  const rate: TitledPlot = {
    title: "Learning rate",
    about: "of each step",
    what: `learning rate over ${last} steps`,
    lines: lineOf("rate", "c2", thinned(points(steps, (s) => s.rate))),
    ...axis,
  };
  return [loss, measured, rate].filter((c) => c.lines.length > 0);
}

type Point = readonly [x: number, value: number];

/** Largest over smallest; 1 where one is not above 0. */
function extent(values: readonly number[]): number {
  const [low, high] = values.reduce(([l, h], v) => [Math.min(l, v), Math.max(h, v)], [Infinity, 0]);
  return low > 0 && low < high ? high / low : 1;
}

/** Means of `width` neighbours, with their standard deviation as a band. */
function windows(points: readonly Point[], width: number): readonly Line[] {
  if (points.length === 0) return [];
  const groups = Array.from({ length: Math.ceil(points.length / width) }, (_, i) =>
    points.slice(i * width, (i + 1) * width),
  );
  const mean = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0) / values.length;
  const values = groups.map((g) => mean(g.map(([, v]) => v)));
  return [
    {
      label: "training",
      style: "c0",
      at: groups.map((g) => mean(g.map(([x]) => x))),
      values,
      errors:
        width === 1
          ? undefined
          : groups.map((g, i) => Math.sqrt(mean(g.map(([, v]) => (v - (values[i] as number)) ** 2)))),
    },
  ];
}

/** Points between which the value changes by no straight line stay; of the rest, at most `4 POINTS`. */
function thinned(points: readonly Point[]): readonly Point[] {
  const every = Math.ceil(points.length / (4 * POINTS));
  const jumps = (i: number): boolean => {
    const [a, b, c] = [points[i - 1], points[i], points[i + 1]];
    if (a === undefined || b === undefined || c === undefined) return true;
    return Math.abs(c[1] - 2 * b[1] + a[1]) > 1e-3 * Math.max(Math.abs(a[1]), Math.abs(c[1]));
  };
  return points.filter((_, i) => i % every === 0 || jumps(i));
}
