/** @file `onnxplain fisher <verb>`: the classic pipeline, and what it looks at. */
import { fisherTrain } from "./fisher-train.ts";
import { group } from "./group.ts";
import type { Verb } from "./verb.ts";

export const fisherVerb: Verb = group("fisher", "Fisher vectors of dense SIFT: trained, emitted as ONNX, explained", {
  train: fisherTrain,
});
