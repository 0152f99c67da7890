/** @file The networks of the speed table, built by our own builder with seeded random weights: shapes are real, weights need no files. */
import { GraphBuilder, type Value } from "../src/graph/builder.ts";
import { tensor } from "../src/graph/tensor.ts";
import type { Graph, Model } from "../src/graph/types.ts";
import { writeModelBytes } from "../src/graph/write.ts";
import { inferWith } from "../src/ops/infer.ts";
import { OPS } from "../src/ops/table.ts";

const EMPTY: Graph = { name: "bench", inputs: [], outputs: [], constants: new Map(), nodes: [], facts: new Map() };

/** A 32-bit mixing generator: good enough for weights that only need to be unequal, and fast for 138 million of them. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** A builder of convolutional networks, batch-norm already folded, NCHW, 224 x 224 x 3. */
class Net {
  readonly g: GraphBuilder = new GraphBuilder(EMPTY, inferWith(OPS));
  readonly #draw = uniform(1);

  input(): Value {
    return this.g.input("input", "float32", ["N", 3, 224, 224]);
  }
  /** Weights of unit gain (He). */
  #weight(dims: readonly number[]): Value {
    const fan = dims.slice(1).reduce((p, d) => p * d, 1);
    const gain = Math.sqrt(6 / fan);
    const size = dims.reduce((p, d) => p * d, 1);
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) values[i] = gain * this.#draw();
    return this.g.constant(tensor("float32", dims, values), "w");
  }
  conv(
    x: Value,
    out: number,
    {
      k = 1,
      s = 1,
      p = (k - 1) >> 1,
      group = 1,
    }: { readonly k?: number; readonly s?: number; readonly p?: number; readonly group?: number } = {},
  ): Value {
    const channels = (x.dims as readonly number[])[1] as number;
    const w = this.#weight([out, channels / group, k, k]);
    const b = this.g.constant(
      tensor(
        "float32",
        [out],
        Float32Array.from({ length: out }, () => 0.1 * this.#draw()),
      ),
      "b",
    );
    return this.g.op("Conv", [x, w, b], {
      kernel_shape: [k, k],
      strides: [s, s],
      pads: [p, p, p, p],
      group,
      dilations: [1, 1],
    });
  }
  relu(x: Value): Value {
    return this.g.op("Relu", [x]);
  }
  relu6(x: Value): Value {
    return this.g.op("Clip", [x, this.g.scalar(0), this.g.scalar(6)]);
  }
  maxPool(
    x: Value,
    k: number,
    s: number,
    { p = 0, ceil = 0 }: { readonly p?: number; readonly ceil?: number } = {},
  ): Value {
    return this.g.op("MaxPool", [x], { kernel_shape: [k, k], strides: [s, s], pads: [p, p, p, p], ceil_mode: ceil });
  }
  dense(x: Value, out: number): Value {
    const inputs = (x.dims as readonly number[])[1] as number;
    return this.g.op(
      "Gemm",
      [x, this.#weight([out, inputs]), this.g.constant(tensor("float32", [out], new Float32Array(out)), "b")],
      { transB: 1 },
    );
  }
  pooled(x: Value): Value {
    return this.g.op("Flatten", [this.g.op("GlobalAveragePool", [x])], { axis: 1 });
  }
  done(scores: Value): Uint8Array {
    const graph = this.g.build([this.g.alias(scores, "logits")]);
    const model: Model = {
      graph,
      opset: 17,
      irVersion: 8,
      domains: new Map(),
      metadata: new Map(),
      producer: "onnxplain bench",
      functions: [],
    };
    return writeModelBytes(model);
  }
}

function squeezenet(): Uint8Array {
  const n = new Net();
  const fire = (x: Value, squeeze: number, expand: number): Value => {
    const s = n.relu(n.conv(x, squeeze));
    return n.g.op("Concat", [n.relu(n.conv(s, expand)), n.relu(n.conv(s, expand, { k: 3 }))], { axis: 1 });
  };
  let x = n.maxPool(n.relu(n.conv(n.input(), 64, { k: 3, s: 2, p: 0 })), 3, 2, { ceil: 1 });
  x = n.maxPool(fire(fire(x, 16, 64), 16, 64), 3, 2, { ceil: 1 });
  x = n.maxPool(fire(fire(x, 32, 128), 32, 128), 3, 2, { ceil: 1 });
  x = fire(fire(fire(fire(x, 48, 192), 48, 192), 64, 256), 64, 256);
  return n.done(n.pooled(n.relu(n.conv(x, 1000))));
}

/** Expansion, channels, repeats, stride: table 2 of the MobileNetV2 paper. */
const MOBILE = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

function mobilenetV2(): Uint8Array {
  const n = new Net();
  let x = n.relu6(n.conv(n.input(), 32, { k: 3, s: 2 }));
  for (const [t, c, repeats, stride] of MOBILE) {
    for (let i = 0; i < repeats; i++) {
      const channels = (x.dims as readonly number[])[1] as number;
      const s = i === 0 ? stride : 1;
      const wide = t === 1 ? x : n.relu6(n.conv(x, channels * t));
      const deep = n.relu6(n.conv(wide, channels * t, { k: 3, s, group: channels * t }));
      const y = n.conv(deep, c);
      x = s === 1 && channels === c ? n.g.op("Add", [x, y]) : y;
    }
  }
  return n.done(n.dense(n.pooled(n.relu6(n.conv(x, 1280))), 1000));
}

/** Blocks and channels of each stage; the stride sits in the 3x3, as in torchvision. */
const STAGES = [
  [3, 64],
  [4, 128],
  [6, 256],
  [3, 512],
] as const;

function resnet50(): Uint8Array {
  const n = new Net();
  let x = n.maxPool(n.relu(n.conv(n.input(), 64, { k: 7, s: 2 })), 3, 2, { p: 1 });
  STAGES.forEach(([blocks, c], stage) => {
    for (let i = 0; i < blocks; i++) {
      const s = i === 0 && stage > 0 ? 2 : 1;
      const y = n.conv(n.relu(n.conv(n.relu(n.conv(x, c)), c, { k: 3, s })), 4 * c);
      x = n.relu(n.g.op("Add", [y, i === 0 ? n.conv(x, 4 * c, { s }) : x]));
    }
  });
  return n.done(n.dense(n.pooled(x), 1000));
}

function resnet18(): Uint8Array {
  const n = new Net();
  let x = n.maxPool(n.relu(n.conv(n.input(), 64, { k: 7, s: 2 })), 3, 2, { p: 1 });
  STAGES.forEach(([, c], stage) => {
    for (let i = 0; i < 2; i++) {
      const s = i === 0 && stage > 0 ? 2 : 1;
      const y = n.conv(n.relu(n.conv(x, c, { k: 3, s })), c, { k: 3 });
      x = n.relu(n.g.op("Add", [y, i === 0 && stage > 0 ? n.conv(x, c, { s }) : x]));
    }
  });
  return n.done(n.dense(n.pooled(x), 1000));
}

function vgg16(): Uint8Array {
  const n = new Net();
  let x = n.input();
  for (const [repeats, c] of [
    [2, 64],
    [2, 128],
    [3, 256],
    [3, 512],
    [3, 512],
  ] as const) {
    for (let i = 0; i < repeats; i++) x = n.relu(n.conv(x, c, { k: 3 }));
    x = n.maxPool(x, 2, 2);
  }
  const flat = n.g.op("Flatten", [x], { axis: 1 });
  return n.done(n.dense(n.relu(n.dense(n.relu(n.dense(flat, 4096)), 4096)), 1000));
}

/** Nets by the names of the speed table. */
export const NETS: Readonly<Record<string, () => Uint8Array>> = {
  "squeezenet-1.1": squeezenet,
  "mobilenet-v2": mobilenetV2,
  "resnet-18": resnet18,
  "resnet-50": resnet50,
  "vgg-16": vgg16,
};
