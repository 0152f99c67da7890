/** @file The folder of `patterns fit` as what its page is made of. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import { contourOf } from "../patterns/contour.ts";
import type { PatternContours, PatternFrame, PatternLayer, PatternsPage } from "../report/patterns/input.ts";
import { PATTERN_FILES, type PicturesAbout } from "./patterns-fitting.ts";
import { type Piece, pieceIn } from "./patterns-pieces.ts";
import type { RegionsAbout } from "./patterns-regions.ts";
import type { FrameReport, LayerFacts, PatternsReport } from "./patterns-report.ts";
import { concentrationAsked, type PatternSamples, type SamplesAbout, samplesIn } from "./patterns-samples.ts";
import { gridsOf } from "./patterns-written.ts";

/** A finished fit: its report, and the page. Throws `E_FILE` for a folder that holds none, or not all of it. */
export async function openPatterns(
  folder: string,
): Promise<{ readonly report: PatternsReport; readonly page: PatternsPage }> {
  const report = JSON.parse(new TextDecoder().decode(await bytesIn(folder, "patterns.json"))) as PatternsReport;
  const read = async <About>(name: string): Promise<Piece<About>> => pieceIn<About>(await bytesIn(folder, name), name);
  const pictures = await read<PicturesAbout>(PATTERN_FILES.pictures);
  const shown = Int32Array.from(report.shown);
  const frames: PatternFrame[] = [];
  for (const [f, own] of report.frames.entries()) {
    const samples = samplesIn(await read<SamplesAbout>(PATTERN_FILES.samples(f)), {
      dimension: report.settings.dimension,
      categories: report.categories.length,
    });
    const layers: PatternLayer[] = [];
    for (const [l, facts] of own.layers.entries())
      layers.push(layerOf(facts, await read<RegionsAbout>(PATTERN_FILES.layer(f, l)), shown));
    frames.push(frameOf(own, samples, { layers, contours: contoursOf(report, samples) }));
  }
  const { attack, ...settings } = report.settings;
  const [, height = 0, width = 0] = pictures.dims("thumbnails");
  return {
    report,
    page: {
      facts: {
        data: report.data,
        models: report.models,
        version: report.version,
        command: report.command,
        unread: report.unread,
        notes: report.notes,
      },
      settings: {
        ...settings,
        ...Object.fromEntries(Object.entries(attack ?? {}).map(([name, value]) => [`attack_${name}`, value])),
        layers: [...new Set(report.frames.map((f) => f.layer_rule))].join("; "),
      },
      dimension: settings.dimension,
      tau: settings.tau,
      concentration: { sigma: settings.sigma, kappa0: settings.kappa0 },
      grid: report.grid,
      categories: report.categories,
      ids: pictures.about.ids,
      labels: pictures.int32("labels"),
      thumbnails: {
        width,
        height,
        pixels: pictures.has("thumbnails") ? pictures.uint8("thumbnails") : new Uint8Array(0),
      },
      shown,
      frames,
    },
  };
}

async function bytesIn(folder: string, name: string): Promise<Uint8Array> {
  const bytes = await files.read(files.join(folder, name));
  if (bytes !== undefined) return bytes;
  throw new OnnxplainError(
    "E_FILE",
    `\`${folder}\` holds no finished fit: \`${name}\` is missing. Run \`onnxplain patterns fit … -o ${folder}\` (with \`--resume\` where it was stopped).`,
    { file: name },
  );
}

function frameOf(
  { samples: about, ...facts }: FrameReport,
  samples: PatternSamples,
  rest: Pick<PatternFrame, "layers" | "contours">,
): PatternFrame {
  const { directions, points, winners, predicted, confidence, networkConfidence } = samples;
  const { name, model, epoch, step, input, after } = facts;
  return {
    name,
    model,
    epoch,
    step,
    input,
    after,
    weights: Float32Array.from(directions.weights),
    means: Float32Array.from(directions.means),
    points: Float32Array.from(points),
    predicted,
    posterior: winners,
    confidence: Float32Array.from(confidence),
    networkConfidence: Float32Array.from(networkConfidence),
    strength: about.strength,
    agreement: about.agreement,
    accuracy: about.accuracy,
    networkAccuracy: about.network_accuracy,
    curve: { kl: about.curve.map((c) => c.kl), second: about.curve.map((c) => c.logLikelihood) },
    best: about.best,
    converged: about.converged,
    residual: about.residual,
    notes: [...facts.notes, ...about.notes],
    ...rest,
  };
}

function layerOf(
  { name, op, size, channels }: LayerFacts,
  piece: Piece<RegionsAbout>,
  shown: Int32Array,
): PatternLayer {
  const { strength, scale, knowledge, change, curve } = piece.about;
  const grids = gridsOf("g", piece, shown);
  return {
    name,
    op,
    size,
    channels,
    strength,
    scale,
    knowledge,
    counts: piece.int32("counts"),
    reliable: piece.int32("reliable"),
    change,
    curve: { kl: curve.map((c) => c.kl), second: curve.map((c) => c.align) },
    grids: {
      arrows: grids["g/arrows"]?.data as Float32Array,
      largest: grids["g/largest"]?.data as Float32Array,
      winners: grids["g/winners"]?.data as Int32Array,
    },
  };
}

/** Points a side. */
const STEPS = 61;

/** Of the whole plane that the points lie in; none in three dimensions. */
function contoursOf({ settings }: PatternsReport, { directions, points }: PatternSamples): PatternContours | null {
  const { dimension, categories } = directions;
  if (dimension !== 2) return null;
  let extent = 1;
  for (const v of points) extent = Math.max(extent, Math.abs(v));
  const concentration = concentrationAsked(settings);
  const values = new Float32Array(categories * STEPS * STEPS);
  let ticks: ArrayLike<number> = [];
  for (let target = 0; target < categories; target++) {
    const contour = contourOf(directions, concentration, { target, extent, steps: STEPS });
    values.set(contour.values, target * STEPS * STEPS);
    ({ ticks } = contour);
  }
  return { ticks: Float32Array.from(ticks), values };
}
