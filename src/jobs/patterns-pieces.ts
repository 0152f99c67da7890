/** @file Finished pieces of a fit in its folder: arrays and plain JSON, read back as they were written, so that a resumed fit goes on with the same numbers. */
import { OnnxplainError } from "../errors.ts";
import { readSafetensors, type SafetensorsFile, type TensorToWrite, writeSafetensors } from "../formats/safetensors.ts";
import type { JobFolder } from "./run-folder.ts";

export interface PieceToWrite<About> {
  readonly arrays: Readonly<Record<string, TensorToWrite>>;
  /** Plain JSON of finite numbers. */
  readonly about: About;
}

export interface Piece<About> {
  readonly about: About;
  readonly float64: (name: string) => Float64Array;
  readonly float32: (name: string) => Float32Array;
  readonly int32: (name: string) => Int32Array;
  readonly uint8: (name: string) => Uint8Array;
  readonly dims: (name: string) => readonly number[];
  readonly has: (name: string) => boolean;
}

/** The piece of that name, made where it is missing. Throws `E_FILE`. */
export async function piece<About>(
  job: JobFolder,
  name: string,
  make: () => Promise<PieceToWrite<About>>,
): Promise<Piece<About>> {
  const known = await job.read(name);
  if (known !== undefined) return pieceIn(known, name);
  const { arrays, about } = await make();
  const bytes = writeSafetensors(arrays, { about: JSON.stringify(about) });
  await job.write(name, bytes);
  return pieceIn(bytes, name);
}

/** The state of a fit under way, as JSON in the folder. */
export interface SavedState<State> {
  /** What was saved before this call, if anything was. */
  readonly before: State | undefined;
  /** Saves a state, unless the last one is younger than the interval. */
  readonly save: (state: () => State) => Promise<void>;
}

/** States of a fit, at most one every `seconds`. Throws `E_FILE`. */
export async function savedState<State>(job: JobFolder, name: string, seconds: number): Promise<SavedState<State>> {
  const known = await job.read(name);
  let last = performance.now();
  return {
    before: known && (JSON.parse(new TextDecoder().decode(known)) as State),
    save: async (state) => {
      if (performance.now() - last < 1000 * seconds) return;
      await job.write(name, JSON.stringify(state()));
      last = performance.now();
    },
  };
}

/** Throws `E_FILE`. */
export function pieceIn<About>(bytes: Uint8Array, name: string): Piece<About> {
  const { tensors, metadata }: SafetensorsFile = readSafetensors(bytes, name);
  const array =
    <T>(kind: abstract new (...args: never[]) => T) =>
    (key: string): T => {
      const data = tensors[key]?.data;
      if (data instanceof kind) return data;
      throw new OnnxplainError("E_FILE", `\`${name}\` has no array \`${key}\` of the kind expected. Fit anew.`, {
        file: name,
      });
    };
  return {
    about: JSON.parse(metadata.about ?? "null") as About,
    float64: array(Float64Array),
    float32: array(Float32Array),
    int32: array(Int32Array),
    uint8: array(Uint8Array),
    dims: (key) => tensors[key]?.dims ?? [],
    has: (key) => tensors[key] !== undefined,
  };
}
