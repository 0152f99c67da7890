/** @file Which number of the network's answer a metric looks at. */
import { oneOf, type ParamSpec, type Params } from "../params.ts";
import type { Scored } from "./metric.ts";

export const scoreSpec: ParamSpec = oneOf(
  "probability",
  ["probability", "logit"],
  "what is read of the class explained",
);

export type ReadScore = (scored: Scored) => number;

export const readScore =
  (params: Params, target: number): ReadScore =>
  ({ logits, probabilities }) =>
    (params.score === "logit" ? logits : probabilities)[target] as number;

/** The class with the largest score; of equal ones the lowest. */
export const predicted = ({ logits }: Scored): number => {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] as number) > (logits[best] as number)) best = i;
  return best;
};
