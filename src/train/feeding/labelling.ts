/** @file From the labels of the data to classes by number: their order, and what is wrong with a label. */
import type { DataLabel, DataSet } from "../../data/dataset.ts";
import { OnnxplainError } from "../../errors.ts";

export interface LabelOptions {
  /** Names in the order of the network's scores, or how many there are; default the data's own, else its label names sorted, else its indices. */
  readonly classes?: readonly string[] | number | undefined;
  /** The class of a label where names do not tell, as from `joinLabels`; undefined for none. */
  readonly classOf?: ((label: DataLabel) => number | undefined) | undefined;
}

export interface Labelling {
  readonly names: readonly string[];
  /** Targets are 0 / 1 for each class, not one-hot. */
  readonly several: boolean;
  /** Throws `E_TARGET_UNKNOWN` for a label that is no class, `E_TARGET_RANGE` for an index beyond them. */
  readonly of: (label: DataLabel) => readonly number[];
}

type Part = Pick<DataLabel, "index" | "name">;
const partsOf = (label: DataLabel): readonly Part[] => label.several ?? [label];

/** Throws `E_PARAM` for a number of classes that is none. */
export function labelling(
  data: Pick<DataSet, "classes">,
  labels: readonly DataLabel[],
  { classes, classOf }: LabelOptions,
): Labelling {
  if (typeof classes === "number" && !(Number.isSafeInteger(classes) && classes > 0))
    throw new OnnxplainError("E_PARAM", `Expected \`classes\` to be names or a positive integer, got ${classes}.`);
  const names = namesOf(data, labels, classes);
  const places = new Map(names.map((name, i) => [name, i]));
  const stated = typeof classes === "object";
  const find = (part: Part): number | undefined => {
    if (classOf) return classOf(part);
    const own = part.index === undefined ? undefined : data.classes?.[part.index];
    const byName = places.get(part.name ?? "") ?? places.get(own ?? "");
    if (!stated) return part.index ?? byName;
    return byName ?? (part.name === undefined && own === undefined ? part.index : undefined);
  };
  return {
    names,
    several: labels.some((l) => l.several),
    of: (label) => [...new Set(partsOf(label).map((part) => inRange(find(part), part, names.length)))],
  };
}

function inRange(at: number | undefined, part: Part, count: number): number {
  if (at !== undefined && Number.isInteger(at) && at >= 0 && at < count) return at;
  const shown = part.name ?? part.index ?? JSON.stringify(part);
  if (at === undefined) throw new OnnxplainError("E_TARGET_UNKNOWN", `label \`${shown}\` is none of the classes`);
  throw new OnnxplainError("E_TARGET_RANGE", `label ${at} is not in 0…${count - 1}`);
}

function namesOf(
  data: Pick<DataSet, "classes">,
  labels: readonly DataLabel[],
  classes: LabelOptions["classes"],
): readonly string[] {
  const numbered = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, i) => data.classes?.[i] ?? String(i));
  if (typeof classes === "number") return numbered(classes);
  if (classes ?? data.classes) return classes ?? (data.classes as readonly string[]);
  const parts = labels.flatMap(partsOf);
  const most = parts.reduce((top, { index }) => Math.max(top, index ?? -1), -1);
  if (most >= 0) return numbered(most + 1);
  return [...new Set(parts.flatMap(({ name }) => name ?? []))].sort();
}
