/** @file Where the parts of the studio lie on this machine: the built app, and the runtime's own files. */
import { readdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { OnnxplainError } from "../errors.ts";

/** The builds of the runtime that the studio uses: WebAssembly with threads, and the one that also has WebGPU. */
export const ORT_FILES: readonly string[] = ["", ".asyncify"].flatMap((build) =>
  ["mjs", "wasm"].map((kind) => `ort-wasm-simd-threaded${build}.${kind}`),
);

/** The folder of onnxruntime-web that holds {@link ORT_FILES}. */
export const ortFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve(`onnxruntime-web/${ORT_FILES[0]}`));

/** `dist/studio`, from the built sources and from the sources alike. */
const BUILT = new URL(import.meta.url.endsWith(".ts") ? "../../dist/studio/" : "../../studio/", import.meta.url);

/** The folder of the built app, which has this page. Throws `E_FILE` when there is none. */
export async function appFolder(app: string = fileURLToPath(BUILT), page = "index.html"): Promise<string> {
  const found = await stat(join(app, page)).catch(() => undefined);
  if (!found?.isFile())
    throw new OnnxplainError(
      "E_FILE",
      `The studio is not built: there is no \`${page}\` in \`${app}\`. In a clone, \`npm run build\` makes it.`,
      { file: app },
    );
  return app;
}

/** Every file below a folder, from it, with `/`, sorted. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [""];
  for (let under = waiting.pop(); under !== undefined; under = waiting.pop())
    for (const entry of await readdir(join(folder, under), { withFileTypes: true })) {
      if (entry.isDirectory()) waiting.push(`${under}${entry.name}/`);
      else if (entry.isFile()) found.push(under + entry.name);
    }
  return found.sort();
}
