/** @file Folders of results: mounted in the worker, looked through, opened as page values. */
import type { Behaviour, CorrectedLabel, SharedFolder } from "../../../src/index.ts";
import type { Handler } from "../handler.ts";
import type { Piece } from "../run-pieces.ts";

/** A folder that was dropped, or one that the local server lists. */
export type RunSource =
  | { readonly kind: "files"; readonly name: string; readonly files: readonly (readonly [path: string, file: File])[] }
  | { readonly kind: "shared"; readonly name: string; readonly folder: SharedFolder };

/** A run: its source, and its folder in there (empty for the source's own). */
export interface RunPlace {
  readonly source: string;
  readonly path: string;
}

export interface FoundInSource {
  readonly path: string;
  readonly kind: string;
  readonly title: string;
}

/** A page value as it crosses to the page: markup in which everything strange is escaped already. */
export interface ShownRun {
  readonly kind: string;
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  readonly style: string;
  /** Definitions and main part. */
  readonly pieces: readonly Piece[];
  readonly behaviours: readonly Behaviour[];
}

export interface RunCalls {
  /** Give the worker a folder under an id; the runs in it. */
  mountRuns: {
    readonly input: { readonly id: string; readonly source: RunSource };
    readonly output: readonly FoundInSource[];
  };
  openRun: { readonly input: RunPlace; readonly output: ShownRun };
  /** Two runs of `evaluate`, image by image. */
  compareRuns: {
    readonly input: { readonly first: RunPlace; readonly second: RunPlace; readonly names: readonly [string, string] };
    readonly output: ShownRun;
  };
  /** CSV with the label of every point of the run. */
  correctLabels: {
    readonly input: {
      readonly run: RunPlace;
      /** As in the list: the class is an index. */
      readonly corrections: readonly Pick<CorrectedLabel, "position" | "id" | "label">[];
      readonly labels: readonly string[];
    };
    readonly output: string;
  };
}

const opened = () => import("../opened-run.ts");

export const runHandlers: { readonly [K in keyof RunCalls]: Handler<K> } = {
  mountRuns: async ({ id, source }, { signal }) => ({ output: await (await opened()).mountedRuns(id, source, signal) }),
  openRun: async (place) => ({ output: await (await opened()).openedRun(place) }),
  compareRuns: async ({ first, second, names }) => ({
    output: await (await opened()).comparedRuns(first, second, names),
  }),
  correctLabels: async (input) => ({ output: await (await opened()).labelsOf(input) }),
};
