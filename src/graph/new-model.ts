/** @file Models that begin from nothing, at the opset that graphs are emitted in. */
import type { Graph, Model } from "./types.ts";

/** The opset of the op rows, and the IR version that it needs. */
export const CANONICAL_OPSET = 21;
export const CANONICAL_IR = 10;

/** A graph to build on. */
export const emptyGraph = (name: string): Graph => ({
  name,
  inputs: [],
  outputs: [],
  constants: new Map(),
  nodes: [],
  facts: new Map(),
});

/** A model of a graph made here. */
export const newModel = (
  graph: Graph,
  given: Partial<Pick<Model, "opset" | "irVersion" | "metadata">> = {},
): Model => ({
  graph,
  opset: CANONICAL_OPSET,
  irVersion: CANONICAL_IR,
  domains: new Map(),
  metadata: new Map(),
  producer: "onnxplain",
  functions: [],
  ...given,
});
