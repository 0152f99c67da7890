/** @file What grows, below each other: line plots as a picture, or as one SVG that stands alone. */
import { blank, drawText, paste } from "../../image/canvas.ts";
import type { ImageU8 } from "../../image/types.ts";
import { html, type Markup, trusted } from "../html/markup.ts";
import { linePlot } from "../plot/lines.ts";
import { marginsFor, rasterPlot } from "../plot/raster.ts";
import { growthPlots } from "./curves.ts";
import type { PatternsPage } from "./input.ts";

const WIDTH = 1120;
const HEIGHT = 320;
const GAP = 8;
const NOTHING = "One frame and one layer: nothing to draw a line through.";

export function curvesPicture(page: PatternsPage): ImageU8 {
  const plots = growthPlots(page).map((p) => ({ ...p, title: `${p.title}: ${p.about}` }));
  const canvas = blank({ width: WIDTH, height: Math.max(plots.length * (HEIGHT + GAP), 48) });
  const margins = marginsFor(plots);
  for (const [i, plot] of plots.entries())
    paste(canvas, rasterPlot(plot, { width: WIDTH, height: HEIGHT }, margins), { left: 0, top: i * (HEIGHT + GAP) });
  if (plots.length === 0) drawText(canvas, NOTHING, { left: 16, top: 16, dot: 2 });
  return canvas;
}

const COLORS = ["0a5aa0", "c2410c", "0f766e", "9333ea", "be185d", "4d7c0f"];
const PLOT_STYLE = [
  "path{fill:none}text{font:11px system-ui,sans-serif;fill:#5b616b}.end{text-anchor:end}.mid{text-anchor:middle}",
  ".title{font-weight:600;font-size:13px;fill:#1c1e22}.rule{stroke:#dedad3}.axis{stroke:#5b616b}.line{stroke-width:1.9;stroke-linejoin:round}.leader{opacity:.6}",
  ...COLORS.map((c, i) => `path.c${i}{stroke:#${c}}text.c${i}{fill:#${c}}`),
].join("");
/** Of a plot with its title, two beside each other. */
const CELL = { width: 430, height: 300 };
const COLUMNS = 2;

export function curvesSvg(page: PatternsPage): Markup {
  const plots = growthPlots(page);
  const [width, height] = [COLUMNS * CELL.width, Math.max(Math.ceil(plots.length / COLUMNS), 1) * CELL.height];
  const placed = plots.map((plot, i) => {
    const [x, y] = [(i % COLUMNS) * CELL.width + 16, Math.floor(i / COLUMNS) * CELL.height];
    return html`<g transform="translate(${x} ${y})"><text class="title" x="0" y="24">${plot.title}</text><text x="0" y="40">${plot.about}</text><svg y="46" width="398" height="250" viewBox="0 0 398 250">${linePlot(plot)}</svg></g>`;
  });
  const said = plots.length === 0 ? html`<text x="16" y="30">${NOTHING}</text>` : undefined;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><style>${trusted(PLOT_STYLE)}</style><rect width="${width}" height="${height}" fill="#fff"/>${said}${placed}</svg>`;
}
