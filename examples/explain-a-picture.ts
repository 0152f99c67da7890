/** @file Explain one picture by two methods, and check that they agree on where the shape is. Run: `node dist/examples/explain-a-picture.js`. */
import {
  DEMO_LABELS,
  DEMO_PREPROCESSING,
  demoModelBytes,
  drawScene,
  explain,
  loadModel,
  planeOf,
} from "../src/index.ts";

await using model = await loadModel(demoModelBytes(), { labels: DEMO_LABELS, preprocessing: DEMO_PREPROCESSING });
const { image, objects } = drawScene(7);
const target = objects[0]?.label ?? "predicted";

const cam = await explain(model, image, { method: "grad-cam", target });
const ig = await explain(model, image, { method: "integrated-gradients", target, params: { n_steps: 256 } });

/** Centre of mass of the positive part, as a share of width and height. */
function centre({ values, width, height }: ReturnType<typeof planeOf>): readonly [number, number] {
  let [sum, x, y] = [0, 0, 0];
  for (const [i, v] of values.entries()) {
    if (v <= 0) continue;
    sum += v;
    x += v * ((i % width) + 0.5);
    y += v * (Math.floor(i / width) + 0.5);
  }
  return [x / sum / width, y / sum / height];
}

const [a, b] = [centre(planeOf(cam)), centre(planeOf(ig))];
console.log(
  `${target}: Grad-CAM at ${a.map((v) => v.toFixed(2))}, integrated gradients at ${b.map((v) => v.toFixed(2))}`,
);
console.log(
  `completeness of integrated gradients: off by ${ig.checks[0]?.convergence_delta?.toExponential(1)} of ${ig.checks[0]?.score_difference?.toFixed(2)}`,
);
