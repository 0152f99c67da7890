/** @file What a relevance rule sees at a node, beyond what the walk gives. */
import type { Site } from "../diff/reverse.ts";
import type { Value } from "../graph/builder.ts";
import type { Cotangents } from "../ops/define.ts";
import type { Survey } from "./survey.ts";

/** How a sum of branches shares relevance; SPEC 5.4, FIELD 1.3. */
export const RESIDUAL_POLICIES = ["norm", "contribution", "ignore_skip"] as const;
export type ResidualPolicy = (typeof RESIDUAL_POLICIES)[number];

export interface WalkSettings {
  /** Added to denominators away from 0. */
  readonly stabilizer: number;
  readonly residual: ResidualPolicy;
  /** Lowest and highest value of each channel of the network's input; for the z^B rule. */
  readonly low: readonly number[] | undefined;
  readonly high: readonly number[] | undefined;
  /** Axis of the input that holds the channels. */
  readonly channelAxis: number;
}

/** Where relevance went that a node did not pass on; values of any shape, summed when the ledger is written. */
export interface Account {
  readonly bias: (absorbed: Value) => void;
  readonly stabilizer: (absorbed: Value) => void;
  readonly dead: (lost: Value) => void;
}

export interface RuleSite extends Site {
  readonly survey: Survey;
  readonly settings: WalkSettings;
  /** Set when a ledger is kept. */
  readonly account: Account | undefined;
}

/** A relevance rule for one node: relevance of its outputs in, relevance of its inputs out. */
export type NodeRule = (site: RuleSite) => Cotangents;
