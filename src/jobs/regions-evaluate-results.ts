/** @file An evaluation of regions as a page, a table of every number, and a picture of its curves. */
import { type Table, tableOfRows } from "../formats/table.ts";
import type {
  AceScores,
  MethodScores,
  PageFacts,
  QualityScores,
  RegionsEvaluationPage,
} from "../report/regions/input.ts";
import type { RegionsEvaluation } from "./regions-evaluate.ts";
import type { AceResult } from "./regions-evaluate-ace.ts";
import { CONTROLS } from "./regions-evaluate-controls.ts";
import { nameOf } from "./regions-evaluate-methods.ts";
import type { MethodResult, SeedResult, SetsResult } from "./regions-evaluate-seed.ts";

export interface EvaluationLooks {
  readonly facts: PageFacts;
  readonly labels: readonly string[];
}

const known = (values: readonly (number | null | undefined)[]): readonly number[] =>
  values.filter((v): v is number => v !== null && v !== undefined);

const SETS = ["references", "unseen"] as const;

export function evaluationPageOf(made: RegionsEvaluation, { facts, labels }: EvaluationLooks): RegionsEvaluationPage {
  const { seeds } = made;
  const quality = (set: "references" | "unseen", of: readonly SetsResult[]): QualityScores => ({
    labels: known(of.map((s) => s[set].labels)),
    model: known(of.map((s) => s[set].model)),
    coverage: of.map((s) => s[set].coverage),
  });
  const [first] = seeds;
  return {
    facts: { ...facts, notes: [...(facts.notes ?? []), ...made.notes] },
    labels,
    references: made.references,
    unseen: made.unseen,
    interpretations: made.interpretations,
    boundaries: made.boundaries,
    seeds: seeds.map((s) => s.seed),
    keep: made.keep,
    methods: (first?.methods ?? []).map(({ id }) =>
      scoresOf(
        id,
        nameOf(id),
        seeds.flatMap((s) => s.methods.filter((m) => m.id === id)),
      ),
    ),
    about: known(seeds.map(aboutOf)),
    otherClass: seeds.map((s) => s.otherClass),
    controls: made.controls.map((c) => ({ ...scoresOf(c.id, CONTROLS[c.id] ?? c.id, [c]), covered: undefined })),
    quality: SETS.map((set) => ({
      set,
      pictures: made[set],
      network: made.accuracy[set],
      ...quality(
        set,
        seeds.map((s) => s.quality),
      ),
    })),
    sweep: (first?.sweep ?? []).map(({ boundaries }, at) => {
      const of = seeds.flatMap((s) => s.sweep[at] ?? []);
      return { boundaries, references: quality("references", of), unseen: quality("unseen", of) };
    }),
    top: {
      k: made.topK,
      inputs: made.topInputs,
      lines: (first?.top ?? []).map(({ id }, at) => ({
        id,
        name: nameOf(id),
        drop: made.topK.map((_, k) => known(seeds.map((s) => s.top[at]?.drop[k]))),
        increase: made.topK.map((_, k) => known(seeds.map((s) => s.top[at]?.increase[k]))),
      })),
    },
    ace: aceOf(made),
    absent: made.absent,
  };
}

const MEASURED = ["segments", "placed", "kept", "short", "nothing"] as const;
const SEARCHED = ["pictures", "patches", "concepts", "dropped"] as const;

const meanOver = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0) / all.length;
const barren = ({ searches }: AceResult): number => meanOver(searches, (s) => Number(s.concepts === 0));

function aceOf({ ace, seeds }: RegionsEvaluation): AceScores | undefined {
  const runs = seeds.flatMap((s) => s.ace ?? []);
  if (ace === undefined || runs.length === 0) return undefined;
  const { resolutions, clusters, randomSets, pictures } = ace;
  const searched = (of: (typeof SEARCHED)[number]): readonly number[] =>
    runs.map(({ searches }) => meanOver(searches, (s) => s[of]));
  const laid = (of: (typeof MEASURED)[number]): readonly number[] => runs.map((r) => r[of]);
  return {
    resolutions,
    clusters,
    randomSets,
    pictures,
    searched: {
      pictures: searched("pictures"),
      patches: searched("patches"),
      concepts: searched("concepts"),
      dropped: searched("dropped"),
      barren: runs.map(barren),
    },
    laid: {
      segments: laid("segments"),
      placed: laid("placed"),
      kept: laid("kept"),
      short: laid("short"),
      nothing: laid("nothing"),
    },
  };
}

function aboutOf({ regions }: SeedResult): number | null {
  const [all, about] = regions.reduce(([n, m], r) => [n + r.boundaries, m + r.about], [0, 0]);
  return all === 0 ? null : about / all;
}

const scoresOf = (id: string, name: string, of: readonly MethodResult[]): MethodScores => ({
  id,
  name,
  drop: of.map((m) => m.drop),
  increase: of.map((m) => m.increase),
  covered: known(of.map((m) => m.covered)),
  uncovered: known(of.map((m) => m.uncovered)),
});

const aceRows = (ace: AceResult): readonly { set: string; measure: string; value: number }[] => [
  ...SEARCHED.map((of) => ({ set: "references", measure: of, value: meanOver(ace.searches, (s) => s[of]) })),
  { set: "references", measure: "barren", value: barren(ace) },
  ...MEASURED.map((of) => ({ set: "unseen", measure: of, value: ace[of] })),
];

/** One row a number. `protocol` is reuse, control, quality, sweep, top or ace (how it was run, means over searches and unseen pictures). */
export function evaluationTable(made: RegionsEvaluation): Table {
  const base = { set: null, method: null, boundaries: null, k: null };
  const sets = (of: SetsResult): readonly { set: string; measure: string; value: number | null }[] =>
    SETS.flatMap((set) => [
      { set, measure: "acu-gt", value: of[set].labels },
      { set, measure: "acu-md", value: of[set].model },
      { set, measure: "cvr", value: of[set].coverage },
    ]);
  const reuse = (m: MethodResult): readonly { measure: string; value: number | null }[] => [
    { measure: "ad", value: m.drop },
    { measure: "ai", value: m.increase },
    { measure: "ad-covered", value: m.covered },
    { measure: "ad-uncovered", value: m.uncovered },
  ];
  const rows = [
    ...made.seeds.flatMap((s) => {
      const own = { ...base, seed: s.seed };
      const at = { ...own, boundaries: made.boundaries };
      return [
        ...s.methods.flatMap((m) =>
          reuse(m).map((r) => ({ ...at, protocol: "reuse", set: "unseen", method: m.id, ...r })),
        ),
        ...sets(s.quality).map((r) => ({ ...at, protocol: "quality", method: "regions", ...r })),
        ...(s.ace ? aceRows(s.ace) : []).map((r) => ({
          ...at,
          boundaries: null,
          protocol: "ace",
          method: "ace",
          ...r,
        })),
        ...s.sweep.flatMap((q) =>
          sets(q).map((r) => ({ ...own, boundaries: q.boundaries, protocol: "sweep", method: "regions", ...r })),
        ),
        ...s.top.flatMap((t) =>
          made.topK.flatMap((k, i) =>
            (["drop", "increase"] as const).map((of) => ({
              ...at,
              protocol: "top",
              set: "references",
              method: t.id,
              k,
              measure: of === "drop" ? "ad" : "ai",
              value: t[of][i] as number,
            })),
          ),
        ),
      ];
    }),
    ...made.controls.flatMap((c) =>
      reuse(c)
        .slice(0, 2)
        .map((r) => ({
          ...base,
          seed: made.seeds[0]?.seed ?? null,
          protocol: "control",
          set: "unseen",
          method: c.id,
          ...r,
        })),
    ),
  ];
  return tableOfRows(rows, {
    seed: "int",
    protocol: "string",
    set: "string",
    method: "string",
    boundaries: "int",
    k: "int",
    measure: "string",
    value: "double",
  });
}
