/** @file Joins the labels of a data set to the classes of a model: by WordNet id, by name or by index, and says how. */
import type { DataLabel, DataSet } from "./dataset.ts";
import { labelKey } from "./records.ts";
import { type NameMatch, namesOf } from "./same-name.ts";
import { wnidOf } from "./wnid.ts";

/** The side of the model. */
export interface ModelClasses {
  /** Classes that the model scores. */
  readonly count: number;
  /** Names by index. */
  readonly labels?: readonly string[] | undefined;
  /** WordNet ids by index; read from the labels where those begin with one. */
  readonly wnids?: readonly (string | undefined)[] | undefined;
}

export type JoinedBy = "wnid" | "name" | "index";

export interface JoinReport {
  /** Undefined where nothing joined. */
  readonly by: JoinedBy | undefined;
  /** Added to the set's indices, for models with classes of their own in front, as `background`. */
  readonly offset: number;
  /** Labels of the set, those that joined, and the rest by their names. */
  readonly total: number;
  readonly joined: number;
  readonly missing: readonly string[];
  /** Labels whose name several classes of the model bear, where no index or id decides: none is taken. */
  readonly ambiguous: readonly { readonly label: string; readonly candidates: readonly number[] }[];
  /** Sentences for people. */
  readonly notes: readonly string[];
}

export interface JoinedLabels {
  /** The model's class for a label; undefined where it joins none, or several count as right. */
  readonly of: (label: DataLabel | undefined) => number | undefined;
  /** The model's classes that count as right for a label. */
  readonly accepts: (label: DataLabel | undefined) => readonly number[];
  readonly report: JoinReport;
}

type Match = NameMatch;
type Matcher = (label: DataLabel) => Match;
const NONE: Match = { index: undefined, candidates: [] };

/**
 * The way that joins most labels of the set wins; of equals: id, then name, then index. Indices that names contradict (fewer than half of
 * the labels that join by name lie at the stated place, give or take one offset for all) are not used; indices that are only a
 * sorted order are used where nothing else joins and the model has as many classes. Nothing is guessed: a name that fits several classes joins none.
 *
 * Labels with `accept` need no joining: those indices are the model's own, counted without its background class.
 */
export function joinLabels(
  set: Pick<DataSet, "classes" | "labels" | "sortedClasses">,
  model: ModelClasses,
): JoinedLabels {
  const labels: readonly DataLabel[] = set.labels ?? set.classes?.map((name, index) => ({ index, name })) ?? [];
  const wnids = model.wnids ?? model.labels?.map((l) => wnidOf(l).wnid);
  const byWnid = wnidMatcher(wnids);
  const byName = nameMatcher(model.labels);
  const { offset, trusted, contradicted } = offsetOf(labels, { byName, byWnid, model });
  const inRange = (index: number | undefined): Match =>
    index !== undefined && index >= 0 && index < model.count ? { index, candidates: [index] } : NONE;
  const byIndex: Matcher = ({ index }) => inRange(index === undefined ? undefined : index + offset);
  const ways: readonly { readonly by: JoinedBy; readonly match: Matcher }[] = [
    { by: "wnid", match: byWnid },
    { by: "name", match: byName },
    ...(trusted && !set.sortedClasses ? [{ by: "index" as const, match: byIndex }] : []),
  ];
  const plain = labels.filter((l) => !l.accept);
  const counted = ways.map((way) => ({ ...way, joined: plain.filter((l) => way.match(l).index !== undefined).length }));
  const best = counted.reduce<(typeof counted)[number] | undefined>(
    (a, b) => (b.joined > (a?.joined ?? 0) ? b : a),
    undefined,
  );
  const unlisted = labels.length === 0 && !set.sortedClasses;
  const sameCount = set.sortedClasses === true && set.classes?.length === model.count && plain.length > 0;
  const way = best ?? (unlisted || sameCount ? { by: "index" as const, match: byIndex } : undefined);
  const match: Matcher = way?.match ?? (() => NONE);
  const known = new Map<string, Match>();
  const matched = (label: DataLabel): Match => {
    const key = labelKey(label);
    const found = known.get(key) ?? match(label);
    known.set(key, found);
    return found;
  };
  const accepts = (label: DataLabel | undefined): readonly number[] => {
    if (label === undefined) return [];
    if (label.accept) return label.accept.flatMap((i) => inRange(i + offset).index ?? []);
    if (label.several) return label.several.flatMap((part) => matched(part).index ?? []);
    return matched(label).index === undefined ? [] : [matched(label).index as number];
  };
  const of = (label: DataLabel | undefined): number | undefined => {
    const right = accepts(label);
    return right.length === 1 ? right[0] : undefined;
  };
  return { of, accepts, report: reportOf({ labels, accepts, matched, way, offset, contradicted, model, set }) };
}

function wnidMatcher(wnids: readonly (string | undefined)[] | undefined): Matcher {
  const places = new Map<string, number>();
  wnids?.forEach((id, i) => {
    if (id !== undefined) places.set(id, i);
  });
  return ({ wnid, name }) => {
    const index = places.get(wnid ?? wnidOf(name ?? "").wnid ?? "");
    return index === undefined ? NONE : { index, candidates: [index] };
  };
}

function nameMatcher(labels: readonly string[] | undefined): Matcher {
  if (labels === undefined) return () => NONE;
  const find = namesOf(labels.map((l) => wnidOf(l).rest));
  return ({ name }) => (name === undefined ? NONE : find(name));
}

const BACKGROUND = /^(background|dummy|__background__|none|unused)$/i;

/** The step from the set's indices to the model's that most names and ids agree on; by names of the model alone where they cannot tell. */
function offsetOf(
  labels: readonly DataLabel[],
  { byName, byWnid, model }: { readonly byName: Matcher; readonly byWnid: Matcher; readonly model: ModelClasses },
): { readonly offset: number; readonly trusted: boolean; readonly contradicted: number } {
  const votes = new Map<number, number>();
  let all = 0;
  for (const label of labels) {
    const at = byWnid(label).index ?? byName(label).index;
    if (label.index === undefined || at === undefined) continue;
    votes.set(at - label.index, (votes.get(at - label.index) ?? 0) + 1);
    all++;
  }
  const background = BACKGROUND.test(model.labels?.[0]?.trim() ?? "") ? 1 : 0;
  const [offset, most] = [...votes].reduce((a, b) => (b[1] > a[1] ? b : a), [background, 0]);
  return { offset: 2 * most < all ? background : offset, trusted: 2 * most >= all, contradicted: all - most };
}

interface Reported {
  readonly labels: readonly DataLabel[];
  readonly accepts: (label: DataLabel) => readonly number[];
  readonly matched: (label: DataLabel) => Match;
  readonly way: { readonly by: JoinedBy } | undefined;
  readonly offset: number;
  readonly contradicted: number;
  readonly model: ModelClasses;
  readonly set: Pick<DataSet, "classes" | "sortedClasses">;
}

const SHOWN = 5;
const nameOf = ({ name, wnid, index }: DataLabel): string => name ?? wnid ?? String(index);

function reportOf(given: Reported): JoinReport {
  const { labels, accepts, matched, way, offset, model, set } = given;
  const missed = labels.filter((l) => accepts(l).length === 0);
  const ambiguous = missed
    .filter((l) => !l.accept && matched(l).candidates.length > 1)
    .map((l) => ({ label: nameOf(l), candidates: matched(l).candidates }));
  const missing = missed.filter((l) => l.accept || matched(l).candidates.length < 2).map(nameOf);
  const joined = labels.length - missed.length;
  const accepted = labels.filter((l) => l.accept).length;
  const step = way?.by === "index" && offset !== 0 ? `, ${offset > 0 ? "+" : ""}${offset} to the set's` : "";
  const few = (all: readonly string[]): string =>
    all.slice(0, SHOWN).join(", ") + (all.length > SHOWN ? ` and ${all.length - SHOWN} more` : "");
  const notes = [
    labels.length === 0
      ? way
        ? `the set lists no labels: its indices are taken as the model's${step}`
        : "the set has no labels"
      : `${joined} of ${labels.length} labels joined${way ? ` by ${way.by}${step}` : ""}${accepted > 0 ? `, ${accepted} of them by accepted classes` : ""}`,
    ...(missing.length > 0 ? [`no class of the model for: ${few(missing)}`] : []),
    ...(ambiguous.length > 0
      ? [
          `names that several classes bear, joined to none: ${few(ambiguous.map((a) => `${a.label} (${a.candidates.join(", ")})`))}`,
        ]
      : []),
    ...(way?.by === "index" && given.contradicted > 0
      ? [`${given.contradicted} labels have the name of another class of the model than their index says`]
      : []),
    ...(way?.by === "index" && set.sortedClasses
      ? ["the set's indices are the sorted order of its names; check that it is the model's"]
      : []),
    ...(way?.by === "index" && model.labels === undefined && model.count % 100 === 1
      ? [
          `the model has ${model.count} classes and no labels: if class 0 is the background, all joins are off by one; give labels`,
        ]
      : []),
  ];
  return {
    by: way?.by,
    offset: way?.by === "index" ? offset : 0,
    total: labels.length,
    joined,
    missing,
    ambiguous,
    notes,
  };
}
