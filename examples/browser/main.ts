/** @file Explains an image classifier in a page; from the project's root: `npm run build && npx vite examples/browser`. */
import {
  DEMO_LABELS,
  DEMO_PREPROCESSING,
  type Device,
  demoModelBytes,
  type Explainer,
  explain,
  type ImageU8,
  loadModel,
  METHODS,
  OnnxplainError,
  overlayPicture,
} from "../../src/index.ts";

const element = <T extends HTMLElement>(id: string): T => document.querySelector(`#${id}`) as T;
const bytesOf = async (id: string): Promise<Uint8Array | undefined> => {
  const file = element<HTMLInputElement>(id).files?.[0];
  return file && new Uint8Array(await file.arrayBuffer());
};

const method = element<HTMLSelectElement>("method");
method.append(...Object.keys(METHODS).map((id) => new Option(id)));
method.value = "grad-cam";

let model: Explainer | undefined;
async function currentModel(): Promise<Explainer> {
  if (model) return model;
  const own = await bytesOf("model");
  model = await (own
    ? loadModel(own)
    : loadModel(demoModelBytes(), { labels: DEMO_LABELS, preprocessing: DEMO_PREPROCESSING }));
  return model;
}
element("model").addEventListener("change", () => {
  void model?.dispose();
  model = undefined;
});

function say(text: string, error = false): void {
  const message = element("message");
  message.textContent = text;
  message.classList.toggle("error", error);
}

function draw({ width, height, channels, data }: ImageU8): void {
  const canvas = element<HTMLCanvasElement>("overlay");
  Object.assign(canvas, { width, height });
  const rgba = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : (data[(i >> 2) * channels + (i % 4)] as number),
  );
  canvas.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
}

document.querySelector("form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  say("Computing …");
  try {
    const [explainer, image] = [await currentModel(), await bytesOf("image")];
    const device = element<HTMLSelectElement>("device").value as Device;
    const map = await explain(explainer, image as Uint8Array, {
      method: method.value,
      device,
      onProgress: ({ done, total }) => say(`${done} of ${total} passes`),
    });
    draw(overlayPicture(map));
    const label = explainer.labels?.[map.target] ?? `class ${map.target}`;
    say(`${label}, score ${map.score.toPrecision(4)}, in ${Math.round(map.timings.runMs)} ms\n${map.notes.join("\n")}`);
  } catch (error) {
    say(error instanceof OnnxplainError ? `${error.code}: ${error.message}` : String(error), true);
  }
});
