/** @file Which classes are the categories of a mixture, by name, and where each network has them. */
import type { DataItem, DataSet } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import type { PatternNetwork } from "./patterns-network.ts";
import { itemsOf, labelsJoined } from "./regions-network.ts";

export interface Categories {
  readonly names: readonly string[];
  /** The first network's classes. */
  readonly classes: readonly number[];
  /** Classes of the first network, and whether it names them. */
  readonly of: number;
  readonly named: boolean;
}

/** Categories, and the pictures that are of one of them or of no known class. */
export interface Chosen {
  readonly categories: Categories;
  readonly items: readonly DataItem[];
  readonly notes: readonly string[];
}

/** Networks of so many classes are looked at whole. */
const FEW = 10;

/**
 * The classes asked for; else all of a network of ten classes at most; else those that labels of the data join. Pictures of other classes
 * are left out. Throws `E_TARGET_UNKNOWN`, `E_PARAM` for a class named twice, `E_DATA_CLASSES` where no label joins, `E_DATA_EMPTY`.
 */
export async function chosenCategories(
  network: PatternNetwork,
  data: DataSet,
  asked: readonly string[] | undefined,
): Promise<Chosen> {
  const { classes: count } = network.classifier;
  const { labels } = network.model;
  const { labelOf, notes } = labelsJoined(network, data);
  const all = await itemsOf(data);
  const named = asked?.map((word) => classNamed(word, labels, count));
  const joined = (): readonly number[] => [...new Set(all.map(labelOf))].filter((c) => c >= 0).sort((a, b) => a - b);
  const classes = named ?? (count <= FEW ? Array.from({ length: count }, (_, c) => c) : joined());
  if (new Set(classes).size !== classes.length)
    throw new OnnxplainError("E_PARAM", `Expected different classes, got ${asked?.join(", ")}.`);
  if (classes.length === 0)
    throw new OnnxplainError(
      "E_DATA_CLASSES",
      `No label of \`${data.name}\` joins one of the network's ${count} classes, so nothing says which are meant. Name them with \`--classes-of\`.`,
    );
  const items = all.filter((item) => labelOf(item) < 0 || classes.includes(labelOf(item)));
  if (items.length === 0)
    throw new OnnxplainError("E_DATA_EMPTY", `No picture of \`${data.name}\` is of the classes that were chosen.`);
  const gone = all.length - items.length;
  return {
    categories: {
      names: classes.map((c) => labels?.[c] ?? `class ${c}`),
      classes,
      of: count,
      named: labels !== undefined,
    },
    items,
    notes: [
      ...notes,
      ...(gone > 0 ? [`${gone} of ${all.length} pictures are of other classes and were left out.`] : []),
    ],
  };
}

const key = (name: string): string => name.trim().toLowerCase();

function classNamed(word: string, labels: readonly string[] | undefined, count: number): number {
  const exact = labels?.findIndex((label) => key(label) === key(word)) ?? -1;
  if (exact >= 0) return exact;
  const part = (labels ?? []).flatMap((label, c) => (label.split(",").some((l) => key(l) === key(word)) ? [c] : []));
  if (part.length === 1) return part[0] as number;
  if (/^\d+$/.test(word) && Number(word) < count) return Number(word);
  throw new OnnxplainError(
    "E_TARGET_UNKNOWN",
    `The network has no class \`${word}\`${part.length > 1 ? ` that is one alone (${part.length} bear the name)` : ""}. Expected a label, or a number from 0 to ${count - 1}.`,
  );
}

/** The classes of a further network: by name where both name theirs, else by number. Throws `E_DATA_CLASSES`. */
export function classesIn(network: PatternNetwork, { names, classes, of, named }: Categories): readonly number[] {
  const { labels } = network.model;
  if (named && labels !== undefined) {
    const found = names.map((name) => labels.findIndex((label) => key(label) === key(name)));
    if (found.every((c) => c >= 0)) return found;
    const missing = names.filter((_, i) => (found[i] as number) < 0);
    throw new OnnxplainError(
      "E_DATA_CLASSES",
      `\`${network.model.source.name}\` has no class ${missing.map((n) => `\`${n}\``).join(", ")}. Choose classes that all networks have (\`--classes-of\`).`,
    );
  }
  if (network.classifier.classes === of) return classes;
  throw new OnnxplainError(
    "E_DATA_CLASSES",
    `\`${network.model.source.name}\` has ${network.classifier.classes} classes, the first network ${of}, and not both name theirs. Give labels (\`--labels\`).`,
  );
}

/** P(y | x, y in classes) `[n, C]`: the softmax of the chosen logits `[n, of]`. */
export function restricted(scores: ArrayLike<number>, of: number, classes: readonly number[]): Float64Array {
  const count = scores.length / of;
  const out = new Float64Array(count * classes.length);
  for (let i = 0; i < count; i++) {
    const logits = classes.map((c) => scores[i * of + c] as number);
    const top = Math.max(...logits);
    const raised = logits.map((z) => Math.exp(z - top));
    const sum = raised.reduce((a, b) => a + b, 0);
    out.set(
      raised.map((e) => e / sum),
      i * classes.length,
    );
  }
  return out;
}
