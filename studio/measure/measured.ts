/** @file Curves and single numbers: asked for by the reader, kept until something else is measured. */
import { batch, signal } from "@preact/signals";
import type { CurveStep, Measurement, MetricChoice, MissingMap } from "../engine/calls/measure.ts";
import { call } from "../engine/client.ts";
import { view } from "../state/view.ts";
import { said, work } from "../state/work.ts";
import { ask, facts, ground } from "./desk.ts";
import { nameOf } from "./names.ts";

/** One line of a plot while it grows. */
export interface Growing {
  readonly map: string;
  readonly metric: string;
  readonly values: readonly number[];
  readonly pictures: readonly { readonly step: number; readonly picture: ImageBitmap }[];
}

export interface Answers {
  /** What they were measured on; they are out of date when that has changed. */
  readonly ground: string;
  readonly metrics: readonly MetricChoice[];
  readonly measured: readonly Measurement[];
  readonly missing: readonly MissingMap[];
}

export const growing = signal<ReadonlyMap<string, Growing>>(new Map());
export const curves = signal<Answers | undefined>(undefined);
export const numbers = signal<Answers | undefined>(undefined);
/** Whether each is being measured. */
export const busy = signal<{ readonly curves: boolean; readonly numbers: boolean }>({ curves: false, numbers: false });

export const lineKey = (metric: string, map: string): string => JSON.stringify([metric, map]);

/** A metric with the score that the reader wants, where it reads one. */
export function choiceOf(metric: string): MetricChoice {
  const { score } = view.value.measure;
  const reads = facts.value.find((f) => f.id === metric)?.readsScore === true;
  return { metric, params: reads && score === "logit" ? { score } : {} };
}
export const choiceName = ({ metric, params }: MetricChoice): string => nameOf(metric, params);

/** Notes come by the hundred: they are shown some at a time, this many ms apart. */
const APART = 150;

function collector(): { readonly add: (told: CurveStep) => void; readonly flush: () => void } {
  let waiting: CurveStep[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    const next = new Map(growing.peek());
    for (const { map, metric, step, value, picture } of waiting) {
      const key = lineKey(metric, map);
      const line = next.get(key) ?? { map, metric, values: [], pictures: [] };
      const values = [...line.values];
      values[step] = value;
      const pictures = picture ? [...line.pictures, { step, picture }].sort((a, b) => a.step - b.step) : line.pictures;
      next.set(key, { ...line, values, pictures });
    }
    waiting = [];
    growing.value = next;
  };
  return {
    add: (told) => {
      waiting.push(told);
      timer ??= setTimeout(flush, APART);
    },
    flush: () => {
      clearTimeout(timer);
      flush();
    },
  };
}

function forget(): void {
  for (const { pictures } of growing.peek().values()) for (const { picture } of pictures) picture.close();
  growing.value = new Map();
}

async function measured(
  kind: "curves" | "numbers",
  title: string,
  metrics: readonly MetricChoice[],
): Promise<Answers | undefined> {
  const [asked, on] = [ask.peek(), ground.peek()];
  if (asked === undefined || on === undefined || metrics.length === 0) return undefined;
  busy.value = { ...busy.peek(), [kind]: true };
  const notes = collector();
  const input = { ...asked, metrics, pictures: kind === "curves" };
  const found = await work(title, (tools) => call("measure", input, { ...tools, onNote: notes.add }));
  notes.flush();
  busy.value = { ...busy.peek(), [kind]: false };
  return found && { ground: on, metrics, ...found };
}

export async function drawCurves(): Promise<void> {
  batch(() => {
    forget();
    curves.value = undefined;
  });
  const found = await measured("curves", "Drawing curves", view.peek().measure.curves.map(choiceOf));
  if (found === undefined) return;
  curves.value = found;
  said.value = "The curves are drawn";
}

export async function readNumbers(): Promise<void> {
  const ids = [...new Set(view.peek().measure.numbers.map((n) => n.split("/")[0] as string))];
  const found = await measured("numbers", "Measuring", ids.map(choiceOf));
  if (found === undefined) return;
  numbers.value = found;
  said.value = "The table is there";
}
