/** @file `onnxplain fisher <verb>`: the classic pipeline, and what it looks at. */

import { fisherClassify } from "./fisher-classify.ts";
import { fisherEvaluate } from "./fisher-evaluate.ts";
import { fisherExplain } from "./fisher-explain.ts";
import { fisherTrain } from "./fisher-train.ts";
import { group } from "./group.ts";
import type { Verb } from "./verb.ts";

export const fisherVerb: Verb = group("fisher", "Fisher vectors of dense SIFT: trained, emitted as ONNX, explained", {
  train: fisherTrain,
  classify: fisherClassify,
  explain: fisherExplain,
  evaluate: fisherEvaluate,
});
