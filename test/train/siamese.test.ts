import { describe, expect, it } from "vitest";
import { drawSynth } from "../../src/data/synth/draw.ts";
import { synthSettings } from "../../src/data/synth/settings.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { OPS } from "../../src/ops/table.ts";
import { uniforms } from "../../src/random.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import { addTo, emptyTally, labelsOf, topAccuracy } from "../../src/train/accuracy.ts";
import { findArchitecture } from "../../src/train/architectures/table.ts";
import { baked } from "../../src/train/bake.ts";
import { arrayFeed } from "../../src/train/feed.ts";
import { type ArrayData, arraySamples } from "../../src/train/feeding/arrays.ts";
import { findLoss } from "../../src/train/losses.ts";
import { findOptimizer } from "../../src/train/optimizers.ts";
import { pairedFeed } from "../../src/train/pairs.ts";
import { thetaOf } from "../../src/train/parameters.ts";
import { runningOf } from "../../src/train/running-statistics.ts";
import { trainingStep } from "../../src/train/step.ts";
import { firstState, trainer } from "../../src/train/trainer.ts";

const PLACES = 6;
const TRAIN = 3;
const VIEWS = 10;
const SIDE = 48;
const SHIFT = 4;

/** Views of one scene each: windows a few pixels apart, a little brighter or darker. */
function places(): { readonly train: ArrayData; readonly test: ArrayData } {
  const whole = SIDE + 2 * SHIFT;
  const settings = synthSettings({ size: whole, seed: 17 });
  const random = uniforms(6);
  const size = 3 * SIDE * SIDE;
  const taken = (place: number): Float32Array => {
    const { data } = drawSynth(settings, place).image;
    const [dx, dy, gain] = [Math.floor(random() * 9), Math.floor(random() * 9), 0.9 + 0.2 * random()];
    return Float32Array.from({ length: size }, (_, i) => {
      const [c, y, x] = [Math.floor(i / (SIDE * SIDE)), Math.floor(i / SIDE) % SIDE, i % SIDE];
      return (gain * (data[((y + dy) * whole + x + dx) * 3 + c] as number)) / 64 - 2;
    });
  };
  const views = Array.from({ length: PLACES }, (_, place) => Array.from({ length: VIEWS }, () => taken(place)));
  const arrays = (from: number, to: number): ArrayData => {
    const images = views.flatMap((own) => own.slice(from, to));
    const all = new Float32Array(images.length * size);
    const targets = new Float32Array(images.length * PLACES);
    images.forEach((image, i) => {
      all.set(image, i * size);
      targets[i * PLACES + Math.floor(i / (to - from))] = 1;
    });
    return { images: all, dims: [3, SIDE, SIDE], targets, classes: PLACES };
  };
  return { train: arrays(0, TRAIN), test: arrays(TRAIN, VIEWS) };
}

describe("a Siamese network", () => {
  it("learns six places from three views each and knows all of seven others", async () => {
    const { train, test } = places();
    const network = findArchitecture("caffenet-small").build({
      classes: PLACES,
      channels: 3,
      height: SIDE,
      width: SIDE,
      seed: 1,
      widthFactor: 0.5,
    });
    const step = trainingStep(
      network,
      { loss: findLoss("identification-verification"), optimizer: findOptimizer("adamw"), weightDecay: 1e-3 },
      OPS,
    );
    const session = await openSession(writeModelBytes(step.model), { threads: 1 });
    const t = trainer(session, {
      step,
      feed: pairedFeed(arraySamples(train), { seed: 4 }),
      from: firstState(
        { theta: thetaOf(network.model, step.parameters), running: runningOf(network.model, step.statistics) },
        2,
      ),
      epochs: 60,
      batch: 12,
      schedule: { kind: "cosine", rate: 1e-3 },
    });
    const losses: number[] = [];
    for await (const { loss } of t.steps()) losses.push(loss);
    const model = baked(network, await t.state(), step);
    await session.dispose();
    const forward = await openSession(writeModelBytes(model), { threads: 1 });
    const tally = emptyTally(PLACES);
    for await (const b of arrayFeed(test).inOrder(42)) {
      const images = { dtype: "float32", dims: [b.count, 3, SIDE, SIDE], data: b.images } as const;
      const scores = (await forward.run({ [network.input]: images }))[network.scores]?.data as Float32Array;
      addTo(tally, scores, labelsOf(b.targets, PLACES));
    }
    await forward.dispose();
    console.log(`siamese: loss ${losses[0]?.toFixed(2)} to ${losses.at(-1)?.toFixed(3)} in ${losses.length} steps`);
    expect(tally.count).toBe(PLACES * (VIEWS - TRAIN));
    expect(topAccuracy(tally)).toBe(1);
  });
});
