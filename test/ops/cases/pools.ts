/** @file Cases of pools: padding, ceil mode, dilation, divisors, and who takes the cotangent of a tie. */
import { data, fixed, type InputSpec, type OpCase, type OpCases } from "../cases.ts";
import { firstMaximum, repeating, wholes } from "../first-maximum.ts";

interface Case {
  readonly x: readonly number[];
  readonly attrs: OpCase["attrs"];
  readonly symbolic?: OpCase["symbolic"];
}
const spread = (dims: readonly number[]): InputSpec => {
  const count = dims.reduce((p, d) => p * d, 1);
  // all different, 0.02 apart, so that no step of a difference quotient changes a winner
  return fixed(
    dims,
    Array.from({ length: count }, (_, i) => Math.fround((((i * 367) % count) - count / 2) * 0.02)),
  );
};
const pool = (name: string, { x, attrs, symbolic }: Case): OpCase => ({
  name,
  inputs: [data(x)],
  ...(attrs ? { attrs } : {}),
  ...(symbolic ? { symbolic } : {}),
});
const maxPool = (name: string, { x, attrs, symbolic }: Case): OpCase => ({
  name,
  inputs: [spread(x)],
  ...(attrs ? { attrs } : {}),
  ...(symbolic ? { symbolic } : {}),
});

interface Tie {
  readonly channels: number;
  readonly size: readonly [number, number];
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  readonly out: readonly [number, number];
  readonly ceil?: boolean;
}
/** A MaxPool full of ties; the expected cotangent comes from plain loops. */
function tie(name: string, values: readonly number[], t: Tie): OpCase {
  const dims = [1, t.channels, ...t.size];
  const x = repeating(t.channels * t.size[0] * t.size[1], values);
  const dy = wholes(t.channels * t.out[0] * t.out[1]);
  const dx = firstMaximum(x, dy, {
    dims: [t.channels, ...t.size],
    kernel: [t.kernel, t.kernel],
    strides: [t.stride, t.stride],
    begin: [t.pad, t.pad],
    out: t.out,
  });
  return {
    name,
    inputs: [fixed(dims, x)],
    diff: [],
    gradient: { dy, dx: { 0: dx } },
    attrs: {
      kernel_shape: [t.kernel, t.kernel],
      strides: [t.stride, t.stride],
      pads: [t.pad, t.pad, t.pad, t.pad],
      ceil_mode: Number(t.ceil ?? false),
    },
  };
}

const two = { kernel_shape: [2, 2], strides: [2, 2] };
const three = { kernel_shape: [3, 3], strides: [2, 2] };

const average = (name: string, c: Case): readonly OpCase[] => [
  pool(name, c),
  pool(`${name}, padding counts`, { ...c, attrs: { ...c.attrs, count_include_pad: 1 } }),
];

export const pools = {
  MaxPool: [
    maxPool("2x2 tiles", { x: [2, 3, 4, 6], attrs: two, symbolic: ["N", 3, 2, 3] }),
    maxPool("2x2 tiles, blocks of channels", { x: [2, 16, 4, 6], attrs: two }),
    maxPool("2x2, rest left out", { x: [1, 16, 5, 7], attrs: two }),
    maxPool("2x2, ceil mode", { x: [1, 16, 5, 7], attrs: { ...two, ceil_mode: 1 } }),
    maxPool("3x3, stride 2", { x: [2, 16, 7, 7], attrs: three, symbolic: ["N", 16, 3, 3] }),
    maxPool("3x3, stride 2, even size", { x: [1, 16, 8, 6], attrs: three }),
    maxPool("3x3, stride 2, ceil mode", { x: [1, 16, 8, 6], attrs: { ...three, ceil_mode: 1 } }),
    maxPool("3x3, stride 2, padded", { x: [1, 16, 8, 8], attrs: { ...three, pads: [1, 1, 1, 1] } }),
    maxPool("3x3, stride 2, few channels", { x: [1, 3, 7, 8], attrs: { ...three, pads: [1, 1, 1, 1] } }),
    maxPool("3x3, stride 1", {
      x: [1, 16, 5, 6],
      attrs: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      symbolic: ["N", 16, 5, 6],
    }),
    maxPool("3x3, stride 1, no padding", { x: [1, 16, 5, 6], attrs: { kernel_shape: [3, 3] } }),
    maxPool("1x3, stride 1", { x: [1, 16, 4, 6], attrs: { kernel_shape: [1, 3] } }),
    maxPool("3x1, stride 1", { x: [1, 16, 6, 4], attrs: { kernel_shape: [3, 1] } }),
    maxPool("3x2, strides 1 and 2", { x: [1, 16, 6, 6], attrs: { kernel_shape: [3, 2], strides: [1, 2] } }),
    maxPool("one element", { x: [1, 16, 3, 3], attrs: { kernel_shape: [1, 1] }, symbolic: ["N", 16, 3, 3] }),
    maxPool("stride beyond the kernel", { x: [1, 16, 7, 7], attrs: { kernel_shape: [2, 2], strides: [3, 3] } }),
    maxPool("5x5, stride 3", {
      x: [1, 16, 11, 11],
      attrs: { kernel_shape: [5, 5], strides: [3, 3], pads: [2, 2, 2, 2] },
    }),
    maxPool("dilated", { x: [1, 16, 7, 7], attrs: { kernel_shape: [2, 2], dilations: [2, 3] } }),
    maxPool("uneven padding", { x: [1, 16, 6, 5], attrs: { ...three, pads: [0, 1, 1, 0] } }),
    maxPool("SAME_UPPER", { x: [1, 16, 5, 6], attrs: { ...three, auto_pad: "SAME_UPPER" } }),
    maxPool("1-D", { x: [2, 16, 9], attrs: { kernel_shape: [3], strides: [2] } }),
    maxPool("3-D", { x: [1, 2, 4, 4, 5], attrs: { kernel_shape: [2, 2, 2], strides: [2, 2, 1] } }),
    { name: "with indices", inputs: [spread([1, 16, 6, 6])], attrs: three, outputs: 2, cotangents: [0], batched: [] },
    tie("ties, 2x2", [1, 2, 2, 1, 2], { channels: 16, size: [6, 8], kernel: 2, stride: 2, pad: 0, out: [3, 4] }),
    tie("ties, 3x3, stride 2", [1, 3, 2, 3, 3], {
      channels: 16,
      size: [9, 7],
      kernel: 3,
      stride: 2,
      pad: 0,
      out: [4, 3],
    }),
    tie("ties, 3x3, stride 1", [2, 1, 2, 3], { channels: 16, size: [6, 6], kernel: 3, stride: 1, pad: 0, out: [4, 4] }),
    tie("ties, few channels", [2, 1, 2, 3], { channels: 2, size: [7, 7], kernel: 3, stride: 2, pad: 1, out: [4, 4] }),
    tie("all zero, 3x3, stride 2", [0], { channels: 16, size: [7, 7], kernel: 3, stride: 2, pad: 0, out: [3, 3] }),
    tie("all zero, padded", [0], { channels: 16, size: [7, 7], kernel: 3, stride: 2, pad: 1, out: [4, 4] }),
    tie("all zero, padded, stride 1", [0], { channels: 16, size: [5, 5], kernel: 3, stride: 1, pad: 1, out: [5, 5] }),
    tie("negative, padded", [-3, -1, -1, -2], {
      channels: 16,
      size: [7, 7],
      kernel: 3,
      stride: 2,
      pad: 1,
      out: [4, 4],
    }),
    tie("negative, ceil mode", [-3, -1, -1, -2], {
      channels: 16,
      size: [6, 8],
      kernel: 3,
      stride: 2,
      pad: 0,
      out: [3, 4],
      ceil: true,
    }),
    tie("negative, 2x2, ceil mode", [-3, -1, -1, -2], {
      channels: 16,
      size: [5, 7],
      kernel: 2,
      stride: 2,
      pad: 0,
      out: [3, 4],
      ceil: true,
    }),
  ],
  GlobalMaxPool: [
    { name: "planes", inputs: [spread([2, 3, 4, 5])], symbolic: ["N", 3, 1, 1] },
    { name: "1-D", inputs: [spread([2, 3, 7])] },
    {
      name: "ties",
      inputs: [fixed([1, 1, 2, 3], [1, 3, 2, 3, 3, 0])],
      diff: [],
      gradient: { dy: [5], dx: { 0: [0, 5, 0, 0, 0, 0] } },
    },
  ],
  AveragePool: [
    ...average("2x2 tiles", { x: [2, 3, 4, 6], attrs: two, symbolic: ["N", 3, 2, 3] }),
    ...average("2x2, rest left out", { x: [1, 2, 5, 7], attrs: two }),
    ...average("2x2, ceil mode", { x: [1, 2, 5, 7], attrs: { ...two, ceil_mode: 1 } }),
    ...average("3x3, stride 1, same", {
      x: [1, 2, 5, 6],
      attrs: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      symbolic: ["N", 2, 5, 6],
    }),
    ...average("3x3, stride 1, no padding", { x: [1, 2, 5, 6], attrs: { kernel_shape: [3, 3] } }),
    ...average("3x3, stride 1, uneven padding", {
      x: [1, 2, 5, 6],
      attrs: { kernel_shape: [3, 3], pads: [0, 1, 2, 2] },
    }),
    ...average("3x3, stride 2, padded", { x: [1, 2, 7, 8], attrs: { ...three, pads: [1, 1, 1, 1] } }),
    ...average("3x3, stride 2, padded, ceil mode", {
      x: [1, 2, 6, 7],
      attrs: { ...three, pads: [1, 1, 1, 1], ceil_mode: 1 },
    }),
    ...average("whole plane", { x: [2, 3, 4, 5], attrs: { kernel_shape: [4, 5] }, symbolic: ["N", 3, 1, 1] }),
    ...average("SAME_LOWER", { x: [1, 2, 5, 6], attrs: { ...three, auto_pad: "SAME_LOWER" } }),
    ...average("1-D", { x: [2, 3, 9], attrs: { kernel_shape: [3], strides: [2], pads: [1, 1] } }),
    ...average("1-D tiles", { x: [2, 3, 6], attrs: { kernel_shape: [3], strides: [3] } }),
    ...average("3-D", { x: [1, 2, 4, 4, 5], attrs: { kernel_shape: [2, 2, 2], strides: [2, 2, 1] } }),
    ...average("dilated", { x: [1, 2, 7, 7], attrs: { kernel_shape: [2, 2], dilations: [2, 3] } }),
  ],
  GlobalAveragePool: [
    { name: "planes", inputs: [data([2, 3, 4, 5])], symbolic: ["N", 3, 1, 1] },
    { name: "1-D", inputs: [data([2, 3, 7])] },
    { name: "3-D", inputs: [data([2, 3, 2, 3, 2])] },
  ],
} as const satisfies OpCases;
