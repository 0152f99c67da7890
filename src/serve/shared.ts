/** @file Folders and files of this machine that a page may read, because the command line named them. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { OnnxplainError } from "../errors.ts";
import type { SharedFile, SharedFolder } from "../formats/shared-folder.ts";
import { isPlainName } from "./paths.ts";

/** A folder, or some files of one. */
export interface Share {
  readonly name: string;
  readonly folder: string;
  /** May this file of the folder be read? */
  readonly allows: (parts: readonly string[]) => boolean;
}

/** What the command line names: a folder with all that is in it, or a file with those that go on with its name (`net.onnx.data`). Throws `E_FILE`. */
export async function shareOf(path: string): Promise<Share> {
  const found = await stat(path).catch(() => undefined);
  const place = resolve(path);
  const name = basename(place);
  if (found?.isDirectory()) return { name, folder: place, allows: () => true };
  if (found?.isFile())
    return { name, folder: dirname(place), allows: ([file = "", ...more]) => more.length === 0 && belongs(file, name) };
  throw new OnnxplainError("E_FILE", `There is no file and no folder \`${path}\`.`, { file: path });
}

/** `net.onnx`, `net.onnx.data` and `net.onnx_data` belong to `net.onnx`. */
const belongs = (file: string, name: string): boolean =>
  file === name || (file.startsWith(name) && /^[._]/.test(file.slice(name.length)));

const MOST_FILES = 20_000;
const MOST_FOLDERS = 2000;

/** What a share holds now; hidden files, links, and names that mean something else elsewhere are left out. */
export async function listed({ name, folder, allows }: Share, at: string): Promise<SharedFolder> {
  const files: SharedFile[] = [];
  const waiting: (readonly string[])[] = [[]];
  let folders = 0;
  while (waiting.length > 0 && files.length <= MOST_FILES && folders++ < MOST_FOLDERS) {
    const under = waiting.shift() ?? [];
    for (const entry of await readdir(join(folder, ...under), { withFileTypes: true }).catch(() => [])) {
      const parts = [...under, entry.name];
      if (!isPlainName(entry.name)) continue;
      if (entry.isDirectory() && allows([...parts, ""])) waiting.push(parts);
      const size =
        entry.isFile() && allows(parts) ? (await stat(join(folder, ...parts)).catch(() => undefined))?.size : undefined;
      if (size !== undefined) files.push({ path: parts.join("/"), size });
      if (files.length > MOST_FILES) break;
    }
  }
  const kept = files.slice(0, MOST_FILES).sort((a, b) => (a.path < b.path ? -1 : 1));
  return { name, at, files: kept, more: waiting.length > 0 || files.length > MOST_FILES };
}
