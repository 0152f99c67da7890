/** @file A run made up from a seed: methods of known quality, exclusions, failures, curves; no network behind it. */

import { encodePng } from "../../../src/image/png.ts";
import type { Variant } from "../../../src/metrics/metric.ts";
import type { CurveRow, ResultRow } from "../../../src/metrics/result-row.ts";
import { seriesOf } from "../../../src/metrics/series.ts";
import { summarize } from "../../../src/metrics/summary.ts";
import { normals, uniforms } from "../../../src/random.ts";
import { extremesOf } from "../../../src/report/run/extremes.ts";
import type { MetricFacts, RunPicture, RunReport } from "../../../src/report/run/input.ts";

export const METHODS: Readonly<Record<string, number>> = {
  "grad-cam": 0.8,
  "integrated-gradients": 0.55,
  gradient: 0.18,
  smoothgrad: 0.35,
  lrp: 0.7,
  "excitation-backprop contrastive=true": 0.85,
  "occlusion patch=50": 0.6,
  "grad-cam+occlusion": 0.75,
};
const BLIND: Readonly<Record<string, number>> = { random: 0, centre: 0.3, edges: 0.22 };

const variant = (id: string, better: Variant["better"], about: string, range: Variant["range"]): Variant => ({
  id,
  better,
  about,
  range,
});
export const FACTS: readonly MetricFacts[] = [
  {
    id: "relevance-mass",
    title: "Relevance mass",
    source: "Arras et al. 2022, eq. 3",
    cost: "no forward images",
    variants: [
      variant("positive", "higher", "negative relevance left out", [0, 1]),
      variant("absolute", "higher", "of magnitudes", [0, 1]),
    ],
  },
  {
    id: "pointing-game",
    title: "Pointing game",
    source: "Zhang et al. 2018, section 4.1",
    cost: "no forward images",
    variants: [variant("expected", "higher", "ties counted by their share", [0, 1])],
  },
  {
    id: "scg",
    title: "Simple confidence gain",
    source: "SCG/CCG paper, eq. 2",
    cost: "3 forward images",
    variants: [
      variant("blur", "higher", "base image: Gaussian blur", [0, Number.POSITIVE_INFINITY]),
      variant("zero", "higher", "base image: black", [0, Number.POSITIVE_INFINITY]),
    ],
  },
  {
    id: "ccg",
    title: "Concise confidence gain",
    source: "SCG/CCG paper, eq. 3",
    cost: "2 to 52 forward images",
    variants: [
      variant("blur", "higher", "base image: Gaussian blur", [0, Number.POSITIVE_INFINITY]),
      variant("zero", "higher", "base image: black", [0, Number.POSITIVE_INFINITY]),
    ],
  },
  {
    id: "deletion",
    title: "Deletion",
    source: "Petsiuk et al. 2018",
    cost: "51 forward images",
    variants: [variant("auc", "lower", "area under the probability", [0, 1])],
  },
  {
    id: "sparseness",
    title: "Sparseness",
    source: "Chalasani et al. 2020",
    cost: "no forward images",
    variants: [variant("gini", "neither", "Gini index of magnitudes", [0, 1])],
  },
];
export const ASKED = [
  "relevance-mass",
  "pointing-game",
  "scg rho=0.25",
  "scg rho=0.05",
  "ccg rho=0.25",
  "ccg rho=0.05",
  "deletion",
  "sparseness",
];
export const metricOf = (metric: string): MetricFacts | undefined => FACTS.find((f) => f.id === metric.split(" ")[0]);
export const variantsOf = (metric: string): readonly Variant[] => metricOf(metric)?.variants ?? [];

const clamp = (v: number): number => Math.min(Math.max(v, 0), 1);

export interface MadeRun {
  readonly rows: readonly ResultRow[];
  readonly curves: readonly CurveRow[];
}

export function madeRun({
  images = 60,
  methods = METHODS,
  baselines = true,
  metrics = ASKED,
  excluded = false,
  seed = 7,
}: {
  readonly images?: number;
  readonly methods?: Readonly<Record<string, number>>;
  readonly baselines?: boolean;
  readonly metrics?: readonly string[];
  readonly excluded?: boolean;
  readonly seed?: number;
} = {}): MadeRun {
  const [normal, uniform] = [normals(seed), uniforms(seed + 1)];
  const all: readonly (readonly [string, number])[] = [
    ...Object.entries(methods),
    ...(baselines
      ? [...Object.entries(methods).map(([m, q]) => [`${m} inverted`, -q * 0.6] as const), ...Object.entries(BLIND)]
      : []),
  ];
  const rows: ResultRow[] = [];
  const curves: CurveRow[] = [];
  for (let i = 0; i < images; i++) {
    const image = `${["collie", "tabby cat", "school bus"][i % 3]}/${String(i).padStart(4, "0")}.jpg`;
    const prediction = i % 3;
    const ease = normal() * 0.12;
    const gap = Math.max(0.02, uniform());
    for (const [method, quality] of all)
      for (const metric of metrics) {
        for (const { id } of variantsOf(metric)) {
          const noise = ease + normal() * 0.15;
          const q = quality + noise;
          const made = madeValue(metric, id, q, gap, uniform());
          const refused = excluded ? "everything is left out" : reasonOf(metric, method, uniform());
          rows.push({
            image,
            label: prediction,
            prediction,
            target: prediction,
            method,
            metric,
            variant: id,
            value: refused === null ? made : null,
            reason: refused,
          });
        }
        if (metric === "deletion" && !excluded) {
          const rate = Math.exp(2.2 * clamp(quality + 0.2) + ease);
          const values = Array.from({ length: 51 }, (_, k) =>
            clamp((0.85 + ease) * Math.exp((-rate * k) / 50) + normal() * 0.02),
          );
          curves.push({ image, method, metric, curve: "probability", values });
        }
      }
  }
  return { rows, curves };
}

function madeValue(metric: string, id: string, q: number, gap: number, chance: number): number {
  const small = metric.endsWith("0.05") ? 0.5 : 1;
  const id0 = metric.split(" ")[0];
  if (id0 === "relevance-mass") return clamp(0.25 + 0.6 * q - (id === "absolute" ? 0.08 : 0));
  if (id0 === "pointing-game") return chance < clamp(0.25 + 0.75 * q) ? 1 : 0;
  if (id0 === "scg") return Math.max(0, small * 0.6 * (0.3 + q) * (id === "zero" ? 0.7 : 1));
  if (id0 === "ccg") return Math.max(0, ((0.4 + q) / small / gap) * (id === "zero" ? 0.35 : 0.5));
  if (id0 === "deletion") return clamp(0.5 - 0.4 * q);
  return clamp(0.5 + 0.2 * q);
}

function reasonOf(metric: string, method: string, chance: number): string | null {
  if (metric.startsWith("relevance") && chance < 0.05) return "no mask";
  if (!/^[sc]cg/.test(metric)) return null;
  if (chance < 0.08) return "the base image beats the image";
  return method.includes("+") && chance < 0.3 ? "the masks do not meet" : null;
}

/** A picture of 48 x 48, grey or in colour. */
async function thumbnail(hue: number, at: number): Promise<Uint8Array> {
  const side = 48;
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [c, p] = [i % 3, Math.floor(i / 3)];
    const [x, y] = [p % side, Math.floor(p / side)];
    const glow = Math.exp(-((x - at) ** 2 + (y - 24) ** 2) / 160);
    return Math.round(40 + 190 * glow * (c === hue ? 1 : 0.45) + 20 * ((x + y) % 2));
  });
  return encodePng({ width: side, height: side, channels: 3, data });
}

export async function madeReport(run: MadeRun, rest: Partial<RunReport> = {}): Promise<RunReport> {
  const summary = summarize(seriesOf(run.rows), variantsOf);
  const pictures: RunPicture[] = [];
  for (const image of rest.pictures === undefined ? new Set(run.rows.map((r) => r.image)) : [])
    pictures.push({
      image,
      png: await thumbnail(1, 24),
      caption: "collie, probability 0.93",
      maps: await Promise.all(
        summary.methods
          .filter((m) => Object.hasOwn(METHODS, m))
          .map(async (method, i) => ({ method, png: await thumbnail(i % 3, 10 + 4 * i) })),
      ),
    });
  return {
    summary,
    series: seriesOf(run.rows),
    extremes: extremesOf(run.rows, summary),
    curves: run.curves,
    facts: {
      model: "squeezenet1_1",
      data: "photographs/",
      images: summary.images + 2,
      command:
        "onnxplain evaluate --model squeezenet1_1/ --data photographs/ --preset confidence-gain --seed 7 -o run/",
      settings: [
        ["target", "predicted class"],
        ["seed", "7"],
        ["device", "cpu"],
        ["SHA-256 of the model", "3b1f0c9d".repeat(8)],
      ],
      notes: ["3 of 12 classes of the data did not join to classes of the model."],
    },
    metricOf,
    failures: [
      {
        image: "broken/0001.jpg",
        method: null,
        code: "E_IMAGE_READ",
        message: "The file ends after 312 of 4,096 bytes.",
      },
      {
        image: null,
        method: "attention-rollout",
        code: "E_METHOD_UNSUITABLE",
        message: "The network has no attention.",
      },
    ],
    pictures,
    presets: [],
    ...rest,
  };
}
