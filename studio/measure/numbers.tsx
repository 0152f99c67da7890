/** @file Single numbers of any metrics: maps x metrics, sorted by what one likes. */
import type { Outcome } from "../../src/index.ts";
import type { MetricFacts } from "../engine/calls/measure.ts";
import { view } from "../state/view.ts";
import { facts, ground, maps, setMeasure } from "./desk.ts";
import { busy, numbers, readNumbers } from "./measured.ts";
import { type Column, SortedTable } from "./sorted-table.tsx";

/** What only a data set knows. */
const UNKNOWN = new Set(["mask", "boxes", "label"]);

const offered = (): readonly MetricFacts[] => facts.value.filter((f) => !f.needs.some((need) => UNKNOWN.has(need)));

const chosenIn = (id: string): string | undefined =>
  view.value.measure.numbers.find((n) => n.split("/")[0] === id)?.split("/")[1];

function set(id: string, variant: string | undefined): void {
  const rest = view.peek().measure.numbers.filter((n) => n.split("/")[0] !== id);
  const next = variant === undefined ? rest : [...rest, `${id}/${variant}`];
  const order = facts.peek().map((f) => f.id);
  setMeasure({
    numbers: next.sort((a, b) => order.indexOf(a.split("/")[0] as string) - order.indexOf(b.split("/")[0] as string)),
  });
}

export function Numbers() {
  const done = numbers.value;
  const columns = view.value.measure.numbers.flatMap((n): readonly Column[] => {
    const [id = "", variant = ""] = n.split("/");
    const fact = facts.value.find((f) => f.id === id);
    const own = fact?.variants.find((v) => v.id === variant);
    if (!fact || !own) return [];
    const about = `${fact.title}: ${own.about} (${fact.source})`;
    return [{ id: n, label: `${id}, ${variant}`, about, better: own.better }];
  });
  const stale = done !== undefined && done.ground !== ground.value;
  const rows = [...new Set([...(done?.measured ?? []).map((m) => m.map)])].map((name) => ({
    name,
    cells: Object.fromEntries(
      columns.map((c): readonly [string, Outcome | undefined] => {
        const [id = "", variant = ""] = c.id.split("/");
        return [c.id, done?.measured.find((m) => m.map === name && m.id === id)?.values[variant]];
      }),
    ),
  }));
  return (
    <>
      <details class="metric-list">
        <summary>
          Choose metrics <span class="soft">({view.value.measure.numbers.length} chosen)</span>
        </summary>
        <ul>
          {offered().map((fact) => (
            <Offer key={fact.id} fact={fact} />
          ))}
        </ul>
      </details>
      <p>
        <button
          type="button"
          class="primary"
          disabled={busy.value.numbers || columns.length === 0}
          onClick={() => void readNumbers()}
        >
          {done ? "Measure again" : "Measure"}
        </button>{" "}
        <span class="soft">{stale ? "Something has changed since these were measured." : ""}</span>
      </p>
      {rows.length > 0 ? (
        <SortedTable
          caption={`${maps.value.length} maps of one picture; … = not measured yet`}
          columns={columns}
          rows={rows}
        />
      ) : null}
    </>
  );
}

function Offer({ fact }: { readonly fact: MetricFacts }) {
  const variant = chosenIn(fact.id);
  const [first] = fact.variants;
  return (
    <li>
      <label title={`${fact.source}. Cost: ${fact.cost}`}>
        <input
          type="checkbox"
          checked={variant !== undefined}
          onChange={(event) => set(fact.id, event.currentTarget.checked ? first?.id : undefined)}
        />
        {fact.title}
      </label>
      {variant !== undefined && fact.variants.length > 1 ? (
        <select
          aria-label={`Variant of ${fact.title}`}
          value={variant}
          onChange={(event) => set(fact.id, event.currentTarget.value)}
        >
          {fact.variants.map((v) => (
            <option key={v.id} value={v.id}>
              {v.id}: {v.about}
            </option>
          ))}
        </select>
      ) : null}
    </li>
  );
}
