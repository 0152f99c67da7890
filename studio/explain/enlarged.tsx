/** @file One map as large as the window, to zoom into. */
import { useSignal } from "@preact/signals";
import type { DrawnMap } from "../engine/calls/explain.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Stack } from "./stack.tsx";
import { Said, Scale, Value } from "./tile.tsx";
import { significant, timeText } from "./words.ts";

const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8] as const;

const shown = (value: unknown): string =>
  value === null ? "none" : typeof value === "object" ? JSON.stringify(value).slice(0, 200) : String(value);

export function Enlarged({
  map,
  name,
  onClose,
}: {
  readonly map: DrawnMap;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const at = useSignal(0);
  const zoom = ZOOMS[at.value] as number;
  const go = (by: number): void => {
    at.value = Math.min(Math.max(at.value + by, 0), ZOOMS.length - 1);
  };
  return (
    <Dialog title={name} class="wide" onClose={onClose}>
      <div class="enlarged">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the map inside, that zoom */}
        <div
          class="room scroll"
          onKeyDown={(event) => {
            if (event.key === "+" || event.key === "=") go(1);
            if (event.key === "-") go(-1);
          }}
          onWheel={(event) => {
            if (!event.ctrlKey) return;
            event.preventDefault();
            go(event.deltaY < 0 ? 1 : -1);
          }}
        >
          <div class="zoomed" style={{ width: `${zoom * 100}%` }}>
            <Stack map={map} name={name} />
          </div>
        </div>
        <div class="beside">
          <div class="row">
            <button type="button" aria-label="Zoom out" disabled={at.value === 0} onClick={() => go(-1)}>
              −
            </button>
            <output>{Math.round(zoom * 100)} %</output>
            <button type="button" aria-label="Zoom in" disabled={at.value === ZOOMS.length - 1} onClick={() => go(1)}>
              +
            </button>
          </div>
          <Scale map={map} />
          <Value map={map} />
          <dl>
            <dt>{map.scoreKind === "logits" ? "logit" : "probability"}</dt>
            <dd>{significant(map.score)}</dd>
            <dt>values</dt>
            <dd>
              {map.width} × {map.height}, {map.signed ? "signed" : "not negative"}
            </dd>
            {map.layer ? (
              <>
                <dt>layer</dt>
                <dd>{map.layer.name}</dd>
              </>
            ) : null}
            <dt>time</dt>
            <dd>
              {timeText(map.ms)} on {map.device}
            </dd>
            {Object.entries(map.params).map(([id, value]) => (
              <>
                <dt key={`${id} name`}>{id}</dt>
                <dd key={id}>{shown(value)}</dd>
              </>
            ))}
          </dl>
          <Said map={map} />
        </div>
      </div>
    </Dialog>
  );
}
