/** @file Reading attributes of nodes that no row has looked at yet; a wrong type is the model's fault, and said so. */
import { OnnxplainError } from "../errors.ts";
import type { Attr, Attrs, Node, Tensor } from "../graph/types.ts";

function wrong(node: Node, name: string, expected: string): OnnxplainError {
  return new OnnxplainError(
    "E_MODEL_INVALID",
    `Attribute \`${name}\` of node "${node.name}" (${node.op}) is not ${expected}. The file is damaged; export it again.`,
    { node: node.name, op: node.op },
  );
}

function read<T>(node: Node, name: string, expected: string, convert: (raw: Attr) => T | undefined): T | undefined {
  const raw = node.attrs[name];
  if (raw === undefined) return undefined;
  const value = convert(raw);
  if (value === undefined) throw wrong(node, name, expected);
  return value;
}

const isInts = (raw: Attr): raw is readonly number[] => Array.isArray(raw) && raw.every((v) => typeof v === "number");

export const intAttr = (node: Node, name: string): number | undefined =>
  read(node, name, "an integer", (raw) => (typeof raw === "number" ? raw : undefined));
export const intsAttr = (node: Node, name: string): readonly number[] | undefined =>
  read(node, name, "a list of integers", (raw) => (isInts(raw) ? raw : undefined));
export const textAttr = (node: Node, name: string): string | undefined =>
  read(node, name, "a string", (raw) => (typeof raw === "string" ? raw : undefined));
export const realAttr = (node: Node, name: string): number | undefined =>
  read(node, name, "a number", (raw) =>
    typeof raw === "number" ? raw : typeof raw === "object" && "float" in raw ? raw.float : undefined,
  );
export const realsAttr = (node: Node, name: string): readonly number[] | undefined =>
  read(node, name, "a list of numbers", (raw) =>
    isInts(raw) ? raw : typeof raw === "object" && "floats" in raw ? raw.floats : undefined,
  );
export const tensorAttr = (node: Node, name: string): Tensor | undefined =>
  read(node, name, "a tensor", (raw) => (typeof raw === "object" && "tensor" in raw ? raw.tensor : undefined));

/** The attributes but for the named ones. */
export const without = (attrs: Attrs, ...names: readonly string[]): Attrs =>
  Object.fromEntries(Object.entries(attrs).filter(([name]) => !names.includes(name)));

/** A node whose inputs end where the last one given does. */
export function withInputs(node: Node, inputs: readonly string[], attrs: Attrs = node.attrs): Node {
  const trimmed = [...inputs];
  while (trimmed.at(-1) === "") trimmed.pop();
  return { ...node, inputs: trimmed, attrs };
}
