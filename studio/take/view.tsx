/** @file The last view: what can be taken away, and how to make it again. */
import "./take.css";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Form } from "../engine/calls/take.ts";
import { call } from "../engine/client.ts";
import { methodFacts, readMethodTable, unsuitable } from "../explain/table.ts";
import { Copyable } from "../parts/copyable.tsx";
import { save } from "../parts/save.ts";
import { model, picture, runSettings, source } from "../state/session.ts";
import { type MethodChoice, view } from "../state/view.ts";
import { said, work } from "../state/work.ts";
import { compileCommand, drawCommand, explainCommand } from "./command.ts";
import { linkOf } from "./link.ts";
import { programOf } from "./program.ts";
import type { Subject } from "./subject.ts";

const FORMS: readonly (readonly [Form, string, string])[] = [
  ["png", "Picture", "All maps on one sheet, as a PNG."],
  [
    "html",
    "Report",
    "One file that holds everything and asks for nothing: maps to read with the pointer, checks, provenance.",
  ],
  ["zip", "Evidence bundle", "Raw arrays, pictures, the report and a manifest that says how each was made, as a zip."],
  ["safetensors", "Arrays", "Every map and the scores, raw and signed, by name."],
];

export function TakeView() {
  const facts = model.value;
  const shown = picture.value;
  if (!facts || !shown) return <p class="soft">Open a model and a picture first.</p>;
  const subject: Subject = {
    view: view.value,
    source: source.value,
    stated: facts.preprocessing,
    picture: shown.name,
    drawn: shown.file === undefined,
  };
  const { methods, targets } = view.value;
  if (methods.length === 0) return <p class="soft">Choose a method under Explain first.</p>;
  return (
    <div class="take">
      <p class="lead">
        {shown.name}, explained for {facts.name} by {methods.map((m) => m.method).join(", ")} for {targets.join(", ")}.
      </p>
      <section aria-labelledby="take-files">
        <h2 id="take-files">Files</h2>
        <ul class="choices">
          {FORMS.map(([form, title, about]) => (
            <li key={form}>
              <button type="button" onClick={() => void taken(form, subject, shown.id)}>
                {title} <span class="soft">.{form}</span>
              </button>
              <p class="soft">{about}</p>
            </li>
          ))}
        </ul>
      </section>
      <Graphs subject={subject} />
      <section aria-labelledby="take-again">
        <h2 id="take-again">Make it again</h2>
        <Copyable
          title="Command line"
          text={[drawCommand(subject), explainCommand(subject)].filter(Boolean).join("\n")}
        />
        <Copyable title="TypeScript" text={programOf(subject)} />
      </section>
      <section aria-labelledby="take-link">
        <h2 id="take-link">Link to this view</h2>
        <p class="soft">
          It holds the settings alone: who opens it brings the model and the picture along. Nothing of either is in the
          link.
        </p>
        <Copyable
          title="Link"
          text={`${location.origin}${location.pathname}#${linkOf({ ...view.value, tab: "explain" })}`}
        />
      </section>
    </div>
  );
}

async function taken(form: Form, subject: Subject, id: string): Promise<void> {
  const { methods, layer, targets, look, edits } = subject.view;
  const command = explainCommand(subject);
  const run = runSettings.peek();
  const ask = { form, name: subject.picture, methods, layer, targets, look, edits, command, run, picture: id };
  const made = await work(`Making the ${form} file`, (tools) => call("take", ask, tools));
  if (made === undefined) return;
  save(made.file, made.name);
  const missing = made.missing.map((m) => `${m.method} is missing: ${m.message}`).join(" ");
  said.value = `Saved ${made.name}. ${missing}`;
}

/** Methods that are one graph, as ONNX files that run anywhere. */
function Graphs({ subject }: { readonly subject: Subject }) {
  const open = useSignal<string | undefined>(undefined);
  useEffect(() => void readMethodTable(), []);
  const choices = subject.view.methods.filter(
    ({ method }) => methodFacts(method)?.oneGraph === true && !unsuitable.value.has(method),
  );
  if (choices.length === 0) return null;
  const made = async (choice: MethodChoice): Promise<void> => {
    const { layer, output } = subject.view;
    const file = await work(`Compiling ${choice.method}`, (tools) => call("compile", { choice, layer, output }, tools));
    if (file === undefined) return;
    open.value = choice.method;
    save(file.file, file.name);
    said.value = `Saved ${file.name}.`;
  };
  const last = choices.find((c) => c.method === open.value);
  return (
    <section aria-labelledby="take-graphs">
      <h2 id="take-graphs">The explanation as a network</h2>
      <p class="soft">
        One ONNX file that answers and explains: standard operators alone, for ONNX Runtime in any language, in a
        browser, on a phone. Methods of many passes cannot become one graph, and are not among them.
      </p>
      <p class="choices inline">
        {choices.map((choice) => (
          <button type="button" key={choice.method} onClick={() => void made(choice)}>
            {choice.method} <span class="soft">.onnx</span>
          </button>
        ))}
      </p>
      {last ? <Copyable title="Command line" text={compileCommand(subject, last)} /> : null}
    </section>
  );
}
