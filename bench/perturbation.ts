/**
 * @file `node dist/bench/perturbation.js [NET …]`: methods of many forward passes against those passes alone.
 *
 * Both take the same number of images in batches of the same sizes, in turn; the minimum over rounds is quoted. The passes alone
 * are fed batches that lie ready; a method makes its own, and everything else it does counts. `BENCH_ROWS` sets the rows of
 * methods that take a number of them, `BENCH_ROUNDS`, `BENCH_BATCH` and `BENCH_THREADS` the rest. Results on stdout as JSON.
 */
import { cpus } from "node:os";
import { openSession } from "#ort";
import { close, extend } from "../src/diff/emit.ts";
import { drive } from "../src/drive.ts";
import { chooseLayer } from "../src/explain/asked.ts";
import { writeModelBytes } from "../src/graph/write.ts";
import { type Explainer, findMethod, loadModel } from "../src/index.ts";
import type { Classifier } from "../src/methods/classifier.ts";
import type { Plan, Sample } from "../src/methods/method.ts";
import { readParams } from "../src/params.ts";
import type { Session } from "../src/runtime/session.ts";
import { NETS } from "./nets.ts";

const ROWS = Number(process.env.BENCH_ROWS ?? 1000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const BATCH = Number(process.env.BENCH_BATCH ?? 16);
const THREADS = Number(process.env.BENCH_THREADS ?? 1);
/** At most this, for time of the whole over time of the passes alone. */
const LIMIT = 1.15;

/** Methods with the parameters they are timed with. */
const METHODS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  occlusion: {},
  rise: { n_masks: ROWS },
  lime: { num_samples: ROWS },
  "kernel-shap": { num_samples: ROWS - 2 },
};

const NETWORKS = ["squeezenet-1.1", "resnet-18"];

interface Row {
  readonly network: string;
  readonly method: string;
  readonly rows: number;
  readonly ms: number;
  readonly forwardMs: number;
  readonly imagesPerSecond: number;
  readonly ratio: number;
}

/** Smooth colours with some texture: superpixels have something to find. */
function pictureOf({ channels, height, width }: Classifier): Float32Array {
  const plane = height * width;
  return Float32Array.from({ length: channels * plane }, (_, i) => {
    const [c, y, x] = [Math.floor(i / plane), Math.floor((i % plane) / width), i % width];
    return Math.sin(x / 17 + c) + Math.cos(y / 23 - c) + 0.2 * Math.sin(x * y + c);
  });
}

async function timed(f: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await f();
  return performance.now() - began;
}

/** `count` images through the network in batches, as the driver forms them. */
function forwards(session: Session, { input }: Classifier, x: Float32Array): (count: number) => Promise<void> {
  const dims = (input.dims ?? []).slice(1) as readonly number[];
  const batch = new Float32Array(BATCH * x.length);
  for (let i = 0; i < BATCH; i++) batch.set(x, i * x.length);
  return async (count) => {
    for (let left = count; left > 0; left -= BATCH) {
      const size = Math.min(left, BATCH);
      const data = batch.subarray(0, size * x.length);
      await session.run({ [input.name]: { dtype: "float32", dims: [size, ...dims], data } });
    }
  };
}

/** Every row that the driver feeds, the ones before the plan's own included. */
async function rowsFed(plan: Plan, sample: Sample, session: Session, probe: Session | undefined): Promise<number> {
  let rows = plan.probe ? 1 : 0;
  const counting: Session = {
    ...session,
    run: (feeds, wanted) => {
      rows += Math.max(...Object.values(feeds).map((t) => t.dims[0] ?? 1));
      return session.run(feeds, wanted);
    },
  };
  await drive(plan, [sample], { session: counting, probe, batch: BATCH });
  return rows;
}

async function race(model: Explainer, network: string, id: string): Promise<Row> {
  const classifier = model.classifier();
  const method = findMethod(id);
  const params = readParams(id, method.params, METHODS[id] ?? {});
  const plan = method.plan({ classifier, params, layer: chooseLayer(method, classifier, undefined), seed: 0 });
  const x = pictureOf(classifier);
  const cotangent = new Float32Array(classifier.classes);
  cotangent[0] = 1;
  const open = (m: Plan["model"]): Promise<Session> => openSession(writeModelBytes(m), { threads: THREADS });
  const g = extend(classifier.model, classifier.ops);
  const plain = await open(close(classifier.model, g, [g.value(classifier.scores)]));
  const session = await open(plan.model);
  const probe = plan.probe && (await open(plan.probe.model));
  try {
    const rows = await rowsFed(plan, { x, cotangent }, session, probe);
    const forward = forwards(plain, classifier, x);
    await forward(BATCH);
    const [own, beside]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      beside.push(await timed(() => forward(rows)));
      own.push(await timed(() => drive(plan, [{ x, cotangent }], { session, probe, batch: BATCH })));
    }
    const [ms, forwardMs] = [Math.min(...own), Math.min(...beside)];
    return { network, method: id, rows, ms, forwardMs, imagesPerSecond: (1000 * rows) / ms, ratio: ms / forwardMs };
  } finally {
    await Promise.all([plain.dispose(), session.dispose(), probe?.dispose()]);
  }
}

const results: Row[] = [];
for (const network of process.argv.length > 2 ? process.argv.slice(2) : NETWORKS) {
  await using model = await loadModel(NETS[network]?.() ?? network);
  for (const id of Object.keys(METHODS)) {
    const row = await race(model, network, id);
    results.push(row);
    process.stderr.write(
      `${network} ${id}: ${row.rows} rows in ${row.ms.toFixed(0)} ms, forwards alone ${row.forwardMs.toFixed(0)} ms, ratio ${row.ratio.toFixed(3)}${row.ratio > LIMIT ? ` (over ${LIMIT})` : ""}, ${row.imagesPerSecond.toFixed(1)} images/s\n`,
    );
  }
}
process.stdout.write(
  `${JSON.stringify({ cpu: cpus()[0]?.model, threads: THREADS, batch: BATCH, rounds: ROUNDS, results }, null, 2)}\n`,
);
