/** @file The arrows between rooms, and the check that holds them: who may import whom (ARCHITECTURE.md says why). */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Rooms a room may import from. A room is a folder of `src`, or a file that stands alone in it. `errors` is open to all. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  proto: [],
  formats: [],
  params: [],
  random: [],
  digest: [],
  pause: [],
  segments: [],
  image: [],
  graph: ["formats", "proto"],
  ops: ["graph"],
  reference: ["ops", "graph"],
  passes: ["ops", "graph", "random"],
  diff: ["ops", "graph"],
  rules: ["diff", "ops", "graph"],
  methods: ["rules", "diff", "passes", "graph", "params", "random", "segments"],
  runtime: ["graph", "proto"],
  metrics: ["image", "params", "random", "segments"],
  train: ["data", "diff", "graph", "image", "methods", "metrics", "ops", "params", "passes", "random", "runtime"],
  data: ["diff", "formats", "graph", "image", "jobs", "ops", "random"],
  representers: [
    "diff",
    "formats",
    "graph",
    "methods",
    "metrics",
    "ops",
    "params",
    "passes",
    "random",
    "runtime",
    "train",
  ],
  regions: [
    "diff",
    "graph",
    "image",
    "methods",
    "metrics",
    "ops",
    "params",
    "passes",
    "random",
    "runtime",
    "segments",
    "train",
  ],
  fisher: [
    "pause",
    "diff",
    "formats",
    "graph",
    "image",
    "methods",
    "metrics",
    "ops",
    "params",
    "passes",
    "random",
    "runtime",
    "train",
  ],
  patterns: [
    "pause",
    "diff",
    "formats",
    "graph",
    "image",
    "methods",
    "metrics",
    "ops",
    "params",
    "passes",
    "random",
    "runtime",
    "train",
  ],
  drive: ["graph", "methods", "pause", "runtime"],
  load: ["graph", "proto", "image", "jobs", "card", "explainer"],
  card: ["image"],
  explainer: ["digest", "graph", "image", "methods", "ops", "runtime", "load"],
  explain: ["params", "drive", "explainer", "diff", "graph", "image", "jobs", "methods", "rules", "runtime"],
  score: ["params", "drive", "explain", "graph", "image", "methods", "ops", "passes", "runtime"],
  compile: ["params", "explain", "explainer", "graph", "methods", "version"],
  inspect: ["params", "explainer", "graph", "image", "methods"],
  "graph-view": ["explainer", "graph", "methods", "rules"],
  report: [
    "study",
    "params",
    "train",
    "metrics",
    "explain",
    "explainer",
    "formats",
    "image",
    "methods",
    "rules",
    "runtime",
    "version",
  ],
  jobs: [
    "study",
    "digest",
    "params",
    "pause",
    "card",
    "data",
    "metrics",
    "diff",
    "explain",
    "explainer",
    "formats",
    "graph",
    "image",
    "methods",
    "ops",
    "random",
    "runtime",
    "version",
    "evaluate",
    "report",
    "train",
    "representers",
    "regions",
    "fisher",
    "patterns",
  ],
  evaluate: [
    "pause",
    "data",
    "drive",
    "explain",
    "explainer",
    "graph",
    "image",
    "methods",
    "metrics",
    "params",
    "passes",
    "random",
    "runtime",
  ],
  study: ["metrics", "random"],
  serve: ["formats", "study", "version"],
  version: [],
  errors: [],
  index: ["*"],
  cli: ["index"],
  examples: ["index"],
  studio: ["index", "page"],
  page: ["report", "image"],
};

/** Files that may import Node's own modules (everything else runs in a browser as well). */
const NODE_FILES = /^src\/(runtime\/ort-node|image\/decode-node|jobs\/[\w-]+|serve\/[\w-]+)\.ts$/;
/** The only files that may import a package, by package. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  "onnxruntime-common": /^src\/runtime\//,
  "onnxruntime-node": /^src\/runtime\/ort-node\.ts$/,
  "onnxruntime-web": /^src\/runtime\/ort-(node|web)\.ts$/,
  sharp: /^src\/image\/decode-node\.ts$/,
  "onnx-buf": /^src\/(proto|graph)\//,
  "@bufbuild/protobuf": /^src\/(proto|graph)\//,
  "ml-matrix": /^src\/(methods|representers|fisher|patterns)\//,
  hyparquet: /^src\/formats\/parquet-[\w-]+\.ts$/,
  "hyparquet-compressors": /^src\/formats\/parquet-read\.ts$/,
  "hyparquet-writer": /^src\/formats\/parquet-[\w-]+\.ts$/,
  "@rgrove/parse-xml": /^src\/data\/voc-annotation\.ts$/,
  papaparse: /^src\/formats\/csv\.ts$/,
  "image-dimensions": /^src\/image\/decode-limit\.ts$/,
  preact: /^(studio|test\/studio)\//,
  "@preact/signals": /^studio\//,
  "@dagrejs/dagre": /^studio\/graph\//,
  fflate: /^studio\/engine\//,
  hono: /^src\/serve\//,
  "@hono/node-server": /^src\/serve\//,
  "node-sqlite3-wasm": /^src\/serve\//,
  "pure-rand": /^src\/((data|metrics)\/|random\.ts$)/,
};
/** Conditional imports stand for these rooms. */
const CONDITIONAL: Readonly<Record<string, string>> = {
  "#ort": "runtime",
  "#decode": "image",
  "#files": "jobs",
  "#synth": "jobs",
  "#run-folder": "jobs",
  "#serve": "serve",
};

const sources = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? sources(join(folder, e.name)) : /\.tsx?$/.test(e.name) ? [join(folder, e.name)] : [],
  );

/** How the studio is built is no part of it. */
const BUILD = /^studio\/[\w-]+(\.config|-plugin)\.ts$/;

const roomOf = (path: string): string => {
  const [top = "", second = ""] = path.split("/");
  return top === "src" ? second.replace(/\.ts$/, "") : top;
};

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|(?:^|\n)\s*import\s+"([^"]+)"|import\("([^"]+)"\)/g;

/** Every import that goes against an arrow, as one line each. */
export function wrongImports(root: string): readonly string[] {
  const files = ["src", "cli", "examples", "page", "studio"].flatMap((f) => {
    try {
      return sources(join(root, f));
    } catch {
      return [];
    }
  });
  return files.flatMap((file) => {
    const path = relative(root, file);
    if (BUILD.test(path)) return [];
    const targets = [...readFileSync(file, "utf8").matchAll(IMPORT)].map((m) => m[1] ?? m[2] ?? m[3] ?? "");
    return targets.flatMap((target) => {
      const why = wrong(path, target);
      return why ? [`${path} imports ${target}: ${why}`] : [];
    });
  });
}

function wrong(path: string, target: string): string | undefined {
  const room = roomOf(path);
  if (target.startsWith(".") || target.startsWith("#")) {
    const other = CONDITIONAL[target] ?? roomOf(join(dirname(path), target));
    if (other === room || other === "errors") return undefined;
    const allowed = ARROWS[room];
    if (allowed === undefined) return `room ${room} has no arrows; add it to tools/rooms.ts`;
    return allowed.includes(other) || allowed.includes("*") ? undefined : `${room} must not know ${other}`;
  }
  if (room === "cli" || room === "examples") return undefined;
  if (target.startsWith("node:"))
    return NODE_FILES.test(path)
      ? undefined
      : "only runtime/ort-node, image/decode-node, jobs/ and serve/ may import Node modules";
  if (target.startsWith("virtual:"))
    return room === "studio" ? undefined : "only the studio's build makes such modules";
  const name = target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : (target.split("/")[0] as string);
  const place = PACKAGES[name];
  if (place === undefined) return `package ${name} is not in tools/rooms.ts`;
  return place.test(path) ? undefined : `package ${name} may not be imported here`;
}
