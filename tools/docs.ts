/** @file The pages that are made from the tables: docs/ops.md and docs/methods.md. A test fails while they are stale. */
import type { Method } from "../src/methods/method.ts";
import { METHODS } from "../src/methods/table.ts";
import type { Op } from "../src/ops/define.ts";
import { OPS } from "../src/ops/table.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

function opRow([name, op]: readonly [string, Op]): string {
  const derivative =
    typeof op.vjp === "function" ? (op.straightThrough ? "straight through" : "yes") : `none: ${op.vjp.none}`;
  return `| ${name} | ${op.kind} | ${cell(derivative)} | ${op.attrNames.join(", ")} |`;
}

/** Every op, its kind, whether it has a derivative. */
export function opsPage(): string {
  const rows = Object.entries<Op>(OPS).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    "# Operators",
    "",
    `${rows.length} operators of the default domain at opset 21; older opsets are raised first. Made by \`npm run docs\`.`,
    "",
    "| op | kind | derivative | attributes |",
    "|---|---|---|---|",
    ...rows.map(opRow),
    "",
  ].join("\n");
}

const SPACES = {
  input: "one value for each input element",
  pixel: "one value for each pixel",
  layer: "one value for each position of a layer",
} as const satisfies Readonly<Record<Method["space"], string>>;

function methodSection(m: Method): string {
  const params = Object.entries(m.params).map(
    ([name, p]) =>
      `| \`${name}\` | \`${p.default === null ? "none" : String(p.default)}\` | ${cell(p.about)} | ${cell(p.expected)} |`,
  );
  return [
    `## ${m.id}`,
    "",
    `${m.title}. ${m.aliases.length ? `Also: ${m.aliases.map((a) => `\`${a}\``).join(", ")}.` : ""}`.trim(),
    "",
    `- Gives ${SPACES[m.space]}; costs ${m.cost}.`,
    `- ${m.gradients ? "Needs derivatives." : "Needs forward passes only: works on every model that runs."} ${typeof m.emit === "function" ? "Compiles to a stand-alone graph." : `Is not one graph: ${m.emit.none}.`}`,
    `- Source: ${m.source}.`,
    "",
    ...(params.length ? ["| parameter | default | meaning | values |", "|---|---|---|---|", ...params, ""] : []),
  ].join("\n");
}

/** Every method with parameters, cost and source. */
export function methodsPage(): string {
  return [
    "# Methods",
    "",
    "Ids match ignoring case, `-` and `_`. Maps are raw and signed. Made by `npm run docs`.",
    "",
    ...Object.values<Method>(METHODS).map(methodSection),
  ].join("\n");
}

export const PAGES: Readonly<Record<string, () => string>> = { "docs/ops.md": opsPage, "docs/methods.md": methodsPage };
