/** @file The numbers behind the plots: frames, and layers of every frame, as tables of a page and of a file. */
import type { Table } from "../../formats/table.ts";
import { tableOf } from "../../formats/table.ts";
import { html, type Markup } from "../html/markup.ts";
import { fixed, NOTHING, share } from "../run/numbers.ts";
import { knowledgeAt } from "./curves.ts";
import type { PatternFrame, PatternsPage } from "./input.ts";

const scroll = (label: string, table: Markup): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`;
const cell = (value: number | null, text: string): Markup =>
  value === null
    ? html`<td class="n">${NOTHING}</td>`
    : html`<td class="n" data-v="${value}">${text}</td>`;
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
  return scroll(
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
  return scroll(
    "Layers",
    html`<table class="sortable plain"><caption>Regions at p &gt; ${tau}: means over all pictures, and what became of regions since the frame before</caption><thead><tr>${first("frame")}${first("layer")}<th scope="col" class="n wrap">its map</th>${head("mean |h| as fitted")}${head("knowledge points")}${head("reliable")}${head("ratio")}${head("kept")}${head("turned")}${head("lost")}${head("gained")}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** One row for every frame, layer and threshold. */
export function knowledgeTable({ frames }: Pick<PatternsPage, "frames">): Table {
  const rows = frames.flatMap((frame, f) =>
    frame.layers.flatMap((layer, l) => layer.knowledge.map((knowledge) => ({ frame, f, layer, l, knowledge }))),
  );
  type Row = (typeof rows)[number];
  const column = (name: string, type: Table["columns"][number]["type"], pick: (row: Row) => string | number | null) => ({
    name,
    type,
    values: rows.map(pick),
  });
  return tableOf([
    column("frame", "string", (r) => r.frame.name),
    column("frame_index", "int", (r) => r.f),
    column("epoch", "double", (r) => r.frame.epoch),
    column("step", "int", (r) => r.frame.step),
    column("input", "string", (r) => r.frame.input),
    column("layer", "string", (r) => r.layer.name),
    column("layer_index", "int", (r) => r.l),
    column("tau", "double", (r) => r.knowledge.tau),
    column("knowledge_points", "double", (r) => r.knowledge.count),
    column("reliable_points", "double", (r) => r.knowledge.reliable),
    column("reliable_ratio", "double", (r) => r.knowledge.ratio),
    column("mean_ratio", "double", (r) => r.knowledge.meanRatio),
    column("strength", "double", (r) => r.layer.strength),
    column("sample_strength", "double", (r) => r.frame.strength),
    column("agreement", "double", (r) => r.frame.agreement),
    column("accuracy", "double", (r) => r.frame.accuracy),
    column("network_accuracy", "double", (r) => r.frame.networkAccuracy),
  ]);
}
