/** @file How graphs are run: device, seed, what a score is. */
import { setView, view } from "../state/view.ts";
import { Panel } from "./panel.tsx";
import { scores } from "./scores.ts";

const DEVICES = [
  ["auto", "the best there is"],
  ["wasm", "processor (WASM)"],
  ["webgpu", "graphics (WebGPU)"],
] as const;

export function Run() {
  const { device, seed, output } = view.value;
  return (
    <Panel title="Run" hint={scores.value ? `on ${scores.value.device}` : undefined}>
      <div class="form">
        <label>
          <span>Device</span>
          <select
            value={device}
            onChange={(event) =>
              setView({ device: DEVICES.find(([id]) => id === event.currentTarget.value)?.[0] ?? "auto" })
            }
          >
            {DEVICES.map(([id, words]) => (
              <option key={id} value={id}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Score that is explained</span>
          <select
            value={output}
            onChange={(event) =>
              setView({ output: event.currentTarget.value === "probability" ? "probability" : "logits" })
            }
          >
            <option value="logits">logit</option>
            <option value="probability">probability</option>
          </select>
        </label>
        <label>
          <span>Seed</span>
          <input
            type="number"
            min={0}
            max={2 ** 31 - 1}
            value={seed}
            onChange={(event) => {
              const next = event.currentTarget.valueAsNumber;
              if (Number.isInteger(next) && next >= 0) setView({ seed: next });
              else event.currentTarget.value = String(seed);
            }}
          />
        </label>
      </div>
    </Panel>
  );
}
