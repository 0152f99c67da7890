/** @file How to get the same numbers without the studio, and for many pictures. */
import { Copyable } from "../parts/copyable.tsx";
import { model, picture, source } from "../state/session.ts";
import { view } from "../state/view.ts";
import { drawCommand } from "../take/command.ts";
import { evaluateCommand, type MeasuredSubject } from "./command.ts";
import { ask, own, target } from "./desk.ts";
import { choiceOf } from "./measured.ts";

export function CommandLine() {
  const facts = model.value;
  const shown = picture.value;
  if (!facts || !shown) return null;
  const drawn = shown.file === undefined;
  const subject: MeasuredSubject = {
    view: view.value,
    source: source.value,
    stated: facts.preprocessing,
    picture: shown.name,
    drawn,
    target: target.value,
    agreement: ask.value?.agreement ?? [],
  };
  const { curves, numbers } = view.value.measure;
  const chosen = [...new Set([...curves, ...numbers.map((n) => n.split("/")[0] as string)])].map(choiceOf);
  const draw = drawCommand(subject);
  return (
    <>
      <Copyable
        title="Measure on the command line"
        text={[draw, evaluateCommand(subject, chosen)].filter(Boolean).join("\n")}
      />
      <p class="soft">
        The rows of <code>{shown.name}</code> in <code>run/results.parquet</code> hold the numbers above
        {drawn ? "" : "; photos/ is the folder that holds it"}. All other pictures of the folder are measured too.
        {view.value.edits.length > 0 ? " The picture was edited here: save the edited one into that folder first." : ""}
        {own.value.length > 0 ? " Heat maps from files are measured here alone." : ""}
      </p>
    </>
  );
}
