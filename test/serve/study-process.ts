/** @file `onnxplain study serve` from the sources as a process of its own, which can be killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Inside `node_modules`, so that packages are found from it. */
const FOLDER = `${root}node_modules/.cache/onnxplain`;

const ALIASES = Object.fromEntries(
  [
    ["#ort", "runtime/ort-node"],
    ["#decode", "image/decode-node"],
    ["#files", "jobs/files-node"],
    ["#synth", "jobs/synth-node"],
    ["#run-folder", "jobs/run-folder-node"],
    ["#serve", "serve/node"],
  ].map(([name, file]) => [name, `${root}src/${file}.ts`]),
);

/** One file that runs the verb; remove it when done. */
export async function builtVerb(): Promise<{ readonly file: string; readonly remove: () => void }> {
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}/study-serve-${process.pid}.mjs`;
  await build({
    stdin: {
      contents: `
        import { studyServe } from "./cli/study-serve.ts";
        import { terminal } from "./cli/verb.ts";
        process.exitCode = await studyServe.run(process.argv.slice(2), terminal);`,
      resolveDir: root,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    alias: ALIASES,
    outfile: file,
    logLevel: "error",
  });
  return { file, remove: () => rmSync(file, { force: true }) };
}

export interface Served {
  readonly process: ChildProcess;
  readonly url: string;
  /** Lines of stdout so far. */
  readonly lines: readonly string[];
  /** Resolves to the exit code, null after a signal. */
  readonly ended: Promise<number | null>;
}

/** Resolves when it listens. */
export async function startVerb(file: string, args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => {
    complaint += data.toString();
  });
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const listening = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      lines.push(line);
      const url = /^participants: (\S+)/.exec(line)?.[1];
      if (url && lines.length === 1) resolve(url);
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${complaint}`)));
  });
  const url = await listening;
  while (lines.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  return { process: child, url, lines, ended };
}
