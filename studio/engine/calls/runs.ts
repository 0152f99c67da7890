/** @file Folders of results: mounted in the worker, opened as page values. */
import type { Behaviour } from "../../../src/index.ts";
import type { Handler } from "../handler.ts";

/** A folder that was dropped, or one that the local server lists. */
export type RunSource =
  | { readonly kind: "files"; readonly name: string; readonly files: readonly (readonly [path: string, file: File])[] }
  | {
      readonly kind: "shared";
      readonly name: string;
      /** From the app's folder. */
      readonly at: string;
      readonly files: readonly { readonly path: string; readonly size: number }[];
    };

/** A page value as it crosses to the page: markup in which everything strange is escaped already. */
export interface ShownRun {
  readonly kind: string;
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  readonly style: string;
  readonly definitions: string;
  readonly main: string;
  readonly behaviours: readonly Behaviour[];
  readonly facts: readonly (readonly [name: string, value: string])[];
}

export interface RunCalls {
  openRun: { readonly input: RunSource; readonly output: ShownRun };
}

/** Where the last run was mounted. */
let mounted: string | undefined;

export const runHandlers: { readonly [K in keyof RunCalls]: Handler<K> } = {
  openRun: async (source) => {
    const { openedRun } = await import("../opened-run.ts");
    const { location, output } = await openedRun(source, mounted);
    mounted = location;
    return { output };
  },
};
