/** @file Deletion: pixels of the image taken away, most relevant first. A good map makes the score fall fast. */
import { rise } from "./insertion-deletion.ts";

export const deletion = rise(
  { aliases: ["deletion auc"], title: "Deletion" },
  { direction: "deletion", baseline: "input_zero", better: "lower" },
);
