/** @file A graph run over a set of pictures, block by block. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import type { Model } from "../graph/types.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { HostTensor, Session, SessionOptions } from "../runtime/session.ts";
import type { PictureBlock, Pictures } from "./pictures.ts";

export interface StreamOptions extends SessionOptions {
  /** Pictures of one run. Default 32; 1 where the network's batch is fixed. */
  readonly batch?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Pictures that are through, of how many. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

export interface Source {
  readonly model: Model;
  /** Name and dims of one row of the input that pictures go to. */
  readonly input: string;
  readonly dims: readonly number[];
  readonly freeBatch: boolean;
}

export type Results = Readonly<Record<string, HostTensor>>;
export type Feeds = Readonly<Record<string, HostTensor>>;

/** A graph that pictures are sent through; holds a native session. */
export interface Stream {
  /** Calls `use` with every block's outputs. Throws `E_INPUT_SHAPE`, `E_RUNTIME`, `E_ABORTED`. */
  readonly each: (
    pictures: Pictures,
    wanted: readonly string[],
    use: (results: Results, block: PictureBlock) => void,
    feeds?: Feeds,
  ) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

const BATCH = 32;

/** Throws `E_RUNTIME`, `E_PARAM`. */
export async function openStream(source: Source, options: StreamOptions = {}): Promise<Stream> {
  const { batch = BATCH, signal, onProgress, ...session } = options;
  if (!(Number.isInteger(batch) && batch >= 1))
    throw new OnnxplainError("E_PARAM", `Expected \`batch\` to be an integer from 1 up, got ${batch}.`);
  const run = await openSession(writeModelBytes(source.model), session);
  return {
    each: (pictures, wanted, use, feeds = {}) =>
      walk({ run, source, batch, signal, onProgress }, { pictures, wanted, use, feeds }),
    dispose: () => run.dispose(),
  };
}

interface Walking extends Pick<StreamOptions, "signal" | "onProgress"> {
  readonly run: Session;
  readonly source: Source;
  readonly batch: number;
}
interface Walk {
  readonly pictures: Pictures;
  readonly wanted: readonly string[];
  readonly use: (results: Results, block: PictureBlock) => void;
  readonly feeds: Feeds;
}

async function walk({ run, source, batch, signal, onProgress }: Walking, asked: Walk): Promise<void> {
  const { pictures, wanted, use, feeds } = asked;
  const { input, dims, freeBatch } = source;
  const width = dims.reduce((p, d) => p * d, 1);
  if (pictures.width !== width)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `The pictures have ${pictures.width} numbers each, the network takes [${dims.join()}]. Prepare them for this network.`,
    );
  for await (const block of pictures.blocks(freeBatch ? batch : 1)) {
    if (signal?.aborted)
      throw new OnnxplainError("E_ABORTED", `Stopped after ${block.first} of ${pictures.count} pictures.`, {
        cause: signal.reason,
      });
    const x: HostTensor = { dtype: "float32", dims: [block.count, ...dims], data: block.rows };
    use(await run.run({ ...feeds, [input]: x }, wanted), block);
    onProgress?.(block.first + block.count, pictures.count);
  }
}
