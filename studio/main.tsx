/** @file Starts the studio: the bundled example first, so that there is a map to look at. */
import "virtual:look.css";
import "./studio.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { followAddress } from "./state/address.ts";
import { openExample } from "./state/session.ts";

followAddress();
render(<App />, document.getElementById("studio") as HTMLElement);
void openExample();
