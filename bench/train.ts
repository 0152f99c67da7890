/**
 * @file `npm run build && node dist/bench/train.js [BATCH [SIDE]]`: a training step of every small architecture against a forward pass
 * over the same batch, the two in turn. Two forward passes are told apart: `deployed` is the finished network as a user runs it (weights
 * are constants, normalisation folded into them, layouts chosen for them), `open` computes the same loss from weights that are inputs, as
 * a step must.
 */
import { close } from "../src/diff/emit.ts";
import { writeModelBytes } from "../src/graph/write.ts";
import { builderOn } from "../src/ops/infer.ts";
import { OPS } from "../src/ops/table.ts";
import { openSession } from "../src/runtime/ort-node.ts";
import type { HostTensor } from "../src/runtime/session.ts";
import type { Architecture } from "../src/train/architecture.ts";
import { ARCHITECTURES } from "../src/train/architectures/table.ts";
import { findLoss } from "../src/train/losses.ts";
import { findOptimizer } from "../src/train/optimizers.ts";
import { thetaOf } from "../src/train/parameters.ts";
import { runningOf } from "../src/train/running-statistics.ts";
import { STEP, trainingStep } from "../src/train/step.ts";

const THREADS = Number(process.env.BENCH_THREADS ?? 1);
const REPEATS = Number(process.env.BENCH_RUNS ?? 15);
/** Of a step over the forward pass from weights that are inputs. */
const LIMIT = 5;
const CLASSES = 10;

const [batchSize = "64", sideSize = "32"] = process.argv.slice(2);
const [batch, side] = [Number(batchSize), Number(sideSize)];

const wave = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * 0.7) + Math.cos(i * 0.013));
const tensor = (dims: readonly number[], data: Float32Array): HostTensor => ({ dtype: "float32", dims, data });
const images = tensor([batch, 3, side, side], wave(batch * 3 * side * side));
const targets = tensor(
  [batch, CLASSES],
  Float32Array.from({ length: batch * CLASSES }, (_, i) => (Math.floor(i / CLASSES) % CLASSES === i % CLASSES ? 1 : 0)),
);

console.log(
  `batch ${batch}, ${side}x${side}, ${THREADS} ${THREADS === 1 ? "thread" : "threads"}, least of ${REPEATS}, in ms`,
);
for (const { id, build } of Object.values<Architecture>(ARCHITECTURES)) {
  const network = build({ classes: CLASSES, channels: 3, height: side, width: side, seed: 1 });
  const step = trainingStep(
    network,
    { loss: findLoss("cross-entropy"), optimizer: findOptimizer("sgd"), weightDecay: 5e-4 },
    OPS,
  );
  const theta = thetaOf(network.model, step.parameters);
  const running = runningOf(network.model, step.statistics);
  const feeds: Record<string, HostTensor> = {
    [STEP.images]: images,
    [STEP.targets]: targets,
    [STEP.theta]: tensor([theta.length], theta),
    [STEP.running]: tensor([running.length], running),
    [STEP.state(0)]: tensor([theta.length], new Float32Array(theta.length)),
    [STEP.rate]: tensor([], Float32Array.of(0.05)),
    [STEP.count]: tensor([], Float32Array.of(1)),
  };
  const g = builderOn(step.model.graph, OPS);
  const open = { ...step.model, graph: close(step.model, g, [g.value(STEP.loss)]).graph };
  const models = { deployed: network.model, open, step: step.model };
  const least: Record<string, number> = {};
  const sessions = await Promise.all(
    Object.entries(models).map(async ([name, model]) => {
      const session = await openSession(writeModelBytes(model), { threads: THREADS });
      const all: Record<string, HostTensor> = { ...feeds, [network.input]: images };
      const own = Object.fromEntries(session.inputs.map((input) => [input, all[input] as HostTensor]));
      return { name, session, own };
    }),
  );
  for (let i = 0; i < REPEATS; i++)
    for (const { name, session, own } of sessions) {
      const began = performance.now();
      await session.run(own);
      least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, performance.now() - began);
    }
  await Promise.all(sessions.map(({ session }) => session.dispose()));
  const { deployed = 0, open: forward = 0, step: whole = 0 } = least;
  const ms = (v: number): string => v.toFixed(1).padStart(7);
  console.log(
    `${id.padEnd(16)} deployed ${ms(deployed)}  open ${ms(forward)}  step ${ms(whole)}  step/open ${(whole / forward).toFixed(2)}  step/deployed ${(whole / deployed).toFixed(2)}`,
  );
  if (whole / forward > LIMIT) process.exitCode = 1;
}
