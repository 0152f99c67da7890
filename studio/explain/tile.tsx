/** @file One map of one target: while it is waited for, when it is there, and when it could not be made. */
import { useComputed, useSignal } from "@preact/signals";
import type { DrawnMap } from "../engine/calls/explain.ts";
import { Bitmap } from "../parts/bitmap.tsx";
import { model } from "../state/session.ts";
import { Enlarged } from "./enlarged.tsx";
import { again, making, type Outcome, outcomes, type Wanted } from "./maps.ts";
import { peakText, place, valueText } from "./place.ts";
import { Stack } from "./stack.tsx";
import { significant, timeText } from "./words.ts";

export function Tile({ wanted, of }: { readonly wanted: Wanted; readonly of: string }) {
  const outcome = useComputed(() => outcomes.value.get(wanted.key));
  outcome.value;
  return <Filled wanted={wanted} of={of} outcome={outcomes.value.get(wanted.key)} />;
}

function Filled({
  wanted,
  of,
  outcome,
}: {
  readonly wanted: Wanted;
  readonly of: string;
  readonly outcome: Outcome | undefined;
}) {
  const { method } = wanted.choice;
  if (outcome === undefined) return <Waiting wanted={wanted} />;
  if (outcome.kind === "done") return <Done map={outcome.map} of={of} />;
  return (
    <div class="map" data-method={method} data-state={outcome.kind}>
      <h3>{method}</h3>
      <div class="stack empty" style={shape()}>
        {outcome.kind === "failed" ? (
          <p>
            {outcome.trouble.code ? <code>{outcome.trouble.code} </code> : null}
            {outcome.trouble.message}
          </p>
        ) : (
          <p>Stopped.</p>
        )}
        <button type="button" onClick={() => again([wanted.key])}>
          Try again
        </button>
      </div>
    </div>
  );
}

const shape = () => {
  const facts = model.value;
  return { aspectRatio: facts ? `${facts.width} / ${facts.height}` : "1" };
};

function Waiting({ wanted }: { readonly wanted: Wanted }) {
  const now = making.value?.keys.includes(wanted.key) ? making.value : undefined;
  const { done = 0, total = 0 } = now?.progress ?? {};
  return (
    <div class="map" data-method={wanted.choice.method} data-state="waiting">
      <h3>{wanted.choice.method}</h3>
      <div class={`stack empty${now ? " busy" : ""}`} style={shape()}>
        <p class="soft">{now ? (total > 1 ? `${done} of ${total}` : "explaining …") : "waiting"}</p>
      </div>
      <div class="caption-room" />
    </div>
  );
}

function Done({ map, of }: { readonly map: DrawnMap; readonly of: string }) {
  const large = useSignal(false);
  const name = `${map.method} for ${of}`;
  return (
    <div class="map" data-method={map.method} data-state="done">
      <div class="tile-head">
        <h3>{map.method}</h3>
        <button
          type="button"
          class="quiet"
          title="Enlarge"
          aria-label={`Enlarge ${name}`}
          onClick={() => {
            large.value = true;
          }}
        >
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d="M9 2h5v5M14 2L9 7M7 14H2V9M2 14l5-5" fill="none" stroke="currentColor" stroke-width="1.5" />
          </svg>
        </button>
      </div>
      <Stack map={map} name={name} />
      <Scale map={map} />
      <Value map={map} />
      <p class="place soft">
        {timeText(map.ms)}
        {map.layer ? `, at ${map.layer.name}` : ""}
      </p>
      <Said map={map} />
      {large.value ? (
        <Enlarged
          map={map}
          name={name}
          onClose={() => {
            large.value = false;
          }}
        />
      ) : null}
    </div>
  );
}

export function Scale({ map: { painted } }: { readonly map: DrawnMap }) {
  const { low, high } = painted.range;
  const ticks = low === high ? [low] : [low, low < 0 && high > 0 ? 0 : (low + high) / 2, high];
  return (
    <span class="scale">
      <Bitmap bitmap={painted.bar} class="bar" />
      <span class="ticks">
        {ticks.map((t) => (
          <span key={t}>{significant(t, 3)}</span>
        ))}
      </span>
    </span>
  );
}

export function Value({ map }: { readonly map: DrawnMap }) {
  const rest = useComputed(() => peakText(map));
  const at = place.value;
  return <span class={at ? "value live" : "value"}>{at ? valueText(map, at) : rest.value}</span>;
}

/** Names of checks, as sentences begin. */
const checkName = (id: string): string =>
  id
    .replaceAll(/([A-Z])/g, " $1")
    .replaceAll("_", " ")
    .toLowerCase();

export function Said({ map }: { readonly map: DrawnMap }) {
  const checks = Object.entries(map.checks);
  if (checks.length === 0 && map.notes.length === 0) return null;
  const words = [
    ...(checks.length > 0 ? [`${checks.length} ${checks.length === 1 ? "check" : "checks"}`] : []),
    ...(map.notes.length > 0 ? [`${map.notes.length} ${map.notes.length === 1 ? "note" : "notes"}`] : []),
  ].join(", ");
  return (
    <details class="said-of">
      <summary>
        {words}
        <span class="said"> on {map.method}</span>
      </summary>
      {checks.length > 0 ? (
        <dl>
          {checks.map(([id, value]) => (
            <div key={id}>
              <dt>{checkName(id)}</dt>
              <dd>{significant(value)}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {map.notes.length > 0 ? (
        <ul>
          {map.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
    </details>
  );
}
