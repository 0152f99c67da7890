/** @file Labels that somebody corrected: read back from CSV, the layer fitted again, what it gained. */
import { OnnxplainError } from "../errors.ts";
import { readCsv } from "../formats/csv.ts";
import type { Table } from "../formats/table.ts";
import type { FeatureSource } from "./features.ts";
import { type FitOptions, fitRepresenters } from "./fit.ts";
import { scoresOfAll } from "./linear.ts";
import type { Representers } from "./representers.ts";

export interface Correction {
  /** Place in the training set. */
  readonly position: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Corrections in CSV with a column `corrected` (a class by index or name; empty leaves the label) and one of `id` or `position`, as the
 * list of suspects has them. Those equal to the label are left out.
 *
 * Throws `E_FILE` for other columns, points that are none or stand twice, and classes that are none: all bad rows at once.
 */
export function readCorrections(
  text: string,
  {
    ids,
    labels,
    classes,
    names,
  }: {
    readonly ids: readonly string[];
    readonly labels: ArrayLike<number>;
    readonly classes: number;
    readonly names?: readonly string[] | undefined;
  },
  file = "corrections",
): readonly Correction[] {
  const table = readCsv(text, { name: file });
  const corrected = columnOf(table, "corrected");
  const id = columnOf(table, "id");
  const place = columnOf(table, "position");
  if (corrected === undefined || (id === undefined && place === undefined))
    throw new OnnxplainError(
      "E_FILE",
      `\`${file}\` has the columns ${table.columns.map((c) => c.name).join(", ")}; expected \`corrected\` beside \`id\` or \`position\`, as in the list of suspects.`,
      { file },
    );
  const places = new Map(ids.map((name, i) => [name, i]));
  const bad: string[] = [];
  const found = new Map<number, Correction>();
  for (let r = 0; r < table.count; r++) {
    const wanted = (corrected[r] ?? "").trim();
    if (wanted === "") continue;
    const position = id === undefined ? Number(place?.[r]) : (places.get(id[r] ?? "") ?? -1);
    const to = classOf(wanted, classes, names);
    const row = `row ${r + 1}`;
    if (!(Number.isInteger(position) && position >= 0 && position < labels.length))
      bad.push(`${row}: no training point \`${id?.[r] ?? place?.[r]}\``);
    else if (to === undefined) bad.push(`${row}: no class \`${wanted}\``);
    else if (found.has(position)) bad.push(`${row}: point \`${id?.[r] ?? position}\` stands twice`);
    else found.set(position, { position, from: labels[position] as number, to });
  }
  if (bad.length > 0) throw new OnnxplainError("E_FILE", `\`${file}\` cannot be used: ${bad.join("; ")}.`, { file });
  return [...found.values()].filter((c) => c.from !== c.to);
}

function classOf(text: string, classes: number, names: readonly string[] | undefined): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return named;
  const index = Number(text);
  return Number.isInteger(index) && index >= 0 && index < classes ? index : undefined;
}

/** Labels `[n]` with the corrections in. */
export function corrected(labels: Int32Array, corrections: readonly Correction[]): Int32Array {
  const mended = Int32Array.from(labels);
  for (const { position, to } of corrections) mended[position] = to;
  return mended;
}

export interface Gain {
  readonly corrections: number;
  /** Of the held-out points. */
  readonly points: number;
  readonly before: number;
  readonly after: number;
  /** The fit to the corrected labels. */
  readonly fitted: Representers;
}

/** Fit to the corrected labels with the settings of `fitted`, and compare accuracy on held-out points. Throws as `fitRepresenters`. */
export async function refit(
  fitted: Representers,
  train: { readonly features: FeatureSource; readonly labels: Int32Array },
  heldOut: { readonly features: FeatureSource; readonly labels: Int32Array },
  corrections: readonly Correction[],
  options: Omit<FitOptions, "classes" | "lambda" | "bias" | "activation" | "objective"> = {},
): Promise<Gain> {
  const { classes, lambda, bias, activation, theta } = fitted;
  const after = await fitRepresenters(
    { features: train.features, labels: corrected(train.labels, corrections) },
    { ...options, classes, lambda, bias, activation, objective: "labels", start: theta },
  );
  const [was, is] = [await heldOutAccuracy(fitted, heldOut), await heldOutAccuracy(after, heldOut)];
  return {
    corrections: corrections.length,
    points: is.points,
    before: was.accuracy,
    after: is.accuracy,
    fitted: after,
  };
}

/** Part of the labelled points whose label has the largest score, the first of equals; NaN where no point has a label. */
export async function heldOutAccuracy(
  fitted: Representers,
  { features, labels }: { readonly features: FeatureSource; readonly labels: Int32Array },
): Promise<{ readonly points: number; readonly accuracy: number }> {
  const { classes } = fitted;
  const scores = await scoresOfAll(features, fitted);
  let [points, right] = [0, 0];
  labels.forEach((label, i) => {
    if (label < 0) return;
    points++;
    const own = scores.subarray(i * classes, (i + 1) * classes);
    right += Number(own.indexOf(Math.max(...own)) === label);
  });
  return { points, accuracy: right / points };
}

const columnOf = ({ columns }: Table, name: string): readonly string[] | undefined =>
  columns.find((c) => c.name === name)?.values as readonly string[] | undefined;
