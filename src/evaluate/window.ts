/** @file One window of images: predictions, maps, and every metric on every map. */
import { OnnxplainError } from "../errors.ts";
import { argMax } from "../explain/scores.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Box, Measured, MetricImage, Outcome, Randomized, Scored } from "../metrics/metric.ts";
import { BLIND_MAPS, type BlindImage } from "../metrics/reference-maps.ts";
import type { CurveRow, ResultRow } from "../metrics/result-row.ts";
import type { NamedMetric } from "./ask.ts";
import type { Attributed, Attributor, Wanted } from "./attribute.ts";
import type { Scorer } from "./forward.ts";
import type { Arrived } from "./lookahead.ts";
import type { CountRow, EvaluatedWindow, ImageFailure, WorkCounts } from "./options.ts";
import type { Plane } from "./plane.ts";
import { type MapQuestion, runTasks, type Tally, type Task } from "./scheduler.ts";
import { seedOf } from "./seed.ts";
import type { Seen } from "./seen.ts";
import { joined, type Source, unusable } from "./sources.ts";
import { addWork, NO_WORK, workOf } from "./work.ts";

/** What does not change from window to window. */
export interface Bench {
  readonly classifier: Classifier;
  readonly scorer: Scorer;
  readonly methods: Attributor;
  /** The same methods on a network whose weights were replaced. */
  readonly randomized: (how: Randomized, use: (methods: Attributor) => Promise<void>) => Promise<void>;
  /** Layers with weights. */
  readonly layers: number;
  readonly sources: readonly Source[];
  readonly metrics: readonly NamedMetric[];
  /** The class to explain; throws `E_TARGET_UNKNOWN` where the image does not tell. */
  readonly targetOf: (scores: Float32Array, label: number | undefined) => number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** An image with its prediction. */
export interface Known {
  readonly seen: Seen;
  readonly label: number | undefined;
  readonly scored: Scored;
  readonly prediction: number;
  readonly target: number;
}

type Found = Plane | { readonly why: string };
const isPlane = (found: Found): found is Plane => "map" in found;

export async function evaluateWindow(
  bench: Bench,
  { index, arrived, loadMs }: { readonly index: number; readonly arrived: readonly Arrived[]; readonly loadMs: number },
): Promise<EvaluatedWindow> {
  const failures: ImageFailure[] = [];
  const began = performance.now();
  const known = await predict(bench, arrived, failures);
  const predicted = performance.now();
  const planes = await explain(bench, known, failures);
  const explained = performance.now();
  const cells = await measure(bench, known, planes);
  return {
    index,
    images: arrived.map((a) => a.id),
    rows: cells.flatMap((c) => c.rows),
    curves: cells.flatMap((c) => c.curves),
    tallies: cells.flatMap((c) => c.tallies),
    failures,
    work: cells.reduce<WorkCounts>((sum, c) => addWork(sum, c.work), {
      ...NO_WORK,
      images: known.length,
      failed: arrived.length - known.length,
      predictions: arrived.filter((a) => "seen" in a).length,
    }),
    timings: {
      load: loadMs,
      predict: predicted - began,
      explain: explained - predicted,
      measure: performance.now() - explained,
    },
  };
}

const failed = (image: string, error: OnnxplainError, method: string | null = null): ImageFailure => ({
  image,
  method,
  code: error.code,
  message: error.message,
});

async function predict(bench: Bench, arrived: readonly Arrived[], failures: ImageFailure[]): Promise<readonly Known[]> {
  const there = arrived.flatMap((a) => ("seen" in a ? [a] : []));
  const scores = await bench.scorer.score(there.map((a) => a.seen.x));
  let next = 0;
  const known: Known[] = [];
  for (const a of arrived) {
    if (!("seen" in a)) {
      failures.push(failed(a.id, a.error));
      continue;
    }
    const scored = scores[next++] as Scored;
    try {
      if (!scored.logits.every((v) => !Number.isNaN(v)))
        throw new OnnxplainError("E_NUMERIC", "The network's score is not a number (NaN) for this image.");
      const target = bench.targetOf(scored.logits, a.label);
      known.push({ seen: a.seen, label: a.label, scored, prediction: argMax(scored.logits), target });
    } catch (error) {
      if (!(error instanceof OnnxplainError)) throw error;
      failures.push(failed(a.id, error));
      continue;
    }
    for (const trouble of a.seen.troubles) failures.push(failed(a.id, trouble));
  }
  return known;
}

/** By image, then source. */
async function explain(
  bench: Bench,
  known: readonly Known[],
  failures: ImageFailure[],
): Promise<readonly (readonly Found[])[]> {
  const wanted = known.map(({ seen, target }): Wanted => ({ x: seen.x, target }));
  const own = await bench.methods.all(wanted);
  return known.map((one, i) =>
    bench.sources.map((source): Found => {
      if (source.kind === "blind")
        return { map: BLIND_MAPS[source.blind](blindImage(bench, one.seen, one.seen.x)), attribution: undefined };
      const members = source.members.map((place) => own.get(place)?.[i] as Attributed);
      const missing = members.find((m) => "why" in m);
      if (missing && "why" in missing) {
        if (source.kind === "method") failures.push(failed(one.seen.id, missing.why, source.name));
        return { why: `no map (${missing.why.code})` };
      }
      const bad = (members as readonly Plane[]).map(unusable).find((why) => why !== undefined);
      if (bad === undefined) return joined(source, members as readonly Plane[]);
      if (source.kind === "method")
        failures.push(
          failed(one.seen.id, new OnnxplainError("E_NUMERIC", `${bad[0]?.toUpperCase()}${bad.slice(1)}.`), source.name),
        );
      return { why: bad };
    }),
  );
}

export const blindImage = (
  { classifier, seed }: Pick<Bench, "classifier" | "seed">,
  { id }: Seen,
  x: Float32Array,
): BlindImage => {
  const { layout, channels, height, width } = classifier;
  return { x, layout, channels, height, width, seed: seedOf("random", seed, id) };
};

/** What one metric says of one map. */
interface Cell {
  readonly rows: readonly ResultRow[];
  readonly curves: readonly CurveRow[];
  readonly tallies: readonly CountRow[];
  readonly work: WorkCounts;
}

/** Who is asked for further maps of an image. */
export interface Maker {
  readonly source: Source;
  readonly known: Known;
}

async function measure(
  bench: Bench,
  known: readonly Known[],
  planes: readonly (readonly Found[])[],
): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  await runTasks<Maker>(tasksOf(bench, { known, planes, cells }), {
    batch: bench.scorer.batch,
    score: bench.scorer.score,
    map: (questions) => answerMaps(bench, questions),
    check: () => {
      if (bench.signal?.aborted)
        throw new OnnxplainError("E_ABORTED", "Stopped while measuring.", { cause: bench.signal.reason });
    },
  });
  return cells;
}

interface Measuring {
  readonly known: readonly Known[];
  readonly planes: readonly (readonly Found[])[];
  /** Filled by place, whatever the order in which tasks end. */
  readonly cells: Cell[];
}

function* tasksOf(bench: Bench, { known, planes, cells }: Measuring): Generator<Task<Maker>> {
  let place = 0;
  for (const [i, one] of known.entries()) {
    const whole = { x: one.seen.x, scored: one.scored };
    const scores: Task<Maker>["scores"] = new Map();
    for (const [s, source] of bench.sources.entries()) {
      const found = planes[i]?.[s] as Found;
      const maps: Task<Maker>["maps"] = new Map();
      for (const named of bench.metrics) {
        const at = place++;
        const head = headOf(one, source, named);
        const why = isPlane(found) ? lacking(bench, one, { found, named }) : found.why;
        if (why !== undefined || !isPlane(found)) {
          cells[at] = { ...NO_CELL, rows: excluded(head, named, why ?? "") };
          continue;
        }
        const members = source.members.map((m) => {
          const own = planes[i]?.[bench.sources.findIndex((x) => x.kind === "method" && x.members[0] === m)] as Plane;
          return own.map;
        });
        const image = metricImage(bench, one, {
          plane: found,
          maps: source.kind === "agreement" ? members : [found.map],
          seed: seedOf(bench.seed, one.seen.id, named.name),
        });
        yield {
          start: () => named.metric.run(image, named.params),
          whole,
          scores,
          maps,
          source: { source, known: one },
          done: (result, asked) => {
            cells[at] = cellOf(head, named, { result, asked });
          },
        };
      }
    }
  }
}

export function metricImage(
  { classifier, layers }: Pick<Bench, "classifier" | "layers">,
  { seen, target, label }: Known,
  own: { readonly plane: Plane; readonly maps: readonly Float32Array[]; readonly seed: number },
): MetricImage {
  const { width, height, channels, layout, classes } = classifier;
  const { id, x, pixels, toInput, mask } = seen;
  const boxes = targetBoxes(seen, target);
  const { plane, maps, seed } = own;
  return {
    ...{ id, width, height, channels, layout, x, pixels, toInput, target, label },
    ...{ map: plane.map, attribution: plane.attribution, maps, mask, boxes, layers, classes, seed },
  };
}

/** Boxes of the target's class, and those that name none; undefined where there are none. */
function targetBoxes({ boxes }: Seen, target: number): readonly Box[] | undefined {
  const own = boxes?.filter((b) => b.of === undefined || b.of === target);
  return own?.length === 0 ? undefined : own;
}

const lackingBoxes = (seen: Seen, target: number): string | false =>
  seen.boxes === undefined
    ? (seen.lost.boxes ?? "the data has no boxes")
    : targetBoxes(seen, target) === undefined && "the boxes are of other classes than the target";

/** Why a metric cannot look at this map. */
export function lacking(
  { layers }: Pick<Bench, "layers">,
  { seen, label, target }: Known,
  { found, named }: { readonly found: Plane; readonly named: NamedMetric },
): string | undefined {
  const without: Readonly<Record<NamedMetric["metric"]["needs"][number], string | false>> = {
    mask: seen.mask === undefined && (seen.lost.mask ?? "the data has no mask"),
    boxes: lackingBoxes(seen, target),
    label: label === undefined && "no label that the model knows",
    attribution: found.attribution === undefined && "the map has no value for each input element",
    layers: layers === 0 && "the network's weights cannot be replaced",
  };
  return named.metric.needs.map((need) => without[need]).find((why) => typeof why === "string") || undefined;
}

type Head = Pick<ResultRow, "image" | "label" | "prediction" | "target" | "method" | "metric">;
const headOf = ({ seen, label, prediction, target }: Known, source: Source, { name }: NamedMetric): Head => ({
  image: seen.id,
  label: label ?? null,
  prediction,
  target,
  method: source.name,
  metric: name,
});

const NO_CELL: Cell = { rows: [], curves: [], tallies: [], work: NO_WORK };

const excluded = (head: Head, { metric }: NamedMetric, reason: string): readonly ResultRow[] =>
  metric.variants.map(({ id }) => ({ ...head, variant: id, value: null, reason }));

function cellOf(
  head: Head,
  named: NamedMetric,
  { result, asked }: { readonly result: Measured | OnnxplainError; readonly asked: Tally },
): Cell {
  const work = workOf(named.name, asked);
  if (result instanceof OnnxplainError)
    return { ...NO_CELL, rows: excluded(head, named, `${result.code}: ${result.message}`), work };
  const { image, method, metric } = head;
  return {
    rows: inOrder(result.values, named).map(([variant, outcome]) => ({ ...head, variant, ...valueOrReason(outcome) })),
    curves: Object.entries(result.curves ?? {}).map(([curve, values]) => ({
      ...{ image, method, metric, curve },
      values: Array.from(values),
    })),
    tallies: Object.entries(result.counts ?? {}).map(([count, value]) => ({ image, method, metric, count, value })),
    work,
  };
}

/** Variants in the order in which the metric lists them; others after them. */
function inOrder(values: Measured["values"], { metric }: NamedMetric): readonly (readonly [string, Outcome])[] {
  const listed = metric.variants.map((v) => v.id).filter((id) => Object.hasOwn(values, id));
  const rest = Object.keys(values).filter((id) => !listed.includes(id));
  return [...listed, ...rest].map((id) => [id, values[id] as Outcome]);
}

function valueOrReason(outcome: Outcome): Pick<ResultRow, "value" | "reason"> {
  if (typeof outcome !== "number") return { value: null, reason: outcome.excluded };
  return Number.isFinite(outcome) ? { value: outcome, reason: null } : { value: null, reason: "not a finite number" };
}

/** Maps that metrics ask for: by network, then method, so that those of one graph fill its batches. */
export async function answerMaps(
  bench: Pick<Bench, "classifier" | "seed" | "methods" | "randomized">,
  questions: readonly MapQuestion<Maker>[],
): Promise<readonly (Float32Array | null)[]> {
  const members = questions.map(({ source }): (Plane | undefined)[] => Array(source.source.members.length));
  for (const [how, some] of grouped(questions.keys(), (q) => JSON.stringify(questions[q]?.query.randomized ?? null))) {
    const answer = async (methods: Attributor): Promise<void> => {
      const parts = some.flatMap((q) =>
        (questions[q] as MapQuestion<Maker>).source.source.members.map((place, m) => ({ q, place, m })),
      );
      for (const [place, asked] of grouped(parts, (p) => p.place)) {
        const found = await methods.one(
          place,
          asked.map(({ q }) => (questions[q] as MapQuestion<Maker>).query),
        );
        for (const [i, { q, m }] of asked.entries()) {
          const plane = found[i] as Attributed;
          (members[q] as (Plane | undefined)[])[m] =
            "why" in plane || unusable(plane) !== undefined ? undefined : plane;
        }
      }
    };
    const randomized = JSON.parse(how) as Randomized | null;
    if (randomized === null) await answer(bench.methods);
    else await bench.randomized(randomized, answer);
  }
  return questions.map(({ source: { source, known }, query }, q) => {
    if (source.kind === "blind") return BLIND_MAPS[source.blind](blindImage(bench, known.seen, query.x));
    const planes = members[q] as (Plane | undefined)[];
    return planes.every((p) => p !== undefined) ? joined(source, planes).map : null;
  });
}

function grouped<T, K>(all: Iterable<T>, keyOf: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}
