/**
 * @file `npm run build && node dist/bench/fisher.js [PHOTO]`: what encoding and explaining one photograph cost, with K = 256 and D = 80. The
 * encoding is cut off behind each of its stages, so a stage is the difference of two graphs; all graphs run in turn, the least of each counts.
 * Peaks of memory are those of processes that do one thing alone.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { descriptorsModel } from "../src/fisher/descriptors.ts";
import { fitMixture } from "../src/fisher/em.ts";
import { EXPLANATION, explanationModel } from "../src/fisher/explain-graph.ts";
import { frameCount, frameGrids } from "../src/fisher/frames.ts";
import { planesOf } from "../src/fisher/framing.ts";
import { emitBasis, emitMomentTable, emitPosteriors, emitReduced, uncentred } from "../src/fisher/moments-graph.ts";
import { fitProjection, projectAll } from "../src/fisher/pca.ts";
import { type Encoding, vectorWidth } from "../src/fisher/pipeline.ts";
import { encodingModel } from "../src/fisher/pipeline-graph.ts";
import { type EmittedSift, emitGrey, emitSift } from "../src/fisher/sift-graph.ts";
import { DESCRIPTOR_WIDTH, TOOLKIT_SIFT } from "../src/fisher/sift-settings.ts";
import { readSafetensors, writeSafetensors } from "../src/formats/safetensors.ts";
import type { GraphBuilder, Value } from "../src/graph/builder.ts";
import type { Model } from "../src/graph/types.ts";
import { writeModelBytes } from "../src/graph/write.ts";
import { toRgb } from "../src/image/channels.ts";
import { decodeImage } from "../src/image/decode-node.ts";
import type { ImageU8, Size } from "../src/image/types.ts";
import { drawScene } from "../src/index.ts";
import { encodingIn, encodingTensors } from "../src/jobs/fisher-open.ts";
import { openRelevance } from "../src/jobs/fisher-relevance.ts";
import { arraysOf } from "../src/jobs/regions-open.ts";
import { modelOf } from "../src/ops/model-of.ts";
import { normals, scattered } from "../src/random.ts";
import { inMemory } from "../src/representers/features.ts";
import { openSession } from "../src/runtime/ort-node.ts";
import type { HostTensor } from "../src/runtime/session.ts";

const REPEATS = Number(process.env.BENCH_RUNS ?? 7);
const THREADS = Number(process.env.BENCH_THREADS ?? 1);
const [COMPONENTS, WIDTH] = [256, 80];
/** Of an explanation over the encoding, and of resident memory in MB. */
const [SLOWEST, LARGEST] = [2, 1000];
const SIZE: Size = { width: 500, height: 375 };
const PHOTOS = "../shared/images/imagenet-sample";
const ENCODING = "encoding.safetensors";
const options = { threads: THREADS };

/** The photograph asked for and others of its size; drawn scenes where there are none. */
async function pictures(wanted: string | undefined): Promise<readonly ImageU8[]> {
  const names = existsSync(PHOTOS) ? readdirSync(PHOTOS).sort() : [];
  const found: ImageU8[] = wanted === undefined ? [] : [toRgb(await decodeImage(readFileSync(wanted)))];
  const { width, height } = found[0] ?? SIZE;
  for (const name of names.filter((n) => /\.jpe?g$/i.test(n))) {
    if (found.length === 4) break;
    const image = await decodeImage(readFileSync(join(PHOTOS, name)));
    if (image.width === width && image.height === height) found.push(toRgb(image));
  }
  if (found.length > 0) return found;
  return [1, 2, 3, 4].map((seed) => {
    const scene = drawScene(seed, { size: 500 }).image;
    return { ...SIZE, channels: 3, data: scene.data.slice(0, 3 * SIZE.width * SIZE.height) };
  });
}

const tensorOf = (image: ImageU8): HostTensor => ({
  dtype: "float32",
  dims: [1, 3, image.height, image.width],
  data: planesOf(image),
});

/** Projection and mixture of some 20,000 descriptors of the pictures; a few rounds of EM. */
async function fitted(images: readonly ImageU8[]): Promise<Encoding> {
  const taken: Float32Array[] = [];
  for (const image of images) {
    const session = await openSession(writeModelBytes(descriptorsModel(TOOLKIT_SIFT, image)), options);
    const all = (await session.run({ image: tensorOf(image) })).descriptors?.data as Float32Array;
    await session.dispose();
    const every = Math.max(1, Math.floor((all.length / DESCRIPTOR_WIDTH) * (images.length / 20_000)));
    for (let at = 0; at < all.length; at += every * DESCRIPTOR_WIDTH) taken.push(all.slice(at, at + DESCRIPTOR_WIDTH));
  }
  const rows = new Float32Array(taken.length * DESCRIPTOR_WIDTH);
  for (const [i, row] of taken.entries()) rows.set(row, i * DESCRIPTOR_WIDTH);
  const source = inMemory(rows, DESCRIPTOR_WIDTH);
  const projection = await fitProjection(source, { ...options, width: WIDTH });
  const reduced = inMemory(await projectAll(source, projection, options), WIDTH);
  const { mixture } = await fitMixture(reduced, { ...options, components: COMPONENTS, iterations: 5 });
  return { sift: TOOLKIT_SIFT, projection, mixture, spatial: "none", zeroth: true };
}

/** Graphs that end behind a stage, in one number a bin size. */
function cut(encoding: Encoding, { width, height }: Size): Readonly<Record<string, Model>> {
  const mixture = uncentred(encoding);
  const until = (stage: (g: GraphBuilder, sift: EmittedSift) => Value): Model =>
    modelOf("cut", (g) => {
      const image = g.input("image", "float32", ["N", 3, height, width]);
      const sifts = emitSift(g, emitGrey(g, image), encoding.sift);
      return Object.fromEntries(sifts.map((s) => [`end_${s.size}`, g.op("ReduceMax", [stage(g, s)], { keepdims: 0 })]));
    });
  const basis = (g: GraphBuilder, s: EmittedSift): Value =>
    emitBasis(g, emitReduced(g, s.descriptors, encoding.projection, true));
  return {
    "grey, SIFT": until((_, s) => s.descriptors),
    projection: until(basis),
    posteriors: until((g, s) => emitPosteriors(g, basis(g, s), mixture)),
    moments: until((g, s) => {
      const rows = basis(g, s);
      return emitMomentTable(g, emitPosteriors(g, rows, mixture), rows);
    }),
    "sums, normalisation": encodingModel(encoding, { width, height }),
  };
}

/** Weights of a class, as large as those of a machine. */
const machineOf = (encoding: Encoding) => {
  const width = vectorWidth(encoding);
  const draw = normals(scattered(1));
  return { weights: Float32Array.from({ length: width }, () => (4 * draw()) / Math.sqrt(width)), bias: -0.5 };
};

const ms = (v: number): string => `${v.toFixed(0)} ms`;

/** One thing alone, for its peak of memory. */
async function alone(what: string, folder: string): Promise<void> {
  const { metadata } = readSafetensors(readFileSync(join(folder, ENCODING)), ENCODING);
  const encoding = encodingIn(await arraysOf(folder, ENCODING), JSON.parse(metadata.head as string));
  const { width, height } = JSON.parse(metadata.size as string) as Size;
  const image: ImageU8 = { width, height, channels: 3, data: new Uint8Array(readFileSync(join(folder, "image.raw"))) };
  if (what === "encoding") {
    const session = await openSession(writeModelBytes(encodingModel(encoding, image)), options);
    for (let i = 0; i < 2; i++) await session.run({ image: tensorOf(image) });
    await session.dispose();
  } else {
    const variant = what as "epsilon" | "absolute";
    const reader = openRelevance(encoding, { variant, epsilon: 100, area: "4s" }, options);
    const { weights, bias } = machineOf(encoding);
    const began = performance.now();
    const picture = await reader.read(image);
    const read = performance.now();
    await picture.relevance(Float64Array.from(weights), bias);
    const ended = performance.now();
    if (variant === "absolute") console.log(`absolute: read ${ms(read - began)}, share out ${ms(ended - read)}`);
    await reader.dispose();
  }
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(`peak of ${what} alone: ${peak.toFixed(0)} MB (limit ${LARGEST})`);
  if (peak > LARGEST) process.exitCode = 1;
}

async function compared(photo: string | undefined): Promise<void> {
  const images = await pictures(photo);
  const [image] = images as readonly [ImageU8];
  const encoding = await fitted(images);
  const load = loadavg()[0] as number;
  console.log(
    `${image.width} x ${image.height}, ${frameCount(frameGrids(image, TOOLKIT_SIFT))} descriptors, K ${COMPONENTS}, D ${WIDTH}, V ${vectorWidth(encoding)}; ${THREADS} ${THREADS === 1 ? "thread" : "threads"}, least of ${REPEATS}, load ${load.toFixed(1)}`,
  );
  const { weights, bias } = machineOf(encoding);
  const machine = {
    [EXPLANATION.weights]: { dtype: "float32", dims: [1, weights.length], data: weights },
    [EXPLANATION.bias]: { dtype: "float32", dims: [1], data: Float32Array.of(bias) },
  } as const;
  const stages = cut(encoding, image);
  const models: Readonly<Record<string, Model>> = {
    ...stages,
    epsilon: explanationModel(encoding, { variant: "epsilon" }, image),
    plain: explanationModel(encoding, { variant: "plain" }, image),
  };
  const sessions = [];
  for (const [name, model] of Object.entries(models))
    sessions.push({ name, session: await openSession(writeModelBytes(model), options) });
  const least: Record<string, number> = {};
  for (let i = 0; i < REPEATS; i++)
    for (const { name, session } of sessions) {
      const feeds = { image: tensorOf(image), ...(name in stages ? {} : machine) };
      const began = performance.now();
      await session.run(feeds);
      least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, performance.now() - began);
    }
  for (const { session } of sessions) await session.dispose();
  const names = Object.keys(stages);
  const whole = least[names.at(-1) as string] as number;
  names.forEach((name, i) => {
    const own = (least[name] as number) - (i === 0 ? 0 : (least[names[i - 1] as string] as number));
    console.log(`${name.padEnd(20)} ${ms(own).padStart(9)}  ${((100 * own) / whole).toFixed(0).padStart(3)} %`);
  });
  console.log(`${"encoding".padEnd(20)} ${ms(whole).padStart(9)}`);
  for (const name of ["epsilon", "plain"]) {
    const own = least[name] as number;
    console.log(
      `${`explanation, ${name}`.padEnd(20)} ${ms(own).padStart(9)}  ${(own / whole).toFixed(2)} of the encoding (limit ${SLOWEST})`,
    );
    if (own > SLOWEST * whole) process.exitCode = 1;
  }
  const folder = mkdtempSync(join(tmpdir(), "fisher-bench-"));
  const { sift, spatial, zeroth, mixture, projection } = encoding;
  const projected = { from: projection.from, width: projection.width };
  const head = { sift, spatial, zeroth, components: mixture.components, width: mixture.width, projected };
  const about = { head: JSON.stringify(head), size: JSON.stringify({ width: image.width, height: image.height }) };
  writeFileSync(join(folder, ENCODING), writeSafetensors(encodingTensors(encoding), about));
  writeFileSync(join(folder, "image.raw"), image.data);
  for (const what of ["encoding", "epsilon", "absolute"]) {
    const self = fileURLToPath(import.meta.url);
    const { status } = spawnSync(process.execPath, [self, "--alone", what, folder], { stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
  rmSync(folder, { recursive: true });
}

const [first, what, folder] = process.argv.slice(2);
if (first === "--alone") await alone(what as string, folder as string);
else await compared(first);
