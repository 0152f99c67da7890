/** @file Which model is open, and how to open another. */
import { FileButton } from "../parts/file-button.tsx";
import { details, model, openExample, openModel, source } from "../state/session.ts";
import { report } from "../state/work.ts";
import { filesOf, openFiles } from "./opening.ts";
import { Panel } from "./panel.tsx";
import { PreprocessingPart } from "./preprocessing.tsx";
import { bytesText } from "./words.ts";

const EXAMPLES = [
  ["shapes", "drawn figures"],
  ["shortcut", "learnt a watermark"],
] as const;

const opened = (files: FileList | null): void =>
  void openFiles(filesOf(files)).catch((error: unknown) => report("Opening files", error));

export function ModelCard() {
  const facts = model.value;
  const from = source.value;
  return (
    <Panel title="Model" hint={facts?.name}>
      {facts ? (
        <dl class="facts">
          <dt>classes</dt>
          <dd>
            {facts.classes}
            {facts.labels ? "" : ", without labels"}
          </dd>
          <dt>input</dt>
          <dd>
            {facts.width} × {facts.height}, {facts.channels === 1 ? "grey" : `${facts.channels} channels`},{" "}
            {facts.layout.toUpperCase()}
          </dd>
          <dt>file</dt>
          <dd>
            {bytesText(facts.bytes)}, opset {facts.opset}
            {details.value ? `, ${details.value.parameters.toLocaleString("en")} parameters` : ""}
          </dd>
        </dl>
      ) : (
        <p class="soft">Opening …</p>
      )}
      <div class="row">
        <FileButton
          class="primary"
          accept=".onnx,.json,.txt,.onnx_data,.data,.bin"
          multiple
          label="Open a model: an .onnx file, with its labels and weights where they lie apart"
          onFiles={opened}
        >
          Open a model…
        </FileButton>
        <FileButton folder label="Open a folder with a model" onFiles={opened}>
          Folder…
        </FileButton>
      </div>
      <div class="row">
        <label class="stacked">
          <span>Example</span>
          <select
            value={from.kind === "example" ? from.id : ""}
            onChange={(event) => {
              const id = event.currentTarget.value;
              if (id === "shapes") void openExample(id);
              else if (id === "shortcut") void openModel({ kind: "example", id });
            }}
          >
            {from.kind === "example" ? null : <option value="">none</option>}
            {EXAMPLES.map(([id, about]) => (
              <option key={id} value={id}>
                {id}: {about}
              </option>
            ))}
          </select>
        </label>
      </div>
      <PreprocessingPart />
      {facts && facts.notes.length > 0 ? (
        <details class="notes">
          <summary>
            {facts.notes.length} {facts.notes.length === 1 ? "note" : "notes"} on this model
          </summary>
          <ul>
            {facts.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </Panel>
  );
}
