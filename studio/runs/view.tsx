/** @file The third view: what earlier commands wrote, opened as the reports show it. */
import "./runs.css";
import { useEffect } from "preact/hooks";
import { filesOf } from "../explain/opening.ts";
import { FileButton } from "../parts/file-button.tsx";
import { listRuns, openedRun, openRuns, runs } from "../state/runs.ts";
import { report } from "../state/work.ts";
import { RunList } from "./list.tsx";
import { RunPage } from "./page.tsx";

const open = (files: FileList | null): void =>
  void openRuns(filesOf(files)).catch((error: unknown) => report("Opening results", error));

export function RunsView() {
  useEffect(() => void listRuns(), []);
  const shown = openedRun.value;
  const some = runs.value.length > 0;
  return (
    <div class="runs">
      <aside aria-label="Folders of results">
        <h2>Results</h2>
        <details class="about" open={!some}>
          <summary>What can be opened</summary>
          <p class="soft">
            What <code>evaluate</code>, <code>train</code>, <code>representers</code>, <code>regions</code>,{" "}
            <code>concepts</code>, <code>fisher</code>, <code>patterns</code> and <code>explain</code> wrote with{" "}
            <code>-o FOLDER</code>, or a folder that holds several. Drop it here, choose it, or start{" "}
            <code>onnxplain studio FOLDER…</code> to have it listed.
          </p>
        </details>
        <FileButton folder onFiles={open}>
          Open a folder…
        </FileButton>
        <RunList />
      </aside>
      {shown ? <RunPage run={shown.page} /> : <Nothing some={some} />}
    </div>
  );
}

const Nothing = ({ some }: { readonly some: boolean }) => (
  <div class="nothing">
    <p>{some ? "Choose a run from the list." : "Nothing is open yet."}</p>
    <p class="soft">
      Tables that sort, curves, the worst images; representer sheets and the list of doubtful labels; regions and
      concepts; the space of emerging patterns; Fisher vectors beside a network.
    </p>
  </div>
);
