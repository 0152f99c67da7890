/** @file The labels of all points as a table, and the same with those that somebody corrected. */
import { OnnxplainError } from "../errors.ts";
import { type Table, tableOf } from "../formats/table.ts";

/** A class by name where the name is its alone, else by index; empty for -1. */
export function classText(names: readonly string[], index: number): string {
  const name = names[index];
  if (index < 0) return "";
  return name !== undefined && names.indexOf(name) === names.lastIndexOf(name) ? name : String(index);
}

/** `id, label`, a row for each point in the order of the data. */
export const labelTable = (
  { ids, labels }: { readonly ids: readonly string[]; readonly labels: ArrayLike<number> },
  names: readonly string[],
): Table =>
  tableOf([
    { name: "id", type: "string", values: ids },
    { name: "label", type: "string", values: Array.from(labels, (label) => classText(names, label)) },
  ]);

export interface CorrectedLabel {
  /** Place among the points, from 0. */
  readonly position: number;
  readonly id: string;
  readonly label: string;
}

/**
 * The table of {@link labelTable} with these labels in it; other columns fall away. Throws `E_FILE` where it has no `id` and `label`, or
 * holds another point at a place.
 */
export function correctedLabels(table: Table, corrections: readonly CorrectedLabel[], file = "labels.csv"): Table {
  const column = (name: string): readonly string[] => {
    const found = table.columns.find((c) => c.name === name);
    if (found) return found.values.map((v) => String(v ?? ""));
    throw new OnnxplainError(
      "E_FILE",
      `\`${file}\` has the columns ${table.columns.map((c) => c.name).join(", ")}; expected \`id\` and \`label\`.`,
      { file },
    );
  };
  const [ids, labels] = [column("id"), [...column("label")]];
  for (const { position, id, label } of corrections) {
    if (ids[position] !== id)
      throw new OnnxplainError(
        "E_FILE",
        `Point ${position} is \`${id}\` in the list and \`${ids[position] ?? "nothing"}\` in \`${file}\`: they are of different data. Run \`onnxplain representers debug\` again.`,
        { file },
      );
    labels[position] = label;
  }
  return tableOf([
    { name: "id", type: "string", values: ids },
    { name: "label", type: "string", values: labels },
  ]);
}
