/** @file What a reader must know before any number: which methods say no more than a map that knows nothing of the model. */
import { BASELINE_WORDS, BASELINES, type Baseline } from "../../metrics/baselines.ts";
import { FEWEST, type Summary, type SummaryCell, type Verdict, type Versus } from "../../metrics/summary.ts";

/** A method that does not beat a baseline under a variant. */
export interface Defeat {
  readonly method: string;
  readonly variant: string;
  readonly verdict: Exclude<Verdict, "beats">;
  readonly versus: Versus;
}

/** All that lose to, or cannot be told from, one baseline on one metric. */
export interface Finding {
  readonly metric: string;
  readonly baseline: Baseline;
  readonly defeats: readonly Defeat[];
  /** Methods, and variants with a direction, that were held against the baseline. */
  readonly methods: number;
  readonly variants: number;
}

export interface Findings {
  readonly findings: readonly Finding[];
  /** Real methods with a value on some metric that has a direction. */
  readonly methods: readonly string[];
  /** Of these, the ones that beat the random map and the edge detector wherever they were compared, and were compared at all. */
  readonly sound: readonly string[];
  /** Baselines that were part of the run. */
  readonly present: readonly Baseline[];
  /** Comparisons with fewer images than can decide. */
  readonly undecided: number;
}

/** The two that people are fooled by most (Adebayo et al. 2018). */
export const PLAIN: readonly Baseline[] = ["random", "edges"];

export function findingsOf({ cells }: Summary): Findings {
  const own = cells.filter((c) => c.baseline === null && c.better !== "neither");
  const metrics = [...new Set(own.map((c) => c.metric))];
  const methods = [...new Set(own.map((c) => c.method))];
  const present = BASELINES.filter((b) => own.some((c) => c.against[b] !== undefined));
  const versusOf = (c: SummaryCell, baselines: readonly Baseline[]): readonly Versus[] =>
    baselines.flatMap((b) => c.against[b] ?? []);
  return {
    methods,
    present,
    findings: metrics.flatMap((metric) =>
      present.map((baseline) => findingOf(own, metric, baseline)).filter((f) => f.defeats.length > 0),
    ),
    sound: methods.filter((method) => {
      const duels = own.filter((c) => c.method === method).flatMap((c) => versusOf(c, PLAIN));
      return duels.length > 0 && duels.every((v) => v.verdict === "beats");
    }),
    undecided: own.flatMap((c) => versusOf(c, BASELINES)).filter((v) => v.verdict === "unknown").length,
  };
}

function findingOf(own: readonly SummaryCell[], metric: string, baseline: Baseline): Finding {
  const held = own.flatMap((c) => {
    const versus = c.metric === metric ? c.against[baseline] : undefined;
    return versus === undefined ? [] : [{ method: c.method, variant: c.variant, versus }];
  });
  return {
    metric,
    baseline,
    methods: new Set(held.map((h) => h.method)).size,
    variants: new Set(held.map((h) => h.variant)).size,
    defeats: held.flatMap(({ versus, ...where }) =>
      versus.verdict === "beats" ? [] : [{ ...where, versus, verdict: versus.verdict }],
    ),
  };
}

/** Why a comparison came out as it did. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  beats: "better",
  level: "cannot be told apart",
  loses: "worse",
  unknown: `fewer than ${FEWEST} images to compare`,
};

export interface MethodDefeat {
  readonly method: string;
  /** Variants it does not win, and of these the ones it loses. */
  readonly variants: readonly string[];
  readonly lost: readonly string[];
}

/** Defeats of a finding, by method. */
export function byMethod({ defeats }: Finding): readonly MethodDefeat[] {
  return [...new Set(defeats.map((d) => d.method))].map((method) => {
    const own = defeats.filter((d) => d.method === method);
    return {
      method,
      variants: own.map((d) => d.variant),
      lost: own.filter((d) => d.verdict === "loses").map((d) => d.variant),
    };
  });
}

/** The finding in one line: `relevance-mass: gradient does not beat an edge detector`. */
export function findingLine(finding: Finding): string {
  const methods = byMethod(finding).map(
    ({ method, variants }) =>
      `${method}${finding.variants > 1 && variants.length < finding.variants ? ` (${variants.join(", ")})` : ""}`,
  );
  return `${finding.metric}: ${methods.join(", ")} ${methods.length === 1 ? "does" : "do"} not beat ${BASELINE_WORDS[finding.baseline]}`;
}
