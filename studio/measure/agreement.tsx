/** @file Where maps agree: any subset looked at together, and all of them two by two. */
import { view } from "../state/view.ts";
import { ask, maps, setMeasure } from "./desk.ts";
import { answer } from "./grown.ts";
import { figure, percent } from "./names.ts";
import { styleOf } from "./styles.ts";

function toggle(name: string, on: boolean): void {
  const known = maps.peek().map((m) => m.name);
  const next = view.peek().measure.agreement.filter((n) => n !== name && known.includes(n));
  setMeasure({ agreement: known.filter((n) => next.includes(n) || (on && n === name)) });
}

export function Agreement() {
  const names = maps.value.map((m) => m.name);
  const chosen = view.value.measure.agreement.filter((n) => names.includes(n));
  const joint = chosen.length > 1 ? ask.value?.agreement.join("+") : undefined;
  const row = answer.value?.rows.find((r) => r.map === joint);
  return (
    <>
      <fieldset class="ticks-row">
        <legend>Masks that must agree</legend>
        {names.map((name) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={(event) => toggle(name, event.currentTarget.checked)}
            />
            <i class={`key ${styleOf(name)}`} aria-hidden="true" />
            {name}
          </label>
        ))}
      </fieldset>
      <p class="soft">
        {chosen.length < 2
          ? "Tick two or more: the pixels in all of their masks are measured like a map of their own, above."
          : row
            ? jointWords(row.counts.area ?? 0, row)
            : "Measuring …"}
      </p>
      <Likeness />
    </>
  );
}

function jointWords(area: number, { scg, ccg }: { readonly scg: unknown; readonly ccg: unknown }): string {
  const size = answer.value?.size;
  const share = size ? percent(area / (size.width * size.height)) : "";
  const say = (value: unknown): string =>
    typeof value === "number" ? figure(value) : `none (${(value as { readonly excluded: string }).excluded})`;
  return `Together they keep ${share} of the pixels. SCG ${say(scg)}, CCG ${say(ccg)}.`;
}

function Likeness() {
  const found = answer.value?.likeness;
  if (found === undefined || found.names.length < 2) return null;
  const { names, overlap, rank } = found;
  const caption = `How alike the maps are. Above: pixels in both masks of those in either (intersection over union of the top ${percent(view.value.measure.rho)}). Below: rank correlation of all pixels (Spearman).`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll bare" tabIndex={0} aria-label="How alike the maps are">
      <table class="measure-table alike">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">map</th>
            {names.map((name) => (
              <th key={name} scope="col" class="n">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name, i) => (
            <tr key={name}>
              <th scope="row">
                <i class={`key ${styleOf(name)}`} aria-hidden="true" />
                {name}
              </th>
              {names.map((other, j) => (
                <td key={other} class="n">
                  {i === j ? <span class="soft">–</span> : <Pair i={i} j={j} overlap={overlap} rank={rank} />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type Table = readonly (readonly number[])[];

/** One number a pair: overlap above the diagonal, ranks below. */
function Pair({
  i,
  j,
  overlap,
  rank,
}: {
  readonly i: number;
  readonly j: number;
  readonly overlap: Table;
  readonly rank: Table;
}) {
  const value = (j > i ? overlap : rank)[i]?.[j] ?? Number.NaN;
  const depth = Math.min(1, Math.max(0, value));
  return (
    <span class="pair" style={{ "--depth": `${Math.round(depth * 100)}%` }}>
      {Number.isFinite(value) ? value.toFixed(2).replace("-", "−") : "–"}
      <span class="unseen">{j > i ? " overlap" : " rank correlation"}</span>
    </span>
  );
}
