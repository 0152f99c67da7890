/** @file Several methods of one graph on one graph: the forward pass, the walk's shared parts and equal masks exist once. */
import { close, extend } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { Value } from "../graph/builder.ts";
import type { Classifier } from "./classifier.ts";
import type { EmitContext, Emitted, Finish, Folded, PlanContext, RowResult, RowsPlan } from "./method.ts";
import { COTANGENT, inputRow, SALIENCY_MAP, staticRow } from "./one-pass.ts";

/** One method of a shared pass. */
export interface Part extends Pick<PlanContext, "params" | "layer"> {
  readonly emit: (context: EmitContext) => Emitted;
}

/** What one row yields: the maps of all parts that could be emitted, and the scores [classes] of the same run. */
export interface Shared {
  readonly maps: readonly Folded[];
  readonly scores: Float32Array;
}

/** A part on the graph: where its map and its further outputs are found, by the names the part knows. */
interface Placed {
  readonly map: string;
  readonly dims: readonly number[];
  readonly extra: Readonly<Record<string, string>>;
  readonly finish: Finish;
  readonly notes: readonly string[];
}

export interface SharedPass {
  readonly plan: RowsPlan<Shared>;
  /** In the order of the parts: notes of what was emitted, or why it could not be. {@link Shared.maps} skips the latter. */
  readonly parts: readonly (readonly string[] | OnnxplainError)[];
}

/**
 * The plan of all parts together. Of the first part's outputs all keep their names, so that a part alone makes the graph
 * of `onePass`; those of the others are told apart by a number.
 */
export function sharedPass(classifier: Classifier, parts: readonly Part[]): SharedPass {
  const g = extend(classifier.model, classifier.ops);
  const cotangent = g.input(COTANGENT, "float32", [classifier.input.dims?.[0] ?? "N", classifier.classes]);
  const outputs: Value[] = [];
  const place = (part: Part, index: number): Placed => {
    const { emit, ...context } = part;
    const { map, notes, extra = {}, finish = noChecks } = emit({ ...context, classifier, g, cotangent });
    const dims = staticRow(map);
    const publish = (value: Value, name: string): string => {
      const output = g.alias(value, index === 0 ? name : `${index}/${name}`);
      outputs.push(output);
      return output.name;
    };
    return {
      map: publish(map, SALIENCY_MAP),
      dims,
      extra: Object.fromEntries(Object.entries(extra).map(([name, value]) => [name, publish(value, name)])),
      finish,
      notes,
    };
  };
  const tried = parts.map((part, i) => attempt(() => place(part, i)));
  const placed = tried.filter((p): p is Placed => !(p instanceof OnnxplainError));
  const [first, ...rest] = outputs;
  const scores = g.value(classifier.scores);
  const plan: RowsPlan<Shared> = {
    model: close(classifier.model, g, first === undefined ? [scores] : [first, scores, ...rest]),
    notes: [],
    count: 1,
    outputs: [...outputs.map((o) => o.name), scores.name],
    rows: (sample) => [inputRow(classifier, sample)],
    fold: (sample) => {
      let result: RowResult = {};
      return {
        add: (row) => {
          result = row;
        },
        done: () => ({
          maps: placed.map(({ map, dims, extra, finish }) => {
            const values = result[map] as Float32Array;
            const own = Object.entries(extra).map(([name, output]) => [name, result[output] as Float32Array] as const);
            return { values, dims, ...finish(values, Object.fromEntries(own), sample) };
          }),
          scores: result[scores.name] as Float32Array,
        }),
      };
    },
  };
  return { plan, parts: tried.map((p) => (p instanceof OnnxplainError ? p : p.notes)) };
}

const noChecks: Finish = () => ({ checks: {} });

/** The result, or why there is none; faults of the program go through. */
export function attempt<T>(make: () => T): T | OnnxplainError {
  try {
    return make();
  } catch (error) {
    if (error instanceof OnnxplainError && error.code !== "E_INTERNAL") return error;
    throw error;
  }
}
