/** @file The tasks of watched metrics: those of `evaluate`, with somebody who listens. */

import { OnnxplainError } from "../errors.ts";
import type { RunOptions } from "../explain/options.ts";
import { argMax } from "../explain/scores.ts";
import type { Explainer } from "../explainer.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Measured, Metric, Outcome, Query, Scored } from "../metrics/metric.ts";
import { excludedAll } from "../metrics/usable-map.ts";
import { type MethodAsk, type NamedMetric, readMethodAsks } from "./ask.ts";
import { type Attributor, attributor } from "./attribute.ts";
import type { Plane } from "./plane.ts";
import type { Task } from "./scheduler.ts";
import { seedOf } from "./seed.ts";
import type { Seen } from "./seen.ts";
import { joined, type Source, unusable } from "./sources.ts";
import { PICTURE, type WatchAllOptions, type Watched } from "./watch-options.ts";
import { isExplanation, type SingleMap, singlePlane, targetOf, type WatchedMap } from "./watched-map.ts";
import { pictureOfInput, told } from "./watched-query.ts";
import { type Bench, blindImage, type Known, lacking, type Maker, metricImage } from "./window.ts";

export interface Watching {
  readonly bench: Pick<Bench, "classifier" | "layers" | "seed">;
  readonly options: WatchAllOptions;
  readonly metrics: readonly NamedMetric[];
  readonly seen: Seen;
  /** What the network says of the picture as it is. */
  readonly whole: Scored;
  /** In the layout of the network. */
  readonly preprocessing: Preprocessing;
  /** Filled by place, whatever the order in which tasks end. */
  readonly found: Watched[];
}

/** By map, then metric. */
export function* watching(all: Watching): Generator<Task<Maker>> {
  const { options, metrics, seen, whole } = all;
  const prediction = argMax(whole.logits);
  const scores: Task<Maker>["scores"] = new Map();
  const common = options.maps.map(targetOf).find((target) => target !== undefined);
  let place = 0;
  for (const one of options.maps) {
    const target = targetOf(one) ?? options.target ?? common ?? prediction;
    const known: Known = { seen, label: options.label, scored: whole, prediction, target };
    const subject = { ...subjectOf(one, all), known, scores, maps: new Map() };
    for (const named of metrics) {
      const task = watched(all, subject, { named, place: place++ });
      if (task) yield task;
    }
  }
}

/** One of the maps as metrics look at it. */
interface Subject {
  readonly one: WatchedMap;
  readonly planes: readonly Plane[];
  readonly plane: Plane;
  readonly source: Source | undefined;
  readonly known: Known;
  readonly scores: Task<Maker>["scores"];
  readonly maps: Task<Maker>["maps"];
}

function subjectOf(
  one: WatchedMap,
  { bench, options, seen }: Watching,
): Pick<Subject, "one" | "planes" | "plane" | "source"> {
  const blind = blindImage(bench, seen, seen.x);
  const context = { classifier: bench.classifier, blind, index: one.index ?? 0 };
  const planes = singles(one).map((map) => singlePlane(map, context));
  const agreement: Source = { kind: "agreement", name: one.name, members: [] };
  const plane = planes.length === 1 ? (planes[0] as Plane) : joined(agreement, planes);
  return { one, planes, plane, source: sourceOf(one, options.maps) };
}

/** Undefined where the metric cannot look at the map: that is told at once. */
function watched(
  { bench, options, seen, whole, preprocessing, found }: Watching,
  { one, planes, plane, source, known, scores, maps }: Subject,
  { named, place }: { readonly named: NamedMetric; readonly place: number },
): Task<Maker> | undefined {
  const { target } = known;
  const own = planes.map((p) => p.map);
  const done = (measured: Measured): void => {
    const result: Watched = { map: one.name, metric: named.name, target, maps: own, plane: plane.map, ...measured };
    found[place] = result;
    options.onMeasured?.(result);
  };
  const why = planes.map(unusable).find((bad) => bad !== undefined) ?? lacking(bench, known, { found: plane, named });
  if (why !== undefined) {
    done(excludedAll(named.metric.variants, why));
    return undefined;
  }
  const seed = seedOf(bench.seed, options.id ?? PICTURE, named.name);
  const image = metricImage(bench, known, { plane, maps: own, seed });
  let step = 0;
  const tell = ({ x, key }: Query, scored: Scored): void =>
    options.onAsked?.({
      ...{ map: one.name, metric: named.name, step: step++, key, scored, target, maps: own },
      probability: scored.probabilities[target] as number,
      picture: () => pictureOfInput(x, preprocessing, bench.classifier),
    });
  return {
    start: () => told(answerable(named, image, source), tell),
    whole: { x: seen.x, scored: whole },
    scores,
    maps,
    source: { source: source ?? NO_SOURCE, known },
    done: (result) => done(result instanceof OnnxplainError ? refused(named, result) : tidy(result)),
  };
}

const NO_SOURCE: Source = { kind: "agreement", name: "", members: [] };

const singles = ({ map }: WatchedMap): readonly SingleMap[] => [map].flat() as readonly SingleMap[];

/** The explanations among the maps, as methods that can be asked again. */
const explanationsOf = (maps: readonly WatchedMap[]) => maps.flatMap(singles).filter(isExplanation);

/** The methods of the explanations, to be asked for further maps. */
export const askedAgain = (model: Explainer, maps: readonly WatchedMap[], options: RunOptions): Attributor =>
  explanationsOf(maps).length === 0 ? NOBODY : attributor(model, methodsOf(maps), options);

const NOBODY: Attributor = {
  ...{ failures: [], places: [], notes: [], graphs: 0 },
  all: async () => new Map(),
  one: async () => [],
};

const methodsOf = (maps: readonly WatchedMap[]) =>
  readMethodAsks(
    explanationsOf(maps).map(
      ({ method, params, layer, scoreKind }, i): MethodAsk => ({
        method,
        params: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null)),
        layer: layer?.name,
        output: scoreKind,
        name: String(i),
      }),
    ),
  );

/** Who is asked for further maps; undefined where one of them is of one's own. */
function sourceOf(one: WatchedMap, maps: readonly WatchedMap[]): Source | undefined {
  const all = explanationsOf(maps);
  const own = singles(one);
  const [first] = own;
  const { name } = one;
  if (own.length === 1 && typeof first === "string") return { kind: "blind", name, members: [], blind: first };
  if (!own.every(isExplanation)) return undefined;
  const members = own.map((map) => all.indexOf(map));
  return own.length === 1
    ? { kind: "method", name, members: [members[0] as number] }
    : { kind: "agreement", name, members };
}

/** Without a method a metric that asks for further maps gives no number. */
function* answerable(
  { metric, params }: NamedMetric,
  image: Parameters<Metric["run"]>[0],
  source: Source | undefined,
): ReturnType<Metric["run"]> {
  const steps = metric.run(image, params);
  let next = steps.next();
  while (!next.done) {
    if (next.value.ask === "maps" && source === undefined) return excludedAll(metric.variants, NO_METHOD);
    next = steps.next(yield next.value);
  }
  return next.value;
}
const NO_METHOD = "a heat map of one's own has no method that could be asked again";

const refused = ({ metric }: NamedMetric, { code, message }: OnnxplainError): Measured =>
  excludedAll(metric.variants, `${code}: ${message}`);

const numbered = (outcome: Outcome): Outcome =>
  typeof outcome !== "number" || Number.isFinite(outcome) ? outcome : { excluded: "not a finite number" };

/** Every outcome a finite number, or why there is none. */
const tidy = (measured: Measured): Measured => ({
  ...measured,
  values: Object.fromEntries(Object.entries(measured.values).map(([id, outcome]) => [id, numbered(outcome)])),
});
