/** @file What kind of answer a method gives, in the words of a list. */
import type { Method } from "../../src/index.ts";

type Test = (method: Method) => boolean;
const named =
  (...ids: readonly string[]): Test =>
  ({ id }) =>
    ids.includes(id);

/** The first row that fits names the family. */
const FAMILIES: readonly (readonly [family: string, fits: Test])[] = [
  ["Attention", named("attention-rollout", "chefer")],
  ["Learned masks", named("meaningful-perturbation", "extremal-perturbation")],
  [
    "Occlusion and sampling",
    (m) => m.perturbation !== undefined || named("occlusion", "rise", "lime", "kernel-shap")(m),
  ],
  [
    "Relevance",
    named(
      "lrp",
      "excitation-backprop",
      "contrastive-excitation-backprop",
      "deep-lift",
      "deep-shap",
      "guided-backprop",
      "deconvnet",
    ),
  ],
  ["Class activation maps", (m) => m.space === "layer"],
  ["Gradients", () => true],
];

export const familyOf = (method: Method): string => FAMILIES.find(([, fits]) => fits(method))?.[0] ?? "Gradients";
