/** @file `fisher classify` as a job: scores, thresholds and decisions of pictures, before and after edits; a network beside it on the same pictures. */
import type { DataItem } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { predict, type RunOptions } from "../explain.ts";
import type { Explainer } from "../explainer.ts";
import { scoresOf } from "../fisher/describe.ts";
import { planesOf } from "../fisher/framing.ts";
import { encodingModel, PORTS } from "../fisher/pipeline-graph.ts";
import { sessionsBySize } from "../fisher/sessions.ts";
import { applyEdits, type Edit } from "../image/edit.ts";
import type { ImageU8 } from "../image/types.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { decision, framedFor, highest } from "./fisher-explain.ts";
import type { TrainedFisher } from "./fisher-options.ts";

export interface FisherClassifyOptions extends Omit<SessionOptions, "stay"> {
  /** Done to each picture in its own pixels, one upon the other; then it is scored once more. */
  readonly edits?: readonly Edit[] | undefined;
  /** Scores the same pictures and edits. */
  readonly network?: { readonly model: Explainer; readonly reading?: RunOptions | undefined } | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** A class of one picture. */
export interface FisherDecision {
  readonly class: number;
  readonly label: string;
  readonly score: number;
  readonly threshold: number | null;
  readonly positive: boolean | null;
  /** After the edits. */
  readonly after: { readonly score: number; readonly change: number; readonly positive: boolean | null } | null;
}

/** A class of the network. */
export interface NetworkScore {
  readonly class: number;
  readonly label: string;
  readonly score: number;
  readonly after: { readonly score: number; readonly change: number } | null;
}

export interface ClassifiedFisher {
  readonly id: string;
  readonly predicted: string;
  readonly predictedAfter: string | null;
  readonly classes: readonly FisherDecision[];
  /** Classes that the pipeline has as well, and the network's highest; null without a network. */
  readonly network: {
    readonly predicted: string;
    readonly predictedAfter: string | null;
    readonly classes: readonly NetworkScore[];
  } | null;
  readonly notes: readonly string[];
}

/** Classes of a network that are named besides those it shares with the pipeline. */
const HIGHEST = 5;

/** One picture after the other. Throws as `explainFisher`, and as `predict` for the network. */
export async function* classifyFisher(
  open: TrainedFisher,
  pictures: Iterable<DataItem> | AsyncIterable<DataItem>,
  { edits = [], network, signal, onProgress, ...session }: FisherClassifyOptions = {},
): AsyncGenerator<ClassifiedFisher> {
  const { encoding, classifiers, labels } = open.pipeline;
  const sessions = sessionsBySize((size) => encodingModel(encoding, size), session);
  const score = async (id: string, image: ImageU8): Promise<Float64Array> => {
    const seen = framedFor(id, image, open.head.framing, encoding.sift);
    const { width, height } = seen;
    const run = await sessions.of(seen);
    const { [PORTS.phi]: phi } = await run.run({
      [PORTS.image]: { dtype: "float32", dims: [1, 3, height, width], data: planesOf(seen) },
    });
    return scoresOf(Float64Array.from(phi?.data as Float32Array), classifiers);
  };
  try {
    let done = 0;
    for await (const item of pictures) {
      if (signal?.aborted)
        throw new OnnxplainError("E_ABORTED", `Stopped after ${done} pictures.`, { cause: signal.reason });
      const image = await item.load();
      const edited = edits.length > 0 ? applyEdits(image, edits) : undefined;
      const before = await score(item.id, image);
      const after = edited && (await score(item.id, edited.image));
      yield {
        id: item.id,
        predicted: labels[highest(before)] as string,
        predictedAfter: after ? (labels[highest(after)] as string) : null,
        classes: Array.from(before, (own, c): FisherDecision => {
          const then = after?.[c];
          return {
            class: c,
            label: labels[c] as string,
            score: own,
            ...decision(open, c, own),
            after:
              then === undefined
                ? null
                : { score: then, change: then - own, positive: decision(open, c, then).positive },
          };
        }),
        network: network ? await networkScores(network, labels, { image, edited: edited?.image }) : null,
        notes: edited?.notes ?? [],
      };
      onProgress?.(++done);
    }
  } finally {
    await sessions.dispose();
  }
}

async function networkScores(
  { model, reading }: NonNullable<FisherClassifyOptions["network"]>,
  labels: readonly string[],
  { image, edited }: { readonly image: ImageU8; readonly edited: ImageU8 | undefined },
): Promise<ClassifiedFisher["network"]> {
  const of = async (picture: ImageU8): Promise<Float64Array> =>
    Float64Array.from((await predict(model, picture, reading))[0] ?? []);
  const before = await of(image);
  const after = edited && (await of(edited));
  const name = (c: number): string => model.labels?.[c] ?? `class ${c}`;
  const shared = new Set(labels.map(plain));
  const ranked = Array.from(before.keys()).sort((a, b) => before[b]! - before[a]! || a - b);
  const shown = ranked.filter((c, place) => place < HIGHEST || shared.has(plain(name(c))));
  return {
    predicted: name(highest(before)),
    predictedAfter: after ? name(highest(after)) : null,
    classes: shown.map((c) => ({
      class: c,
      label: name(c),
      score: before[c]!,
      after: after ? { score: after[c]!, change: after[c]! - before[c]! } : null,
    })),
  };
}

const plain = (label: string): string => label.trim().toLowerCase();
