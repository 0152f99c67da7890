/** @file Figure 7 of the paper: participants by their actions and by what explanations changed, mean ± std and intervals by bin. */

import type { NamedAnalysis } from "../../study/analysis.ts";
import { type Bin, binName } from "../../study/bins.ts";
import { html, type Markup } from "../html/markup.ts";
import { at, framed, INNER, placesIn, type Tick } from "../plot/frame.ts";
import { type Axis, niceDomain } from "../plot/ticks.ts";
import { counted, signed } from "../run/numbers.ts";

export interface BinBox extends Bin {
  /** On the axis of actions. */
  readonly from: number;
  readonly until: number;
}
export interface FigureShape {
  readonly x: Axis;
  readonly xTicks: readonly Tick[];
  readonly y: Axis;
  readonly bins: readonly BinBox[];
  readonly points: readonly { readonly x: number; readonly y: number; readonly about: string }[];
}

export const X_LABEL = "actions in part B";
export const Y_LABEL = "score B − score A";

/** Room left of 0 for those who took no action, in bins. */
const NONE_ROOM = 0.5;
/** Where they stand, beside the interval in the middle. */
const NONE_AT = 0.14;

/** Where everything lies, in the units of the data; drawn by SVG and by pixels alike. */
export function figureShape({ bins, participants, settings }: NamedAnalysis): FigureShape {
  const width = settings.binWidth;
  const high = (bins.length - 1) * width;
  const points = participants.flatMap(({ name, difference, actions }) =>
    difference === null
      ? []
      : [
          {
            x: actions.total === 0 ? -NONE_AT * width : Math.min(actions.total, high),
            y: difference,
            about: `${name}: ${counted(actions.total, "action")}, ${signed(difference, 0)}`,
          },
        ],
  );
  const reach = [
    0,
    ...points.map((p) => p.y),
    ...bins.flatMap(({ mean, std }) => (mean === null ? [] : [mean - (std ?? 0), mean + (std ?? 0)])),
  ];
  const every = Math.max(1, Math.ceil((bins.length - 1) / 8));
  const last = bins.at(-1);
  return {
    x: { low: -NONE_ROOM * width, high, step: width },
    xTicks: bins.flatMap((_, i) =>
      i % every === 0
        ? [{ value: i * width, text: last?.to === null && i === bins.length - 1 ? "more" : String(i * width) }]
        : [],
    ),
    y: niceDomain({ low: Math.min(...reach), high: Math.max(...reach) }, 5),
    bins: bins.map((bin, i) => ({ ...bin, from: (i === 0 ? -NONE_ROOM : i - 1) * width, until: i * width })),
    points,
  };
}

/** Above a bin; there is little room above that of no actions. */
export const countOn = ({ count, to }: Pick<Bin, "count" | "to">): string =>
  count === 0 && to !== 0 ? "empty" : String(count);

const GAP = 2;

/** As inline SVG in the frame of all plots. */
export function studyFigure(analysis: NamedAnalysis): Markup {
  const { x: xAxis, xTicks, y: yAxis, bins, points } = figureShape(analysis);
  const x = { axis: xAxis, label: X_LABEL, ticks: xTicks };
  const y = { axis: yAxis, label: Y_LABEL };
  const { px, py } = placesIn({ x, y });
  const wide = bins.length <= 11;
  const boxes = bins.map((bin) => {
    const [left, right] = [px(bin.from) + GAP, px(bin.until) - GAP];
    const middle = (left + right) / 2;
    const about = `${binName(bin)}: ${counted(bin.count, "participant")}`;
    const label = wide
      ? html`<text class="tick mid" x="${at(middle)}" y="${INNER.top + 9}">${countOn(bin)}</text>`
      : undefined;
    if (bin.mean === null) return label;
    const { mean, std, interval } = bin;
    const spread =
      std === null
        ? undefined
        : html`<path class="std" d="M${at(left)} ${at(py(mean - std))}H${at(right)}V${at(py(mean + std))}H${at(left)}Z"/>`;
    const sure =
      interval === null
        ? undefined
        : html`<path class="interval" d="M${at(middle)} ${at(py(interval[0]))}V${at(py(interval[1]))}"/>`;
    return html`<g><title>${about}</title>${spread}<path class="mean" d="M${at(left)} ${at(py(mean))}H${at(right)}"/>${sure}</g>${label}`;
  });
  const zero = html`<path class="reference" d="M${INNER.left} ${at(py(0))}h${INNER.width}"/>`;
  const dots = points.map(
    (p) => html`<path class="who" d="M${at(px(p.x))} ${at(py(p.y))}h0"><title>${p.about}</title></path>`,
  );
  const what = `Score B less score A against actions, ${counted(points.length, "participant")}; ${bins
    .map((b) =>
      b.mean === null
        ? `${binName(b)} actions: empty`
        : `${binName(b)} actions: mean ${signed(b.mean, 1)} of ${b.count}`,
    )
    .join("; ")}`;
  return framed({ x, y, what }, html`${zero}${boxes}${dots}`);
}

export const FIGURE_STYLE = `
.plot .std{fill:var(--c0);fill-opacity:.14;stroke:none}
.plot .mean{stroke:var(--c0);stroke-width:2.4}
.plot .interval{stroke:var(--c1);stroke-width:3}
.plot .who{stroke:var(--ink);stroke-width:4.2;stroke-linecap:round;opacity:.6}
`;

const LIGHT = `
.plot{--c0:#0a5aa0;--c1:#c2410c;--ink:#1c1e22;--soft:#5b616b;--line:#dedad3;background:#fff}
.plot text{font:11px system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--soft)}
.plot .end{text-anchor:end}.plot .mid{text-anchor:middle}.plot path{fill:none}
.plot .rule{stroke:var(--line)}.plot .axis{stroke:var(--soft)}.plot .reference{stroke:var(--soft);stroke-dasharray:4 3}`;

/** The figure as a file of its own, on white. */
export const studySvg = (analysis: NamedAnalysis): string =>
  studyFigure(analysis).markup.replace(
    /^<svg ([^>]*)>/,
    (_, attributes: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="796" height="560" ${attributes}><style>${LIGHT}${FIGURE_STYLE}</style>`,
  );
