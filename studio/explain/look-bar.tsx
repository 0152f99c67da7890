/** @file How maps look, for all at once: opacity, colours, how channels are joined. */
import { CHANNEL_REDUCERS, COLORMAP_NAMES } from "../../src/index.ts";
import { setView, view } from "../state/view.ts";
import { painting } from "./paint-state.ts";
import { under } from "./place.ts";

const setLook = (change: Partial<ReturnType<typeof view.peek>["look"]>): void =>
  setView({ look: { ...view.peek().look, ...change } });

export function LookBar() {
  const { look } = view.value;
  const share = Math.round(look.alpha * 100);
  return (
    <div class="controls look" role="toolbar" aria-label="Look of the maps">
      <label class="slider">
        Opacity
        <input
          type="range"
          min={0}
          max={100}
          value={share}
          aria-valuetext={`${share} percent`}
          onInput={(event) => setLook({ alpha: event.currentTarget.valueAsNumber / 100 })}
        />
        <output>{share} %</output>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={under.value}
          onChange={(event) => {
            under.value = event.currentTarget.checked;
          }}
        />
        <span>Picture</span>
      </label>
      <label class="pick">
        Colours
        <select
          value={look.cmap ?? ""}
          onChange={(event) => setLook({ cmap: COLORMAP_NAMES.find((n) => n === event.currentTarget.value) })}
        >
          <option value="">by sign</option>
          {COLORMAP_NAMES.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label class="pick">
        Channels
        <select
          value={look.reducer ?? ""}
          onChange={(event) => setLook({ reducer: CHANNEL_REDUCERS.find((n) => n === event.currentTarget.value) })}
        >
          <option value="">the method's way</option>
          {CHANNEL_REDUCERS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <button
        type="button"
        aria-expanded={painting.value}
        aria-controls="paint"
        onClick={() => {
          painting.value = !painting.value;
        }}
      >
        Paint and occlude
      </button>
    </div>
  );
}
