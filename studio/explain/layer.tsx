/** @file Which layer the methods read that read one: from a list, or from the drawn graph. */
import { useSignal } from "@preact/signals";
import type { Layer } from "../../src/index.ts";
import { details } from "../state/session.ts";
import { setView, view } from "../state/view.ts";
import { GraphDialog } from "./graph-dialog.tsx";
import { Panel } from "./panel.tsx";
import { methodTable } from "./table.ts";

const layerText = ({ name, op, channels, grid: [h, w] }: Layer): string => `${name}: ${op}, ${channels} × ${h} × ${w}`;

export function LayerPart() {
  const open = useSignal(false);
  const found = details.value;
  const { layer, methods } = view.value;
  const readers = methods.filter((m) => methodTable.value.find((t) => t.id === m.method)?.layer);
  const hint = layer ?? (found ? (found.defaultLayer ?? "none") : undefined);
  return (
    <Panel title="Layer" hint={hint}>
      {found === undefined ? (
        <p class="soft">Known once the first maps are there.</p>
      ) : found.layers.length === 0 ? (
        <p class="soft">This model has no feature map with a grid of positions.</p>
      ) : (
        <label class="stacked">
          <span>
            Read by {readers.length === 0 ? "none of the chosen methods" : readers.map((m) => m.method).join(", ")}
          </span>
          <select value={layer ?? ""} onChange={(event) => setView({ layer: event.currentTarget.value || undefined })}>
            <option value="">default ({found.defaultLayer ?? "none"})</option>
            {found.layers.map((l) => (
              <option key={l.name} value={l.name}>
                {layerText(l)}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="row">
        <button
          type="button"
          onClick={() => {
            open.value = true;
          }}
        >
          On the graph…
        </button>
        <button
          type="button"
          class="quiet"
          disabled={layer === undefined}
          onClick={() => setView({ layer: undefined })}
        >
          Default layer
        </button>
      </div>
      {open.value ? (
        <GraphDialog
          onClose={() => {
            open.value = false;
          }}
        />
      ) : null}
    </Panel>
  );
}
