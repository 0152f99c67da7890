/** @file A page that knows onnxruntime-web and nothing of ours: what anyone needs to run a compiled explanation. */
import type { Page } from "playwright-core";
import type { Site } from "./site.ts";

/** The script of that page, served as it stands. */
const script = (build: "wasm" | "webgpu"): string => `
  import * as ort from "/ort/ort.${build}.bundle.min.mjs";
  window.runPlain = async (model, feeds) => {
    const session = await ort.InferenceSession.create(model, { executionProviders: ["${build}"] });
    const inputs = await Promise.all(feeds.map(async ({ name, dims, url }) => {
      const bytes = await (await fetch(url)).arrayBuffer();
      return [name, new ort.Tensor("float32", new Float32Array(bytes), dims)];
    }));
    const results = await session.run(Object.fromEntries(inputs));
    const plain = Object.entries(results).map(([name, t]) => [name, Array.from(t.data, Number)]);
    await session.release();
    return Object.fromEntries(plain);
  };
`;

export interface PlainFeed {
  readonly name: string;
  readonly dims: readonly number[];
  readonly url: string;
}
type RunPlain = (model: string, feeds: readonly PlainFeed[]) => Promise<Readonly<Record<string, readonly number[]>>>;

/** Opens the page; the answer runs a model by URL and gives the elements of every output. */
export async function openPlain(page: Page, site: Site, build: "wasm" | "webgpu"): Promise<RunPlain> {
  await page.goto(`${site.origin}/blank.html`);
  await page.addScriptTag({ type: "module", content: script(build) });
  await page.waitForFunction(() => "runPlain" in window);
  return (model, feeds) =>
    page.evaluate(([m, f]) => (window as unknown as { runPlain: RunPlain }).runPlain(m, f), [model, feeds] as const);
}
