/** @file Rows of numbers that a fit reads, block by block and as often as it likes. */
import { OnnxplainError } from "../errors.ts";
import type { DType } from "../graph/types.ts";
import type { HostTensor } from "../runtime/session.ts";

export type Numbers = Float32Array | Float64Array;

export interface RowBlock {
  /** Place of the first row. */
  readonly first: number;
  readonly count: number;
  /** `[count, width]`, C order; valid until the next block is asked for. */
  readonly rows: Numbers;
}

/** Rows `[count, width]`, in memory or on disk, always in the same order. */
export interface RowSource {
  readonly count: number;
  readonly width: number;
  /** Blocks of at most `size` rows. */
  readonly blocks: (size?: number) => AsyncIterable<RowBlock>;
}

/** What a fit over rows takes beside its own parameters. */
export interface Reading {
  /** Rows read at once. */
  readonly block?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Throws `E_DATA_EMPTY`. */
export function refuseNone({ count, width }: Pick<RowSource, "count" | "width">): void {
  if (count < 1 || width < 1)
    throw new OnnxplainError("E_DATA_EMPTY", `Expected rows of numbers to fit, got ${count} rows of ${width}.`);
}

/** The blocks of a source. Throws `E_ABORTED` on the signal. */
export async function* read(source: RowSource, { block, signal }: Reading): AsyncGenerator<RowBlock> {
  for await (const part of source.blocks(block)) {
    if (signal?.aborted)
      throw new OnnxplainError("E_ABORTED", `Stopped at row ${part.first} of ${source.count}.`, {
        cause: signal.reason,
      });
    yield part;
  }
}

export type Precision = Extract<DType, "float32" | "float64">;

const ARRAYS = { float32: Float32Array, float64: Float64Array } as const;

/** A matrix of `columns` to feed; copied only where the precision is another. */
export const matrixOf = (data: Numbers, columns: number, dtype: Precision): HostTensor => ({
  dtype,
  dims: [columns === 0 ? 0 : data.length / columns, columns],
  data: precisely(data, dtype),
});

export const vectorOf = (data: Numbers, dtype: Precision): HostTensor => ({
  dtype,
  dims: [data.length],
  data: precisely(data, dtype),
});

const precisely = (data: Numbers, dtype: Precision): Numbers =>
  data instanceof ARRAYS[dtype] ? data : ARRAYS[dtype].from(data);

/** `sum += part`. */
export function addTo(sum: Float64Array, part: HostTensor | undefined): void {
  const data = part?.data as Numbers;
  for (let i = 0; i < sum.length; i++) sum[i]! += data[i] as number;
}
