/** @file `onnxplain compile`: the explanation as a stand-alone ONNX graph. */
import { compile, OnnxplainError, sortedJson } from "../src/index.ts";
import { type Flags, helpPage, isSet, MODEL_FLAGS, pairs, parseFlags, text } from "./flags.ts";
import { classifierOptions, openModel } from "./open.ts";
import { hushed, type Verb } from "./verb.ts";
import { writeWhole } from "./write.ts";

const FLAGS = {
  method: { type: "string", value: "ID", about: "explanation method (default grad-cam)" },
  target: {
    type: "string",
    value: "CLASS",
    about: "class index, label, A-B, predicted (default), or input (adds an int64 input `target`)",
  },
  layer: { type: "string", value: "NAME", about: "value or node name (default: the last spatial feature map)" },
  param: { type: "string", multiple: true, value: "K=V", about: "method parameter; may be repeated" },
  out: { type: "string", short: "o", value: "OUT.onnx", about: "the file to write" },
  ...MODEL_FLAGS,
} as const satisfies Flags;

export const compileVerb: Verb = {
  summary: "the explanation as a stand-alone ONNX graph, output `saliency_map`",
  help: helpPage(
    "compile --model MODEL --method ID -o OUT.onnx [options]",
    "Writes the model's own outputs and `saliency_map`, in standard ops.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("compile", argv, FLAGS);
    const path = text(values, "out");
    if (path === undefined) throw new OnnxplainError("E_USAGE", "No output given. Add `-o OUT.onnx`.");
    const out = hushed(console, isSet(values, "quiet"));
    const model = await openModel(values, rest[0]);
    const result = await compile(model, {
      ...classifierOptions(values),
      method: text(values, "method") ?? "grad-cam",
      target: text(values, "target"),
      params: pairs(values, "param"),
    });
    await writeWhole(path, result.bytes);
    const { bytes, layer, ...facts } = result;
    if (isSet(values, "json"))
      out.print(
        sortedJson({
          ...facts,
          params: JSON.parse(JSON.stringify(facts.params)),
          layer: layer?.name ?? null,
          bytes: bytes.length,
          file: path,
        }).trimEnd(),
      );
    else
      out.print(
        `${path}: ${result.method}${layer ? ` at ${layer.name}` : ""}, ${result.nodes.model} nodes became ${result.nodes.compiled}, ${(bytes.length / 1e6).toFixed(1)} MB; in ${result.inputs.join(", ")}; out ${result.outputs.join(", ")}`,
      );
    for (const note of result.notes) out.note(`note: ${note}`);
    return 0;
  },
};
