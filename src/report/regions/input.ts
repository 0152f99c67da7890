/** @file What the pages on regions are made from: plain values, pictures as PNG bytes, heat maps as numbers. */
import type { PageFacts, PagePoint } from "../representers/input.ts";

export type { Likeness, PageFacts, PagePoint } from "../representers/input.ts";

/** A heat map, 0 … 1, C order `[height * width]`; drawn as large as the picture, whatever its own size. */
export interface PageMap {
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/** A picture, and the heat map of an interpretation on it. */
export interface SeenPicture {
  /** `label` is the truth where it is known, else null. */
  readonly point: PagePoint;
  /** The network's class. */
  readonly predicted: number;
  /** Without one the picture is shown alone. */
  readonly map?: PageMap | undefined;
}

/** A covered reference, `distance` by the boundaries of the polytope (Dist). */
export interface Neighbour extends SeenPicture {
  readonly distance: number;
}

/** One boundary of a polytope. */
export interface PageBoundary {
  /** Number in the fit. */
  readonly index: number;
  /** The class on its positive side and the one next to it. */
  readonly pair: readonly [positive: number, next: number];
  /** <W, psi> + b of the explained picture: above 0 is the positive side. */
  readonly value: number;
  /** References that it took away when it was chosen: of the picture's class, of others. */
  readonly removed: { readonly same: number; readonly other: number };
  /** The reference that it was taken at, or sought toward. */
  readonly reference?: PagePoint | undefined;
}

/** A polytope: what it holds and what bounds it. */
export interface PageRegion {
  /** The class it stands for: the network's class of the picture it was made of. */
  readonly label: number;
  /** Covered references of this class and of others. */
  readonly same: number;
  readonly other: number;
  /** In the order of choice; empty where nothing had to be kept out. */
  readonly boundaries: readonly PageBoundary[];
  /** Boundaries lie on the way from the input to their references; left out: at the references. */
  readonly sought?: boolean | undefined;
  /** References of other classes that all boundaries together leave, and that were allowed. */
  readonly tau: number;
  readonly delta: number;
  /** At most `delta` of them are covered. */
  readonly met: boolean;
  /** Nearest first; the sheet shows all that are given. */
  readonly nearest: readonly Neighbour[];
}

interface Page {
  readonly facts: PageFacts;
  /** Names of the classes; those without one are called by their number. */
  readonly labels: readonly string[];
  /** Reference pictures in all. */
  readonly references: number;
}

/** A region that was stored before, which covers a picture. */
export interface StoredRegion {
  /** The picture it was made of. */
  readonly input: PagePoint;
  readonly label: number;
  readonly same: number;
  readonly other: number;
}

export interface ExplainedPicture {
  readonly input: SeenPicture;
  /** Is it one of the references? */
  readonly isReference: boolean;
  /** P(x). */
  readonly region: PageRegion;
  /** Stored regions that cover it, the one of most references first; empty: none does. Left out where none are stored. */
  readonly covering?: readonly StoredRegion[] | undefined;
}

/** `regions explain`. */
export interface RegionsExplainPage extends Page {
  readonly items: readonly ExplainedPicture[];
}

/** A rule of the whole-model map. */
export interface RegionGroup {
  readonly input: SeenPicture;
  readonly region: PageRegion;
  /** The most frequent true label of covered references, and its share of those with a label; left out where none has one. */
  readonly purity?: { readonly label: number; readonly share: number } | undefined;
}

/** References of one class of the network. */
export interface ClassCoverage {
  readonly index: number;
  readonly references: number;
  /** Those that a region of this class covers, and that only regions of other classes cover. */
  readonly own: number;
  readonly others: number;
}

/** `regions map`. */
export interface RegionsMapPage extends Page {
  /** In any order; shown by class, the largest first. */
  readonly groups: readonly RegionGroup[];
  readonly classes: readonly ClassCoverage[];
  /** References that no region covers: all of them, and those that are shown. */
  readonly outliers: { readonly count: number; readonly shown: readonly SeenPicture[] };
}

/** One number a seed. */
export type OverSeeds = readonly number[];

/** A row of the paper's Table 1; fractions. */
export interface MethodScores {
  readonly id: string;
  readonly name: string;
  /** mAD, lower is better. */
  readonly drop: OverSeeds;
  /** mAI, higher is better. */
  readonly increase: OverSeeds;
  /** mAD of the pictures that a region covers, and of the others; a seed without such pictures is left out. */
  readonly covered?: OverSeeds | undefined;
  readonly uncovered?: OverSeeds | undefined;
}

/** Fractions; a seed for which a number is not defined is left out. */
export interface QualityScores {
  /** ACU-GT; empty without labels. */
  readonly labels: OverSeeds;
  /** ACU-MD. */
  readonly model: OverSeeds;
  /** CVR. */
  readonly coverage: OverSeeds;
}

/** A row of the paper's Table 2. */
export interface SetQuality extends QualityScores {
  readonly set: "references" | "unseen";
  readonly pictures: number;
  /** Accuracy of the network against the labels; undefined without labels. */
  readonly network: number | undefined;
}

/** One |Q| of the paper's Figures 5 and 6. */
export interface SweepScores {
  readonly boundaries: number;
  readonly references: QualityScores;
  readonly unseen: QualityScores;
}

/** A line of the paper's Figure 4: for each K one number a seed. */
export interface TopScores {
  readonly id: string;
  readonly name: string;
  readonly drop: readonly OverSeeds[];
  readonly increase: readonly OverSeeds[];
}

/** How ACE was run. */
export interface AceScores {
  /** About how many superpixels a picture has, at each resolution. */
  readonly resolutions: readonly number[];
  /** Groups of patches in one search. */
  readonly clusters: number;
  readonly randomSets: number;
  /** Pictures of a cluster at most; null: all. */
  readonly pictures: number | null;
  /** Means over the searches of a run. `barren`: share of searches without a concept. */
  readonly searched: Readonly<Record<"pictures" | "patches" | "concepts" | "dropped" | "barren", OverSeeds>>;
  /**
   * Means over unseen pictures: segments, those of a concept, share of pixels kept; shares of pictures that keep less than was asked for, and
   * nothing.
   */
  readonly laid: Readonly<Record<"segments" | "placed" | "kept" | "short" | "nothing", OverSeeds>>;
}

/** `regions evaluate`. */
export interface RegionsEvaluationPage extends Page {
  readonly unseen: number;
  /** V. */
  readonly interpretations: number;
  /** |Q|. */
  readonly boundaries: number;
  readonly seeds: readonly number[];
  /** Share of pixels kept. */
  readonly keep: number;
  /** The regions' own row has the id `regions`; seen by boundaries about their own class alone, `regions-own-class`. */
  readonly methods: readonly MethodScores[];
  /** Share of the boundaries of all regions that part the region's own class from another. */
  readonly about: OverSeeds;
  /** Share of unseen pictures that a region of another class than the network's serves. */
  readonly otherClass: OverSeeds;
  /** Numbers beside which the methods stand, from maps that are not reused or know nothing. */
  readonly controls: readonly MethodScores[];
  readonly quality: readonly SetQuality[];
  readonly sweep: readonly SweepScores[];
  /** K of each entry of the lines, ascending; `inputs` a seed. */
  readonly top: { readonly k: readonly number[]; readonly inputs: number; readonly lines: readonly TopScores[] };
  /** Where ACE is among the methods. */
  readonly ace?: AceScores | undefined;
  /** What was left out, a sentence each, with the reason. */
  readonly absent: readonly string[];
}
