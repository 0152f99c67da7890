/** @file The labels of all points of a run, where its folder holds them. */
import type { Table } from "../formats/table.ts";
import { labelTable } from "../representers/label-table.ts";
import { openRepresenters } from "./representers-open.ts";
import { openReader } from "./run-page-folder.ts";

/**
 * `id, label` of every point in the order of the data: from `labels.csv`, as `representers debug` writes it, or from the points of a fit.
 * Undefined where the folder has neither. Throws `E_FILE`.
 */
export async function labelsInRun(location: string): Promise<Table | undefined> {
  const run = await openReader(location);
  if (run.names.has("labels.csv")) return run.table("labels.csv");
  if (!run.names.has("fit.json") || !run.names.has("fit.safetensors")) return undefined;
  const { train, report } = await openRepresenters(location);
  return labelTable(train, report.class_names ?? []);
}
