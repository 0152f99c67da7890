/** @file How the studio is built: plain files for any static host, the runtime's own files beside them under `ort/`. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { STYLE } from "../src/report/html/style.ts";
import { offline } from "./offline-plugin.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `#ort` and its like, as a browser takes them, but the sources; and what the studio has no use for. */
export const WEB_ALIASES: Readonly<Record<string, string>> = {
  "#ort": at("../src/runtime/ort-web.ts"),
  "#decode": at("../src/image/decode-web.ts"),
  "#files": at("../src/jobs/files-web.ts"),
  "#synth": at("../src/jobs/synth-web.ts"),
  "#run-folder": at("../src/jobs/run-folder-web.ts"),
  "#serve": at("../src/serve/web.ts"),
  "hyparquet-compressors": at("./compressors.ts"),
};

const LOOK = "virtual:look.css";

/** The look of the reports, as a stylesheet of the studio. */
const look = (): Plugin => ({
  name: "look",
  resolveId: (id) => (id === LOOK ? `\0${LOOK}` : undefined),
  load: (id) => (id === `\0${LOOK}` ? STYLE : undefined),
});

/** The runtime's `.wasm` is served from `ort/`: without this it would be copied into the app a second time. */
const runtimeApart = (): Plugin => ({
  name: "runtime-apart",
  enforce: "pre",
  transform: (code, id) =>
    /onnxruntime-web[\\/]dist[\\/]/.test(id)
      ? code.replaceAll(/new URL\(("|')ort-wasm[\w.-]*\1,\s*import\.meta\.url\)\.href/g, '""')
      : undefined,
});

/** Patterns are shown here by the page's own modules; their script as text is for the report, which the studio never writes. */
const unwritten = (): Plugin => ({
  name: "unwritten",
  enforce: "pre",
  load: (id) =>
    id.endsWith("/report/html/scripts/patterns.ts")
      ? 'throw new Error("internal: the studio writes no report of patterns");'
      : undefined,
});

const EXAMPLES = ["shapes", "shortcut"].flatMap((id) =>
  ["model.onnx", "config.json", "preprocessor_config.json"].map((name) => `demo/${id}/${name}`),
);

/** The project's own networks, for a first look and for offline. */
const examples = (): Plugin => ({
  name: "examples",
  generateBundle() {
    for (const fileName of EXAMPLES)
      this.emitFile({ type: "asset", fileName, source: readFileSync(at(`../${fileName}`)) });
  },
});

const pages = ["./index.html", "./study/index.html", "./study/admin.html"].map(at).filter((page) => existsSync(page));

export default defineConfig({
  root: at("."),
  base: "./",
  resolve: { alias: WEB_ALIASES },
  plugins: [look(), runtimeApart(), unwritten(), examples(), offline()],
  worker: {
    format: "es",
    plugins: () => [runtimeApart(), unwritten()],
    // what every call needs is one file: it packs better than its parts, and is asked for once
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "worker", test: /studio[\\/]engine[\\/]worker\.ts$/ }] } },
    },
  },
  build: {
    outDir: at("../dist/studio"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    rollupOptions: { input: pages },
    chunkSizeWarningLimit: 2000,
  },
});
