/** @file What a training begins with: a model with its classes and pictures, or an architecture that is yet to be built. */
import type { DataLabel, DataSet } from "../data/dataset.ts";
import { joinLabels } from "../data/join-labels.ts";
import { tryItem } from "../data/load-item.ts";
import { firstFew } from "../data/records.ts";
import { OnnxplainError } from "../errors.ts";
import type { Explainer } from "../explainer.ts";
import type { Model } from "../graph/types.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import { withInputSize } from "../image/presets.ts";
import type { ImageU8, Size } from "../image/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import { OPS, type Ops } from "../ops/table.ts";
import { findArchitecture } from "../train/architectures/table.ts";
import { baked, type Learned } from "../train/bake.ts";
import { feedOf } from "../train/feed.ts";
import type { LabelOptions } from "../train/feeding/labelling.ts";
import { type Body, bodyOf, type HeadWeights, headNetwork, newHead, withHead } from "../train/head.ts";
import type { Network } from "../train/network.ts";
import type { ParameterLayout } from "../train/parameters.ts";
import type { StatisticsLayout } from "../train/running-statistics.ts";
import type { TrainingRunOptions } from "./train-options.ts";

export interface Layouts {
  readonly parameters: ParameterLayout;
  readonly statistics: StatisticsLayout;
}

export interface Start {
  readonly title: string;
  readonly ops: Ops;
  readonly preprocessing: Preprocessing;
  readonly size: Size;
  /** How labels of the data become classes. */
  readonly labelling: LabelOptions;
  readonly freeBatch: boolean;
  /** What is trained, once the classes are known; and the frozen network below it, where that is run once. */
  readonly network: (names: readonly string[], dims: readonly number[]) => Built;
  readonly notes: readonly string[];
}

export interface Built {
  readonly network: Network;
  readonly body: Body | undefined;
  /** Names of the classes, in the order of scores. */
  readonly names: readonly string[];
  /** The complete network, pictures to scores. */
  readonly whole: (learned: Learned, layouts: Layouts) => Model;
  /** Numbers of the network that no step changes, beside frozen parameters. */
  readonly beside: number;
}

type Given = { readonly data: DataSet; readonly labels: readonly DataLabel[]; readonly options: TrainingRunOptions };

export const startOf = (given: Given): Promise<Start> | Start => {
  const { network } = given.options;
  return typeof network === "string" ? fromArchitecture(network, given) : fromModel(network, given);
};

async function fromArchitecture(id: string, { data, options }: Given): Promise<Start> {
  const { build, id: title } = findArchitecture(id);
  const { seed = 0, widthFactor, mode, newHead: fresh } = options;
  if (mode === "head" || fresh)
    throw new OnnxplainError(
      "E_PARAM",
      `Architecture \`${title}\` has no trained features to put a head on. Give a model, or train all of it.`,
    );
  const first = await firstPicture(data);
  const size = options.size ?? { width: first.width, height: first.height };
  const plain: Preprocessing = options.preprocessing ?? {
    resample: "bilinear",
    channelOrder: first.channels === 1 ? "GRAY" : "RGB",
    scale: 1 / 255,
    mean: first.channels === 1 ? [0.5] : [0.5, 0.5, 0.5],
    std: first.channels === 1 ? [0.5] : [0.5, 0.5, 0.5],
    layout: "nchw",
  };
  const sized = plain.resize || plain.crop ? plain : withInputSize(plain, size);
  const byData = options.normalization === "data" && options.preprocessing === undefined;
  const preprocessing = byData ? await standardized(data, sized, { size, options }) : sized;
  const notes = [
    ...(options.size ? [] : [`pictures are ${size.width} x ${size.height}, as the first is; \`--size\` changes it`]),
    byData
      ? `mean [${preprocessing.mean.join(", ")}] and deviation [${preprocessing.std.join(", ")}] are the training pictures'`
      : "",
  ].filter((n) => n !== "");
  return {
    title,
    ops: OPS,
    preprocessing,
    size,
    labelling: {},
    freeBatch: true,
    network: (names, [channels = 3, height = size.height, width = size.width]) => {
      const network = build({ classes: names.length, channels, height, width, seed, widthFactor });
      return { network, names, body: undefined, beside: 0, whole: (learned, l) => baked(network, learned, l) };
    },
    notes,
  };
}

async function firstPicture(data: DataSet): Promise<ImageU8> {
  let why = "";
  for await (const item of data.items()) {
    const got = await tryItem({ id: item.id, load: item.load, label: item.label });
    if ("image" in got) return got.image;
    if (why === "" && got.error instanceof Error) why = ` ${item.id}: ${got.error.message}`;
  }
  throw new OnnxplainError(
    "E_DATA_EMPTY",
    `No picture of \`${data.name}\` can be read.${why} Mend them, or name other data.`,
  );
}

/** Mean and deviation of every channel over all pictures as the network sees them, in 0…1. */
async function standardized(
  data: DataSet,
  spec: Preprocessing,
  { size, options }: { readonly size: Size; readonly options: TrainingRunOptions },
): Promise<Preprocessing> {
  const channels = spec.mean.length;
  const raw = { ...spec, mean: spec.mean.map(() => 0), std: spec.std.map(() => 1) };
  const { badLabels, maxMemory, signal } = options;
  const feed = await feedOf(data, { preprocessing: raw, size, badLabels, maxMemory, signal, allowOneClass: true });
  const plane = size.width * size.height;
  const [sum, squares] = [new Float64Array(channels), new Float64Array(channels)];
  for await (const { images } of feed.inOrder(64))
    images.forEach((v, i) => {
      const c = Math.floor(i / plane) % channels;
      sum[c] = (sum[c] as number) + v;
      squares[c] = (squares[c] as number) + v * v;
    });
  const n = feed.ids.length * plane;
  const short = (v: number): number => Number(v.toFixed(4));
  const mean = Array.from(sum, (s) => short(s / n));
  const std = Array.from(squares, (q, c) => short(Math.sqrt(Math.max(0, q / n - ((sum[c] as number) / n) ** 2))) || 1);
  return { ...spec, mean, std };
}

function fromModel(model: Explainer, { data, labels, options }: Given): Start {
  const { mode = "all", featureLayer, preprocessing: asked, reading, seed = 0 } = options;
  if (options.widthFactor !== undefined || options.normalization !== undefined || options.size !== undefined)
    throw new OnnxplainError(
      "E_PARAM",
      "`size`, `normalization` and `widthFactor` are an architecture's; a model has its own. Use `preprocessing` and `reading`, or an architecture.",
    );
  const classifier = model.classifier({
    ...reading,
    separateBatchNorm: true,
    layer: featureLayer,
    preprocessing: asked,
  });
  const stated = model.preprocessing(classifier);
  const fit = classesThatFit(model, classifier, { data, labels, options });
  const fresh = options.newHead === true || featureLayer !== undefined || (mode === "head" && fit === undefined);
  if (!fresh && fit === undefined) throw differing(model, classifier, { data, labels });
  const { width, height } = classifier;
  const common = {
    ops: model.ops,
    preprocessing: asked ?? stated.spec,
    size: { width, height },
    labelling: fresh ? {} : (fit as Fit).labelling,
    freeBatch: classifier.freeBatch,
    notes: [...classifier.notes, ...(asked ? [] : stated.notes), ...(fresh ? [] : (fit as Fit).notes)],
  };
  const what = mode === "head" ? (fresh ? "new head" : "head") : fresh ? "all, new head" : "all";
  const title = `${nameOf(model)} (${what})`;
  if (mode === "all" && !fresh) {
    const { model: graph, input, scores, classes } = classifier;
    const network: Network = { model: graph, input: input.name, scores, classes };
    return {
      ...common,
      title,
      network: (names) => ({
        network,
        names,
        body: undefined,
        beside: 0,
        whole: (learned, l) => baked(network, learned, l),
      }),
    };
  }
  const body = bodyOf(classifier, featureLayer);
  const headOf = (classes: number): HeadWeights => {
    if (!fresh && body.end) return { weight: body.end.weight, bias: body.end.bias };
    return newHead(body.width, classes, seed);
  };
  if (mode === "all")
    return {
      ...common,
      title,
      network: (names) => {
        const network = withHead(classifier, body, headOf(names.length));
        return { network, names, body: undefined, beside: 0, whole: (learned, l) => baked(network, learned, l) };
      },
    };
  return {
    ...common,
    title,
    network: (names) => {
      const network = headNetwork(headOf(names.length), model.ops);
      const beside = [...body.model.graph.constants.values()].reduce(
        (sum, t) => sum + (t.dtype === "float32" ? t.data.length : 0),
        0,
      );
      return {
        network,
        names,
        body,
        beside,
        whole: (learned, l) => withHead(classifier, body, weightsIn(baked(network, learned, l))).model,
      };
    },
  };
}

/** Weights of a {@link headNetwork}. */
function weightsIn({ graph }: Model): HeadWeights {
  const gemm = graph.nodes.find((n) => n.op === "Gemm");
  const [weight, bias] = [1, 2].map((i) => graph.constants.get(gemm?.inputs[i] ?? "")?.data as Float32Array);
  return { weight: weight as Float32Array, bias: bias as Float32Array };
}

/** A file's folder where the file is called like any other. */
function nameOf({ source: { name } }: Explainer): string {
  const parts = name.split(/[\\/]/).filter((p) => p !== "");
  const last = parts.at(-1) ?? name;
  return /^model\.onnx$/.test(last) ? (parts.filter((p) => p !== "onnx").at(-2) ?? last) : last;
}

interface Fit {
  readonly labelling: LabelOptions;
  readonly notes: readonly string[];
}

/** The model's classes for the data's labels; undefined unless every label has one, by id, by name, or by a number that means the same. */
function classesThatFit(
  model: Explainer,
  { classes: count }: Classifier,
  { data, labels, options }: Given,
): Fit | undefined {
  const known = model.labels?.length === count ? model.labels : undefined;
  const { of, report } = joinLabels(
    { classes: data.classes, labels, ...(data.sortedClasses ? { sortedClasses: true } : {}) },
    { count, labels: known, wnids: options.wnids },
  );
  if (report.total === 0 || report.joined < report.total || report.by === undefined) return undefined;
  const own = data.classes?.length ?? labels.reduce((most, { index }) => Math.max(most, index ?? -1), -1) + 1;
  if (report.by === "index" && (own !== count || (known !== undefined && data.classes !== undefined))) return undefined;
  const names = known ?? (own === count ? data.classes : undefined);
  return { labelling: { classes: names ?? count, classOf: of }, notes: report.notes };
}

function differing(
  model: Explainer,
  { classes }: Classifier,
  { data, labels }: Pick<Given, "data" | "labels">,
): OnnxplainError {
  const own = data.classes ?? labels.map((l) => l.name ?? String(l.index));
  const theirs = model.labels ? `: ${firstFew(model.labels)}` : ", without names";
  return new OnnxplainError(
    "E_DATA_CLASSES",
    `The classes of the data are not the network's: the data has ${own.length} (${firstFew(own)}), the network ${classes}${theirs}. ` +
      "Add `--new-head` (a last layer with the data's classes), or name the classes as the network does.",
  );
}
