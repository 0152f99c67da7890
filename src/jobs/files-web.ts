/** @file Files behind URLs, by `fetch`; and folders that the page was handed. */
import { OnnxplainError } from "../errors.ts";
import type { Files } from "./files.ts";
import { fetchRange, fetchRanged, isMounted, mountedFiles } from "./mounts.ts";

const fetched: Files = {
  read: async (location) => {
    let response: Response;
    try {
      response = await fetch(location);
    } catch (cause) {
      throw new OnnxplainError("E_FILE", `Cannot fetch \`${location}\`.`, { file: location, cause });
    }
    if (response.status === 404) return undefined;
    if (!response.ok)
      throw new OnnxplainError("E_FILE", `Cannot fetch \`${location}\`: HTTP ${response.status}.`, { file: location });
    return new Uint8Array(await response.arrayBuffer());
  },
  isFolder: async (location) => location.endsWith("/"),
  join: (folder, name) => `${folder.replace(/\/$/, "")}/${name}`,
  folderOf: (location) => location.replace(/[^/]*$/, ""),
  list: async (folder) => {
    throw new OnnxplainError(
      "E_FILE",
      `\`${folder}\` cannot be listed: nothing tells what lies behind a URL. Give a CSV or Parquet file.`,
      { file: folder },
    );
  },
  size: async (location) => {
    const response = await fetchRanged(location, 0, 1);
    const stated = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
    if (response.status === 206 && stated !== undefined) {
      await response.body?.cancel();
      return Number(stated);
    }
    return (await response.arrayBuffer()).byteLength;
  },
  readRange: fetchRange,
  readInto: async (location, start, target) => target.set(await fetchRange(location, start, start + target.length)),
};

const at = (location: string): Files => (isMounted(location) ? mountedFiles : fetched);

export const files: Files = {
  read: (location) => at(location).read(location),
  isFolder: (location) => at(location).isFolder(location),
  join: (folder, name) => at(folder).join(folder, name),
  folderOf: (location) => at(location).folderOf(location),
  list: (folder) => at(folder).list(folder),
  size: (location) => at(location).size(location),
  readRange: (location, start, end) => at(location).readRange(location, start, end),
  readInto: (location, start, target) => at(location).readInto(location, start, target),
};
