/** @file What the network sees of a picture: resized and cropped as its preprocessing says. */
import { type Explainer, type ImageU8, preprocess, withInputSize } from "../../src/index.ts";
import type { RunSettings } from "./held.ts";

/** In RGB. Throws `E_PARAM`. */
export function networkPicture(model: Explainer, image: ImageU8, { preprocessing }: RunSettings): ImageU8 {
  const classifier = model.classifier();
  const spec = preprocessing ?? model.preprocessing(classifier).spec;
  const fits = spec.resize || spec.crop ? spec : withInputSize(spec, classifier);
  return preprocess(image, { ...fits, layout: classifier.layout }).cropped;
}
