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
  /** Outputs that a {@link Chain} hands on: they stay where the device has its memory. */
  readonly stay?: readonly string[] | undefined;
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
  /** As {@link chained}, without a copy to the host and back; undefined where the runtime has no such thing. */
  readonly chain?: (handOn: Readonly<Record<string, string>>, first: Readonly<Record<string, HostTensor>>) => Chain;
  readonly dispose: () => Promise<void>;
}

/** What one run of a chain hands on to the next never leaves the runtime's side, unless it is read. One run at a time. */
export interface Chain {
  /** As {@link Session.run}. A run that throws, or whose results are not accepted, hands nothing on. */
  readonly run: (
    feeds: Readonly<Record<string, HostTensor>>,
    wanted: readonly string[],
    accept?: (results: Readonly<Record<string, HostTensor>>) => boolean,
  ) => Promise<Readonly<Record<string, HostTensor>>>;
  /** Copies of what the next run takes, by input. */
  readonly read: () => Promise<Readonly<Record<string, HostTensor>>>;
  readonly dispose: () => void;
}

/** Opens a session on serialised ONNX bytes. */
export type OpenSession = (bytes: Uint8Array, options?: SessionOptions) => Promise<Session>;
