/** @file Every case of ../shared/golden with a map of a method we have, within the manifest's tolerance; counts are printed. */
import { afterAll, describe, expect, it } from "vitest";
import { type Explainer, explain, loadModel, predict } from "../../src/index.ts";
import { absent, hasShared, readSharedJson, readSharedNpy, shared } from "../shared.ts";
import { askFor, compare, finishCam, type GoldenCase, nearest, signsOf } from "./cases.ts";
import { interestingGradients } from "./layer-gradients.ts";

const manifest = hasShared("golden/MANIFEST.json")
  ? readSharedJson<{ readonly cases: readonly GoldenCase[] }>("golden/MANIFEST.json")
  : { cases: [] };
const SIZE = 64;

describe.skipIf(!hasShared("golden"))(`golden${absent("golden")}`, () => {
  const images = hasShared("golden") ? (readSharedNpy("golden/inputs.npy").data as Float32Array) : new Float32Array();
  const noise = hasShared("golden")
    ? (readSharedNpy("golden/deeplift_baseline.npy").data as Float32Array)
    : new Float32Array();
  const models = new Map<string, Promise<Explainer>>();
  const open = (name: string): Promise<Explainer> => {
    const model = models.get(name) ?? loadModel(shared(`golden/models/${name}.onnx`));
    models.set(name, model);
    return model;
  };
  const counts = { passed: 0, run: 0 };

  const row = 3 * SIZE * SIZE;
  const image = (i: number): Float32Array => images.slice(i * row, (i + 1) * row);
  const batch = (c: GoldenCase): Float32Array =>
    Float32Array.from(c.image_indices.flatMap((i) => Array.from(image(i))));

  async function compute(c: GoldenCase, want: Float32Array): Promise<ArrayLike<number> | undefined> {
    const model = await open(c.model);
    const dims = [c.image_indices.length, 3, SIZE, SIZE];
    if (c.method === "logits") return (await predict(model, { dims, data: batch(c) })).flatMap((r) => Array.from(r));
    if (c.method === "activation and gradient at the CAM layer")
      return interestingGradients(model, c, { dims, data: batch(c) });
    const ask = askFor(c, noise.slice(0, row));
    if (ask === undefined) return undefined;
    const values: number[] = [];
    for (const [i, index] of c.image_indices.entries()) {
      const map = await explain(
        model,
        { dims: [1, 3, SIZE, SIZE], data: image(index) },
        { ...ask, target: c.targets[i] as number },
      );
      const finish = (raw: Float32Array): Float32Array =>
        c.part === "final" ? finishCam(raw, map.dims.slice(1) as [number, number], SIZE) : raw;
      const signed = signsOf(c).map((sign) => finish(map.values.map((v) => sign * v)));
      const size = want.length / c.image_indices.length;
      for (const v of nearest(signed, want.subarray(i * size, (i + 1) * size))) values.push(v);
    }
    return values;
  }

  for (const c of manifest.cases) {
    const ours =
      c.method === "logits" || c.method.startsWith("activation and gradient") || askFor(c, noise) !== undefined;
    if (!ours) continue;
    it(c.id, async () => {
      counts.run++;
      const want = readSharedNpy(`golden/${c.file}`).data as Float32Array;
      const got = (await compute(c, want)) as ArrayLike<number>;
      expect(got.length).toBe(want.length);
      const { error, cosine } = compare(got, want, c.image_indices.length);
      expect(error, `${c.id}: max |a-g|/max|g|`).toBeLessThanOrEqual(c.tolerance.max_abs_over_max_golden);
      expect(cosine, `${c.id}: cosine`).toBeGreaterThanOrEqual(c.tolerance.min_cosine);
      counts.passed++;
    });
  }

  afterAll(async () => {
    for (const model of models.values()) await (await model).dispose();
    const metrics = manifest.cases.filter(({ method }) => method.startsWith("metric: ")).length;
    console.log(
      `golden methods: ${counts.passed}/${counts.run} passed; of ${manifest.cases.length} cases ${metrics} are metrics (their own suites), ${manifest.cases.length - metrics - counts.run} belong to methods this version does not have`,
    );
  });
});
