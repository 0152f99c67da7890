/** @file The curves of an evaluation: the reference protocol over K, the quality of regions over the number of boundaries. */
import type { TitledPlot } from "../html/parts.ts";
import type { OverSeeds, QualityScores, RegionsEvaluationPage, SweepScores } from "./input.ts";
import { spreadOf } from "./spread.ts";

const STYLES = ["c0", "c1", "c2", "c3", "c4", "c5"] as const;

interface Series {
  readonly label: string;
  readonly at: readonly number[];
  readonly values: readonly OverSeeds[];
}

function curve(
  { title, about, xLabel }: Pick<TitledPlot, "title" | "about" | "xLabel">,
  series: readonly Series[],
): readonly TitledPlot[] {
  const lines = series.flatMap(({ label, at, values }, i) => {
    const known = values.flatMap((over, k) => {
      const spread = spreadOf(over);
      return spread === undefined ? [] : [{ x: at[k] as number, ...spread }];
    });
    return known.length === 0
      ? []
      : [
          {
            label,
            style: STYLES[i % STYLES.length] as string,
            at: known.map((p) => p.x),
            values: known.map((p) => 100 * p.mean),
            errors: known.map((p) => 100 * p.deviation),
          },
        ];
  });
  if (lines.length === 0) return [];
  const xEnd = Math.max(...lines.flatMap((l) => l.at));
  return [{ title, about, xLabel, xEnd, lines, labelRoom: 110, what: `${title}: ${about}, over ${xLabel}` }];
}

/** As in the paper's Figure 4: mAD and mAI over K. */
export function topCurves({ top: { k, lines } }: RegionsEvaluationPage): readonly TitledPlot[] {
  const series = (of: "drop" | "increase"): readonly Series[] =>
    lines.map((l) => ({ label: l.name, at: k, values: l[of] }));
  const xLabel = "K, references most like the input";
  return [
    ...curve({ title: "mAD, %", about: "lower is better", xLabel }, series("drop")),
    ...curve({ title: "mAI, %", about: "higher is better", xLabel }, series("increase")),
  ];
}

const MEASURES = [
  ["labels", "ACU-GT"],
  ["model", "ACU-MD"],
  ["coverage", "CVR"],
] as const satisfies readonly (readonly [keyof QualityScores, string])[];

/** As in the paper's Figures 5 (references) and 6 (unseen pictures): quality over |Q|. */
export const sweepCurves = (sweep: readonly SweepScores[]): readonly TitledPlot[] =>
  (["references", "unseen"] as const).flatMap((set) =>
    curve(
      {
        title: set === "references" ? "Reference pictures, %" : "Unseen pictures, %",
        about: "higher is better",
        xLabel: "|Q|, boundaries sampled",
      },
      MEASURES.map(([measure, label]) => ({
        label,
        at: sweep.map((s) => s.boundaries),
        values: sweep.map((s) => s[set][measure]),
      })),
    ),
  );
