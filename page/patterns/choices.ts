/** @file The fields of the page: what the reader chooses goes into the store. */
import { COLOURING_NAMES } from "../../src/report/patterns/colouring.ts";
import type { Scene } from "../../src/report/patterns/scene.ts";
import type { Listen } from "../listening.ts";
import { all } from "../root.ts";
import type { State, Store, View } from "./state.ts";
import { type Sheet, thumbnail } from "./thumbnails.ts";

const VIEWS: readonly View[] = ["space", "sphere", "plane"];
const THUMBNAIL = 96;

/** Fields by their ids: what a value means, and the value that a state has. */
const FIELDS: Readonly<
  Record<string, readonly [act: (value: string) => Partial<State>, show: (state: State) => string]>
> = {
  "#points": [
    (v) => ({ layer: v === "samples" ? null : Number(v), picked: null, only: new Set() }),
    ({ layer }) => String(layer ?? "samples"),
  ],
  "#colour": [
    (v) => ({ colouring: COLOURING_NAMES.find((c) => c === v) ?? "label", only: new Set() }),
    ({ colouring }) => colouring,
  ],
  "#contour": [(v) => ({ contour: v === "" ? null : Number(v) }), ({ contour }) => String(contour ?? "")],
  "#against": [(v) => ({ against: Number(v) }), ({ against }) => String(against)],
};

export interface Chosen {
  readonly scene: Scene;
  readonly store: Store;
  readonly sheet: Sheet;
  readonly listen: Listen;
}

/** Fields that the page does not hold are left out. */
export function choicesOf(root: ParentNode, { scene, store, sheet, listen }: Chosen): void {
  for (const [id, [act, show]] of Object.entries(FIELDS)) {
    const field = root.querySelector<HTMLSelectElement>(id);
    if (field === null) continue;
    field.value = show(store.get());
    listen(field, "change", () => store.set(act(field.value)));
  }
  for (const input of all<HTMLInputElement>(root, "input[name=view]"))
    listen(input, "change", () => store.set({ view: VIEWS.find((v) => v === input.value) ?? "space", picked: null }));
  for (const input of all<HTMLInputElement>(root, "input[name=picture]")) {
    const place = Number(input.value);
    const label = input.nextElementSibling;
    if (label?.querySelector("canvas") === null)
      label.prepend(thumbnail(sheet, scene.shown[place] as number, THUMBNAIL));
    input.checked = place === store.get().picture;
    listen(input, "change", () => store.set({ picture: place }));
  }
}
