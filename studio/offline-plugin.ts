/** @file Builds the service worker, and tells it which files the app is made of and which version that is. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin, Rolldown } from "vite";
import { ORT_FILES } from "../src/serve/studio-files.ts";
import { STUDIO_HEADERS } from "../src/serve/studio-headers.ts";

const SOURCE = fileURLToPath(new URL("./service-worker.ts", import.meta.url));
const NAME = "service-worker.js";
const PAGE = "index.html";

type Bundle = Readonly<Record<string, Rolldown.OutputAsset | Rolldown.OutputChunk>>;

/** The app's files (not those of other pages in the same build) are kept by the service worker `service-worker.js`. */
export function offline(): Plugin {
  let publicFolder = "";
  let root = "";
  return {
    name: "offline",
    apply: "build",
    enforce: "post",
    configResolved: (config) => {
      ({ publicDir: publicFolder, root } = config);
    },
    buildStart() {
      this.emitFile({ type: "chunk", id: SOURCE, fileName: NAME });
    },
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const worker = bundle[NAME];
        if (worker?.type !== "chunk") throw new Error(`internal: ${NAME} is not in the bundle`);
        const others = filesOfOthers(bundle, root);
        const built = Object.values(bundle).filter((f) => f.fileName !== NAME && !others.has(f.fileName));
        const contents = new Map<string, string | Uint8Array>([
          ...built.map((f) => [f.fileName, f.type === "chunk" ? f.code : f.source] as const),
          ...publicFiles(publicFolder),
        ]);
        const names = [...contents.keys()].filter((name) => !name.endsWith(".map")).sort();
        const version = createHash("sha256");
        for (const name of names) version.update(`${name}\0`).update(contents.get(name) ?? "");
        const kept = {
          version: version.digest("hex").slice(0, 16),
          files: names.map((name) => (name === PAGE ? "" : name)),
          runtime: ORT_FILES.map((name) => `ort/${name}`),
          headers: STUDIO_HEADERS,
        };
        if (!worker.code.includes("__KEPT__")) throw new Error(`internal: ${NAME} has no place for its files`);
        worker.code = worker.code.replaceAll("__KEPT__", () => JSON.stringify(kept));
      },
    },
  };
}

/** Pages but the app's own, and what they alone are made of. */
function filesOfOthers(bundle: Bundle, root: string): ReadonlySet<string> {
  const pages = Object.keys(bundle).filter((name) => name.endsWith(".html"));
  const chunks = Object.values(bundle).filter((f) => f.type === "chunk");
  const below = (page: string): ReadonlySet<string> => {
    const entry = chunks.filter((c) => c.facadeModuleId !== null && relative(root, c.facadeModuleId) === page);
    return reachable(
      bundle,
      entry.map((c) => c.fileName),
    );
  };
  const own = below(PAGE);
  const others = pages.filter((page) => page !== PAGE);
  return new Set(others.flatMap((page) => [page, ...[...below(page)].filter((name) => !own.has(name))]));
}

function reachable(bundle: Bundle, from: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const file = bundle[name];
    if (file === undefined || seen.has(name)) continue;
    seen.add(name);
    if (file.type !== "chunk") continue;
    const { importedCss = new Set<string>(), importedAssets = new Set<string>() } = file.viteMetadata ?? {};
    waiting.push(...file.imports, ...file.dynamicImports, ...importedCss, ...importedAssets);
  }
  return seen;
}

function publicFiles(folder: string): readonly (readonly [string, Uint8Array])[] {
  if (folder === "" || !existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path).replaceAll(sep, "/"), readFileSync(path)] as const);
}
