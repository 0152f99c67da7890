/** @file Compiled explanations in plain onnxruntime-web, without any of our code, against onnxruntime-node. */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { decodeImage } from "../../src/image/decode-node.ts";
import { compile, type Explainer, preprocess } from "../../src/index.ts";
import { hasShared } from "../shared.ts";
import { difference } from "./difference.ts";
import type { Network } from "./networks.ts";
import { openPlain } from "./plain.ts";
import type { World } from "./world.ts";

/** What is compiled for each device; on WebGPU in software a graph takes seconds. */
const GRAPHS = {
  wasm: [
    "demo gradient",
    "demo grad-cam",
    "a_vgg gradient",
    "d_resnet input-x-gradient",
    "e_mobilenet gradient",
    "j_vit gradient",
    "mcunet grad-cam",
  ],
  webgpu: hasShared("golden") ? ["e_mobilenet gradient", "j_vit grad-cam"] : ["demo grad-cam"],
} as const;

/** Relative to the largest value. The demo's evidence is a small difference of large sums, whose order differs on WebGPU. */
const bound = (name: string, build: string): number => (name === "demo" && build === "webgpu" ? 1e-4 : 1e-5);

interface Given {
  readonly networks: readonly Network[];
  readonly inNode: (network: Network) => Promise<Explainer>;
}

/** What the network is fed: the tensor of its ask, or its picture preprocessed. */
async function inputOf(
  network: Network,
  model: Explainer,
): Promise<{ readonly dims: readonly number[]; readonly data: Float32Array }> {
  if (typeof network.image === "object" && "dims" in network.image) return network.image;
  const bytes = new Uint8Array(await (await fetch(network.image as string)).arrayBuffer());
  return preprocess(await decodeImage(bytes), model.preprocessing(model.classifier()).spec);
}

async function native(
  bytes: Uint8Array,
  name: string,
  input: { readonly dims: readonly number[]; readonly data: Float32Array },
): Promise<Readonly<Record<string, readonly number[]>>> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const results = await session.run({ [name]: new ort.Tensor("float32", input.data, input.dims) });
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([n, t]) => [n, Array.from(t.data as Float32Array, Number)]));
}

export function compiledSuite(world: World | undefined, { networks, inNode }: Given): void {
  describe.skipIf(!world)("compiled graphs in plain onnxruntime-web", () => {
    for (const build of ["wasm", "webgpu"] as const) {
      it.skipIf(build === "webgpu" && !world?.gpu)(build, { timeout: 120_000 }, async () => {
        const { browser, site } = world as World;
        const tab = await browser.newPage();
        const run = await openPlain(tab, site, build);
        const lines: string[] = [];
        for (const [name, method] of GRAPHS[build].map((g) => g.split(" ") as [string, string])) {
          const network = networks.find((n) => n.name === name);
          if (!network) continue;
          const model = await inNode(network);
          const input = await inputOf(network, model);
          const { bytes, inputs } = await compile(model, { method });
          const feed = {
            name: inputs[0] as string,
            dims: input.dims,
            url: site.put(
              "/compiled.f32",
              new Uint8Array(input.data.buffer, input.data.byteOffset, input.data.byteLength),
            ),
          };
          const got = await run(site.put(`/compiled/${name}-${method}.onnx`, bytes), [feed]);
          const want = await native(bytes, feed.name, input);
          expect(Object.keys(got).sort()).toEqual(Object.keys(want).sort());
          const worst = Math.max(...Object.keys(want).map((n) => difference(got[n] ?? [], want[n] ?? [])));
          lines.push(`${name} ${method} ${worst.toExponential(1)}`);
          expect(worst, `${name} ${method}`).toBeLessThanOrEqual(bound(name, build));
        }
        console.log(`browser: compiled graphs, ${build} against onnxruntime-node: ${lines.join(", ")}`);
        await tab.close();
      });
    }
  });
}
