/** @file BatchNormalization in training: the batch's own statistics go forward, running ones are kept for later use. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { float, type Graph, type Model, type Node, type Tensor } from "../graph/types.ts";
import { formula } from "../ops/formula.ts";

/** Statistics of one node: where its running mean and variance stand in the vector of all. */
export interface Statistic {
  /** Constants of the network that hold the running statistics. */
  readonly mean: string;
  readonly variance: string;
  readonly channels: number;
  /** Of the mean; the variance follows. */
  readonly offset: number;
  /** What the node normalises. */
  readonly data: string;
  /** Values that hold the batch's mean and (biased) variance. */
  readonly batchMean: string;
  readonly batchVariance: string;
}

export interface StatisticsLayout {
  readonly statistics: readonly Statistic[];
  readonly size: number;
}

export const NO_STATISTICS: StatisticsLayout = { statistics: [], size: 0 };

/** The graph with every BatchNormalization in training mode. */
export function withBatchStatistics(graph: Graph): { readonly graph: Graph; readonly layout: StatisticsLayout } {
  const statistics: Statistic[] = [];
  let size = 0;
  const nodes = graph.nodes.map((node): Node => {
    if (node.op !== "BatchNormalization" || node.domain !== "") return node;
    const [data = "", , , mean = "", variance = ""] = node.inputs;
    const [y = ""] = node.outputs;
    const [batchMean, batchVariance] = [`${y}/batch-mean`, `${y}/batch-variance`];
    const channels = (graph.constants.get(mean) as Tensor).data.length;
    statistics.push({ mean, variance, channels, offset: size, data, batchMean, batchVariance });
    size += 2 * channels;
    // with momentum 0 the node gives the statistics of the batch alone
    const attrs = { ...node.attrs, training_mode: 1, momentum: float(0) };
    return { ...node, outputs: [y, batchMean, batchVariance], attrs };
  });
  return { graph: { ...graph, nodes }, layout: { statistics, size } };
}

/**
 * Running statistics after a batch, `[R]`: running + momentum (batch - running), the batch's variance over n - 1.
 *
 * Source: torch.nn.BatchNorm2d.
 */
export function updatedStatistics(
  g: GraphBuilder,
  running: Value,
  { statistics, momentum }: { readonly statistics: readonly Statistic[]; readonly momentum: number },
): Value {
  const m = formula(g, "float32");
  const parts = statistics.flatMap(({ data, batchMean, batchVariance, channels }) => {
    const size = g.op("Cast", [g.op("Size", [g.value(data)])], { to: dtypeCode("float32") });
    const count = m.div(size, channels);
    // a channel of one number has no spread
    const unbiased = m.div(count, m.atLeast(m.sub(count, 1), 1));
    return [g.value(batchMean), m.mul(g.value(batchVariance), unbiased)];
  });
  const batch = g.op("Concat", parts, { axis: 0 });
  return m.add(running, m.mul(m.sub(batch, running), momentum));
}

/** The running statistics as they stand in the network: `[R]`. */
export function runningOf({ graph }: Model, { statistics, size }: StatisticsLayout): Float32Array {
  const running = new Float32Array(size);
  for (const { mean, variance, channels, offset } of statistics) {
    running.set(graph.constants.get(mean)?.data as Float32Array, offset);
    running.set(graph.constants.get(variance)?.data as Float32Array, offset + channels);
  }
  return running;
}

export const statisticTensors = (
  running: Float32Array,
  { statistics }: StatisticsLayout,
): ReadonlyMap<string, Tensor> =>
  new Map(
    statistics.flatMap(({ mean, variance, channels, offset }) =>
      [mean, variance].map((name, i) => {
        const data = running.slice(offset + i * channels, offset + (i + 1) * channels);
        return [name, { dtype: "float32", dims: [channels], data } as const] as const;
      }),
    ),
  );
