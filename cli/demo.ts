/** @file `onnxplain demo`: the whole path on pictures and a network of our own, where the right explanation is known. */
import { join } from "node:path";
import {
  type Bundle,
  bundleOf,
  compile,
  DEMO_LABELS,
  DEMO_PREPROCESSING,
  demoModelBytes,
  drawScene,
  type Explainer,
  type Explanation,
  encodePng,
  explain,
  type ImageU8,
  loadModel,
  overlayPicture,
  planeOf,
  type Scene,
  type SceneObject,
  sheet,
} from "../src/index.ts";
import { type Flags, helpPage, isSet, number, parseFlags, text } from "./flags.ts";
import { hushed, type Verb } from "./verb.ts";
import { refuseFull, writeFolder } from "./write.ts";

const FLAGS = {
  out: { type: "string", short: "o", value: "DIR", about: "where to write (default out/demo-<seed>)" },
  scenes: { type: "string", value: "N", about: "pictures to draw and explain (default 4)" },
  seed: { type: "string", value: "N", about: "seed of the pictures (default 1)" },
  quiet: { type: "boolean", about: "no remarks on stderr" },
} as const satisfies Flags;

/** Columns of the sheet: the picture, then these methods. */
const METHODS = ["grad-cam", "integrated-gradients", "occlusion"] as const;
/** How far from the outline of its shape the network's evidence may lie, in pixels (a ring speaks from its hole). */
const NEAR_PIXELS = 10;

export const demo: Verb = {
  summary: "draw pictures, explain a bundled network on them, check against the truth",
  help: helpPage(
    "demo [options]",
    "Draws coloured shapes, explains a small constructed network on them, and measures how much relevance lies on the right shape.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values } = parseFlags("demo", argv, FLAGS);
    const out = hushed(console, isSet(values, "quiet"));
    const seed = number(values, "seed", { min: 0 }) ?? 1;
    const folder = text(values, "out") ?? join("out", `demo-${seed}`);
    const count = number(values, "scenes", { min: 1 }) ?? 4;
    if (text(values, "out") !== undefined) await refuseFull(folder);
    await using model = await loadModel(demoModelBytes(), {
      labels: DEMO_LABELS,
      preprocessing: DEMO_PREPROCESSING,
      name: "onnxplain-demo",
    });
    const files = new Map<string, Uint8Array>();
    const rows: ImageU8[][] = [];
    for (let i = 0; i < count; i++) {
      const scene = drawScene(seed * 1000 + i, {});
      const { pictures, lines, bundle } = await explainScene(model, scene, `scene-${i}`);
      rows.push(pictures);
      for (const line of lines) out.print(`scene ${i}: ${line}`);
      for (const [name, bytes] of bundle) files.set(`scene-${i}/${name}`, bytes);
    }
    files.set("sheet.png", await encodePng(sheet(rows)));
    files.set("model.onnx", demoModelBytes());
    files.set("grad-cam.onnx", (await compile(model, { method: "grad-cam" })).bytes);
    await writeFolder(folder, files, { replace: text(values, "out") === undefined });
    out.print(`wrote ${join(folder, "sheet.png")}: each row a picture, then ${METHODS.join(", ")} for its first shape`);
    out.print(`wrote ${join(folder, "grad-cam.onnx")}: the network and its Grad-CAM in one file, for any ONNX Runtime`);
    return 0;
  },
};

interface SceneReport {
  readonly pictures: ImageU8[];
  readonly lines: readonly string[];
  readonly bundle: Bundle;
}

/** Every shape of the scene by Grad-CAM, against its exact mask; the first one by all methods, as pictures. */
async function explainScene(model: Explainer, scene: Scene, name: string): Promise<SceneReport> {
  const lines: string[] = [];
  for (const object of scene.objects) {
    const map = await explain(model, scene.image, { method: "grad-cam", target: object.classIndex });
    lines.push(
      `${object.label}, logit ${map.score.toFixed(1)}: ${(100 * shareNear(map, object)).toFixed(1)} % of the Grad-CAM lies on it`,
    );
  }
  const first = scene.objects[0] as SceneObject;
  const maps: Explanation[] = [];
  for (const method of METHODS) maps.push(await explain(model, scene.image, { method, target: first.classIndex }));
  const plain = overlayPicture(maps[0] as Explanation, {
    style: "original",
    colorbar: false,
    title: `${first.label}?`,
  });
  const pictures = [plain, ...maps.map((m) => overlayPicture(m, { title: m.method }))];
  return { pictures, lines, bundle: await bundleOf(maps[0] as Explanation, { model, image: name }) };
}

/** Share of positive relevance whose cell lies within reach of the object's mask. */
function shareNear(map: Explanation, { box }: SceneObject): number {
  const { values, width, height } = planeOf(map);
  const cell = (map.picture?.width ?? width) / width;
  let [near, all] = [0, 0];
  values.forEach((v, i) => {
    if (v <= 0) return;
    const [x, y] = [((i % width) + 0.5) * cell, (Math.floor(i / width) + 0.5) * cell];
    all += v;
    const inside =
      x > box.left - NEAR_PIXELS &&
      x < box.left + box.width + NEAR_PIXELS &&
      y > box.top - NEAR_PIXELS &&
      y < box.top + box.height + NEAR_PIXELS &&
      height > 0;
    if (inside) near += v;
  });
  return all === 0 ? 0 : near / all;
}
