/** @file What is on the screen, as plain data: all that a link, a command line or a program needs to show it again. */
import { signal } from "@preact/signals";
import type { ChannelReducer, ColormapName, Preprocessing } from "../../src/index.ts";

export const TABS = ["explain", "measure", "runs", "take"] as const;
export type Tab = (typeof TABS)[number];

/** A method with what was set of its parameters. */
export interface MethodChoice {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Look {
  /** Undefined = as reports have it: diverging for signed maps, uniform for others. */
  readonly cmap: ColormapName | undefined;
  readonly reducer: ChannelReducer | undefined;
  /** Share of the heat map over the picture, 0…1. */
  readonly alpha: number;
}

export interface View {
  readonly tab: Tab;
  readonly methods: readonly MethodChoice[];
  /** As `--target` takes them. */
  readonly targets: readonly string[];
  /** Undefined = the last feature map. */
  readonly layer: string | undefined;
  readonly output: "logits" | "probability";
  readonly seed: number;
  readonly device: "auto" | "wasm" | "webgpu";
  readonly batch: number | undefined;
  /** Undefined = the model's own, or the guess. */
  readonly preprocessing: Preprocessing | undefined;
  readonly look: Look;
  /** Edits of the picture on the screen, each as `--edit` takes it. */
  readonly edits: readonly string[];
  readonly measure: MeasureChoice;
}

/** What the second view measures. */
export interface MeasureChoice {
  /** Share of the pixels in the mask, 0…1. */
  readonly rho: number;
  readonly base: "blur" | "zero";
  /** Ids of curves. */
  readonly curves: readonly string[];
  /** Methods whose masks must agree; empty = each by itself. */
  readonly agreement: readonly string[];
  /** What is read of the class explained. */
  readonly score: "probability" | "logit";
  /** Single numbers in the table: metric and variant, `average-drop/weighted`. */
  readonly numbers: readonly string[];
  /** Maps that know no model are measured beside. */
  readonly baselines: boolean;
}

export const FIRST_VIEW: View = {
  tab: "explain",
  methods: [
    { method: "grad-cam", params: {} },
    { method: "integrated-gradients", params: {} },
    { method: "lrp", params: {} },
  ],
  targets: ["predicted"],
  layer: undefined,
  output: "logits",
  seed: 0,
  device: "auto",
  batch: undefined,
  preprocessing: undefined,
  look: { cmap: undefined, reducer: undefined, alpha: 0.7 },
  edits: [],
  measure: {
    rho: 0.25,
    base: "blur",
    curves: ["insertion", "deletion", "morf"],
    agreement: [],
    score: "probability",
    numbers: ["average-drop/weighted", "average-increase/weighted", "average-gain/weighted", "sparseness/absolute"],
    baselines: false,
  },
};

export const view = signal<View>(FIRST_VIEW);
/** What the link said that the page was opened by, until its reader has opened a model of their own. */
export const linked = signal<View | undefined>(undefined);
export const setView = (change: Partial<View>): void => {
  view.value = { ...view.peek(), ...change };
};
