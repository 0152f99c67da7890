/** @file A report is put on the screen bit by bit: whoever scrolls, types or stops is heard in between. */
import type { Piece } from "../engine/run-pieces.ts";

/** How long the page works before others have their turn, in ms. */
const SLICE = 8;

/** Let the browser draw and answer. */
export const breathe = (): Promise<void> => new Promise((done) => setTimeout(done));

/** Fills the place. False when it was stopped. Scripts in the markup do not run. */
export async function insert(place: Element, pieces: readonly Piece[], signal: AbortSignal): Promise<boolean> {
  let at = place;
  let began = performance.now();
  for (const [step, markup] of pieces) {
    if (step === "out") at = at.parentElement ?? place;
    else {
      at.insertAdjacentHTML("beforeend", markup);
      if (step === "in") at = at.lastElementChild ?? at;
    }
    if (performance.now() - began < SLICE) continue;
    await breathe();
    if (signal.aborted) return false;
    began = performance.now();
  }
  return true;
}
