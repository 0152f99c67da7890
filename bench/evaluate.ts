/**
 * @file `node --expose-gc dist/bench/evaluate.js [NET …]`: what evaluating costs. `morf` with 100 steps against the forward passes
 * alone, fed from a batch that lies ready, in turn, in processor time, the least of the rounds; and resident memory while a run over a data set grows from
 * 100 to 5,000 images. `BENCH_ROUNDS`, `BENCH_BATCH`, `BENCH_THREADS`, `BENCH_IMAGES` change the sizes. Results on stdout as JSON.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { scoreSession } from "../src/explain/sessions.ts";
import {
  type DataItem,
  type DataSet,
  DEMO_LABELS,
  DEMO_PREPROCESSING,
  demoModelBytes,
  drawScene,
  type Explainer,
  evaluate,
  loadModel,
  runEvaluation,
} from "../src/index.ts";
import type { Classifier } from "../src/methods/classifier.ts";
import { NETS } from "./nets.ts";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const BATCH = Number(process.env.BENCH_BATCH ?? 16);
const THREADS = Number(process.env.BENCH_THREADS ?? 1);
const IMAGES = Number(process.env.BENCH_IMAGES ?? 5000);
/** At least this share of the rate of forward passes alone. */
const RATE = 0.9;
/** Memory at the end over memory at 100 images, at most. */
const GROWTH = 1.1;
const EARLY = 100;

/** Scenes by index; nothing is kept. */
const scenes = (count: number): DataSet => ({
  name: "scenes",
  classes: DEMO_LABELS,
  count,
  items: async function* (): AsyncGenerator<DataItem> {
    for (let i = 0; i < count; i++) yield { id: `scene-${i}`, load: async () => drawScene(i).image, label: undefined };
  },
  notes: [],
});

/** Processor time in ms: with one thread it is wall time without the waits that other programs cause. */
async function processor(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Runs one batch that lies ready, until `rows` images are through. */
async function forwardAlone(model: Explainer, classifier: Classifier, rows: number): Promise<void> {
  const session = await scoreSession(model, classifier, { threads: THREADS });
  const dims = (classifier.input.dims as readonly number[]).slice(1);
  const size = dims.reduce((p, d) => p * d, 1);
  const data = Float32Array.from({ length: BATCH * size }, (_, i) => Math.sin(i * 0.7));
  const feeds = { [classifier.input.name]: { dtype: "float32" as const, dims: [BATCH, ...dims], data } };
  for (let done = 0; done < rows; done += BATCH) await session.run(feeds);
}

/** Forward images that a metric ran on gradient maps of a few pictures. */
async function measured(model: Explainer, metric: string): Promise<number> {
  let rows = 0;
  const asked = { methods: ["gradient"], metrics: [metric], baselines: false };
  const options = { ...asked, batch: BATCH, threads: THREADS, window: PICTURES };
  for await (const { work } of evaluate(model, scenes(PICTURES), options)) rows += work.scores.run;
  return rows;
}
const PICTURES = 4;

/** What `morf` adds to a run that asks nothing, against the same number of forward passes. */
async function speed(network: string) {
  await using model = await loadModel(NETS[network]?.() ?? network);
  const classifier = model.classifier({ output: "logits" });
  const rows = await measured(model, "morf steps=100");
  const least = { without: Number.POSITIVE_INFINITY, whole: Number.POSITIVE_INFINITY, alone: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    least.without = Math.min(least.without, await processor(() => measured(model, "complexity")));
    least.whole = Math.min(least.whole, await processor(() => measured(model, "morf steps=100")));
    least.alone = Math.min(least.alone, await processor(() => forwardAlone(model, classifier, rows)));
  }
  const [forward, morf] = [least.alone, least.whole - least.without].map((ms) => (1000 * rows) / ms) as [
    number,
    number,
  ];
  return { network, rows, forward_per_s: forward, morf_per_s: morf, ratio: morf / forward, limit: RATE };
}

async function memory() {
  await using model = await loadModel(demoModelBytes(), { labels: DEMO_LABELS, preprocessing: DEMO_PREPROCESSING });
  const scratch = await mkdtemp(join(tmpdir(), "onnxplain-bench-"));
  const levels: (readonly [images: number, bytes: number])[] = [];
  let [early, late] = [0, 0];
  const note = (images: number): void => {
    const rss = process.memoryUsage.rss();
    if (images <= 2 * EARLY) early = Math.max(early, rss);
    else late = Math.max(late, rss);
    if (images % 500 < 16) levels.push([images, rss]);
  };
  try {
    await runEvaluation(model, scenes(IMAGES), {
      folder: join(scratch, "run"),
      methods: ["grad-cam", "gradient"],
      metrics: ["scg", "complexity"],
      batch: BATCH,
      threads: THREADS,
      onProgress: ({ images }) => {
        if (images >= EARLY) note(images);
      },
    });
    note(IMAGES);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return { images: IMAGES, early_rss: early, late_rss: late, ratio: late / early, limit: GROWTH, levels };
}

const networks = process.argv.slice(2);
const rows = [];
if (ROUNDS > 0)
  for (const network of networks.length > 0 ? networks : ["squeezenet-1.1"]) rows.push(await speed(network));
const result = {
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
  settings: { rounds: ROUNDS, batch: BATCH, threads: THREADS },
  speed: rows,
  memory: IMAGES > 0 ? await memory() : undefined,
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
