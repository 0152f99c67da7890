/** @file Lambda of one layer in one frame, and what its regional features say: knowledge points, grids of shown pictures, change since the frame before. */
import { certaintyOf, type KnowledgePoints, knowledgePoints } from "../patterns/knowledge-points.ts";
import type { MapSource } from "../patterns/maps.ts";
import { fitRegions, type RegionalFitChoices, type RegionalProgress } from "../patterns/regional-projection.ts";
import type { RegionalState, RegionalStep } from "../patterns/regional-state.ts";
import { projectedBlocks } from "../patterns/regions.ts";
import { meanStrength } from "../patterns/sample-start.ts";
import { scaledBy, sourceStrength, strengthScale } from "../patterns/strength.ts";
import type { PatternChange, PatternKnowledge } from "../report/patterns/input.ts";
import { PATTERN_WEIGHTS, type PatternsAsked, tausOf } from "./patterns-options.ts";
import { type Piece, type PieceToWrite, piece, savedState } from "./patterns-pieces.ts";
import { concentrationAsked, type PatternSamples } from "./patterns-samples.ts";
import { heldWhereSmall, type PatternStore } from "./patterns-store.ts";
import type { JobFolder } from "./run-folder.ts";

export interface RegionsAbout {
  readonly curve: readonly RegionalStep[];
  readonly steps_per_epoch: number;
  readonly choices: RegionalFitChoices;
  readonly notes: readonly string[];
  /** Mean |h| as fitted, and the factor to the common strength. */
  readonly strength: number;
  readonly scale: number;
  readonly knowledge: readonly PatternKnowledge[];
  readonly change: PatternChange | null;
}

export interface RegionsOf {
  readonly job: JobFolder;
  /** Of the fit under way, of the fit, and of what is counted. */
  readonly names: { readonly state: string; readonly fit: string; readonly points: string };
  /** Seconds between states of the fit. */
  readonly saveEvery: number;
  readonly asked: PatternsAsked;
  readonly store: PatternStore;
  readonly layer: number;
  readonly samples: PatternSamples;
  /** Places of the shown pictures. */
  readonly shown: Int32Array;
  /** The same layer in the frame before. */
  readonly before: Piece<RegionsAbout> | undefined;
  /** Its channels are those of the frame before: begin from its Lambda. */
  readonly warm: boolean;
  /** No fit: Lambda is that of the frame before. */
  readonly fixed: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onStep: (progress: RegionalProgress) => void;
}

interface FitAbout {
  readonly curve: readonly RegionalStep[];
  readonly steps_per_epoch: number;
  readonly choices: RegionalFitChoices;
  readonly notes: readonly string[];
}

/** Lambda `[d, K]` in `matrix`. Throws as `fitRegions`. */
export const fittedLayer = (of: RegionsOf): Promise<Piece<FitAbout>> =>
  piece(of.job, of.names.fit, async (): Promise<PieceToWrite<FitAbout>> => {
    const { asked, store, layer, samples, before, fixed } = of;
    const source = await heldWhereSmall(store.maps[layer] as MapSource);
    const { dimension, epochs, match, eta, pairs, seed } = asked;
    const warm = of.warm && before?.dims("matrix")[1] === source.channels ? before : undefined;
    const saved = await savedState<RegionalState>(of.job, of.names.state, of.saveEvery);
    const fit = await fitRegions(source, {
      samples: samples.points,
      vectors:
        pairs === "cosine"
          ? { width: store.width, values: store.features }
          : { width: samples.directions.categories, values: samples.probabilities },
      target: pairs,
      concentration: concentrationAsked(asked),
      mode: match,
      eta,
      importance: PATTERN_WEIGHTS[asked.weights],
      weights: store.weights[layer],
      start: warm?.float64("matrix"),
      // that of the first of the sequence: a share of a start that has grown would grow with it
      rate: warm?.about.choices.rate,
      epochs: fixed && warm !== undefined ? 0 : epochs,
      seed,
      signal: of.signal,
      resume: saved.before,
      onStep: async (progress) => {
        of.onStep(progress);
        await saved.save(progress.state);
      },
    });
    const { curve, stepsPerEpoch, choices, notes, learned } = fit;
    return {
      about: { curve, steps_per_epoch: stepsPerEpoch, choices, notes },
      arrays: {
        matrix: { dims: [dimension, source.channels], data: fit.matrix },
        ...(learned ? { learned: { dims: [learned.length], data: learned } } : {}),
      },
    };
  });

/**
 * Everything of a layer: `matrix` and `learned` of the fit; `largest` and `winners` `[n, HW]`; `counts` and `reliable` `[n]` at tau; `arrows`
 * `[S, HW, d]` of shown pictures. The maps are read twice: for the mean strength, and at the common one.
 */
export const countedLayer = (of: RegionsOf, fit: Piece<FitAbout>): Promise<Piece<RegionsAbout>> =>
  piece(of.job, of.names.points, async (): Promise<PieceToWrite<RegionsAbout>> => {
    const { asked, store, layer, samples, shown, before, signal } = of;
    const { dimension } = asked;
    const source = store.maps[layer] as MapSource;
    const { count, positions } = source;
    const matrix = fit.float64("matrix");
    const concentration = concentrationAsked(asked);
    const strength = await sourceStrength(source, matrix, { signal });
    const scale = strengthScale(strength, meanStrength(samples.points, dimension));
    const [largest, winners] = [new Float64Array(count * positions), new Int32Array(count * positions)];
    const arrows = new Float32Array(shown.length * positions * dimension);
    const turn = new Map(Array.from(shown, (place, i) => [place, i]));
    const size = positions * dimension;
    for await (const { first, count: own, h } of projectedBlocks(source, matrix, { signal })) {
      const scaled = scaledBy(h, scale);
      const certain = certaintyOf(scaled, samples.directions, concentration);
      largest.set(certain.largest, first * positions);
      winners.set(certain.winners, first * positions);
      for (let i = 0; i < own; i++) {
        const place = turn.get(first + i);
        if (place !== undefined) arrows.set(scaled.subarray(i * size, (i + 1) * size), place * size);
      }
    }
    const counted = (tau: number): KnowledgePoints =>
      knowledgePoints({ largest, winners }, positions, store.labels, tau);
    const { counts, reliable } = counted(asked.tau);
    const labelled = store.labels.filter((label) => label >= 0).length;
    const learned = fit.has("learned") ? fit.float64("learned") : undefined;
    const now = { largest: Float32Array.from(largest), winners };
    return {
      about: {
        ...fit.about,
        strength,
        scale,
        knowledge: tausOf(asked).map((tau) => tableRow(counted(tau), labelled)),
        change:
          before && before.float32("largest").length === largest.length
            ? changeSince({ largest: before.float32("largest"), winners: before.int32("winners") }, now, asked.tau)
            : null,
      },
      arrays: {
        matrix: { dims: [dimension, source.channels], data: matrix },
        ...(learned ? { learned: { dims: [learned.length], data: learned } } : {}),
        largest: { dims: [count, positions], data: now.largest },
        winners: { dims: [count, positions], data: winners },
        counts: { dims: [count], data: counts },
        reliable: { dims: [count], data: reliable },
        arrows: { dims: [shown.length, positions, dimension], data: arrows },
      },
    };
  });

const tableRow = (
  { tau, meanCount, reliable, pooledRatio, meanRatio }: KnowledgePoints,
  labelled: number,
): PatternKnowledge => ({
  tau,
  count: meanCount,
  reliable: labelled === 0 ? null : reliable.reduce((a, b) => a + b, 0) / labelled,
  ratio: pooledRatio,
  meanRatio,
});

interface Said {
  readonly largest: Float32Array;
  readonly winners: Int32Array;
}

/** Both in float32, as they are kept. */
function changeSince(before: Said, now: Said, tau: number): PatternChange {
  const change = { kept: 0, turned: 0, lost: 0, gained: 0 };
  for (let i = 0; i < now.largest.length; i++) {
    const [was, is] = [(before.largest[i] as number) > tau, (now.largest[i] as number) > tau];
    if (was && is) change[before.winners[i] === now.winners[i] ? "kept" : "turned"]++;
    else if (was) change.lost++;
    else if (is) change.gained++;
  }
  return change;
}
