/** @file A complete network as a file that loads by itself: the graph, its labels, its preprocessing; and how it came to be, in its metadata. */
import { writeModelBytes } from "../graph/write.ts";
import type { Learned } from "../train/bake.ts";
import { VERSION } from "../version.ts";
import type { JobFolder } from "./run-folder.ts";
import type { Asked } from "./train-asked.ts";
import { sidecarsOf } from "./train-card.ts";
import type { TrainingRunOptions } from "./train-options.ts";
import type { Setup } from "./train-setup.ts";
import type { Layouts } from "./train-start.ts";

/** Where the network of a step stands. */
export const checkpointPath = (step: number): string => `checkpoints/step-${String(step).padStart(6, "0")}.onnx`;

export interface Complete {
  readonly setup: Setup;
  readonly learned: Learned;
  readonly layouts: Layouts;
  readonly step: number;
  /** Epochs done, with the part of the one that is not. */
  readonly epoch: number;
  readonly options: TrainingRunOptions;
  readonly asked: Asked;
}

/**
 * Writes the graph to `path` in the job's folder, after `config.json` and `preprocessor_config.json` (or `META.json`) beside it. Equal
 * weights give equal bytes: no time is in them. Throws `E_FILE`; what stood there stays.
 */
export async function writeNetwork(
  job: JobFolder,
  path: string,
  { setup, learned, layouts, step, epoch, options, asked }: Complete,
): Promise<readonly string[]> {
  const model = setup.whole(learned, layouts);
  const metadata = {
    "onnxplain.version": VERSION,
    "onnxplain.step": String(step),
    "onnxplain.epoch": String(Number(epoch.toFixed(4))),
    "onnxplain.seed": String(asked.seed),
    ...(options.command === undefined ? {} : { "onnxplain.command": options.command }),
  };
  const bytes = writeModelBytes({
    ...model,
    metadata: new Map([...model.metadata, ...Object.entries(metadata)]),
  });
  const { files, notes } = sidecarsOf(setup.names, setup.preprocessing);
  const beside = path.slice(0, path.lastIndexOf("/") + 1);
  for (const [name, text] of Object.entries(files)) await job.write(`${beside}${name}`, text);
  await job.write(path, bytes);
  return notes;
}
