/** @file Classifiers of these tests. */
import type { Classifier } from "../../src/methods/classifier.ts";
import type { Layer } from "../../src/methods/layers.ts";

export interface ExplainerClassifier {
  readonly classifier: Classifier;
  readonly layer: Layer;
}
