/** @file The row of tools above the drawing. */
import type { RefObject } from "preact";
import { CLOSER } from "./keys.ts";
import { Search } from "./search.tsx";
import type { Find } from "./use-find.ts";
import type { Travel } from "./use-travel.ts";

interface ToolbarProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly find: Find;
  readonly travel: Travel;
  readonly zoom: (factor: number) => void;
  /** Id of the node that makes the layer in use. */
  readonly layer: string | undefined;
  readonly onLeave: () => void;
}

export function Toolbar({ input, find, travel, zoom, layer, onLeave }: ToolbarProps) {
  const { text, count, at, setText, step } = find;
  return (
    <div class="graph-tools">
      <Search input={input} text={text} count={count} at={at} onText={setText} onStep={step} onLeave={onLeave} />
      <div class="graph-buttons">
        <button type="button" onClick={() => void travel.openAll()}>
          Expand all
        </button>
        <button type="button" onClick={() => void travel.shutAll()}>
          Collapse all
        </button>
        <button type="button" disabled={layer === undefined} onClick={() => layer && void travel.jump(layer)}>
          To the layer
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => zoom(1 / CLOSER)}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => zoom(CLOSER)}>
          +
        </button>
        <button type="button" onClick={travel.fit}>
          Fit
        </button>
      </div>
    </div>
  );
}
