/** @file `onnxplain synth`: pictures with known truth, planted shortcuts and false labels, as a data set on disk. */
import { join } from "node:path";
import {
  encodePng,
  OnnxplainError,
  SYNTH_CLASSES,
  SYNTH_GROUNDS,
  type SynthOptions,
  type SynthSummary,
  synthSettings,
  synthSheet,
  templateModelBytes,
  watermarkModelBytes,
  writeSynth,
} from "../src/index.ts";
import { type Flags, helpPage, isSet, number, parseFlags, text, type Values } from "./flags.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressLine } from "./progress.ts";
import { hushed, type Verb } from "./verb.ts";
import { refuseFull, writeFolder, writeWhole } from "./write.ts";

const FLAGS = {
  out: { type: "string", short: "o", value: "DIR", about: "where to write the data set; new or empty" },
  count: { type: "string", value: "N", about: "pictures (default 1000)" },
  size: { type: "string", value: "N|HxW", about: "pixels (default 64)" },
  classes: { type: "string", value: "A,B,..", about: `default all: ${SYNTH_CLASSES.join(", ")}` },
  seed: { type: "string", value: "N", about: "the same seed draws the same pictures (default 0)" },
  objects: { type: "string", value: "N|A..B", about: "objects in a picture (default 1)" },
  mixed: { type: "boolean", about: "further objects are of other classes, and smaller" },
  "object-size": { type: "string", value: "A..B", about: "diameter by the shorter side (default 0.5..0.8)" },
  turn: { type: "string", value: "DEG", about: "rotation, either way (default 20)" },
  distractors: { type: "string", value: "N|A..B", about: "loose parts of other classes (default 0..2)" },
  occlusion: { type: "string", value: "SHARE", about: "objects that a loose part covers partly (default 0)" },
  watermark: {
    type: "string",
    value: "CLASS:RATE[:OTHERS]",
    about: "plant a small mark on a share of one class (and of the others, default 0)",
  },
  background: {
    type: "string",
    value: "CLASS:RATE[:OTHERS][:GROUND]",
    about: `plant a ground, default water; one of ${SYNTH_GROUNDS.join(", ")}`,
  },
  flip: { type: "string", value: "SHARE", about: "given labels that are false (default 0)" },
  splits: { type: "string", value: "A,B,C", about: "shares of train, val and test (default 0.8,0.1,0.1)" },
  clean: { type: "string", value: "SPLIT,..", about: "splits without shortcuts and false labels" },
  plain: { type: "boolean", about: "flat ground, one pose, one size, one set of paints" },
  sheet: { type: "string", value: "FILE.png", about: "a contact sheet: pictures of each class and their part masks" },
  network: {
    type: "string",
    value: "DIR",
    about: "a constructed network: with --watermark one that cheats, with --plain one that is right",
  },
  threads: { type: "string", value: "N", about: "threads that draw (default: as many as processors, at most 8)" },
  json: { type: "boolean", about: "one JSON document on stdout" },
  quiet: { type: "boolean", about: "no remarks on stderr" },
} as const satisfies Flags;

export const synth: Verb = {
  summary: "draw a data set with known truth: parts, masks, planted shortcuts, false labels",
  help: helpPage(
    "synth -o DIR [options]",
    "Draws labelled pictures with a mask of every object and part. A mark or a ground can be planted on a class, and labels falsified, at chosen rates.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("synth", argv, FLAGS);
    if (rest.length > 0)
      throw new OnnxplainError("E_USAGE", `\`synth\` takes options only, got \`${rest.join(" ")}\`.`);
    const [folder, sheet, network] = ["out", "sheet", "network"].map((name) => text(values, name));
    if ([folder, sheet, network].every((path) => path === undefined))
      throw new OnnxplainError("E_USAGE", "Say where to write: `-o DIR`, `--sheet FILE.png` or `--network DIR`.");
    const options = optionsOf(values);
    const settings = synthSettings(options);
    for (const path of [folder, network]) if (path !== undefined) await refuseFull(path);
    const out = hushed(console, isSet(values, "quiet"));
    const wrote: string[] = [];
    if (network !== undefined) {
      await writeFolder(network, networkFiles(options));
      wrote.push(
        `${network}: ${options.watermark ? "a network that looks for the watermark" : "a network of templates"}`,
      );
    }
    if (sheet !== undefined) {
      await writeWhole(sheet, await encodePng(synthSheet(settings)));
      wrote.push(`${sheet}: pictures of each class, and their part masks`);
    }
    const summary = folder === undefined ? undefined : await drawInto(folder, options, values);
    if (summary) wrote.push(`${join(summary.folder, "manifest.csv")}: ${words(summary)}`);
    if (isSet(values, "json"))
      out.print(
        JSON.stringify({ ...(summary ?? { settings }), ...(sheet ? { sheet } : {}), ...(network ? { network } : {}) }),
      );
    else for (const line of wrote) out.print(`wrote ${line}`);
    return 0;
  },
};

/** Interrupted, it removes what it has drawn so far. */
async function drawInto(folder: string, options: SynthOptions, values: Values): Promise<SynthSummary> {
  const { onProgress, finish } = progressLine("drawing", isSet(values, "quiet"));
  using stop = untilInterrupted(["SIGINT", "SIGTERM"]);
  try {
    return await writeSynth(folder, {
      ...options,
      count: number(values, "count", { min: 1 }),
      workers: number(values, "threads", { min: 0 }),
      signal: stop.signal,
      onProgress,
    });
  } finally {
    finish();
  }
}

function words({ count, splits, watermarked, onBackground, flipped, seconds }: SynthSummary): string {
  const parts = Object.entries(splits).map(([name, n]) => `${n} ${name}`);
  const planted = [
    ...(watermarked > 0 ? [`${watermarked} with the watermark`] : []),
    ...(onBackground > 0 ? [`${onBackground} on the planted ground`] : []),
    ...(flipped > 0 ? [`${flipped} with a false label`] : []),
  ];
  return `${count} pictures (${[...parts, ...planted].join(", ")}) in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} a second`;
}

/** A folder that `--model` takes. */
function networkFiles(options: SynthOptions): ReadonlyMap<string, Uint8Array> {
  if (!options.watermark && !options.plain)
    throw new OnnxplainError(
      "E_USAGE",
      "`--network` needs `--watermark` (a network that cheats) or `--plain` (one that is right).",
    );
  const { classes, width, height } = synthSettings(options);
  const bytes = (s: string): Uint8Array => new TextEncoder().encode(s);
  const preprocessing = {
    do_resize: true,
    size: { height, width },
    resample: 2,
    do_center_crop: false,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: false,
  };
  return new Map([
    ["model.onnx", options.watermark ? watermarkModelBytes(options) : templateModelBytes(options)],
    ["labels.txt", bytes(classes.map((c) => `${c}\n`).join(""))],
    ["preprocessor_config.json", bytes(`${JSON.stringify(preprocessing, null, 2)}\n`)],
  ]);
}

function optionsOf(values: Values): SynthOptions {
  const classes = text(values, "classes");
  const clean = text(values, "clean");
  return {
    seed: number(values, "seed", { min: 0 }),
    size: size(values),
    classes: classes === undefined ? undefined : namesIn(classes),
    objects: interval(values, "objects"),
    mixed: isSet(values, "mixed"),
    objectSize: interval(values, "object-size"),
    turn: number(values, "turn", { min: 0, integer: false }),
    distractors: interval(values, "distractors"),
    occlusion: number(values, "occlusion", { min: 0, integer: false }),
    watermark: planted(values, "watermark"),
    background: planted(values, "background"),
    flip: number(values, "flip", { min: 0, integer: false }),
    splits: splits(values),
    clean: clean === undefined ? undefined : (namesIn(clean) as SynthOptions["clean"]),
    plain: isSet(values, "plain"),
  };
}

const namesIn = (raw: string): readonly string[] =>
  raw
    .split(",")
    .map((w) => w.trim())
    .filter((w) => w !== "");

const refuse = (name: string, expected: string, raw: string): never => {
  throw new OnnxplainError("E_USAGE", `Expected \`--${name}\` to be ${expected}, got \`${raw}\`.`);
};

/** `64`, or `48x80`: height, width. */
function size(values: Values): SynthOptions["size"] {
  const raw = text(values, "size");
  if (raw === undefined) return undefined;
  const [, height, width = height] = /^(\d+)(?:x(\d+))?$/.exec(raw) ?? refuse("size", "N or HxW in pixels", raw);
  return { width: Number(width), height: Number(height) };
}

/** `2`, or `0..3`. */
function interval(values: Values, name: string): readonly [number, number] | undefined {
  const raw = text(values, name);
  if (raw === undefined) return undefined;
  const [low, high = low] = raw.split("..").map((v) => (v.trim() === "" ? Number.NaN : Number(v)));
  if (!Number.isFinite(low) || !Number.isFinite(high) || raw.split("..").length > 2)
    refuse(name, "a number, or A..B", raw);
  return [low as number, high as number];
}

function splits(values: Values): SynthOptions["splits"] {
  const raw = text(values, "splits");
  if (raw === undefined) return undefined;
  const shares = raw.split(",").map((v) => (v.trim() === "" ? Number.NaN : Number(v)));
  if (shares.length !== 3 || !shares.every(Number.isFinite)) refuse("splits", "three shares, as in 0.8,0.1,0.1", raw);
  return shares as unknown as readonly [number, number, number];
}

/** `bird:0.9`, `bird:0.9:0.05`, and for grounds `fish:0.8:0.02:sand` or `fish:0.8:sand`. */
function planted(
  values: Values,
  name: "watermark" | "background",
): { readonly class: string; readonly rate: number; readonly others: number; readonly ground?: string } | undefined {
  const raw = text(values, name);
  if (raw === undefined) return undefined;
  const [, className, rate, others = "0", ground] =
    /^([a-z]+):([\d.]+)(?::([\d.]+))?(?::([a-z]+))?$/.exec(raw) ?? refuse(name, FLAGS[name].value, raw);
  if (ground !== undefined && name === "watermark") refuse(name, FLAGS[name].value, raw);
  return { class: className as string, rate: Number(rate), others: Number(others), ...(ground ? { ground } : {}) };
}
