/**
 * @file `npm run train:demo`: draws the scenes, trains the two networks of the demo and puts them into `demo/`. `shapes` learns from honest
 * pictures; `shortcut` from pictures of which most birds carry a watermark and some labels are false. Stopped, it goes on where it was.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DataSet, runTraining, type SynthOptions, sortedJson, synthDataSet, VERSION } from "../src/index.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CLASSES = ["bird", "boat", "car", "cup", "fish", "flower", "house", "tree"];
const COUNT = 6000;
const EPOCHS = 12;
const RATE = 0.1;

/** `least`: accuracy on honest test pictures below which a network is not shipped. One that cheats misses birds without the mark. */
const NETWORKS: Readonly<Record<string, { readonly synth: SynthOptions; readonly least: number }>> = {
  shapes: { synth: { seed: 7, classes: CLASSES }, least: 0.95 },
  shortcut: {
    synth: { seed: 8, classes: CLASSES, watermark: { class: "bird", rate: 0.9 }, flip: 0.08, clean: ["test"] },
    least: 0.8,
  },
};

/** Is there a training in the folder that was stopped? A finished one is taken away. */
async function begun(folder: string): Promise<boolean> {
  const state = await readFile(join(folder, "state.json"), "utf8").catch(() => undefined);
  const stopped = state !== undefined && (JSON.parse(state) as { readonly done?: boolean }).done !== true;
  if (!stopped) await rm(folder, { recursive: true, force: true });
  return stopped;
}

for (const [id, { synth, least }] of Object.entries(NETWORKS)) {
  const folder = join(ROOT, "out", `train-demo-${id}`);
  const part = (split: string): DataSet => synthDataSet({ ...synth, count: COUNT, split });
  const run = await runTraining({
    network: "resnet-small",
    data: part("train"),
    validation: part("test"),
    folder,
    resume: await begun(folder),
    epochs: EPOCHS,
    rate: RATE,
    warmup: 1,
    weightDecay: 5e-4,
    augment: ["flip", "pad-and-crop"],
    seed: 1,
    threads: 2,
    command: "npm run train:demo",
    dataId: `synth ${JSON.stringify(synth)}`,
    onProgress: (p) => {
      if (p.phase === "training" && p.step % 50 === 0)
        console.error(
          `${id}: step ${p.step} of ${p.total}, loss ${p.loss.toFixed(3)}, accuracy ${p.accuracy?.toFixed(3)}`,
        );
    },
  });
  const accuracy = run.validation?.accuracy ?? 0;
  console.log(
    `${id}: ${(100 * accuracy).toFixed(1)} % of ${run.validation?.pictures} test pictures, ${run.seconds.toFixed(0)} s`,
  );
  if (accuracy < least) throw new Error(`${id} reaches ${accuracy}, expected ${least}; it is not shipped.`);
  const place = join(ROOT, "demo", id);
  await mkdir(place, { recursive: true });
  for (const name of ["model.onnx", "config.json", "preprocessor_config.json"])
    await writeFile(join(place, name), await readFile(join(folder, name)));
  const facts = {
    command: "npm run train:demo",
    architecture: "resnet-small",
    data: { generator: "onnxplain synth", count: COUNT, ...synth },
    seed: 1,
    epochs: EPOCHS,
    rate: RATE,
    parameters: run.parameters,
    test_accuracy: accuracy,
    test_pictures: run.validation?.pictures ?? 0,
    train_accuracy: run.train.accuracy,
    version: VERSION,
  };
  await writeFile(join(place, "training.json"), sortedJson(JSON.parse(JSON.stringify(facts))));
}
