/** @file The files of one folder, and nothing else of this machine, as a site's answers. */
import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { constants, type FileHandle, open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { Readable } from "node:stream";
import type { Context, MiddlewareHandler } from "hono";
import { getMimeType } from "hono/utils/mime";
import { pathParts } from "./paths.ts";

export interface FilesOptions {
  /**
   * How long a browser may keep what it got: `never`, `revalidate` (asks each time whether it changed, the default), or `hashed`
   * (a year for names that carry a hash of their content, `app-B1x9Zq0a.js`; else as `revalidate`).
   */
  readonly cache?: Cache | undefined;
  /** The part of the address that stands for the folder; default `/`. */
  readonly under?: string | undefined;
  /** May the file with these names of folders and its own be read? Default yes. */
  readonly allows?: ((parts: readonly string[]) => boolean) | undefined;
}

type Cache = "never" | "revalidate" | "hashed";

const HASHED = /-[\w-]{8}\.\w+$/;
const KEEP: Readonly<Record<Cache, (name: string) => string>> = {
  never: () => "no-store",
  revalidate: () => "no-cache",
  hashed: (name) => (HASHED.test(name) ? "public, max-age=31536000, immutable" : "no-cache"),
};

/**
 * Answers GET and HEAD with files of `folder` (and `index.html` for the folder itself), one range of bytes where asked for.
 * Never lists; never follows a link out of the folder; hands on to the next answer when there is no such file.
 * @example app.get("/ort/*", files("node_modules/onnxruntime-web/dist", { under: "/ort/" }));
 */
export function files(
  folder: string,
  { cache = "revalidate", under = "/", allows = () => true }: FilesOptions = {},
): MiddlewareHandler {
  return async (c, next) => {
    const path = new URL(c.req.url).pathname;
    if (!path.startsWith(under)) return next();
    const parts = pathParts(`/${path.slice(under.length)}`);
    if (parts === undefined) return next();
    const [file, name] = parts.length === 0 ? [["index.html"], "index.html"] : [parts, parts.at(-1) ?? ""];
    if (!allows(file)) return next();
    const found = await openWithin(folder, file);
    if (found === undefined) return next();
    c.header("Cache-Control", KEEP[cache](name));
    return answer(c, found, getMimeType(name) ?? "application/octet-stream");
  };
}

interface OpenFile {
  readonly file: FileHandle;
  readonly stats: Stats;
}

/** A plain file inside the folder, open for reading; undefined when there is none. */
async function openWithin(folder: string, parts: readonly string[]): Promise<OpenFile | undefined> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...parts));
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stats = await file.stat();
    if (stats.isFile()) return { file, stats };
    await file.close();
    return undefined;
  } catch {
    return undefined;
  }
}

async function answer(c: Context, { file, stats }: OpenFile, type: string): Promise<Response> {
  const { size } = stats;
  const etag = `"${createHash("sha256").update(`${stats.ino}:${size}:${stats.mtimeMs}`).digest("base64url").slice(0, 22)}"`;
  c.header("ETag", etag);
  c.header("Accept-Ranges", "bytes");
  const close = async (status: 200 | 304 | 416): Promise<Response> => {
    await file.close();
    return c.body(null, status);
  };
  if (asksFor(c.req.header("if-none-match"), etag)) return close(304);
  c.header("Content-Type", type);
  const current = asksFor(c.req.header("if-range") ?? etag, etag);
  const range = current ? rangeOf(c.req.header("range"), size) : undefined;
  if (range === "outside") {
    c.header("Content-Length", "0");
    c.header("Content-Range", `bytes */${size}`);
    return close(416);
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  c.header("Content-Length", String(end - start + 1));
  if (range) c.header("Content-Range", `bytes ${start}-${end}/${size}`);
  if (c.req.method === "HEAD" || size === 0) return close(200);
  const stream = file.createReadStream({ start, end, highWaterMark: 2 ** 18 });
  return c.body(Readable.toWeb(stream) as ReadableStream, range ? 206 : 200);
}

/** Is the tag among those of a header, weak or strong? */
const asksFor = (header: string | undefined, etag: string): boolean =>
  header?.split(",").some((tag) => [etag, `W/${etag}`, "*"].includes(tag.trim())) ?? false;

/** Bytes from `start` to `end`, both included; undefined for everything, as for several ranges and what is no range. */
function rangeOf(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | "outside" | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(size - 1, Number(to));
  return start > end ? "outside" : { start, end };
}
