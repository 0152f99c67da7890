/** @file What a method is: parameters, a citation, and a plan = one graph, a generator of rows, a fold. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Model } from "../graph/types.ts";
import type { ParamSpecs, Params } from "../params.ts";
import type { Ledger } from "../rules/ledger.ts";
import type { Classifier } from "./classifier.ts";
import type { Layer } from "./layers.ts";
import type { Describe } from "./perturbation.ts";

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
  /** Relevance in and out of every node, where it was asked for. */
  readonly ledger?: Ledger;
}

/** Consumes the results of a sample's rows, in the order in which they were fed. */
export interface Fold<Result = Folded> {
  readonly add: (result: RowResult) => void;
  /** The {@link RowsPlan.sums} of a run. */
  readonly addRun?: (result: RowResult) => void;
  readonly done: () => Result;
}

/** One run of the network before the rows, whose outputs rows, shared inputs and fold may use. */
export interface Probe {
  readonly model: Model;
  readonly outputs: readonly string[];
  readonly row: (sample: Sample) => Row;
}

interface Prepared {
  /** The one graph that every row runs through. */
  readonly model: Model;
  /** Graph outputs that rows need. */
  readonly outputs: readonly string[];
  readonly probe?: Probe;
  /** Rows of one sample, at least; what progress counts. */
  readonly count: number;
  readonly notes: readonly string[];
}

/** Rows that do not depend on one another: batches of any size. */
export interface RowsPlan<Result = Folded> extends Prepared {
  readonly rows: (sample: Sample, found: RowResult) => Iterable<Row>;
  /** Inputs that all rows of a sample share: fed once a run with a batch axis of 1; a run then holds rows of one sample. */
  readonly shared?: (sample: Sample, found: RowResult) => Row;
  /** Outputs that hold one row for the whole run (batch axis of 1) and go to `fold.addRun`. */
  readonly sums?: readonly string[];
  readonly fold: (sample: Sample, found: RowResult) => Fold<Result>;
}

/** Each row depends on the result of the one before: an optimisation, an adaptive path. Samples go in step. */
export interface StepsPlan<Result = Folded> extends Prepared {
  readonly steps: (sample: Sample, found: RowResult) => Generator<Row, Result, RowResult>;
}

/** A plan is a value: one emitted graph, a pure generator of rows, a pure fold into the result of a sample. */
export type Plan<Result = Folded> = RowsPlan<Result> | StepsPlan<Result>;

/** Emits an explanation onto a graph: given the cotangent of the scores, the value of the map. */
export interface EmitContext extends Omit<PlanContext, "seed"> {
  readonly g: GraphBuilder;
  /** [N, classes] */
  readonly cotangent: Value;
}
export interface Emitted {
  readonly map: Value;
  readonly notes: readonly string[];
  /** Further outputs by name, rows first, for the checks of {@link Finish}. Left out of stand-alone graphs. */
  readonly extra?: Readonly<Record<string, Value>>;
  /** From the map and the extra outputs to the checks of a result. */
  readonly finish?: Finish;
}
/** What can be said about a finished map. */
export type Finish = (map: Float32Array, extra: RowResult, sample: Sample) => Pick<Folded, "checks" | "ledger">;

export interface Method {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  /** Paper and where its equation stands. */
  readonly source: string;
  readonly params: ParamSpecs;
  /** `input`: one value for each input element; `pixel`: one for each pixel [H,W]; `layer`: one for each position of a layer. */
  readonly space: "input" | "pixel" | "layer";
  /** A method of input space that reads a layer when one is named (methods of layer space always get one). Default false. */
  readonly takesLayer?: boolean;
  /** The layer read when none is named; default: the last feature map. */
  readonly defaultLayer?: (classifier: Classifier) => Layer;
  /** Are negative values meaningful? Decides the colours, nothing else. */
  readonly signed: (params: Params) => boolean;
  /** How channels become one number a pixel in pictures: `mean` where a window covers all channels alike. Default `sum`. */
  readonly reducer?: "sum" | "mean";
  /** Network passes for one image, in words. */
  readonly cost: string;
  /** Needs derivatives; false = forward passes only, works on any model that runs. */
  readonly gradients: boolean;
  /** Wants BatchNormalization as nodes of its own, not folded into the weights before it. */
  readonly separateBatchNorm?: boolean;
  /** Why the method has no meaning on this model; undefined = it has. Asked beside the needs of `space` and `gradients`. */
  readonly unsuitable?: (classifier: Classifier, params: Params) => string | undefined;
  /**
   * Set when the method is one graph and can be compiled to a stand-alone model; otherwise why not. A plan of such a method
   * does the same as `onePass(emit)`: methods that are explained together are emitted onto one graph.
   */
  readonly emit: ((context: EmitContext) => Emitted) | { readonly none: string };
  readonly plan: (context: PlanContext) => Plan;
  /** Set when nothing but scores of perturbed images is needed: then any scorer can be explained, ONNX or not. */
  readonly perturbation?: Describe;
}
