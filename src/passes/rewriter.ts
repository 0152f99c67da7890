/** @file Walking a graph once and writing a new one: fresh names, new constants, aliases, and facts kept current on the way. */
import type { Infer } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { factOf, tensor } from "../graph/tensor.ts";
import { uses } from "../graph/topology.ts";
import type { Attrs, DType, Fact, Graph, Node, Tensor } from "../graph/types.ts";

/** What a pass does with each node: emit it, emit something else, or nothing at all. */
export type Visit = (node: Node, rw: Rewriter) => void;

/** Where an emitted node comes from, and how it differs. */
export interface Emission {
  readonly inputs: readonly string[];
  readonly attrs?: Attrs;
  /** Names of the outputs; one fresh name when left out. */
  readonly outputs?: readonly string[];
}

export class Rewriter {
  readonly #base: Graph;
  readonly #infer: Infer | undefined;
  readonly #nodes: Node[] = [];
  readonly #constants: Map<string, Tensor>;
  readonly #facts: Map<string, Fact>;
  readonly #aliases = new Map<string, string>();
  readonly #taken: Set<string>;
  readonly #used: ReadonlySet<string>;
  readonly #captured: ReadonlySet<string>;

  constructor(base: Graph, infer?: Infer) {
    this.#base = base;
    this.#infer = infer;
    this.#constants = new Map(base.constants);
    this.#facts = new Map(infer ? [] : base.facts);
    for (const { name, dtype, dims } of base.inputs) this.#facts.set(name, { dtype, dims });
    for (const [name, t] of base.constants) this.#facts.set(name, factOf(t));
    this.#taken = new Set([
      ...base.constants.keys(),
      ...base.inputs.map((p) => p.name),
      ...base.nodes.flatMap((n) => [n.name, ...n.outputs]),
    ]);
    this.#used = new Set([...base.nodes.flatMap(uses), ...base.outputs.map((p) => p.name)]);
    this.#captured = new Set(base.nodes.flatMap((n) => uses(n).filter((name) => !n.inputs.includes(name))));
  }

  fact(name: string | undefined): Fact | undefined {
    return name === undefined || name === "" ? undefined : this.#facts.get(name);
  }
  dims(name: string | undefined): readonly Dim[] | undefined {
    return this.fact(name)?.dims;
  }
  /** Element type of a value; float32 where nothing is known. */
  dtype(name: string | undefined): DType {
    return this.fact(name)?.dtype ?? "float32";
  }
  constantOf(name: string | undefined): Tensor | undefined {
    return name === undefined ? undefined : this.#constants.get(name);
  }
  /** Does any node, subgraph or graph output of the original read this value? */
  isUsed(name: string | undefined): boolean {
    return name !== undefined && this.#used.has(name);
  }
  isOutput(name: string): boolean {
    return this.#base.outputs.some((p) => p.name === name);
  }

  /** A name that no value and no node has. */
  fresh(stem: string): string {
    let name = stem;
    for (let i = 1; this.#taken.has(name) || name === ""; i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }

  /** A new constant; returns its name. */
  constant(t: Tensor, stem: string): string {
    return this.defineConstant(this.fresh(stem), t);
  }
  /** A constant under exactly this name, which a node that is not emitted would have written. */
  defineConstant(name: string, t: Tensor): string {
    this.#constants.set(name, t);
    this.#facts.set(name, factOf(t));
    return name;
  }
  /** A 1-D int64 constant. */
  ints(values: readonly number[], stem: string): string {
    return this.constant(tensor("int64", [values.length], values), stem);
  }
  scalar(value: number, dtype: DType, stem: string): string {
    return this.constant(tensor(dtype, [], [value]), stem);
  }

  /** From now on `name` means `target`. Refused (false) where a subgraph or the graph's outputs know the old name. */
  alias(name: string, target: string): boolean {
    if (this.#captured.has(name) || this.isOutput(name)) return false;
    this.#aliases.set(name, target);
    return true;
  }

  /** Append a node as it is. */
  emit(node: Node): void {
    this.#nodes.push(node);
    if (this.#infer === undefined) return;
    const inferred = this.#infer(
      node,
      node.inputs.map((n) => this.fact(n)),
    );
    node.outputs.forEach((name, i) => {
      const fact = inferred[i];
      if (name === "" || fact === undefined) return;
      this.#facts.set(name, fact.dims === undefined ? (this.#base.facts.get(name) ?? fact) : fact);
    });
  }

  /** Append a default-domain node that stands for (a part of) `from`; returns its first output. */
  op(op: string, from: Node, emission: Emission): string {
    const outputs = emission.outputs ?? [this.fresh(`${from.outputs[0] ?? from.name}/${op}`)];
    const inputs = [...emission.inputs];
    while (inputs.at(-1) === "") inputs.pop();
    this.emit({ op, domain: "", name: outputs[0] ?? "", inputs, outputs, attrs: emission.attrs ?? {} });
    return outputs[0] ?? "";
  }

  /** Visit every node in order; its inputs arrive with aliases resolved. */
  walk(visit: Visit): this {
    for (const node of this.#base.nodes) {
      const renamed = node.inputs.some((n) => this.#aliases.has(n));
      visit(renamed ? { ...node, inputs: node.inputs.map((n) => this.#resolve(n)) } : node, this);
    }
    return this;
  }

  #resolve(name: string): string {
    const target = this.#aliases.get(name);
    return target === undefined ? name : this.#resolve(target);
  }

  graph(): Graph {
    return { ...this.#base, nodes: this.#nodes, constants: this.#constants, facts: this.#facts };
  }
}

/** One walk over a graph. With `infer`, facts follow the rewritten nodes; without, they stay as they were. */
export const rewrite = (graph: Graph, visit: Visit, infer?: Infer): Graph =>
  new Rewriter(graph, infer).walk(visit).graph();
