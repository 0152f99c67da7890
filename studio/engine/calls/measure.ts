/** @file Metrics at work on one picture: told step by step, with the pictures that the network was asked. */
import type { Blind, ColormapName, Outcome, Variant } from "../../../src/index.ts";
import type { MethodChoice } from "../../state/view.ts";
import type { Handler } from "../handler.ts";
import type { PictureAsk } from "./explain.ts";

/** A heat map of one's own, as its file has it. */
export interface OwnHeat {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export type MeasuredMap = { readonly name: string } & (
  | { readonly kind: "method"; readonly choice: MethodChoice; readonly layer: string | undefined }
  | { readonly kind: "own"; readonly heat: OwnHeat }
  | { readonly kind: "blind"; readonly blind: Blind }
);

export interface MeasureAsk extends PictureAsk {
  /** The picture's name in a data set: seeds depend on it. */
  readonly name: string;
  /** One class, as `--target` takes it. */
  readonly target: string;
  readonly maps: readonly MeasuredMap[];
  /** Names of maps that are looked at together. */
  readonly agreement: readonly string[];
}

/** A map that could not be made, and why. */
export interface MissingMap {
  readonly name: string;
  readonly message: string;
}

/** A mask, the hybrid it makes, and what the network says of that. */
export interface GrowthStep {
  readonly map: string;
  /** Dilations so far. */
  readonly step: number;
  /** Of the class: probability, or logit where that was asked for. */
  readonly value: number;
  /** Pixels in the mask. */
  readonly area: number;
  readonly mask: ImageBitmap;
  readonly hybrid: ImageBitmap;
}

export interface Growth {
  readonly map: string;
  readonly heat: ImageBitmap;
  readonly scg: Outcome;
  readonly ccg: Outcome;
  /** `area`, `tied_at_cut`, `not_positive`, `dilations_…`, `area_…`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** How alike the maps are, two by two: [maps][maps]. */
export interface Likeness {
  readonly names: readonly string[];
  /** Pixels in both top masks, of those in either, 0 … 1. */
  readonly overlap: readonly (readonly number[])[];
  /** Spearman's rank correlation of all pixels, -1 … 1; NaN where a map is constant. */
  readonly rank: readonly (readonly number[])[];
}

export interface GrowthAnswer {
  readonly target: number;
  readonly label: string;
  /** Pixels that the network sees. */
  readonly size: { readonly width: number; readonly height: number };
  /** What the network says of the picture and of the base image; undefined where no map could be measured. */
  readonly image: { readonly value: number; readonly picture: ImageBitmap } | undefined;
  readonly base: { readonly value: number; readonly picture: ImageBitmap } | undefined;
  readonly rows: readonly Growth[];
  readonly likeness: Likeness;
  readonly missing: readonly MissingMap[];
}

export interface MetricChoice {
  readonly metric: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** One question of a metric with a curve. */
export interface CurveStep {
  readonly map: string;
  readonly metric: string;
  readonly step: number;
  readonly value: number;
  /** Of some of the steps. */
  readonly picture: ImageBitmap | undefined;
}

/** What a metric says of a map. */
export interface Measurement {
  readonly map: string;
  readonly metric: string;
  /** Id of the metric, without parameters. */
  readonly id: string;
  readonly values: Readonly<Record<string, Outcome>>;
  readonly curves: Readonly<Record<string, Float32Array>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** A metric as the page lists it. */
export interface MetricFacts {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly cost: string;
  readonly needs: readonly string[];
  readonly variants: readonly Variant[];
  /** It has a parameter `score`: probability or logit. */
  readonly readsScore: boolean;
}

export interface MeasureCalls {
  metricFacts: { readonly input: null; readonly output: readonly MetricFacts[] };
  /** Confidence gain: masks grown until the class is predicted. */
  growth: {
    readonly input: MeasureAsk & {
      readonly rho: number;
      readonly base: "blur" | "zero";
      readonly score: "probability" | "logit";
      readonly cmap: ColormapName | undefined;
    };
    readonly output: GrowthAnswer;
    readonly note: GrowthStep;
  };
  measure: {
    readonly input: MeasureAsk & { readonly metrics: readonly MetricChoice[]; readonly pictures: boolean };
    readonly output: { readonly measured: readonly Measurement[]; readonly missing: readonly MissingMap[] };
    readonly note: CurveStep;
  };
  /** A `.npy` file as a heat map. */
  readHeat: { readonly input: { readonly file: File }; readonly output: OwnHeat };
}

const machinery = () => import("../../measure/engine/machinery.ts");

export const measureHandlers: { readonly [K in keyof MeasureCalls]: Handler<K> } = {
  metricFacts: async () => ({ output: (await machinery()).metricFacts() }),
  growth: async (ask, context) => (await machinery()).growth(ask, context),
  measure: async (ask, context) => (await machinery()).measure(ask, context),
  readHeat: async ({ file }) => (await machinery()).readHeat(file),
};
