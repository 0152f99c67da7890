/** @file Cases of activations: smooth pieces by finite differences, kinks by the subgradient that is promised. */
import { float } from "../../../src/graph/types.ts";
import { constant, data, fixed, type OpCase, type OpCases, scalar, weight } from "../cases.ts";

const smooth = (extra: Partial<OpCase> = {}): OpCase => ({
  name: `smooth ${JSON.stringify(extra.attrs ?? {})}`,
  inputs: [data([3, 2, 5], { range: [-4, 4] })],
  symbolic: ["N", 2, 5],
  ...extra,
});
/** Sampled at a distance from 0, ±0.5, ±1, ±3 and 6. */
const pieces = (extra: Partial<OpCase> = {}): OpCase => ({
  ...smooth(extra),
  name: `pieces ${JSON.stringify(extra.attrs ?? {})}`,
  inputs: [data([3, 2, 5], { choices: [-4.2, -2.7, -1.3, -0.8, -0.3, 0.2, 0.7, 1.4, 2.6, 3.5, 7.5] })],
});

/** Elements at kinks with the slopes that must come out there. */
const kink = (at: readonly number[], slopes: readonly number[], extra: Partial<OpCase> = {}): OpCase => ({
  name: `at the kinks ${JSON.stringify(extra.attrs ?? {})}`,
  inputs: [fixed([at.length], at)],
  diff: [],
  gradient: { dy: at.map(() => 2), dx: { 0: slopes.map((s) => 2 * s) } },
  ...extra,
});

const clipInputs = (low: number | null, high: number | null): OpCase["inputs"] => [
  data([3, 2, 5], { choices: [-4.2, -2.7, -0.3, 0.2, 1.4, 2.6, 7.5] }),
  low === null ? null : scalar(low),
  ...(high === null ? [] : [scalar(high)]),
];
const clipped = (low: number | null, high: number | null): OpCase => ({
  name: `held to [${low}, ${high}]`,
  inputs: clipInputs(low, high),
  symbolic: ["N", 2, 5],
});

export const activations: OpCases = {
  Tanh: [smooth()],
  Sigmoid: [smooth(), { name: "far out", inputs: [fixed([2], [-90, 90])], diff: [], expect: [[0, 1]] }],
  Softplus: [smooth(), { name: "far out", inputs: [fixed([2], [-90, 90])], diff: [], expect: [[0, 90]] }],
  Softsign: [smooth()],
  Gelu: [smooth(), smooth({ attrs: { approximate: "tanh" } })],
  Elu: [
    pieces(),
    pieces({ attrs: { alpha: float(0.5) } }),
    kink([-1, 0, 1], [Math.exp(-1), 1, 1]),
    kink([0, 1], [0.5, 1], { attrs: { alpha: float(0.5) } }),
  ],
  Selu: [pieces(), kink([0, 1], [1.0507009873554805 * 1.6732632423543772, 1.0507009873554805])],
  Celu: [pieces(), pieces({ attrs: { alpha: float(2) } })],
  Mish: [smooth()],
  Swish: [
    smooth({ noOrt: "Swish enters the standard at opset 24" }),
    smooth({ attrs: { alpha: float(1.7) }, noOrt: "Swish enters the standard at opset 24" }),
  ],
  LeakyRelu: [
    pieces(),
    pieces({ attrs: { alpha: float(2.5) } }),
    pieces({ attrs: { alpha: float(-0.25) } }),
    kink([-1, 0, 1], [0.25, 0.25, 1], { attrs: { alpha: float(0.25) } }),
  ],
  ThresholdedRelu: [
    pieces(),
    pieces({ attrs: { alpha: float(-1) } }),
    kink([0.5, 1, 2], [0, 0, 1]),
    kink([-2, -1, 0], [0, 0, 1], { attrs: { alpha: float(-1) } }),
  ],
  HardSigmoid: [
    pieces({ attrs: { alpha: float(1 / 6), beta: float(0.5) } }),
    kink([-4, -2, 0, 2, 4], [0, 0, 0.25, 0, 0], { attrs: { alpha: float(0.25), beta: float(0.5) } }),
  ],
  HardSwish: [pieces(), kink([-4, -3, 0, 3, 4], [0, 0, 0.5, 1, 1])],
  Shrink: [
    pieces({ attrs: { lambd: float(1), bias: float(0.25) } }),
    kink([-0.5, 0, 0.5, 1], [0, 0, 0, 1], { attrs: { bias: float(0) } }),
  ],
  Clip: [
    clipped(0, 6),
    clipped(-1, 1),
    clipped(0, null),
    clipped(null, 1),
    clipped(null, null),
    { ...clipped(0, 1), name: "largest float for no bound", inputs: clipInputs(0, 3.4028234663852886e38), diff: [0] },
    kink([-1, 0, 3, 6, 7], [0, 0, 1, 0, 0], {
      inputs: [fixed([5], [-1, 0, 3, 6, 7]), scalar(0), scalar(6)],
      expect: [[0, 0, 3, 6, 6]],
      gradient: { dy: [1, 2, 3, 4, 5], dx: { 0: [0, 0, 3, 0, 0], 1: [3], 2: [9] } },
    }),
    {
      name: "bounds as graph inputs",
      inputs: [data([2, 3], { choices: [-2, 0.5, 2] }), fixed([], [-1]), fixed([], [1])],
    },
    {
      name: "integers",
      inputs: [fixed([3], [-5, 1, 9], "int32"), scalar(0, "int32"), scalar(4, "int32")],
      expect: [[0, 1, 4]],
    },
  ],
  PRelu: [
    {
      name: "one slope a channel",
      inputs: [pieces().inputs[0] ?? null, weight([2, 1], { range: [0.1, 0.9] })],
      symbolic: ["N", 2, 5],
    },
    { name: "steep and negative slopes", inputs: [pieces().inputs[0] ?? null, constant([2, 1], [-0.5, 1.5])] },
    { name: "one slope an element", inputs: [data([3, 2], { choices: [-1, 1.5] }), weight([3, 2])], batched: [] },
    {
      name: "at the kink",
      inputs: [fixed([3], [-1, 0, 1]), constant([1], [0.25])],
      diff: [],
      gradient: { dy: [2, 4, 8], dx: { 0: [0.5, 1, 8], 1: [-2] } },
    },
  ],
};
