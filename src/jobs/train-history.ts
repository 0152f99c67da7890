/** @file The history of a training: a row for each step and each measurement, as plain columns and as tables. */
import { writeCsv } from "../formats/csv.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { type ColumnType, tableOfRows } from "../formats/table.ts";
import type { EpochRecord, StepRecord } from "../report/train/input.ts";

export interface HistoryRow {
  /** Steps done. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  readonly split: "train" | "validation";
  /** Of the batch; of the whole validation split. */
  readonly loss: number;
  /** Share of pictures whose class is ranked first; validation of several labels: mean average precision, 11 points. */
  readonly accuracy: number | null;
  readonly rate: number | null;
  /** Length of the gradient before clipping. */
  readonly gradient_norm: number | null;
  /** Since the training began, in all processes. */
  readonly seconds: number;
}

const COLUMNS: Readonly<Record<keyof HistoryRow, ColumnType>> = {
  step: "int",
  epoch: "int",
  split: "string",
  loss: "double",
  accuracy: "double",
  rate: "double",
  gradient_norm: "double",
  seconds: "double",
};

const NUMBERS = ["step", "epoch", "loss", "accuracy", "rate", "gradient_norm", "seconds"] as const;
const SPLITS = ["train", "validation"] as const;
const WIDTH = NUMBERS.length + 1;

/** `[rows, 8]`, C order: the split's number, then the others; NaN for null. */
export function packHistory(rows: readonly HistoryRow[]): {
  readonly dims: readonly number[];
  readonly data: Float64Array;
} {
  const data = new Float64Array(rows.length * WIDTH);
  for (const [i, row] of rows.entries())
    data.set([SPLITS.indexOf(row.split), ...NUMBERS.map((name) => row[name] ?? Number.NaN)], i * WIDTH);
  return { dims: [rows.length, WIDTH], data };
}

export function unpackHistory(data: Float64Array): HistoryRow[] {
  return Array.from({ length: data.length / WIDTH }, (_, i) => {
    const [split, ...values] = data.subarray(i * WIDTH, (i + 1) * WIDTH);
    const numbers = Object.fromEntries(
      NUMBERS.map((name, k) => [name, Number.isNaN(values[k]) && name !== "loss" ? null : values[k]]),
    );
    return { ...numbers, split: SPLITS[split as number] } as HistoryRow;
  });
}

/** `history.parquet`, and `history.csv` on request. */
export function historyFiles(rows: readonly HistoryRow[], csv: boolean): Readonly<Record<string, string | Uint8Array>> {
  const table = tableOfRows(rows, COLUMNS);
  return { "history.parquet": writeTable(table), ...(csv ? { "history.csv": writeCsv(table) } : {}) };
}

export const stepRecords = (rows: readonly HistoryRow[]): readonly StepRecord[] =>
  rows.flatMap(({ split, step, loss, rate }) => (split === "train" ? [{ step, loss, rate: rate ?? Number.NaN }] : []));

/** Training measures are means over the steps of an epoch. */
export function epochRecords(rows: readonly HistoryRow[]): readonly EpochRecord[] {
  const epochs = [...new Set(rows.map((r) => r.epoch))];
  return epochs.map((epoch) => {
    const own = rows.filter((r) => r.epoch === epoch);
    const validation = own.findLast((r) => r.split === "validation");
    const known = own.flatMap((r) => (r.split === "train" && r.accuracy !== null ? [r.accuracy] : []));
    return {
      step: Math.max(...own.map((r) => r.step)),
      validationLoss: validation?.loss,
      validation: validation?.accuracy ?? undefined,
      train: known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0) / known.length,
    };
  });
}
