/** @file The small script of a run's report: tables sort by the heads of their columns. */

export const RUN_SCRIPT = `
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows].at(-1).cells;
  for (const [column, head] of [...heads].entries()) {
    const kind = head.dataset.sort;
    if (!kind) continue;
    const button = document.createElement("button");
    button.type = "button";
    while (head.firstChild && !head.firstChild.classList?.contains("ticks")) button.append(head.firstChild);
    head.prepend(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const first = kind === "higher" || kind === "neither" ? "descending" : "ascending";
      const order = before === null ? first : before === "ascending" ? "descending" : "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      for (const body of table.tBodies) {
        const rows = [...body.rows].filter((row) => !row.classList.contains("sub"));
        const key = (row) => {
          const cell = row.cells[column];
          return kind === "text" ? cell.textContent : cell.dataset.v === undefined ? undefined : Number(cell.dataset.v);
        };
        rows.sort((a, b) => {
          const [x, y] = [key(a), key(b)];
          if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
          return sign * (kind === "text" ? x.localeCompare(y) : x - y);
        });
        body.append(...rows);
      }
    });
  }
}
`;
