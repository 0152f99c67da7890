/** @file `onnxplain regions <verb>`: the rule that decides for a whole group of pictures. */
import { OnnxplainError } from "../src/index.ts";
import { regionsEvaluate } from "./regions-evaluate.ts";
import { regionsExplain } from "./regions-explain.ts";
import { regionsFit } from "./regions-fit.ts";
import { regionsMap } from "./regions-map.ts";
import type { Verb } from "./verb.ts";

const VERBS: Readonly<Record<string, Verb>> = {
  fit: regionsFit,
  explain: regionsExplain,
  evaluate: regionsEvaluate,
  map: regionsMap,
};

const help = (): string =>
  [
    "usage: onnxplain regions VERB [options]",
    "",
    ...Object.entries(VERBS).map(([name, v]) => `  ${name.padEnd(9)} ${v.summary}`),
    "",
    "`onnxplain regions VERB --help` lists a verb's options.",
  ].join("\n");

export const regionsVerb: Verb = {
  summary: "the rule that decides for a whole group of pictures",
  help: help(),
  verbs: VERBS,
  run: async (argv, console) => {
    const [name = "", ...rest] = argv;
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (verb === undefined)
      throw new OnnxplainError("E_USAGE", `Expected \`regions\` ${Object.keys(VERBS).join(", ")}, got \`${name}\`.`);
    return verb.run(rest, console);
  },
};
