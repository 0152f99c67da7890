/** @file What a local server tells a page of the folders that it may read: the form of `/runs.json`. */

/** A folder or file that the studio was started with, as `/runs.json` and `/given.json` tell of it. */
export interface SharedFolder {
  readonly name: string;
  /** Where its files are, from the page: `runs/0/`. */
  readonly at: string;
  readonly files: readonly SharedFile[];
  /** Were there more files than are listed? */
  readonly more: boolean;
}

export interface SharedFile {
  /** From the folder, with `/`. */
  readonly path: string;
  readonly size: number;
}

/** `/runs.json`. */
export interface RunsListing {
  readonly runs: readonly SharedFolder[];
}
