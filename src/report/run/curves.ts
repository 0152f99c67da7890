/** @file Curves of a run: mean and standard error at every step, over images, and their plots. */
import { baselineOf } from "../../metrics/baselines.ts";
import type { CurveRow } from "../../metrics/result-row.ts";
import type { Summary } from "../../metrics/summary.ts";
import type { Markup } from "../html/markup.ts";
import { chart, chartsOf } from "../html/parts.ts";
import { type Line, linePlot } from "../plot/lines.ts";
import { counted } from "./numbers.ts";

export interface MeanCurve {
  readonly metric: string;
  readonly curve: string;
  readonly method: string;
  /** Curves that went in. */
  readonly images: number;
  readonly means: readonly number[];
  /** Standard errors; 0 where a single image reaches. */
  readonly errors: readonly number[];
}

interface Running extends Pick<MeanCurve, "metric" | "curve" | "method"> {
  images: number;
  readonly n: number[];
  readonly mean: number[];
  readonly squares: number[];
}

/** In order of first appearance; what is not finite is left out, and curves may differ in length. One pass (Welford 1962). */
export function meanCurves(rows: Iterable<CurveRow>): readonly MeanCurve[] {
  const all = new Map<string, Running>();
  for (const { metric, curve, method, values } of rows) {
    const key = JSON.stringify([metric, curve, method]);
    const own = all.get(key) ?? { metric, curve, method, images: 0, n: [], mean: [], squares: [] };
    all.set(key, own);
    own.images++;
    for (const [i, v] of values.entries()) {
      if (!Number.isFinite(v)) continue;
      const [n, before] = [(own.n[i] ?? 0) + 1, own.mean[i] ?? 0];
      const after = before + (v - before) / n;
      own.n[i] = n;
      own.mean[i] = after;
      own.squares[i] = (own.squares[i] ?? 0) + (v - before) * (v - after);
    }
  }
  return [...all.values()].map(({ n, mean, squares, ...rest }) => {
    const steps = [...n.keys()].filter((i) => n[i] !== undefined);
    return {
      ...rest,
      means: steps.map((i) => mean[i] as number),
      errors: steps.map((i) => {
        const count = n[i] as number;
        return count < 2 ? 0 : Math.sqrt((squares[i] as number) / (count - 1) / count);
      }),
    };
  });
}

/** Methods drawn in colour, at most; the rest is faint. */
const COLOURED = 6;

/** A plot for every curve of a metric; undefined without any. */
export function curvePlots(curves: readonly MeanCurve[], metric: string, summary: Summary): Markup | undefined {
  const own = curves.filter((c) => c.metric === metric && c.means.length > 0);
  const names = [...new Set(own.map((c) => c.curve))];
  if (names.length === 0) return undefined;
  const best = leaders(summary, metric, [...new Set(own.map((c) => c.method))]);
  const plots = names.map((name) => {
    const members = own.filter((c) => c.curve === name && baselineOf(c.method) !== "inverted");
    const drawn = members.map((c): Line => {
      const place = best.indexOf(c.method);
      const baseline = baselineOf(c.method);
      return {
        label: c.method,
        values: c.means,
        errors: c.errors,
        style: baseline !== undefined ? `b-${baseline}` : place < 0 ? "faint" : `c${place}`,
      };
    });
    const steps = Math.max(...members.map((c) => c.means.length)) - 1;
    const faint = drawn.filter((l) => l.style === "faint").length;
    const images = [...new Set(members.map((c) => c.images))].sort((a, b) => a - b);
    const range = images.length > 1 ? `${images[0]} to ${images.at(-1)}` : `${images[0]}`;
    const rest = faint > 0 ? ` The ${counted(faint, "method")} ranked lower ${faint === 1 ? "is" : "are"} grey.` : "";
    const what = `${name} of ${metric}: mean over ${range} images at each of ${steps + 1} steps, by method`;
    return chart(
      name,
      `mean over ${range} images, band: ± 1 standard error.${rest}`,
      linePlot({ lines: drawn, what, xLabel: "step", xEnd: Math.max(steps, 1) }),
    );
  });
  return chartsOf(plots);
}

/** The best methods by the first variant that ranks them, else in their own order. */
function leaders({ cells }: Summary, metric: string, methods: readonly string[]): readonly string[] {
  const ranked = cells.filter((c) => c.metric === metric && c.rank !== null);
  const first = ranked.filter((c) => c.variant === ranked[0]?.variant);
  const order = [...first].sort((a, b) => (a.rank as number) - (b.rank as number)).map((c) => c.method);
  const known = [...order, ...methods].filter((m) => methods.includes(m) && baselineOf(m) === undefined);
  return [...new Set(known)].slice(0, COLOURED);
}
