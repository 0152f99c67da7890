/** @file What running a graph looks like from every other room: named tensors in, named tensors out. */
import type { DType } from "../graph/types.ts";

/** Element types that travel between the host and a runtime. */
export type HostData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | Int8Array;

/** A tensor on the host, C order. */
export interface HostTensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: HostData;
}

/** Where a graph runs. `cpu` and `cuda` are native (Node); `wasm` runs anywhere; `webgpu` needs a browser or a native adapter. */
export type Device = "cpu" | "wasm" | "webgpu" | "cuda";

export interface SessionOptions {
  readonly device?: Device | undefined;
  /** Threads of one run; default: the runtime's own choice. */
  readonly threads?: number | undefined;
}

/** A loaded graph. Sessions hold native memory: dispose what you opened. */
export interface Session {
  readonly device: Device;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Throws `E_RUNTIME` with the runtime's own words. `wanted` limits which outputs are computed. */
  readonly run: (
    feeds: Readonly<Record<string, HostTensor>>,
    wanted?: readonly string[],
  ) => Promise<Readonly<Record<string, HostTensor>>>;
  readonly dispose: () => Promise<void>;
}

/** Opens a session on serialised ONNX bytes. */
export type OpenSession = (bytes: Uint8Array, options?: SessionOptions) => Promise<Session>;
