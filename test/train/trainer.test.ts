import { describe, expect, it } from "vitest";
import { writeModelBytes } from "../../src/graph/write.ts";
import { OPS } from "../../src/ops/table.ts";
import { normals, uniforms } from "../../src/random.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import type { Session } from "../../src/runtime/session.ts";
import { findArchitecture } from "../../src/train/architectures/table.ts";
import type { Feed } from "../../src/train/batch.ts";
import { arrayFeed } from "../../src/train/feed.ts";
import { findLoss } from "../../src/train/losses.ts";
import { culpritText, findNonFinite } from "../../src/train/non-finite.ts";
import { findOptimizer } from "../../src/train/optimizers.ts";
import { thetaOf } from "../../src/train/parameters.ts";
import { runningOf } from "../../src/train/running-statistics.ts";
import { type TrainingStep, trainingStep } from "../../src/train/step.ts";
import { type Diverged, firstState, type TrainingState, trainer } from "../../src/train/trainer.ts";

const SIDE = 16;
const CLASSES = 3;
const network = findArchitecture("resnet-small").build({
  classes: CLASSES,
  channels: 3,
  height: SIDE,
  width: SIDE,
  seed: 2,
  widthFactor: 0.25,
});

/** Squares of noise, brighter in one channel by class. */
function pictures(count: number, scale = 1): Feed {
  const next = normals(8);
  const pick = uniforms(3);
  const size = 3 * SIDE * SIDE;
  const images = new Float32Array(count * size);
  const targets = new Float32Array(count * CLASSES);
  for (let n = 0; n < count; n++) {
    const label = Math.floor(pick() * CLASSES);
    targets[n * CLASSES + label] = 1;
    for (let i = 0; i < size; i++)
      images[n * size + i] = scale * (0.5 * next() + (Math.floor(i / (SIDE * SIDE)) === label ? 1 : 0));
  }
  return arrayFeed({ images, dims: [3, SIDE, SIDE], targets, classes: CLASSES }, { seed: 5 });
}

const step = (rate?: { readonly clip: number }): TrainingStep =>
  trainingStep(
    network,
    { loss: findLoss("cross-entropy"), optimizer: findOptimizer("adamw"), weightDecay: 0.01, ...rate },
    OPS,
  );
const begin = (s: TrainingStep): TrainingState =>
  firstState(
    { theta: thetaOf(network.model, s.parameters), running: runningOf(network.model, s.statistics) },
    findOptimizer("adamw").states,
  );
const open = (s: TrainingStep): Promise<Session> =>
  openSession(writeModelBytes(s.model), { threads: 1, stay: Object.values(s.carried) });

interface Ran {
  readonly losses: readonly number[];
  readonly state: TrainingState;
  readonly diverged: Diverged | undefined;
}
async function run(
  session: Session,
  s: TrainingStep,
  {
    from,
    epochs = 3,
    stopAt = Number.POSITIVE_INFINITY,
    rate = 0.01,
    feed = pictures(40),
  }: {
    from: TrainingState;
    epochs?: number;
    stopAt?: number;
    rate?: number;
    feed?: Feed;
  },
): Promise<Ran> {
  const t = trainer(session, { step: s, feed, from, epochs, batch: 8, schedule: { kind: "cosine", rate } });
  const losses: number[] = [];
  const steps = t.steps();
  let diverged: Diverged | undefined;
  for (;;) {
    const next = await steps.next();
    if (next.done) {
      diverged = next.value ?? undefined;
      break;
    }
    losses.push(next.value.loss);
    if (next.value.step >= stopAt) break;
  }
  const state = await t.state();
  t.dispose();
  return { losses, state, diverged };
}

describe("the loop", () => {
  it("learns: the loss of the last epoch is far below that of the first", async () => {
    const s = step();
    const session = await open(s);
    const { losses } = await run(session, s, { from: begin(s), epochs: 6 });
    await session.dispose();
    const mean = (part: readonly number[]): number => part.reduce((a, b) => a + b) / part.length;
    expect(losses).toHaveLength(30);
    expect(mean(losses.slice(-5))).toBeLessThan(0.3 * mean(losses.slice(0, 5)));
  });
  it("stopped and taken up again, in the middle of an epoch too, ends at the very same numbers", async () => {
    const s = step();
    const session = await open(s);
    const whole = await run(session, s, { from: begin(s) });
    for (const stopAt of [1, 5, 8]) {
      const first = await run(session, s, { from: begin(s), stopAt });
      expect(first.state.steps).toBe(stopAt);
      const rest = await run(session, s, { from: first.state });
      expect([...first.losses, ...rest.losses]).toEqual(whole.losses);
      expect(rest.state).toEqual(whole.state);
    }
    await session.dispose();
  });
  it("is the same through the host as through values that stay in the runtime", async () => {
    const s = step();
    const session = await open(s);
    const { chain: _, ...plain } = session;
    const [staying, travelling] = [await run(session, s, { from: begin(s) }), await run(plain, s, { from: begin(s) })];
    await session.dispose();
    expect(travelling.state).toEqual(staying.state);
    expect(travelling.losses).toEqual(staying.losses);
  });
  it("stops when told to", async () => {
    const s = step();
    const session = await open(s);
    const control = new AbortController();
    const t = trainer(session, {
      step: s,
      feed: pictures(40),
      from: begin(s),
      epochs: 3,
      batch: 8,
      schedule: { kind: "constant", rate: 0.01 },
      signal: control.signal,
    });
    const steps = t.steps();
    await steps.next();
    control.abort();
    await expect(steps.next()).rejects.toThrow(/Stopped after 1 steps/);
    await session.dispose();
  });
});

describe("a training that diverges", () => {
  it("ends with the step, and the state from before it", async () => {
    const s = step();
    const session = await open(s);
    const { state, diverged, losses } = await run(session, s, { from: begin(s), rate: 1e30 });
    await session.dispose();
    expect(diverged).toBeDefined();
    expect(diverged?.step).toBe(losses.length + 1);
    expect(state.steps).toBe(losses.length);
    expect(losses.every(Number.isFinite)).toBe(true);
  });
  it("names the parameter, the layer or the input that was not finite", async () => {
    const s = step();
    const state = begin(s);
    const feed = pictures(8);
    let batch: Awaited<ReturnType<AsyncIterator<unknown>["next"]>>["value"];
    for await (const b of feed.inOrder(8)) batch = b;
    const ask = (theta: Float32Array, images: Float32Array) =>
      findNonFinite(
        { network, step: s, learned: { theta, running: state.running }, batch: { ...batch, images }, dims: feed.dims },
        (model) => openSession(writeModelBytes(model), { threads: 1 }),
        OPS,
      );
    const slot = s.parameters.slots.find((p) => p.name === "block2.conv1.weight");
    const broken = state.theta.slice();
    broken[slot?.offset ?? 0] = Number.NaN;
    expect(await ask(broken, batch.images)).toEqual({ kind: "parameter", name: "block2.conv1.weight" });
    const huge = state.theta.slice();
    huge.fill(3e38, slot?.offset ?? 0, (slot?.offset ?? 0) + (slot?.size ?? 0));
    const layer = await ask(huge, batch.images);
    expect(layer).toMatchObject({ kind: "layer", op: "Conv" });
    expect(layer.name).toContain("block2.conv1");
    const nan = batch.images.slice();
    nan[7] = Number.POSITIVE_INFINITY;
    expect(await ask(state.theta, nan)).toEqual({ kind: "input", name: network.input });
    expect((await ask(state.theta, batch.images)).kind).toBe("gradient");
    expect(culpritText(layer)).toMatch(/first layer without finite numbers is `block2\.conv1.*Conv/);
  });
});
