/** @file Excitation backprop and its contrastive form: probability of winning, passed down (Zhang et al. 2016; SPEC 5.4). */

import { OnnxplainError } from "../errors.ts";
import type { Value } from "../graph/builder.ts";
import type { Node } from "../graph/types.ts";
import { boolean, name, oneOf, type Params } from "../params.ts";
import { type Composite, type CompositeRow, EXCITATION } from "../rules/composites.ts";
import { relevance, uncovered } from "../rules/relevance.ts";
import type { WalkSettings } from "../rules/rule-site.ts";
import { signedLayers } from "../rules/signs.ts";
import { type Survey, survey } from "../rules/survey.ts";
import { parseRule } from "../rules/table.ts";
import { channelSum } from "./channel-sum.ts";
import type { Classifier } from "./classifier.ts";
import { earlyLayer, earlyLayerBelow } from "./early-layer.ts";
import { topOf } from "./excitation-top.ts";
import { type Layer, upstream } from "./layers.ts";
import type { EmitContext, Emitted, Method } from "./method.ts";
import { onePass } from "./one-pass.ts";
import { channelAxisOf, walkTo, whereOf } from "./relevance-walk.ts";
import { rulesParam } from "./rule-params.ts";

const settingsOf = (classifier: Classifier): WalkSettings => ({
  stabilizer: 0,
  residual: "norm",
  low: undefined,
  high: undefined,
  channelAxis: channelAxisOf(classifier),
});

/** The input of the last layer with weights. */
function classifierInput({ model: { graph } }: Classifier, s: Survey): string | undefined {
  const reached = new Set(s.nodes.flatMap((n) => [...n.inputs, ...n.outputs]));
  return s.last?.inputs.find((n) => reached.has(n) && !graph.constants.has(n));
}

/** How a sum of branches shares, by the policy's name. */
const SUMS = {
  share: "share",
  positive: "positive-share",
  contribution: "contribution",
  ignore_skip: "ignore-skip",
} as const;

function compositeOf(params: Params): Composite {
  const sums: CompositeRow = ["sum", parseRule(SUMS[params.residual as keyof typeof SUMS])];
  const clamped: readonly CompositeRow[] =
    params.inputs === "positive" ? [["weighted", parseRule("positive-excitation")]] : [];
  return {
    ...EXCITATION,
    rows: [...((params.rules as readonly CompositeRow[] | null) ?? []), sums, ...clamped, ...EXCITATION.rows],
  };
}

const unsuitable = (classifier: Classifier, params: Params): string | undefined =>
  uncovered(compositeOf(params), survey(whereOf(classifier)));

/** Layers above `to` that read values which may be negative. */
function signedNotes({ g, classifier, params }: EmitContext, to: string): readonly string[] {
  if (params.inputs === "positive") return [];
  const below = upstream(classifier.model.graph, [to]);
  const { layers, signed } = signedLayers(g, survey(whereOf(classifier)), (n) => !below.has(n.outputs[0] ?? ""));
  if (signed === 0) return [];
  return [
    `Excitation backprop assumes inputs that are never negative; ${signed} of ${layers} layers above \`${to}\` read values that may be. The conservation residual tells what that costs; \`inputs=positive\` lets only positive parts excite.`,
  ];
}

/** P at a layer, summed over channels: [N,h,w]. */
function emitExcitation(context: EmitContext): Emitted {
  const { g, classifier, params } = context;
  const layer = context.layer as Layer;
  const top = topOf(context);
  const { map, ...rest } = walkTo(context, {
    composite: compositeOf(params),
    settings: settingsOf(classifier),
    start: top.probability,
    from: top.at,
    to: layer.name,
    ledger: params.ledger === true,
  });
  return { ...rest, map: channelSum(g, map, layer), notes: [...rest.notes, ...signedNotes(context, layer.name)] };
}

/** The dual unit: the same classifier layer, weights negated. */
const dual = (composite: Composite): Composite => ({
  ...composite,
  rows: [["last", parseRule("dual-excitation")], ...composite.rows],
});

/** P+ - P- below the classifier, passed on to the layer, summed over channels, clipped at 0: [N,h,w]. */
function emitContrastive(context: EmitContext): Emitted {
  const { g, classifier, params } = context;
  const layer = context.layer as Layer;
  const where = whereOf(classifier);
  const s = survey(where);
  const at = contrastValue(classifier, s, params.contrast_layer as string | null);
  const composite = compositeOf(params);
  const settings = settingsOf(classifier);
  const top = topOf(context);
  const down = (rules: Composite): Value => {
    const { relevance: found } = relevance({
      g,
      where,
      composite: rules,
      settings,
      start: new Map([[top.at, top.probability]]),
      to: [at],
    });
    return found.get(at) as Value;
  };
  const difference = g.op("Sub", [down(composite), down(dual(composite))]);
  const { relevance: found, notes } = relevance({
    g,
    where,
    composite,
    settings,
    start: new Map([[at, difference]]),
    to: [layer.name],
  });
  const map = found.get(layer.name);
  if (!map)
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `No path leads from the contrast layer \`${at}\` to \`${layer.name}\`. Choose a layer between the image and the contrast layer.`,
    );
  const summed = channelSum(g, map, layer);
  return {
    map: params.relu === true ? g.op("Relu", [summed]) : summed,
    notes: [...notes, ...signedNotes(context, layer.name)],
  };
}

/** The value at which the two passes are subtracted: the classifier's input unless told otherwise. */
function contrastValue(classifier: Classifier, s: Survey, wanted: string | null): string {
  if (wanted === null) return classifierInput(classifier, s) as string;
  const { graph } = classifier.model;
  const node = graph.nodes.find((n) => n.name === wanted || n.outputs.includes(wanted));
  const value = graph.facts.has(wanted) ? wanted : node?.outputs[0];
  const producedAt = s.nodes.findIndex((n) => value !== undefined && n.outputs.includes(value));
  if (value === undefined || producedAt < 0)
    throw new OnnxplainError(
      "E_LAYER_UNKNOWN",
      `The model has no value or node named \`${wanted}\` between image and scores to contrast at. \`onnxplain inspect MODEL\` lists the layers.`,
    );
  if (producedAt >= s.nodes.indexOf(s.last as Node))
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `The contrast layer \`${wanted}\` lies above the classifier "${s.last?.name}", whose weights tell the class from its dual. Choose a layer below it.`,
    );
  return value;
}

/** The layer read when none is named: it must lie below the classifier. */
const belowClassifier = (classifier: Classifier): Layer | undefined => {
  const input = classifierInput(classifier, survey(whereOf(classifier)));
  return input === undefined ? undefined : earlyLayerBelow(classifier, input);
};

const params = {
  head: oneOf(
    "proportional",
    ["proportional", "softmax"],
    "how a pooled map of class scores shares among positions: by activation (TorchRay), or by exp(score) of the convolution that makes it (authors' code for fully convolutional heads)",
  ),
  residual: oneOf(
    "share",
    Object.keys(SUMS),
    "how a sum of branches shares: by signed contribution (TorchRay), by its positive part, by absolute contribution, or all to the branch with layers (ignore_skip, Caffe-ExcitationBP)",
  ),
  inputs: oneOf(
    "positive",
    ["positive", "as_is"],
    "what excites where a layer reads negative values, which the method does not foresee: their positive part, or the values as they are (TorchRay)",
  ),
  rules: rulesParam("rules for single layers before the method's own: `pattern=rule` joined by `;`"),
};

const facts = {
  space: "layer",
  gradients: true,
  separateBatchNorm: true,
} as const;

export const excitationBackprop: Method = {
  ...facts,
  id: "excitation-backprop",
  aliases: ["mwp", "ebp", "marginal-winning-probability"],
  title: "Excitation backprop (marginal winning probability)",
  source: "Zhang et al. 2016 (arXiv 1608.00507), eq. 1-5; SPEC 5.4; TorchRay excitation_backprop",
  params: { ...params, ledger: boolean(false, "keep books on every node") },
  signed: () => false,
  defaultLayer: earlyLayer,
  unsuitable,
  cost: "2 forward + 1 backward from the scores to the layer",
  emit: emitExcitation,
  plan: onePass(emitExcitation),
};

export const contrastiveExcitationBackprop: Method = {
  ...facts,
  id: "contrastive-excitation-backprop",
  aliases: ["c-mwp", "cmwp", "contrastive-ebp", "cebp"],
  title: "Contrastive excitation backprop",
  source: "Zhang et al. 2016 (arXiv 1608.00507), section 3.3; SPEC 5.4; TorchRay contrastive_excitation_backprop",
  params: {
    ...params,
    relu: boolean(true, "clip at 0 at the end, as the authors do; otherwise the map sums to 0"),
    contrast_layer: name(
      "where the passes of class and dual are subtracted; the propagation is linear, so the choice does not change the map; none = the classifier's input",
    ),
  },
  signed: (given) => given.relu !== true,
  defaultLayer: (classifier) => belowClassifier(classifier) ?? earlyLayer(classifier),
  unsuitable: (classifier, params) =>
    unsuitable(classifier, params) ??
    (belowClassifier(classifier)
      ? undefined
      : "no feature map lies below its last layer with weights, which tells a class from its dual"),
  cost: "2 forward + 2 short and 1 long backward",
  emit: emitContrastive,
  plan: onePass(emitContrastive),
};
