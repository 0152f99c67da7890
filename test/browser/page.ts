/** @file What a test may ask of the library inside a page; on `window.page`. */

import { decodeImage } from "../../src/image/decode-web.ts";
import {
  configureRuntime,
  type Explainer,
  type ExplainOptions,
  explain,
  type ImageInput,
  loadModel,
  OnnxplainError,
  type Preprocessing,
  preprocess,
  type Resample,
  resize,
} from "../../src/index.ts";
import { type CaseRange, type CaseReport, runCases } from "./op-cases.ts";

/** A picture by URL, or a tensor by the URL of its raw float32 values. */
export type PageImage = string | { readonly dims: readonly number[]; readonly url: string };
export type PageOptions = Pick<
  ExplainOptions,
  "method" | "params" | "device" | "threads" | "target" | "layer" | "batch"
>;
export interface PageAsk {
  /** URL of an .onnx file, or of a folder (ending in `/`). */
  readonly model: string;
  readonly image: PageImage;
  readonly options: PageOptions;
}

/** An explanation as it crosses to the test. */
export interface PageAnswer {
  readonly values: readonly number[];
  readonly dims: readonly number[];
  readonly scores: readonly (readonly number[])[];
  readonly target: number;
  readonly label: string | undefined;
  readonly device: string;
  readonly ms: number;
}

export interface PageFailure {
  readonly ours: boolean;
  readonly code: string | undefined;
  readonly message: string;
}

export interface PagePicture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: readonly number[];
}

const models = new Map<string, Promise<Explainer>>();

async function bytesAt(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

async function imageOf(image: PageImage): Promise<ImageInput> {
  if (typeof image === "string") return image;
  return { dims: image.dims, data: new Float32Array((await bytesAt(image.url)).buffer as ArrayBuffer) };
}

async function answer({ model: url, image, options }: PageAsk): Promise<PageAnswer> {
  const loading = models.get(url) ?? loadModel(url);
  models.set(url, loading);
  const model = await loading;
  const began = performance.now();
  const map = await explain(model, await imageOf(image), options);
  return {
    values: Array.from(map.values),
    dims: map.dims,
    scores: map.scores.map((row) => Array.from(row)),
    target: map.target,
    label: model.labels?.[map.target],
    device: map.device,
    ms: performance.now() - began,
  };
}

async function failure(job: () => Promise<unknown>): Promise<PageFailure> {
  try {
    await job();
  } catch (error) {
    const ours = error instanceof OnnxplainError;
    return { ours, code: ours ? error.code : undefined, message: (error as Error).message };
  }
  throw new Error("nothing was thrown");
}

const picture = (image: { width: number; height: number; channels: number; data: ArrayLike<number> }): PagePicture => ({
  width: image.width,
  height: image.height,
  channels: image.channels,
  data: Array.from(image.data),
});

const page = {
  configure: configureRuntime,
  hasWebgpu: async (): Promise<boolean> => {
    const { gpu } = navigator as { gpu?: { requestAdapter: () => Promise<unknown> } };
    return Boolean(await gpu?.requestAdapter());
  },
  isolated: (): boolean => crossOriginIsolated,
  explain: answer,
  /** All at once, on one model: sessions must not disturb one another. */
  explainTogether: (asks: readonly PageAsk[]): Promise<readonly PageAnswer[]> => Promise.all(asks.map(answer)),
  explainFails: (ask: PageAsk): Promise<PageFailure> => failure(() => answer(ask)),
  loadFails: (url: string): Promise<PageFailure> => failure(async () => loadModel(await bytesAt(url))),
  decodeFails: (url: string): Promise<PageFailure> => failure(async () => decodeImage(await bytesAt(url))),
  configureFails: (): Promise<PageFailure> => failure(async () => configureRuntime({ wasmPaths: "/elsewhere/" })),
  decode: async (url: string): Promise<PagePicture> => picture(await decodeImage(await bytesAt(url))),
  resize: async (
    url: string,
    to: { readonly width: number; readonly height: number; readonly resample: Resample },
  ): Promise<PagePicture> => picture(resize(await decodeImage(await bytesAt(url)), to)),
  preprocess: async (url: string, spec: Preprocessing): Promise<readonly number[]> =>
    Array.from(preprocess(await decodeImage(await bytesAt(url)), spec).data),
  /** Close every session; the models stay. Those that failed to load have none. */
  dispose: async (): Promise<void> => {
    await Promise.all([...models.values()].map((m) => m.then((model) => model.dispose()).catch(() => undefined)));
  },
  runCases: (range: CaseRange): Promise<readonly CaseReport[]> => runCases(range),
} as const;

export type Page = typeof page;
declare global {
  interface Window {
    page: Page;
  }
}
window.page = page;
