/** @file Flags as data: one table from which parsing, help and errors follow. */
import { parseArgs } from "node:util";
import { OnnxplainError } from "../src/index.ts";

export interface Flag {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** How the value is written in help: `FILE`, `N`, … */
  readonly value?: string;
  readonly about: string;
}
export type Flags = Readonly<Record<string, Flag>>;

/** Flags of every verb that opens a model. */
export const MODEL_FLAGS = {
  model: {
    type: "string",
    value: "MODEL",
    about: "an .onnx file, or a folder with model.onnx (and config.json, preprocessor_config.json, labels.txt)",
  },
  labels: { type: "string", value: "FILE", about: "class labels, one a line, or a JSON list" },
  mean: { type: "string", value: "R,G,B", about: "mean to subtract, in units of --range" },
  std: { type: "string", value: "R,G,B", about: "standard deviation to divide by, in units of --range" },
  size: { type: "string", value: "N|HxW", about: "resize to HxW; with --crop: shorter side to N" },
  crop: { type: "string", value: "N|HxW", about: "centre crop" },
  resample: { type: "string", value: "NAME", about: "nearest, box, bilinear, hamming, bicubic or lanczos" },
  layout: { type: "string", value: "nchw|nhwc", about: "where the model's input has its channels" },
  range: { type: "string", value: "A..B", about: "0..1, 0..255 or -1..1: what pixels become before mean and std" },
  bgr: { type: "boolean", about: "the model takes blue first" },
  preset: {
    type: "string",
    value: "NAME",
    about: "torchvision, keras-tf, keras-caffe, keras-torch, caffe, unit, raw or signed",
  },
  output: { type: "string", value: "KIND", about: "logits (default) or probability: which score is explained" },
  json: { type: "boolean", about: "one JSON document on stdout" },
  quiet: { type: "boolean", about: "no remarks on stderr" },
} as const satisfies Flags;

/** Flags of verbs that run a model. */
export const RUN_FLAGS = {
  device: { type: "string", value: "NAME", about: "cpu (default), webgpu, cuda or wasm" },
  threads: { type: "string", value: "N", about: "threads of one run" },
  batch: { type: "string", value: "N", about: "rows in one run (default: by --max-memory, at most 16)" },
  "max-memory": { type: "string", value: "MB", about: "memory budget of one run in megabytes (default 1024)" },
  seed: { type: "string", value: "N", about: "seed of stochastic methods (default 0)" },
} as const satisfies Flags;

/** What if: of the verbs that read single pictures. */
export const EDIT_FLAG = {
  type: "string",
  multiple: true,
  value: "box=…,fill=…",
  about:
    "what if: paint over x0,y0,x1,y1 of the picture with grey, mean, blur, blur:SIGMA, #rrggbb or from:x,y; may be repeated",
} as const satisfies Flag;

export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** Parse; throws `E_USAGE` naming the flag and what the verb knows. */
export function parseFlags(
  verb: string,
  argv: readonly string[],
  flags: Flags,
): { readonly values: Values; readonly rest: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, f]) => [
      name,
      { type: f.type, ...(f.short ? { short: f.short } : {}), ...(f.multiple ? { multiple: true } : {}) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: joinNegatives(argv, flags),
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values, rest: positionals };
  } catch (cause) {
    const words = (cause as Error).message.split(/\. (?:To specify|Did you)/)[0];
    throw new OnnxplainError("E_USAGE", `${words}. \`onnxplain ${verb} --help\` lists the options of \`${verb}\`.`, {
      cause,
    });
  }
}

/** `--range -1..1` and `--mean -1,0,0` are values, not flags; joined to `--name=value` they parse. */
function joinNegatives(argv: readonly string[], flags: Flags): string[] {
  const out: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] as string;
    const next = argv[i + 1];
    const flag = arg.startsWith("--") ? flags[arg.slice(2)] : undefined;
    if (flag?.type === "string" && next !== undefined && /^-\d/.test(next)) {
      out.push(`${arg}=${next}`);
      i++;
    } else out.push(arg);
  }
  return out;
}

export const text = (values: Values, name: string): string | undefined => {
  const v = values[name];
  return typeof v === "string" ? v : undefined;
};
/** All values of a flag that may be repeated. */
export const list = (values: Values, name: string): readonly string[] =>
  [values[name] ?? []].flat().filter((v) => typeof v === "string");
/** The folder that `-o` names. Throws `E_USAGE` without one; `what` it is for, and a word that stands for it. */
export function outFolder(values: Values, what: string, word: string): string {
  const folder = text(values, "out");
  if (folder !== undefined) return folder;
  throw new OnnxplainError("E_USAGE", `No folder for ${what}. Add \`-o ${word}\`.`);
}

/** For verbs that take flags alone; `instead` says what to do. Throws `E_USAGE`. */
export function noWords(rest: readonly string[], instead: string): void {
  if (rest.length > 0) throw new OnnxplainError("E_USAGE", `Unexpected \`${rest[0]}\`. ${instead}`);
}

export const isSet = (values: Values, name: string): boolean => values[name] === true;

/** A number flag; throws `E_USAGE` below `min` or when it is no number. */
export function number(
  values: Values,
  name: string,
  { min, integer = true }: { readonly min: number; readonly integer?: boolean },
): number | undefined {
  const raw = text(values, name);
  if (raw === undefined) return undefined;
  const v = Number(raw);
  if (raw.trim() === "" || !Number.isFinite(v) || v < min || (integer && !Number.isInteger(v))) {
    throw new OnnxplainError(
      "E_USAGE",
      `Expected \`--${name}\` to be ${integer ? "an integer" : "a number"} from ${min} up, got \`${raw}\`.`,
    );
  }
  return v;
}

/** One of a few words; throws `E_USAGE`. */
export function choice<const T extends string>(values: Values, name: string, allowed: readonly T[]): T | undefined {
  const raw = text(values, name);
  if (raw === undefined) return undefined;
  const found = allowed.find((a) => a === raw.toLowerCase());
  if (found === undefined)
    throw new OnnxplainError("E_USAGE", `Expected \`--${name}\` to be ${allowed.join(", ")}, got \`${raw}\`.`);
  return found;
}

/** Repeated `--param k=v` as a record; throws `E_USAGE` on anything else. */
export function pairs(values: Values, name: string): Readonly<Record<string, string>> {
  const list = (values[name] ?? []) as readonly string[];
  return Object.fromEntries(
    list.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new OnnxplainError("E_USAGE", `Expected \`--${name}\` to be NAME=VALUE, got \`${pair}\`.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** A command as a POSIX shell reads it: words of `argv` that hold anything unusual stand in single quotes. */
export const commandLine = (verb: string, argv: readonly string[]): string =>
  ["onnxplain", ...verb.split(" "), ...argv]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");

/** The command of a run that can be taken up: without what does not decide its results, so that it is the same however often it was resumed. */
export const runCommand = (verb: string, argv: readonly string[]): string =>
  commandLine(
    verb,
    argv.filter((word) => !["--resume", "--quiet", "--json"].includes(word)),
  );

/** The help page of a verb. */
export function helpPage(usage: string, summary: string, flags: Flags): string {
  const rows = Object.entries(flags).map(
    ([name, f]) => [`${f.short ? `-${f.short}, ` : ""}--${name}${f.value ? ` ${f.value}` : ""}`, f.about] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    `usage: onnxplain ${usage}`,
    "",
    summary,
    "",
    ...rows.map(([left, about]) => `  ${left.padEnd(width)}  ${about}`),
  ].join("\n");
}
