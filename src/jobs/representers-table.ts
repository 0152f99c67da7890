/** @file An explanation by training points as one flat table. */
import { type Table, tableOfRows } from "../formats/table.ts";
import type { ExplainedTest } from "./representers-explain.ts";
import type { OpenRepresenters } from "./representers-open.ts";

/** A row for each training point of each test point and class; `kind` is positive, negative, helpful, harmful or nearest. */
export function explainTable({ train: { ids, labels } }: OpenRepresenters, tests: readonly ExplainedTest[]): Table {
  const rows = tests.flatMap(({ id, classes, nearest }) => {
    const row = (kind: string, target: number | null, rank: number, p: Ranked) => ({
      test: id,
      class: target,
      kind,
      rank: rank + 1,
      train: ids[p.index] ?? null,
      position: p.index,
      label: (labels[p.index] ?? -1) < 0 ? null : (labels[p.index] as number),
      value: p.value ?? p.distance ?? null,
      alpha: p.alpha ?? null,
      similarity: p.similarity ?? null,
    });
    return [
      ...classes.flatMap((c) => [
        ...c.positive.map((p, i) => row("positive", c.target, i, p)),
        ...c.negative.map((p, i) => row("negative", c.target, i, p)),
        ...(c.influence?.helpful ?? []).map((p, i) => row("helpful", c.target, i, p)),
        ...(c.influence?.harmful ?? []).map((p, i) => row("harmful", c.target, i, p)),
      ]),
      ...(nearest ?? []).map((p, i) => row("nearest", null, i, p)),
    ];
  });
  return tableOfRows(rows, {
    test: "string",
    class: "int",
    kind: "string",
    rank: "int",
    train: "string",
    position: "int",
    label: "int",
    value: "double",
    alpha: "double",
    similarity: "double",
  });
}

interface Ranked {
  readonly index: number;
  readonly value?: number;
  readonly distance?: number;
  readonly alpha?: number;
  readonly similarity?: number;
}
