/** @file Projection and mixture of a training, from a sample of its descriptors; kept in the folder as soon as they are known. */
import { OnnxplainError } from "../errors.ts";
import { fitMixture } from "../fisher/em.ts";
import { fitProjection, projectAll } from "../fisher/pca.ts";
import type { Encoding } from "../fisher/pipeline.ts";
import type { Projection } from "../fisher/projection.ts";
import type { RowSource } from "../fisher/rows.ts";
import { DESCRIPTOR_WIDTH } from "../fisher/sift-settings.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { inMemory } from "../representers/features.ts";
import { ENCODING, type EncodingHead, encodingIn, encodingTensors } from "./fisher-open.ts";
import type { FisherReport } from "./fisher-options.ts";
import { descriptorReader, sampled, sampledCount } from "./fisher-readers.ts";
import { sessionOf, stored, type Training } from "./fisher-training.ts";
import { arraysIn } from "./kept-files.ts";
import type { JobFolder } from "./run-folder.ts";

export interface FittedEncoding {
  readonly encoding: Encoding;
  readonly mixture: FisherReport["mixture"];
  /** Share of the descriptors' variance along the axes that are kept; null where they do not vary. */
  readonly explained: number | null;
  /** Descriptors that were looked at. */
  readonly samples: number;
}

/** Facts of an encoding that are not arrays. */
type Facts = EncodingHead & Omit<FittedEncoding, "encoding">;

export const headOf = ({ sift, spatial, zeroth, mixture, projection }: Encoding): EncodingHead => ({
  sift,
  spatial,
  zeroth,
  components: mixture.components,
  width: mixture.width,
  projected: { from: projection.from, width: projection.width },
});

/** The folder's, or a new one, which the folder then has. Throws `E_PARAM` for more components than descriptors. */
export async function encodingOf(training: Training): Promise<FittedEncoding> {
  const kept = await keptEncoding(training.job);
  if (kept) return kept;
  const { encoding, ...facts } = await fitted(training);
  const said: Facts = { ...headOf(encoding), ...facts };
  await training.job.write(ENCODING, writeSafetensors(encodingTensors(encoding), { facts: JSON.stringify(said) }));
  return { encoding, ...facts };
}

async function keptEncoding({ folder, read }: JobFolder): Promise<FittedEncoding | undefined> {
  const bytes = await read(ENCODING);
  if (bytes === undefined) return undefined;
  const { arrays, metadata } = arraysIn(bytes, folder, ENCODING);
  const { mixture, explained, samples, ...head } = JSON.parse(metadata.facts ?? "{}") as Facts;
  return { mixture, explained, samples, encoding: encodingIn(arrays, head) };
}

async function fitted(training: Training): Promise<FittedEncoding> {
  const { asked, options, clock, found } = training;
  const { sift, spatial, zeroth } = asked;
  const pictures = await stored(training, {
    stage: "descriptors",
    part: "sample",
    reader: descriptorReader(sift, Math.max(1, Math.floor(asked.samples / found.labelled.length))),
    pictures: found.labelled,
    name: options.data.name,
  });
  const samples = await sampledCount(pictures.features);
  if (samples < asked.components) throw tooFew(asked.components, samples);
  const reading = { ...sessionOf(options), signal: options.signal };
  options.onProgress?.("projection", 0, undefined);
  const { projection, explained, rows } = await clock("projection", async () => {
    const descriptors = sampled(pictures.features, "descriptors", samples);
    const whole = await fitProjection(descriptors, {
      ...reading,
      width: DESCRIPTOR_WIDTH,
      subtractMean: asked.subtractMean,
    });
    const projection = narrowed(whole, asked.width);
    const reduced = await projectAll(descriptors, projection, reading);
    const all = total(whole.variances);
    return {
      projection,
      explained: all > 0 ? total(projection.variances) / all : null,
      rows: spatial === "xy" ? await placed(reduced, sampled(pictures.features, "places", samples)) : reduced,
    };
  });
  const fit = await clock("mixture", () =>
    fitMixture(inMemory(rows, rows.length / samples), {
      ...reading,
      components: asked.components,
      start: asked.start,
      seed: asked.seed,
      iterations: asked.iterations,
      onIteration: ({ iteration }) => options.onProgress?.("mixture", iteration, undefined),
    }),
  );
  const { mixture, converged, empty, logLikelihoods } = fit;
  return {
    encoding: { sift, projection, mixture, spatial, zeroth },
    mixture: { start: asked.start, converged, likelihoods: logLikelihoods, empty },
    explained,
    samples,
  };
}

export const tooFew = (components: number, descriptors: number): OnnxplainError =>
  new OnnxplainError(
    "E_PARAM",
    `A mixture of ${components} Gaussians needs ${components} descriptors at least, got ${descriptors}. Ask for fewer \`components\`, more \`samples\`, or give more pictures.`,
  );

const total = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** The first axes of a projection. */
function narrowed({ from, width, axes, variances, mean }: Projection, to: number): Projection {
  const first = new Float64Array(from * to);
  for (let d = 0; d < from; d++) first.set(axes.subarray(d * width, d * width + to), d * to);
  return { from, width: to, mean, axes: first, variances: variances.slice(0, to) };
}

/** Two numbers more behind every row. */
async function placed(rows: Float32Array, places: RowSource): Promise<Float32Array> {
  const width = rows.length / places.count;
  const out = new Float32Array(rows.length + 2 * places.count);
  for await (const { first, count, rows: own } of places.blocks())
    for (let i = 0; i < count; i++) {
      const at = (first + i) * (width + 2);
      out.set(rows.subarray((first + i) * width, (first + i + 1) * width), at);
      out.set(own.subarray(2 * i, 2 * i + 2), at + width);
    }
  return out;
}
