/** @file Small sample features with a network's probabilities, drawn from a seed. */
import { normals, scattered, uniforms } from "../../src/random.ts";

export interface Drawn {
  readonly features: Float32Array;
  readonly width: number;
  readonly probabilities: Float64Array;
  readonly categories: number;
  readonly labels: Int32Array;
}

/** Non-negative features round one random centre a category; probabilities = softmax of `sharpness` x cosine with the centres. */
export function drawn({ count = 120, width = 20, categories = 4, noise = 0.5, sharpness = 12, seed = 1 } = {}): Drawn {
  const [normal, uniform] = [normals(scattered(seed)), uniforms(scattered(seed + 100))];
  const centres = Float64Array.from({ length: categories * width }, () => 0.1 + Math.max(0, normal()));
  const labels = Int32Array.from({ length: count }, () => Math.floor(uniform() * categories));
  const features = new Float32Array(count * width);
  const probabilities = new Float64Array(count * categories);
  for (let i = 0; i < count; i++) {
    const f = features.subarray(i * width, (i + 1) * width);
    for (let j = 0; j < width; j++)
      f[j] = Math.max(0, (centres[(labels[i] as number) * width + j] as number) + noise * normal());
    const scores = Array.from({ length: categories }, (_, y) => {
      const centre = centres.subarray(y * width, (y + 1) * width);
      return (
        (sharpness * f.reduce((s, v, j) => s + v * (centre[j] as number), 0)) / Math.hypot(...f) / Math.hypot(...centre)
      );
    });
    const top = Math.max(...scores);
    const powers = scores.map((s) => Math.exp(s - top));
    const sum = powers.reduce((a, b) => a + b, 0);
    powers.forEach((p, y) => {
      probabilities[i * categories + y] = p / sum;
    });
  }
  return { features, width, probabilities, categories, labels };
}
