/** @file Chains of convolutions: AlexNet, VGG, SqueezeNet. */
import type { Value } from "../../src/graph/builder.ts";
import { CLASSES, type Kit, zooNet } from "./kit.ts";

export const alexnet = zooNet(80, (k, x) => {
  let y = k.maxPool(k.relu(k.conv(x, 8, { k: 11, s: 4, p: 2 })), 3);
  y = k.maxPool(k.relu(k.conv(y, 16, { k: 5 })), 3);
  for (const c of [24, 16, 16]) y = k.relu(k.conv(y, c, { k: 3 }));
  y = k.flatten(k.maxPool(y, 3));
  return k.dense(k.relu(k.dense(k.relu(k.dense(y, 32)), 32)), CLASSES);
});

/** Convolutions of each stage, and their width. */
type Stages = readonly (readonly [number, number])[];

const vgg = (stages: Stages, withBn: boolean): ReturnType<typeof zooNet> =>
  zooNet(32, (k, x) => {
    let y = x;
    for (const [repeats, c] of stages) {
      for (let i = 0; i < repeats; i++) {
        const z = k.conv(y, c, { k: 3 });
        y = k.relu(withBn ? k.bn(z) : z);
      }
      y = k.maxPool(y, 2);
    }
    return k.dense(k.relu(k.dense(k.relu(k.dense(k.flatten(y), 32)), 32)), CLASSES);
  });

const VGG11: Stages = [
  [1, 6],
  [1, 8],
  [2, 16],
  [2, 24],
  [2, 24],
];
const VGG16: Stages = VGG11.map(([, c], i) => [i < 2 ? 2 : 3, c]);

export const vgg11 = vgg(VGG11, false);
export const vgg16 = vgg(VGG16, false);
export const vgg11Bn = vgg(VGG11, true);

function fire(k: Kit, x: Value, squeeze: number, expand: number): Value {
  const s = k.relu(k.conv(x, squeeze));
  return k.concat([k.relu(k.conv(s, expand)), k.relu(k.conv(s, expand, { k: 3 }))]);
}

/** The last convolution makes the classes; there is no dense layer. */
const squeezeHead = (k: Kit, x: Value): Value => k.pooled(k.relu(k.conv(x, CLASSES)));

export const squeezenet10 = zooNet(48, (k, x) => {
  let y = k.maxPool(k.relu(k.conv(x, 8, { k: 7, s: 2, p: 0 })), 3, { ceil: true });
  y = k.maxPool(fire(k, fire(k, y, 4, 8), 4, 8), 3, { ceil: true });
  y = k.maxPool(fire(k, fire(k, y, 6, 12), 8, 16), 3, { ceil: true });
  return squeezeHead(k, fire(k, y, 8, 16));
});

export const squeezenet11 = zooNet(48, (k, x) => {
  let y = k.maxPool(k.relu(k.conv(x, 8, { k: 3, s: 2, p: 0 })), 3, { ceil: true });
  y = k.maxPool(fire(k, fire(k, y, 4, 8), 4, 8), 3, { ceil: true });
  y = k.maxPool(fire(k, y, 6, 12), 3, { ceil: true });
  return squeezeHead(k, fire(k, fire(k, y, 6, 12), 8, 16));
});
