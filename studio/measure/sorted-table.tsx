/** @file Maps x numbers, sorted by whichever column is asked for; the best of each is marked. */
import { useSignal } from "@preact/signals";
import type { Outcome, Variant } from "../../src/index.ts";
import { figure } from "./names.ts";
import { styleOf } from "./styles.ts";

export interface Column {
  readonly id: string;
  readonly label: string;
  readonly about: string;
  readonly better: Variant["better"];
  readonly text?: (value: number) => string;
}
export interface Row {
  readonly name: string;
  readonly cells: Readonly<Record<string, Outcome | undefined>>;
  /** Said below the name. */
  readonly words?: string | undefined;
}

const WORDS: Readonly<Record<Variant["better"], string>> = {
  higher: "↑ higher is better",
  lower: "↓ lower is better",
  neither: "",
};

const numberIn = (row: Row, id: string): number | undefined => {
  const cell = row.cells[id];
  return typeof cell === "number" ? cell : undefined;
};

function bestOf(rows: readonly Row[], { id, better }: Column): number | undefined {
  const all = rows.map((r) => numberIn(r, id)).filter((v) => v !== undefined);
  if (better === "neither" || all.every((v) => v === all[0])) return undefined;
  return better === "higher" ? Math.max(...all) : Math.min(...all);
}

export function SortedTable({
  caption,
  columns,
  rows,
}: {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}) {
  const by = useSignal<{ readonly id: string; readonly down: boolean } | undefined>(undefined);
  const order = by.value;
  const sorted = order
    ? [...rows].sort((a, b) => {
        const [x, y] = [numberIn(a, order.id), numberIn(b, order.id)];
        if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
        return order.down ? y - x : x - y;
      })
    : rows;
  const click = ({ id, better }: Column): void => {
    by.value = { id, down: order?.id === id ? !order.down : better !== "lower" };
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll bare" tabIndex={0} aria-label={caption}>
      <table class="measure-table">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">map</th>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                class="n"
                aria-sort={order?.id === column.id ? (order.down ? "descending" : "ascending") : undefined}
              >
                <button type="button" class="sort" title={column.about} onClick={() => click(column)}>
                  {column.label}
                  {order?.id === column.id ? <span aria-hidden="true">{order.down ? " ▾" : " ▴"}</span> : null}
                </button>
                <span class="better">{WORDS[column.better]}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                <i class={`key ${styleOf(row.name)}`} aria-hidden="true" />
                {row.name}
                {row.words ? <span class="words">{row.words}</span> : null}
              </th>
              {columns.map((column) => (
                <Cell key={column.id} cell={row.cells[column.id]} column={column} best={bestOf(rows, column)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell({
  cell,
  column,
  best,
}: {
  readonly cell: Outcome | undefined;
  readonly column: Column;
  readonly best: number | undefined;
}) {
  if (cell === undefined) return <td class="n soft">…</td>;
  if (typeof cell !== "number") return <td class="n why">{cell.excluded}</td>;
  const text = (column.text ?? figure)(cell);
  return (
    <td class="n" data-v={cell}>
      {cell === best ? (
        <strong>
          {text}
          <span class="unseen"> (best)</span>
        </strong>
      ) : (
        text
      )}
    </td>
  );
}
