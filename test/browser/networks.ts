/** @file What is explained in the page and in Node alike: networks, pictures, methods. */

import { decodeImage } from "../../src/image/decode-node.ts";
import { DEMO_LABELS, demoModelBytes, drawScene, encodePng, type ImageInput } from "../../src/index.ts";
import { hasShared, readShared, readSharedNpy, shared } from "../shared.ts";
import type { PageImage, PageOptions } from "./page.ts";
import type { Site } from "./site.ts";

export type Ask = Pick<PageOptions, "method" | "params">;
export interface Network {
  readonly name: string;
  /** For the page and for Node. */
  readonly url: string;
  readonly path: string;
  readonly pageImage: PageImage;
  readonly image: ImageInput;
  /** On WebGPU in software a pass takes seconds; so not everything runs there. */
  readonly asks: Readonly<Record<"wasm" | "webgpu", readonly Ask[]>>;
}

const GRADIENT: Ask = { method: "gradient" };
const GRAD_CAM: Ask = { method: "grad-cam" };
const paths = (n_steps: number): Ask => ({ method: "integrated-gradients", params: { n_steps } });
const windows = (height: number, width: number): Ask => ({
  method: "occlusion",
  params: { sliding_window_shapes: [3, height, width], strides: [3, height, width] },
});
const few: readonly Ask[] = [GRADIENT, GRAD_CAM];
const all: readonly Ask[] = [...few, paths(4), windows(32, 32)];

/** The demo network in a folder as on the Hugging Face hub, and a scene. */
export async function demoNetwork(site: Site): Promise<Network> {
  site.put("/demo/model.onnx", demoModelBytes());
  const id2label = Object.fromEntries(DEMO_LABELS.map((label, i) => [i, label]));
  site.put("/demo/config.json", JSON.stringify({ id2label }));
  const preprocessor = {
    image_processor_type: "ViTImageProcessor",
    do_normalize: false,
    size: { width: 96, height: 96 },
  };
  site.put("/demo/preprocessor_config.json", JSON.stringify(preprocessor));
  const scene = site.put("/demo/scene.png", await encodePng(drawScene(3, { size: 128 }).image));
  const asks = { wasm: all, webgpu: [...few, paths(2), windows(96, 48)] };
  return {
    name: "demo",
    url: `${site.origin}/demo/`,
    path: `${site.origin}/demo/`,
    pageImage: scene,
    image: scene,
    asks,
  };
}

/** Trained reduced networks on an image of the golden set. */
export function goldenNetworks(site: Site): readonly Network[] {
  if (!hasShared("golden")) return [];
  const dims = [1, 3, 64, 64];
  const data = (readSharedNpy("golden/inputs.npy").data as Float32Array).slice(0, 3 * 64 * 64);
  const url = site.put("/golden-input.f32", new Uint8Array(data.buffer));
  const onWebgpu = { a_vgg: few, d_resnet: [GRAD_CAM], e_mobilenet: all, j_vit: few };
  return Object.entries(onWebgpu).map(([name, webgpu]) => {
    const file = `golden/models/${name}.onnx`;
    const images = { pageImage: { dims, url }, image: { dims, data } };
    return { name, url: `${site.origin}/shared/${file}`, path: shared(file), ...images, asks: { wasm: all, webgpu } };
  });
}

/** A pretrained network on a photograph, decoded once so that both sides see the same pixels. */
export async function realNetworks(site: Site): Promise<readonly Network[]> {
  const folder = "models/mcunet-in3-176/";
  const photo = "images/imagenet-sample/n01882714_koala.jpg";
  if (!hasShared(folder) || !hasShared(photo)) return [];
  const url = site.put("/photo.png", await encodePng(await decodeImage(readShared(photo))));
  const asks = { wasm: [...few, paths(4), windows(88, 88)], webgpu: [GRAD_CAM] };
  return [
    { name: "mcunet", url: `${site.origin}/shared/${folder}`, path: shared(folder), pageImage: url, image: url, asks },
  ];
}
