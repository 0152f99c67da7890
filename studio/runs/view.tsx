/** @file The third view: what earlier commands wrote, opened as the reports show it. */
import "./runs.css";
import { useEffect } from "preact/hooks";
import { filesOf } from "../explain/opening.ts";
import { FileButton } from "../parts/file-button.tsx";
import { listRuns, openedRun, openRun, runOf, runs } from "../state/runs.ts";
import { RunPage } from "./page.tsx";

export function RunsView() {
  useEffect(() => void listRuns(), []);
  const shown = openedRun.value;
  return (
    <div class="runs">
      <aside aria-label="Folders of results">
        <h2>Results</h2>
        <p class="soft">
          What <code>evaluate</code>, <code>train</code>, <code>representers</code>, <code>regions</code>,{" "}
          <code>concepts</code>, <code>fisher</code>, <code>patterns</code> and <code>explain</code> wrote with{" "}
          <code>-o FOLDER</code>. Drop a folder here, choose one, or start <code>onnxplain studio FOLDER…</code> to have
          them listed.
        </p>
        <FileButton folder onFiles={(files) => void openRun(runOf(filesOf(files)))}>
          Open a folder…
        </FileButton>
        <ul>
          {runs.value.map(({ source, kind }) => (
            <li key={`${source.kind} ${source.name}`}>
              <button
                type="button"
                class="run"
                aria-current={shown?.source === source ? "true" : undefined}
                onClick={() => void openRun(source)}
              >
                <strong>{source.name}</strong>
                <span class="soft">{kind ?? "unknown"}</span>
              </button>
            </li>
          ))}
        </ul>
      </aside>
      {shown ? <RunPage run={shown.run} key={`${shown.source.name} ${shown.run.kind}`} /> : <Nothing />}
    </div>
  );
}

const Nothing = () => (
  <div class="nothing">
    <p>Nothing is open yet.</p>
    <p class="soft">
      Tables that sort, curves, the worst images; representer sheets and the list of doubtful labels; regions and
      concepts; the space of emerging patterns; Fisher vectors beside a network.
    </p>
  </div>
);
