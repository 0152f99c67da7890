/** @file Appending to a graph. The builder names, shares equal nodes, and asks an `Infer` for the type of what it adds. */
import { OnnxplainError } from "../errors.ts";
import type { Dim } from "./dim.ts";
import { factOf, tensor } from "./tensor.ts";
import type { Attr, Attrs, DType, Fact, Graph, Node, Port, Tensor } from "./types.ts";

/** A handle on a value of the graph under construction. */
export interface Value extends Fact {
  readonly name: string;
}

/** What an op makes of its inputs; supplied by the ops room, so that this one need not know any op. */
export type Infer = (node: Node, inputs: readonly (Fact | undefined)[]) => readonly Fact[];

/**
 * Builds on a base graph. Equal nodes (op, inputs, attributes) are made once, so a rule may ask for the same
 * mask as often as it likes. `name` hints keep emitted graphs readable.
 */
export class GraphBuilder {
  readonly #facts: Map<string, Fact>;
  readonly #constants: Map<string, Tensor>;
  readonly #nodes: Node[];
  readonly #inputs: Port[];
  readonly #shared = new Map<string, readonly string[]>();
  readonly #producers = new Map<string, Node>();
  /** Names of the base's nodes: passes let a node write another value than the one it is named after. */
  readonly #nodeNames: ReadonlySet<string>;
  readonly #infer: Infer;
  readonly #name: string;
  #counter = 0;

  constructor(base: Graph, infer: Infer) {
    this.#facts = new Map(base.facts);
    this.#constants = new Map(base.constants);
    this.#nodes = [...base.nodes];
    this.#inputs = [...base.inputs];
    this.#name = base.name;
    this.#infer = infer;
    this.#nodeNames = new Set(base.nodes.map((n) => n.name));
    for (const node of base.nodes) {
      for (const name of node.outputs) this.#producers.set(name, node);
      // an output that is left out cannot be handed to anybody
      if (node.outputs.includes("")) continue;
      const key = shareKey(node.op, node.domain, node.inputs, node.attrs, node.outputs.length);
      if (key !== undefined && !this.#shared.has(key)) this.#shared.set(key, node.outputs);
    }
  }

  /** A value that exists; throws `internal:` when it does not. */
  value(name: string): Value {
    const fact = this.#facts.get(name);
    if (fact === undefined) throw new Error(`internal: no fact for value ${name}`);
    return { name, ...fact };
  }

  /** The node that makes a value; undefined for inputs and constants. */
  producer(value: Value): Node | undefined {
    return this.#producers.get(value.name);
  }

  /** The first output of a new (or equal existing) node. */
  op(op: string, inputs: readonly (Value | null)[], attrs: Attrs = {}, hint?: string): Value {
    return this.ops(op, inputs, { attrs, outputs: 1, hint })[0] as Value;
  }

  /** All outputs of a new (or equal existing) node. */
  ops(
    op: string,
    inputs: readonly (Value | null)[],
    options: { readonly attrs?: Attrs; readonly outputs: number; readonly hint?: string | undefined },
  ): readonly Value[] {
    const { attrs = {}, outputs: count } = options;
    const names = inputs.map((v) => v?.name ?? "");
    while (names.at(-1) === "") names.pop();
    const key = shareKey(op, "", names, attrs, count);
    const existing = key === undefined ? undefined : this.#shared.get(key);
    if (existing) return existing.map((n) => this.value(n));
    const stem = options.hint ?? op;
    const outputs = Array.from({ length: count }, (_, i) => this.#fresh(count === 1 ? stem : `${stem}.${i}`));
    const node: Node = { op, domain: "", name: nodeNameOf(outputs[0] as string), inputs: names, outputs, attrs };
    const facts = this.#infer(
      node,
      names.map((n) => (n === "" ? undefined : this.#facts.get(n))),
    );
    this.#nodes.push(node);
    outputs.forEach((name, i) => {
      const fact = facts[i];
      if (fact === undefined) throw new Error(`internal: ${op} has no fact for output ${i}`);
      this.#facts.set(name, fact);
      this.#producers.set(name, node);
    });
    if (key !== undefined) this.#shared.set(key, outputs);
    return outputs.map((n) => this.value(n));
  }

  /** A constant; equal small ones are shared. */
  constant(t: Tensor, hint = "c"): Value {
    const key =
      t.data.length <= 16
        ? `const|${t.dtype}|${t.dims}|${Array.from(t.data as ArrayLike<unknown>, spelled).join()}`
        : undefined;
    const existing = key === undefined ? undefined : this.#shared.get(key);
    if (existing) return this.value(existing[0] as string);
    const name = this.#fresh(hint);
    this.#constants.set(name, t);
    this.#facts.set(name, factOf(t));
    if (key !== undefined) this.#shared.set(key, [name]);
    return this.value(name);
  }

  scalar(value: number, dtype: DType = "float32"): Value {
    return this.constant(tensor(dtype, [], [value]));
  }
  /** A 1-D int64 constant: axes, shapes, indices. */
  ints(values: readonly number[]): Value {
    return this.constant(tensor("int64", [values.length], values));
  }

  /** A new graph input under exactly this name; `E_MODEL_INVALID` when the name is taken. */
  input(name: string, dtype: DType, dims: readonly Dim[]): Value {
    if (this.#facts.has(name))
      throw new OnnxplainError(
        "E_MODEL_INVALID",
        `The model already has a value named \`${name}\`, which the explanation needs as an input. Rename it.`,
      );
    this.#inputs.push({ name, dtype, dims });
    this.#facts.set(name, { dtype, dims });
    return this.value(name);
  }

  /** Give a value a public name. */
  alias(value: Value, name: string): Value {
    if (value.name === name) return value;
    if (this.#facts.has(name))
      throw new OnnxplainError(
        "E_MODEL_INVALID",
        `The model already has a value named \`${name}\`, which the explanation writes. Rename it.`,
      );
    this.#nodes.push({
      op: "Identity",
      domain: "",
      name: nodeNameOf(name),
      inputs: [value.name],
      outputs: [name],
      attrs: {},
    });
    this.#facts.set(name, { dtype: value.dtype, dims: value.dims });
    return this.value(name);
  }

  build(outputs: readonly Value[]): Graph {
    const ports = outputs.map(({ name, dtype, dims }) => ({ name, dtype, dims }));
    return {
      name: this.#name,
      inputs: this.#inputs,
      outputs: ports,
      constants: this.#constants,
      nodes: this.#nodes,
      facts: this.#facts,
    };
  }

  #fresh(stem: string): string {
    const clean = stem.startsWith("x/") ? stem : `x/${stem}`;
    let name = `${clean}_${this.#counter++}`;
    while (this.#facts.has(name) || this.#nodeNames.has(nodeNameOf(name))) name = `${clean}_${this.#counter++}`;
    return name;
  }
}

/** What a new node is called, after its first output. */
const nodeNameOf = (output: string): string => `x/${output}`;

/** Ops whose result differs from call to call: never shared, never folded. */
export const IMPURE: ReadonlySet<string> = new Set([
  "RandomNormal",
  "RandomUniform",
  "RandomNormalLike",
  "RandomUniformLike",
  "Multinomial",
  "Bernoulli",
  "Dropout",
]);

function shareKey(
  op: string,
  domain: string,
  inputs: readonly string[],
  attrs: Attrs,
  outputs: number,
): string | undefined {
  if (domain !== "" || IMPURE.has(op)) return undefined;
  const entries = Object.entries(attrs);
  if (entries.some(([, v]) => isBulky(v))) return undefined;
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([op, inputs, entries, outputs], exactly);
}

const spelled = (v: unknown): string => (Object.is(v, -0) ? "-0" : String(v));

/** JSON writes infinities and NaN as null, and -0 as 0: other values would look equal. */
const exactly = (_: string, v: unknown): unknown =>
  typeof v === "number" && (!Number.isFinite(v) || Object.is(v, -0)) ? `number ${Object.is(v, -0) ? "-0" : v}` : v;

const isBulky = (v: Attr): boolean => typeof v === "object" && ("tensor" in v || "graph" in v);
