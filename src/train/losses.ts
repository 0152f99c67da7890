/** @file Losses, as graphs: each a row that turns scores and targets into one number, the mean over the batch. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";
import { formula } from "../ops/formula.ts";
import {
  name,
  nonNegative,
  numbers,
  type ParamSpec,
  type ParamSpecs,
  type Params,
  positive,
  share,
} from "../params.ts";

export interface LossArgs {
  readonly g: GraphBuilder;
  /** `[N, classes]`, logits. */
  readonly scores: Value;
  /** `[N, classes]`: one-hot, or 0 / 1 for several labels a picture. */
  readonly targets: Value;
  readonly classes: number;
  readonly params: Params;
  /** A value or node of the network; throws `E_LAYER_UNKNOWN` when there is none. */
  readonly layer: (name: string | undefined) => Value;
}

export interface Loss {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** What the targets say of a picture: one class, or any number of labels. */
  readonly targets: "class" | "labels";
  /** Batches come as pairs: picture i of the first half belongs to picture i of the second. */
  readonly paired?: true;
  readonly params: ParamSpecs;
  readonly emit: (args: LossArgs) => Value;
}

const CLASS_WEIGHTS: ParamSpec = numbers(null, "one weight a class, in class order; default 1 each");

/** `[1, classes]`; undefined where every class counts the same. Throws `E_PARAM` for a wrong count. */
function classWeights({ g, classes, params }: LossArgs): Value | undefined {
  const weights = params.class_weights as readonly number[] | null;
  if (weights === null) return undefined;
  if (weights.length !== classes || weights.some((w) => w < 0))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`class_weights\` to be ${classes} numbers from 0 up, one for each class, got ${weights.length}${weights.length === classes ? " with one below 0" : ""}.`,
    );
  return g.constant(tensor("float32", [1, classes], weights));
}

/**
 * Mean over the batch of -Σ_c w_c t_c log p_c, over Σ w of the true classes; smoothing s makes t = (1 - s) onehot + s / classes.
 */
function crossEntropy(args: LossArgs): Value {
  const { g, scores, targets, classes, params } = args;
  const m = formula(g, "float32");
  const smoothing = params.label_smoothing as number;
  const smooth = smoothing === 0 ? targets : m.add(m.mul(targets, 1 - smoothing), smoothing / classes);
  const weights = classWeights(args);
  const terms = m.mul(smooth, g.op("LogSoftmax", [scores], { axis: 1 }));
  const all = (v: Value): Value => g.op("ReduceSum", [v], { keepdims: 0 });
  if (weights === undefined) return m.neg(meanOverBatch(g, terms));
  return m.neg(m.div(all(m.mul(terms, weights)), all(m.mul(targets, weights))));
}

/** Σ over classes, mean over the batch. */
const meanOverBatch = (g: GraphBuilder, terms: Value): Value =>
  g.op("ReduceMean", [g.op("ReduceSum", [terms, g.ints([1])], { keepdims: 0 })], { keepdims: 0 });

/** max(0, 1 - y f), y = ±1. */
function margins({ g, scores, targets }: LossArgs): Value {
  const m = formula(g, "float32");
  return g.op("Relu", [m.sub(1, m.mul(m.sub(m.mul(targets, 2), 1), scores))]);
}

const weighted = (args: LossArgs, terms: Value): Value => {
  const weights = classWeights(args);
  return weights === undefined ? terms : args.g.op("Mul", [terms, weights]);
};

/** log(1 + e^f) - t f, without overflow. */
function binaryCrossEntropy(args: LossArgs): Value {
  const { g, scores, targets } = args;
  const m = formula(g, "float32");
  const tail = m.log(m.add(m.exp(m.neg(m.abs(scores))), 1));
  const terms = m.add(m.sub(g.op("Relu", [scores]), m.mul(targets, scores)), tail);
  return meanOverBatch(g, weighted(args, terms));
}

/** Keeps the root differentiable where two features agree. */
const TINY = 1e-12;

/**
 * CE(x1) + CE(x2) + weight/2 · [ s d² + (1 - s) max(0, margin - d)² ], d = ‖f(x1) - f(x2)‖, s = 1 for a pair of one class; the mean
 * over pairs. Both pictures go through the same weights.
 */
function identificationVerification(args: LossArgs): Value {
  const { g, targets, params, layer } = args;
  const m = formula(g, "float32");
  const feature = layer((params.feature as string | null) ?? undefined);
  const flat = feature.dims?.length === 2 ? feature : g.op("Flatten", [feature], { axis: 1 });
  const halves = (v: Value): readonly [Value, Value] =>
    g.ops("Split", [v], { attrs: { axis: 0, num_outputs: 2 }, outputs: 2 }) as unknown as readonly [Value, Value];
  const [f1, f2] = halves(flat);
  const [t1, t2] = halves(targets);
  const difference = m.sub(f1, f2);
  const rows = (v: Value): Value => g.op("ReduceSum", [v, g.ints([1])], { keepdims: 0 });
  const squared = rows(m.mul(difference, difference));
  const apart = g.op("Relu", [m.sub(params.margin as number, m.sqrt(m.add(squared, TINY)))]);
  const same = rows(m.mul(t1, t2));
  const pulled = m.add(m.mul(same, squared), m.mul(m.sub(1, same), m.mul(apart, apart)));
  const verification = m.mul(g.op("ReduceMean", [pulled], { keepdims: 0 }), (params.weight as number) / 2);
  // the mean over 2n pictures, twice: one for each half
  const identification = m.mul(crossEntropy({ ...args, params: { label_smoothing: 0, class_weights: null } }), 2);
  return m.add(identification, verification);
}

const LIST: readonly Loss[] = [
  {
    id: "cross-entropy",
    title: "Softmax cross-entropy",
    source: "label smoothing: Szegedy et al. 2016, section 7; weights as torch.nn.CrossEntropyLoss",
    targets: "class",
    params: {
      label_smoothing: nonNegative(0, "share of the target spread over all classes, 0 to below 1"),
      class_weights: CLASS_WEIGHTS,
    },
    emit: crossEntropy,
  },
  {
    id: "hinge",
    title: "Sum of hinge losses over classes",
    source: "Lapuschkin et al. 2016, supplement; HingeLossMultiLabel of the LRP toolbox",
    targets: "labels",
    params: { class_weights: CLASS_WEIGHTS },
    emit: (args) => meanOverBatch(args.g, weighted(args, margins(args))),
  },
  {
    id: "squared-hinge",
    title: "Sum of squared hinge losses over classes",
    source: "as hinge, option L2",
    targets: "labels",
    params: { class_weights: CLASS_WEIGHTS },
    emit: (args) => {
      const margin = margins(args);
      return meanOverBatch(args.g, weighted(args, args.g.op("Mul", [margin, margin])));
    },
  },
  {
    id: "binary-cross-entropy",
    title: "Sum of binary cross-entropies over classes",
    source: "torch.nn.BCEWithLogitsLoss, summed over classes",
    targets: "labels",
    params: { class_weights: CLASS_WEIGHTS },
    emit: binaryCrossEntropy,
  },
  {
    id: "identification-verification",
    title: "Softmax and contrastive loss on pairs",
    source: "Sun et al. 2014, DeepID2; Hadsell et al. 2006 for the contrastive term",
    targets: "class",
    paired: true,
    params: {
      feature: name("value or node whose output is compared; default: what the last linear layer reads"),
      margin: positive(1, "distance from which two classes are far enough apart"),
      weight: share(1, "of the contrastive term, 0 to 1"),
    },
    emit: identificationVerification,
  },
];

export const LOSSES: Readonly<Record<string, Loss>> = Object.fromEntries(LIST.map((l) => [l.id, l]));

/** Throws `E_PARAM` with the list. */
export function findLoss(id: string): Loss {
  const loss = LOSSES[id.toLowerCase().replaceAll("_", "-")];
  if (loss !== undefined) return loss;
  throw new OnnxplainError("E_PARAM", `No loss is named \`${id}\`. There are: ${Object.keys(LOSSES).join(", ")}.`);
}
