/** @file Pages on training points made up from a seed, with pictures drawn by the project itself; no network behind them. */
import { drawScene } from "../../../src/data/scenes.ts";
import { encodePng } from "../../../src/image/png.ts";
import { normals, scattered, uniforms } from "../../../src/random.ts";
import type {
  Agreement,
  ComparePage,
  ConfusionPage,
  DebugPage,
  ExplainedClass,
  ExplainPage,
  FitPage,
  GroupPage,
  GroupSums,
  PageFacts,
  PagePoint,
  RepresenterPoint,
  SensitivityPage,
  SimulationPage,
  Word,
} from "../../../src/report/representers/input.ts";

export const LABELS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
/** As long as the names of ImageNet, and as many as make lists long. */
export const MANY: readonly string[] = Array.from({ length: 300 }, (_, i) =>
  i % 7 === 0
    ? `${i} diamondback, diamondback rattlesnake, Crotalus adamanteus`
    : i % 5 === 0
      ? `Staffordshire_bullterrier_or_Staffordshire_bull_terrier_${i}`
      : `class name ${i}`,
);

export const FACTS: PageFacts = {
  model: "cifar10-resnet20",
  data: "CIFAR-10 subset",
  settings: [
    ["lambda", "0.003"],
    ["objective", "given"],
    ["layer", "/avgpool/GlobalAveragePool_output_0"],
  ],
  command:
    "npx onnxplain representers explain photo.jpg --model cifar10-resnet20/ --representers representers/ -o why.html",
  notes: ["12 training points appear twice; each counts on its own."],
};

const PICTURES = 40;
const pngs: readonly Uint8Array[] = await Promise.all(
  Array.from({ length: PICTURES }, (_, i) => encodePng(drawScene(i, { size: i % 4 === 3 ? 120 : 32 }).image)),
);

/** A point with a picture; every ninth has an id that must be escaped, every eleventh none of the pictures. */
export const point = (i: number, classes = LABELS.length): PagePoint => ({
  id: i % 9 === 0 ? `train/<b>${i}</b> & co.png` : `train/some-folder/photo_${String(i).padStart(5, "0")}.png`,
  label: i % classes,
  likeness: i % 11 === 10 ? undefined : { kind: "picture", png: pngs[i % PICTURES] as Uint8Array },
});

const REVIEW =
  "this film was <unk> wonderful from start to finish and the cast played with such evident joy that even the slow middle part which I had feared after reading of it carried me along until a last scene that nobody who has ever lost a friend will soon forget though the sound was at times quite poor indeed";
const words = (seed: number): readonly Word[] =>
  REVIEW.split(" ")
    .slice(seed % 5, 60 - (seed % 30))
    .map((text) => (text === "<unk>" ? { text, unknown: true } : { text }));
export const textPoint = (i: number): PagePoint => ({
  id: `review ${i}`,
  label: i % 2,
  likeness: { kind: "text", words: words(i) },
});

function explained(
  index: number,
  { seed, k, classes, make }: { seed: number; k: number; classes: number; make: (i: number) => PagePoint },
): ExplainedClass {
  const draw = uniforms(scattered(seed * 1000 + index));
  const logit = 8 * draw() - 3;
  const own = (sign: number): readonly RepresenterPoint[] =>
    Array.from({ length: k }, (_, i) => {
      const [alpha, similarity] = [sign * (0.02 + 0.05 * draw()), 20 + 10 * draw()];
      const p = make(Math.floor(draw() * 200));
      return { point: sign > 0 && i < 3 ? { ...p, label: index } : p, alpha, similarity, value: alpha * similarity };
    }).sort((a, b) => sign * (b.value - a.value));
  const influence = (sign: number) =>
    Array.from({ length: k }, () => ({ point: make(Math.floor(draw() * 200)), value: sign * draw() * 1e-5 }));
  return {
    index,
    logit,
    given: logit + 0.05 * (draw() - 0.5),
    sum: logit + 3e-10 * (draw() - 0.5),
    bound: 4.1e-10,
    positive: own(1),
    negative: own(-1),
    influence: classes <= 10 ? { helpful: influence(1), harmful: influence(-1) } : undefined,
  };
}

export function madeExplain(kind: "small" | "many" | "text" = "small"): ExplainPage {
  const labels = kind === "many" ? MANY : kind === "text" ? ["negative", "positive"] : LABELS;
  const make = kind === "text" ? textPoint : (i: number) => point(i, labels.length);
  const item = (seed: number) => ({
    point: {
      ...make(seed * 9),
      id: seed === 0 ? "test/<i>photo</i> of a very long name indeed 000001.png" : `test/${seed}.png`,
    },
    predicted: 1,
    classes: labels.map((_, index) => explained(index, { seed, k: 5, classes: labels.length, make })),
    nearest: Array.from({ length: 5 }, (_, i) => ({ point: make(seed + 3 * i), distance: 1.2 + i / 7 })),
  });
  return {
    facts: FACTS,
    labels,
    trainingPoints: 5000,
    items: kind === "many" ? [item(0)] : [item(0), item(1)],
    groups: kind === "small" ? [madeSums(LABELS)] : undefined,
  };
}

export function madeSums(names: readonly string[]): GroupSums {
  const draw = uniforms(scattered(77));
  const groups = names.map((name) => ({
    name,
    points: Math.floor(900 * draw()),
    positive: 3 * draw() ** 3,
    negative: -2 * draw() ** 3,
  }));
  const logit = groups.reduce((s, g) => s + g.positive + g.negative, 0);
  return { title: "By label, test/0.png", index: 3, logit, groups };
}
export const madeGroups = (): GroupPage => ({
  facts: FACTS,
  labels: LABELS,
  trainingPoints: 5000,
  sums: [
    { ...madeSums(LABELS), point: point(3) },
    { ...madeSums(MANY), title: "By source" },
  ],
});

export function madeFit(changes: Partial<FitPage> = {}): FitPage {
  const [draw, normal] = [uniforms(scattered(5)), normals(6)];
  const agreement = (split: string, points: number, noise: number): Agreement => {
    const given = Float64Array.from({ length: 4000 }, () => {
      const u = draw();
      return u < 0.75 ? 0.03 * draw() ** 4 : u < 0.9 ? 1 - 0.1 * draw() ** 3 : draw();
    });
    const fitted = given.map((p) => Math.min(Math.max(p + noise * normal() * Math.sqrt(p * (1 - p)), 0), 1));
    return { split, points, pearson: 0.9997851, meanDifference: 0.000917, samePrediction: 0.9984, given, fitted };
  };
  return {
    facts: FACTS,
    labels: LABELS,
    points: 5000,
    width: 64,
    classes: 10,
    lambda: 0.003,
    objective: "given",
    activation: "softmax",
    seconds: 4.21,
    stationarity: { maxGradient: 2.2e-12, relative: 3.4e-11, tolerance: 1e-8, converged: true, reason: "converged" },
    sumCheck: { bound: 8.1e-10, residual: 6.3e-10, points: 1000 },
    agreement: [agreement("train", 5000, 0.02), agreement("held-out", 1000, 0.06)],
    steps: Array.from({ length: 30 }, (_, i) => ({ iteration: i, maxGradient: 0.1 * 10 ** (-i / 3) })),
    ...changes,
  };
}

export function madeDebug(kind: "small" | "many" = "small"): DebugPage {
  const labels = kind === "many" ? MANY : LABELS;
  const draw = uniforms(scattered(8));
  return {
    facts: { ...FACTS, data: kind === "many" ? "photographs of 300 classes" : FACTS.data },
    labels,
    trainingPoints: 5000,
    criteria: [
      { id: "alpha", title: "|α| of its label", about: "how much the fit leans on this label" },
      { id: "self-influence", title: "self-influence", about: "how much its own loss would rise without it" },
      { id: "loss", title: "loss", about: "cross-entropy of its label" },
    ],
    suspects: Array.from({ length: kind === "many" ? 200 : 48 }, (_, i) => {
      const p = point(i * 3, labels.length);
      const alpha = 0.03 * (1 - i / 250) * (0.9 + 0.1 * draw());
      return {
        position: i * 3,
        point: i === 5 ? { ...p, label: null } : p,
        values: [alpha, draw() ** 3, -Math.log(1 - alpha * 30)],
        predicted: i % 6 === 0 ? (p.label as number) : (i * 7) % labels.length,
        probability: 0.3 + 0.7 * draw(),
      };
    }),
  };
}

/** The published curves of Figure 2, with bands made up. */
export function madeSimulation(changes: Partial<SimulationPage> = {}): SimulationPage {
  const band = (mean: readonly number[], size: number) => ({
    mean,
    deviation: mean.map((v, i) => (v === 0 ? 0 : size * (0.6 + 0.4 * Math.cos(i)))),
  });
  return {
    facts: FACTS,
    labels: LABELS,
    flipped: 0.4,
    splits: 5,
    trainingPoints: 2000,
    testPoints: 2000,
    shares: [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4],
    curves: [
      {
        criterion: "|alpha| of the own label",
        accuracy: band([0.547, 0.567, 0.585, 0.585, 0.595, 0.61, 0.622, 0.634, 0.65], 0.012),
        fixed: band([0, 0.065, 0.122, 0.177, 0.233, 0.284, 0.342, 0.396, 0.441], 0.01),
      },
      {
        criterion: "self-influence (s²)",
        accuracy: band([0.547, 0.561, 0.572, 0.574, 0.582, 0.594, 0.616, 0.619, 0.639], 0.011),
        fixed: band([0, 0.063, 0.12, 0.174, 0.235, 0.289, 0.341, 0.391, 0.444], 0.009),
      },
      {
        criterion: "random",
        accuracy: band([0.547, 0.561, 0.557, 0.557, 0.576, 0.584, 0.601, 0.599, 0.623], 0.013),
        fixed: band([0, 0.053, 0.109, 0.149, 0.205, 0.256, 0.296, 0.352, 0.397], 0.008),
      },
    ],
    clean: { mean: 0.812, deviation: 0.004 },
    ...changes,
  };
}

export function madeCompare(): ComparePage {
  const [draw, normal] = [uniforms(scattered(9)), normals(10)];
  const count = 3000;
  const same = Array.from({ length: count }, () => draw() < 0.3);
  const x = same.map((s) => (s ? 1 : -1) * Math.abs(normal()) ** 3 * 0.05);
  const y = x.map((v) => (draw() < 0.3 ? 0 : v * 1e-5 * (0.5 + draw()) + 3e-8 * normal()));
  return {
    facts: FACTS,
    labels: LABELS,
    trainingPoints: 5000,
    testPoints: 1000,
    pairs: [
      {
        title: "All pairs",
        xLabel: "representer value",
        yLabel: "influence (conjugate gradient)",
        x,
        y,
        same,
        pearson: 0.71,
        spearman: 0.64,
      },
      {
        title: "Left out and trained again",
        xLabel: "change of the test loss",
        yLabel: "influence",
        x: x.slice(0, 60),
        y: x.slice(0, 60).map((v) => v * 0.98),
        pearson: 0.983,
        spearman: null,
      },
    ],
    byClass: LABELS.map((_, index) => ({
      index,
      points: 100,
      pearson: index === 4 ? null : 0.6 + 0.04 * index,
      spearman: 0.5 + 0.04 * index,
    })),
    stability: [
      {
        method: "representer values",
        largest: Float64Array.from({ length: 1000 }, () => 0.3 + Math.abs(normal()) * 0.4),
      },
      {
        method: "influence functions",
        largest: Float64Array.from({ length: 1000 }, () => (draw() < 0.317 ? 0 : 10 ** (-5 - 42 * draw() ** 2))),
      },
    ],
    timings: [
      { method: "representer values", fit: [7.09, 0.76], perPoint: [0.00031, 0.00002], points: 50 },
      { method: "influence, conjugate gradient", fit: null, perPoint: [0.267, 0.02], points: 50, note: "damping 0.01" },
      { method: "influence, LiSSA", fit: null, perPoint: [12.4, 0.9], points: 5, note: "depth 10,000, scale 10" },
      { method: "influence, exact", fit: [2.1, 0], perPoint: [0.0042, 0.0003], points: 50 },
    ],
  };
}

export const madeConfusion = (changes: Partial<ConfusionPage> = {}): ConfusionPage => ({
  facts: FACTS,
  labels: LABELS,
  from: 4,
  to: 7,
  ofClass: 181,
  wrong: 15,
  top: 10,
  confused: Array.from({ length: 12 }, (_, i) => ({ point: { ...point(i * 10 + 4), label: 4 }, margin: 0.2 + i / 5 })),
  inhibitory: Array.from({ length: 14 }, (_, i) => ({
    point: point(i * 3 + 1),
    count: Math.max(12 - Math.floor(i / 2), 1),
    value: -0.4 + i * 0.02,
    alpha: -0.03 + i * 0.001,
  })),
  ...changes,
});

export function madeSensitivity(): SensitivityPage {
  const side = 32;
  const blob = (cx: number, cy: number, scale: number): Float32Array =>
    Float32Array.from({ length: side * side }, (_, i) => {
      const [x, y] = [(i % side) - cx, Math.floor(i / side) - cy];
      return scale * Math.exp(-(x * x + y * y) / 40);
    });
  return {
    facts: FACTS,
    labels: LABELS,
    point: point(2),
    index: 2,
    trainingPoints: 5000,
    height: side,
    width: side,
    total: blob(16, 14, 0.32),
    points: Array.from({ length: 6 }, (_, i) => ({
      point: point(i * 5 + 2),
      value: 0.7 - 0.25 * i,
      alpha: 0.02 - 0.007 * i,
      similarity: 35 + i,
      map: blob(8 + 3 * i, 10 + 2 * i, 0.016 / (i + 1)),
    })),
    residual: { absolute: 2.2e-7, relative: 6.9e-7 },
    samples: 25,
  };
}
