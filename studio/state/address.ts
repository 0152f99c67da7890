/** @file The address bar: which view is open, so that Back works; and the link that somebody was given. */
import { effect } from "@preact/signals";
import { viewOf } from "../take/link.ts";
import { linked, setView, TABS, type Tab, view } from "./view.ts";

const tabOf = (fragment: string): Tab | undefined => TABS.find((tab) => fragment === `#${tab}`);

/** Reads the link once, then keeps address and view together. */
export function followAddress(): void {
  const told = viewOf(location.hash);
  linked.value = told;
  if (told) view.value = told;
  const tab = tabOf(location.hash);
  if (tab) setView({ tab });
  addEventListener("hashchange", () => {
    const next = tabOf(location.hash);
    if (next) setView({ tab: next });
  });
  let before = view.peek().tab;
  effect(() => {
    const { tab: now } = view.value;
    if (now === before) return;
    before = now;
    if (tabOf(location.hash) !== now) history.pushState(null, "", `#${now}`);
  });
}
