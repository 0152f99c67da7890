/** @file A heat map of one's own, from a `.npy` file. */
import { OnnxplainError, readNpy } from "../../../src/index.ts";
import type { OwnHeat } from "../../engine/calls/measure.ts";
import type { Answer } from "../../engine/handler.ts";

/** More values than the largest input of a network that a page can run. */
const MOST_BYTES = 2 ** 27;

/** Throws `E_FILE`. */
export async function readHeat(file: File): Promise<Answer<"readHeat">> {
  if (file.size > MOST_BYTES)
    throw new OnnxplainError(
      "E_FILE",
      `\`${file.name}\` has ${Math.round(file.size / 2 ** 20)} MiB; a heat map has one number a pixel, at most ${MOST_BYTES / 2 ** 20} MiB.`,
    );
  const { dims, data } = readNpy(new Uint8Array(await file.arrayBuffer()), file.name);
  const output: OwnHeat = { dims, data: Float32Array.from({ length: data.length }, (_, i) => Number(data[i])) };
  return { output, transfer: [output.data.buffer] };
}
