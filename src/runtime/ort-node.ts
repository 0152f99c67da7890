/** @file ONNX Runtime in Node: native on the CPU (or CUDA, WebGPU where the build has them), WASM on request. */
import { OnnxplainError } from "../errors.ts";
import { type Ort, openOrt } from "./ort-common.ts";
import { type OrtWeb, openOn } from "./ort-web.ts";
import type { Device, OpenSession } from "./session.ts";

/** Opens sessions on this machine; `E_DEVICE` when the asked-for device is not in this build. */
export const openSession: OpenSession = async (bytes, { device = "cpu", threads } = {}) => {
  if (device === "wasm")
    return openOn((await import("onnxruntime-web")) as unknown as OrtWeb, bytes, { device, threads });
  const ort = await import("onnxruntime-node");
  const names = ort.listSupportedBackends().map((b) => b.name);
  if (!names.includes(device)) {
    throw new OnnxplainError(
      "E_DEVICE",
      `Device \`${device}\` is not available here; this build of ONNX Runtime has ${names.join(", ")} (and wasm). Choose one of them with \`--device\`.`,
    );
  }
  return openOrt(ort as unknown as Ort, bytes, device, {
    executionProviders: [device],
    ...(threads ? { intraOpNumThreads: threads } : {}),
  });
};

export { configureRuntime, type RuntimeConfig } from "./ort-web.ts";
/** The device that is used when none is asked for. */
export const DEFAULT_DEVICE: Device = "cpu";
/** Name and version, for manifests. */
export const runtimeVersion = async (): Promise<string> =>
  `onnxruntime-node ${(await import("onnxruntime-common")).env.versions.common}`;
