/** @file Files behind URLs, by `fetch`. */
import { OnnxplainError } from "../errors.ts";
import type { Files } from "./files.ts";

export const files: Files = {
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
};
