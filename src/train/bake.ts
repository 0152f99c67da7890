/** @file From a vector of parameters back to a network that runs anywhere. */
import type { Model } from "../graph/types.ts";
import type { Network } from "./network.ts";
import { type ParameterLayout, tensorsOf, withConstants } from "./parameters.ts";
import { type StatisticsLayout, statisticTensors } from "./running-statistics.ts";

export interface Learned {
  readonly theta: Float32Array;
  readonly running: Float32Array;
}

/** The network with what was learned as its constants, in evaluation form; `metadata` is written into the file. */
export function baked(
  { model }: Network,
  { theta, running }: Learned,
  layouts: {
    readonly parameters: ParameterLayout;
    readonly statistics: StatisticsLayout;
    readonly metadata?: Readonly<Record<string, string>>;
  },
): Model {
  const { parameters, statistics, metadata = {} } = layouts;
  const constants = new Map([...tensorsOf(theta, parameters), ...statisticTensors(running, statistics)]);
  const made = withConstants(model, constants);
  return { ...made, metadata: new Map([...made.metadata, ...Object.entries(metadata)]) };
}
