/** @file A network as a judged classifier beside the pipeline: its classes joined to the pipeline's, its relevance by LRP. */
import { joinLabels } from "../data/join-labels.ts";
import { see } from "../evaluate/seen.ts";
import { explain, predict } from "../explain.ts";
import type { ImageU8 } from "../image/types.ts";
import { planeOf } from "../report/picture.ts";
import type { ClassMap, Judge, JudgedPicture, Look } from "./fisher-evaluate-judge.ts";
import type { EvaluatedBeside } from "./fisher-evaluate-options.ts";

/**
 * Explains a blank picture first, so that a model without relevance is refused before the work begins. Throws `E_MODEL_INVALID`,
 * `E_METHOD_UNSUITABLE` and the like for a model that is no classifier or has none. A class whose name the network does not bear is one that it
 * does not know; indices count only where the network has no names.
 */
export async function networkJudge(
  { model, options = {} }: EvaluatedBeside,
  { labels, composite }: { readonly labels: readonly string[]; readonly composite: string },
): Promise<Judge> {
  const classifier = model.classifier(options);
  const { spec, notes } = options.preprocessing
    ? { spec: { ...options.preprocessing, layout: classifier.layout }, notes: [] }
    : model.preprocessing(classifier);
  const named = labels.map((name, index) => ({ index, name }));
  const joined = joinLabels(
    { classes: labels, labels: named, sortedClasses: true },
    { count: classifier.classes, labels: model.labels },
  );
  const own = named.map((label) => joined.of(label));
  const unknown = labels.filter((_, c) => own[c] === undefined);
  const toOwn = (row: ArrayLike<number>): number[] =>
    own.map((c) => (c === undefined ? Number.NaN : (row[c] as number)));
  const run = { ...options, preprocessing: spec };
  const seen = ({ item, image }: JudgedPicture, boxes: (typeof item)["boxes"]) =>
    see({ id: item.id, label: item.label, load: async () => image, ...(boxes ? { boxes } : {}) }, classifier, spec);
  const scoresOf = async (inputs: readonly Float32Array[]): Promise<readonly Float32Array[]> => {
    const [first] = inputs;
    if (first === undefined) return [];
    const data = new Float32Array(inputs.length * first.length);
    inputs.forEach((x, i) => {
      data.set(x, i * first.length);
    });
    const dims = [inputs.length, ...((classifier.input.dims ?? []).slice(1) as number[])];
    return (await predict(model, { dims, data }, run)).map((row) => Float32Array.from(toOwn(row)));
  };
  const dims = [1, ...((classifier.input.dims ?? []).slice(1) as number[])];
  // relevance begins with 1: what speaks for the class stays positive where its score is not
  const relevance = async (x: Float32Array, target: number): Promise<ClassMap> =>
    planeOf(
      await explain(model, { dims, data: x }, { ...run, method: "lrp", params: { composite, start: "one" }, target }),
    );
  await relevance(new Float32Array(dims.reduce((p, d) => p * d, 1)), own.find((c) => c !== undefined) ?? 0);
  return {
    id: "network",
    knows: (label) => own[label] !== undefined,
    notes: [
      ...notes,
      ...joined.report.notes.filter((note) => joined.report.by === "index" || !note.startsWith("no class")),
      ...(unknown.length > 0 ? [`the network does not know: ${unknown.join(", ")}`] : []),
    ],
    scores: async (picture) => {
      const { x } = await seen(picture, undefined);
      return Float64Array.from((await scoresOf([x]))[0] as Float32Array);
    },
    look: async (picture): Promise<Look> => {
      const { x, pixels, toInput } = await seen(picture, undefined);
      const { width, height, channels, layout } = classifier;
      return {
        picture: pictureOf(pixels, { width, height, reversed: spec.channelOrder === "BGR" }),
        boxes: async (boxes) => (await seen(picture, boxes)).boxes ?? [],
        map: (label) => relevance(x, own[label] as number),
        perturbable: { width, height, channels, layout, x, pixels, toInput, classes: labels.length },
        scoresOf,
      };
    },
    dispose: () => model.dispose(),
  };
}

/** Planes in 0 … 1 as an RGB picture. */
function pictureOf(
  pixels: Float32Array,
  { width, height, reversed }: { readonly width: number; readonly height: number; readonly reversed: boolean },
): ImageU8 {
  const area = width * height;
  const planes = pixels.length / area;
  const data = new Uint8Array(3 * area);
  for (let c = 0; c < 3; c++) {
    const from = planes === 1 ? 0 : reversed ? 2 - c : c;
    for (let i = 0; i < area; i++) data[3 * i + c] = Math.round(255 * (pixels[from * area + i] as number));
  }
  return { width, height, channels: 3, data };
}
