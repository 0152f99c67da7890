/** @file Starts the studio: the bundled example first, so that there is a map to look at. */
import "virtual:look.css";
import "./studio.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.tsx";
import { startOffline } from "./offline.ts";
import { followAddress } from "./state/address.ts";
import { openFirst } from "./state/given.ts";
import { details } from "./state/session.ts";

followAddress();
render(<App />, document.getElementById("studio") as HTMLElement);
void openFirst();

/** Nothing of the first map waits for what comes after it. */
const rested = effect(() => {
  if (details.value === undefined) return;
  queueMicrotask(() => rested());
  void startOffline();
});
