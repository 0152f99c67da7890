/** @file Insertion: pixels restored on a blurred image, most relevant first. A good map makes the score rise fast. */
import { rise } from "./insertion-deletion.ts";

export const insertion = rise(
  { aliases: ["insertion auc"], title: "Insertion" },
  { direction: "insertion", baseline: "rise_blur", better: "higher" },
);
