/** @file Growth step by step: each map's mask, its hybrid, and the score of the class under it. */
import { useEffect } from "preact/hooks";
import type { Growth, GrowthAnswer, GrowthStep } from "../engine/calls/measure.ts";
import { view } from "../state/view.ts";
import { Bitmap } from "./bitmap.tsx";
import { answer, ended, grow, last, playing, shownStep, step, steps } from "./grown.ts";
import { figure, percent } from "./names.ts";
import { Plot, type PlotLine, PlotTable } from "./plot.tsx";
import { GrowingExample } from "./presets.tsx";
import { type Row, SortedTable } from "./sorted-table.tsx";
import { styleOf } from "./styles.ts";

/** How long a step is shown, in ms. */
const BEAT = 450;

const BASE_WORDS = { blur: "blurred", zero: "black" } as const;

export function Board() {
  const found = answer.value;
  const names = found ? found.rows.map((r) => r.map) : [...steps.value.keys()];
  if (names.length === 0) return ended.value ? <Again /> : <p class="soft">Growing the masks …</p>;
  const lines = names.map(
    (name): PlotLine => ({ name, values: (steps.value.get(name) ?? []).map((s) => s.value), style: styleOf(name) }),
  );
  const { score } = view.value.measure;
  const word = score === "logit" ? "logit" : "probability";
  const about = found ? `${word} of ${found.label}` : word;
  const what = `${about} under each map's hybrid, after so many dilations of its mask`;
  return (
    <>
      <div class="board-head">
        <Given found={found} word={word} />
        <div class="chart-box">
          <Plot
            lines={lines}
            what={what}
            x="dilations of the mask (3 x 3 pixels each)"
            y={about}
            scale={score === "logit" ? "free" : "share"}
            levels={levelsOf(found)}
            marker={shownStep.value}
            onMarker={goTo}
          />
          <PlotTable lines={lines} x="dilations" what={what} />
        </div>
      </div>
      {ended.value ? <Again /> : null}
      <Player />
      <ul class="board">
        {names.map((name) => (
          <Card key={name} name={name} row={found?.rows.find((r) => r.map === name)} />
        ))}
      </ul>
      {found ? <Gains found={found} /> : null}
    </>
  );
}

function Again() {
  return (
    <p>
      <button type="button" onClick={() => void grow(new AbortController().signal)}>
        Grow the masks again
      </button>{" "}
      <span class="soft">Not all of it was measured.</span>
    </p>
  );
}

const levelsOf = (found: GrowthAnswer | undefined) =>
  found?.image && found.base
    ? [
        { at: found.image.value, text: "picture" },
        { at: found.base.value, text: "base image" },
      ]
    : [];

function Given({ found, word }: { readonly found: GrowthAnswer | undefined; readonly word: string }) {
  const { base } = view.value.measure;
  return (
    <ul class="given">
      <li>
        <Bitmap of={found?.image?.picture} label="What the network sees of the picture" />
        <p>
          Picture
          <br />
          {found?.image ? (
            <span class="soft">
              {word} of {found.label} {figure(found.image.value)}
            </span>
          ) : null}
        </p>
      </li>
      <li>
        <Bitmap of={found?.base?.picture} label={`The base image: the picture ${BASE_WORDS[base]}`} />
        <p>
          Base image, {BASE_WORDS[base]}
          <br />
          {found?.base ? (
            <span class="soft">
              {word} of {found.label} {figure(found.base.value)}
            </span>
          ) : null}
        </p>
      </li>
    </ul>
  );
}

const goTo = (next: number): void => {
  playing.value = false;
  step.value = Math.min(last.peek(), Math.max(0, next));
};

function play(): void {
  if (shownStep.peek() >= last.peek()) step.value = 0;
  playing.value = !playing.peek();
}

function Player() {
  const on = playing.value;
  useEffect(() => {
    if (!on) return undefined;
    const timer = setInterval(() => {
      if (shownStep.peek() >= last.peek()) playing.value = false;
      else step.value = shownStep.peek() + 1;
    }, BEAT);
    return () => clearInterval(timer);
  }, [on]);
  const still = last.value === 0;
  return (
    <fieldset class="player">
      <legend class="unseen">Growth, step by step</legend>
      <button type="button" onClick={play} disabled={still}>
        {on ? "Pause" : "Play"}
      </button>
      <button
        type="button"
        aria-label="One dilation less"
        disabled={shownStep.value === 0}
        onClick={() => goTo(shownStep.value - 1)}
      >
        −
      </button>
      <button
        type="button"
        aria-label="One dilation more"
        disabled={shownStep.value >= last.value}
        onClick={() => goTo(shownStep.value + 1)}
      >
        +
      </button>
      <label class="slide">
        <span>Dilations</span>
        <input
          type="range"
          min={0}
          max={last.value}
          step={1}
          value={shownStep.value}
          disabled={still}
          onInput={(event) => goTo(Number(event.currentTarget.value))}
        />
        <output>
          {shownStep.value} of {last.value}
        </output>
      </label>
      {still && answer.value ? (
        <>
          <span class="soft">No mask had to grow: each shows the class at once, or is left out.</span>
          <GrowingExample />
        </>
      ) : null}
    </fieldset>
  );
}

function Card({ name, row }: { readonly name: string; readonly row: Growth | undefined }) {
  const own = steps.value.get(name) ?? [];
  const at = own[Math.min(shownStep.value, own.length - 1)];
  return (
    <li class="card">
      <h3>
        <i class={`key ${styleOf(name)}`} aria-hidden="true" />
        {name}
      </h3>
      <div class="trio">
        <figure>
          <Bitmap of={row?.heat} label={`Heat map of ${name}`} />
          <figcaption>heat map</figcaption>
        </figure>
        <figure>
          <Bitmap of={at?.mask} label={at ? `Mask of ${name}, ${percent(areaShare(at))} of the pixels` : "No mask"} />
          <figcaption>mask{at ? ` ${percent(areaShare(at))}` : ""}</figcaption>
        </figure>
        <figure>
          <Bitmap of={at?.hybrid} label={`Hybrid of ${name}: the picture inside the mask, the base image outside`} />
          <figcaption>hybrid{at ? ` ${figure(at.value)}` : ""}</figcaption>
        </figure>
      </div>
      <p class="words">{row ? wordsOf(row, own.length - 1) : ended.value ? "Stopped." : "Growing …"}</p>
    </li>
  );
}

function areaShare({ area }: GrowthStep): number {
  const size = answer.value?.size;
  return size ? area / (size.width * size.height) : Number.NaN;
}

const times = (n: number): string => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);

/** What happened to a map, in words. */
function wordsOf({ scg, ccg, counts }: Growth, dilations: number): string {
  const ties = counts.tied_at_cut ? ` ${counts.tied_at_cut} pixels tie where the map is cut; they go by position.` : "";
  if (typeof scg !== "number") return `Left out: ${scg.excluded}.${ties}`;
  const back = `The mask brings back ${percent(scg)} of what the base image lost.`;
  if (typeof ccg !== "number") return `${back} Left out of CCG: ${ccg.excluded}.${ties}`;
  if (dilations <= 0) return `${back} The class is predicted at once.${ties}`;
  return `${back} Grown ${times(dilations)}, until the class is predicted.${ties}`;
}

function Gains({ found }: { readonly found: GrowthAnswer }) {
  const { base, rho } = view.value.measure;
  const pixels = found.size.width * found.size.height;
  const rows = found.rows.map(({ map, scg, ccg, counts }): Row => {
    const dilations = counts[`dilations_${base}`];
    const area = counts[`area_${base}`] ?? counts.area;
    return {
      name: map,
      cells: {
        scg,
        ccg,
        ...(dilations === undefined ? { dilations: { excluded: "not grown" } } : { dilations }),
        ...(area === undefined ? { area: { excluded: "–" } } : { area: area / pixels }),
      },
    };
  });
  const size = `the ${percent(rho)} most important pixels`;
  return (
    <>
      <SortedTable
        caption={`Confidence gain for ${found.label}: what ${size} bring back of the score that the ${BASE_WORDS[base]} base image loses`}
        columns={[
          { id: "scg", label: "SCG", about: "Simple confidence gain", better: "higher" },
          {
            id: "ccg",
            label: "CCG",
            about: "Concise confidence gain: for the size of the grown mask",
            better: "higher",
          },
          {
            id: "dilations",
            label: "dilations",
            about: "Until the class is predicted; at most 50",
            better: "lower",
            text: String,
          },
          {
            id: "area",
            label: "area",
            about: "Share of the pixels in the mask, grown",
            better: "neither",
            text: percent,
          },
        ]}
        rows={rows}
      />
      {found.missing.map(({ name, message }) => (
        <p class="warning" key={name}>
          <strong>{name}</strong> is missing: {message}
        </p>
      ))}
    </>
  );
}
