/** @file Names, figures and shapes of the graph in words, for eyes and for screen readers. */
import type { GraphGroup, GraphNode, NodeRelevance } from "../../src/index.ts";

/** Longest part of a stranger's name that is spoken. */
const SPOKEN = 120;

/** `0.31`, `-12.3`, `0.00042`. */
export const figure = (v: number): string => (v === 0 ? "0" : String(Number(v.toPrecision(3))));

/** The end of a name tells more than its beginning. */
export const tail = (text: string, length: number): string =>
  text.length <= length ? text : `…${text.slice(text.length - length + 1)}`;
export const head = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

const received = (r: NodeRelevance | undefined): readonly string[] =>
  r === undefined || r.received === null ? [] : [`received relevance ${figure(r.received)}`];
const output = (shape: string): readonly string[] => (shape === "" ? [] : [`output ${shape}`]);

/** A node's name; that of its value where the node is only numbered (`Conv_7`). */
export const nameOf = ({ name, op, outputs }: GraphNode): string =>
  (name === op || /^_?\d*$/.test(name.startsWith(op) ? name.slice(op.length) : "?") ? outputs[0] : undefined) ?? name;

export const nodeWords = (n: GraphNode, r: NodeRelevance | undefined): string =>
  [
    `${n.op} ${tail(nameOf(n), SPOKEN)}`,
    ...output(n.shape),
    ...(n.layers.length > 0 ? [n.isDefault ? "default layer" : "layer"] : []),
    ...(n.isScores ? ["class scores"] : []),
    ...received(r),
  ].join(", ");

export const groupWords = (g: GraphGroup, r: NodeRelevance | undefined): string =>
  [
    `Group ${head(g.label, SPOKEN)}`,
    `${g.size} nodes: ${head(g.summary, SPOKEN)}`,
    ...output(g.shape),
    ...received(r),
  ].join(", ");

/** `received 1.2, passed 1.19, bias 0.01, stabiliser 0, dead 0` without what nobody knows. */
export const relevanceWords = (r: NodeRelevance): string =>
  [
    ...(r.received === null ? [] : [`received ${figure(r.received)}`]),
    ...(r.passed === null ? [] : [`passed on ${figure(r.passed)}`]),
    `lost to bias ${figure(r.bias)}, to the stabiliser ${figure(r.stabilizer)}, to dead units ${figure(r.dead)}`,
  ].join(", ");
