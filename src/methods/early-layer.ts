/** @file The layer at which excitation maps are read: late enough to be about objects, early enough to be sharp. */
import type { Classifier } from "./classifier.ts";
import { candidateLayers, defaultLayer, type Layer } from "./layers.ts";

/** Side of the input over side of the map: VGG-16's pool4, ResNet-50's layer3, AlexNet's pool2 are just below (TorchRay, SPEC 5.3). */
const REDUCTION = 18;
/** Ops whose outputs are never negative, or are made of such. */
const AFTER_ACTIVATION = new Set(["Relu", "Clip", "MaxPool", "Concat"]);

/** The last feature map after an activation with at least 1/18 of the input's side. Falls back to {@link defaultLayer}. */
export function earlyLayer(classifier: Classifier): Layer {
  const side = Math.min(classifier.height, classifier.width) / REDUCTION;
  const sharp = candidateLayers(classifier).filter((l) => AFTER_ACTIVATION.has(l.op) && Math.min(...l.grid) >= side);
  return sharp.at(-1) ?? defaultLayer(classifier);
}
