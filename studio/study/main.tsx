/** @file The page of a study's participants. */
import "virtual:look.css";
import "./study.css";
import { render } from "preact";
import { Participant } from "./participant.tsx";
import { open } from "./session.ts";

render(<Participant />, document.getElementById("study") as HTMLElement);
void open();
