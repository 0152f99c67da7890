/** @file What a method is: parameters, a citation, and a plan = one graph, a generator of rows, a fold. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Model } from "../graph/types.ts";
import type { Classifier } from "./classifier.ts";
import type { Layer } from "./layers.ts";
import type { ParamSpecs, Params } from "./params.ts";

/** Everything a method may know when it plans. */
export interface PlanContext {
  readonly classifier: Classifier;
  readonly params: Params;
  /** Set for methods that act on a layer. */
  readonly layer: Layer | undefined;
  readonly seed: number;
}

/** One image with the class to explain. */
export interface Sample {
  /** The network's input, one row: C*H*W values in the model's own layout. */
  readonly x: Float32Array;
  /** Weights of the class scores [classes]: one-hot for a class, +1/-1 for a contrast. */
  readonly cotangent: Float32Array;
}

/** One row of a batch, by graph input. */
export type Row = Readonly<Record<string, Float32Array>>;
/** What came out for one row, by graph output. */
export type RowResult = Readonly<Record<string, Float32Array>>;

/** Numbers that say how far a result can be trusted: convergence delta, residuals. */
export type Checks = Readonly<Record<string, number>>;

export interface Folded {
  /** Raw and signed, without the batch axis. */
  readonly values: Float32Array;
  readonly dims: readonly number[];
  readonly checks: Checks;
}

/** Consumes the results of a sample's rows, in the order in which they were fed. */
export interface Fold {
  readonly add: (result: RowResult) => void;
  readonly done: () => Folded;
}

/** A plan is a value: one emitted graph, a pure generator of rows, a pure fold. */
export interface Plan {
  readonly model: Model;
  /** Graph outputs that rows need. */
  readonly outputs: readonly string[];
  /** Rows for one sample; `count` of them. */
  readonly rows: (sample: Sample) => Iterable<Row>;
  readonly count: number;
  readonly fold: (sample: Sample) => Fold;
  readonly notes: readonly string[];
}

/** Emits an explanation onto a graph: given the cotangent of the scores, the value of the map. */
export interface EmitContext extends Omit<PlanContext, "seed"> {
  readonly g: GraphBuilder;
  /** [N, classes] */
  readonly cotangent: Value;
}
export interface Emitted {
  readonly map: Value;
  readonly notes: readonly string[];
}

export interface Method {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  /** Paper and where its equation stands. */
  readonly source: string;
  readonly params: ParamSpecs;
  /** `input`: one value for each input element; `layer`: one for each position of a layer. */
  readonly space: "input" | "layer";
  /** Are negative values meaningful? Decides the colours, nothing else. */
  readonly signed: (params: Params) => boolean;
  /** How channels become one number a pixel in pictures: `mean` where a window covers all channels alike. Default `sum`. */
  readonly reducer?: "sum" | "mean";
  /** Network passes for one image, in words. */
  readonly cost: string;
  /** Needs derivatives; false = forward passes only, works on any model that runs. */
  readonly gradients: boolean;
  /** Set when the method is one graph and can be compiled to a stand-alone model; otherwise why not. */
  readonly emit: ((context: EmitContext) => Emitted) | { readonly none: string };
  readonly plan: (context: PlanContext) => Plan;
}
