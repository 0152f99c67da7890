/**
 * @file `npm run build && node dist/bench/representers.js [memory|disk [N]]`: fits and queries on made features. `memory`: 50,000 points in
 * memory, a query over all classes against reading the features once. `disk`: 1,280,000 points in shards, fit and query out of core, with
 * the largest resident set. Features are ReLU-like, 512 wide, of 10 classes with 5 % wrong labels.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { files } from "../src/jobs/files-node.ts";
import { uniforms } from "../src/random.ts";
import { inMemory } from "../src/representers/features.ts";
import { fitRepresenters } from "../src/representers/fit.ts";
import { query } from "../src/representers/query.ts";
import { fromShards, openShard, packShard } from "../src/representers/shards.ts";

const [WIDTH, CLASSES] = [512, 10];
const REPEATS = Number(process.env.BENCH_RUNS ?? 20);
const SHARD = 16_384;
const [kind = "memory", given] = process.argv.slice(2);

const random = uniforms(7);
const means = Float32Array.from({ length: CLASSES * WIDTH }, () => 0.6 * (random() - 0.5));
/** Rows of points of random classes, and their labels. */
function made(count: number): { readonly rows: Float32Array; readonly labels: Int32Array } {
  const rows = new Float32Array(count * WIDTH);
  const labels = new Int32Array(count);
  let state = Math.floor(random() * 2 ** 32);
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < count; i++) {
    const own = Math.floor(next() * CLASSES);
    labels[i] = next() < 0.05 ? Math.floor(next() * CLASSES) : own;
    for (let k = 0; k < WIDTH; k++)
      rows[i * WIDTH + k] = Math.max(0, (means[own * WIDTH + k] as number) + 3 * (next() - 0.5));
  }
  return { rows, labels };
}

const seconds = async <T>(work: () => Promise<T>): Promise<readonly [T, number]> => {
  const began = performance.now();
  return [await work(), (performance.now() - began) / 1000];
};
const peak = (): string => `${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most`;

async function memory(count: number): Promise<void> {
  const { rows, labels } = made(count);
  const features = inMemory(rows, WIDTH);
  const [fit, took] = await seconds(() => fitRepresenters({ features, labels }, { classes: CLASSES }));
  console.log(
    `fit of ${count} points: ${took.toFixed(1)} s, ${fit.passes} passes, gradient ${fit.stationarity.relative.toExponential(1)} of the first`,
  );
  const test = made(1).rows;
  let [read, asked, off] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < REPEATS; i++) {
    const began = performance.now();
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let k = 0; k < rows.length; k += 4) {
      a += rows[k] as number;
      b += rows[k + 1] as number;
      c += rows[k + 2] as number;
      d += rows[k + 3] as number;
    }
    off += a + b + c + d;
    read = Math.min(read, performance.now() - began);
    const [answers, s] = await seconds(() => query(fit, features, test));
    asked = Math.min(asked, 1000 * s);
    off += answers.length;
  }
  console.log(
    `read once ${read.toFixed(1)} ms, query over all classes ${asked.toFixed(1)} ms: ${(asked / read).toFixed(2)} times (best of ${REPEATS}; ${off === 0 ? "" : peak()})`,
  );
}

async function disk(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "onnxplain-bench-"));
  try {
    await mkdir(folder, { recursive: true });
    const places: string[] = [];
    for (let first = 0; first < count; first += SHARD) {
      const { rows, labels } = made(Math.min(SHARD, count - first));
      const place = join(folder, `${places.length}.safetensors`);
      await writeFile(place, packShard({ features: rows, width: WIDTH, labels, ids: [] }));
      places.push(place);
    }
    const shards = [];
    for (const place of places) shards.push(await openShard(place, files));
    const features = fromShards(shards, files);
    const labels = Int32Array.from({ length: count });
    let at = 0;
    for (const s of shards) {
      labels.set(s.labels, at);
      at += s.count;
    }
    console.log(`${count} points on disk; ${peak()}`);
    const [fit, took] = await seconds(() => fitRepresenters({ features, labels }, { classes: CLASSES }));
    console.log(
      `fit: ${took.toFixed(1)} s, ${fit.passes} passes, gradient ${fit.stationarity.relative.toExponential(1)} of the first; ${peak()}`,
    );
    for (let i = 0; i < 3; i++) {
      const [, s] = await seconds(() => query(fit, features, made(1).rows));
      console.log(`query over all classes: ${s.toFixed(2)} s; ${peak()}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await (kind === "disk" ? disk(Number(given ?? 1_280_000)) : memory(Number(given ?? 50_000)));
