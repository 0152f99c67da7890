/** @file One picture's regional features, layer by layer: arrows over the picture, how sure, of what, and what another frame says. */

import { project, projectedRoom, type Rotation } from "../../src/report/patterns/camera.ts";
import { FATES, type Fate, fateOf, fates, layerBeside } from "../../src/report/patterns/change.ts";
import type { PatternGrids } from "../../src/report/patterns/input.ts";
import { categoryColor, cssColor, differenceColor, type Rgb, shareColor } from "../../src/report/patterns/palette.ts";
import { type Scene, type SceneFrame, sceneReach } from "../../src/report/patterns/scene.ts";
import { made, one } from "../root.ts";
import type { State } from "./state.ts";
import { drawThumbnail, type Sheet } from "./thumbnails.ts";

/** Pixels of a drawing: cells are whole. */
const SIDE = 420;

const KINDS = {
  arrows: "regional features as arrows, as the space is turned now",
  sure: "largest posterior, max p(c | region)",
  winner: "most probable category",
  change: "largest posterior less that of the other frame",
} as const;
type Kind = keyof typeof KINDS;

interface Card {
  readonly article: HTMLElement;
  readonly name: HTMLElement;
  readonly canvases: Readonly<Record<Kind, HTMLCanvasElement>>;
  readonly words: HTMLElement;
  readonly value: HTMLElement;
}

export interface Grids {
  readonly draw: (state: State, rotation: Rotation) => void;
  /** The arrows alone, after the space was turned. */
  readonly turn: (state: State, rotation: Rotation) => void;
}

export function gridsOf(root: ParentNode, { scene, sheet }: { readonly scene: Scene; readonly sheet: Sheet }): Grids {
  const { grid, frames, categories, shown, labels, tau, dimension } = scene;
  const [rows, columns] = grid;
  const positions = rows * columns;
  const room = one(root, "#grids");
  const reaches = new Map<number, number>();
  const cell = Math.max(Math.floor(SIDE / Math.max(rows, columns)), 4);
  const most = Math.max(...frames.map((f) => f.layers.length));
  const cards = Array.from({ length: most }, (_, l) => card(l));
  room.replaceChildren(...cards.map((c) => c.article));

  function card(layer: number): Card {
    const canvases = Object.fromEntries(
      Object.keys(KINDS).map((kind) => [
        kind,
        made("canvas", { width: `${columns * cell}`, height: `${rows * cell}`, role: "img" }),
      ]),
    ) as Readonly<Record<Kind, HTMLCanvasElement>>;
    const heads: Readonly<Record<Kind, string>> = {
      arrows: "arrows",
      sure: "certainty",
      winner: "category",
      change: "change",
    };
    const figures = (Object.keys(KINDS) as Kind[]).map((kind) =>
      made("figure", { class: kind, title: KINDS[kind] }, canvases[kind], made("figcaption", {}, heads[kind])),
    );
    const name = made("h3");
    const words = made("p", { class: "words" });
    const value = made("p", { class: "value", "aria-hidden": "true" });
    const article = made(
      "article",
      { class: "layer-card" },
      name,
      made("div", { class: "four" }, ...figures),
      words,
      value,
    );
    for (const canvas of Object.values(canvases)) {
      canvas.addEventListener("pointermove", (event) => {
        const box = canvas.getBoundingClientRect();
        const column = Math.min(Math.floor(((event.clientX - box.left) / box.width) * columns), columns - 1);
        const row = Math.min(Math.floor(((event.clientY - box.top) / box.height) * rows), rows - 1);
        value.textContent = said(layer, Math.max(row, 0), Math.max(column, 0));
      });
      canvas.addEventListener("pointerleave", () => {
        value.textContent = "";
      });
    }
    return { article, name, canvases, words, value };
  }

  let last: State | undefined;
  const nameOf = (c: number): string => categories[c]?.name ?? "no label";
  const said = (layer: number, row: number, column: number): string => {
    if (last === undefined) return "";
    const grids = at(last.frame, layer);
    const place = last.picture * positions + row * columns + column;
    if (grids === undefined) return "";
    const strength = Math.hypot(...grids.arrows.subarray(place * dimension, (place + 1) * dimension));
    return `row ${row + 1}, column ${column + 1}: ${nameOf(grids.winners[place] as number)}, p = ${(grids.largest[place] as number).toFixed(2)}, strength ${strength.toFixed(2)}`;
  };
  const layerAt = (frame: number, layer: number): SceneFrame["layers"][number] | undefined =>
    (frames[Math.round(frame)] as SceneFrame).layers[layer];
  const at = (frame: number, layer: number): PatternGrids | undefined => layerAt(frame, layer)?.grids;
  /** The layer of the frame compared with. */
  const otherOf = ({ frame, against }: State, layer: number): PatternGrids | undefined =>
    layerBeside(frames[Math.round(frame)] as SceneFrame, frames[against], layer)?.grids;
  const reachOf = (layer: number): number => {
    const known = reaches.get(layer) ?? sceneReach(scene, layer);
    reaches.set(layer, known);
    return known;
  };
  const cells = function* (): Iterable<readonly [place: number, x: number, y: number]> {
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) yield [r * columns + c, c * cell, r * cell];
  };
  const fill = (
    canvas: HTMLCanvasElement,
    color: (place: number) => Rgb,
    alpha: (place: number) => number = () => 1,
  ): CanvasRenderingContext2D => {
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const [place, x, y] of cells()) {
      context.globalAlpha = alpha(place);
      context.fillStyle = cssColor(color(place));
      context.fillRect(x, y, cell, cell);
    }
    context.globalAlpha = 1;
    return context;
  };

  const drawArrows = (layer: number, grids: PatternGrids, { picture }: State, rotation: Rotation): void => {
    const canvas = (cards[layer] as Card).canvases.arrows;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    const { width, height } = canvas;
    context.clearRect(0, 0, width, height);
    context.globalAlpha = 0.5;
    drawThumbnail(context, sheet, shown[picture] as number, { x: 0, y: 0, width, height });
    context.globalAlpha = 0.42;
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    const own = grids.arrows.subarray(picture * positions * dimension, (picture + 1) * positions * dimension);
    const tips = projectedRoom(positions);
    project(own, dimension, { rotation, scale: (1.05 * cell) / reachOf(layer), x: 0, y: 0, distance: Infinity }, tips);
    context.lineCap = "round";
    for (const [place, x, y] of cells()) {
      const point = picture * positions + place;
      const [dx, dy] = [tips.x[place] as number, tips.y[place] as number];
      const long = Math.hypot(dx, dy);
      const [ux, uy] = long > 0 ? [dx / long, dy / long] : [0, 0];
      const head = Math.min(0.28 * cell, 0.6 * long);
      const [x0, y0] = [x + cell / 2 - dx / 2, y + cell / 2 - dy / 2];
      const sure = (grids.largest[point] as number) > tau;
      context.globalAlpha = sure ? 1 : 0.55;
      const [r, g, b] = categoryColor(grids.winners[point] as number);
      const light = `rgb(${(r + 255) >> 1} ${(g + 255) >> 1} ${(b + 255) >> 1})`;
      context.strokeStyle = light;
      context.lineWidth = sure ? Math.max(0.075 * cell, 1.6) : Math.max(0.05 * cell, 1.1);
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x0 + dx, y0 + dy);
      context.moveTo(x0 + dx - head * (ux - 0.5 * uy), y0 + dy - head * (uy + 0.5 * ux));
      context.lineTo(x0 + dx, y0 + dy);
      context.lineTo(x0 + dx - head * (ux + 0.5 * uy), y0 + dy - head * (uy - 0.5 * ux));
      context.stroke();
    }
    context.globalAlpha = 1;
  };

  const drawChange = (layer: number, grids: PatternGrids, state: State): string => {
    const canvas = (cards[layer] as Card).canvases.change;
    const other = otherOf(state, layer);
    const figure = canvas.parentElement as HTMLElement;
    figure.hidden = other === undefined || frames.length < 2;
    if (other === undefined || frames.length < 2) return "";
    const start = state.picture * positions;
    const context = fill(canvas, (p) =>
      differenceColor((grids.largest[start + p] as number) - (other.largest[start + p] as number)),
    );
    context.lineWidth = Math.max(0.07 * cell, 1.5);
    context.strokeStyle = "#1c1e22";
    for (const [place, x, y] of cells())
      MARKS[fateOf(other, grids, start + place, tau)](context, x + cell / 2, y + cell / 2, 0.22 * cell);
    const counts = fates(other, grids, tau, start, start + positions);
    return `; since ${frames[state.against]?.name}: ${FATES.filter((f) => f !== "never")
      .map((f) => `${counts[f]} ${f}`)
      .join(", ")}`;
  };

  const turn = (state: State, rotation: Rotation): void => {
    last = state;
    for (const layer of cards.keys()) {
      const grids = at(state.frame, layer);
      if (grids !== undefined) drawArrows(layer, grids, state, rotation);
    }
  };

  const draw = (state: State, rotation: Rotation): void => {
    last = state;
    const picture = shown[state.picture] as number;
    const start = state.picture * positions;
    for (const [layer, { article, name, canvases, words }] of cards.entries()) {
      const grids = at(state.frame, layer);
      article.hidden = grids === undefined;
      if (grids === undefined) continue;
      name.textContent = layerAt(state.frame, layer)?.name ?? "";
      drawArrows(layer, grids, state, rotation);
      const sure = fill(canvases.sure, (p) => shareColor(grids.largest[start + p] as number));
      sure.strokeStyle = "#fff";
      sure.lineWidth = Math.max(0.06 * cell, 1);
      for (const [p, x, y] of cells())
        if ((grids.largest[start + p] as number) > tau)
          sure.strokeRect(x + 0.14 * cell, y + 0.14 * cell, 0.72 * cell, 0.72 * cell);
      fill(
        canvases.winner,
        (p) => categoryColor(grids.winners[start + p] as number),
        (p) => ((grids.largest[start + p] as number) > tau ? 1 : 0.34),
      );
      let [points, reliable] = [0, 0];
      for (let p = start; p < start + positions; p++)
        if ((grids.largest[p] as number) > tau) {
          points++;
          if (grids.winners[p] === labels[picture]) reliable++;
        }
      const told =
        (labels[picture] as number) < 0 ? "" : `, ${reliable} of them for ${nameOf(labels[picture] as number)}`;
      words.textContent = `${points} of ${positions} are knowledge points${told}${drawChange(layer, grids, state)}`;
      for (const kind of Object.keys(KINDS) as Kind[])
        canvases[kind].setAttribute("aria-label", `${KINDS[kind]}: ${words.textContent}`);
    }
    drawTable(state);
  };

  /** Over all shown pictures. */
  const drawTable = (state: State): void => {
    const table = one<HTMLTableElement>(root, "#changes");
    const body = table.tBodies[0] as HTMLTableSectionElement;
    const rowsOf = cards.flatMap((_, layer) => {
      const [from, to] = [otherOf(state, layer), at(state.frame, layer)];
      if (from === undefined || to === undefined || from.largest.length !== to.largest.length) return [];
      const counts = fates(from, to, tau);
      const name = layerAt(state.frame, layer)?.name ?? "";
      const number = (v: number): HTMLElement => made("td", { class: "n" }, v.toLocaleString("en-GB"));
      const before = counts.kept + counts.turned + counts.lost;
      const share = before === 0 ? "–" : `${((100 * counts.lost) / before).toFixed(1)} %`;
      return [
        made(
          "tr",
          {},
          made("th", { scope: "row" }, name),
          ...FATES.map((f) => number(counts[f])),
          made("td", { class: "n" }, share),
        ),
      ];
    });
    body.replaceChildren(...rowsOf);
    const same = Math.round(state.frame) === state.against;
    const [from, to] = [frames[state.against]?.name, frames[Math.round(state.frame)]?.name];
    table.hidden = frames.length < 2 || rowsOf.length === 0;
    one(root, "#changes-what").textContent = same
      ? "Choose two different frames to compare."
      : rowsOf.length === 0
        ? `${from} and ${to} have no layers of one name, nor as many, so none are compared.`
        : `All ${shown.length} pictures shown here: from ${from} to ${to}`;
  };

  return { draw, turn };
}

const NOTHING = (): void => undefined;
const MARKS: Readonly<Record<Fate, (context: CanvasRenderingContext2D, x: number, y: number, r: number) => void>> = {
  kept: NOTHING,
  never: NOTHING,
  lost: (context, x, y, r) => {
    context.beginPath();
    context.moveTo(x - r, y - r);
    context.lineTo(x + r, y + r);
    context.moveTo(x + r, y - r);
    context.lineTo(x - r, y + r);
    context.stroke();
  },
  gained: (context, x, y, r) => {
    context.beginPath();
    context.moveTo(x - r, y);
    context.lineTo(x + r, y);
    context.moveTo(x, y - r);
    context.lineTo(x, y + r);
    context.stroke();
  },
  turned: (context, x, y, r) => {
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    context.stroke();
  },
};
