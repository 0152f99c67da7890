/** @file LeNet-5, with ReLU and max pools. */
import type { Architecture } from "../architecture.ts";
import { type Feature, Layers } from "./layers.ts";
import { stemStride } from "./stem.ts";

const ID = "lenet";
const SMALLEST = 12;

/** Two 5x5 convolutions with pools, then dense 120, 84, classes. Pictures of 28x28 meet the sizes of the paper: 28, 14, 10, 5. */
export const lenet: Architecture = {
  id: ID,
  title: "LeNet-5 with ReLU and max pools in place of tanh and trained averages; 62k weights, 250 kB for 28x28 grey",
  source: "LeCun, Bottou, Bengio, Haffner 1998, Gradient-based learning applied to document recognition, section II.B",
  smallest: SMALLEST,
  build: (options) => {
    const net = new Layers(ID, SMALLEST, options);
    const halve = (x: Feature, name: string): Feature => net.maxPool(x, name, { kernel: 2, stride: 2 });
    const first = net.conv(net.input, "conv1", {
      channels: net.wide(6),
      kernel: 5,
      stride: stemStride(net.input),
      bias: true,
    });
    const half = halve(net.relu(first, "relu1"), "pool1");
    const second = net.conv(half, "conv2", { channels: net.wide(16), kernel: 5, pad: 0, bias: true });
    const small = net.flatten(halve(net.relu(second, "relu2"), "pool2"), "features");
    const fc1 = net.relu(net.dense(small, "fc1", net.wide(120)), "relu3");
    const fc2 = net.relu(net.dense(fc1, "fc2", net.wide(84)), "relu4");
    return net.scores(fc2, "fc3");
  },
};
