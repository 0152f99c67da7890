/** @file One training step as one graph: forward, loss, the reverse walk to the parameters, and the optimiser. */
import { close, type Ops, reverse } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";
import type { Graph, Model, Node, Port, Tensor } from "../graph/types.ts";
import { formula } from "../ops/formula.ts";
import { builderOn, inferGraph } from "../ops/infer.ts";
import { readParams } from "../params.ts";
import type { Loss } from "./losses.ts";
import type { Network } from "./network.ts";
import type { Optimizer } from "./optimizers.ts";
import { type ParameterLayout, parametersOf } from "./parameters.ts";
import { NO_STATISTICS, type StatisticsLayout, updatedStatistics, withBatchStatistics } from "./running-statistics.ts";

export interface StepOptions {
  readonly loss: Loss;
  readonly lossParams?: Readonly<Record<string, unknown>> | undefined;
  readonly optimizer: Optimizer;
  readonly optimizerParams?: Readonly<Record<string, unknown>> | undefined;
  /** Pull towards 0 of kernels and matrices, of all parameters with `decayAll`. Default 0. */
  readonly weightDecay?: number | undefined;
  readonly decayAll?: boolean | undefined;
  /** Longest that the gradient of all parameters may be; undefined = any length. */
  readonly clip?: number | undefined;
  /** Names of parameters that stay as they are; `stage1*` names several. */
  readonly freeze?: readonly string[] | undefined;
  /** `train` (default): normalise by the batch, keep running statistics; `frozen`: by the statistics that the network has. */
  readonly batchNorm?: "train" | "frozen" | undefined;
  /** Share of the batch in the running statistics. Default 0.1. */
  readonly momentum?: number | undefined;
}

/** Names of what goes into a step and comes out of it; the state of the optimiser is `state0`, `state1`, …. */
export const STEP = {
  images: "step/images",
  targets: "step/targets",
  theta: "step/theta",
  running: "step/running",
  rate: "step/rate",
  count: "step/count",
  loss: "step/loss",
  scores: "step/scores",
  norm: "step/gradient-norm",
  state: (i: number): string => `step/state${i}`,
  next: (name: string): string => `${name}/next`,
} as const;

/** A training step; what it computes is in {@link STEP}. */
export interface TrainingStep {
  readonly model: Model;
  readonly parameters: ParameterLayout;
  readonly statistics: StatisticsLayout;
  /** Outputs that the next step takes as inputs, by input. */
  readonly carried: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/**
 * Emit a step. Inputs: `images` `[N, …]`, `targets` `[N, classes]`, `theta` `[P]`, `running` `[R]`, optimiser state `[P]` each, `rate` and
 * `count` (scalars). Outputs: the next theta, running statistics and state, `loss`, `scores` `[N, classes]`, `gradient-norm`.
 *
 * @throws OnnxplainError `E_PARAM` for parameters that do not fit; `E_NO_DERIVATIVE` / `E_UNSUPPORTED_OP` where an op is in the way.
 */
export function trainingStep(network: Network, options: StepOptions, ops: Ops): TrainingStep {
  const { optimizer, batchNorm = "train", clip, momentum = 0.1 } = options;
  const parameters = parametersOf(network, options.freeze);
  const { g, theta, loss, scores, statistics } = lossGraph(network, parameters, { ...options, batchNorm }, ops);
  const m = formula(g, "float32");
  const nodes = g.build([loss]).nodes;
  const { cotangents, notes } = reverse({
    g,
    nodes,
    ops,
    from: new Map([[loss.name, g.scalar(1)]]),
    to: [theta.name],
  });
  const raw = cotangents.get(theta.name);
  if (!raw)
    throw new OnnxplainError(
      "E_NO_DERIVATIVE",
      "The loss does not depend on any parameter of the network. Freeze fewer.",
    );
  const norm = g.op("ReduceL2", [raw], { keepdims: 0 });
  const gradient = clip === undefined ? raw : m.mul(raw, m.atMost(m.div(clip, m.add(norm, 1e-6)), 1));
  const scalar = (name: string): Value => g.input(name, "float32", []);
  const states = Array.from({ length: optimizer.states }, (_, i) =>
    g.input(STEP.state(i), "float32", [parameters.size]),
  );
  const next = optimizer.emit({
    g,
    theta,
    gradient,
    decay: decayOf(g, parameters, options),
    rate: scalar(STEP.rate),
    step: scalar(STEP.count),
    state: states,
    params: readParams(optimizer.id, optimizer.params, options.optimizerParams ?? {}),
  });
  const carried: [Value, Value][] = [
    [theta, next.theta],
    ...states.map((s, i) => [s, next.state[i]] as [Value, Value]),
  ];
  if (statistics.size > 0) {
    const running = g.input(STEP.running, "float32", [statistics.size]);
    carried.push([running, updatedStatistics(g, running, { statistics: statistics.statistics, momentum })]);
  }
  const outputs = [
    ...carried.map(([from, to]) => g.alias(to, STEP.next(from.name))),
    g.alias(loss, STEP.loss),
    g.alias(scores, STEP.scores),
    g.alias(norm, STEP.norm),
  ];
  return {
    model: close(network.model, g, outputs),
    parameters,
    statistics,
    carried: Object.fromEntries(carried.map(([from]) => [from.name, STEP.next(from.name)])),
    notes,
  };
}

/** Loss and gradient of the parameters at one point, for solvers of their own and for checks: `images`, `targets`, `theta` -> `loss`, `gradient`. */
export function gradientGraph(
  network: Network,
  options: Pick<StepOptions, "loss" | "lossParams" | "freeze" | "batchNorm">,
  ops: Ops,
): { readonly model: Model; readonly parameters: ParameterLayout } {
  const parameters = parametersOf(network, options.freeze);
  const { g, theta, loss } = lossGraph(network, parameters, options, ops);
  const nodes = g.build([loss]).nodes;
  const { cotangents } = reverse({ g, nodes, ops, from: new Map([[loss.name, g.scalar(1)]]), to: [theta.name] });
  const gradient = cotangents.get(theta.name) as Value;
  const outputs = [g.alias(loss, STEP.loss), g.alias(gradient, "step/gradient")];
  return { model: close(network.model, g, outputs), parameters };
}

interface LossGraph {
  readonly g: GraphBuilder;
  readonly theta: Value;
  readonly loss: Value;
  readonly scores: Value;
  readonly statistics: StatisticsLayout;
}

/** Forward through parameters that are an input, and the loss. */
function lossGraph(
  network: Network,
  parameters: ParameterLayout,
  options: Pick<StepOptions, "loss" | "lossParams" | "batchNorm">,
  ops: Ops,
): LossGraph {
  const { loss, batchNorm } = options;
  const open = inferGraph(withTheta(network, parameters), ops);
  const { graph, layout } = batchNorm === "train" ? withBatchStatistics(open) : { graph: open, layout: NO_STATISTICS };
  const g = builderOn(layout.size > 0 ? inferGraph(graph, ops) : graph, ops);
  const scores = g.value(network.scores);
  const [batch] = scores.dims as readonly (number | string)[];
  const targets = g.input(STEP.targets, "float32", [batch ?? "N", network.classes]);
  const value = loss.emit({
    g,
    scores,
    targets,
    classes: network.classes,
    params: readParams(loss.id, loss.params, options.lossParams ?? {}),
    layer: (name) => layerOf(g, network, name),
  });
  return { g, theta: g.value(STEP.theta), loss: value, scores, statistics: layout };
}

/** The graph whose parameters are cut out of the input `theta`, under the names that they have. */
function withTheta({ model: { graph }, input }: Network, { slots, size }: ParameterLayout): Graph {
  const own = new Set(slots.map((s) => s.name));
  const constants = new Map<string, Tensor>([...graph.constants].filter(([name]) => !own.has(name)));
  constants.set(
    "step/sizes",
    tensor(
      "int64",
      [slots.length],
      slots.map((s) => s.size),
    ),
  );
  const nodes: Node[] = [
    plainNode(
      "Split",
      [STEP.theta, "step/sizes"],
      slots.map((s) => `${s.name}/flat`),
    ),
  ];
  for (const { name, dims } of slots) {
    constants.set(`${name}/dims`, tensor("int64", [dims.length], dims));
    nodes.push(plainNode("Reshape", [`${name}/flat`, `${name}/dims`], [name]));
  }
  const renamed = (name: string): string => (name === input ? STEP.images : name);
  const inputs: Port[] = graph.inputs.map((p) => ({ ...p, name: renamed(p.name) }));
  return {
    ...graph,
    constants,
    nodes: [...nodes, ...graph.nodes.map((n) => ({ ...n, inputs: n.inputs.map(renamed) }))],
    inputs: [...inputs, { name: STEP.theta, dtype: "float32", dims: [size] }],
  };
}

const plainNode = (op: string, inputs: readonly string[], outputs: readonly string[]): Node => ({
  op,
  domain: "",
  name: outputs[0] as string,
  inputs,
  outputs,
  attrs: {},
});

/** A value by its own name or its node's; by default what the last matrix product reads. Throws `E_LAYER_UNKNOWN`. */
function layerOf(g: GraphBuilder, { model: { graph } }: Network, name: string | undefined): Value {
  if (name === undefined) {
    const last = graph.nodes.findLast((n) => n.op === "Gemm" || n.op === "MatMul");
    if (last) return g.value(last.inputs[0] as string);
  }
  const node = graph.nodes.find((n) => n.outputs.includes(name ?? "") || n.name === name);
  if (node) return g.value(node.outputs.includes(name ?? "") ? (name as string) : (node.outputs[0] as string));
  throw new OnnxplainError(
    "E_LAYER_UNKNOWN",
    name === undefined
      ? "The network ends in no matrix product whose input could be compared. Name the feature: `feature=NAME`."
      : `No value or node is named \`${name}\`. \`onnxplain inspect\` lists them.`,
  );
}

/** One number where all parameters decay alike, one for each otherwise. */
function decayOf(
  g: GraphBuilder,
  { slots, size }: ParameterLayout,
  { weightDecay = 0, decayAll = false }: StepOptions,
): Value | undefined {
  if (weightDecay === 0) return undefined;
  if (decayAll || slots.every((s) => s.decays)) return g.scalar(weightDecay);
  const each = new Float32Array(size);
  for (const { offset, size: length, decays } of slots) if (decays) each.fill(weightDecay, offset, offset + length);
  return g.constant(tensor("float32", [size], each), "decay");
}
