/** @file What the pages on training points are made from: plain values, pictures as PNG bytes, texts as words. */

/** A word of a text; those that the vocabulary does not hold are marked. */
export interface Word {
  readonly text: string;
  readonly unknown?: boolean | undefined;
}

/** How a point looks. A picture is PNG bytes of any size; small ones are shown enlarged, pixel by pixel. One array of bytes is held once a page. */
export type Likeness =
  | { readonly kind: "picture"; readonly png: Uint8Array }
  | { readonly kind: "text"; readonly words: readonly Word[] };

/** A training or test point. */
export interface PagePoint {
  /** File name, or whatever the data set calls it. */
  readonly id: string;
  /** The label it carries (right or not); null where it has none. */
  readonly label: number | null;
  readonly likeness?: Likeness | undefined;
}

/** What was asked for, in words. */
export interface PageFacts {
  readonly model: string;
  readonly data: string;
  /** Every setting, in reading order. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** The command line that makes the page again. */
  readonly command?: string | undefined;
  readonly notes?: readonly string[] | undefined;
}

interface Page {
  readonly facts: PageFacts;
  /** Names of the classes; those without one are called by their number. */
  readonly labels: readonly string[];
}

/** A training point with its representer value `alpha * similarity` for one class. */
export interface RepresenterPoint {
  readonly point: PagePoint;
  readonly value: number;
  /** alpha_ij, signed. */
  readonly alpha: number;
  /** f_i . f_t. */
  readonly similarity: number;
}
export interface InfluencePoint {
  readonly point: PagePoint;
  /** Change of the test loss when the point is left out: positive is helpful. */
  readonly value: number;
}
export interface NearPoint {
  readonly point: PagePoint;
  /** Euclidean distance of features. */
  readonly distance: number;
}

/** One class of one explained point. */
export interface ExplainedClass {
  readonly index: number;
  /** The fitted score. */
  readonly logit: number;
  /** Score of the network as it was given. */
  readonly given?: number | undefined;
  /** Sum of the representer values of all training points. */
  readonly sum: number;
  /** |G . f| / (2 lambda): the sum may differ from the logit by this much. */
  readonly bound: number;
  /** Largest value first, smallest value first. */
  readonly positive: readonly RepresenterPoint[];
  readonly negative: readonly RepresenterPoint[];
  /** Most helpful first, most harmful first. */
  readonly influence?:
    | { readonly helpful: readonly InfluencePoint[]; readonly harmful: readonly InfluencePoint[] }
    | undefined;
}

export interface ExplainedPoint {
  readonly point: PagePoint;
  readonly predicted: number;
  /** In any order; the predicted class, or the one with the largest logit, is shown first. */
  readonly classes: readonly ExplainedClass[];
  /** Nearest first. */
  readonly nearest?: readonly NearPoint[] | undefined;
}

/** `representers explain`. */
export interface ExplainPage extends Page {
  /** n, of which all take part in every sum. */
  readonly trainingPoints: number;
  readonly items: readonly ExplainedPoint[];
  /** Sums of representer values by group, drawn for each item where they are given. */
  readonly groups?: readonly GroupSums[] | undefined;
}

/** How well fitted and given network agree on a set of points. */
export interface Agreement {
  /** `train`, `held-out`. */
  readonly split: string;
  readonly points: number;
  /** Of all probabilities, points x classes; null where it is not defined. */
  readonly pearson: number | null;
  /** Mean of |fitted - given|. */
  readonly meanDifference: number;
  /** Part of the points for which both name the same class, 0 … 1. */
  readonly samePrediction?: number | undefined;
  /** Probabilities to draw, place by place: all of them or a sample. */
  readonly given: ArrayLike<number>;
  readonly fitted: ArrayLike<number>;
}

/** `representers fit`. */
export interface FitPage extends Page {
  readonly points: number;
  readonly width: number;
  readonly classes: number;
  readonly lambda: number;
  /** `labels` or `given`. */
  readonly objective: string;
  readonly activation: string;
  readonly seconds: number;
  readonly stationarity: {
    /** max |G|. */
    readonly maxGradient: number;
    /** max |G| over what it is measured by. */
    readonly relative: number;
    readonly tolerance: number;
    readonly converged: boolean;
    /** Why the solver stopped, in a few words. */
    readonly reason: string;
  };
  /** Largest |G . f| / (2 lambda), largest |sum - logit| that was met, over so many points. */
  readonly sumCheck: { readonly bound: number; readonly residual: number; readonly points: number };
  readonly agreement: readonly Agreement[];
  /** What is compared: `probability`, `activation`; default `probability`. */
  readonly compared?: string | undefined;
  readonly steps?: readonly { readonly iteration: number; readonly maxGradient: number }[] | undefined;
}

/** By what the list of suspects may be ordered: larger first. */
export interface Criterion {
  readonly id: string;
  readonly title: string;
  readonly about?: string | undefined;
}
export interface Suspect {
  /** Its place in the training set, from 0. */
  readonly position: number;
  readonly point: PagePoint;
  /** One a criterion, in their order. */
  readonly values: readonly number[];
  /** What the fitted network would call it, and with what probability. */
  readonly predicted?: number | undefined;
  readonly probability?: number | undefined;
}
/** `representers debug`. The page is ordered by the first criterion. */
export interface DebugPage extends Page {
  readonly criteria: readonly Criterion[];
  readonly suspects: readonly Suspect[];
  readonly trainingPoints: number;
}

/** Mean and standard deviation over splits, one a share. */
export interface Band {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}
/** `representers debug --simulate`: Figure 2 of Yeh et al. 2018. */
export interface SimulationPage extends Page {
  /** Part of the labels that were flipped, 0 … 1. */
  readonly flipped: number;
  readonly splits: number;
  readonly trainingPoints: number;
  readonly testPoints: number;
  /** Parts of the training points that were checked, ascending, from 0. */
  readonly shares: readonly number[];
  readonly curves: readonly {
    readonly criterion: string;
    readonly accuracy: Band;
    /** Part of the flipped labels that were mended. */
    readonly fixed: Band;
  }[];
  /** Accuracy with all labels right, where it was measured. */
  readonly clean?: { readonly mean: number; readonly deviation: number } | undefined;
}

/** Two numbers for each of many pairs of training and test point. */
export interface PairPlot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Does the training point carry the class in question? Draws two colours. */
  readonly same?: ArrayLike<boolean> | undefined;
  readonly pearson: number | null;
  readonly spearman: number | null;
}
/** `representers compare`. */
export interface ComparePage extends Page {
  readonly trainingPoints: number;
  readonly testPoints: number;
  /** First against second, over all pairs or a sample. */
  readonly pairs: readonly PairPlot[];
  readonly byClass?:
    | readonly {
        readonly index: number;
        readonly points: number;
        readonly pearson: number | null;
        readonly spearman: number | null;
      }[]
    | undefined;
  /** max over training points of |value|, one a test point. */
  readonly stability: readonly { readonly method: string; readonly largest: ArrayLike<number> }[];
  readonly timings: readonly Timing[];
}
/** Seconds, mean and standard deviation. */
export interface Timing {
  readonly method: string;
  /** Once; null where there is nothing to do beforehand. */
  readonly fit: readonly [mean: number, deviation: number] | null;
  readonly perPoint: readonly [mean: number, deviation: number];
  readonly points: number;
  readonly note?: string | undefined;
}

/** `--confused A:B`. */
export interface ConfusionPage extends Page {
  /** Class of the points, and what they are taken for. */
  readonly from: number;
  readonly to: number;
  /** Points of class `from`, and how many of them are wrong in any way. */
  readonly ofClass: number;
  readonly wrong: number;
  /** Those that are taken for `to`. */
  readonly confused: readonly { readonly point: PagePoint; readonly margin?: number | undefined }[];
  /** How many inhibitory points were taken from each. */
  readonly top: number;
  /** Training points that are among the most inhibitory for `from`, commonest first. */
  readonly inhibitory: readonly {
    readonly point: PagePoint;
    /** Of how many of the confused points it is among the top. */
    readonly count: number;
    /** Mean representer value over all confused points. */
    readonly value: number;
    readonly alpha: number;
  }[];
}

/** Sums of representer values by group, for one class of one test point (or their mean over several). */
export interface GroupSums {
  readonly title: string;
  /** Class whose score is shared out, and that score. */
  readonly index: number;
  readonly logit: number;
  readonly groups: readonly {
    readonly name: string;
    readonly points: number;
    /** Sum of the values above 0, and of those below. */
    readonly positive: number;
    readonly negative: number;
  }[];
}
export interface GroupPage extends Page {
  readonly trainingPoints: number;
  readonly sums: readonly (GroupSums & { readonly point?: PagePoint | undefined })[];
}

/** Maps of training points for one test point and class. */
export interface SensitivityPage extends Page {
  readonly point: PagePoint;
  readonly index: number;
  readonly trainingPoints: number;
  /** Magnitudes over channels, `[height, width]`, not negative. */
  readonly height: number;
  readonly width: number;
  readonly total: Float32Array;
  readonly points: readonly (RepresenterPoint & { readonly map: Float32Array })[];
  /** max |sum of all points' maps - gradient map|, and that over max |gradient map|. */
  readonly residual: { readonly absolute: number; readonly relative: number };
  /** Noisy copies that were averaged; 0 for the plain gradient. */
  readonly samples: number;
}
