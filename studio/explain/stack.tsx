/** @file A map over the picture: pointed at or walked through by arrow keys, it tells the value there in every map. */
import type { DrawnMap } from "../engine/calls/explain.ts";
import { Bitmap } from "../parts/bitmap.tsx";
import { view } from "../state/view.ts";
import { said } from "../state/work.ts";
import { place, pointed, stepped, under, valueText } from "./place.ts";
import { seen } from "./seen.ts";

/** Pictures of fewer pixels a side are drawn as squares, not blurred. */
const GRAINY = 100;

export function Stack({ map, name }: { readonly map: DrawnMap; readonly name: string }) {
  const { heat, neutral } = map.painted;
  // single pixels are lost on a picture in full colour
  const pale = map.space === "input";
  const grainy = Math.max(heat.width, heat.height) < GRAINY;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would say that there is something to fill in
    <div
      class={`probe stack${grainy ? " grainy" : ""}${pale ? " pale" : ""}`}
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read values here
      tabIndex={0}
      aria-label={`${name}: arrow keys read values`}
      style={{ aspectRatio: `${heat.width} / ${heat.height}`, background: `rgb(${neutral.join(" ")})` }}
      onPointerMove={(event) => pointed(event, event.currentTarget)}
      onPointerDown={(event) => pointed(event, event.currentTarget)}
      onPointerLeave={(event) => {
        if (event.pointerType === "mouse") place.value = undefined;
      }}
      onBlur={() => {
        place.value = undefined;
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape" && place.value) {
          event.preventDefault();
          place.value = undefined;
        }
        if (!stepped(event, map)) return;
        event.preventDefault();
        if (place.value) said.value = `${map.method} ${valueText(map, place.value)}`;
      }}
    >
      {under.value ? <Bitmap bitmap={seen.value} class="under" /> : null}
      <Heat bitmap={heat} label={`${name}: heat map`} />
      <Spot />
    </div>
  );
}

function Heat({ bitmap, label }: { readonly bitmap: ImageBitmap; readonly label: string }) {
  return (
    <span class="over" style={{ opacity: under.value ? view.value.look.alpha : 1 }}>
      <Bitmap bitmap={bitmap} label={label} />
    </span>
  );
}

function Spot() {
  const at = place.value;
  return at ? <span class="spot" style={{ left: `${at.u * 100}%`, top: `${at.v * 100}%` }} /> : null;
}
