/** @file What is measured: the maps, the picture, the class; one question for all parts of the view. */
import { computed, signal } from "@preact/signals";
import type { MeasureAsk, MeasuredMap, MetricFacts, OwnHeat } from "../engine/calls/measure.ts";
import { call } from "../engine/client.ts";
import { chosen, model, picture, ready, runSettings } from "../state/session.ts";
import { type MeasureChoice, setView, view } from "../state/view.ts";
import { said, work } from "../state/work.ts";
import { methodName } from "./names.ts";

export interface OwnMapFile {
  readonly name: string;
  readonly heat: OwnHeat;
}
/** Heat maps from files; a link does not restore them. */
export const own = signal<readonly OwnMapFile[]>([]);

const BLIND = ["random", "centre", "edges"] as const;

export const setMeasure = (change: Partial<MeasureChoice>): void =>
  setView({ measure: { ...view.peek().measure, ...change } });

/** Names are unique: of two methods asked for alike the first stands. */
export const maps = computed<readonly MeasuredMap[]>(() => {
  const { methods, layer, measure } = view.value;
  const all: readonly MeasuredMap[] = [
    ...methods.map((choice): MeasuredMap => ({ kind: "method", name: methodName(choice), choice, layer })),
    ...own.value.map(({ name, heat }): MeasuredMap => ({ kind: "own", name, heat })),
    ...(measure.baselines ? BLIND.map((blind): MeasuredMap => ({ kind: "blind", name: blind, blind })) : []),
  ];
  return all.filter(({ name }, i) => all.findIndex((m) => m.name === name) === i);
});

/** The first of the targets that are explained. */
export const target = computed(() => {
  const [first = "predicted"] = view.value.targets;
  return /^top\d+$/i.test(first) ? "predicted" : first;
});

/** Undefined while there is nothing that could be measured. */
export const ask = computed<MeasureAsk | undefined>(() => {
  const id = chosen.value;
  const shown = picture.value;
  if (!model.value || id === undefined || !shown || !ready.value || maps.value.length === 0) return undefined;
  const { edits, measure } = view.value;
  const names = maps.value.map((m) => m.name);
  const agreement = measure.agreement.filter((name) => names.includes(name));
  const common = { picture: id, edits, run: runSettings.value, name: shown.name, target: target.value };
  return { ...common, maps: maps.value, agreement: agreement.length > 1 ? agreement : [] };
});

/** What the answers depend on, as text. */
export const ground = computed(() => {
  const asked = ask.value;
  if (asked === undefined) return undefined;
  const facts = model.value;
  const short = asked.maps.map((m) => (m.kind === "own" ? [m.name, m.heat.dims, m.heat.data.length] : m));
  return JSON.stringify([facts?.sha256, facts?.preprocessing, { ...asked, maps: short }, view.value.measure.score]);
});

export const facts = signal<readonly MetricFacts[]>([]);
export async function readFacts(): Promise<void> {
  if (facts.peek().length > 0) return;
  facts.value = (await work("Reading the list of metrics", (tools) => call("metricFacts", null, tools))) ?? [];
}

export async function addHeat(file: File): Promise<void> {
  const heat = await work(`Reading ${file.name}`, (tools) => call("readHeat", { file }, tools));
  if (heat === undefined) return;
  const name = `${file.name.slice(0, 60).replaceAll("+", "-")}`;
  own.value = [...own.peek().filter((o) => o.name !== name), { name, heat }];
  said.value = `${name}: a heat map of ${heat.dims.join(" x ")}`;
}
export const dropHeat = (name: string): void => {
  own.value = own.peek().filter((o) => o.name !== name);
};
