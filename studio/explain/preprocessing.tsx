/** @file How pictures become the network's input: one readable line, and a form that changes it. */
import { useSignal } from "@preact/signals";
import { PRESETS, type Preprocessing, type Resample, withInputSize } from "../../src/index.ts";
import type { ModelFacts } from "../engine/calls/model.ts";
import { model } from "../state/session.ts";
import { setView, view } from "../state/view.ts";
import { preprocessingText } from "./words.ts";

const RESAMPLES: readonly Resample[] = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"];
const RANGES: readonly (readonly [scale: number, words: string])[] = [
  [1 / 255, "0…1 (divided by 255)"],
  [1, "0…255 (as it is)"],
  [1 / 127.5, "0…2 (mean 1 gives −1…1)"],
];

const nearly = (a: number, b: number): boolean => Math.abs(a - b) < 1e-12;
const put = (preprocessing: Preprocessing | undefined): void => setView({ preprocessing });

/** The preset at the size of this network. */
function fitted(name: keyof typeof PRESETS, { width, height, layout }: ModelFacts): Preprocessing {
  return { ...withInputSize(PRESETS[name], { width, height }), layout };
}

const same = (a: Preprocessing, b: Preprocessing): boolean => preprocessingText(a) === preprocessingText(b);

export function PreprocessingPart() {
  const facts = model.value;
  if (facts === undefined) return null;
  const own = view.value.preprocessing;
  const spec = own ?? facts.preprocessing;
  const how = own ? "changed by you" : facts.guessed ? "guessed" : "as the model states";
  return (
    <details class="preprocessing">
      <summary>
        <strong>Preprocessing</strong> <span class={how === "guessed" ? "guess" : "soft"}>{how}</span>
        <span class="soft line">{preprocessingText(spec)}</span>
      </summary>
      {facts.guessed && !own ? (
        <p class="soft">
          The model states none, so torchvision's is taken, fitted to the input. If the predictions look wrong, try
          another.
        </p>
      ) : null}
      <Form facts={facts} spec={spec} changed={own !== undefined} />
    </details>
  );
}

function Form({
  facts,
  spec,
  changed,
}: {
  readonly facts: ModelFacts;
  readonly spec: Preprocessing;
  readonly changed: boolean;
}) {
  const set = (change: Partial<Preprocessing>): void => put({ ...spec, ...change });
  const grey = facts.channels === 1;
  const names = (Object.keys(PRESETS) as (keyof typeof PRESETS)[]).filter(() => !grey);
  const preset = names.find((name) => same(fitted(name, facts), spec));
  const { resize, crop } = spec;
  return (
    <div class="form">
      {grey ? null : (
        <label>
          <span>Preset</span>
          <select
            value={preset ?? ""}
            onChange={(event) => {
              const name = names.find((n) => n === event.currentTarget.value);
              if (name) put(fitted(name, facts));
            }}
          >
            <option value="">own</option>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        <span>Resize</span>
        <select
          value={resize ? ("shorterSide" in resize ? "shorter" : "exact") : "none"}
          onChange={(event) => {
            const kind = event.currentTarget.value;
            const { width, height } = facts;
            if (kind === "none") set({ resize: null });
            else if (kind === "exact") set({ resize: { width, height }, crop: null });
            else set({ resize: { shorterSide: Math.max(width, height) }, crop: crop ?? { width, height } });
          }}
        >
          <option value="shorter">shorter side, shape kept</option>
          <option value="exact">to exactly</option>
          <option value="none">not at all</option>
        </select>
      </label>
      {resize && "shorterSide" in resize ? (
        <Whole label="Shorter side" value={resize.shorterSide} onValue={(v) => set({ resize: { shorterSide: v } })} />
      ) : null}
      {resize && !("shorterSide" in resize) ? (
        <>
          <Whole label="Width" value={resize.width} onValue={(v) => set({ resize: { ...resize, width: v } })} />
          <Whole label="Height" value={resize.height} onValue={(v) => set({ resize: { ...resize, height: v } })} />
        </>
      ) : null}
      <label class="check">
        <input
          type="checkbox"
          checked={Boolean(crop)}
          onChange={(event) =>
            set({ crop: event.currentTarget.checked ? { width: facts.width, height: facts.height } : null })
          }
        />
        <span>Cut the centre out</span>
      </label>
      {crop ? (
        <>
          <Whole label="Crop width" value={crop.width} onValue={(v) => set({ crop: { ...crop, width: v } })} />
          <Whole label="Crop height" value={crop.height} onValue={(v) => set({ crop: { ...crop, height: v } })} />
        </>
      ) : null}
      <label>
        <span>Resampling</span>
        <select
          value={spec.resample}
          onChange={(event) =>
            set({ resample: RESAMPLES.find((r) => r === event.currentTarget.value) ?? spec.resample })
          }
        >
          {RESAMPLES.map((r) => (
            <option key={r}>{r}</option>
          ))}
        </select>
      </label>
      {grey ? null : (
        <label>
          <span>Channel order</span>
          <select
            value={spec.channelOrder}
            onChange={(event) =>
              set({
                channelOrder: event.currentTarget.value === "BGR" ? "BGR" : "RGB",
                mean: spec.mean.toReversed(),
                std: spec.std.toReversed(),
              })
            }
          >
            <option>RGB</option>
            <option>BGR</option>
          </select>
        </label>
      )}
      <label>
        <span>Values</span>
        <select
          value={String(RANGES.findIndex(([s]) => nearly(s, spec.scale)))}
          onChange={(event) => set({ scale: RANGES[Number(event.currentTarget.value)]?.[0] ?? spec.scale })}
        >
          {RANGES.some(([s]) => nearly(s, spec.scale)) ? null : <option value="-1">times {spec.scale}</option>}
          {RANGES.map(([s, words], i) => (
            <option key={s} value={String(i)}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <Numbers label="Mean" values={spec.mean} onValues={(mean) => set({ mean })} />
      <Numbers label="Standard deviation" values={spec.std} nonZero onValues={(std) => set({ std })} />
      <button type="button" disabled={!changed} onClick={() => put(undefined)}>
        Reset
      </button>
    </div>
  );
}

const LARGEST = 4096;

function Whole({
  label,
  value,
  onValue,
}: {
  readonly label: string;
  readonly value: number;
  readonly onValue: (value: number) => void;
}) {
  return (
    <label>
      <span>{label}</span>
      <input
        type="number"
        min={1}
        max={LARGEST}
        value={value}
        onChange={(event) => {
          const next = event.currentTarget.valueAsNumber;
          if (Number.isInteger(next) && next >= 1 && next <= LARGEST) onValue(next);
          else event.currentTarget.value = String(value);
        }}
      />
    </label>
  );
}

function Numbers({
  label,
  values,
  nonZero = false,
  onValues,
}: {
  readonly label: string;
  readonly values: readonly number[];
  readonly nonZero?: boolean;
  readonly onValues: (values: readonly number[]) => void;
}) {
  /** What was typed and refused, to be mended. */
  const draft = useSignal<string | undefined>(undefined);
  const wrong = draft.value !== undefined;
  const count = values.length;
  return (
    <label>
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        value={draft.value ?? values.map((v) => Number(v.toPrecision(7))).join(", ")}
        aria-invalid={wrong}
        onChange={(event) => {
          const parts = event.currentTarget.value.split(/[\s,;]+/).filter(Boolean);
          const next = parts.map(Number);
          const fits = next.length === count && next.every((v) => Number.isFinite(v) && !(nonZero && v === 0));
          draft.value = fits ? undefined : event.currentTarget.value;
          if (fits) onValues(next);
        }}
      />
      {wrong ? (
        <span class="wrong" role="alert">
          Expected {count} {count === 1 ? "number" : "numbers"}
          {nonZero ? " other than 0" : ""}.
        </span>
      ) : null}
    </label>
  );
}
