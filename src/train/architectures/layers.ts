/** @file Layers with weights, one after the other, named in PyTorch's manner: what architectures are written in. */
import { OnnxplainError } from "../../errors.ts";
import { elementCount } from "../../graph/dim.ts";
import { newModel } from "../../graph/new-model.ts";
import type { Attrs, FloatAttr, Graph, Node, Tensor } from "../../graph/types.ts";
import { inferGraph } from "../../ops/infer.ts";
import { OPS } from "../../ops/table.ts";
import type { ArchitectureOptions } from "../architecture.ts";
import { constantly, denseUniform, type Gain, heNormal, type Initialize } from "../initialize.ts";
import type { Network } from "../network.ts";
import { checkOptions, widened } from "./options.ts";

/** A value of the network under construction: `[N, channels, height, width]`, or `[N, channels]` once flattened (height = width = 1). */
export interface Feature {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface ConvOptions {
  readonly channels: number;
  /** Side of the square kernel, odd; the picture keeps its size (at stride 1). Default 3. */
  readonly kernel?: number;
  readonly stride?: number;
  readonly group?: number;
  /** Padding on every side; (kernel - 1) / 2 by default. */
  readonly pad?: number;
  /** Left out where a normalisation follows, which brings its own. */
  readonly bias?: boolean;
  /** What follows: a ReLU (default), or nothing that halves the signal. */
  readonly gain?: Gain;
}

export interface PoolOptions {
  readonly kernel: number;
  readonly stride: number;
  readonly pad?: number;
}

export interface LrnOptions {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Appends layers; every value and node is named like its layer, every weight `<layer>.<part>`. */
export class Layers {
  readonly input: Feature;
  readonly #id: string;
  readonly #options: ArchitectureOptions;
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<string, Tensor>();

  /** Throws `E_PARAM` for options that no network can be made of. */
  constructor(id: string, smallest: number, options: ArchitectureOptions) {
    checkOptions(id, smallest, options);
    const { channels, height, width } = options;
    this.input = { name: "input", channels, height, width };
    this.#id = id;
    this.#options = options;
  }

  /** This many channels at width 1, times the width factor: a multiple of `unit`. */
  wide(channels: number, unit = 1): number {
    return widened(channels, this.#options.widthFactor ?? 1, unit);
  }

  conv(x: Feature, name: string, options: ConvOptions): Feature {
    const { channels, kernel = 3, stride = 1, group = 1, bias = false, gain = "relu" } = options;
    const pad = options.pad ?? (kernel - 1) / 2;
    const inputs = [
      x.name,
      this.#weight(`${name}.weight`, [channels, x.channels / group, kernel, kernel], heNormal(gain)),
      ...(bias ? [this.#weight(`${name}.bias`, [channels], constantly(0))] : []),
    ];
    this.#node("Conv", inputs, name, { ...windowAttrs(kernel, stride, pad), group });
    return { name, channels, ...shrunk(x, kernel, stride, pad) };
  }

  /** BatchNormalization with stored statistics: mean 0, variance 1, scale 1, bias 0 before training. */
  norm(x: Feature, name: string): Feature {
    const parts = { weight: 1, bias: 0, running_mean: 0, running_var: 1 };
    const weights = Object.entries(parts).map(([part, value]) =>
      this.#weight(`${name}.${part}`, [x.channels], constantly(value)),
    );
    return this.#same("BatchNormalization", x, [x.name, ...weights], name, {
      epsilon: float(1e-5),
      momentum: float(0.9),
    });
  }

  relu(x: Feature, name: string): Feature {
    return this.#same("Relu", x, [x.name], name);
  }

  lrn(x: Feature, name: string, { size, alpha, beta }: LrnOptions): Feature {
    const attrs = { size, alpha: float(alpha), beta: float(beta), bias: float(1) };
    return this.#same("LRN", x, [x.name], name, attrs);
  }

  add(a: Feature, b: Feature, name: string): Feature {
    return this.#same("Add", a, [a.name, b.name], name);
  }

  maxPool(x: Feature, name: string, { kernel, stride, pad = 0 }: PoolOptions): Feature {
    this.#node("MaxPool", [x.name], name, windowAttrs(kernel, stride, pad));
    return { name, channels: x.channels, ...shrunk(x, kernel, stride, pad) };
  }

  globalAveragePool(x: Feature, name: string): Feature {
    this.#node("GlobalAveragePool", [x.name], name);
    return { name, channels: x.channels, height: 1, width: 1 };
  }

  flatten(x: Feature, name: string): Feature {
    this.#node("Flatten", [x.name], name, { axis: 1 });
    return { name, channels: x.channels * x.height * x.width, height: 1, width: 1 };
  }

  /** `[N, K]` to `[N, size]`, before a ReLU. */
  dense(x: Feature, name: string, size: number): Feature {
    return this.#gemm(x, name, name, size, heNormal());
  }

  /** The network whose class scores are one dense layer (weights `<name>.weight`, `.bias`) on this `[N, K]`; they are called `logits`. */
  scores(x: Feature, name: string): Network {
    const { classes } = this.#options;
    const { name: scores } = this.#gemm(x, name, "logits", classes, denseUniform);
    return { model: this.#model(scores), input: this.input.name, scores, classes };
  }

  #model(scores: string): Network["model"] {
    const { channels, height, width, classes } = this.#options;
    const graph: Graph = {
      name: this.#id,
      nodes: this.#nodes,
      constants: this.#constants,
      facts: new Map(),
      inputs: [{ name: this.input.name, dtype: "float32", dims: ["N", channels, height, width] }],
      outputs: [{ name: scores, dtype: "float32", dims: ["N", classes] }],
    };
    return newModel(inferGraph(graph, OPS), { metadata: new Map([["architecture", this.#id]]) });
  }

  #gemm(x: Feature, layer: string, name: string, size: number, initialize: Initialize): Feature {
    const weight = this.#weight(`${layer}.weight`, [size, x.channels], initialize);
    const bias = this.#weight(`${layer}.bias`, [size], constantly(0));
    this.#node("Gemm", [x.name, weight, bias], name, { transB: 1 });
    return { name, channels: size, height: 1, width: 1 };
  }

  #same(op: string, x: Feature, inputs: readonly string[], name: string, attrs: Attrs = {}): Feature {
    this.#node(op, inputs, name, attrs);
    return { ...x, name };
  }

  #node(op: string, inputs: readonly string[], name: string, attrs: Attrs = {}): void {
    this.#nodes.push({ op, domain: "", name, inputs, outputs: [name], attrs });
  }

  #weight(name: string, dims: readonly number[], initialize: Initialize): string {
    refuseLarge(this.#id, name, dims);
    this.#constants.set(name, initialize(dims, name, this.#options.seed));
    return name;
  }
}

/** Elements of one weight: 1 GB in float32, and no small network any more. */
const LARGEST_WEIGHT = 2 ** 28;

function refuseLarge(id: string, name: string, dims: readonly number[]): void {
  if (elementCount(dims) <= LARGEST_WEIGHT) return;
  throw new OnnxplainError(
    "E_PARAM",
    `Architecture \`${id}\`: weight \`${name}\` would have the shape [${dims}], more than ${LARGEST_WEIGHT} elements. Take fewer classes, smaller pictures or a smaller \`widthFactor\`.`,
  );
}

/** As a file holds it, so that a network equals what is read back from its bytes. */
const float = (value: number): FloatAttr => ({ float: Math.fround(value) });

const windowAttrs = (kernel: number, stride: number, pad: number): Attrs => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: [pad, pad, pad, pad],
});

function shrunk(x: Feature, kernel: number, stride: number, pad: number): Pick<Feature, "height" | "width"> {
  const side = (s: number): number => Math.floor((s + 2 * pad - kernel) / stride) + 1;
  return { height: side(x.height), width: side(x.width) };
}
