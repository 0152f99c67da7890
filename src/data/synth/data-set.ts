/** @file The synthetic data set in memory: pictures are drawn when they are asked for, nothing is written. */
import { OnnxplainError } from "../../errors.ts";
import type { ImageU8 } from "../../image/types.ts";
import type { DataItem, DataSet } from "../dataset.ts";
import { type Choice, dataSetOf } from "../records.ts";
import { drawSynth, type SynthPicture } from "./draw.ts";
import { objectBoxes, pictureName } from "./files.ts";
import { labelAt, type SynthLabel } from "./labels.ts";
import { type SynthOptions, synthSettings } from "./settings.ts";

export interface SynthDataSetOptions extends SynthOptions, Choice {
  /** Pictures, before a split is chosen. Default 1000. */
  readonly count?: number | undefined;
  /**
   * What masks and boxes show: the objects (default); or the planted shortcut, and then the set holds only pictures that carry one.
   */
  readonly truth?: "object" | "shortcut" | undefined;
}

const DEFAULT_COUNT = 1000;
/** Pictures kept for the next question about them: their masks and boxes. */
const KEPT = 16;

/**
 * Pictures, labels (the given ones), masks and boxes of a synthetic data set; the same as `onnxplain synth` writes with the same
 * options. Throws `E_PARAM`; `E_DATA_EMPTY` when a split or `truth: "shortcut"` leaves nothing.
 * @example const data = synthDataSet({ count: 200, watermark: { class: "bird", rate: 0.9 }, truth: "shortcut" });
 */
export function synthDataSet(options: SynthDataSetOptions = {}): DataSet {
  const { count = DEFAULT_COUNT, truth = "object" } = options;
  if (!Number.isSafeInteger(count) || count < 1)
    throw new OnnxplainError("E_PARAM", `Expected \`count\` to be an integer from 1 up, got ${count}.`);
  const settings = synthSettings(options);
  const draw = keeping((index) => drawSynth(settings, index));
  const indices =
    truth === "object"
      ? undefined
      : Array.from({ length: count }, (_, i) => i).filter((i) => carriesShortcut(labelAt(settings, i)));
  const at = (k: number): number => indices?.[k] ?? k;
  return dataSetOf(
    {
      name: "synth",
      count: indices?.length ?? count,
      classes: settings.classes,
      labels: settings.classes.map((name, index) => ({ index, name })),
      splitOf: (k) => labelAt(settings, at(k)).split,
      item: (k) => itemOf(labelAt(settings, at(k)), { draw, truth, classes: settings.classes }),
      notes: truth === "shortcut" ? ["masks show the planted shortcut"] : [],
    },
    options,
  );
}

const carriesShortcut = ({ watermark, background }: SynthLabel): boolean => watermark || background;

function itemOf(
  label: SynthLabel,
  {
    draw,
    truth,
    classes,
  }: {
    readonly draw: (index: number) => SynthPicture;
    readonly truth: "object" | "shortcut";
    readonly classes: readonly string[];
  },
): DataItem {
  const { index, givenLabel, split } = label;
  return {
    id: pictureName(label),
    label: { index: classes.indexOf(givenLabel), name: givenLabel },
    split,
    load: async () => copyOf(draw(index).image),
    mask: async () => copyOf(truth === "object" ? draw(index).objectMask : (draw(index).shortcutMask as ImageU8)),
    get boxes() {
      const picture = draw(index);
      if (truth === "object") return objectBoxes(picture);
      return picture.watermark ? [picture.watermark] : [];
    },
  };
}

/** Whoever writes into a picture writes into their own. */
const copyOf = (image: ImageU8): ImageU8 => ({ ...image, data: image.data.slice() });

/** Remembers the last few results: image, mask and boxes of one picture are asked for one after the other. */
function keeping<T>(make: (index: number) => T): (index: number) => T {
  const kept = new Map<number, T>();
  return (index) => {
    const known = kept.get(index);
    if (known !== undefined) return known;
    const made = make(index);
    kept.set(index, made);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value as number);
    return made;
  };
}
