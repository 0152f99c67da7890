/** @file A loaded model with everything that is worth keeping between explanations: classifiers, plans' sessions, its digest. */
import { DEFAULT_DEVICE, openSession } from "#ort";
import { sha256 } from "./digest.ts";
import type { Model } from "./graph/types.ts";
import { writeModelBytes } from "./graph/write.ts";
import { type Preprocessing, pixelRange } from "./image/preprocess.ts";
import { PRESETS, withInputSize } from "./image/presets.ts";
import type { ModelSource } from "./load.ts";
import type { Classifier, ScoreKind } from "./methods/classifier.ts";
import { prepare } from "./methods/prepare.ts";
import { OPS, type Ops } from "./ops/table.ts";
import type { Device, Session } from "./runtime/session.ts";

export interface ClassifierOptions {
  readonly output?: ScoreKind | undefined;
  readonly layer?: string | undefined;
  /** Further values that keep their names in the canonical form. */
  readonly keep?: readonly string[] | undefined;
  readonly layout?: "nchw" | "nhwc" | undefined;
  readonly size?: readonly [number, number] | undefined;
  /** Keep BatchNormalization as nodes of its own instead of folding it into the weights before it. */
  readonly separateBatchNorm?: boolean | undefined;
  /** How pictures become inputs, where it is not the model's own; tells the range of each channel. */
  readonly preprocessing?: Preprocessing | undefined;
}

export interface DeviceOptions {
  readonly device?: Device | undefined;
  readonly threads?: number | undefined;
}

/** Sessions kept open between explanations; the one used longest ago is closed. */
const OPEN_SESSIONS = 4;

/** A model ready to be explained. Holds native sessions: call `dispose()` (or `await using`) when done. */
export class Explainer implements AsyncDisposable {
  readonly source: ModelSource;
  readonly ops: Ops;
  readonly #classifiers = new Map<string, Classifier>();
  readonly #sessions = new Map<string, Promise<Session>>();
  #digest: Promise<string> | undefined;
  #holders = 0;

  constructor(source: ModelSource, ops: Ops = OPS) {
    this.source = source;
    this.ops = ops;
  }

  get labels(): readonly string[] | undefined {
    return this.source.labels;
  }

  /** The canonical form that methods see; made once for each set of options. Throws `E_MODEL_INVALID`. */
  classifier(options: ClassifierOptions = {}): Classifier {
    const { output = "logits", layer, layout, size, separateBatchNorm = false, preprocessing } = options;
    const keep = [...new Set([...(layer ? [layer] : []), ...(options.keep ?? [])])].sort();
    const key = JSON.stringify([output, keep, layout, size, separateBatchNorm, preprocessing]);
    const known = this.#classifiers.get(key);
    if (known) return known;
    const made = prepare(this.source.model, {
      ops: this.ops,
      scoreKind: output,
      keep,
      layout: layout ?? this.source.preprocessing?.layout,
      size,
      separateBatchNorm,
    });
    const ranged = { ...made, range: pixelRange(preprocessing ?? this.preprocessing(made).spec) };
    this.#classifiers.set(key, ranged);
    return ranged;
  }

  /** The stated preprocessing, or torchvision's fitted to the input, with a note that says so. */
  preprocessing(classifier: Classifier): { readonly spec: Preprocessing; readonly notes: readonly string[] } {
    const { channels, width, height, layout } = classifier;
    const stated = this.source.preprocessing;
    if (stated) {
      const spec = { ...stated, layout };
      return { spec: fits(spec, width, height) ? spec : withInputSize(spec, { width, height }), notes: [] };
    }
    const gray = channels === 1 ? { channelOrder: "GRAY" as const, mean: [0], std: [1] } : {};
    const spec = { ...withInputSize(PRESETS.torchvision, { width, height }), ...gray, layout };
    const note = `The model states no preprocessing; ${channels === 1 ? "grey levels in 0..1 are" : "torchvision's (RGB, ImageNet mean and std) is"} assumed. \`--mean\`, \`--std\`, \`--range\`, \`--bgr\` change it.`;
    return { spec, notes: [note] };
  }

  /** A session on a graph, opened once for each key and device. */
  session(key: string, model: () => Model, { device = DEFAULT_DEVICE, threads }: DeviceOptions = {}): Promise<Session> {
    const full = JSON.stringify([key, device, threads]);
    const open = this.#sessions.get(full);
    this.#sessions.delete(full);
    const session = open ?? openSession(writeModelBytes(model()), { device, threads });
    this.#sessions.set(full, session);
    session.catch(() => this.#sessions.delete(full));
    this.#evict();
    return session;
  }

  /** Until the returned function is called no session is closed to make room: somebody is running them. */
  hold(): () => void {
    this.#holders++;
    return () => {
      this.#holders--;
      this.#evict();
    };
  }

  #evict(): void {
    while (this.#holders === 0 && this.#sessions.size > OPEN_SESSIONS) {
      const [oldest, session] = this.#sessions.entries().next().value as [string, Promise<Session>];
      this.#sessions.delete(oldest);
      // one that never opened has been reported to whoever asked for it
      void session.then((s) => s.dispose()).catch(() => undefined);
    }
  }

  /** SHA-256 of the model file, hexadecimal. */
  digest(): Promise<string> {
    this.#digest ??= sha256(this.source.bytes);
    return this.#digest;
  }

  /** Close every session. The explainer stays usable: sessions are opened again when needed. */
  async dispose(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.allSettled(sessions.map(async (s) => (await s).dispose()));
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** Does the preprocessing end at this size? Without resize and crop the picture's own size decides. */
function fits({ crop, resize }: Preprocessing, width: number, height: number): boolean {
  if (crop) return crop.width === width && crop.height === height;
  return resize ? "width" in resize && resize.width === width && resize.height === height : false;
}
