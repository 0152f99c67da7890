/** @file Files on this machine's disk; `http(s)` URLs are fetched. */
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { OnnxplainError } from "../errors.ts";
import type { Files } from "./files.ts";
import { files as web } from "./files-web.ts";

const isUrl = (location: string): boolean => /^https?:/.test(location);
const pathOf = (location: string): string => (location.startsWith("file:") ? fileURLToPath(location) : location);

export const files: Files = {
  read: async (location) => {
    if (isUrl(location)) return web.read(location);
    try {
      return Uint8Array.from(await readFile(pathOf(location))); // a Buffer may be a view into a shared pool
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw new OnnxplainError("E_FILE", `Cannot read \`${location}\` (${code ?? (cause as Error).message}).`, {
        file: location,
        cause,
      });
    }
  },
  isFolder: async (location) => {
    if (isUrl(location)) return web.isFolder(location);
    try {
      return (await stat(pathOf(location))).isDirectory();
    } catch {
      return false;
    }
  },
  join: (folder, name) => (isUrl(folder) ? web.join(folder, name) : join(pathOf(folder), name)),
  folderOf: (location) => (isUrl(location) ? web.folderOf(location) : dirname(pathOf(location))),
};
