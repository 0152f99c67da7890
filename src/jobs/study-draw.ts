/** @file Which pictures a study asks about: drawn by the seed from those whose truth is known, right and wrong in the shares asked for. */
import type { DataItem, DataSet } from "../data/dataset.ts";
import type { LoadedItem } from "../data/load-item.ts";
import { prefetch } from "../data/prefetch.ts";
import { OnnxplainError } from "../errors.ts";
import { readInput } from "../explain/input.ts";
import type { RunOptions } from "../explain/options.ts";
import { argMax, scoreRows } from "../explain/scores.ts";
import type { ImageU8 } from "../image/types.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { softmaxOf } from "../regions/probabilities.ts";
import { itemsOf, type LabelOf, type RegionNetwork, type UnreadPicture } from "./regions-network.ts";
import { networkView } from "./study-window.ts";

export type StudyNetwork = Omit<RegionNetwork, "layer">;

export interface DrawOptions extends Pick<RunOptions, "device" | "threads" | "batch" | "signal"> {
  readonly questions: number;
  readonly seed: number;
  /** Pixels of the longer side, at most. */
  readonly size: number;
  /** The two classes that are asked about; undefined: the truth and the strongest other class of each picture. */
  readonly between: readonly [number, number] | undefined;
  /** Share of questions on which the network is wrong; undefined: as they come. */
  readonly wrong: number | undefined;
  readonly onFound?: ((found: number) => void) | undefined;
}

export interface DrawnPicture {
  readonly id: string;
  /** As the network takes it, and as people see it. */
  readonly x: Float32Array;
  readonly view: ImageU8;
  readonly truth: number;
  readonly predicted: number;
  /** The other class: with the truth it makes the two answers. */
  readonly other: number;
  /** Of the predicted class among all. */
  readonly probability: number;
}

export interface Drawn {
  readonly pictures: readonly DrawnPicture[];
  readonly unread: readonly UnreadPicture[];
  /** Pictures that were looked at and cannot be asked about, by reason. */
  readonly passed: Readonly<Record<string, number>>;
}

const AHEAD = 8;
const CHUNK = 16;

/** Reads pictures in a random order until there are enough. Throws `E_DATA_EMPTY` where the data have too few, `E_PARAM`. */
export async function drawPictures(
  network: StudyNetwork,
  { data, labelOf }: { readonly data: DataSet; readonly labelOf: LabelOf },
  options: DrawOptions,
): Promise<Drawn> {
  const { questions, seed, wrong } = options;
  const all = await itemsOf(data);
  const order = shuffled(all.length, uniforms(scattered(seed)));
  const most = wrong === undefined ? undefined : Math.round(wrong * questions);
  const room = { wrong: most ?? questions, right: most === undefined ? questions : questions - most };
  const found: DrawnPicture[] = [];
  const unread: UnreadPicture[] = [];
  const passed: Record<string, number> = {};
  const pass = (reason: string): void => {
    passed[reason] = (passed[reason] ?? 0) + 1;
  };

  const take = async (chunk: readonly LoadedItem[]): Promise<void> => {
    for (const got of await scored(network, chunk, options)) {
      const truth = labelOf(got.item);
      const asked = answersFor(network, got.scores, { truth, between: options.between });
      if ("reason" in asked) {
        pass(asked.reason);
        continue;
      }
      const kind = asked.predicted === truth ? "right" : "wrong";
      if (found.length === questions || room[kind] === 0) {
        pass(`the network is ${kind}, and there are enough of those`);
        continue;
      }
      room[kind]--;
      found.push({ id: got.item.id, x: got.x, view: networkView(got.image, got.spec, options.size), truth, ...asked });
      options.onFound?.(found.length);
    }
  };

  let chunk: LoadedItem[] = [];
  const items = inOrder(all, order, (item) => {
    const truth = labelOf(item);
    const known = truth >= 0 && (options.between?.includes(truth) ?? true);
    if (!known) pass(truth < 0 ? "its label joins no class of the network" : "it shows neither of the two classes");
    return known;
  });
  for await (const got of prefetch(items, AHEAD, { signal: options.signal })) {
    if ("error" in got) unread.push({ id: got.item.id, message: got.error.message });
    else chunk.push(got);
    if (chunk.length < CHUNK) continue;
    await take(chunk);
    chunk = [];
    if (found.length === questions) break;
  }
  if (found.length < questions) await take(chunk);
  if (found.length < questions) throw tooFew(found, { ...options, name: data.name, passed });
  const shown = shuffled(questions, uniforms(scattered(seed + 1)));
  return { pictures: Array.from(shown, (i) => found[i] as DrawnPicture), unread, passed };
}

/** Without masks: nothing here reads them. */
function* inOrder(
  items: readonly DataItem[],
  order: Int32Array,
  wanted: (item: DataItem) => boolean,
): Generator<DataItem, void, void> {
  for (const i of order) {
    const { mask: _, ...item } = items[i] as DataItem;
    if (wanted(item)) yield item;
  }
}

async function scored(
  network: StudyNetwork,
  chunk: readonly LoadedItem[],
  { device, threads, batch, signal }: DrawOptions,
) {
  const { model, classifier, preprocessing } = network;
  const read = await Promise.all(
    chunk.map(async ({ item, image }) => {
      const { rows, preprocessing: spec } = await readInput(model, classifier, image, { preprocessing });
      return { item, image, spec, x: rows[0] as Float32Array };
    }),
  );
  const { scores } = await scoreRows(
    model,
    classifier,
    read.map((r) => r.x),
    { device, threads, batch, signal },
  );
  return read.map((r, i) => ({ ...r, scores: scores[i] as Float32Array }));
}

/** The network's class must be one of the two answers: what people are told is what it says. */
function answersFor(
  { classifier }: StudyNetwork,
  scores: Float32Array,
  { truth, between }: { readonly truth: number; readonly between: readonly [number, number] | undefined },
): Pick<DrawnPicture, "predicted" | "other" | "probability"> | { readonly reason: string } {
  const predicted = argMax(scores);
  if (between && !between.includes(predicted)) return { reason: "the network says a third class" };
  const others = scores.map((s, c) => (c === truth ? Number.NEGATIVE_INFINITY : s));
  const other = between ? (between.find((c) => c !== truth) as number) : argMax(others);
  const shares = classifier.scoreKind === "logits" ? softmaxOf(scores) : scores;
  return { predicted, other, probability: Math.min(Math.max(shares[predicted] as number, 0), 1) };
}

function tooFew(
  found: readonly DrawnPicture[],
  {
    questions,
    wrong,
    name,
    passed,
  }: Pick<DrawOptions, "questions" | "wrong"> & { readonly name: string; readonly passed: Drawn["passed"] },
): OnnxplainError {
  const right = found.filter((p) => p.predicted === p.truth).length;
  const reasons = Object.entries(passed).map(([reason, count]) => `${count}: ${reason}`);
  return new OnnxplainError(
    "E_DATA_EMPTY",
    `Expected ${questions} questions${wrong === undefined ? "" : `, ${Math.round(wrong * questions)} of them with the network wrong`}, found ${right} pictures in \`${name}\` on which the network is right and ${found.length - right} on which it is wrong.${reasons.length > 0 ? ` Passed over: ${reasons.join("; ")}.` : ""} Ask for fewer questions, another share, or give more labelled pictures.`,
  );
}
