#!/usr/bin/env node
/** @file `onnxplain <verb>`: dispatch, and errors turned into one message and an exit code. */
import { OnnxplainError, VERSION } from "../src/index.ts";
import { bench } from "./bench.ts";
import { compareVerb } from "./compare.ts";
import { compileVerb } from "./compile.ts";
import { conceptsVerb } from "./concepts.ts";
import { demo } from "./demo.ts";
import { evaluateVerb } from "./evaluate.ts";
import { explainVerb } from "./explain.ts";
import { fisherVerb } from "./fisher.ts";
import { inspectVerb } from "./inspect.ts";
import { methods } from "./methods.ts";
import { patternsVerb } from "./patterns.ts";
import { regionsVerb } from "./regions.ts";
import { representersVerb } from "./representers.ts";
import { studioVerb } from "./studio.ts";
import { studyVerb } from "./study.ts";
import { synth } from "./synth.ts";
import { trainVerb } from "./train.ts";
import { type Console, terminal, type Verb } from "./verb.ts";

const VERBS: Readonly<Record<string, Verb>> = {
  inspect: inspectVerb,
  explain: explainVerb,
  compile: compileVerb,
  evaluate: evaluateVerb,
  compare: compareVerb,
  train: trainVerb,
  representers: representersVerb,
  concepts: conceptsVerb,
  regions: regionsVerb,
  patterns: patternsVerb,
  fisher: fisherVerb,
  study: studyVerb,
  studio: studioVerb,
  methods,
  synth,
  bench,
  demo,
};

/** Exit codes: 0 done, 1 failed, 2 bad usage, 3 done in part. */
const USAGE_CODES = new Set([
  "E_USAGE",
  "E_PARAM",
  "E_METHOD_UNKNOWN",
  "E_METRIC_UNKNOWN",
  "E_TARGET_RANGE",
  "E_TARGET_UNKNOWN",
  "E_LAYER_UNKNOWN",
]);

const usage = (): string =>
  [
    `onnxplain ${VERSION}: why did the classifier decide so?`,
    "",
    "usage: onnxplain <verb> [options]",
    "",
    ...Object.entries(VERBS).map(([name, v]) => `  ${name.padEnd(12)} ${v.summary}`),
    "",
    "`onnxplain <verb> --help` lists a verb's options.",
  ].join("\n");

async function run(argv: readonly string[], out: Console): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    out.print(usage());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    out.print(VERSION);
    return 0;
  }
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined)
    throw new OnnxplainError("E_USAGE", `There is no verb \`${name}\`. Verbs: ${Object.keys(VERBS).join(", ")}.`);
  if (rest.includes("--help") || rest.includes("-h")) {
    out.print((verb.verbs?.[rest[0] ?? ""] ?? verb).help);
    return 0;
  }
  return verb.run(rest, out);
}

function report(error: unknown): number {
  if (error instanceof OnnxplainError && error.code !== "E_INTERNAL") {
    terminal.note(`${error.code}  ${error.message}`);
    return USAGE_CODES.has(error.code) ? 2 : 1;
  }
  const message = error instanceof Error ? error.message : String(error);
  terminal.note(
    `E_INTERNAL  ${message.split("\n")[0]}\nThis is a fault of onnxplain. Run again with ONNXPLAIN_DEBUG=1 for the trace and please report it.`,
  );
  if (process.env.ONNXPLAIN_DEBUG) terminal.note(String((error as Error)?.stack));
  return 1;
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0); // the reader of a pipe has seen enough
});
process.exitCode = await run(process.argv.slice(2), terminal).catch(report);
