/** @file Curves of any metric that has them, drawn as the answers arrive; all maps in one plot. */
import { useSignal } from "@preact/signals";
import type { Measurement } from "../engine/calls/measure.ts";
import { view } from "../state/view.ts";
import { Bitmap } from "./bitmap.tsx";
import { facts, ground, maps, setMeasure } from "./desk.ts";
import { answer } from "./grown.ts";
import { busy, choiceName, choiceOf, curves, drawCurves, type Growing, growing, lineKey } from "./measured.ts";
import { figure } from "./names.ts";
import { Plot, type PlotLine, PlotTable } from "./plot.tsx";
import { SortedTable } from "./sorted-table.tsx";
import { styleOf } from "./styles.ts";

/** Metrics with curves, and what a step of each is. */
const STEPS: Readonly<Record<string, string>> = {
  insertion: "steps: pixels restored, most important first",
  deletion: "steps: pixels taken away, most important first",
  morf: "steps: regions replaced, most important first",
  lerf: "steps: regions replaced, least important first",
  "pixel-flipping": "steps: pixels taken away, most important first",
  selectivity: "steps: regions replaced, most important first",
  irof: "steps: segments replaced, most important first",
  road: "steps: share of pixels imputed",
};
/** Curves that are no scores of single images: they are there at the end alone. */
const AT_THE_END = new Set(["road"]);

/** Of all steps, where curves are looked at first: at the end all maps have done the same. */
const FIRST_LOOK = 0.125;

function toggle(id: string, on: boolean): void {
  const before = view.peek().measure.curves;
  setMeasure({ curves: Object.keys(STEPS).filter((k) => (k === id ? on : before.includes(k))) });
}

export function Curves() {
  const wanted = view.value.measure.curves.filter((id) => Object.hasOwn(STEPS, id));
  const done = curves.value;
  const stale = done !== undefined && done.ground !== ground.value;
  return (
    <>
      <fieldset class="ticks-row">
        <legend>Curves</legend>
        {Object.keys(STEPS).map((id) => (
          <label key={id} title={facts.value.find((f) => f.id === id)?.title}>
            <input
              type="checkbox"
              checked={wanted.includes(id)}
              onChange={(event) => toggle(id, event.currentTarget.checked)}
            />
            {id}
          </label>
        ))}
      </fieldset>
      <p>
        <button
          type="button"
          class="primary"
          disabled={busy.value.curves || wanted.length === 0}
          onClick={() => void drawCurves()}
        >
          {done ? "Draw again" : "Draw curves"}
        </button>{" "}
        <span class="soft">{stale ? "Something has changed since these were drawn." : ""}</span>
      </p>
      <div class="charts">{wanted.flatMap((id) => (shown(id) ? [<Chart key={id} id={id} />] : []))}</div>
    </>
  );
}

const nameIn = (id: string): string => {
  const asked = curves.value?.metrics.find((m) => m.metric === id);
  return choiceName(asked ?? choiceOf(id));
};

function shown(id: string): boolean {
  const name = nameIn(id);
  return (
    curves.value?.measured.some((m) => m.id === id) === true ||
    [...growing.value.values()].some((g) => g.metric === name)
  );
}

/** Names of the curves that the metric gives, and the lines of each. */
function linesOf(id: string): ReadonlyMap<string, readonly PlotLine[]> {
  const name = nameIn(id);
  const done = (curves.value?.measured ?? []).filter((m) => m.metric === name);
  const found = new Map<string, PlotLine[]>();
  const add = (curve: string, line: PlotLine): void => void found.set(curve, [...(found.get(curve) ?? []), line]);
  for (const { map, curves: own } of done)
    for (const [curve, values] of Object.entries(own))
      add(curve, { name: map, values: [...values], style: styleOf(map) });
  if (done.length > 0 || AT_THE_END.has(id)) return found;
  for (const { map, metric, values } of growing.value.values())
    if (metric === name) add(id, { name: map, values, style: styleOf(map) });
  return found;
}

function Chart({ id }: { readonly id: string }) {
  const at = useSignal<number | undefined>(undefined);
  const fact = facts.value.find((f) => f.id === id);
  const { score } = view.value.measure;
  const free = choiceOf(id).params.score === "logit";
  const y = `${id === "road" ? "change of the probability" : free ? score : "probability"}${answer.value ? ` of ${answer.value.label}` : ""}`;
  const all = [...linesOf(id)];
  const end = Math.max(1, ...all.flatMap(([, lines]) => lines.map((l) => l.values.length - 1)));
  const rest = curves.value ? Math.round(end * FIRST_LOOK) : end;
  const step = Math.min(at.value ?? rest, end);
  return (
    <article class="chart-box" aria-label={fact?.title ?? id}>
      <h3>{fact?.title ?? id}</h3>
      <p class="soft source">{fact?.source}</p>
      {all.map(([curve, lines]) => {
        const what = `${curve}: ${y} at each step, by map`;
        return (
          <div key={curve}>
            {all.length > 1 ? <h4>{curve}</h4> : null}
            <Plot
              lines={lines}
              what={what}
              x={STEPS[id] ?? "steps"}
              y={y}
              scale={free ? "free" : "share"}
              marker={step}
              onMarker={(next) => {
                at.value = next;
              }}
            />
            <PlotTable lines={lines} x="step" what={what} />
          </div>
        );
      })}
      {AT_THE_END.has(id) ? null : (
        <>
          <label class="slide">
            <span>Step</span>
            <input
              type="range"
              min={0}
              max={end}
              value={step}
              aria-label={`Step of ${id}`}
              onInput={(event) => {
                at.value = Number(event.currentTarget.value);
              }}
            />
            <output>
              {step} of {end}
            </output>
          </label>
          <Film id={id} step={step} />
        </>
      )}
      <Areas id={id} />
    </article>
  );
}

/** What the network was asked about that step, by map. */
function Film({ id, step }: { readonly id: string; readonly step: number }) {
  const name = nameIn(id);
  const known = maps.value.map((m) => m.name);
  const own = [...growing.value.values()].filter((g) => g.metric === name);
  if (own.every((g) => g.pictures.length === 0)) return null;
  return (
    <ul class="film">
      {own.map((line) => {
        const frame = frameAt(line, step);
        if (!frame) return null;
        const place = known.includes(line.map) ? "" : " (agreement)";
        return (
          <li key={lineKey(name, line.map)}>
            <Bitmap
              of={frame.picture}
              label={`${line.map}${place}: what the network was asked at step ${frame.step}`}
            />
            <span>
              <i class={`key ${styleOf(line.map)}`} aria-hidden="true" />
              {figure(line.values[frame.step] ?? Number.NaN)} <small>{line.map}</small>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const frameAt = ({ pictures }: Growing, step: number) => pictures.filter((p) => p.step <= step).at(-1) ?? pictures[0];

/** The metric's own numbers. */
function Areas({ id }: { readonly id: string }) {
  const fact = facts.value.find((f) => f.id === id);
  const own = (curves.value?.measured ?? []).filter((m: Measurement) => m.id === id);
  if (!fact || own.length === 0) return null;
  const columns = fact.variants.map(({ id: variant, about, better }) => ({
    id: variant,
    label: variant,
    about,
    better,
  }));
  return (
    <SortedTable caption={fact.title} columns={columns} rows={own.map((m) => ({ name: m.map, cells: m.values }))} />
  );
}
