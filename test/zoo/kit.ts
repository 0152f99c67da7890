/** @file What the networks of the zoo are built of: layers as exporters write them, with seeded random weights. */
import type { GraphBuilder, Value } from "../../src/graph/builder.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { float } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { builder, modelOf, sizeOf } from "../nets.ts";

export interface ZooOptions {
  /** Biases, and means and shifts of BatchNormalization; without them a network of ReLUs is f(t x) = t f(x), t > 0. Default true. */
  readonly bias?: boolean;
}

/** Height and width, or both at once. */
type Pair = number | readonly [number, number];
const pair = (p: Pair): readonly [number, number] => (typeof p === "number" ? [p, p] : p);

export interface ConvOptions {
  readonly k?: Pair;
  readonly s?: number;
  /** Default: half the kernel, so that stride 1 keeps the size. */
  readonly p?: Pair;
  readonly group?: number;
  /** Default: the kit's. Convolutions before a BatchNormalization have none. */
  readonly bias?: boolean;
}

export interface PoolOptions {
  readonly s?: number;
  readonly p?: number;
  readonly ceil?: boolean;
}

export const channelsOf = (x: Value): number => (x.dims as readonly number[])[1] as number;

/** Uniform numbers in [-1,1) from one stream. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

export class Kit {
  readonly g: GraphBuilder = builder();
  readonly bias: boolean;
  readonly #draw = uniform(7);

  constructor({ bias = true }: ZooOptions) {
    this.bias = bias;
  }

  /** A weight drawn evenly from `center ± spread`. */
  around(center: number, spread: number, dims: readonly number[]): Value {
    const values = Float32Array.from({ length: sizeOf(dims) }, () => center + spread * this.#draw());
    return this.g.constant(tensor("float32", dims, values), "w");
  }
  /** A weight of variance `gain / fan`: 2 after ReLUs (He), 1 elsewhere. */
  weight(dims: readonly number[], fan: number, gain = 2): Value {
    return this.around(0, Math.sqrt((3 * gain) / fan), dims);
  }

  conv(x: Value, out: number, { k = 1, s = 1, p, group = 1, bias = this.bias }: ConvOptions = {}): Value {
    const kernel = pair(k);
    const [top, left] = p === undefined ? kernel.map((n) => (n - 1) >> 1) : pair(p);
    const inner = channelsOf(x) / group;
    const w = this.weight([out, inner, ...kernel], inner * kernel[0] * kernel[1]);
    const inputs = bias && this.bias ? [x, w, this.around(0, 0.1, [out])] : [x, w];
    return this.g.op("Conv", inputs, {
      dilations: [1, 1],
      group,
      kernel_shape: kernel,
      pads: [top as number, left as number, top as number, left as number],
      strides: [s, s],
    });
  }
  /** BatchNormalization with statistics as after training: neither 0 nor 1. */
  bn(x: Value): Value {
    const c = [channelsOf(x)];
    const shift = this.bias ? 0.2 : 0;
    const stats = [this.around(1, 0.3, c), this.around(0, shift, c), this.around(0, shift, c), this.around(1, 0.5, c)];
    return this.g.op("BatchNormalization", [x, ...stats], { epsilon: float(1e-5), momentum: float(0.9) });
  }
  relu(x: Value): Value {
    return this.g.op("Relu", [x]);
  }
  relu6(x: Value): Value {
    return this.g.op("Clip", [x, this.g.scalar(0), this.g.scalar(6)]);
  }
  silu(x: Value): Value {
    return this.g.op("Mul", [x, this.g.op("Sigmoid", [x])]);
  }
  hardSwish(x: Value): Value {
    return this.g.op("HardSwish", [x]);
  }
  hardSigmoid(x: Value): Value {
    return this.g.op("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) });
  }
  /** x (1 + erf(x/√2)) / 2, spelled out. */
  gelu(x: Value): Value {
    const { g } = this;
    const erf = g.op("Erf", [g.op("Div", [x, g.scalar(Math.SQRT2)])]);
    return g.op("Mul", [g.op("Mul", [x, g.op("Add", [erf, g.scalar(1)])]), g.scalar(0.5)]);
  }
  add(a: Value, b: Value): Value {
    return this.g.op("Add", [a, b]);
  }
  concat(parts: readonly Value[], axis = 1): Value {
    return this.g.op("Concat", parts, { axis });
  }

  maxPool(x: Value, k: number, { s = 2, p = 0, ceil = false }: PoolOptions = {}): Value {
    return this.g.op("MaxPool", [x], this.#window(k, { s, p, ceil }));
  }
  /** Padding counts, as in torch. */
  avgPool(x: Value, k: number, { s = 2, p = 0, ceil = false }: PoolOptions = {}): Value {
    return this.g.op("AveragePool", [x], { ...this.#window(k, { s, p, ceil }), count_include_pad: 1 });
  }
  #window(k: number, { s, p, ceil }: Required<PoolOptions>): Record<string, number | readonly number[]> {
    return { ceil_mode: ceil ? 1 : 0, kernel_shape: [k, k], pads: [p, p, p, p], strides: [s, s] };
  }
  flatten(x: Value): Value {
    return this.g.op("Flatten", [x], { axis: 1 });
  }
  /** [N,C,H,W] to [N,C]. */
  pooled(x: Value): Value {
    return this.flatten(this.g.op("GlobalAveragePool", [x]));
  }
  /** A linear layer on [N,C], as small as torch initialises it. */
  dense(x: Value, out: number): Value {
    const inner = channelsOf(x);
    const w = this.weight([out, inner], inner, 1 / 3);
    return this.g.op("Gemm", this.bias ? [x, w, this.around(0, 0.1, [out])] : [x, w], { transB: 1 });
  }
}

export const CLASSES = 10;

/** A model file: `input` [N,3,side,side] to `logits` [N,10]. */
export function zooNet(side: number, build: (k: Kit, x: Value) => Value): (options?: ZooOptions) => Uint8Array {
  return (options = {}) => {
    const k = new Kit(options);
    const scores = build(k, k.g.input("input", "float32", ["N", 3, side, side]));
    return writeModelBytes(modelOf(k.g.build([k.g.alias(scores, "logits")])));
  };
}
