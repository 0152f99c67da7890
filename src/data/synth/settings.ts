/** @file What a synthetic data set is made by: options, their defaults, and the refusal of those that make no sense. */
import { OnnxplainError } from "../../errors.ts";
import type { Size } from "../../image/types.ts";
import { SYNTH_CLASSES } from "./figures.ts";
import { SYNTH_GROUNDS } from "./grounds.ts";

/** Both ends included. */
export type Interval = readonly [number, number];

/** A mark that goes along with one class. */
export interface PlantedWatermark {
  readonly class: string;
  /** Share of that class's pictures that carry it, and of all others' (default 0). */
  readonly rate: number;
  readonly others?: number | undefined;
}
/** A ground that goes along with one class. */
export interface PlantedBackground extends PlantedWatermark {
  /** Default `"water"`. Pictures that are not planted never have it. */
  readonly ground?: string | undefined;
}

export interface SynthOptions {
  /** 0 or an integer above; default 0. */
  readonly seed?: number | undefined;
  /** Pixels, from 16 up; a number is width and height. Default 64. */
  readonly size?: number | Size | undefined;
  /** Default: all of {@link SYNTH_CLASSES}. */
  readonly classes?: readonly string[] | undefined;
  /** Objects in a picture; default one. What does not fit is left out; one always does. */
  readonly objects?: Interval | undefined;
  /** Further objects are of other classes than the label's, and smaller; default false: all are of one class. */
  readonly mixed?: boolean | undefined;
  /** Diameter of an object by the picture's shorter side; default 0.5…0.8. */
  readonly objectSize?: Interval | undefined;
  /** Rotation, either way, in degrees, 0…180; default 20. */
  readonly turn?: number | undefined;
  /** Loose parts of other classes; default 0…2. */
  readonly distractors?: Interval | undefined;
  /** Share of objects that a loose part covers partly; default 0. */
  readonly occlusion?: number | undefined;
  readonly watermark?: PlantedWatermark | undefined;
  readonly background?: PlantedBackground | undefined;
  /** Share of given labels that are false; default 0. */
  readonly flip?: number | undefined;
  /** Shares of train, val and test; default 0.8, 0.1, 0.1. */
  readonly splits?: readonly [number, number, number] | undefined;
  /** Splits without planted shortcuts and false labels; default none. */
  readonly clean?: readonly SplitName[] | undefined;
  /** Scenes without chance: flat ground, one object, one pose, one size, one set of paints. Only class, place and labels vary. */
  readonly plain?: boolean | undefined;
}

export const SPLITS = ["train", "val", "test"] as const;
export type SplitName = (typeof SPLITS)[number];

/** All options, settled. */
export interface SynthSettings {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly classes: readonly string[];
  readonly objects: Interval;
  readonly mixed: boolean;
  readonly objectSize: Interval;
  readonly turn: number;
  readonly distractors: Interval;
  readonly occlusion: number;
  readonly watermark: { readonly class: string; readonly rate: number; readonly others: number } | null;
  readonly background: {
    readonly class: string;
    readonly rate: number;
    readonly others: number;
    readonly ground: string;
  } | null;
  readonly flip: number;
  readonly splits: readonly [number, number, number];
  readonly clean: readonly SplitName[];
  readonly plain: boolean;
}

const LEAST_SIZE = 16;
const MOST_SIZE = 4096;
const MOST_OBJECTS = 6;
const MOST_DISTRACTORS = 40;

const refuse = (what: string, expected: string, got: unknown): never => {
  throw new OnnxplainError("E_PARAM", `Expected \`${what}\` to be ${expected}, got ${JSON.stringify(got)}.`);
};
const check = (holds: boolean, what: string, expected: string, got: unknown): void => {
  if (!holds) refuse(what, expected, got);
};
const isShare = (v: number): boolean => v >= 0 && v <= 1;
const isInterval = ([low, high]: Interval, least: number, most: number): boolean =>
  low >= least && low <= high && high <= most;

/** Throws `E_PARAM` naming the option, what was expected and what came. */
export function synthSettings(options: SynthOptions = {}): SynthSettings {
  const { size = 64, classes = SYNTH_CLASSES, watermark, background, plain = false } = options;
  const { width, height } = typeof size === "number" ? { width: size, height: size } : size;
  const settings: SynthSettings = {
    seed: options.seed ?? 0,
    width,
    height,
    classes,
    objects: plain ? [1, 1] : (options.objects ?? [1, 1]),
    mixed: options.mixed ?? false,
    objectSize: options.objectSize ?? (plain ? [0.5, 0.5] : [0.5, 0.8]),
    turn: plain ? 0 : (options.turn ?? 20),
    distractors: plain ? [0, 0] : (options.distractors ?? [0, 2]),
    occlusion: plain ? 0 : (options.occlusion ?? 0),
    watermark: watermark ? { ...watermark, others: watermark.others ?? 0 } : null,
    background: background
      ? { ...background, others: background.others ?? 0, ground: background.ground ?? "water" }
      : null,
    flip: options.flip ?? 0,
    splits: options.splits ?? [0.8, 0.1, 0.1],
    clean: options.clean ?? [],
    plain,
  };
  checkSettings(settings);
  return settings;
}

function checkSettings(s: SynthSettings): void {
  check(Number.isSafeInteger(s.seed) && s.seed >= 0, "seed", "an integer from 0 up", s.seed);
  for (const side of [s.width, s.height])
    check(
      Number.isInteger(side) && side >= LEAST_SIZE && side <= MOST_SIZE,
      "size",
      `whole pixels, ${LEAST_SIZE} to ${MOST_SIZE}`,
      side,
    );
  const unknown = s.classes.filter((c) => !SYNTH_CLASSES.includes(c));
  check(unknown.length === 0, "classes", `among ${SYNTH_CLASSES.join(", ")}`, unknown);
  check(
    s.classes.length > 0 && new Set(s.classes).size === s.classes.length,
    "classes",
    "different names, at least one",
    s.classes,
  );
  check(
    s.objects.every(Number.isInteger) && isInterval(s.objects, 1, MOST_OBJECTS),
    "objects",
    `from 1 to at most ${MOST_OBJECTS}`,
    s.objects,
  );
  check(
    s.distractors.every(Number.isInteger) && isInterval(s.distractors, 0, MOST_DISTRACTORS),
    "distractors",
    `from 0 to at most ${MOST_DISTRACTORS}`,
    s.distractors,
  );
  check(isInterval(s.objectSize, 0.1, 1), "objectSize", "shares of the shorter side, 0.1 to 1", s.objectSize);
  check(s.turn >= 0 && s.turn <= 180, "turn", "0 to 180 degrees", s.turn);
  check(isShare(s.occlusion), "occlusion", "a share, 0 to 1", s.occlusion);
  check(isShare(s.flip), "flip", "a share, 0 to 1", s.flip);
  check(s.flip === 0 || s.classes.length > 1, "flip", "0 with a single class", s.flip);
  for (const [name, planted] of [
    ["watermark", s.watermark],
    ["background", s.background],
  ] as const) {
    if (planted === null) continue;
    check(s.classes.includes(planted.class), name, `planted on one of ${s.classes.join(", ")}`, planted.class);
    check(isShare(planted.rate) && isShare(planted.others), name, "given with shares, 0 to 1", planted);
  }
  if (s.background) {
    check(!s.plain, "background", "absent from plain scenes", s.background);
    check(
      SYNTH_GROUNDS.includes(s.background.ground),
      "background",
      `one of ${SYNTH_GROUNDS.join(", ")}`,
      s.background.ground,
    );
  }
  const total = s.splits.reduce((sum, v) => sum + v, 0);
  check(
    s.splits.length === 3 && s.splits.every(isShare) && Math.abs(total - 1) < 1e-9,
    "splits",
    "three shares whose sum is 1",
    s.splits,
  );
  check(
    s.clean.every((name) => SPLITS.includes(name)),
    "clean",
    `among ${SPLITS.join(", ")}`,
    s.clean,
  );
}
