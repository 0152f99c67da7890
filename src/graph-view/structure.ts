/** @file Groups from the graph's own shape: blocks between points that one value crosses, stages of one resolution. */

import { isStatic } from "../graph/dim.ts";
import { uses } from "../graph/topology.ts";
import type { Graph } from "../graph/types.ts";
import type { Grouped, Tree } from "./groups.ts";

type Items = readonly (number | Tree)[];

/** Nodes in a row that become a group of their own. */
const CHAIN = 3;
/** Blocks and nodes beside one another before stages are made of them. */
const BESIDE = 10;

/** Nodes that follow one another (ascending indices), in blocks and, where these are many, in stages. */
export function structured(run: readonly number[], grouped: Grouped, numbering: { next: number }): Items {
  const atoms = withTails(atomsOf(run, cutsOf(grouped.graph)), grouped);
  const blocks = atoms.filter((a) => a.length > 1).length;
  const items = blocks + atoms.filter((a) => a.length === 1).length;
  const stages = items > BESIDE ? byGrid(atoms, grouped) : [{ grid: undefined, atoms }];
  return stages.flatMap((stage): Items => {
    const before = numbering.next;
    const inside = blocksOf(stage.atoms, grouped, numbering);
    if (stages.length === 1 || stage.atoms.flat().length < CHAIN) return inside;
    const [only] = inside;
    const whole = inside.length === 1 && typeof only === "object";
    if (whole) numbering.next = before;
    return [{ label: stage.grid === undefined ? "head" : `stage ${stage.grid}`, items: whole ? only.items : inside }];
  });
}

/** Indices after which at most one value that carries data is still to be read. */
function cutsOf(graph: Graph): ReadonlySet<number> {
  const { nodes } = graph;
  const made = new Map<string, number>(graph.inputs.map((p) => [p.name, -1]));
  nodes.forEach((node, i) => {
    for (const o of node.outputs) if (o !== "") made.set(o, i);
  });
  const lastUse = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const v of uses(node)) if (made.has(v) && carriesData(graph, v)) lastUse.set(v, i);
  });
  const change = new Int32Array(nodes.length + 1);
  for (const [value, last] of lastUse) {
    const from = Math.max(0, made.get(value) as number);
    change[from] = (change[from] as number) + 1;
    change[last] = (change[last] as number) - 1;
  }
  const cuts = new Set<number>();
  let crossing = 0;
  for (let i = 0; i < nodes.length; i++) {
    crossing += change[i] as number;
    if (crossing <= 1) cuts.add(i);
  }
  return cuts;
}

/** Shapes and indices are computed beside the data. */
const carriesData = (graph: Graph, value: string): boolean => {
  const fact = graph.facts.get(value);
  return fact === undefined || (fact.content === undefined && fact.dtype !== "int64");
};

function atomsOf(run: readonly number[], cuts: ReadonlySet<number>): readonly (readonly number[])[] {
  const atoms: number[][] = [[]];
  for (const i of run) {
    (atoms.at(-1) as number[]).push(i);
    if (cuts.has(i)) atoms.push([]);
  }
  return atoms.filter((a) => a.length > 0);
}

/** What only finishes a block (relu(x + f(x))) belongs to it. */
function withTails(atoms: readonly (readonly number[])[], { kinds }: Grouped): readonly (readonly number[])[] {
  const out: (readonly number[])[] = [];
  for (const atom of atoms) {
    const before = out.at(-1);
    const [only] = atom;
    const finishes =
      atom.length === 1 && (kinds[only as number] === "activation" || kinds[only as number] === "normalize");
    if (before !== undefined && before.length > 1 && finishes) out[out.length - 1] = [...before, ...atom];
    else out.push(atom);
  }
  return out;
}

interface Stage {
  readonly grid: string | undefined;
  readonly atoms: (readonly number[])[];
}

function byGrid(atoms: readonly (readonly number[])[], { graph }: Grouped): readonly Stage[] {
  const stages: Stage[] = [];
  for (const atom of atoms) {
    const grid = gridOf(graph, atom.at(-1) as number);
    const last = stages.at(-1);
    if (last !== undefined && last.grid === grid) last.atoms.push(atom);
    else stages.push({ grid, atoms: [atom] });
  }
  return stages;
}

/** Rows and columns of what a node makes ([N,C,h,w]), or tokens and channels; undefined without positions. */
function gridOf(graph: Graph, index: number): string | undefined {
  const dims = graph.facts.get(graph.nodes[index]?.outputs[0] ?? "")?.dims?.slice(1);
  if (!isStatic(dims) || dims.length < 2) return undefined;
  const grid = dims.slice(-2);
  return grid.every((d) => d === 1) ? undefined : grid.join(" x ");
}

/** Blocks as groups; short runs and mere movements before one belong to it, longer runs are groups of their own. */
function blocksOf(atoms: readonly (readonly number[])[], { kinds }: Grouped, numbering: { next: number }): Items {
  const items: (number | Tree)[] = [];
  let chain: number[] = [];
  const block = (nodes: readonly number[]): void => {
    items.push({ label: `block ${numbering.next++}`, items: nodes });
  };
  const settle = (): void => {
    if (chain.length < CHAIN) items.push(...chain);
    else block(chain);
    chain = [];
  };
  for (const atom of atoms) {
    if (atom.length === 1) {
      chain.push(atom[0] as number);
      continue;
    }
    const leads =
      chain.length < CHAIN ? chain.every((i) => kinds[i] !== "pool") : chain.every((i) => kinds[i] === "movement");
    const lead = leads ? chain : [];
    if (lead.length > 0) chain = [];
    settle();
    block([...lead, ...atom]);
  }
  settle();
  return items;
}
