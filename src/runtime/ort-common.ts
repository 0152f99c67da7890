/** @file A `Session` over any flavour of ONNX Runtime: node and web share one JavaScript interface. */
import type { InferenceSession, Tensor, TensorConstructor } from "onnxruntime-common";
import { OnnxplainError } from "../errors.ts";
import type { DType } from "../graph/types.ts";
import type { Chain, Device, HostData, HostTensor, Session } from "./session.ts";

/** The part of an ONNX Runtime package that we use. */
export interface Ort {
  readonly InferenceSession: {
    readonly create: (bytes: Uint8Array, options: InferenceSession.SessionOptions) => Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/** What an exception that left WebAssembly looks like: its address. */
const ADDRESS = /^\d+$/;
/** What WebGPU says of every graph once such an exception has gone through it. */
const STUCK = "another WebGPU EP inference session is being created";

/** The runtime's messages carry source paths of its own; the words after the last colon-separated location say what happened. */
function says(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (ADDRESS.test(text)) return "it failed without a message; reload the page before another attempt.";
  if (text.includes(STUCK)) return "an earlier failure left WebGPU unusable. Reload the page, or use `wasm`.";
  return text.replace(/\/[^\s:]*\/(onnxruntime\/)/g, "$1").slice(0, 600);
}

/**
 * Version 1.30 carries a DequantizeLinear past a Reshape or Transpose and gives the QuantizeLinear that it adds an
 * `output_dtype` that its own type inference rejects (microsoft/onnxruntime#28144, #25526): such a graph would not load.
 */
const WITHOUT = { optimization: { disable_specified_optimizers: "QDQPropagationTransformer" } };

/** Load `bytes`; `E_RUNTIME` when the runtime refuses the graph. */
export async function openOrt(
  ort: Ort,
  bytes: Uint8Array,
  device: Device,
  options: InferenceSession.SessionOptions,
): Promise<Session> {
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4, extra: WITHOUT, ...options });
  } catch (cause) {
    if (/no available backend/.test(says(cause))) throw notStarted(device, cause);
    throw new OnnxplainError("E_RUNTIME", `ONNX Runtime (${device}) cannot load the graph: ${says(cause)}`, { cause });
  }
  let open = true;
  const running = new Set<Promise<unknown>>();
  const runTensors: RunTensors = async (tensors, wanted) => {
    if (!open)
      throw new OnnxplainError(
        "E_ABORTED",
        "The model was disposed while it was in use. Call `dispose()` after the last explanation.",
      );
    const run = wanted ? session.run(tensors, [...wanted]) : session.run(tensors);
    running.add(run);
    try {
      return await run;
    } catch (cause) {
      throw new OnnxplainError("E_RUNTIME", `ONNX Runtime (${device}) failed while running the graph: ${says(cause)}`, {
        cause,
      });
    } finally {
      running.delete(run);
    }
  };
  return {
    device,
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: async (feeds, wanted) => {
      const results = await runTensors(tensorsOf(ort, feeds), wanted);
      return Object.fromEntries(
        await Promise.all(Object.entries(results).map(async ([name, t]) => [name, await fromOrt(t)] as const)),
      );
    },
    chain: (handOn, first) => chainOf(ort, runTensors, { handOn, first }),
    dispose: async () => {
      if (!open) return;
      open = false;
      // native memory must outlive the runs that use it
      await Promise.allSettled(running);
      await session.release();
    },
  };
}

type Tensors = Readonly<Record<string, Tensor>>;
type RunTensors = (tensors: Tensors, wanted: readonly string[] | undefined) => Promise<Tensors>;

function chainOf(
  ort: Ort,
  run: RunTensors,
  { handOn, first }: { handOn: Readonly<Record<string, string>>; first: Readonly<Record<string, HostTensor>> },
): Chain {
  const links = Object.entries(handOn);
  let held: Tensors = tensorsOf(ort, first);
  const drop = (tensors: Tensors): void => {
    for (const t of Object.values(tensors)) t.dispose();
  };
  return {
    run: async (feeds, wanted, accept = () => true) => {
      const asked = [...new Set([...wanted, ...links.map(([, output]) => output)])];
      const results = await run({ ...tensorsOf(ort, feeds), ...held }, asked);
      const entries = wanted.map(async (name) => [name, await copied(results[name] as Tensor)] as const);
      const read = Object.fromEntries(await Promise.all(entries));
      const next = Object.fromEntries(links.map(([input, output]) => [input, results[output] as Tensor]));
      const accepted = accept(read);
      drop(accepted ? held : next);
      if (accepted) held = next;
      return read;
    },
    read: async () =>
      Object.fromEntries(
        await Promise.all(Object.entries(held).map(async ([name, t]) => [name, await copied(t)] as const)),
      ),
    dispose: () => drop(held),
  };
}

const tensorsOf = (ort: Ort, feeds: Readonly<Record<string, HostTensor>>): Tensors =>
  Object.fromEntries(Object.entries(feeds).map(([name, t]) => [name, toOrt(ort, t)]));

async function copied(t: Tensor): Promise<HostTensor> {
  const data = ((await t.getData()) as HostData).slice() as HostData;
  return { dtype: t.type as DType, dims: t.dims, data };
}

/** Only onnxruntime-web can fail to start: its files come over the network. */
function notStarted(device: Device, cause: unknown): OnnxplainError {
  const advice = 'Serve the files of `onnxruntime-web/dist` and say where: `configureRuntime({ wasmPaths: "/ort/" })`.';
  return new OnnxplainError("E_DEVICE", `ONNX Runtime (${device}) did not start: ${says(cause)} ${advice}`, { cause });
}

function toOrt(ort: Ort, t: HostTensor): Tensor {
  return new ort.Tensor(t.dtype as "float32", t.data as Float32Array, t.dims);
}

async function fromOrt(t: Tensor): Promise<HostTensor> {
  const data = (await t.getData()) as HostData;
  const out = { dtype: t.type as DType, dims: t.dims, data };
  t.dispose();
  return out;
}
