/** @file The demo network: right on its scenes, and explained exactly as its closed form says. */
import { afterAll, describe, expect, test } from "vitest";
import {
  DEMO_GRID,
  DEMO_LABELS,
  DEMO_LAYER,
  DEMO_PREPROCESSING,
  demoModel,
  demoModelBytes,
} from "../../src/data/demo-net.ts";
import { colorOf, labelOf } from "../../src/data/labels.ts";
import { drawScene, type Scene } from "../../src/data/scenes.ts";
import { explain, predict } from "../../src/explain.ts";
import { loadModel } from "../../src/load.ts";
import { expectedCam, lastMap, near } from "./slow-network.ts";

const weights = demoModel().graph.constants;
const model = await loadModel(demoModelBytes(), { labels: DEMO_LABELS, preprocessing: DEMO_PREPROCESSING });
afterAll(() => model.dispose());

const CELL = 96 / DEMO_GRID;
/** Pixels around a mask that count as the shape: a ring's map peaks in its hole, at most 9.8 pixels from the paint. */
const REACH = 10;

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, v) => total + v, 0);
const presentIn = (scene: Scene): ReadonlySet<number> => new Set(scene.objects.map((o) => o.classIndex));

/** Red disc and red square, green disc and red disc, two of one class, three colours. */
const SCENES = [
  [0, 1],
  [4, 0],
  [9, 9],
  [15, 2, 7],
  [12, 15],
  [3, 8],
].map((classes, i) => drawScene(40 + i, { classes }));

describe("the file", () => {
  test("is the same every time", () => expect(demoModelBytes()).toEqual(demoModelBytes()));

  test("is explained at its last map, and its Softmax is cut off", async () => {
    const map = await explain(model, SCENES[0]!.image, { method: "grad-cam" });
    expect(map.layer).toMatchObject({ name: DEMO_LAYER, grid: [24, 24], channels: 32 });
    expect(map.scores[0]).toHaveLength(16);
    expect(map.notes.join()).toContain("Softmax");
  });
});

describe("classification", () => {
  const scenes = Array.from({ length: 100 }, (_, seed) => drawScene(seed));

  test("on 100 scenes the highest logits are the classes of the shapes, and absent colours have logit 0", async () => {
    let right = 0;
    for (const scene of scenes) {
      const logits = (await predict(model, scene.image))[0]!;
      const present = presentIn(scene);
      const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!);
      if (order.slice(0, present.size).every((c) => present.has(c))) right++;
      const colors = new Set([...present].map(colorOf));
      for (const [c, logit] of logits.entries()) if (!colors.has(colorOf(c))) expect(logit).toBe(0);
    }
    expect(right).toBeGreaterThanOrEqual(98);
  });

  test("every class is told from every other, shape from shape in one colour too", async () => {
    for (const classIndex of DEMO_LABELS.keys()) {
      for (const seed of [1, 2, 3]) {
        const logits = (await predict(model, drawScene(seed, { classes: [classIndex] }).image))[0]!;
        const others = logits.filter((_, c) => c !== classIndex);
        expect(logits[classIndex], labelOf(classIndex)).toBeGreaterThan(1);
        expect(Math.max(...others), labelOf(classIndex)).toBeLessThan(logits[classIndex]! / 4);
      }
    }
  });

  test("bare ground has no evidence for anything", async () => {
    const image = { width: 96, height: 96, channels: 3 as const, data: new Uint8Array(96 * 96 * 3).fill(120) };
    expect([...(await predict(model, image))[0]!]).toEqual(new Array(16).fill(0));
  });
});

describe.each(SCENES.map((scene) => ({ name: scene.objects.map((o) => o.label).join(", "), scene })))(
  "$name",
  ({ scene }) => {
    const last = lastMap(scene.image, weights);
    const cam = async (target: number | string, method = "grad-cam"): Promise<Float32Array> =>
      (await explain(model, scene.image, { method, target })).values;
    const close = (got: Float32Array, want: Float64Array): void => {
      const scale = Math.max(...want, 1);
      expect(Math.max(...got.map((v, i) => Math.abs(v - want[i]!)))).toBeLessThan(1e-4 * scale);
    };

    test("Grad-CAM is the closed form, for every class", async () => {
      for (const c of DEMO_LABELS.keys()) close(await cam(c), expectedCam(last, c));
    });

    test("HiResCAM and LayerCAM are the same map", async () => {
      const classIndex = scene.objects[0]!.classIndex;
      for (const method of ["hirescam", "layer-cam"])
        close(await cam(classIndex, method), expectedCam(last, classIndex));
    });

    test("a contrast is the difference of two maps", async () => {
      const [a, b] = [scene.objects[0]!.classIndex, (scene.objects.at(-1)!.classIndex + 5) % 16];
      const other = expectedCam(last, b);
      close(
        await cam(`${a}-${b}`),
        expectedCam(last, a).map((v, i) => v - other[i]!),
      );
    });

    test("the map is not negative, its sum is the logit", async () => {
      for (const c of presentIn(scene)) {
        const map = await explain(model, scene.image, { method: "grad-cam", target: c });
        expect(Math.min(...map.values)).toBeGreaterThanOrEqual(0);
        expect(sum(map.values) / map.score).toBeCloseTo(1, 4);
      }
    });

    test("more than 95 % of the map lies on the shapes of the class, whatever else is there", async () => {
      for (const c of presentIn(scene)) {
        const own = scene.objects.filter((o) => o.classIndex === c);
        const values = await cam(c);
        const on = values.filter((_, i) => {
          const at = { x: ((i % DEMO_GRID) + 0.5) * CELL - 0.5, y: (Math.floor(i / DEMO_GRID) + 0.5) * CELL - 0.5 };
          return own.some((o) => near(o.mask, at, REACH));
        });
        expect(sum(on)).toBeGreaterThan(0.95 * sum(values));
      }
    });

    test("absent classes have an empty map", async () => {
      const colors = new Set([...presentIn(scene)].map(colorOf));
      for (const c of DEMO_LABELS.keys())
        if (!colors.has(colorOf(c))) expect(sum((await cam(c)).map(Math.abs))).toBe(0);
    });

    test("the input gradient is exactly 0 away from paint of the class's colour, and deep inside it", async () => {
      for (const c of presentIn(scene)) {
        const own = scene.objects.filter((o) => colorOf(o.classIndex) === colorOf(c));
        const gradient = (await explain(model, scene.image, { method: "gradient", target: c })).values;
        expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.1);
        for (let i = 0; i < 96 * 96; i++) {
          const at = { x: i % 96, y: Math.floor(i / 96) };
          const inside = own.find((o) => o.mask[i] === 1);
          const silent = inside
            ? !near(
                inside.mask.map((v) => 1 - v),
                at,
                8,
              )
            : !own.some((o) => near(o.mask, at, 3));
          if (silent) for (let k = 0; k < 3; k++) expect(gradient[k * 96 * 96 + i]).toBe(0);
        }
      }
    });
  },
);
