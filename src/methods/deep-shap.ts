/** @file DeepSHAP: the mean of DeepLIFT over several baselines (Lundberg and Lee 2017, section 4.2). */
import type { Dim } from "../graph/dim.ts";
import { completeness, emitLift, SCORE_DIFFERENCE } from "./deep-lift.ts";
import type { Fold, Method, Plan, PlanContext } from "./method.ts";
import { cotangentGraph, inputRow, SALIENCY_MAP, staticRow } from "./one-pass.ts";
import { DEFAULT_REFERENCES, referenceRows, references } from "./references.ts";

const BASELINE = "x/baseline";
/** Baselines that are made of the image, when none are given. */
const OWN = 4;

function plan(context: PlanContext): Plan {
  const { classifier, params } = context;
  const given = params.baselines ?? null;
  const size = classifier.channels * classifier.height * classifier.width;
  const count = given === null ? OWN : referenceRows(classifier, given, new Float32Array(size)).length;
  const { model, map, notes } = cotangentGraph(context, (emitting) =>
    emitLift(emitting, emitting.g.input(BASELINE, "float32", classifier.input.dims as readonly Dim[])),
  );
  const dims = staticRow(map);
  return {
    model,
    notes,
    count,
    outputs: [SALIENCY_MAP, SCORE_DIFFERENCE],
    rows: function* (sample) {
      for (const row of referenceRows(classifier, given, sample.x))
        yield { ...inputRow(classifier, sample), [BASELINE]: row };
    },
    fold: () => mean(size, dims),
  };
}

function mean(size: number, dims: readonly number[]): Fold {
  const sum = new Float64Array(size);
  let [difference, count] = [0, 0];
  return {
    add: (result) => {
      (result[SALIENCY_MAP] as Float32Array).forEach((v, i) => {
        sum[i]! += v;
      });
      difference += result[SCORE_DIFFERENCE]?.[0] as number;
      count++;
    },
    done: () => {
      const values = Float32Array.from(sum, (s) => s / count);
      return { values, dims, checks: completeness(values, difference / count) };
    },
  };
}

export const deepShap: Method = {
  id: "deep-shap",
  aliases: ["deep-lift-shap", "deep-explainer"],
  title: "DeepSHAP: mean of DeepLIFT over several baselines",
  source: "Lundberg, Lee 2017 (arXiv 1705.07874), section 4.2; Captum DeepLiftShap",
  params: { baselines: references(`the baselines; ${DEFAULT_REFERENCES}`) },
  space: "input",
  signed: () => true,
  cost: "baselines x (2 forward + backward)",
  gradients: true,
  emit: { none: "it averages over several baselines; compile `deep-lift` with one of them" },
  plan,
};
