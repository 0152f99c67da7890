/** @file What brings markup to life, by name: the same functions that reports carry as text and the studio calls. */
import type { Behaviour } from "../src/report/html/behaviours.ts";
import { areas } from "./areas.ts";
import { checkOff } from "./check-off.ts";
import { classes } from "./classes.ts";
import { opacity } from "./opacity.ts";
import { mountPatterns } from "./patterns/mount.ts";
import { probe } from "./probe.ts";
import { sort } from "./sort.ts";

/** Ends what a behaviour began outside its root. */
export type Dispose = () => void;

/** Of a behaviour that lives and goes with the elements of its root. */
const bound =
  (live: (root: ParentNode) => void) =>
  (root: ParentNode): Dispose => {
    live(root);
    return () => undefined;
  };

export const BEHAVIOURS = {
  areas: bound(areas),
  "check-off": bound(checkOff),
  classes: bound(classes),
  opacity: bound(opacity),
  patterns: mountPatterns,
  probe: bound(probe),
  sort: bound(sort),
} as const satisfies Readonly<Record<Behaviour, (root: ParentNode) => Dispose>>;

/** Once for a root and its markup. */
export function bringToLife(root: ParentNode, names: readonly Behaviour[]): Dispose {
  const ends = names.map((name) => BEHAVIOURS[name](root));
  return () => {
    for (const end of ends) end();
  };
}
