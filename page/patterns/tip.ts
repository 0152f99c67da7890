/** @file What is said of the picked point: a card beside it, and words for those who do not see it. */
import type { Scene } from "../../src/report/patterns/scene.ts";
import { made, one } from "../root.ts";
import type { Stage } from "./stage.ts";
import type { State } from "./state.ts";
import { type Sheet, thumbnail } from "./thumbnails.ts";

/** Between point and card, and between card and edge, in CSS pixels. */
const BESIDE = 16;
const EDGE = 4;
const PICTURE = 128;

/** Shows the state's picked point; `moved` where it is another, or says something else than before. */
export type ShowTip = (state: State, moved: boolean) => void;

export function tipOf(
  root: ParentNode,
  { scene, stage, sheet }: { readonly scene: Scene; readonly stage: Stage; readonly sheet: Sheet },
): ShowTip {
  const [tip, said, canvas] = [one(root, "#tip"), one(root, "#said"), one(root, "#stage")];
  const place = (point: number): void => {
    const { x, y } = stage.placeOf(point);
    const left = x + BESIDE + tip.offsetWidth > canvas.clientWidth ? x - BESIDE - tip.offsetWidth : x + BESIDE;
    const within = (v: number, room: number): string => `${Math.min(Math.max(v, EDGE), Math.max(room - EDGE, EDGE))}px`;
    tip.style.left = within(left, canvas.clientWidth - tip.offsetWidth);
    tip.style.top = within(y - tip.offsetHeight / 2, canvas.clientHeight - tip.offsetHeight);
  };
  return (state, moved) => {
    const point = state.picked;
    tip.hidden = point === null;
    if (point === null) {
      said.textContent = "";
      return;
    }
    if (moved) {
      const lines = wordsOf(scene, stage, state, point);
      const picture = stage.setOf(state)?.picture[point] ?? 0;
      tip.replaceChildren(
        thumbnail(sheet, picture, PICTURE),
        ...lines.map((l, i) => made(i === 0 ? "b" : "span", {}, l)),
      );
      said.textContent = lines.join("; ");
    }
    place(point);
  };
}

function wordsOf({ categories, grid, ids }: Scene, stage: Stage, state: State, point: number): readonly string[] {
  const set = stage.setOf(state);
  if (set === undefined) return [];
  const name = (c: number | undefined): string => (c === undefined || c < 0 ? "none" : (categories[c]?.name ?? `${c}`));
  const [rows, columns] = grid;
  const place = point % (rows * columns);
  return [
    ids[set.picture[point] as number] ?? "",
    `label ${name(set.label[point])}`,
    `network ${name(set.network[point])}`,
    `mixture ${name(set.mixture[point])}, p = ${(set.confidence[point] as number).toFixed(2)}`,
    ...(state.layer === null ? [] : [`row ${Math.floor(place / columns) + 1}, column ${(place % columns) + 1}`]),
  ];
}
