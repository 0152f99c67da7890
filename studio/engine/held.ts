/** @file What the worker holds between calls: the model, the pictures, and the maps that are on the screen. */
import {
  applyEdits,
  type Device,
  type Explainer,
  type Explanation,
  type ImageU8,
  OnnxplainError,
  type Preprocessing,
  parseEdit,
} from "../../src/index.ts";

/** How graphs are run and pictures read; what the page may change of it. */
export interface RunSettings {
  readonly device: "auto" | "wasm" | "webgpu";
  readonly output: "logits" | "probability";
  readonly seed: number;
  /** Where it is not the model's own. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Rows in one run; undefined = what memory allows. */
  readonly batch?: number | undefined;
}

let model: Explainer | undefined;
const pictures = new Map<string, { readonly name: string; readonly image: ImageU8 }>();
const maps = new Map<string, Explanation>();

export async function holdModel(next: Explainer): Promise<void> {
  const before = model;
  model = next;
  maps.clear();
  await before?.dispose();
}

export function heldModel(): Explainer {
  if (model) return model;
  throw new OnnxplainError("E_FILE", "No model is open. Drop an .onnx file or a folder, or open the example.");
}

export const holdPicture = (id: string, name: string, image: ImageU8): void => void pictures.set(id, { name, image });
export const dropPicture = (id: string): void => void pictures.delete(id);

/** A picture after its edits, each as on the command line: `box=x0,y0,x1,y1,fill=mean`. Throws `E_FILE`, `E_PARAM`. */
export function heldPicture(id: string, edits: readonly string[] = []): ImageU8 {
  const found = pictures.get(id);
  if (found === undefined) throw new OnnxplainError("E_FILE", "This picture is not open any more. Drop it again.");
  return edits.length === 0 ? found.image : applyEdits(found.image, edits.map(parseEdit)).image;
}

/** Maps that can be drawn again; the oldest is forgotten. */
const MOST_MAPS = 400;
let counted = 0;
export function holdMap(map: Explanation): string {
  const id = `m${counted++}`;
  maps.set(id, map);
  const [oldest] = maps.keys();
  if (maps.size > MOST_MAPS && oldest !== undefined) maps.delete(oldest);
  return id;
}
export function heldMap(id: string): Explanation {
  const found = maps.get(id);
  if (found) return found;
  throw new OnnxplainError("E_FILE", "This map is not held any more. Explain again.");
}

let webgpu: Promise<boolean> | undefined;

/** Is there a GPU (not one played by the processor) that WebGPU offers? */
function hasWebgpu(): Promise<boolean> {
  webgpu ??= (async () => {
    type Adapter = { readonly info?: { readonly isFallbackAdapter?: boolean; readonly architecture?: string } };
    const { gpu } = navigator as { gpu?: { requestAdapter: () => Promise<Adapter | null> } };
    const adapter = await gpu?.requestAdapter().catch(() => null);
    return Boolean(adapter) && !adapter?.info?.isFallbackAdapter && adapter?.info?.architecture !== "swiftshader";
  })();
  return webgpu;
}

export const deviceOf = async (wanted: RunSettings["device"]): Promise<Device> =>
  wanted === "auto" ? ((await hasWebgpu()) ? "webgpu" : "wasm") : wanted;

/** One processor is left to the page. Threads need a page that is isolated from others. */
const THREADS = self.crossOriginIsolated ? Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1)) : 1;

/** The library's options for these settings. */
export const runOptions = async ({ device, output, seed, preprocessing, batch }: RunSettings) => ({
  device: await deviceOf(device),
  threads: THREADS,
  output,
  seed,
  ...(preprocessing ? { preprocessing } : {}),
  ...(batch ? { batch } : {}),
});
