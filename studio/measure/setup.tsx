/** @file What is measured: picture, class, maps, and how much of each is kept. */
import { choose, chosen, details, pictures } from "../state/session.ts";
import { type MeasureChoice, setView, view } from "../state/view.ts";
import { Bitmap } from "./bitmap.tsx";
import { ClassChoice } from "./class-choice.tsx";
import { addHeat, dropHeat, maps, own, setMeasure } from "./desk.ts";
import { methodName, percent } from "./names.ts";
import { Presets } from "./presets.tsx";
import { styleOf } from "./styles.ts";

export function Setup() {
  return (
    <section class="setup" aria-label="What is measured">
      <Pictures />
      <Maps />
      <Settings />
      <Presets />
    </section>
  );
}

function Pictures() {
  return (
    <fieldset class="strip">
      <legend>Picture</legend>
      {pictures.value.map((p) => (
        <label key={p.id}>
          <input
            type="radio"
            name="measured-picture"
            checked={p.id === chosen.value}
            onChange={() => choose(p.id)}
            aria-label={p.name}
          />
          <Bitmap of={p.thumbnail} label={p.name} />
        </label>
      ))}
    </fieldset>
  );
}

function Maps() {
  const { methods, measure } = view.value;
  const names = methods.map(methodName);
  const spare = (details.value?.methods ?? []).filter((m) => m.works && !names.includes(m.id));
  return (
    <fieldset class="maps">
      <legend>Maps</legend>
      <ul class="chips">
        {maps.value.map(({ name, kind }) => (
          <li key={name}>
            <i class={`key ${styleOf(name)}`} aria-hidden="true" />
            {name}
            {kind === "blind" ? null : (
              <button
                type="button"
                class="quiet"
                aria-label={`Leave out ${name}`}
                onClick={() =>
                  kind === "own"
                    ? dropHeat(name)
                    : setView({ methods: view.peek().methods.filter((m) => methodName(m) !== name) })
                }
              >
                ×
              </button>
            )}
          </li>
        ))}
      </ul>
      <div class="row">
        {spare.length > 0 ? (
          <label>
            <span>Add a method</span>
            <select
              value=""
              onChange={(event) => {
                const method = event.currentTarget.value;
                event.currentTarget.value = "";
                if (method) setView({ methods: [...view.peek().methods, { method, params: {} }] });
              }}
            >
              <option value="">…</option>
              {spare.map((m) => (
                <option key={m.id} value={m.id}>
                  {m.id}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <label class="file">
          <span>Add a heat map of your own (.npy)</span>
          <input
            type="file"
            accept=".npy"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              event.currentTarget.value = "";
              if (file) void addHeat(file);
            }}
          />
        </label>
        <label class="tick">
          <input
            type="checkbox"
            checked={measure.baselines}
            onChange={(event) => setMeasure({ baselines: event.currentTarget.checked })}
          />
          Beside maps that know nothing of the model: random, centre, edges
        </label>
      </div>
      {own.value.length > 0 ? (
        <p class="soft">Heat maps of your own are stretched to what the network sees; a link does not carry them.</p>
      ) : null}
    </fieldset>
  );
}

const BASES: readonly (readonly [MeasureChoice["base"], string])[] = [
  ["blur", "blurred (17 x 17, sigma 2.9)"],
  ["zero", "black"],
];

function Settings() {
  const { rho, base, score } = view.value.measure;
  return (
    <fieldset class="row settings">
      <legend>How</legend>
      <ClassChoice />
      <label class="slide">
        <span>Mask: the most important</span>
        <input
          type="range"
          min={1}
          max={100}
          step={1}
          value={Math.round(rho * 100)}
          aria-valuetext={`${percent(rho)} of the pixels`}
          onChange={(event) => setMeasure({ rho: Number(event.currentTarget.value) / 100 })}
        />
        <output>{percent(rho)}</output>
      </label>
      <label>
        <span>Base image</span>
        <select
          value={base}
          onChange={(event) => setMeasure({ base: event.currentTarget.value === "zero" ? "zero" : "blur" })}
        >
          {BASES.map(([id, words]) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Score</span>
        <select
          value={score}
          onChange={(event) => setMeasure({ score: event.currentTarget.value === "logit" ? "logit" : "probability" })}
        >
          <option value="probability">probability</option>
          <option value="logit">logit</option>
        </select>
      </label>
    </fieldset>
  );
}
