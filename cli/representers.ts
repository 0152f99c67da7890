/** @file `onnxplain representers <verb>`: which training points taught the network what it says. */
import { OnnxplainError } from "../src/index.ts";
import { representersCompare } from "./representers-compare.ts";
import { representersDebug } from "./representers-debug.ts";
import { representersExplain } from "./representers-explain.ts";
import { representersFit } from "./representers-fit.ts";
import type { Verb } from "./verb.ts";

const VERBS: Readonly<Record<string, Verb>> = {
  fit: representersFit,
  explain: representersExplain,
  debug: representersDebug,
  compare: representersCompare,
};

const help = (): string =>
  [
    "usage: onnxplain representers VERB [options]",
    "",
    ...Object.entries(VERBS).map(([name, v]) => `  ${name.padEnd(9)} ${v.summary}`),
    "",
    "`onnxplain representers VERB --help` lists a verb's options.",
  ].join("\n");

export const representersVerb: Verb = {
  summary: "which training points taught it that, and which labels are wrong",
  help: help(),
  verbs: VERBS,
  run: async (argv, console) => {
    const [name = "", ...rest] = argv;
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (verb === undefined)
      throw new OnnxplainError(
        "E_USAGE",
        `Expected \`representers\` ${Object.keys(VERBS).join(", ")}, got \`${name}\`.`,
      );
    return verb.run(rest, console);
  },
};
