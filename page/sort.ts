/** @file Tables sort by the heads of their columns. */
import { all, made } from "./root.ts";

type Order = "ascending" | "descending";

/** Kinds whose large values come first at the first click. */
const LARGE_FIRST: readonly string[] = ["higher", "neither"];

/**
 * Of `table.sortable`: heads with `data-sort` (`text`, `higher`, `lower`, `neither`) become buttons. Numbers stand in `data-v` of
 * cells; cells without one come last. Each body sorts by itself, its rows of class `sub` stay on top.
 */
export function sort(root: ParentNode): void {
  for (const table of all<HTMLTableElement>(root, "table.sortable")) {
    const heads = [...([...(table.tHead?.rows ?? [])].at(-1)?.cells ?? [])];
    for (const [column, head] of heads.entries()) {
      const kind = head.dataset.sort;
      if (kind) sortable(table, { head, heads, column, kind });
    }
  }
}

interface Column {
  readonly head: HTMLTableCellElement;
  readonly heads: readonly HTMLTableCellElement[];
  readonly column: number;
  readonly kind: string;
}

function sortable(table: HTMLTableElement, { head, heads, column, kind }: Column): void {
  const button = made("button", { type: "button" });
  while (head.firstChild && !(head.firstChild as Partial<Element>).classList?.contains("ticks"))
    button.append(head.firstChild);
  head.prepend(button);
  button.addEventListener("click", () => {
    const order = nextOrder(head.getAttribute("aria-sort"), kind);
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    const compare = kind === "text" ? byText(column) : byNumber(column);
    const sign = order === "ascending" ? 1 : -1;
    for (const body of table.tBodies)
      body.append(
        ...[...body.rows].filter((row) => !row.classList.contains("sub")).sort((a, b) => compare(a, b, sign)),
      );
  });
}

function nextOrder(before: string | null, kind: string): Order {
  if (before === null) return LARGE_FIRST.includes(kind) ? "descending" : "ascending";
  return before === "ascending" ? "descending" : "ascending";
}

type Compare = (a: HTMLTableRowElement, b: HTMLTableRowElement, sign: number) => number;

const byText =
  (column: number): Compare =>
  (a, b, sign) =>
    sign * (a.cells[column]?.textContent ?? "").localeCompare(b.cells[column]?.textContent ?? "");

const byNumber =
  (column: number): Compare =>
  (a, b, sign) => {
    const [x, y] = [a, b].map((row) => row.cells[column]?.dataset.v);
    return x === undefined || y === undefined
      ? Number(x === undefined) - Number(y === undefined)
      : sign * (Number(x) - Number(y));
  };
