/** @file Device `wasm` in Node, against the native runtime. */
import { describe, expect, it } from "vitest";
import { demoModelBytes, drawScene, type Explainer, explain, type ImageInput, loadModel } from "../../src/index.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import { absent, hasShared, readSharedNpy, shared } from "../shared.ts";
import { difference } from "./difference.ts";

const GOLDEN = "golden/models/e_mobilenet.onnx";

describe("device wasm in Node", () => {
  async function compare(model: Explainer, image: ImageInput, tolerance: number): Promise<void> {
    const params = { sliding_window_shapes: [3, 32, 32], strides: [3, 32, 32] };
    for (const options of [{ method: "gradient" }, { method: "grad-cam" }, { method: "occlusion", params }]) {
      const cpu = await explain(model, image, options);
      const wasm = await explain(model, image, { ...options, device: "wasm" });
      expect(wasm.device).toBe("wasm");
      expect(difference(wasm.values, cpu.values), options.method).toBeLessThanOrEqual(tolerance);
      expect(difference(wasm.scores[0] ?? [], cpu.scores[0] ?? []), "scores").toBeLessThanOrEqual(tolerance);
    }
    await model.dispose();
  }

  // The demo's evidence is a small difference of large sums, which float32 adds up in an order of its own on each device.
  it("equals the CPU on the demo network", { timeout: 60_000 }, async () => {
    await compare(await loadModel(demoModelBytes()), drawScene(5).image, 1e-4);
  });

  it.skipIf(!hasShared(GOLDEN))(
    `equals the CPU on a trained network${absent(GOLDEN)}`,
    { timeout: 60_000 },
    async () => {
      const data = (readSharedNpy("golden/inputs.npy").data as Float32Array).slice(0, 3 * 64 * 64);
      await compare(await loadModel(shared(GOLDEN)), { dims: [1, 3, 64, 64], data }, 1e-5);
    },
  );

  it("refuses what is no model, and runs nothing after dispose", async () => {
    const open = openSession(new Uint8Array([1, 2, 3]), { device: "wasm" });
    await expect(open).rejects.toMatchObject({ code: "E_RUNTIME" });
    const session = await openSession(demoModelBytes(), { device: "wasm" });
    await session.dispose();
    await session.dispose();
    await expect(session.run({})).rejects.toThrow("disposed");
  });
});
