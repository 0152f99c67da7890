/** @file Curves of an evaluation of the classic pipeline. */
import type { TitledPlot } from "../html/parts.ts";
import type { Line } from "../plot/lines.ts";
import type { PageOrder, PagePixels } from "./evaluate-input.ts";

const STYLES = ["c0", "c1", "c2", "c3", "c4", "c5"] as const;
const styleOf = (id: string, at: number): string =>
  id === "random" ? "b-random" : (STYLES[at % STYLES.length] as string);

/** Score lost, and traces that are flipped, over replacements. */
export function orderCurves(orders: readonly PageOrder[], batchOf: number): readonly TitledPlot[] {
  const known = orders.filter((o) => o.reached.length > 0);
  const points = Math.max(0, ...known.map((o) => o.reached.length));
  if (points === 0) return [];
  const curve = (title: string, about: string, read: (o: PageOrder) => readonly number[]): TitledPlot => ({
    title,
    about,
    what: `${title}, by order, over descriptors replaced`,
    xLabel: "descriptors replaced",
    xEnd: points * batchOf,
    labelRoom: 128,
    lines: known.map((o, i): Line => {
      const values = [0, ...read(o)];
      return { label: o.order, style: styleOf(o.order, i), values, at: values.map((_, k) => k * batchOf) };
    }),
  });
  return [
    curve("f(x) − f(x after replacements)", "mean over traces; steeper is better", (o) => o.drops),
    curve("Traces on the other side of the threshold, %", "at each measurement", (o) =>
      o.histogram.map((n, i) => (100 * n) / (o.reached[i] as number)),
    ),
  ];
}

/** Score lost over regions perturbed, a plot for each model: their scores have no common unit. */
export const pixelCurvePlots = (
  pixels: readonly PagePixels[],
  nameOf: (model: string) => string,
): readonly TitledPlot[] =>
  pixels.flatMap(({ model, map, random, pictures }) =>
    map.length === 0
      ? []
      : [
          {
            title: nameOf(model),
            about: `score lost, mean over ${pictures} pictures`,
            what: `Score that ${nameOf(model)} loses over perturbed regions`,
            xLabel: "regions perturbed",
            xEnd: map.length - 1,
            labelRoom: 110,
            lines: [
              { label: "its map", style: "c0", values: map },
              { label: "random", style: "b-random", values: random },
            ],
          },
        ],
  );
