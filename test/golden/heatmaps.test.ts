/** @file The importance functions of SPEC 5.3 as reference code computed them (../shared/golden2, chapter 5): occlusion, gradient, C-MWP. */
import { afterAll, describe, expect, it } from "vitest";
import { type Explainer, type ExplainOptions, explain, loadModel } from "../../src/index.ts";
import { absent, hasShared, readSharedNpy, shared } from "../shared.ts";
import { inputOf, MEAN, SIDE, STD } from "./cifar.ts";

const FOLDER = "golden2/ch5/c_caffenet";
const read = (name: string): ArrayLike<number> => readSharedNpy(`${FOLDER}/${name}.npy`).data as ArrayLike<number>;
const PREPROCESSING = {
  resample: "bilinear",
  channelOrder: "RGB",
  scale: 1 / 255,
  mean: MEAN,
  std: STD,
  layout: "nchw",
} as const;

const occ = (patch: number, variant = "mean"): Pick<ExplainOptions, "method" | "params" | "output"> => ({
  method: "occlusion",
  output: "probability",
  params: { patch, variant, fill: MEAN.map((m, c) => (0.5 - m) / (STD[c] as number)) },
});
const grad = (dilations: number): Pick<ExplainOptions, "method" | "params"> => ({
  method: "grad-magnitude",
  params: { dilations },
});
/** In the order of `H`; the seventh, C-MWP, is compared before it is up-sampled. */
const FUNCTIONS = [occ(10), occ(20), occ(40), grad(0), grad(2), grad(5)];

describe.skipIf(!hasShared(FOLDER))(`importance functions${absent(FOLDER)}`, () => {
  const u8 = hasShared(FOLDER) ? (readSharedNpy("golden2/shared/test_u8.npy").data as Uint8Array) : new Uint8Array();
  const positions = hasShared(FOLDER) ? Array.from(read("base/positions"), Number) : [];
  const classes = hasShared(FOLDER) ? Array.from(read("base/y"), Number) : [];
  let model: Explainer | undefined;
  const map = async (
    i: number,
    ask: Pick<ExplainOptions, "method" | "params" | "output" | "layer">,
  ): Promise<Float32Array> => {
    model ??= await loadModel(shared("golden/models/c_caffenet.onnx"));
    const x = { dims: [1, 3, SIDE, SIDE], data: inputOf(u8, positions[i] as number) };
    return (await explain(model, x, { ...ask, target: classes[i] as number, preprocessing: PREPROCESSING })).values;
  };
  afterAll(() => model?.dispose());
  /** Share of the first entries of `got` that are further from `want` than allowed. */
  const outside = (
    got: ArrayLike<number>,
    want: ArrayLike<number>,
    from: number,
    { atol, rtol, size }: { readonly atol: number; readonly rtol: number; readonly size: number },
  ): number => {
    let count = 0;
    for (let k = 0; k < size; k++) {
      const w = want[from + k] as number;
      if (!(Math.abs((got[k] as number) - w) <= atol + rtol * Math.abs(w))) count++;
    }
    return count;
  };
  const size = SIDE * SIDE;

  it.each(FUNCTIONS.map((f, i) => [`${f.method} ${JSON.stringify(f.params)}`, i] as const))(
    "%s on 30 pictures",
    { timeout: 60_000 },
    async (_, f) => {
      const want = read("heatmaps/H");
      let count = 0;
      for (const i of positions.keys())
        count += outside(
          await map(i, FUNCTIONS[f] as (typeof FUNCTIONS)[number]),
          want,
          (f * positions.length + i) * size,
          { atol: 1e-4, rtol: 1e-3, size },
        );
      expect(count / (positions.length * size)).toBeLessThanOrEqual(0.001);
    },
  );
  it.each([
    ["mean", 0],
    ["paper_intent", 1],
    ["paper_literal", 2],
  ] as const)("occlusion, variant %s", async (variant, v) => {
    const want = read("heatmaps/occ_variants");
    for (let i = 0; i < 5; i++)
      expect(outside(await map(i, occ(10, variant)), want, (v * 5 + i) * size, { atol: 1e-5, rtol: 1e-3, size })).toBe(
        0,
      );
  });
  it("C-MWP at the second pool, before clipping", async () => {
    const want = read("heatmaps/cmwp_small");
    const ask = { method: "c-mwp", layer: "/features/features.6/MaxPool_output_0", params: { relu: false } };
    for (const i of positions.keys())
      expect(outside(await map(i, ask), want, i * 49, { atol: 1e-6, rtol: 1e-3, size: 49 })).toBe(0);
  });
});
