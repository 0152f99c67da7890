/** @file The legend: what colours mean; categories can be made to stand out. */
import { COLOURINGS } from "../../src/report/patterns/colouring.ts";
import { cssColor } from "../../src/report/patterns/palette.ts";
import { made } from "../root.ts";
import type { Stage } from "./stage.ts";
import type { State, Store } from "./state.ts";

export function legendOf(list: HTMLElement, { stage, store }: { readonly stage: Stage; readonly store: Store }): void {
  let shown = "";
  const toggle = (key: number): void => {
    const only = new Set(store.get().only);
    if (!only.delete(key)) only.add(key);
    store.set({ only });
  };
  const rebuilt = (state: State): void => {
    const look = stage.colouredOf(state);
    const { kind } = COLOURINGS[state.colouring];
    const names = (look?.keys ?? []).map((k) => k.name).join("\n");
    const id = `${state.colouring} ${names}`;
    if (id === shown) return;
    shown = id;
    const items = (look?.keys ?? []).map(({ name, color }, key) => {
      const swatch = made("i", { "aria-hidden": "true" });
      swatch.style.background = cssColor(color);
      if (kind === "scale") return made("li", { class: "step" }, swatch, name);
      const button = made("button", { type: "button", "aria-pressed": "false" }, swatch, name);
      button.addEventListener("click", () => toggle(key));
      return made("li", {}, button);
    });
    list.className = kind;
    list.setAttribute("aria-label", `Colours: ${COLOURINGS[state.colouring].about}`);
    list.replaceChildren(...items);
  };
  store.subscribe((now) => {
    rebuilt(now);
    for (const [key, button] of [...list.querySelectorAll("button")].entries())
      button.setAttribute("aria-pressed", String(now.only.has(key)));
  });
}
