/**
 * @file `npm run build && node dist/bench/score-cam.js [NET [BATCH]]`: Score-CAM of one image against forwards alone. After each
 * batch of masked images the plain network runs on a batch of the same size, so whatever else the machine does falls on both.
 */
import { close, extend } from "../src/diff/emit.ts";
import { drive } from "../src/drive.ts";
import { writeModelBytes } from "../src/graph/write.ts";
import { loadModel, METHODS } from "../src/index.ts";
import { defaultLayer } from "../src/methods/layers.ts";
import { readParams } from "../src/params.ts";
import { openSession } from "../src/runtime/ort-node.ts";
import type { HostTensor, Session } from "../src/runtime/session.ts";
import { NETS } from "./nets.ts";

/** One thread: the threads of two sessions that run in turn would wait for one another. */
const OPTIONS = { threads: 1 } as const;
const REPEATS = Number(process.env.BENCH_RUNS ?? 3);
const LIMIT = 1.15;

const [net = "resnet-18", batchSize = "16"] = process.argv.slice(2);
const batch = Number(batchSize);
const bytes = NETS[net];
if (bytes === undefined) throw new Error(`No network ${net}. There are: ${Object.keys(NETS).join(", ")}.`);

await using model = await loadModel(bytes());
const classifier = model.classifier();
const method = METHODS["score-cam"];
const layer = defaultLayer(classifier);
const plan = method.plan({ classifier, params: readParams(method.id, method.params, {}), layer, seed: 0 });
if (plan.probe === undefined) throw new Error("Score-CAM has a probe.");

const g = extend(classifier.model, classifier.ops);
const forward = await openSession(writeModelBytes(close(classifier.model, g, [g.value(classifier.scores)])), OPTIONS);
const session = await openSession(writeModelBytes(plan.model), OPTIONS);
const probe = await openSession(writeModelBytes(plan.probe.model), OPTIONS);

const rowDims = (classifier.input.dims as readonly number[]).slice(1);
const size = rowDims.reduce((p, d) => p * d, 1);
const picture = (count: number): HostTensor => ({
  dtype: "float32",
  dims: [count, ...rowDims],
  data: Float32Array.from({ length: count * size }, (_, i) => Math.sin(i * 0.7) + Math.cos(i * 0.013)),
});
const sample = {
  x: picture(1).data as Float32Array,
  cotangent: new Float32Array(classifier.classes).fill(1, 0, 1),
};
const plain = { [classifier.input.name]: picture(batch) };

/** What one image took. `pairs`: each batch with the host's work before it, over the forward after it, row by row. */
interface Tally {
  rows: number;
  forwardMs: number;
  readonly pairs: number[];
}

/** The plan's session, with a plain forward after every run. */
function beside(tally: Tally): Session {
  let last = performance.now();
  return {
    ...session,
    run: async (feeds, wanted) => {
      const found = await session.run(feeds, wanted);
      const rows = found["x/score"]?.dims[0] as number;
      const began = performance.now();
      await forward.run(plain);
      const ended = performance.now();
      tally.rows += rows;
      tally.forwardMs += ended - began;
      tally.pairs.push((began - last) / rows / ((ended - began) / batch));
      last = ended;
      return found;
    },
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

await forward.run(plain);
const pairs: number[] = [];
for (let i = 0; i < REPEATS; i++) {
  const tally: Tally = { rows: 0, forwardMs: 0, pairs: [] };
  const began = performance.now();
  await drive(plan, [sample], { session: beside(tally), probe, batch });
  const total = performance.now() - began - tally.forwardMs;
  const perRow = tally.forwardMs / tally.pairs.length / batch;
  pairs.push(...tally.pairs);
  console.log(
    `${net}: ${layer.channels} channels, ${tally.rows} forwards in batches of ${batch}: ${(total / 1000).toFixed(2)} s, ` +
      `${(1000 / total).toFixed(4)} images/s; a forward ${perRow.toFixed(2)} ms; ratio of totals ${(total / (tally.rows * perRow)).toFixed(3)}`,
  );
}
const typical = median(pairs);
console.log(`median over ${pairs.length} batches, each with a forward after it: ${typical.toFixed(3)}; limit ${LIMIT}`);
await Promise.all([forward, session, probe].map((s) => s.dispose()));
if (typical > LIMIT) process.exitCode = 1;
