/** @file The sheet of maps: the gradient of a score, and beside each training point the part of it that this point brought in. */
import { renderHeatmap } from "../../image/heatmap.ts";
import { pngUrl } from "../html/figures.ts";
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { colourBar } from "../html/parts.ts";
import { counted } from "../run/numbers.ts";
import type { SensitivityPage } from "./input.ts";
import { number, signedNumber, tiny } from "./numbers.ts";
import { galleryOf } from "./points.ts";
import { className, labelled, shell } from "./shell.ts";

const MAP = "viridis";

/** Magnitudes are drawn from 0 up: the whole map on its own scale, those of points on one common scale. */
/** The page as UTF-8 HTML. */
export const sensitivityPage = async (input: SensitivityPage): Promise<string> => page(await sensitivityView(input));

/** A map of sensitivity, shared out among training points. */
export async function sensitivityView(page: SensitivityPage): Promise<Page> {
  const { facts, labels, point, index, points, total, residual, samples, trainingPoints } = page;
  const gallery = galleryOf([point, ...points.map((p) => p.point)]);
  const name = className(labels, index);
  const most = (maps: readonly Float32Array[]): number => maps.reduce((m, map) => Math.max(m, largest(map)), 0);
  const [whole, part] = [most([total]), most(points.map((p) => p.map))];
  const drawn = await Promise.all(
    points.map(async ({ point: p, value, alpha, similarity, map }) => {
      const own = className(labels, p.label);
      const alt = `map of ${p.id}, ${labelled(labels, p.label)}: its part of the gradient of ${name}, largest ${number(largest(map), 3)}`;
      return html`<li class="point"><div class="pair"><div>${gallery.show(p, `${p.id}, ${labelled(labels, p.label)}`)}</div>${await mapImage(map, page, part, alt)}</div><b class="figure">${signedNumber(value)}</b><span class="own${p.label === index ? " same" : " other"}">${own}</span><span class="small">|α| ${number(Math.abs(alpha), 3)}, similarity ${number(similarity, 3)}</span><span class="small">largest ${number(largest(map), 3)}</span><span class="small id" title="${p.id}">${p.id}</span></li>`;
    }),
  );
  const kind = samples === 0 ? "gradient" : `SmoothGrad, ${samples} noisy copies`;
  const sum = residual.relative < 1e-4;
  return shell({
    title: "Where does each example act?",
    lead: `Sensitivity of the score of ${name} on ${point.id}, shared out among training points; ${facts.model}, ${facts.data}`,
    facts,
    definitions: gallery.definitions,
    sections: [
      {
        id: "whole",
        name: "The whole map",
        markup: html`<div class="whole"><figure>${gallery.show(point, `the input ${point.id}`)}<figcaption>${point.id}, ${labelled(labels, point.label)}</figcaption></figure><figure>${await mapImage(total, page, whole, `${kind} map of ${name}, largest ${number(whole, 3)}`)}<figcaption>${kind} of ${name}; 0 to ${number(whole, 3)}</figcaption></figure></div><p class="check${sum ? "" : " off"}">The maps of all ${counted(trainingPoints, "training point")} add up to it: largest difference ${tiny(residual.absolute)}, ${tiny(residual.relative)} of its largest value.</p>`,
      },
      {
        id: "points",
        name: "Maps of training points",
        markup:
          points.length === 0
            ? undefined
            : html`<p class="fine">Each map is α times the derivative of the point's similarity to the input; magnitude over channels, all on one scale. The whole map is a sum of many, so single ones are faint beside it.</p>${colourBar(MAP, `0 to ${number(part, 3)}`)}<ol class="maps">${drawn}</ol>`,
      },
    ],
  });
}

const largest = (map: Float32Array): number => map.reduce((m, v) => Math.max(m, v), 0);

async function mapImage(
  map: Float32Array,
  { width, height }: Pick<SensitivityPage, "width" | "height">,
  top: number,
  alt: string,
): Promise<Markup> {
  const range = top > 0 ? ([0, top] as const) : undefined;
  const picture = renderHeatmap(map, width, height, { cmap: MAP, signed: false, range });
  return html`<img src="${await pngUrl(picture)}" alt="${alt}">`;
}
