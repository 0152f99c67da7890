/** @file The metric cases of ../shared/golden (Quantus, pytorch-grad-cam, RISE) and of ../shared/golden2 (SCG, CCG, average drop); counts are printed. */
import { afterAll, describe, expect, it } from "vitest";
import { type Explainer, loadModel, predict } from "../../src/index.ts";
import { baseImage } from "../../src/metrics/base-image.ts";
import { impute } from "../../src/metrics/impute.ts";
import type { MetricImage, Outcome, Scored } from "../../src/metrics/metric.ts";
import { descending } from "../../src/metrics/order.ts";
import { REASON } from "../../src/metrics/refusal.ts";
import { findMetric } from "../../src/metrics/table.ts";
import { topMask } from "../../src/metrics/top-mask.ts";
import { imageOf, type Ran, runMetric, softmax } from "../metrics/run.ts";
import { absent, hasShared, readSharedJson, readSharedNpy, shared } from "../shared.ts";
import { inputOf, MEAN, SIDE, STD } from "./cifar.ts";

const PIXELS = SIDE * SIDE;
const ROW = 3 * PIXELS;
const plane = (i: number): number => Math.floor((i % ROW) / PIXELS);
const toInput = (pixels: Float32Array): Float32Array =>
  pixels.map((v, i) => (v - (MEAN[plane(i)] as number)) / (STD[plane(i)] as number));
const toPixels = (x: Float32Array): Float32Array =>
  x.map((v, i) => v * (STD[plane(i)] as number) + (MEAN[plane(i)] as number));

const models = new Map<string, Promise<Explainer>>();
const scorer =
  (name: string) =>
  async (rows: readonly Float32Array[]): Promise<readonly Scored[]> => {
    const model = models.get(name) ?? loadModel(shared(`golden/models/${name}.onnx`));
    models.set(name, model);
    const data = new Float32Array(rows.length * ROW);
    rows.forEach((row, i) => {
      data.set(row, i * ROW);
    });
    const scores = await predict(await model, { dims: [rows.length, 3, SIDE, SIDE], data }, { batch: 16 });
    return scores.map((logits) => ({ logits, probabilities: softmax(logits) }));
  };
afterAll(async () => {
  for (const model of models.values()) await (await model).dispose();
});

const array = (path: string): Float32Array => readSharedNpy(path).data as Float32Array;
const worst = (got: ArrayLike<number>, want: ArrayLike<number>): number => {
  let most = got.length === want.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < want.length; i++) most = Math.max(most, Math.abs((got[i] as number) - (want[i] as number)));
  return most;
};

interface MetricCase {
  readonly id: string;
  readonly model: string;
  readonly method: string;
  readonly params_num: Readonly<Record<string, number | string>>;
  readonly heatmap: string;
  readonly image_indices: readonly number[];
  readonly targets: readonly number[];
  readonly file?: string;
  readonly shape?: readonly number[];
  readonly value?: unknown;
  readonly tolerance: { readonly max_abs?: number; readonly max_rel?: number };
}

const manifest = hasShared("golden/MANIFEST.json")
  ? readSharedJson<{ readonly cases: readonly MetricCase[] }>("golden/MANIFEST.json")
  : { cases: [] };

/** Measures image `i` of a case. */
type Measure = (i: number, id: string, params?: Readonly<Record<string, unknown>>) => Promise<Ran>;
interface Checking {
  readonly c: MetricCase;
  readonly measure: Measure;
  readonly image: (i: number) => MetricImage;
  /** Row `i` of the case's array, whose leading axis is images. */
  readonly row: (i: number) => Float32Array;
  readonly value: (name?: string) => readonly number[];
}
/** Largest deviation from the golden values, absolute or relative as the case's tolerance says. */
type Check = (checking: Checking) => Promise<number>;

const each = async (c: MetricCase, deviation: (i: number) => Promise<number>): Promise<number> => {
  let most = 0;
  for (const i of c.image_indices.keys()) most = Math.max(most, await deviation(i));
  return most;
};
/** The tolerance is one of probabilities: of a trapezoid over n steps it holds for the mean height. */
const perStep = (got: Outcome | undefined, want: number | undefined, steps: number): number =>
  Math.abs((got as number) - (want as number)) / steps;
const curve = (ran: Ran, name: string): Float32Array => ran.curves?.[name] as Float32Array;

const CHECKS: Readonly<Record<string, Check>> = {
  PixelFlipping: ({ c, measure, row, value }) =>
    each(c, async (i) => {
      const features = c.heatmap === "attribution_C" ? "value" : "pixel";
      const ran = await measure(i, "pixel-flipping", {
        features,
        features_in_step: c.params_num.features_in_step ?? c.params_num.pixels_in_step,
      });
      const auc = perStep(ran.values["auc-steps"], value("auc")[i], row(i).length);
      return Math.max(auc, worst(curve(ran, "pixel-flipping").subarray(1), row(i)));
    }),
  RegionPerturbation: ({ c, measure, row, value }) =>
    each(c, async (i) => {
      const id = c.params_num.order as string;
      const { patch_size, regions } = c.params_num;
      const ran = await measure(i, id, { patch_size, steps: regions, baseline: "input_zero" });
      const p = curve(ran, id);
      const drops = p.subarray(1).map((v) => (p[0] as number) - v);
      const mean = Math.abs((ran.values["mean-drop"] as number) - (value("mean")[i] as number));
      return Math.max(mean, worst(drops, row(i)));
    }),
  Selectivity: ({ c, measure, row, value }) =>
    each(c, async (i) => {
      const ran = await measure(i, "selectivity", { patch_size: c.params_num.patch_size, baseline: "input_zero" });
      const auc = perStep(ran.values["auc-steps"], value("auc")[i], row(i).length);
      return Math.max(auc, worst(curve(ran, "selectivity").subarray(1), row(i)));
    }),
  IROF: ({ c, measure, value }) =>
    each(c, async (i) => {
      // The superpixels of the case are those of the normalised input, not of the picture.
      const labels = array(`golden/arrays/${c.model}/metrics/${c.params_num.segments}`);
      const segments = Float32Array.from(labels.subarray(i * PIXELS, (i + 1) * PIXELS));
      const ran = await measure(i, "irof", { segments, baseline: "input_zero" });
      const want = value()[i] as number;
      return Math.abs((ran.values["aoc-steps"] as number) - want) / Math.abs(want);
    }),
  "noisy linear imputation (ROAD), noise 0": async ({ c, image, row }) => {
    let most = 0;
    for (const i of [0, 1]) {
      const whole = image(i);
      const removed = new Uint8Array(PIXELS);
      const share = c.params_num.fraction as number;
      for (const p of descending(whole.map).subarray(0, Math.floor(share * PIXELS))) removed[p] = 1;
      const filled = impute(whole, { removed, guess: whole.x, noise: 0, normal: () => 0 });
      most = Math.max(most, worst(filled, row(i)));
    }
    return most;
  },
  "ROAD (pytorch-grad-cam, noise 0)": ({ c, measure, value }) =>
    each(c, async (i) => {
      const ran = await measure(i, "road", { percentiles: c.params_num.percentiles, noise: 0 });
      const all = array(`golden/${c.file}`);
      const [, images = 0, n = 0] = c.shape ?? [];
      const want = (d: number): Float32Array => all.subarray((d * images + i) * n, (d * images + i + 1) * n);
      return Math.max(
        worst(curve(ran, "morf"), want(0)),
        worst(curve(ran, "lerf"), want(1)),
        Math.abs((ran.values.combined as number) - (value("combined")[i] as number)),
      );
    }),
  "insertion / deletion (RISE)": ({ c, measure, image, value }) =>
    each(c, async (i) => {
      const all = array(`golden/${c.file}`);
      const [, images = 0, n = 0] = c.shape ?? [];
      const blurred = array(`golden/arrays/${c.model}/metrics/${c.params_num.substrate_ins}`);
      const found = [worst(baseImage(image(i), "rise_blur"), blurred.subarray(i * ROW, (i + 1) * ROW))];
      for (const [d, id] of ["deletion", "insertion"].entries()) {
        const ran = await measure(i, id, { step: c.params_num.step });
        found.push(worst(curve(ran, id), all.subarray((d * images + i) * n, (d * images + i + 1) * n)));
        found.push(Math.abs((ran.values.auc as number) - (value(`auc_${id}`)[i] as number)));
      }
      return Math.max(...found);
    }),
  "confidence change / drop / increase": ({ c, measure, value }) =>
    each(c, async (i) => {
      const of = async (id: string, variant: string): Promise<number> =>
        (await measure(i, id, { scale: "none" })).values[variant] as number;
      const drop = await of("average-drop", "weighted-input-absolute");
      const gain = await of("average-gain", "weighted-input-absolute");
      const increase = await of("average-increase", "weighted-input");
      return Math.max(
        Math.abs(drop - (value("drop")[i] as number)),
        Math.abs(gain - drop - (value("change")[i] as number)),
        Math.abs(increase - (value("increase")[i] as number)),
      );
    }),
};

describe.skipIf(!hasShared("golden"))(`golden metrics${absent("golden")}`, () => {
  const counts = { run: 0, passed: 0 };
  const inputs = hasShared("golden") ? array("golden/inputs.npy") : new Float32Array();
  const known = new Map<string, Map<string, Scored>>();

  const imageOfCase = (c: MetricCase, i: number): MetricImage => {
    const at = c.image_indices[i] as number;
    const x = inputs.slice(at * ROW, (at + 1) * ROW);
    const values = array(`golden/arrays/${c.model}/metrics/${c.heatmap}.npy`);
    const single = values.length === c.image_indices.length * ROW;
    const size = single ? ROW : PIXELS;
    const own = values.slice(i * size, (i + 1) * size);
    return imageOf({
      ...{ width: SIDE, height: SIDE, channels: 3, x, pixels: toPixels(x), toInput, target: c.targets[i] as number },
      map: single ? own.slice(0, PIXELS) : own,
      attribution: single ? own : undefined,
      classes: 10,
    });
  };

  for (const c of manifest.cases.filter(({ method }) => CHECKS[method.replace("metric: ", "")] !== undefined)) {
    it(c.id, async () => {
      counts.run++;
      const image = (i: number): MetricImage => imageOfCase(c, i);
      const measure: Measure = (i, id, params) => {
        const answers = known.get(`${c.model}/${i}`) ?? new Map<string, Scored>();
        known.set(`${c.model}/${i}`, answers);
        return runMetric(findMetric(id), image(i), { score: scorer(c.model), known: answers }, params);
      };
      const row = (i: number): Float32Array => {
        const all = array(`golden/${c.file}`);
        const size = all.length / (c.shape?.[0] as number);
        return all.subarray(i * size, (i + 1) * size);
      };
      const value = (name?: string): readonly number[] =>
        (name === undefined ? c.value : (c.value as Readonly<Record<string, unknown>>)[name]) as readonly number[];
      const check = CHECKS[c.method.replace("metric: ", "")] as Check;
      const deviation = await check({ c, measure, image, row, value });
      expect(deviation, c.id).toBeLessThanOrEqual((c.tolerance.max_abs ?? c.tolerance.max_rel) as number);
      counts.passed++;
    });
  }
  afterAll(() =>
    console.log(`golden metrics: ${counts.passed}/${counts.run} cases of curves, ROAD and confidence passed`),
  );
});

const bits = (packed: Uint8Array, at: number, count: number): Uint8Array => {
  const bytes = count / 8;
  return Uint8Array.from({ length: count }, (_, i) => ((packed[at * bytes + (i >> 3)] as number) >> (7 - (i % 8))) & 1);
};
const near = (got: number, want: number, atol: number, rtol: number): boolean =>
  Math.abs(got - want) <= atol + rtol * Math.abs(want);

const CH5 = "golden2/ch5/c_caffenet";
describe.skipIf(!hasShared(CH5))(`golden2 SCG and CCG${absent(CH5)}`, () => {
  const file = (name: string): ArrayLike<number> => readSharedNpy(`${CH5}/${name}.npy`).data as ArrayLike<number>;
  const scgFile = (name: string): ArrayLike<number> => file(`scg_ccg/${name}`);
  const [RHOS, KERNELS, ROWS, IMAGES] = [[0.05, 0.25], ["blur", "zero"], 11, 30] as const;
  /** Maps of the seven functions; the last four rows are agreements of `occ 10`, `grad 5` and C-MWP. */
  const AGREE = [[0], [1], [2], [3], [4], [5], [6], [5, 0], [6, 5], [6, 0], [6, 5, 0]];
  const EXCLUDED = ["", REASON.baseWins, REASON.hybridLoses, REASON.growth, REASON.emptyMask];

  const load = (): readonly MetricImage[] => {
    const u8 = readSharedNpy("golden2/shared/test_u8.npy").data as Uint8Array;
    const [positions, y] = [file("base/positions"), file("base/y")];
    return Array.from({ length: IMAGES }, (_, i) => {
      const x = inputOf(u8, positions[i] as number);
      const map = new Float32Array(PIXELS);
      const target = y[i] as number;
      return imageOf({
        ...{ width: SIDE, height: SIDE, channels: 3, pixels: toPixels(x), toInput, x, map, target, classes: 10 },
      });
    });
  };

  it("base images and their scores", async () => {
    const images = load();
    const [first, blur] = [file("base/I_first2"), file("base/blur_first2")] as [Float32Array, Float32Array];
    for (const i of [0, 1]) {
      expect(worst((images[i] as MetricImage).pixels, first.subarray(i * ROW, (i + 1) * ROW))).toBeLessThanOrEqual(
        1e-6,
      );
      const made = toPixels(baseImage(images[i] as MetricImage, "blur"));
      expect(worst(made, blur.subarray(i * ROW, (i + 1) * ROW))).toBeLessThanOrEqual(1e-6);
    }
    const said = await scorer("c_caffenet")(
      images.flatMap((image) => [image.x, baseImage(image, "blur"), baseImage(image, "black")]),
    );
    const [pI, pK] = [file("base/p_I"), file("base/p_K")];
    images.forEach(({ target }, i) => {
      const [whole, g, z] = [0, 1, 2].map((k) => said[3 * i + k]?.probabilities[target] as number);
      expect(near(whole as number, pI[i] as number, 1e-5, 1e-4)).toBe(true);
      expect(near(g as number, pK[i] as number, 1e-5, 1e-4)).toBe(true);
      expect(near(z as number, pK[IMAGES + i] as number, 1e-5, 1e-4)).toBe(true);
    });
  });

  it("masks of the stored maps, exactly", () => {
    const h = file("heatmaps/H") as Float32Array;
    const packed = scgFile("mask_bits") as Uint8Array;
    const gaps = scgFile("cut_gap");
    const counts = { exact: 0, of: 0, tiedOrNear: 0 };
    RHOS.forEach((rho, r) => {
      for (let f = 0; f < 7; f++)
        for (let i = 0; i < IMAGES; i++) {
          const map = h.slice((f * IMAGES + i) * PIXELS, (f * IMAGES + i + 1) * PIXELS);
          const got = topMask(map, rho).mask;
          const same = worst(got, bits(packed, (r * ROWS + f) * IMAGES + i, PIXELS)) === 0;
          const clear = (gaps[(r * 7 + f) * IMAGES + i] as number) > 1e-6 * Math.max(...map);
          if (clear) expect(same, `rho ${rho}, function ${f}, image ${i}`).toBe(true);
          counts.of++;
          if (same) counts.exact++;
          if (!clear) counts.tiedOrNear++;
        }
    });
    console.log(
      `golden2 masks: ${counts.exact}/${counts.of} equal to the last pixel, ${counts.tiedOrNear} of them cut inside or beside a tie`,
    );
    expect(counts.exact / counts.of).toBeGreaterThanOrEqual(0.99);
  });

  it("SCG, CCG, dilations, areas, exclusions", { timeout: 600_000 }, async () => {
    const packed = scgFile("mask_bits") as Uint8Array;
    const grown = ["p_M", "p_AM", "SCG", "CCG", "area", "area_AM", "dil", "reason"] as const;
    const want = Object.fromEntries(grown.map((name) => [name, scgFile(name)])) as Record<
      (typeof grown)[number],
      ArrayLike<number>
    >;
    const wrong: string[] = [];
    const counts = { values: 0, excluded: 0 };
    for (const [i, image] of load().entries()) {
      const network = { score: scorer("c_caffenet"), known: new Map<string, Scored>() };
      for (const [r, rho] of RHOS.entries())
        for (const [row, parents] of AGREE.entries()) {
          // The stored mask as a map: 1 inside, 0 outside, so that its top pixels are the mask itself.
          const maps = parents.map((f) => Float32Array.from(bits(packed, (r * ROWS + f) * IMAGES + i, PIXELS)));
          const asked = { ...image, map: maps[0] as Float32Array, maps };
          const simple = await runMetric(findMetric("scg"), asked, network, { rho });
          const concise = await runMetric(findMetric("ccg"), asked, network, { rho });
          for (const [k, kernel] of KERNELS.entries()) {
            const at = ((r * KERNELS.length + k) * ROWS + row) * IMAGES + i;
            const check = (name: string, ok: boolean): void => {
              counts.values++;
              if (!ok) wrong.push(`${name}: rho ${rho}, ${kernel}, row ${row}, image ${i}`);
            };
            const [s, c] = [simple.values[kernel] as Outcome, concise.values[kernel] as Outcome];
            const reason = want.reason[at] as number;
            const text = (o: Outcome): string => (typeof o === "number" ? "" : o.excluded);
            check("SCG reason", text(s) === (reason === 3 ? "" : EXCLUDED[reason]));
            check("CCG reason", text(c) === EXCLUDED[reason]);
            if (reason !== 0) counts.excluded++;
            if (reason === 4) continue;
            check("area", concise.counts?.area === want.area[at]);
            if (typeof s === "number") check("SCG", near(s, want.SCG[at] as number, 1e-3, 1e-3));
            const path = concise.curves?.[kernel];
            if (path === undefined) continue;
            check("p_M", near(path[0] as number, want.p_M[at] as number, 1e-4, 1e-3));
            if (typeof c !== "number") continue;
            check("CCG", near(c, want.CCG[at] as number, 1e-3, 1e-3));
            check("p_AM", near(path.at(-1) as number, want.p_AM[at] as number, 1e-4, 1e-3));
            check("dilations", concise.counts?.[`dilations_${kernel}`] === want.dil[at]);
            check("grown area", concise.counts?.[`area_${kernel}`] === want.area_AM[at]);
          }
        }
    }
    console.log(
      `golden2 SCG/CCG: ${counts.values - wrong.length}/${counts.values} values and reasons agree (${counts.excluded} exclusions)`,
    );
    expect(wrong).toEqual([]);
  });
});

for (const net of ["a_vgg", "d_resnet"]) {
  const folder = `golden2/ch4/${net}/unseen_AD_AI`;
  describe.skipIf(!hasShared(folder))(`golden2 average drop, ${net}${absent(folder)}`, () => {
    const file = (name: string): ArrayLike<number> => readSharedNpy(`${folder}/${name}.npy`).data as ArrayLike<number>;
    const METHODS = ["RI", "gradcam", "gradcampp", "scorecam", "scorecam_softmax"];

    it("masks of the stored maps", () => {
      for (const method of METHODS) {
        const maps = file(`heat_first3_${method}`) as Float32Array;
        for (const i of [0, 1, 2]) {
          const want = bits(file(`mask_bits_${method}`) as Uint8Array, i, PIXELS);
          expect(worst(topMask(maps.slice(i * PIXELS, (i + 1) * PIXELS), 0.2).mask, want)).toBe(0);
        }
      }
    });

    it("AD and AI of five kinds of maps on 100 images", { timeout: 300_000 }, async () => {
      const manifest2 = readSharedJson<{
        readonly cases: readonly {
          readonly id: string;
          readonly values: Record<string, { readonly value: Record<string, number> }>;
        }[];
      }>("golden2/MANIFEST.json");
      const values = manifest2.cases.find(({ id }) => id === `ch4/${net}/unseen_AD_AI`)?.values;
      const u8 = readSharedNpy("golden2/shared/test_u8.npy").data as Uint8Array;
      const [positions, classes, y] = [file("unseen_positions"), file("class"), file("Y")];
      const known = Array.from({ length: 100 }, () => new Map<string, Scored>());
      for (const method of METHODS) {
        const [packed, left] = [file(`mask_bits_${method}`) as Uint8Array, file(`Yp_${method}`)];
        let [drops, rises, outside] = [0, 0, 0];
        for (let i = 0; i < 100; i++) {
          const x = inputOf(u8, positions[i] as number);
          const map = Float32Array.from(bits(packed, i, PIXELS));
          const image = imageOf({
            ...{ width: SIDE, height: SIDE, channels: 3, x, pixels: toPixels(x), toInput, map, classes: 10 },
            target: classes[i] as number,
          });
          const network = { score: scorer(net), known: known[i] as Map<string, Scored> };
          const drop = (await runMetric(findMetric("average-drop"), image, network)).values.top20 as number;
          const rise = (await runMetric(findMetric("average-increase"), image, network)).values.top20 as number;
          const [before, after] = [y[i] as number, left[i] as number];
          if (!near(drop, Math.max(0, before - after) / before, 1e-4, 1e-3)) outside++;
          drops += drop;
          rises += rise;
        }
        expect(outside, `${method}: images outside the tolerance`).toBe(0);
        expect(Math.abs(drops / 100 - (values?.AD?.value[method] as number)), method).toBeLessThanOrEqual(0.002);
        expect(Math.abs(rises / 100 - (values?.AI?.value[method] as number)), method).toBeLessThanOrEqual(0.0101);
      }
    });
  });
}
