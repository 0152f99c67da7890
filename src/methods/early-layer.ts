/** @file The layer at which excitation maps are read: late enough to be about objects, early enough to be sharp. */
import type { Classifier } from "./classifier.ts";
import { candidateLayers, classMaps, defaultLayer, type Layer, upstream } from "./layers.ts";

/** Side of the input over side of the map: VGG-16's pool4, ResNet-50's layer3, AlexNet's pool2 are just below (TorchRay, SPEC 5.3). */
const REDUCTION = 18;
/** Ops whose outputs are never negative, or are made of such. */
const AFTER_ACTIVATION = new Set(["Relu", "Clip", "MaxPool", "Concat"]);

function sharpLayers(classifier: Classifier): readonly Layer[] {
  const side = Math.min(classifier.height, classifier.width) / REDUCTION;
  const isClassMap = classMaps(classifier);
  return candidateLayers(classifier).filter(
    (l) => AFTER_ACTIVATION.has(l.op) && Math.min(...l.grid) >= side && !isClassMap(l),
  );
}

/** The last feature map after an activation with at least 1/18 of the input's side. Falls back to {@link defaultLayer}. */
export const earlyLayer = (classifier: Classifier): Layer => sharpLayers(classifier).at(-1) ?? defaultLayer(classifier);

/** {@link earlyLayer} among the layers on which `value` depends; undefined when there is none. */
export function earlyLayerBelow(classifier: Classifier, value: string): Layer | undefined {
  const below = upstream(classifier.model.graph, [value]);
  const under = (layers: readonly Layer[]): Layer | undefined => layers.findLast((l) => below.has(l.name));
  return under(sharpLayers(classifier)) ?? under(candidateLayers(classifier));
}
