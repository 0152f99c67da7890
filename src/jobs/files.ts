/** @file What loading needs of a file system, so that a page can bring `fetch` and Node its disk. */

export interface FileEntry {
  readonly name: string;
  readonly folder: boolean;
}

export interface Files {
  /** The bytes at a path or URL; undefined when nothing is there. Throws `E_FILE` on any other failure. */
  readonly read: (location: string) => Promise<Uint8Array | undefined>;
  /** Is this a folder (Node), or does it end in `/` (web)? */
  readonly isFolder: (location: string) => Promise<boolean>;
  readonly join: (folder: string, name: string) => string;
  /** The folder a file lies in. */
  readonly folderOf: (location: string) => string;
  /** What lies in a folder, in the order of code units. Throws `E_FILE`; always behind a URL, where nothing tells. */
  readonly list: (folder: string) => Promise<readonly FileEntry[]>;
  /** Bytes in a file. Throws `E_FILE` when there is none, or nothing tells. */
  readonly size: (location: string) => Promise<number>;
  /** Bytes `start` to before `end` of a file. Throws `E_FILE` unless there are as many. */
  readonly readRange: (location: string, start: number, end: number) => Promise<Uint8Array>;
  /** As many bytes from `start` on as `target` has room for, into it. Throws `E_FILE` unless there are as many. */
  readonly readInto: (location: string, start: number, target: Uint8Array) => Promise<void>;
}
