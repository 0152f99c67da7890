/** @file The page of `patterns show`: the space of directions to turn and to walk through, one picture's regions, what grows. */
import { colormapDefinition, colormapId } from "../html/figures.ts";
import { html, type Markup, trusted } from "../html/markup.ts";
import { type Page, page, sectionsOf } from "../html/page.ts";
import { listOf, plotsOf, pngSource, region, repeatOf, type Tile, type TitledPlot, tilesOf } from "../html/parts.ts";
import { PARTS_STYLE } from "../html/parts-style.ts";
import { definitions } from "../html/tables.ts";
import { counted, fixed, listed, share } from "../run/numbers.ts";
import { COLOURING_NAMES, COLOURINGS } from "./colouring.ts";
import { fitPlots, growthPlots, knowledgeAt, layerNames } from "./curves.ts";
import type { PatternFrame, PatternsPage } from "./input.ts";
import { packedScene } from "./packed.ts";
import { svgOf } from "./pen.ts";
import type { PatternsStart } from "./start.ts";
import { spaceStill } from "./still-space.ts";
import { PATTERNS_STYLE } from "./style.ts";
import { frameTable, layerTable, whenOf } from "./tables.ts";
import { thumbnailSheet } from "./thumbnail-sheet.ts";

/** The page as UTF-8 HTML. Without its script the tables, the plots and a still of the space remain. */
export const patternsPage = async (input: PatternsPage, start: PatternsStart = {}): Promise<string> =>
  page(await patternsView(input, start));

/** The space of directions, one picture's regions, what grows; the scene lies in the markup, for the behaviour to read. */
export async function patternsView(input: PatternsPage, start: PatternsStart = {}): Promise<Page> {
  const { facts, frames, ids } = input;
  const names = listed(
    facts.models.map((m) => m.name),
    3,
  );
  const sheet = await thumbnailSheet(input.thumbnails, ids.length);
  const still = spaceStill(input, { frame: frames.length - 1, layer: null, colouring: "label" });
  const embedded = {
    scene: packedScene(input),
    sheet: { columns: sheet.columns, width: sheet.width, height: sheet.height },
    start: startOf(input, start),
  };
  return {
    title: `Emerging patterns: ${names}, ${facts.data}`,
    heading: "Emerging patterns",
    lead: leadOf(input),
    style: `${PARTS_STYLE}${PATTERNS_STYLE}`,
    behaviours: ["sort", "patterns"],
    definitions: [colormapDefinition("viridis"), colormapDefinition("blue-red")],
    main: html`${tiles(input)}
${sectionsOf([
  { id: "space", name: "The space", markup: space(input, still === undefined ? undefined : await svgOf(still)) },
  { id: "regions", name: "One picture, region by region", markup: regions(input) },
  { id: "growth", name: "What grows", markup: growth(input) },
  { id: "fit", name: "How the fit went", markup: plots(fitPlots(input)) },
  { id: "made", name: "How it was made", markup: making(input) },
])}
<img id="sheet" alt="" src="${pngSource(sheet.png)}">
<script type="application/json" id="scene">${trusted(JSON.stringify(embedded).replaceAll("<", "\\u003c"))}</script>`,
  };
}

/** The frame asked for or the last, beside the one that it followed. */
function startOf({ frames }: PatternsPage, start: PatternsStart): PatternsStart {
  const frame = start.frame ?? frames.length - 1;
  return { ...start, frame, against: start.against ?? frames[frame]?.after ?? Math.max(frame - 1, 0) };
}

/** Checkpoints of one training are networks called like their frames: those are counted once. */
function leadOf({ facts, frames, ids, categories }: PatternsPage): string {
  const own = facts.models.length > 1 && facts.models.every((m) => frames.some((f) => f.name === m.name));
  const seen = own
    ? `seen by ${counted(frames.length, "network")}`
    : `seen by ${listed(
        facts.models.map((m) => m.name),
        3,
      )} in ${counted(frames.length, "frame")}`;
  return `${counted(ids.length, "picture")} of ${facts.data} in ${counted(categories.length, "category", "categories")}, ${seen}. Direction is category, length is confidence.`;
}

function tiles(input: PatternsPage): Markup {
  const { frames, tau } = input;
  const [from, to] = [frames[0] as PatternFrame, frames.at(-1) as PatternFrame];
  const knowledge = (frame: PatternFrame): string => fixed(knowledgeAt(frame, frame.layers.length - 1, tau)?.count, 1);
  const grown = (before: string, after: string): string => (frames.length > 1 ? `${before} → ${after}` : after);
  const all: readonly (Tile | undefined)[] = [
    [grown(fixed(from.strength, 2), fixed(to.strength, 2)), "mean strength |g|"],
    [grown(share(from.agreement), share(to.agreement)), "mixture agrees with the network"],
    to.networkAccuracy === null
      ? undefined
      : [grown(share(from.networkAccuracy), share(to.networkAccuracy)), "network is right"],
    to.layers.length === 0
      ? undefined
      : [
          grown(knowledge(from), knowledge(to)),
          `knowledge points in the deepest layer, of ${input.grid[0] * input.grid[1]}`,
        ],
  ];
  const span = frames.length > 1 ? html`<p class="soft">From ${from.name} to ${to.name}:</p>` : undefined;
  return html`${span}${tilesOf(all.filter((t) => t !== undefined))}`;
}

const option = (value: string | number, text: string): Markup => html`<option value="${value}">${text}</option>`;
const field = (id: string, name: string, options: readonly Markup[]): Markup =>
  html`<label class="field"><span>${name}</span><select id="${id}">${options}</select></label>`;

function space(input: PatternsPage, still: Markup | undefined): Markup {
  const { dimension, frames, categories } = input;
  const views = (
    dimension === 2
      ? [
          ["plane", "2-D"],
          ["sphere", "Circle"],
        ]
      : [
          ["space", "3-D"],
          ["sphere", "Sphere"],
          ["plane", "2-D"],
        ]
  ).map(
    ([value, text], i) =>
      html`<input type="radio" name="view" id="view-${value}" value="${value}"${i === 0 ? html` checked` : undefined}><label for="view-${value}">${text}</label>`,
  );
  const points = [
    option("samples", `samples (${input.ids.length})`),
    ...layerNames(input).map((name, l) => option(l, `regions at ${name}`)),
  ];
  const contours = frames.some((f) => f.contours !== null)
    ? html`<span id="contour-of">${field("contour", "contours of", [option("", "none"), ...categories.map((c, i) => option(i, c.name))])}</span>`
    : undefined;
  const last = frames.length - 1;
  return html`<p class="caption">Every dot is a picture (its sample feature g) or a region of one; every arrow is the direction of a category. A dot far out is one the mixture is sure of.</p>
<div data-tool hidden>
<div class="bar"><fieldset class="views"><legend>View</legend>${views}</fieldset>${field("points", "points", points)}${field(
    "colour",
    "colour by",
    COLOURING_NAMES.map((n) => option(n, COLOURINGS[n].title)),
  )}${contours}</div>
<div class="timeline"${last === 0 ? html` hidden` : undefined}><button type="button" class="act" id="play" aria-pressed="false">Play</button><input type="range" id="frame" min="0" max="${last}" step="0.01" value="${last}" aria-label="Frame"><output id="frame-name" for="frame"></output></div>
<div class="stage"><canvas id="stage" tabindex="0" role="application" aria-label="Points and category directions in ${dimension} dimensions" aria-describedby="keys"></canvas><div id="tip" hidden></div><div class="zoom"><button type="button" id="farther" aria-label="Farther">−</button><button type="button" id="closer" aria-label="Closer">+</button><button type="button" id="reset">Reset</button></div></div>
<div id="said" role="status"></div>
<ul id="legend"></ul>
<p class="fine keys-help" id="keys">In the space: arrow keys turn it (with <kbd>Shift</kbd> finely) or move the plane, <kbd>+</kbd> <kbd>−</kbd> come closer and go back, <kbd>n</kbd> <kbd>p</kbd> step through points, <kbd>Home</kbd> resets. Anywhere: <kbd>[</kbd> <kbd>]</kbd> go to the frame before and after. A click on the legend makes a category stand out.</p>
</div>
<noscript><div class="still">${still}</div></noscript>`;
}

const ramp = (name: "viridis" | "blue-red"): Markup =>
  html`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="10" fill="url(#${colormapId(name)})"/></svg>`;

function regions(input: PatternsPage): Markup | undefined {
  const { shown, ids, labels, categories, frames, tau } = input;
  if (shown.length === 0 || frames.every((f) => f.layers.length === 0)) return undefined;
  const pictures = Array.from(shown, (picture, s) => {
    const label = categories[labels[picture] as number]?.name ?? "no label";
    return html`<input type="radio" name="picture" id="picture-${s}" value="${s}"${s === 0 ? html` checked` : undefined}><label for="picture-${s}" title="${ids[picture]}"><span>${label}</span></label>`;
  });
  const several = frames.length > 1;
  return html`<div data-tool hidden>
<p class="caption">Regional features of the frame chosen above. A region is a knowledge point where max p &gt; ${tau}: outlined, and in full colour.</p>
<fieldset class="pictures"><legend>Picture</legend>${pictures}</fieldset>
${
  several
    ? html`<div class="bar">${field(
        "against",
        "compared with",
        frames.map((f, i) => option(i, f.name)),
      )}</div>`
    : undefined
}
<div id="grids"></div>
<p class="ramps"><span>certainty 0${ramp("viridis")}1</span>${several ? html`<span>change −1${ramp("blue-red")}+1; × lost, + gained, ○ turned to another category</span>` : undefined}</p>
${several ? html`<h3>Which regions lose their discrimination</h3><p class="soft" id="changes-what"></p>${region("Changes of regions", html`<table class="plain" id="changes"><thead><tr><th scope="col">layer</th>${["kept", "turned", "lost", "gained", "never one", "lost of those before"].map((h) => html`<th scope="col" class="n wrap">${h}</th>`)}</tr></thead><tbody></tbody></table>`)}` : html`<table id="changes" hidden><tbody></tbody></table><p id="changes-what" hidden></p>`}
</div>
<noscript><p class="soft">Grids of single pictures need the page's script.</p></noscript>`;
}

const plots = (all: readonly TitledPlot[]): Markup | undefined =>
  plotsOf(all.map((p) => ({ ...p, title: `${p.title}.` })));

const growth = (input: PatternsPage): Markup =>
  html`${plots(growthPlots(input))}${frameTable(input)}${layerTable(input)}`;

function making({ facts, settings, dimension, tau, grid, concentration, frames }: PatternsPage): Markup {
  const notes = [
    ...facts.notes,
    ...frames.flatMap((f) => f.notes.map((n) => `${f.name}: ${n}`)),
    ...facts.unread.map(({ id, message }) => `${id} was left out: ${message}`),
  ];
  const all: readonly (readonly [string, string])[] = [
    ["data", facts.data],
    ...facts.models.map((m) => ["model", `${m.name} (${m.sha256.slice(0, 12)})`] as const),
    ...frames.flatMap((f) => (whenOf(f) === "" ? [] : [[f.name, whenOf(f)] as const])),
    ["dimension", String(dimension)],
    ["tau", String(tau)],
    ["grid", grid.join(" × ")],
    ["sigma", String(concentration.sigma)],
    ["kappa0", concentration.kappa0 === null ? "infinity" : String(concentration.kappa0)],
    ...Object.entries(settings).map(([name, value]) => [name, value === null ? "–" : String(value)] as const),
  ];
  return html`${listOf(notes)}${definitions(all)}${repeatOf("To make it again:", facts.command)}`;
}
