/** @file Cases of Conv and ConvTranspose: 1 to 3 spatial axes, groups, dilation, strides, uneven padding; data, weights and biases. */
import { data, type OpCase, type OpCases, weight } from "../cases.ts";

interface Case {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly attrs?: OpCase["attrs"];
  readonly bias?: number;
  readonly symbolic?: OpCase["symbolic"];
}
const conv = (name: string, { x, w, attrs, bias, symbolic }: Case): OpCase => ({
  name,
  inputs: [data(x), weight(w), ...(bias ? [weight([bias])] : [])],
  ...(attrs ? { attrs } : {}),
  ...(symbolic ? { symbolic } : {}),
});

export const convolutions = {
  Conv: [
    conv("pointwise", { x: [2, 3, 4, 5], w: [4, 3, 1, 1], bias: 4, symbolic: ["N", 4, 4, 5] }),
    conv("3x3, same", {
      x: [2, 3, 5, 6],
      w: [4, 3, 3, 3],
      attrs: { pads: [1, 1, 1, 1] },
      bias: 4,
      symbolic: ["N", 4, 5, 6],
    }),
    conv("no padding", { x: [1, 2, 6, 5], w: [3, 2, 3, 2] }),
    conv("wide to few channels, stride 1", { x: [2, 3, 6, 6], w: [16, 3, 3, 3], attrs: { pads: [1, 1, 1, 1] } }),
    conv("stride 2", {
      x: [2, 3, 7, 8],
      w: [4, 3, 3, 3],
      attrs: { strides: [2, 2], pads: [1, 1, 1, 1] },
      symbolic: ["N", 4, 4, 4],
    }),
    conv("stride 2, pointwise", { x: [2, 3, 7, 8], w: [4, 3, 1, 1], attrs: { strides: [2, 2] } }),
    conv("stem: 7x7, stride 2", {
      x: [1, 3, 16, 16],
      w: [4, 3, 7, 7],
      attrs: { strides: [2, 2], pads: [3, 3, 3, 3] },
      bias: 4,
    }),
    conv("stem: 3x3, stride 2, no padding", { x: [1, 3, 16, 17], w: [4, 3, 3, 3], attrs: { strides: [2, 2] } }),
    conv("stem: stride 4, 11x11", {
      x: [1, 3, 27, 27],
      w: [2, 3, 11, 11],
      attrs: { strides: [4, 4], pads: [2, 2, 2, 2] },
    }),
    conv("wide, stride 2, 3x3", {
      x: [2, 16, 8, 7],
      w: [16, 16, 3, 3],
      attrs: { strides: [2, 2], pads: [1, 1, 1, 1] },
    }),
    conv("wide, stride 2, 3x3, uneven padding", {
      x: [1, 16, 7, 8],
      w: [16, 16, 3, 3],
      attrs: { strides: [2, 2], pads: [0, 1, 1, 2] },
    }),
    conv("wide, stride 2, 2x2", { x: [1, 16, 6, 6], w: [16, 16, 2, 2], attrs: { strides: [2, 2] } }),
    conv("wide, strides 3 and 2, 5x4, rest not covered", {
      x: [1, 16, 12, 9],
      w: [16, 16, 5, 4],
      attrs: { strides: [3, 2], pads: [2, 1, 0, 1] },
    }),
    conv("wide, stride 2, 3x3, 1-D", { x: [1, 16, 8], w: [16, 16, 3], attrs: { strides: [2], pads: [1, 1] } }),
    conv("patches", { x: [1, 3, 8, 8], w: [5, 3, 4, 4], attrs: { strides: [4, 4] } }),
    conv("stride beyond the kernel", { x: [1, 2, 9, 9], w: [3, 2, 2, 2], attrs: { strides: [3, 4] } }),
    conv("unequal strides, uneven padding", {
      x: [1, 2, 8, 7],
      w: [3, 2, 3, 2],
      attrs: { strides: [2, 3], pads: [0, 1, 2, 0] },
    }),
    conv("uneven padding, stride 1", { x: [1, 2, 5, 5], w: [3, 2, 3, 3], attrs: { pads: [2, 0, 1, 2] } }),
    conv("padding beyond the kernel", { x: [1, 2, 4, 4], w: [3, 2, 2, 2], attrs: { pads: [3, 3, 2, 2] } }),
    conv("dilation", { x: [1, 2, 8, 8], w: [3, 2, 3, 2], attrs: { dilations: [2, 3], pads: [2, 1, 2, 1] } }),
    conv("dilation and stride", {
      x: [1, 2, 9, 9],
      w: [3, 2, 3, 3],
      attrs: { dilations: [2, 2], strides: [2, 2], pads: [2, 2, 2, 2] },
    }),
    conv("groups", { x: [2, 4, 5, 5], w: [6, 2, 3, 3], attrs: { group: 2, pads: [1, 1, 1, 1] }, bias: 6 }),
    conv("groups, stride 2", {
      x: [2, 4, 6, 6],
      w: [6, 2, 3, 3],
      attrs: { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] },
    }),
    conv("depthwise", { x: [2, 4, 5, 5], w: [4, 1, 3, 3], attrs: { group: 4, pads: [1, 1, 1, 1] }, bias: 4 }),
    conv("depthwise, stride 2", {
      x: [2, 4, 8, 8],
      w: [4, 1, 3, 3],
      attrs: { group: 4, strides: [2, 2], pads: [1, 1, 1, 1] },
      symbolic: ["N", 4, 4, 4],
    }),
    conv("depthwise, stride 2, odd size", {
      x: [2, 4, 7, 9],
      w: [4, 1, 3, 3],
      attrs: { group: 4, strides: [2, 2], pads: [1, 1, 1, 1] },
    }),
    conv("depthwise, stride 2, 5x5, uneven padding", {
      x: [1, 3, 8, 9],
      w: [3, 1, 5, 5],
      attrs: { group: 3, strides: [2, 2], pads: [1, 2, 2, 2] },
    }),
    conv("depthwise, stride 2, rest not covered", {
      x: [1, 3, 10, 10],
      w: [3, 1, 3, 3],
      attrs: { group: 3, strides: [4, 4] },
    }),
    conv("depthwise, stride 3, dilated", {
      x: [1, 2, 11, 11],
      w: [2, 1, 3, 3],
      attrs: { group: 2, strides: [3, 2], dilations: [2, 1], pads: [2, 1, 2, 1] },
    }),
    conv("depthwise, stride 2, pointwise", { x: [1, 2, 5, 6], w: [2, 1, 1, 1], attrs: { group: 2, strides: [2, 2] } }),
    conv("depthwise with two filters a channel", {
      x: [1, 3, 5, 5],
      w: [6, 1, 3, 3],
      attrs: { group: 3, pads: [1, 1, 1, 1] },
    }),
    conv("depthwise with two filters a channel, stride 2", {
      x: [1, 3, 6, 6],
      w: [6, 1, 3, 3],
      attrs: { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] },
    }),
    conv("SAME_UPPER", {
      x: [1, 2, 5, 6],
      w: [3, 2, 2, 4],
      attrs: { auto_pad: "SAME_UPPER" },
      symbolic: ["N", 3, 5, 6],
    }),
    conv("SAME_LOWER, stride 2", {
      x: [1, 2, 5, 6],
      w: [3, 2, 4, 3],
      attrs: { auto_pad: "SAME_LOWER", strides: [2, 2] },
    }),
    conv("VALID", { x: [1, 2, 5, 6], w: [3, 2, 3, 3], attrs: { auto_pad: "VALID" } }),
    conv("1-D", { x: [2, 3, 8], w: [4, 3, 3], attrs: { pads: [1, 1] }, bias: 4, symbolic: ["N", 4, 8] }),
    conv("1-D, stride 2, dilation", {
      x: [2, 3, 9],
      w: [4, 3, 3],
      attrs: { strides: [2], dilations: [2], pads: [2, 1] },
    }),
    conv("1-D, depthwise, stride 2", { x: [2, 3, 9], w: [3, 1, 3], attrs: { group: 3, strides: [2], pads: [1, 1] } }),
    conv("3-D", { x: [1, 2, 4, 3, 5], w: [3, 2, 2, 3, 3], attrs: { pads: [0, 1, 1, 1, 1, 1] }, bias: 3 }),
    conv("3-D, stride 2, groups", {
      x: [1, 4, 5, 4, 6],
      w: [4, 2, 3, 2, 3],
      attrs: { group: 2, strides: [2, 1, 2], pads: [1, 0, 1, 1, 0, 1] },
    }),
    { name: "weights from elsewhere", inputs: [data([2, 3, 5, 5]), data([4, 3, 3, 3])], attrs: { strides: [2, 2] } },
  ],
  ConvTranspose: [
    conv("plain", { x: [2, 3, 4, 5], w: [3, 4, 3, 3], bias: 4 }),
    conv("stride 2, doubling", {
      x: [2, 3, 4, 5],
      w: [3, 4, 4, 4],
      attrs: { strides: [2, 2], pads: [1, 1, 1, 1] },
      bias: 4,
    }),
    conv("output_padding", {
      x: [1, 2, 3, 4],
      w: [2, 3, 3, 3],
      attrs: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 0] },
    }),
    conv("output_shape", { x: [1, 2, 3, 4], w: [2, 3, 3, 3], attrs: { strides: [3, 3], output_shape: [10, 12] } }),
    conv("SAME_UPPER", { x: [1, 2, 3, 4], w: [2, 3, 3, 3], attrs: { strides: [2, 2], auto_pad: "SAME_UPPER" } }),
    conv("SAME_LOWER", { x: [1, 2, 3, 4], w: [2, 3, 3, 3], attrs: { strides: [2, 2], auto_pad: "SAME_LOWER" } }),
    conv("dilation, uneven padding", {
      x: [1, 2, 4, 5],
      w: [2, 3, 3, 2],
      attrs: { dilations: [2, 1], pads: [1, 0, 2, 1] },
    }),
    conv("groups", {
      x: [2, 4, 4, 4],
      w: [4, 3, 3, 3],
      attrs: { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] },
      bias: 6,
    }),
    conv("depthwise", { x: [2, 3, 4, 4], w: [3, 1, 3, 3], attrs: { group: 3, strides: [2, 2] } }),
    conv("1-D", { x: [2, 3, 5], w: [3, 2, 3], attrs: { strides: [2], pads: [1, 0] } }),
    conv("3-D", { x: [1, 2, 3, 2, 3], w: [2, 3, 2, 3, 2], attrs: { strides: [2, 1, 2] } }),
  ],
} as const satisfies OpCases;
