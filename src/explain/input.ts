/** @file From what the user calls an image to rows of network input. */
import { decodeImage } from "#decode";
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import type { Explainer } from "../explainer.ts";
import { elementCount, formatDims } from "../graph/dim.ts";
import { type Preprocessing, preprocess } from "../image/preprocess.ts";
import { withInputSize } from "../image/presets.ts";
import type { ImageU8 } from "../image/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { ImageInput, InputTensor } from "./options.ts";

export interface ReadInput {
  readonly rows: readonly Float32Array[];
  readonly picture: ImageU8 | undefined;
  readonly preprocessing: Preprocessing | undefined;
  readonly notes: readonly string[];
}

/** Throws `E_FILE`, `E_IMAGE_READ`, or `E_INPUT_SHAPE` when the model takes another shape. */
export async function readInput(
  model: Explainer,
  classifier: Classifier,
  image: ImageInput,
  options: { readonly preprocessing?: Preprocessing | undefined },
): Promise<ReadInput> {
  if (typeof image === "object" && "dims" in image)
    return { rows: tensorRows(image, classifier), picture: undefined, preprocessing: undefined, notes: [] };
  const decoded = await toPicture(image);
  const stated = options.preprocessing && { spec: { ...options.preprocessing, layout: classifier.layout }, notes: [] };
  const { spec, notes } = stated ?? model.preprocessing(classifier);
  let ready = preprocess(decoded, spec);
  const expected = (classifier.input.dims ?? []).slice(1);
  if (ready.dims.slice(1).some((d, i) => d !== expected[i]) && !spec.resize && !spec.crop)
    ready = preprocess(decoded, withInputSize(spec, classifier));
  if (ready.dims.slice(1).some((d, i) => d !== expected[i])) {
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Preprocessing gives ${formatDims(ready.dims)}, the model takes ${formatDims(classifier.input.dims)}. Set \`--size\`, \`--crop\` or \`--layout\`.`,
    );
  }
  return { rows: [ready.data], picture: ready.cropped, preprocessing: spec, notes };
}

/** Throws `E_FILE`, `E_IMAGE_READ`. */
export async function toPicture(image: string | Uint8Array | ImageU8): Promise<ImageU8> {
  if (typeof image === "string") {
    const bytes = await files.read(image);
    if (bytes === undefined) throw new OnnxplainError("E_FILE", `There is no image \`${image}\`.`, { file: image });
    return decodeImage(bytes, image);
  }
  return image instanceof Uint8Array ? decodeImage(image) : image;
}

/** Throws `E_INPUT_SHAPE`. */
export function tensorRows(
  { dims, data }: InputTensor,
  classifier: Pick<Classifier, "input">,
): readonly Float32Array[] {
  const expected = (classifier.input.dims ?? []).slice(1);
  const batched = dims.length === 3 ? [1, ...dims] : dims;
  if (batched.length !== 4 || batched.slice(1).some((d, i) => d !== expected[i]) || batched[0] === 0) {
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected a tensor of shape ${formatDims(classifier.input.dims)}, got ${formatDims(dims)}.`,
    );
  }
  if (data.length !== elementCount(dims)) {
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `A tensor of shape ${formatDims(dims)} holds ${elementCount(dims)} values, got ${data.length}.`,
    );
  }
  const count = batched[0] as number;
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) => data.slice(i * size, (i + 1) * size));
}
