/** @file The settings of the paper's table, one press each; and, for the bundled pictures, one on which masks are seen to grow. */
import { choose, pictures, source } from "../state/session.ts";
import { type MeasureChoice, view } from "../state/view.ts";
import { setMeasure } from "./desk.ts";

type Setting = Pick<MeasureChoice, "rho" | "base">;

const PAPER: readonly (readonly [words: string, Setting])[] = [
  ["25 %, blurred (default)", { rho: 0.25, base: "blur" }],
  ["25 %, black", { rho: 0.25, base: "zero" }],
  ["5 %, blurred", { rho: 0.05, base: "blur" }],
  ["5 %, black", { rho: 0.05, base: "zero" }],
];

export function Presets() {
  const { rho, base } = view.value.measure;
  return (
    <fieldset class="presets">
      <legend>Settings of the SCG/CCG paper: share of the pixels, base image</legend>
      {PAPER.map(([words, setting]) => (
        <button
          key={words}
          type="button"
          aria-pressed={setting.rho === rho && setting.base === base}
          onClick={() => setMeasure(setting)}
        >
          {words}
        </button>
      ))}
    </fieldset>
  );
}

/** The example's network calls this one a car only once more of it is seen. */
const GROWS = { name: "test/car/000003.png", setting: { rho: 0.05, base: "zero" } } as const;

/** Nothing where another network, or none of the bundled pictures, is open. */
export function GrowingExample() {
  const { id } = pictures.value.find((p) => p.file === undefined && p.name === GROWS.name) ?? {};
  if (id === undefined || source.value.kind !== "example" || source.value.id !== "shapes") return null;
  const show = (): void => {
    choose(id);
    setMeasure(GROWS.setting);
  };
  return (
    <button type="button" onClick={show}>
      See one grow: the car, 5 %, black
    </button>
  );
}
