/** @file ONNX Runtime in the browser: WASM (SIMD, threads where the page is cross-origin isolated) and WebGPU. */
import { OnnxplainError } from "../errors.ts";
import { type Ort, openOrt } from "./ort-common.ts";
import type { Device, OpenSession } from "./session.ts";

/** Opens sessions in a page; `E_DEVICE` when the browser offers no WebGPU adapter. */
export const openSession: OpenSession = async (bytes, { device = "wasm", threads } = {}) => {
  if (device !== "wasm" && device !== "webgpu") throw new OnnxplainError("E_DEVICE", `Device \`${device}\` does not exist in a browser; use wasm or webgpu.`);
  if (device === "webgpu") await requireAdapter();
  const ort = await import("onnxruntime-web");
  if (threads) ort.env.wasm.numThreads = threads;
  return openOrt(ort as unknown as Ort, bytes, device, { executionProviders: [device] });
};

async function requireAdapter(): Promise<void> {
  const { gpu } = navigator as { gpu?: { requestAdapter: () => Promise<unknown> } };
  const adapter = await gpu?.requestAdapter();
  if (!adapter) throw new OnnxplainError("E_DEVICE", "This browser offers no WebGPU adapter. Use `device: \"wasm\"`.");
}

export const DEFAULT_DEVICE: Device = "wasm";
export const runtimeVersion = async (): Promise<string> => `onnxruntime-web ${(await import("onnxruntime-common")).env.versions.common}`;
