/** @file What loading needs of a file system, so that a page can bring `fetch` and Node its disk. */

export interface Files {
  /** The bytes at a path or URL; undefined when nothing is there. Throws `E_FILE` on any other failure. */
  readonly read: (location: string) => Promise<Uint8Array | undefined>;
  /** Is this a folder (Node), or does it end in `/` (web)? */
  readonly isFolder: (location: string) => Promise<boolean>;
  readonly join: (folder: string, name: string) => string;
  /** The folder a file lies in. */
  readonly folderOf: (location: string) => string;
}
