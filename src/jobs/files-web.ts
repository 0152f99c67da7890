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
  list: async (folder) => {
    throw new OnnxplainError(
      "E_FILE",
      `\`${folder}\` cannot be listed: nothing tells what lies behind a URL. Give a CSV or Parquet file.`,
      { file: folder },
    );
  },
  size: async (location) => {
    const response = await ranged(location, 0, 1);
    const stated = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
    if (response.status === 206 && stated !== undefined) {
      await response.body?.cancel();
      return Number(stated);
    }
    return (await response.arrayBuffer()).byteLength;
  },
  readRange: async (location, start, end) => {
    const response = await ranged(location, start, end);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const part = response.status === 206 ? bytes : bytes.slice(start, end);
    if (part.length === end - start) return part;
    throw new OnnxplainError("E_FILE", `Expected ${end - start} bytes of \`${location}\`, got ${part.length}.`, {
      file: location,
    });
  },
  readInto: async (location, start, target) =>
    target.set(await files.readRange(location, start, start + target.length)),
};

/** A server that knows no ranges answers 200 and the whole file. */
async function ranged(location: string, start: number, end: number): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(location, { headers: { Range: `bytes=${start}-${end - 1}` } });
  } catch (cause) {
    throw new OnnxplainError("E_FILE", `Cannot fetch \`${location}\`.`, { file: location, cause });
  }
  if (response.ok) return response;
  throw new OnnxplainError("E_FILE", `Cannot fetch \`${location}\`: HTTP ${response.status}.`, { file: location });
}
