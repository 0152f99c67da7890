/** @file What picture `index` is called and where it goes: class, split, given label, planted shortcuts; decided before anything is drawn. */
import { SYNTH_GROUNDS } from "./grounds.ts";
import { pick, shuffled, stream } from "./random.ts";
import { SPLITS, type SplitName, type SynthSettings } from "./settings.ts";

export interface SynthLabel {
  readonly index: number;
  readonly split: SplitName;
  /** What it shows. */
  readonly trueLabel: string;
  /** What the data says it shows. */
  readonly givenLabel: string;
  readonly watermark: boolean;
  /** Is the ground the planted one? */
  readonly background: boolean;
  /** Name of the ground; `"plain"` in scenes without chance. */
  readonly ground: string;
}

/** Fraction of the golden ratio: multiples of it, modulo 1, fill 0…1 evenly at any count. */
const GOLDEN = 0.6180339887498949;

/** Classes take turns in blocks of random order, so each has its share at any count; so has each split of each class. */
export function labelAt(settings: SynthSettings, index: number): SynthLabel {
  const { seed, classes, watermark, background, flip, clean } = settings;
  const block = Math.floor(index / classes.length);
  const trueLabel = shuffled(stream(seed, block, "order"), classes)[index % classes.length] as string;
  const split = splitOf(settings, block, classes.indexOf(trueLabel));
  const planted = !clean.includes(split);
  const chance = (random: () => number, share: number): boolean => random() < share && planted;
  const marks = stream(seed, index, "watermark");
  const grounds = stream(seed, index, "background");
  const flips = stream(seed, index, "flip");
  const onGround =
    background !== null && chance(grounds, trueLabel === background.class ? background.rate : background.others);
  const free = SYNTH_GROUNDS.filter((name) => name !== background?.ground);
  const flipped = chance(flips, flip);
  const others = classes.filter((c) => c !== trueLabel);
  return {
    index,
    split,
    trueLabel,
    givenLabel: flipped ? pick(flips, others) : trueLabel,
    watermark: watermark !== null && chance(marks, trueLabel === watermark.class ? watermark.rate : watermark.others),
    background: onGround,
    ground: settings.plain ? "plain" : onGround ? (background?.ground as string) : pick(grounds, free),
  };
}

function splitOf({ seed, splits: [train, val] }: SynthSettings, block: number, classIndex: number): SplitName {
  const start = stream(seed, classIndex, "split")();
  const t = start + block * GOLDEN;
  const at = t - Math.floor(t);
  return SPLITS[at < train ? 0 : at < train + val ? 1 : 2];
}
