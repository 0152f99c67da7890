/** @file `onnxplain methods`: the table, with parameters, defaults, cost and source. */
import { type Json, METHODS, type Method, sortedJson } from "../src/index.ts";
import { type Flags, helpPage, isSet, parseFlags } from "./flags.ts";
import type { Verb } from "./verb.ts";

const FLAGS = { json: { type: "boolean", about: "one JSON document on stdout" } } as const satisfies Flags;

export const methods: Verb = {
  summary: "the methods, their parameters, cost and source",
  help: helpPage("methods [--json]", "Ids match ignoring case, `-` and `_`.", FLAGS),
  run: async (argv, out) => {
    const { values } = parseFlags("methods", argv, FLAGS);
    const all = Object.values<Method>(METHODS);
    out.print(isSet(values, "json") ? sortedJson(all.map(record)).trimEnd() : all.map(paragraph).join("\n\n"));
    return 0;
  },
};

const oneGraph = (m: Method): boolean => typeof m.emit === "function";

function record(m: Method): Json {
  return {
    id: m.id,
    aliases: m.aliases,
    title: m.title,
    source: m.source,
    space: m.space,
    cost: m.cost,
    needs_derivatives: m.gradients,
    one_graph: oneGraph(m),
    params: Object.fromEntries(
      Object.entries(m.params).map(([k, p]) => [
        k,
        {
          default: p.default instanceof Float32Array ? null : (p.default as Json),
          about: p.about,
          expected: p.expected,
        },
      ]),
    ),
  };
}

const SPACES = {
  input: "one value for each input element",
  pixel: "one value for each pixel",
  layer: "one value for each position of a layer",
} as const satisfies Readonly<Record<Method["space"], string>>;

function paragraph(m: Method): string {
  const params = Object.entries(m.params).map(
    ([k, p]) => `    ${k}=${p.default === null ? "none" : p.default}  ${p.about}; ${p.expected}`,
  );
  return [
    `${m.id}${m.aliases.length ? ` (${m.aliases.join(", ")})` : ""}: ${m.title}`,
    `    ${SPACES[m.space]}; ${m.cost}; ${m.gradients ? "needs derivatives" : "forward passes only"}; ${oneGraph(m) ? "compiles to one graph" : "not one graph"}`,
    ...params,
    `    ${m.source}`,
  ].join("\n");
}
