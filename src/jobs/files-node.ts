/** @file Files on this machine's disk; `http(s)` URLs are fetched, mounted folders read where they lie. */
import { open, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { OnnxplainError } from "../errors.ts";
import type { Files } from "./files.ts";
import { files as web } from "./files-web.ts";
import { isMounted } from "./mounts.ts";

/** What a page reads as well: URLs, and folders that are mounted. */
const isUrl = (location: string): boolean => /^https?:/.test(location) || isMounted(location);
const pathOf = (location: string): string => (location.startsWith("file:") ? fileURLToPath(location) : location);

const unreadable = (location: string, cause: unknown): OnnxplainError => {
  const why = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
  return new OnnxplainError("E_FILE", `Cannot read \`${location}\` (${why}).`, { file: location, cause });
};
const guarded = async <T>(location: string, f: () => Promise<T>): Promise<T> => {
  try {
    return await f();
  } catch (cause) {
    throw cause instanceof OnnxplainError ? cause : unreadable(location, cause);
  }
};

export const files: Files = {
  read: async (location) => {
    if (isUrl(location)) return web.read(location);
    try {
      return Uint8Array.from(await readFile(pathOf(location))); // a Buffer may be a view into a shared pool
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw unreadable(location, cause);
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
  list: async (folder) => {
    if (isUrl(folder)) return web.list(folder);
    const entries = await guarded(folder, () => readdir(pathOf(folder), { withFileTypes: true }));
    const kinds = entries.map(async (e) => ({
      name: e.name,
      folder: e.isSymbolicLink() ? await files.isFolder(join(pathOf(folder), e.name)) : e.isDirectory(),
    }));
    return (await Promise.all(kinds)).sort((a, b) => (a.name < b.name ? -1 : 1));
  },
  size: async (location) => {
    if (isUrl(location)) return web.size(location);
    return guarded(location, async () => (await stat(pathOf(location))).size);
  },
  readRange: async (location, start, end) => {
    if (isUrl(location)) return web.readRange(location, start, end);
    const bytes = new Uint8Array(end - start);
    await files.readInto(location, start, bytes);
    return bytes;
  },
  readInto: async (location, start, target) => {
    if (isUrl(location)) return web.readInto(location, start, target);
    await guarded(location, async () => {
      const handle = await open(pathOf(location));
      try {
        let done = 0;
        while (done < target.length) {
          const { bytesRead } = await handle.read(target, done, target.length - done, start + done);
          if (bytesRead === 0)
            throw new Error(`it ends at ${start + done}, expected bytes up to ${start + target.length}`);
          done += bytesRead;
        }
      } finally {
        await handle.close();
      }
    });
  },
};
