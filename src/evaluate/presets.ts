/** @file Whole evaluations under one name: methods, metrics and agreements as the literature's tables have them. */
import { OnnxplainError } from "../errors.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { MethodAsk, MetricAsk } from "./ask.ts";

/** What methods of a preset may depend on. */
export interface PresetContext {
  readonly classifier: Pick<Classifier, "height" | "width">;
  readonly preprocessing: Preprocessing;
}

export interface EvaluationPreset {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly methods: (context: PresetContext) => readonly MethodAsk[];
  readonly metrics: readonly (string | MetricAsk)[];
  readonly agreements: readonly (readonly string[])[];
}

/** Grey 0.5 in the network's own units. */
const grey = ({ scale, mean, std }: Preprocessing): readonly number[] =>
  mean.map((m, c) => (127.5 * scale - m) / (std[c] as number));

/** A grey square, at most as large as the input, moved by half its side. */
const occ = ({ classifier, preprocessing }: PresetContext, size: number): MethodAsk => ({
  name: `occ ${size}`,
  method: "occlusion",
  output: "probability",
  params: { patch: Math.min(size, classifier.height, classifier.width), fill: grey(preprocessing) },
});
const grad = (dilations: number): MethodAsk => ({
  name: `grad ${dilations}`,
  method: "grad-magnitude",
  output: "probability",
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
    source:
      "layout of table 1 of the SCG and CCG paper (SPEC 5.6): masks of 25 % and 5 %, blurred and black base images",
    methods: (context) => [
      ...[10, 50, 100].map((size) => occ(context, size)),
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
    source:
      "Zhang et al. 2016 (pointing game); Arras et al. 2022 (relevance mass and rank); Lapuschkin et al. 2016 (outside-inside)",
    methods: () => PLAIN,
    metrics: ["pointing-game", "relevance-mass", "relevance-rank", "iou-at-top", "outside-inside"],
    agreements: [],
  },
];

export const EVALUATION_PRESETS: readonly EvaluationPreset[] = TABLE;

/** Throws `E_PARAM`, listing all. */
export function findPreset(id: string): EvaluationPreset {
  const found = TABLE.find((preset) => preset.id === id.toLowerCase());
  if (found) return found;
  throw new OnnxplainError(
    "E_PARAM",
    `There is no evaluation preset \`${id}\`. Presets: ${TABLE.map((p) => p.id).join(", ")}.`,
  );
}
