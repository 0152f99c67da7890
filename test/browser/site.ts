/** @file Bundles pages with the browser's half of the conditional imports, and serves them cross-origin isolated on localhost. */
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildResult, build, type Plugin } from "esbuild";
import { shared } from "../shared.ts";

export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));
/** The folder of onnxruntime-web that holds its scripts and `.wasm` files. */
export const ORT_DIST: string = join(ROOT, "node_modules/onnxruntime-web/dist");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".ts": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};

/** `#ort` and its like, as package.json resolves them outside Node, but to the sources. */
const conditionalImports: Plugin = {
  name: "conditional-imports",
  setup: (b) => {
    const { imports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      readonly imports: Readonly<Record<string, { readonly default: string }>>;
    };
    b.onResolve({ filter: /^#/ }, ({ path }) => {
      const target = imports[path];
      if (!target) return { errors: [{ text: `package.json maps no ${path}` }] };
      return { path: join(ROOT, target.default.replace(/^\.\/dist\//, "").replace(/\.js$/, ".ts")) };
    });
  },
};

export type Bundle = BuildResult<{ readonly write: false; readonly metafile: true }>;

/** Bundles entries (paths from the project's root) for a browser; the runtime's builds become chunks of their own. */
export const bundle = (entries: readonly string[], { minify = false } = {}): Promise<Bundle> =>
  build({
    entryPoints: [...entries],
    absWorkingDir: ROOT,
    outdir: ROOT,
    outbase: ROOT,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify,
    write: false,
    metafile: true,
    logLevel: "error",
    plugins: [conditionalImports],
  });

export interface Site {
  readonly origin: string;
  /** Serve bytes under a path, `/pictures/dog.png`; returns its URL. */
  readonly put: (path: string, bytes: Uint8Array | string) => string;
  readonly close: () => Promise<void>;
}

const HEAD = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';

/**
 * Serves entries as `/path/of/entry.ts`, `/ort/` (onnxruntime-web), `/shared/` where it exists, `/examples/`, and what is put; the `.wasm`
 * files beside any script as well, where a bundler would copy them.
 */
export async function openSite(entries: readonly string[]): Promise<Site> {
  const files = new Map<string, Uint8Array | string>([
    ["/blank.html", HEAD],
    ["/page.html", `${HEAD}<script type="module" src="/${entries[0]}"></script>`],
  ]);
  for (const { path, contents } of (await bundle(entries)).outputFiles) {
    const at = `/${path.slice(ROOT.length)}`;
    files.set(entries.includes(at.slice(1).replace(/\.js$/, ".ts")) ? at.replace(/\.js$/, ".ts") : at, contents);
  }
  const server = createServer((request, response) => {
    void answer(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname), files).then((body) => {
      response.writeHead(body ? 200 : 404, {
        "content-type":
          TYPES[extname(new URL(request.url ?? "/", "http://localhost").pathname)] ?? "application/octet-stream",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "same-origin",
      });
      response.end(body);
    });
  });
  const origin = await listen(server);
  return {
    origin,
    put: (path, bytes) => {
      files.set(path, bytes);
      return origin + path;
    },
    close: () => new Promise((done) => server.close(() => done())),
  };
}

const FOLDERS: Readonly<Record<string, string>> = {
  "/ort/": ORT_DIST,
  "/shared/": shared(""),
  "/examples/": join(ROOT, "examples"),
};

async function answer(
  path: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<Uint8Array | string | undefined> {
  const known = files.get(path);
  if (known !== undefined) return known;
  if (path.startsWith("/chunks/ort-wasm-")) return readFile(join(ORT_DIST, basename(path)));
  const prefix = Object.keys(FOLDERS).find((p) => path.startsWith(p));
  if (prefix === undefined || path.includes("..")) return undefined;
  const file = join(FOLDERS[prefix] as string, normalize(path.slice(prefix.length)));
  return existsSync(file) ? readFile(file).catch(() => undefined) : undefined;
}

const listen = (server: Server): Promise<string> =>
  new Promise((ready) => {
    server.listen(0, "127.0.0.1", () => ready(`http://localhost:${(server.address() as AddressInfo).port}`));
  });
