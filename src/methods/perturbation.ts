/** @file Methods that need nothing but scores of perturbed images: one description serves an ONNX classifier and any other scorer. */
import { close, extend } from "../diff/emit.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import type { Model } from "../graph/types.ts";
import type { Classifier } from "./classifier.ts";
import type { Folded, PlanContext, Row, RowResult, RowsPlan, Sample } from "./method.ts";
import { once } from "./once.ts";
import { COTANGENT } from "./one-pass.ts";
import { IMAGE, type Perturbing, perturbationGraph, perturbed } from "./perturbed.ts";
import { emitScore, SCORE } from "./target-score.ts";

/** What a perturbation knows of the images: the port they come in by, layout and sizes. */
export type Frame = Pick<Classifier, "input" | "layout" | "channels" | "height" | "width">;
export interface PerturbationContext extends Pick<PlanContext, "params" | "seed"> {
  readonly frame: Frame;
}

/** What the graph makes of a row. */
export interface Perturbed {
  /** Images to score [N,…], in the layout of the input. */
  readonly batch: Value;
  /** [N, H*W], for {@link Perturbation.sums}. */
  readonly mask?: Value;
}

export interface Summing {
  readonly g: GraphBuilder;
  /** [N] */
  readonly score: Value;
  /** [N, H*W] */
  readonly mask: Value;
}

/** Consumes the scores of a sample's rows, in the order in which they were fed. */
export interface ScoreFold {
  readonly add: (score: number) => void;
  /** The {@link Perturbation.sums} of a run. */
  readonly addRun?: (sums: RowResult) => void;
  readonly done: () => Folded;
}

/** What is asked about one sample. */
export interface Question {
  /** Row inputs that `perturb` declared. */
  readonly rows: Iterable<Row>;
  /** Further inputs that all rows share, beside the image. */
  readonly shared?: Row;
  readonly fold: ScoreFold;
}

export interface Perturbation {
  /** Rows of one sample; what progress counts. */
  readonly count: number;
  readonly notes: readonly string[];
  readonly perturb: (p: Perturbing) => Perturbed;
  /** Sums over the rows of a run, by output name (`x/…`), each [1,…]: what need not leave the runtime row by row. */
  readonly sums?: (s: Summing) => Readonly<Record<string, Value>>;
  /** Asked once for each sample. */
  readonly ask: (sample: Sample) => Question;
}
export type Describe = (context: PerturbationContext) => Perturbation;

type Rows = Pick<RowsPlan, "count" | "notes" | "rows" | "shared" | "fold">;

function rowsOf({ count, notes, ask }: Perturbation): Rows {
  const asked = once(ask);
  return {
    count,
    notes,
    rows: (sample) => asked(sample).rows,
    shared: (sample) => ({ ...asked(sample).shared, [IMAGE]: sample.x, [COTANGENT]: sample.cotangent }),
    fold: (sample) => {
      const { add, ...rest } = asked(sample).fold;
      return { ...rest, add: (result) => add((result[SCORE] as Float32Array)[0] as number) };
    },
  };
}

const emitSums = (g: GraphBuilder, { sums }: Perturbation, mask: Value | undefined): readonly Value[] =>
  sums === undefined
    ? []
    : Object.entries(sums({ g, score: g.value(SCORE), mask: mask as Value })).map(([name, v]) => g.alias(v, name));

const namesOf = (values: readonly Value[]): readonly string[] => values.map((v) => v.name);

/** Perturbation, classifier and the explained class's score in one graph: images never leave the runtime. */
export const perturbationPlan =
  (describe: Describe) =>
  ({ classifier, params, seed }: PlanContext): RowsPlan => {
    const perturbation = describe({ frame: classifier, params, seed });
    let mask: Value | undefined;
    const behind = perturbed(classifier, (p) => {
      const made = perturbation.perturb(p);
      mask = made.mask;
      return made.batch;
    });
    const g = extend(behind.model, behind.ops);
    const score = emitScore(g, behind, "score");
    const sums = emitSums(g, perturbation, mask);
    return {
      ...rowsOf(perturbation),
      model: close(behind.model, g, [score, ...sums]),
      outputs: [SCORE, ...namesOf(sums)],
      sums: namesOf(sums),
    };
  };

/** Output of {@link ScorerGraphs.batch}: the images to score. */
export const BATCH = "x/batch";

/** The same perturbation around a scorer that is not a graph: what comes before it, and the sums that come after. */
export interface ScorerGraphs {
  /** Row and shared inputs -> {@link BATCH}. */
  readonly batch: Model;
  /** Row and shared inputs and `SCORE` [N] -> {@link names}; undefined when there is nothing to sum. */
  readonly sums: Model | undefined;
  readonly names: readonly string[];
  readonly rows: Rows;
}

export function scorerGraphs(
  subject: Parameters<typeof perturbationGraph>[0],
  perturbation: Perturbation,
): ScorerGraphs {
  const make = (): { readonly g: GraphBuilder; readonly made: Perturbed; readonly blank: Model } => {
    let made: Perturbed | undefined;
    const { g, model } = perturbationGraph(subject, (p) => {
      made = perturbation.perturb(p);
      return made.batch;
    });
    return { g, made: made as unknown as Perturbed, blank: model };
  };
  const images = make();
  const batch = close(images.blank, images.g, [images.g.alias(images.made.batch, BATCH)]);
  const rows = rowsOf(perturbation);
  if (perturbation.sums === undefined) return { batch, sums: undefined, names: [], rows };
  const after = make();
  after.g.input(SCORE, "float32", [(subject.input.dims as readonly Dim[])[0] ?? "N"]);
  const sums = emitSums(after.g, perturbation, after.made.mask);
  return { batch, sums: close(after.blank, after.g, sums), names: namesOf(sums), rows };
}
