/** @file The check-off list inside the studio: beside the corrections, all labels of the run can be saved. */
import type { Corrections } from "../../page/check-off.ts";
import { saveLabels } from "../state/runs.ts";

/** Adds a button to the list's tools once the list has spoken. */
export function offerLabels(root: ShadowRoot, signal: AbortSignal): void {
  let latest: Corrections | undefined;
  root.addEventListener(
    "corrections",
    (event) => {
      const first = latest === undefined;
      latest = (event as CustomEvent<Corrections>).detail;
      if (first) root.querySelector(".tools .save")?.after(button());
    },
    { signal },
  );
  const button = (): HTMLButtonElement => {
    const made = Object.assign(document.createElement("button"), {
      type: "button",
      className: "act labels",
      textContent: "Save corrected labels",
      title: "labels.csv: the label of every point of the run, those that you corrected replaced",
    });
    made.addEventListener("click", () => latest && void saveLabels(latest), { signal });
    return made;
  };
}
