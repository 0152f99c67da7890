/** @file A verb that has verbs of its own: `onnxplain regions fit`. */
import { OnnxplainError } from "../src/index.ts";
import type { Verb } from "./verb.ts";

/** The first argument names the verb, the others are its own. Throws `E_USAGE` with the list. */
export function group(name: string, summary: string, verbs: Readonly<Record<string, Verb>>): Verb {
  return {
    summary,
    help: [
      `usage: onnxplain ${name} VERB [options]`,
      "",
      ...Object.entries(verbs).map(([own, v]) => `  ${own.padEnd(9)} ${v.summary}`),
      "",
      `\`onnxplain ${name} VERB --help\` lists a verb's options.`,
    ].join("\n"),
    verbs,
    run: async ([own = "", ...rest], console) => {
      const verb = Object.hasOwn(verbs, own) ? verbs[own] : undefined;
      if (verb === undefined)
        throw new OnnxplainError("E_USAGE", `Expected \`${name}\` ${Object.keys(verbs).join(", ")}, got \`${own}\`.`);
      return verb.run(rest, console);
    },
  };
}
