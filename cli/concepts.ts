/** @file `onnxplain concepts <verb>`: what a class is made of for the network, in pieces of pictures or in concepts somebody names. */
import { OnnxplainError } from "../src/index.ts";
import { conceptsFind } from "./concepts-find.ts";
import { conceptsTcav } from "./concepts-tcav.ts";
import type { Verb } from "./verb.ts";

const VERBS: Readonly<Record<string, Verb>> = { find: conceptsFind, tcav: conceptsTcav };

const help = (): string =>
  [
    "usage: onnxplain concepts VERB [options]",
    "",
    ...Object.entries(VERBS).map(([name, v]) => `  ${name.padEnd(9)} ${v.summary}`),
    "",
    "`onnxplain concepts VERB --help` lists a verb's options.",
  ].join("\n");

export const conceptsVerb: Verb = {
  summary: "which visual concepts a class is made of, and what they do to its score",
  help: help(),
  verbs: VERBS,
  run: async (argv, console) => {
    const [name = "", ...rest] = argv;
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (verb === undefined)
      throw new OnnxplainError("E_USAGE", `Expected \`concepts\` ${Object.keys(VERBS).join(", ")}, got \`${name}\`.`);
    return verb.run(rest, console);
  },
};
