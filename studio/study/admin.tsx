/** @file The page of a study's administrator. */
import "virtual:look.css";
import "./study.css";
import { render } from "preact";
import { Administrator } from "./administrator.tsx";

render(<Administrator />, document.getElementById("study") as HTMLElement);
