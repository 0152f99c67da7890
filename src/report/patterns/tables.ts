/** @file The numbers behind the plots as tables of the page; regions of the shown pictures as a table of a file. */
import { type Table, tableOfRows } from "../../formats/table.ts";
import { html, type Markup } from "../html/markup.ts";
import { region } from "../html/parts.ts";
import { fixed, NOTHING, share } from "../run/numbers.ts";
import { fateOf, layerBeside } from "./change.ts";
import { knowledgeAt } from "./curves.ts";
import type { PatternFrame, PatternsPage } from "./input.ts";

const cell = (value: number | null, text: string): Markup =>
  value === null ? html`<td class="n">${NOTHING}</td>` : html`<td class="n" data-v="${value}">${text}</td>`;
const head = (name: string): Markup => html`<th scope="col" class="n wrap" data-sort="neither">${name}</th>`;
const first = (name: string): Markup => html`<th scope="col" data-sort="text">${name}</th>`;

export const whenOf = ({ epoch, step }: PatternFrame): string =>
  [epoch === null ? undefined : `epoch ${epoch}`, step === null ? undefined : `step ${step}`]
    .filter((t) => t !== undefined)
    .join(", ");

export function frameTable({ frames }: PatternsPage): Markup {
  const rows = frames.map((f) => {
    const kl = f.curve.kl[f.best] ?? null;
    return html`<tr><th scope="row">${f.name}</th>${cell(f.strength, fixed(f.strength, 2))}${cell(f.agreement, share(f.agreement))}${cell(f.accuracy, share(f.accuracy))}${cell(f.networkAccuracy, share(f.networkAccuracy))}${cell(kl, fixed(kl, 3))}<td class="n">${f.best} of ${Math.max(f.curve.kl.length - 1, 0)}${f.converged ? "" : ", not at rest"}</td>${cell(f.residual, fixed(f.residual, 3))}</tr>`;
  });
  return region(
    "Frames",
    html`<table class="sortable plain"><caption>Samples: one row a frame</caption><thead><tr>${first("frame")}${head("mean |g|")}${head("mixture = network")}${head("mixture = label")}${head("network = label")}${head("KL, nats")}<th scope="col" class="n wrap">best round</th>${head("left over by the turn")}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

export function layerTable(page: PatternsPage): Markup | undefined {
  const { frames, tau } = page;
  const rows = frames.flatMap((frame) =>
    frame.layers.map((layer, l) => {
      const k = knowledgeAt(frame, l, tau);
      const change = layer.change;
      const counted = (v: number | undefined): Markup => cell(v ?? null, (v ?? 0).toLocaleString("en-GB"));
      return html`<tr><th scope="row">${frame.name}</th><td>${layer.name}</td><td class="n">${layer.channels} × ${layer.size[0]} × ${layer.size[1]}</td>${cell(layer.strength, fixed(layer.strength, 2))}${cell(k?.count ?? null, fixed(k?.count, 2))}${cell(k?.reliable ?? null, fixed(k?.reliable, 2))}${cell(k?.ratio ?? null, share(k?.ratio ?? null))}${counted(change?.kept)}${counted(change?.turned)}${counted(change?.lost)}${counted(change?.gained)}</tr>`;
    }),
  );
  if (rows.length === 0) return undefined;
  return region(
    "Layers",
    html`<table class="sortable plain"><caption>Regions at p &gt; ${tau}: means over all pictures, and what became of regions since the frame before</caption><thead><tr>${first("frame")}${first("layer")}<th scope="col" class="n wrap">its map</th>${head("mean |h| as fitted")}${head("knowledge points")}${head("reliable")}${head("ratio")}${head("kept")}${head("turned")}${head("lost")}${head("gained")}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** A region of a shown picture. */
interface RegionRow {
  readonly frame: number;
  readonly name: string;
  readonly layer: string;
  readonly id: string;
  readonly label: string | null;
  readonly row: number;
  readonly column: number;
  readonly x: number;
  readonly y: number;
  readonly z: number | null;
  readonly strength: number;
  readonly largest: number;
  readonly winner: string;
  readonly knowledge_point: boolean;
  readonly reliable: boolean | null;
  readonly against: string | null;
  readonly change: number | null;
  readonly fate: string | null;
}

export interface RegionsAsked {
  /** Places; default all. */
  readonly frame?: number | undefined;
  readonly layer?: number | undefined;
  /** Among the shown pictures. */
  readonly picture?: number | undefined;
  /** The frame compared with; default the one that each began from. */
  readonly against?: number | undefined;
}

/** One row for every region of the shown pictures: vector, winner, and what became of it since another frame. */
export function regionsTable(page: PatternsPage, asked: RegionsAsked = {}): Table {
  const { frames, grid, shown, ids, labels, categories, tau, dimension: d } = page;
  const positions = grid[0] * grid[1];
  const chosen = <T>(all: Iterable<T>, only: number | undefined): readonly (readonly [number, T])[] =>
    [...all].flatMap((item, i) => (only === undefined || only === i ? [[i, item] as const] : []));
  const rows = chosen(frames, asked.frame).flatMap(([f, frame]) =>
    chosen(frame.layers, asked.layer).flatMap(([l, { name: layer, grids }]) =>
      chosen(shown, asked.picture).flatMap(([s, picture]) => {
        const against = asked.against ?? frame.after;
        const other = against === null || against === f ? undefined : frames[against];
        const before = layerBeside(frame, other, l)?.grids;
        const label = labels[picture] as number;
        return Array.from({ length: positions }, (_, p): RegionRow => {
          const place = s * positions + p;
          const h = grids.arrows.subarray(place * d, (place + 1) * d);
          const [largest, winner] = [grids.largest[place] as number, grids.winners[place] as number];
          return {
            frame: f,
            name: frame.name,
            layer,
            id: ids[picture] as string,
            label: categories[label]?.name ?? null,
            row: Math.floor(p / grid[1]),
            column: p % grid[1],
            x: h[0] as number,
            y: h[1] as number,
            z: h[2] ?? null,
            strength: Math.hypot(...h),
            largest,
            winner: categories[winner]?.name ?? String(winner),
            knowledge_point: largest > tau,
            reliable: label < 0 ? null : largest > tau && winner === label,
            against: before === undefined ? null : (other?.name ?? null),
            change: before === undefined ? null : largest - (before.largest[place] as number),
            fate: before === undefined ? null : fateOf(before, grids, place, tau),
          };
        });
      }),
    ),
  );
  return tableOfRows(rows, {
    frame: "int",
    name: "string",
    layer: "string",
    id: "string",
    label: "string",
    row: "int",
    column: "int",
    x: "double",
    y: "double",
    z: "double",
    strength: "double",
    largest: "double",
    winner: "string",
    knowledge_point: "boolean",
    reliable: "boolean",
    against: "string",
    change: "double",
    fate: "string",
  });
}
