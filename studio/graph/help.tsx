/** @file How to move in the drawing: by keys for those who hear it, by pointer for those who see it. */

export const HELP_ID = "graph-help";

export function Help() {
  return (
    <>
      <p class="graph-hint soft">
        <span class="fine">
          Drag to move. Ctrl (or ⌘) and the wheel zoom; after a click in the drawing the wheel alone does.
        </span>
        <span class="coarse">Drag to move, two fingers zoom.</span>
      </p>
      <p id={HELP_ID} class="graph-unseen">
        Arrow keys go along the links, Enter picks a layer or folds a group, letters search, plus and minus zoom, 0
        shows everything, shift and arrows move the view.
      </p>
    </>
  );
}
