/** @file The tools of the painting room. */
import { computed, signal } from "@preact/signals";
import { picture } from "../state/session.ts";

export const painting = signal(false);

export type Tool = "brush" | "box";
export const tool = signal<Tool>("brush");

export const FILLS = [
  ["grey", "grey"],
  ["mean", "mean colour"],
  ["blur", "blur"],
  ["color", "colour"],
] as const;
export type FillKind = (typeof FILLS)[number][0];
export const fillKind = signal<FillKind>("grey");
/** `#rrggbb` */
export const color = signal("#d03030");

/** Side of the brush in shares of the picture's shorter side. */
export const brush = signal(0.1);
export const brushSide = computed(() => {
  const p = picture.value;
  return p ? Math.max(1, Math.round(brush.value * Math.min(p.width, p.height))) : 1;
});

/** The end of an edit's text; a stroke's blur is as wide as its brush, whatever boxes it falls into. */
export const fillText = computed(() =>
  fillKind.value === "color"
    ? color.value
    : fillKind.value === "blur"
      ? `blur:${Math.max(1, Math.round(brushSide.value / 2))}`
      : fillKind.value,
);
