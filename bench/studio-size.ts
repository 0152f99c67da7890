/** @file How many bytes of code the built studio is, beside ONNX Runtime and without the pages of studies. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

export interface Bytes {
  readonly plain: number;
  /** As `onnxplain studio` sends it. */
  readonly gzip: number;
  /** As most static hosts send it. */
  readonly brotli: number;
}
export interface CodeSize extends Bytes {
  /** From the app's folder. */
  readonly name: string;
}

/** Bytes of code, compressed. */
export const SIZE_LIMIT = 400_000;

const CODE = /\.(?:m?js|css|html|webmanifest|svg)$/;
/** ONNX Runtime's own JavaScript, which the build carries in chunks of its own. */
const RUNTIME = /^assets\/ort\./;
const IMPORTED = /["'`](?:\.\.?\/)*((?:assets\/)?[\w.-]+\.(?:js|css))["'`]/g;

/** Files that the page can ever load, however late. */
export async function codeSizes(app: string): Promise<readonly CodeSize[]> {
  const all = (await readdir(app, { recursive: true })).map((name) => name.replaceAll("\\", "/"));
  const files = new Set(all.filter((name) => CODE.test(name)));
  const seen = new Map<string, Buffer>();
  const waiting = [
    "index.html",
    "service-worker.js",
    ...[...files].filter((n) => !/\//.test(n) && !/\.(?:js|html)$/.test(n)),
  ];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name) || !files.has(name)) continue;
    const bytes = await readFile(join(app, name));
    seen.set(name, bytes);
    // the service worker's list names files that nothing else does
    if (name === "service-worker.js") continue;
    const folder = name.startsWith("assets/") ? "assets/" : "";
    for (const [, found = ""] of bytes.toString("utf8").matchAll(IMPORTED))
      waiting.push(
        found.startsWith("assets/") ? found : files.has(`${folder}${found}`) ? folder + found : `assets/${found}`,
      );
  }
  return [...seen]
    .filter(([name]) => !RUNTIME.test(name))
    .map(([name, bytes]) => ({
      name,
      plain: bytes.length,
      gzip: gzipSync(bytes).length,
      brotli: brotliCompressSync(bytes).length,
    }))
    .sort((a, b) => b.brotli - a.brotli);
}

export const totalOf = (files: readonly Bytes[]): Bytes => ({
  plain: files.reduce((n, f) => n + f.plain, 0),
  gzip: files.reduce((n, f) => n + f.gzip, 0),
  brotli: files.reduce((n, f) => n + f.brotli, 0),
});
