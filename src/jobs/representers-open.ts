/** @file A fit in a folder, opened: Θ and α in memory, features on disk. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import { columnsOf } from "../representers/graphs.ts";
import type { Representers } from "../representers/representers.ts";
import type { RepresentersReport } from "./representers-fit.ts";
import { openStore, requireComplete, type Store } from "./representers-store.ts";

export interface OpenRepresenters {
  readonly folder: string;
  readonly fitted: Representers;
  readonly report: RepresentersReport;
  readonly train: Store;
  /** Undefined where none was given. */
  readonly heldOut: Store | undefined;
}

/** Throws `E_FILE` for a folder that holds no finished fit. */
export async function openRepresenters(folder: string): Promise<OpenRepresenters> {
  const read = async (name: string): Promise<Uint8Array> => {
    const bytes = await files.read(files.join(folder, name));
    if (bytes !== undefined) return bytes;
    throw new OnnxplainError(
      "E_FILE",
      `\`${folder}\` has no \`${name}\`: no fit was finished there. Run \`onnxplain representers fit … -o ${folder}\` first.`,
      { file: folder },
    );
  };
  const report = JSON.parse(new TextDecoder().decode(await read("fit.json"))) as RepresentersReport;
  const { tensors } = readSafetensors(await read("fit.safetensors"), files.join(folder, "fit.safetensors"));
  const array = (name: string, length: number): Float64Array => {
    const own = tensors[name];
    if (own?.data instanceof Float64Array && own.data.length === length) return own.data;
    throw new OnnxplainError(
      "E_FILE",
      `\`fit.safetensors\` in \`${folder}\` has no \`${name}\` of ${length} numbers.`,
      {
        file: folder,
      },
    );
  };
  const { count, classes } = report;
  const columns = columnsOf(report);
  const fitted: Representers = {
    ...report,
    columns,
    theta: array("theta", classes * columns),
    alpha: array("alpha", count * classes),
    gradient: array("gradient", classes * columns),
  };
  const at = { folder };
  const heldOut = report.held_out ? requireComplete(await openStore(at, "held-out")) : undefined;
  return { folder, fitted, report, train: requireComplete(await openStore(at, "train")), heldOut };
}
