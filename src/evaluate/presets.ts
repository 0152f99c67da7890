/** @file Whole evaluations under one name: methods, metrics and agreements as the literature's tables have them. */
import type { Classifier } from "../methods/classifier.ts";
import { earlyLayer } from "../methods/early-layer.ts";
import type { MethodAsk, MetricAsk } from "./ask.ts";

export interface EvaluationPreset {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly methods: (classifier: Classifier) => readonly MethodAsk[];
  readonly metrics: readonly (string | MetricAsk)[];
  readonly agreements: readonly (readonly string[])[];
}

/** A square of `size` pixels over all channels, at most as large as the input; the paper slides it by half its side. */
const occ = ({ channels, height, width }: Classifier, size: number): MethodAsk => {
  const side = Math.min(size, height, width);
  const step = Math.max(1, Math.floor(side / 2));
  return {
    name: `occ ${size}`,
    method: "occlusion",
    params: { sliding_window_shapes: [channels, side, side], strides: [channels, step, step] },
  };
};
const grad = (dilations: number): MethodAsk => ({
  name: `grad ${dilations}`,
  method: "grad-magnitude",
  params: { dilations },
});

const PLAIN: readonly MethodAsk[] = [
  { method: "grad-cam" },
  { method: "gradient" },
  { method: "input-x-gradient" },
  { method: "integrated-gradients" },
];

const TABLE: readonly EvaluationPreset[] = [
  {
    id: "confidence-gain",
    title: "Simple and concise confidence gain",
    source: "layout of table 1 of the SCG and CCG paper (SPEC 5.6): masks of 25 % and 5 %, blurred and black base images",
    methods: (classifier) => [
      ...[10, 50, 100].map((size) => occ(classifier, size)),
      ...[0, 2, 5].map(grad),
      { name: "C-MWP", method: "contrastive-excitation-backprop" },
    ],
    metrics: [0.25, 0.05].flatMap((rho) => [`scg rho=${rho}`, `ccg rho=${rho}`]),
    agreements: [
      ["grad 5", "occ 10"],
      ["C-MWP", "grad 5"],
      ["C-MWP", "occ 10"],
    ],
  },
  {
    id: "average-drop",
    title: "Average drop and increase",
    source: "Lam et al., ICCV 2021; Chattopadhay et al. 2018; Zhang et al. 2024 (average gain)",
    methods: () => PLAIN,
    metrics: ["average-drop", "average-increase", "average-gain"],
    agreements: [],
  },
  {
    id: "morf",
    title: "Pixel flipping",
    source: "Samek et al. 2017; Petsiuk et al. 2018",
    methods: () => PLAIN,
    metrics: ["morf", "lerf", "insertion", "deletion"],
    agreements: [],
  },
  {
    id: "ground-truth",
    title: "Against the ground truth",
    source: "Zhang et al. 2016 (pointing game); Arras et al. 2022 (relevance mass and rank); Lapuschkin et al. 2016 (outside-inside)",
    methods: () => PLAIN,
    metrics: ["pointing-game", "relevance-mass", "relevance-rank", "iou-at-top", "outside-inside"],
    agreements: [],
  },
];

export const EVALUATION_PRESETS: Readonly<Record<string, EvaluationPreset>> = Object.fromEntries(
  TABLE.map((preset) => [preset.id, preset]),
);
export { earlyLayer };
