/** @file The page on emerging patterns comes to life: reads the scene, shows the tools, draws when something changes. */
import { firstRotation } from "../../src/report/patterns/camera.ts";
import { COLOURING_NAMES, type ColouringName } from "../../src/report/patterns/colouring.ts";
import { type PackedScene, unpackedScene } from "../../src/report/patterns/packed.ts";
import type { PatternsStart } from "../../src/report/patterns/start.ts";
import { byId, made } from "./dom.ts";
import { framesOf } from "./frames.ts";
import { gridsOf } from "./grids.ts";
import { legendOf } from "./legend.ts";
import { pointerOf } from "./pointer.ts";
import { stageOf } from "./stage.ts";
import { firstState, type State, storeOf, type View } from "./state.ts";
import { type Sheet, thumbnail } from "./thumbnails.ts";

const VIEWS: readonly View[] = ["space", "sphere", "plane"];
/** After the last turn of the space, before small arrows follow. */
const SETTLE_MS = 120;

interface Embedded {
  readonly scene: PackedScene;
  readonly sheet: Omit<Sheet, "image">;
  readonly start: PatternsStart;
}

async function begin(): Promise<void> {
  const { scene: packed, sheet: cut, start } = JSON.parse(byId("scene").textContent ?? "") as Embedded;
  const scene = unpackedScene(packed);
  const image = byId<HTMLImageElement>("sheet");
  await image.decode().catch(() => undefined);
  const sheet: Sheet = { image, ...cut };
  for (const tool of document.querySelectorAll<HTMLElement>("[data-tool]")) tool.hidden = false;

  const home = firstRotation(scene.frames.at(-1)?.means ?? [], scene.dimension);
  const store = storeOf({ ...firstState(scene.frames.length, scene.dimension), rotation: home, ...start });
  const canvas = byId<HTMLCanvasElement>("stage");
  const stage = stageOf(canvas, scene);
  const grids =
    scene.shown.length > 0 && scene.frames.some((f) => f.layers.length > 0) ? gridsOf(scene, sheet) : undefined;
  const frames = framesOf(scene, store);
  legendOf(stage, store);
  pointerOf(canvas, { stage, store, frames, home });

  for (const input of document.querySelectorAll<HTMLInputElement>("input[name=view]"))
    input.addEventListener("change", () =>
      store.set({ view: VIEWS.find((v) => v === input.value) ?? "space", picked: null }),
    );
  const select = (id: string, act: (value: string) => Partial<State>): HTMLSelectElement | null => {
    const found = document.getElementById(id) as HTMLSelectElement | null;
    found?.addEventListener("change", () => store.set(act(found.value)));
    return found;
  };
  const points = select("points", (v) => ({
    layer: v === "samples" ? null : Number(v),
    picked: null,
    only: new Set(),
  }));
  const colour = select("colour", (v) => ({
    colouring: COLOURING_NAMES.find((c) => c === v) ?? ("label" as ColouringName),
    only: new Set(),
  }));
  select("contour", (v) => ({ contour: v === "" ? null : Number(v) }));
  const against = select("against", (v) => ({ against: Number(v) }));
  if (against !== null) against.value = String(store.get().against);
  if (colour !== null) colour.value = store.get().colouring;
  if (points !== null) points.value = String(store.get().layer ?? "samples");

  for (const input of document.querySelectorAll<HTMLInputElement>("input[name=picture]")) {
    const place = Number(input.value);
    input.nextElementSibling?.prepend(thumbnail(sheet, scene.shown[place] as number, 96));
    input.checked = place === store.get().picture;
    input.addEventListener("change", () => store.set({ picture: place }));
  }

  const tip = byId("tip");
  const said = byId("said");
  const words = (state: State, point: number): readonly string[] => {
    const set = stage.setOf(state);
    if (set === undefined) return [];
    const picture = set.picture[point] as number;
    const name = (c: number | undefined): string =>
      c === undefined || c < 0 ? "none" : (scene.categories[c]?.name ?? `${c}`);
    const [rows, columns] = scene.grid;
    const place = point % (rows * columns);
    return [
      scene.ids[picture] ?? "",
      `label ${name(set.label[point])}`,
      `network ${name(set.network[point])}`,
      `mixture ${name(set.mixture[point])}, p = ${(set.confidence[point] as number).toFixed(2)}`,
      ...(state.layer === null ? [] : [`row ${Math.floor(place / columns) + 1}, column ${(place % columns) + 1}`]),
    ];
  };
  const showTip = (state: State, moved: boolean): void => {
    const point = state.picked;
    tip.hidden = point === null;
    if (point === null) {
      said.textContent = "";
      return;
    }
    const lines = words(state, point);
    if (moved) {
      const picture = stage.setOf(state)?.picture[point] ?? 0;
      tip.replaceChildren(thumbnail(sheet, picture, 128), ...lines.map((l, i) => made(i === 0 ? "b" : "span", {}, l)));
      said.textContent = lines.join("; ");
    }
    const { x, y } = stage.placeOf(point);
    const left = x + 16 + tip.offsetWidth > canvas.clientWidth ? x - 16 - tip.offsetWidth : x + 16;
    tip.style.left = `${Math.min(Math.max(left, 4), Math.max(canvas.clientWidth - tip.offsetWidth - 4, 4))}px`;
    tip.style.top = `${Math.min(Math.max(y - tip.offsetHeight / 2, 4), Math.max(canvas.clientHeight - tip.offsetHeight - 4, 4))}px`;
  };

  let settling: ReturnType<typeof setTimeout> | undefined;
  store.subscribe((now, before) => {
    stage.draw(now);
    const point = now.picked !== before.picked || Math.round(now.frame) !== Math.round(before.frame);
    showTip(now, point || now.layer !== before.layer);
    const contour = document.getElementById("contour-of");
    if (contour !== null) contour.hidden = now.view !== "plane" || now.layer !== null;
    canvas.dataset.view = now.view;
    canvas.dataset.frame = String(now.frame);
    if (grids === undefined) return;
    const same =
      Math.round(now.frame) === Math.round(before.frame) &&
      now.picture === before.picture &&
      now.against === before.against;
    if (!same) grids.draw(now, stage.rotationOf(now));
    else if (now.rotation !== before.rotation || now.view !== before.view) {
      clearTimeout(settling);
      settling = setTimeout(() => grids.turn(store.get(), stage.rotationOf(store.get())), SETTLE_MS);
    }
  });
  const redraw = (): void => store.set({});
  new ResizeObserver(redraw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  grids?.draw(store.get(), stage.rotationOf(store.get()));
  store.set({});
}

void begin();
