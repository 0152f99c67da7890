/** @file `onnxplain inspect`: what a model is, and what can be explained of it. */
import { formatPort, type Inspection, inspect, sortedJson } from "../src/index.ts";
import { type Flags, helpPage, isSet, MODEL_FLAGS, parseFlags } from "./flags.ts";
import { classifierOptions, openModel } from "./open.ts";
import { hushed, type Verb } from "./verb.ts";

const FLAGS = {
  ...MODEL_FLAGS,
  graph: { type: "boolean", about: "print the canonical graph as text" },
} as const satisfies Flags;

export const inspectVerb: Verb = {
  summary: "inputs, outputs, layers, and which methods apply",
  help: helpPage("inspect MODEL [options]", "Looks into a model without running it. --json adds the graph.", FLAGS),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("inspect", argv, FLAGS);
    const out = hushed(console, isSet(values, "quiet"));
    const found = await inspect(await openModel(values, rest[0]), classifierOptions(values));
    if (isSet(values, "json")) out.print(sortedJson(JSON.parse(JSON.stringify(found))).trimEnd());
    else out.print(isSet(values, "graph") ? found.graph : page(found));
    return 0;
  },
};

function page(i: Inspection): string {
  const p = i.preprocessing;
  const layers = i.layers.map(
    (l) =>
      `  ${l.name === i.defaultLayer ? "*" : " "} ${l.name}  ${l.op} [${l.dims.join(",")}] ${l.layout}, grid ${l.grid.join("x")}`,
  );
  return [
    `${i.name}`,
    `  ${i.producer || "unknown producer"}, opset ${i.opset}, ${i.parameters.toLocaleString("en")} parameters, ${(i.bytes / 1e6).toFixed(2)} MB, sha256 ${i.sha256}`,
    `inputs   ${i.inputs.map(formatPort).join("; ")} (${i.layout}, batch ${i.freeBatch ? "free" : "fixed"})`,
    `outputs  ${i.outputs.map(formatPort).join("; ")}`,
    `scores   ${i.scores}, ${i.classes} classes${i.labels ? `, ${i.labels} labels` : ", no labels"}`,
    `pixels   ${p.resize ? JSON.stringify(p.resize) : "as they are"}${p.crop ? `, crop ${p.crop.height}x${p.crop.width}` : ""}, ${p.resample}, ${p.channelOrder}, (pixel * ${Number(p.scale.toPrecision(6))} - [${p.mean.join(", ")}]) / [${p.std.join(", ")}]`,
    `ops      ${Object.entries(i.ops)
      .map(([op, n]) => `${op} ${n}`)
      .join(", ")}`,
    `layers   that a CAM can weigh (* = default)`,
    ...(layers.length ? layers : ["    none"]),
    "methods",
    ...i.methods.map((m) => `  ${m.works ? "yes" : "no "} ${m.id}${m.works ? "" : `  ${m.code}: ${m.reason}`}`),
    ...i.notes.map((n) => `note: ${n}`),
  ].join("\n");
}
