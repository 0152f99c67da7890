/** @file What a fit leaves in its folder, from the pieces of its frames. */
import { OnnxplainError } from "../errors.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { type TensorToWrite, writeSafetensors } from "../formats/safetensors.ts";
import { sortedJson } from "../report/manifest.ts";
import { VERSION } from "../version.ts";
import {
  clockOf,
  type Fitting,
  factsIn,
  PATTERN_FILES,
  type PatternsRun,
  type PatternTimes,
  type PicturesAbout,
  required,
  samplesOf,
  shownOf,
} from "./patterns-fitting.ts";
import type { Piece } from "./patterns-pieces.ts";
import type { RegionsAbout } from "./patterns-regions.ts";
import {
  type FittedFrame,
  type FrameReport,
  knowledgeTable,
  type PatternsReport,
  samplesTable,
} from "./patterns-report.ts";
import type { JobFolder } from "./run-folder.ts";

/** All files; then the fit is done. */
export async function written(fitting: Fitting): Promise<PatternsRun> {
  const { job, asked, options, categories, grid, plan, clock } = fitting;
  const pictures = await required<PicturesAbout>(job, PATTERN_FILES.pictures);
  const { ids, unread, notes } = pictures.about;
  const labels = pictures.int32("labels");
  const shown = shownOf(asked, ids.length);
  const [fit, grids]: [Record<string, TensorToWrite>, Record<string, TensorToWrite>] = [{}, {}];
  const frames: Pick<FittedFrame, "facts" | "samples">[] = [];
  const reports: FrameReport[] = [];
  for (let f = 0; f < plan.length; f++) {
    const facts = await factsIn(job, f);
    const samples = await samplesOf(fitting, f);
    const { matrix, width, directions } = samples;
    fit[`${f}/M`] = { dims: [asked.dimension, width], data: matrix };
    fit[`${f}/pi`] = { dims: [directions.categories], data: directions.weights };
    fit[`${f}/mu`] = { dims: [directions.categories, asked.dimension], data: directions.means };
    const regions: RegionsAbout[] = [];
    for (let l = 0; l < facts.layers.length; l++) {
      const layer = await required<RegionsAbout>(job, PATTERN_FILES.layer(f, l));
      fit[`${f}/Lambda/${l}`] = { dims: layer.dims("matrix"), data: layer.float64("matrix") };
      Object.assign(grids, gridsOf(`${f}/${l}`, layer, shown));
      regions.push(layer.about);
    }
    frames.push({ facts, samples });
    reports.push({ ...facts, samples: samples.about, regions });
  }
  const report: PatternsReport = {
    version: VERSION,
    data: options.data.name,
    models: options.models.map(({ name, sha256 }) => ({ name, sha256 })),
    categories: categories.names.map((name, y) => ({ name, index: categories.classes[y] as number })),
    count: ids.length,
    labelled: labels.filter((label) => label >= 0).length,
    grid,
    settings: asked,
    frames: reports,
    shown: Array.from(shown),
    unread,
    origin: options.origin ?? null,
    command: options.command ?? null,
    notes,
  };
  const times: PatternTimes = { stages: clock.stages, frames: clock.frames };
  await job.write("fit.safetensors", writeSafetensors(fit));
  await job.write("grids.safetensors", writeSafetensors({ ...grids, shown: { dims: [shown.length], data: shown } }));
  await job.write("samples.parquet", writeTable(samplesTable(frames, { ids, labels, names: categories.names })));
  await job.write("knowledge.parquet", writeTable(knowledgeTable(reports)));
  await job.write("times.json", json(times));
  await job.write("patterns.json", json(report));
  await job.clear(options.keepFeatures ? ["fits"] : ["fits", "features"]);
  await job.close();
  return { folder: job.folder, report, times };
}

const json = (value: object): string => sortedJson(value);

/** `arrows`, `largest` and `winners` of the shown pictures. */
export function gridsOf(
  name: string,
  layer: Piece<RegionsAbout>,
  shown: Int32Array,
): Readonly<Record<string, TensorToWrite & { readonly data: Float32Array | Int32Array }>> {
  const [, positions = 0] = layer.dims("largest");
  const [largest, winners] = [new Float32Array(shown.length * positions), new Int32Array(shown.length * positions)];
  shown.forEach((place, i) => {
    const [from, to] = [place * positions, (place + 1) * positions];
    largest.set(layer.float32("largest").subarray(from, to), i * positions);
    winners.set(layer.int32("winners").subarray(from, to), i * positions);
  });
  return {
    [`${name}/arrows`]: { dims: layer.dims("arrows"), data: layer.float32("arrows") },
    [`${name}/largest`]: { dims: [shown.length, positions], data: largest },
    [`${name}/winners`]: { dims: [shown.length, positions], data: winners },
  };
}

/** A fit that is whole already. */
export async function finished(job: JobFolder): Promise<PatternsRun> {
  const bytes = await job.read("patterns.json");
  if (bytes === undefined)
    throw new OnnxplainError("E_FILE", `\`patterns.json\` is missing in \`${job.folder}\`. Fit anew.`);
  const report = JSON.parse(new TextDecoder().decode(bytes)) as PatternsReport;
  return { folder: job.folder, report, times: { stages: clockOf().stages, frames: report.frames.map(() => 0) } };
}
