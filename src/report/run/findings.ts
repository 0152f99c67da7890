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

/** What one method does not beat: for each baseline the metrics, and on each the variants, where these are not all. */
export interface MethodFinding {
  readonly method: string;
  readonly baseline: Baseline;
  /** Metrics with a direction that the method was compared on. */
  readonly compared: number;
  readonly metrics: readonly {
    readonly metric: string;
    /** Empty = all of them. */
    readonly variants: readonly string[];
    readonly verdict: Defeat["verdict"];
  }[];
}

/** Findings turned round, in the order of the methods, then of the baselines. */
export function byMethod({ findings, methods }: Findings, { cells }: Summary): readonly MethodFinding[] {
  const baselines = BASELINES.filter((b) => findings.some((f) => f.baseline === b));
  return methods.flatMap((method) =>
    baselines.flatMap((baseline) => {
      const own = cells.filter((c) => c.method === method && c.against[baseline] !== undefined);
      const metrics = findings.flatMap(({ metric, baseline: met, defeats }) => {
        const lost = met === baseline ? defeats.filter((d) => d.method === method) : [];
        if (lost.length === 0) return [];
        const all = own.filter((c) => c.metric === metric).length;
        const verdict = VERDICTS.find((v) => lost.some((d) => d.verdict === v)) ?? "unknown";
        return [{ metric, variants: lost.length === all ? [] : lost.map((d) => d.variant), verdict }];
      });
      const compared = new Set(own.map((c) => c.metric)).size;
      return metrics.length > 0 ? [{ method, baseline, compared, metrics }] : [];
    }),
  );
}
/** The gravest first. */
const VERDICTS = ["loses", "level", "unknown"] as const;

/** On which variants, and how clearly; empty where a method is level with the baseline on all of them. */
export function lostBy({ variants, verdict }: MethodFinding["metrics"][number]): string {
  const how = { loses: "worse", unknown: "too few images", level: undefined }[verdict];
  const words = [variants.join(", "), how].filter(Boolean);
  return words.length > 0 ? ` (${words.join("; ")})` : "";
}

/** A finding in one line: `gradient does not beat an edge detector on relevance-mass, deletion (auc; worse)`. */
export const findingLine = ({ method, baseline, metrics }: MethodFinding): string =>
  `${method} does not beat ${BASELINE_WORDS[baseline]} on ${metrics.map((m) => m.metric + lostBy(m)).join(", ")}`;
