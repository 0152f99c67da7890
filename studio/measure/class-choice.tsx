/** @file Which class is measured; a network may have a thousand of them. */
import { useMemo } from "preact/hooks";
import { model } from "../state/session.ts";
import { setView } from "../state/view.ts";
import { target } from "./desk.ts";

interface Choice {
  /** As `--target` takes it: of two classes with one label the second goes by its index. */
  readonly value: string;
  readonly text: string;
}
const choicesOf = (labels: readonly string[]): readonly Choice[] => {
  const seen = new Set<string>();
  return labels.map((label, i) => {
    const twin = seen.has(label);
    seen.add(label);
    return twin ? { value: String(i), text: `${label} (class ${i})` } : { value: label, text: label };
  });
};

export function ClassChoice() {
  const labels = model.value?.labels;
  const choices = useMemo(() => choicesOf(labels ?? []), [labels]);
  const known = target.value === "predicted" || choices.some((c) => c.value === target.value);
  // the same elements each time: a thousand are not compared anew when something else has changed
  const all = useMemo(
    () =>
      choices.map(({ value, text }) => (
        <option key={value} value={value}>
          {text}
        </option>
      )),
    [choices],
  );
  return (
    <label>
      <span>Class</span>
      <select
        class="class-choice"
        value={target.value}
        onChange={(event) => setView({ targets: [event.currentTarget.value] })}
      >
        <option value="predicted">predicted</option>
        {known ? null : <option value={target.value}>{target.value}</option>}
        {all}
      </select>
    </label>
  );
}
