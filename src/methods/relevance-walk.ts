/** @file What methods that walk with relevance rules share: where to walk, what to start from, what to check at the end. */

import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Composite } from "../rules/composites.ts";
import { relevance } from "../rules/relevance.ts";
import type { WalkSettings } from "../rules/rule-site.ts";
import type { Surveyed } from "../rules/survey.ts";
import type { Classifier } from "./classifier.ts";
import type { EmitContext, Emitted, Finish } from "./method.ts";

/** The part of a classifier that relevance walks through. */
export const whereOf = ({ model, ops, input, scores }: Classifier): Surveyed => ({
  graph: model.graph,
  ops,
  from: input.name,
  to: scores,
});

export const channelAxisOf = ({ layout, input }: Classifier): number =>
  layout === "nchw" ? 1 : (input.dims?.length ?? 4) - 1;

export interface Walk {
  readonly composite: Composite;
  readonly settings: WalkSettings;
  /** Relevance to begin with, [N, …], and where; left out = at the scores. */
  readonly start: Value;
  readonly from?: string;
  /** The value whose relevance is the map. */
  readonly to: string;
  readonly ledger: boolean;
}

/** Relevance of one value, and the checks that go with it. Throws `E_LAYER_UNSUITABLE` when no path leads there. */
export function walkTo(
  { g, classifier }: Pick<EmitContext, "g" | "classifier">,
  { composite, settings, start, from = classifier.scores, to, ledger }: Walk,
): Emitted {
  const walk = relevance({
    g,
    where: whereOf(classifier),
    composite,
    settings,
    start: new Map([[from, start]]),
    to: [to],
    ledger,
  });
  const map = walk.relevance.get(to);
  if (!map)
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `No path with relevance leads from the class scores \`${classifier.scores}\` to \`${to}\`. Choose a layer between the image and the scores (\`onnxplain inspect\` lists them).`,
    );
  const books = walk.books?.emit(start);
  return {
    map,
    notes: walk.notes,
    extra: { [START]: totalOf(g, start), ...(books ? { [LEDGER]: books } : {}) },
    finish: (values, extra) => ({
      checks: conserved((extra[START] as Float32Array)[0] as number, values),
      ...(walk.books ? { ledger: walk.books.read(extra[LEDGER] as Float32Array) } : {}),
    }),
  };
}

const START = "relevance_start";
const LEDGER = "relevance_ledger";

const totalOf = (g: GraphBuilder, start: Value): Value =>
  g.op("ReduceSum", [g.op("Flatten", [start], { axis: 1 }), g.ints([1])], { keepdims: 1 });

/** What went in, what came out, and what the walk lost on the way (biases, stabilisers, dead denominators). */
function conserved(start: number, values: Float32Array): ReturnType<Finish>["checks"] {
  const sum = values.reduce((s, v) => s + v, 0);
  return { relevance_start: start, relevance_sum: sum, conservation_residual: start - sum };
}
