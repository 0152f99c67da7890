/** @file Where a step went wrong: the first layer or parameter that gave no finite number. */
import { close, type Ops } from "../diff/emit.ts";
import type { Graph, Model } from "../graph/types.ts";
import { builderOn, inferGraph } from "../ops/infer.ts";
import type { HostTensor, OpenSession, SessionOptions } from "../runtime/session.ts";
import { baked, type Learned } from "./bake.ts";
import type { Batch } from "./batch.ts";
import type { Network } from "./network.ts";
import { type StatisticsLayout, withBatchStatistics } from "./running-statistics.ts";
import type { TrainingStep } from "./step.ts";

export interface Culprit {
  readonly kind: "input" | "parameter" | "layer" | "gradient";
  /** Name of the parameter or of the node's output. */
  readonly name: string;
  readonly op?: string;
}

export interface Suspicion {
  readonly network: Network;
  readonly step: TrainingStep;
  /** What the failed step began with. */
  readonly learned: Learned;
  readonly batch: Batch;
  /** Dims of one sample. */
  readonly dims: readonly number[];
}

/**
 * Looks at the batch, then the parameters, then every layer of the forward pass in order; when all of them are finite, the gradient
 * is to blame.
 */
export async function findNonFinite(
  { network, step, learned, batch, dims }: Suspicion,
  open: (bytes: Model, options?: SessionOptions) => ReturnType<OpenSession>,
  ops: Ops,
): Promise<Culprit> {
  if (!allFinite(batch.images)) return { kind: "input", name: network.input };
  const slot = step.parameters.slots.find(
    ({ offset, size }) => !allFinite(learned.theta.subarray(offset, offset + size)),
  );
  if (slot) return { kind: "parameter", name: slot.name };
  const model = baked(network, learned, step);
  const exposed = everyValue(inBatches(model.graph, step.statistics), model, ops);
  const session = await open(exposed);
  try {
    const images: HostTensor = { dtype: "float32", dims: [batch.count, ...dims], data: batch.images };
    for (const { name, op } of valuesOf(model.graph)) {
      const result = (await session.run({ [network.input]: images }, [name]))[name];
      if (result && !allFinite(result.data as Float32Array)) return { kind: "layer", name, op };
    }
  } finally {
    await session.dispose();
  }
  return { kind: "gradient", name: "the gradient of the parameters" };
}

/** In words, for the message. */
export const culpritText = ({ kind, name, op }: Culprit): string =>
  ({
    input: `the input \`${name}\` of this batch is not finite`,
    parameter: `the step before left \`${name}\` not finite`,
    layer: `the first layer without finite numbers is \`${name}\` (${op})`,
    gradient: "every layer is finite, but the gradient is not",
  })[kind];

const allFinite = (values: ArrayLike<number>): boolean => {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
};

const inBatches = (graph: Graph, { size }: StatisticsLayout): Graph =>
  size > 0 ? withBatchStatistics(graph).graph : graph;

const valuesOf = ({ nodes, facts }: Graph): readonly { readonly name: string; readonly op: string }[] =>
  nodes.flatMap(({ outputs: [name = ""], op }) => (facts.get(name)?.dtype === "float32" ? [{ name, op }] : []));

/** The model with the first output of every node as an output. */
function everyValue(graph: Graph, model: Model, ops: Ops): Model {
  const g = builderOn(inferGraph(graph, ops), ops);
  return close(
    { ...model, graph },
    g,
    valuesOf(model.graph).map(({ name }) => g.value(name)),
  );
}
