/** @file Frames that never were fitted: clusters that grow and part from frame to frame, seeded; posteriors are the mixture's own. */
import { concentrationOf } from "../../../src/patterns/concentration.ts";
import type { Directions } from "../../../src/patterns/directions.ts";
import { posteriorsOf } from "../../../src/patterns/posteriors.ts";
import { scattered, uniforms } from "../../../src/random.ts";
import { fates } from "../../../src/report/patterns/change.ts";
import type {
  PatternFrame,
  PatternGrids,
  PatternKnowledge,
  PatternLayer,
  PatternsPage,
} from "../../../src/report/patterns/input.ts";

export interface MadeAsk {
  readonly pictures?: number;
  readonly frames?: number;
  readonly layers?: number;
  readonly dimension?: 2 | 3;
  readonly categories?: number;
  readonly shown?: number;
  readonly side?: number;
  /** Side of a thumbnail. */
  readonly pixels?: number;
  readonly labelled?: boolean;
  readonly seed?: number;
}

const NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const TAUS = [0.3, 0.4, 0.6];
const TAU = 0.4;

export function madePatterns(ask: MadeAsk = {}): PatternsPage {
  const { pictures = 60, frames = 4, layers = 3, dimension = 3, categories = 10 } = ask;
  const { shown = 6, side = 4, pixels = 8, labelled = true, seed = 1 } = ask;
  const next = uniforms(scattered(seed));
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const concentration = concentrationOf({ dimension });
  const means = directions(categories, dimension);
  const mixture: Directions = {
    categories,
    dimension,
    weights: new Float64Array(categories).fill(1 / categories),
    means,
  };
  const truth = Int32Array.from({ length: pictures }, (_, i) => i % categories);
  const noise = Float32Array.from({ length: pictures * dimension }, normal);
  const places = Int32Array.from({ length: Math.min(shown, pictures) }, (_, i) => i);
  const positions = side * side;
  const regionNoise = Float32Array.from({ length: places.length * positions * dimension }, normal);

  const winners = (points: Float32Array) => {
    const q = posteriorsOf(Float64Array.from(points), mixture, concentration);
    const count = points.length / dimension;
    const [best, largest] = [new Int32Array(count), new Float32Array(count)];
    for (let i = 0; i < count; i++)
      for (let c = 0; c < categories; c++)
        if ((q[i * categories + c] as number) > (largest[i] as number)) {
          largest[i] = q[i * categories + c] as number;
          best[i] = c;
        }
    return { best, largest };
  };
  const meanLength = (points: Float32Array): number => {
    let sum = 0;
    for (let at = 0; at < points.length; at += dimension) sum += Math.hypot(...points.subarray(at, at + dimension));
    return points.length === 0 ? 0 : sum / (points.length / dimension);
  };

  const layerOf = (f: number, l: number, before: PatternGrids | undefined): PatternLayer => {
    const growth = (f + 1) / frames;
    const arrows = new Float32Array(places.length * positions * dimension);
    for (const [s, picture] of places.entries())
      for (let p = 0; p < positions; p++) {
        const [row, column] = [Math.floor(p / side), p % side];
        const middle = 1 - Math.hypot(row - (side - 1) / 2, column - (side - 1) / 2) / side;
        const pull = 3.2 * growth * ((l + 1) / layers) * Math.max(middle, 0) ** 2 * 1.6;
        for (let j = 0; j < dimension; j++) {
          const at = (s * positions + p) * dimension + j;
          arrows[at] =
            pull * (means[(truth[picture] as number) * dimension + j] as number) + 0.5 * (regionNoise[at] as number);
        }
      }
    const { best, largest } = winners(arrows);
    const grids: PatternGrids = { arrows, largest, winners: best };
    const knowledge = TAUS.map((tau): PatternKnowledge => {
      let [points, right] = [0, 0];
      for (let i = 0; i < largest.length; i++)
        if ((largest[i] as number) > tau) {
          points++;
          if (best[i] === truth[places[Math.floor(i / positions)] as number]) right++;
        }
      const ratio = points === 0 ? null : right / points;
      return {
        tau,
        count: points / Math.max(places.length, 1),
        reliable: labelled ? right / Math.max(places.length, 1) : null,
        ratio: labelled ? ratio : null,
        meanRatio: labelled ? ratio : null,
      };
    });
    const { kept, turned, lost, gained } = before === undefined ? fates(grids, grids, 2) : fates(before, grids, TAU);
    return {
      name: `layer${l + 1}.out`,
      op: "Relu",
      size: [side * 2 ** (layers - l - 1), side * 2 ** (layers - l - 1)],
      channels: 16 * 2 ** l,
      strength: meanLength(arrows),
      scale: 1,
      knowledge,
      counts: new Int32Array(pictures),
      reliable: new Int32Array(pictures),
      change: before === undefined ? null : { kept, turned, lost, gained },
      curve: { kl: [2, 1.5, 1.4], second: [0, -0.4, -0.5] },
      grids,
    };
  };

  const made: PatternFrame[] = [];
  for (let f = 0; f < frames; f++) {
    const pull = 0.4 + (3.4 * (f + 1)) / frames;
    const points = new Float32Array(pictures * dimension);
    for (let i = 0; i < pictures; i++) {
      const own = pull * (0.6 + 0.4 * Math.abs(noise[(i * dimension + 1) % noise.length] as number));
      for (let j = 0; j < dimension; j++)
        points[i * dimension + j] =
          own * (means[(truth[i] as number) * dimension + j] as number) + 0.55 * (noise[i * dimension + j] as number);
    }
    const { best, largest } = winners(points);
    const predicted = Int32Array.from(truth, (t, i) => (i % 7 === 3 ? (best[i] as number) : t));
    const share = (test: (i: number) => boolean): number => truth.filter((_, i) => test(i)).length / pictures;
    made.push({
      name: `epoch ${5 * (f + 1)}`,
      model: 0,
      epoch: 5 * (f + 1),
      step: 100 * (f + 1),
      input: "clean",
      weights: Float32Array.from(mixture.weights),
      means: Float32Array.from(means),
      points,
      predicted,
      posterior: best,
      confidence: largest,
      networkConfidence: largest,
      strength: meanLength(points),
      agreement: share((i) => best[i] === predicted[i]),
      accuracy: labelled ? share((i) => best[i] === truth[i]) : null,
      networkAccuracy: labelled ? share((i) => predicted[i] === truth[i]) : null,
      curve: { kl: [2 / (f + 1), 1.4 / (f + 1), 1.2 / (f + 1)], second: [-2, -1.8, -1.7] },
      after: f === 0 ? null : f - 1,
      best: 2,
      converged: f > 0,
      residual: f === 0 ? null : 0.02,
      layers: Array.from({ length: layers }, (_, l) => layerOf(f, l, made[f - 1]?.layers[l]?.grids)),
      contours: dimension === 2 ? contoursOf(mixture) : null,
      notes: f === 0 ? ["<i>the first</i> had no start"] : [],
    });
  }
  return {
    facts: {
      data: "CIFAR-10 & <made>",
      models: [{ name: "resnet-small", sha256: "0123456789abcdef".repeat(4) }],
      version: "0",
      command: "onnxplain patterns fit --checkpoints run/ --data 'a&b' -o patterns/",
      unread: [],
      notes: ["weights of positions: grad-cam"],
    },
    settings: { weights: "grad-cam", match: "max", eta: 0.1, rounds: 200, seed: 0, attack: null },
    dimension,
    tau: TAU,
    concentration: { sigma: 1, kappa0: null },
    grid: [side, side],
    categories: Array.from({ length: categories }, (_, c) => ({ name: NAMES[c] ?? `<b>class</b> ${c}`, index: c })),
    ids: Array.from({ length: pictures }, (_, i) => `test/<${i}>.png`),
    labels: labelled ? truth : new Int32Array(pictures).fill(-1),
    thumbnails: { width: pixels, height: pixels, pixels: thumbnails(truth, pixels) },
    shown: places,
    frames: made,
  };

  function contoursOf(own: Directions): NonNullable<PatternFrame["contours"]> {
    const steps = 41;
    const ticks = Float32Array.from({ length: steps }, (_, i) => (6 * (2 * i - (steps - 1))) / (steps - 1));
    const points = new Float64Array(2 * steps * steps);
    for (let y = 0; y < steps; y++)
      for (let x = 0; x < steps; x++) points.set([ticks[x] as number, ticks[y] as number], 2 * (y * steps + x));
    const q = posteriorsOf(points, own, concentration);
    const values = new Float32Array(categories * steps * steps);
    for (let i = 0; i < steps * steps; i++)
      for (let c = 0; c < categories; c++) values[c * steps * steps + i] = q[i * categories + c] as number;
    return { ticks, values };
  }
}

/** Evenly on the circle, or on the sphere along a spiral. */
function directions(count: number, dimension: 2 | 3): Float64Array {
  const out = new Float64Array(count * dimension);
  for (let c = 0; c < count; c++) {
    const angle = dimension === 2 ? (2 * Math.PI * c) / count : c * Math.PI * (3 - Math.sqrt(5));
    const z = dimension === 2 ? 0 : 1 - (2 * c + 1) / count;
    const r = Math.sqrt(1 - z * z);
    out.set([r * Math.cos(angle), r * Math.sin(angle), z].slice(0, dimension), c * dimension);
  }
  return out;
}

/** A disc in the colour of the truth on a sky that tells the picture. */
function thumbnails(truth: Int32Array, side: number): Uint8Array {
  const out = new Uint8Array(truth.length * side * side * 3);
  for (const [i, t] of truth.entries())
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const inside = Math.hypot(x - side / 2 + 0.5, y - side / 2 + 0.5) < side * 0.3;
        const sky = [150 + ((i * 37) % 60), 175, 200 - ((i * 53) % 50)];
        const disc = [(40 + 83 * t) % 200, (90 + 47 * t) % 190, (160 + 131 * t) % 210];
        out.set(
          (inside ? disc : sky).map((v) => v - (20 * y) / side),
          ((i * side + y) * side + x) * 3,
        );
      }
  return out;
}
