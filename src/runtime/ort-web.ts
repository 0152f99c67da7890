/** @file ONNX Runtime as WebAssembly (SIMD, threads where the page is cross-origin isolated) and on WebGPU. */
import type { Env } from "onnxruntime-common";
import { OnnxplainError } from "../errors.ts";
import { chained } from "./chain.ts";
import { type Ort, openOrt } from "./ort-common.ts";
import type { Device, OpenSession, Session, SessionOptions } from "./session.ts";
import { webgpuGaps } from "./webgpu-gaps.ts";

/** Where onnxruntime-web finds its own files, and where it runs. */
export interface RuntimeConfig {
  /**
   * URL of a folder, ending in `/`, that holds `ort-wasm-simd-threaded.{wasm,mjs}` (device `wasm`) and
   * `ort-wasm-simd-threaded.asyncify.{wasm,mjs}` (device `webgpu`) from `onnxruntime-web/dist`. By default a bundler's copy
   * of the `.wasm`, or one beside the script. Needed where a bundler leaves assets alone (esbuild), and for threads where
   * everything is one script (a thread would run that script again).
   */
  readonly wasmPaths?: string | undefined;
  /** Run WASM in a worker of its own, so that the page stays responsive; default false. Not for WebGPU. */
  readonly proxy?: boolean | undefined;
}

/** An ONNX Runtime package with the settings of its WebAssembly part. */
export interface OrtWeb extends Ort {
  readonly env: Env;
}

/** One build of the runtime a device: the WASM build is half the size of the one that also has WebGPU. */
const BUILDS: Readonly<Partial<Record<Device, () => Promise<unknown>>>> = {
  wasm: () => import("onnxruntime-web/wasm"),
  webgpu: () => import("onnxruntime-web/webgpu"),
};

let config: RuntimeConfig = {};
/** Threads of the builds that have been started; the runtime reads its settings once. */
const started = new Map<Device, number | undefined>();

/**
 * Settings of onnxruntime-web, for a page to state before its first session.
 * @throws OnnxplainError `E_DEVICE` after the first session, when they would be ignored.
 * @example configureRuntime({ wasmPaths: "/ort/" });
 */
export function configureRuntime(settings: RuntimeConfig): void {
  if (started.size > 0) {
    throw new OnnxplainError(
      "E_DEVICE",
      `ONNX Runtime (${[...started.keys()].join(", ")}) is already running and reads its settings once. Call \`configureRuntime\` before the first \`explain\` or \`predict\`.`,
    );
  }
  config = { ...config, ...settings };
}

/** Opens sessions in a page; `E_DEVICE` when the browser offers no WebGPU adapter. */
export const openSession: OpenSession = async (bytes, { device = "wasm", threads, stay } = {}) => {
  const build = BUILDS[device];
  if (!build)
    throw new OnnxplainError("E_DEVICE", `Device \`${device}\` does not exist in a browser; use wasm or webgpu.`);
  if (device === "webgpu") await requireAdapter();
  return openOn((await build()) as OrtWeb, bytes, { device, threads, stay });
};

/** Opens sessions on a given build of onnxruntime-web. */
export async function openOn(
  ort: OrtWeb,
  bytes: Uint8Array,
  { device = "wasm", threads, stay = [] }: SessionOptions,
): Promise<Session> {
  start(ort.env.wasm, device, threads);
  if (device !== "webgpu") {
    const session = await openOrt(ort, bytes, device, { executionProviders: [device] });
    return ort.env.wasm.proxy ? copying(session) : session;
  }
  const gaps = webgpuGaps(bytes);
  const provider = { name: "webgpu", ...(gaps.length > 0 ? { forceCpuNodeNames: gaps } : {}) } as const;
  const preferredOutputLocation = Object.fromEntries(stay.map((name) => [name, "gpu-buffer"] as const));
  return oneAtATime(() => openOrt(ort, bytes, device, { executionProviders: [provider], preferredOutputLocation }));
}

function start(wasm: Env.WebAssemblyFlags, device: Device, threads: number | undefined): void {
  if (started.has(device)) {
    const running = started.get(device) ?? wasm.numThreads;
    if (threads === undefined || running === undefined || threads === running) return;
    throw new OnnxplainError(
      "E_DEVICE",
      `ONNX Runtime (${device}) has been running with ${running} ${running === 1 ? "thread" : "threads"} since its first session, and cannot change to ${threads}. Give \`threads\` the first time, or reload the page.`,
    );
  }
  started.set(device, threads);
  if (threads !== undefined) wasm.numThreads = threads;
  if (config.wasmPaths !== undefined) wasm.wasmPaths = config.wasmPaths;
  if (config.proxy && device === "wasm") wasm.proxy = true;
}

async function requireAdapter(): Promise<void> {
  const { gpu } = navigator as { gpu?: { requestAdapter: () => Promise<unknown> } };
  const adapter = await gpu?.requestAdapter();
  if (!adapter) throw new OnnxplainError("E_DEVICE", 'This browser offers no WebGPU adapter. Use `device: "wasm"`.');
}

/** A proxy takes the feeds' buffers away from the page, and leaves nothing on its side. */
const copying = ({ chain: _, ...session }: Session): Session => ({
  ...session,
  run: (feeds, wanted) => {
    const copies = Object.entries(feeds).map(([name, t]) => [name, { ...t, data: t.data.slice() }] as const);
    return session.run(Object.fromEntries(copies), wanted);
  },
});

let last: Promise<unknown> = Promise.resolve();

/** The WebGPU build can be suspended in one call only; calls that would overlap wait. */
async function oneAtATime(open: () => Promise<Session>): Promise<Session> {
  const inTurn = <T>(job: () => Promise<T>): Promise<T> => {
    const mine = last.then(job);
    last = mine.catch(() => undefined);
    return mine;
  };
  const session = await inTurn(open);
  return {
    ...session,
    run: (feeds, wanted) => inTurn(() => session.run(feeds, wanted)),
    chain: (handOn, first) => {
      const chain = chained(session, handOn, first);
      return {
        run: (feeds, wanted, accept) => inTurn(() => chain.run(feeds, wanted, accept)),
        read: () => inTurn(chain.read),
        dispose: chain.dispose,
      };
    },
    dispose: () => inTurn(() => session.dispose()),
  };
}

export const DEFAULT_DEVICE: Device = "wasm";
export const runtimeVersion = async (): Promise<string> =>
  `onnxruntime-web ${(await import("onnxruntime-common")).env.versions.common}`;
