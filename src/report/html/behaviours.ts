/** @file What pages can do beyond being read, by name, and the text of the script that does it. */

/** Each script is a module of its own, loaded for pages that carry it; `npm run pages` bundles them from `page/`. */
const SCRIPTS = {
  areas: () => import("./scripts/areas.ts"),
  "check-off": () => import("./scripts/check-off.ts"),
  classes: () => import("./scripts/classes.ts"),
  opacity: () => import("./scripts/opacity.ts"),
  patterns: () => import("./scripts/patterns.ts"),
  probe: () => import("./scripts/probe.ts"),
  sort: () => import("./scripts/sort.ts"),
} as const satisfies Readonly<Record<string, () => Promise<{ readonly SCRIPT: string }>>>;

/**
 * `probe`: the value under the pointer in all maps of a picture; `opacity`: the slider of the maps; `sort`: tables by their heads;
 * `classes`: sheets of classes, one at a time; `areas`: rows that show their place in a picture; `check-off`: labels checked and
 * corrected; `patterns`: the space of emerging patterns.
 */
export type Behaviour = keyof typeof SCRIPTS;
export const BEHAVIOUR_NAMES = Object.keys(SCRIPTS) as readonly Behaviour[];

/** The text that brings a document to life, each behaviour once. */
export async function scriptOf(behaviours: readonly Behaviour[]): Promise<string> {
  const parts = await Promise.all([...new Set(behaviours)].map((name) => SCRIPTS[name]()));
  return parts.map((part) => part.SCRIPT).join("\n");
}
