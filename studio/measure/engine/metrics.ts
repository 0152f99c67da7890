/** @file Any metrics on any maps: numbers, and curves told while they grow. */
import { type Asked, findMetric, METRICS, type Metric, watchMetrics } from "../../../src/index.ts";
import type { MetricFacts } from "../../engine/calls/measure.ts";
import type { Answer, Context } from "../../engine/handler.ts";
import { heldModel, heldPicture, runOptions } from "../../engine/held.ts";
import type { Input } from "../../engine/protocol.ts";
import { prepared } from "./maps.ts";
import { thumbnail } from "./thumbnail.ts";

export const metricFacts = (): readonly MetricFacts[] =>
  Object.values<Metric>(METRICS).map(({ id, title, source, cost, needs, variants, params }) => ({
    ...{ id, title, source, cost, needs, variants },
    readsScore: "score" in params,
  }));

/** Pictures of one metric, over all maps. */
const MOST_PICTURES = 60;
/** A curve is seen to grow in no fewer. */
const FEWEST = 6;

export async function measure(
  ask: Input<"measure">,
  { signal, onProgress, tell }: Context<"measure">,
): Promise<Answer<"measure">> {
  const model = heldModel();
  const { width, height } = model.classifier();
  const { maps, missing, target } = await prepared(ask, signal);
  const named = new Map(ask.metrics.map((m) => [nameOf(m), m]));
  const each = Math.max(FEWEST, Math.floor(MOST_PICTURES / Math.max(1, maps.length)));
  const sending: Promise<void>[] = [];
  const sent = new Map<string, number>();
  let done = 0;
  const total = maps.length * ask.metrics.length;

  const onAsked = (asked: Asked): void => {
    const { map, metric, step, scored } = asked;
    const params = named.get(metric)?.params ?? {};
    const value = params.score === "logit" ? (scored.logits[asked.target] as number) : asked.probability;
    const head = { map, metric, step, value };
    const every = Math.max(1, Math.ceil(stepsOf(metric, params, { width, height }) / each));
    const count = sent.get(`${map} ${metric}`) ?? 0;
    if (!ask.pictures || step % every !== 0 || count > each) {
      tell({ ...head, picture: undefined });
      return;
    }
    sent.set(`${map} ${metric}`, count + 1);
    sending.push(thumbnail(asked.picture()).then((picture) => tell({ ...head, picture }, [picture])));
  };

  const found = await watchMetrics(model, heldPicture(ask.picture, ask.edits), {
    ...(await runOptions(ask.run)),
    maps,
    metrics: ask.metrics,
    id: ask.name,
    target,
    signal,
    ...(ask.pictures ? { onAsked } : {}),
    onMeasured: () => onProgress({ done: ++done, total }),
  });
  await Promise.all(sending);
  const measured = found.map(({ map, metric, values, curves = {}, counts = {} }) => ({
    ...{ map, metric, values, curves, counts },
    id: findMetric(named.get(metric)?.metric ?? metric).id,
  }));
  return { output: { measured, missing } };
}

/** As results name a metric. */
const nameOf = ({ metric, params }: Input<"measure">["metrics"][number]): string =>
  [metric, ...Object.entries(params).map(([k, v]) => `${k}=${v}`)].join(" ");

/** How many images a metric will ask for, about: some of them are shown. */
function stepsOf(
  name: string,
  params: Readonly<Record<string, string | number>>,
  { width, height }: { readonly width: number; readonly height: number },
): number {
  const id = name.split(" ")[0] as string;
  const regions = Math.ceil(width / 9) * Math.ceil(height / 9);
  const known: Readonly<Record<string, number>> = {
    insertion: (width * height) / (Number(params.step) || width),
    deletion: (width * height) / (Number(params.step) || width),
    morf: Math.min(100, regions),
    lerf: Math.min(100, regions),
    selectivity: regions,
  };
  return known[id] ?? 100;
}
