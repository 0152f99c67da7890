/** @file `npm run bench [-- NET|MODEL.onnx …]`: the speed table. Results go to bench/results/, the table to docs/bench.md. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { basename, dirname } from "node:path";
import { type BenchResult, benchModel, loadModel, VERSION } from "../src/index.ts";
import { NETS } from "./nets.ts";
import { tablePage } from "./table.ts";

const THREADS = 2;
const RUNS = Number(process.env.BENCH_RUNS ?? 20);

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

/** A built net by name, or a model by path. */
async function measure(name: string): Promise<BenchResult> {
  const built = NETS[name];
  await using model = await loadModel(built ? built() : name);
  const label = built ? name : /model\.onnx$/.test(name) ? basename(dirname(name)) : basename(name);
  return benchModel(model, label, { threads: THREADS, runs: RUNS });
}

const wanted = process.argv.slice(2);
const results: BenchResult[] = [];
for (const name of wanted.length ? wanted : Object.keys(NETS)) {
  const result = await measure(name);
  results.push(result);
  process.stderr.write(
    `${result.network}: forward ${result.forward.minMs.toFixed(1)} ms; ${result.rows.map((r) => `${r.method} ${r.refused ? "refused" : `${r.ratio.toFixed(2)}x`}`).join(", ")}\n`,
  );
}
const record = {
  commit: commit(),
  date: new Date().toISOString().slice(0, 10),
  version: VERSION,
  seed: 1,
  machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) },
  node: process.version,
  results,
};
mkdirSync("bench/results", { recursive: true });
writeFileSync(`bench/results/speed.json`, `${JSON.stringify(record, null, 2)}\n`);
writeFileSync("docs/bench.md", tablePage(record));
