/** @file The tests of a study in words. */
import type { Measure, NamedAnalysis } from "../../study/analysis.ts";
import type { ActionCorrelation, PairedTest } from "../../study/paired.ts";
import { counted, fixed, NOTHING, signed } from "../run/numbers.ts";

interface Unit {
  readonly name: string;
  readonly text: (v: number) => string;
  readonly change: (v: number) => string;
}
const percent: Omit<Unit, "name"> = {
  text: (v) => `${fixed(100 * v, 1)} %`,
  change: (v) => `${signed(100 * v, 1)} points`,
};

export const UNITS: Readonly<Record<Measure, Unit>> = {
  score: { name: "Score", text: (v) => fixed(v, 1), change: (v) => signed(v, 1) },
  accuracy: { name: "Right answers", ...percent },
  agreement: { name: "Answers on the model's side", ...percent },
  over_reliance: { name: "Answers on the model's side where it is wrong", ...percent },
};

/** `p < 0.001`, `p = 0.032`. */
export const pText = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${fixed(p, 3)}`);

/** The usual bar; the numbers stand beside every verdict. */
const BAR = 0.05;

export function testWords(measure: Measure, test: PairedTest): readonly string[] {
  const { text, change } = UNITS[measure];
  const { pairs, a, b, difference, interval, higher, lower, equal, wilcoxon, t, effect } = test;
  if (pairs === 0 || a === null || b === null || difference === null)
    return ["Nobody has a value in both parts, so nothing is compared."];
  const means = `${text(a)} in part A, ${text(b)} in part B: ${change(difference)}${interval ? `, 95 % interval ${change(interval[0])} to ${change(interval[1])}` : ""}.`;
  const tally = `Higher in part B for ${higher} of ${counted(pairs, "participant")}, lower for ${lower}, equal for ${equal}.`;
  if (pairs === 1) return [means, tally, "One participant is too few for a test."];
  if (wilcoxon === null) return [means, tally, "No difference is other than 0, so there is nothing to test."];
  const tWords = t === null ? "" : `; paired t-test: ${t.t === null ? "" : `t = ${fixed(t.t, 2)}, `}${pText(t.p)}`;
  const size = effect === null ? "" : `; effect d = ${fixed(effect, 2)}`;
  return [
    means,
    tally,
    `Wilcoxon's signed-rank test: W = ${fixed(wilcoxon.w, 1)}, ${pText(wilcoxon.p)}${tWords}${size}.`,
  ];
}

export function correlationWords({ participants, rho, p }: ActionCorrelation): string {
  if (rho === null || p === null)
    return participants < 3
      ? "Too few participants to say whether more use goes with more change."
      : "Actions or differences are the same for all, so whether more use goes with more change is not defined.";
  const verdict =
    p >= BAR
      ? "More use of explanations does not clearly go with a larger change"
      : rho > 0
        ? "Those who used explanations more gained more"
        : "Those who used explanations more gained less";
  return `${verdict}: Spearman's rho = ${fixed(rho, 2)}, ${pText(p)} by permutation, ${counted(participants, "participant")}.`;
}

/** What the page says first. */
export function headline({ tests: { score }, complete, participants }: NamedAnalysis): string {
  if (complete === 0)
    return participants.length === 0
      ? "Nobody has taken part yet."
      : `None of ${counted(participants.length, "participant")} has finished both parts yet.`;
  const mean = score.difference === null ? NOTHING : signed(score.difference, 1);
  if (score.wilcoxon === null || complete < 2)
    return `Scores changed by ${mean} on average from part A to part B; ${complete < 2 ? "one participant is too few for a test" : "nobody's score changed"}.`;
  if (score.wilcoxon.p >= BAR)
    return `With explanations scores changed by ${mean} on average: no clear difference between the parts.`;
  return `With explanations scores ${(score.difference ?? 0) > 0 ? "rose" : "fell"} by ${fixed(Math.abs(score.difference ?? 0), 1)} on average.`;
}

/** The analysis in a few lines. */
export const studyWords = (analysis: NamedAnalysis): readonly string[] => [
  `${analysis.complete} of ${counted(analysis.participants.length, "participant")} answered every question of both parts`,
  headline(analysis),
  ...(analysis.complete === 0
    ? []
    : [...testWords("score", analysis.tests.score).map((line) => `  ${line}`), correlationWords(analysis.correlation)]),
  ...analysis.participants.flatMap(({ name, left_out }) =>
    left_out === null ? [] : [`left out ${name}: ${left_out}`],
  ),
];
