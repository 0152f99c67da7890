/** @file Guided backprop and deconvnet: the gradient with other rules at rectifiers. */
import { findComposite } from "../rules/composites.ts";
import { hasRectifier } from "../rules/relevance.ts";
import { survey } from "../rules/survey.ts";
import type { Classifier } from "./classifier.ts";
import type { EmitContext, Emitted, Method } from "./method.ts";
import { onePass } from "./one-pass.ts";
import { channelAxisOf, walkTo, whereOf } from "./relevance-walk.ts";

/** The walk of a composite that is the gradient's everywhere else. Nothing is conserved, so nothing is checked. */
const emitWith =
  (composite: string) =>
  (context: EmitContext): Emitted => {
    const { classifier, cotangent } = context;
    const { map, notes } = walkTo(context, {
      composite: findComposite(composite),
      settings: {
        stabilizer: 0,
        residual: "norm",
        low: undefined,
        high: undefined,
        channelAxis: channelAxisOf(classifier),
      },
      start: cotangent,
      to: classifier.input.name,
      ledger: false,
    });
    return { map, notes };
  };

const unsuitable = (classifier: Classifier): string | undefined =>
  hasRectifier(survey(whereOf(classifier)))
    ? undefined
    : "the model has no rectifier (Relu, Clip, LeakyRelu), so it would be the plain gradient";

const guided = emitWith("guided-backprop");
const deconv = emitWith("deconvnet");
const facts = {
  params: {},
  space: "input",
  signed: () => true,
  cost: "1 forward + 1 backward",
  gradients: true,
  unsuitable,
} as const;

export const guidedBackprop: Method = {
  ...facts,
  id: "guided-backprop",
  aliases: ["guided-backpropagation"],
  title: "Guided backpropagation",
  source: "Springenberg et al. 2015 (arXiv 1412.6806), figure 1; Captum GuidedBackprop",
  emit: guided,
  plan: onePass(guided),
};

export const deconvnet: Method = {
  ...facts,
  id: "deconvnet",
  aliases: ["deconvolution", "deconv"],
  title: "Deconvnet",
  source: "Zeiler, Fergus 2014 (arXiv 1311.2901), section 2.1; Captum Deconvolution; first of equal maxima",
  emit: deconv,
  plan: onePass(deconv),
};
