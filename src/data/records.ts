/** @file Records: items by number, and the data set that a choice of them makes. */
import { OnnxplainError } from "../errors.ts";
import { shuffled, uniforms } from "../random.ts";
import type { DataItem, DataLabel, DataSet } from "./dataset.ts";

/** What a reader of one layout provides; everything else follows. */
export interface Records {
  readonly name: string;
  readonly count: number;
  readonly classes: readonly string[] | undefined;
  readonly labels?: readonly DataLabel[] | undefined;
  readonly sortedClasses?: boolean;
  /** The part a record belongs to; undefined where the set has no parts. */
  readonly splitOf?: ((index: number) => string | undefined) | undefined;
  /** Names that stand for several parts together, as `trainval`. */
  readonly unions?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly item: (index: number) => DataItem | Promise<DataItem>;
  readonly notes: readonly string[];
}

/** Which records, and in which order: first the split, then the order, then the window. */
export interface Choice {
  /** A part of the set, as `train`, `val` (also `valid`, `validation`, `dev`) or `test`. */
  readonly split?: string | undefined;
  /** At most so many items. */
  readonly limit?: number | undefined;
  /** Items to pass over. */
  readonly offset?: number | undefined;
  /** Seed of a random order; default: the order of the data. */
  readonly shuffle?: number | undefined;
}

const VALIDATION = ["val", "valid", "validation", "dev"];
const splitKey = (split: string): string => {
  const word = split.trim().toLowerCase();
  return VALIDATION.includes(word) ? "val" : word;
};

/** Is this the name of a part (`train`, `val`, `test`, …)? */
export const isSplitName = (name: string): boolean =>
  ["train", "training", "val", "test", "eval"].includes(splitKey(name));

/** Throws `E_DATA_EMPTY` when nothing is left, `E_PARAM` for an unknown split or a window that is none. */
export function dataSetOf(records: Records, choice: Choice = {}): DataSet {
  const { offset = 0, limit, shuffle } = choice;
  for (const [name, value, least] of [
    ["offset", offset, 0],
    ["limit", limit ?? 1, 1],
    ["shuffle", shuffle ?? 0, 0],
  ] as const)
    if (!Number.isSafeInteger(value) || value < least)
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be an integer from ${least} up, got ${value}.`);
  const chosen = ofSplit(records, choice.split);
  const ordered =
    shuffle === undefined ? chosen : shuffled(chosen.length, uniforms(shuffle)).map((k) => chosen[k] as number);
  const picked = ordered.subarray(offset, limit === undefined ? undefined : offset + limit);
  if (picked.length === 0)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      chosen.length === 0
        ? `\`${records.name}\` holds no items${[...records.notes].map((n) => ` (${n})`).join("")}. Expected pictures, or rows that name them.`
        : `\`${records.name}\` has ${chosen.length} items, none from number ${offset} on. Choose a smaller offset.`,
    );
  return {
    name: records.name,
    classes: records.classes,
    ...(records.labels ? { labels: records.labels } : {}),
    ...(records.sortedClasses ? { sortedClasses: true } : {}),
    count: picked.length,
    items: async function* () {
      for (const index of picked) yield await checkedItem(records, index);
    },
    notes: [
      ...records.notes,
      ...(shuffle === undefined ? [] : [`in random order, seed ${shuffle}`]),
      ...(picked.length < records.count ? [`${picked.length} of ${records.count} items`] : []),
    ],
  };
}

function ofSplit({ count, splitOf, unions, name }: Records, split: string | undefined): Int32Array {
  const all = Int32Array.from({ length: count }, (_, i) => i);
  if (split === undefined) return all;
  const wanted = (unions?.[splitKey(split)] ?? [split]).map(splitKey);
  const found = all.filter((i) => wanted.includes(splitKey(splitOf?.(i) ?? "")));
  if (found.length > 0 || count === 0) return found;
  const known = [...new Set(Array.from(all, (i) => splitOf?.(i)))].filter((s) => s !== undefined).sort();
  throw new OnnxplainError(
    "E_PARAM",
    `\`${name}\` has no split \`${split}\`. ${known.length > 0 ? `It has: ${known.join(", ")}.` : "It is not split; leave the option out."}`,
  );
}

/** A record that cannot be read, or whose label is no class of the set, is an item that fails when it is loaded. */
async function checkedItem(records: Records, index: number): Promise<DataItem> {
  try {
    const item = await records.item(index);
    const { classes } = records;
    const at = (item.label?.several ?? [item.label])
      .map((l) => l?.index)
      .find((i) => i !== undefined && (i < 0 || (classes && i >= classes.length)));
    if (at === undefined) return item;
    return failing(
      item.id,
      new OnnxplainError(
        "E_TARGET_RANGE",
        `Label ${at} of \`${item.id}\` is not in 0…${classes ? classes.length - 1 : ""}. Mend the label or the list of classes.`,
      ),
    );
  } catch (error) {
    return failing(`${records.name}#${index}`, error);
  }
}

const failing = (id: string, error: unknown): DataItem => ({
  id,
  label: undefined,
  load: async () => {
    throw error;
  },
});

/** Parts read once and kept while they are among the last `keep` asked for. */
export function recent<T>(read: (index: number) => Promise<T>, keep: number): (index: number) => Promise<T> {
  const kept = new Map<number, Promise<T>>();
  return (index) => {
    const found = kept.get(index) ?? read(index);
    kept.delete(index);
    kept.set(index, found);
    found.catch(() => kept.delete(index));
    for (const oldest of kept.keys()) {
      if (kept.size <= keep) break;
      kept.delete(oldest);
    }
    return found;
  };
}

/** Each label once, those that name several classes taken apart; in the order of its index, then name. */
export function distinctLabels(labels: Iterable<DataLabel | undefined>): readonly DataLabel[] {
  const seen = new Map<string, DataLabel>();
  for (const label of labels)
    for (const part of label?.several ?? (label ? [label] : [])) seen.set(labelKey(part), part);
  return [...seen.values()].sort(
    (a, b) => (a.index ?? 0) - (b.index ?? 0) || ((a.name ?? "") < (b.name ?? "") ? -1 : 1),
  );
}

export const labelKey = ({ index, name, wnid, accept, several }: DataLabel): string =>
  JSON.stringify([index, name, wnid, accept, several?.map(labelKey)]);

/** `a, b, c and 7 more`. */
export const firstFew = (names: readonly string[], count = 5): string =>
  names.slice(0, count).join(", ") + (names.length > count ? ` and ${names.length - count} more` : "");
