/** @file `onnxplain bench`: what each method costs on a model, as a ratio to its forward pass. */
import { type BenchResult, benchModel, sortedJson } from "../src/index.ts";
import { type Flags, helpPage, isSet, MODEL_FLAGS, number, parseFlags, RUN_FLAGS, text } from "./flags.ts";
import { deviceOptions, openModel } from "./open.ts";
import type { Verb } from "./verb.ts";

const FLAGS = {
  model: MODEL_FLAGS.model,
  methods: { type: "string", value: "A,B", about: "methods to time (default: gradients, CAMs, occlusion)" },
  runs: { type: "string", value: "N", about: "timed runs of each graph (default 20)" },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  json: MODEL_FLAGS.json,
} as const satisfies Flags;

export const bench: Verb = {
  summary: "speed: each method as a ratio to the forward pass",
  help: helpPage(
    "bench --model MODEL [options]",
    "Times one pass of each method's graph beside forward passes, in turn, one image.",
    FLAGS,
  ),
  run: async (argv, out) => {
    const { values, rest } = parseFlags("bench", argv, FLAGS);
    await using model = await openModel(values, rest[0]);
    const result = await benchModel(model, model.source.name, {
      ...deviceOptions(values),
      runs: number(values, "runs", { min: 1 }),
      methods: text(values, "methods")?.split(","),
    });
    out.print(isSet(values, "json") ? sortedJson(JSON.parse(JSON.stringify(result))).trimEnd() : table(result));
    return 0;
  },
};

function table({ network, device, threads, forward, rows }: BenchResult): string {
  const line = (cells: readonly string[]): string =>
    cells.map((c, i) => (i === 0 ? c.padEnd(24) : c.padStart(11))).join("");
  return [
    `${network} on ${device}${threads ? `, ${threads} threads` : ""}; forward ${forward.minMs.toFixed(2)} ms (median ${forward.medianMs.toFixed(2)}), ${forward.nodes} nodes`,
    line(["method", "min ms", "median", "ratio", "passes", "nodes", "compile ms", "session ms", "MiB"]),
    ...rows.map((r) =>
      r.refused
        ? `${r.method.padEnd(24)} refused: ${r.refused}`
        : line([
            r.method,
            r.minMs.toFixed(2),
            r.medianMs.toFixed(2),
            `${r.ratio.toFixed(2)}x`,
            String(r.passes),
            String(r.nodes),
            r.compileMs.toFixed(0),
            r.sessionMs.toFixed(0),
            (r.memoryBytes / 2 ** 20).toFixed(0),
          ]),
    ),
  ].join("\n");
}
