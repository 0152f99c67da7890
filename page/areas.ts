/** @file Rows of descriptors point to their areas in the pictures: `data-area` names the area that stands out. */
import { all } from "./root.ts";

export function areas(root: ParentNode): void {
  for (const row of all(root, "tr[data-area]")) {
    const area = root.querySelector(`#${CSS.escape(row.dataset.area ?? "")}`);
    const mark = (on: boolean) => (): void => void area?.classList.toggle("on", on);
    for (const event of ["pointerenter", "focus"]) row.addEventListener(event, mark(true));
    for (const event of ["pointerleave", "blur"]) row.addEventListener(event, mark(false));
  }
}
