/** @file `patterns.json`, and the two tables: what a fit found, the same for the same networks, pictures and settings. */
import { type Table, tableOfRows } from "../formats/table.ts";
import type { Grid } from "../patterns/pooled.ts";
import type { PatternCategory } from "../report/patterns/input.ts";
import type { PatternsAsked } from "./patterns-options.ts";
import type { Piece } from "./patterns-pieces.ts";
import type { RegionsAbout } from "./patterns-regions.ts";
import type { PatternSamples, SamplesAbout } from "./patterns-samples.ts";
import type { UnreadPicture } from "./regions-network.ts";
import type { Settings } from "./run-folder.ts";

export interface LayerFacts {
  readonly name: string;
  readonly op: string;
  /** Its own rows and columns. */
  readonly size: readonly [number, number];
  readonly channels: number;
}

/** What is known of a frame before it is fitted. */
export interface FrameFacts {
  readonly name: string;
  /** Number among the models. */
  readonly model: number;
  readonly epoch: number | null;
  readonly step: number | null;
  readonly input: "clean" | "attacked";
  /** The frame that it began from and is turned into. */
  readonly after: number | null;
  /** Its features and channels are those of that frame, at another time or for other inputs. */
  readonly warm: boolean;
  readonly features: { readonly value: string; readonly pooled: boolean };
  readonly layers: readonly LayerFacts[];
  readonly layer_rule: string;
  readonly notes: readonly string[];
}

export interface FrameReport extends FrameFacts {
  readonly samples: SamplesAbout;
  /** In the order of `layers`. */
  readonly regions: readonly RegionsAbout[];
}

/** `patterns.json`. */
export interface PatternsReport {
  readonly version: string;
  readonly data: string;
  readonly models: readonly { readonly name: string; readonly sha256: string }[];
  readonly categories: readonly PatternCategory[];
  readonly count: number;
  readonly labelled: number;
  readonly grid: Grid;
  readonly settings: PatternsAsked;
  readonly frames: readonly FrameReport[];
  /** Places of the pictures with grids. */
  readonly shown: readonly number[];
  readonly unread: readonly UnreadPicture[];
  readonly origin: Settings | null;
  readonly command: string | null;
  readonly notes: readonly string[];
}

/** A picture in a frame: a row of `samples.parquet`. */
interface SampleRow {
  readonly frame: number;
  readonly name: string;
  readonly input: string;
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly z: number | null;
  readonly strength: number;
  /** argmax Q, argmax P, the truth; null = unknown. */
  readonly posterior: string;
  readonly network: string;
  readonly label: string | null;
  readonly correct: boolean | null;
  readonly confidence: number;
  readonly network_confidence: number;
}

export interface FittedFrame {
  readonly facts: FrameFacts;
  readonly samples: PatternSamples;
  readonly regions: readonly Piece<RegionsAbout>[];
}

export function samplesTable(
  frames: readonly Pick<FittedFrame, "facts" | "samples">[],
  {
    ids,
    labels,
    names,
  }: { readonly ids: readonly string[]; readonly labels: Int32Array; readonly names: readonly string[] },
): Table {
  const rows = frames.flatMap(({ facts, samples }, frame) =>
    ids.map((id, i): SampleRow => {
      const { dimension: d } = samples.directions;
      const g = samples.points.subarray(i * d, (i + 1) * d);
      const label = labels[i] as number;
      return {
        frame,
        name: facts.name,
        input: facts.input,
        id,
        x: g[0] as number,
        y: g[1] as number,
        z: g[2] ?? null,
        strength: Math.hypot(...g),
        posterior: names[samples.winners[i] as number] as string,
        network: names[samples.predicted[i] as number] as string,
        label: label < 0 ? null : (names[label] as string),
        correct: label < 0 ? null : samples.winners[i] === label,
        confidence: samples.confidence[i] as number,
        network_confidence: samples.networkConfidence[i] as number,
      };
    }),
  );
  return tableOfRows(rows, {
    frame: "int",
    name: "string",
    input: "string",
    id: "string",
    x: "double",
    y: "double",
    z: "double",
    strength: "double",
    posterior: "string",
    network: "string",
    label: "string",
    correct: "boolean",
    confidence: "double",
    network_confidence: "double",
  });
}

/** A layer in a frame at one threshold: a row of `knowledge.parquet`. */
interface KnowledgeRow {
  readonly frame: number;
  readonly name: string;
  readonly input: string;
  readonly epoch: number | null;
  readonly step: number | null;
  readonly layer: string;
  readonly depth: number;
  readonly tau: number;
  readonly mean_count: number;
  readonly mean_reliable: number | null;
  readonly ratio: number | null;
  readonly mean_ratio: number | null;
  readonly strength: number;
  readonly scale: number;
}

export function knowledgeTable(frames: readonly FrameReport[]): Table {
  const rows = frames.flatMap(({ name, input, epoch, step, layers, regions }, frame) =>
    regions.flatMap(({ knowledge, strength, scale }, depth) =>
      knowledge.map(
        (k): KnowledgeRow => ({
          frame,
          name,
          input,
          epoch,
          step,
          layer: (layers[depth] as LayerFacts).name,
          depth,
          tau: k.tau,
          mean_count: k.count,
          mean_reliable: k.reliable,
          ratio: k.ratio,
          mean_ratio: k.meanRatio,
          strength,
          scale,
        }),
      ),
    ),
  );
  return tableOfRows(rows, {
    frame: "int",
    name: "string",
    input: "string",
    epoch: "double",
    step: "int",
    layer: "string",
    depth: "int",
    tau: "double",
    mean_count: "double",
    mean_reliable: "double",
    ratio: "double",
    mean_ratio: "double",
    strength: "double",
    scale: "double",
  });
}
