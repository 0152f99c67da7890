/** @file Finding a class among many: a field hides the folds beside it whose summary does not hold its words. */
import { all, one } from "./root.ts";

export function find(root: ParentNode): void {
  for (const field of all(root, ".find")) {
    const rows = all(field.parentElement as HTMLElement, ":scope > details");
    const names = rows.map((row) => one(row, "summary").textContent?.toLowerCase() ?? "");
    const input = one<HTMLInputElement>(field, "input");
    field.hidden = false;
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().trim();
      for (const [i, row] of rows.entries()) row.hidden = !(names[i] as string).includes(words);
    });
  }
}
