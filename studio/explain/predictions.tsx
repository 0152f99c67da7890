/** @file What the network says of the picture: bars, each a switch that explains its class; and one class against another. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Prediction } from "../engine/calls/explain.ts";
import { model } from "../state/session.ts";
import { setView, view } from "../state/view.ts";
import { said } from "../state/work.ts";
import { Panel } from "./panel.tsx";
import { predicted, scores, scoresBefore } from "./scores.ts";
import { liveEdits } from "./strokes.ts";
import { classLabel, className, percent, significant } from "./words.ts";

const FEW = 5;
const MORE = 20;

/** Classes from the largest score down, at most `count` of those whose name or number holds the text. */
function ranked({ scores: row }: Prediction, text: string, count: number): readonly number[] {
  const facts = model.value;
  const wanted = text.trim().toLowerCase();
  const order = Array.from(row.keys()).sort((a, b) => (row[b] as number) - (row[a] as number));
  const fits = (i: number): boolean =>
    wanted === "" || String(i) === wanted || classLabel(facts, i).toLowerCase().includes(wanted);
  return order.filter(fits).slice(0, count);
}

/** Targets with a class switched on or off; the last one stays. */
export function toggleTarget(index: number): void {
  const { targets } = view.peek();
  const names = new Set([String(index), ...(predicted.peek() === index ? ["predicted"] : [])]);
  const left = targets.filter((t) => !names.has(t));
  if (left.length === targets.length) setView({ targets: [...targets, String(index)] });
  else if (left.length > 0) setView({ targets: left });
  else said.value = "At least one class is explained.";
}

export const removeTarget = (target: string): void => {
  const left = view.peek().targets.filter((t) => t !== target);
  if (left.length > 0) setView({ targets: left });
};

export function Predictions() {
  const text = useSignal("");
  const count = useSignal(FEW);
  const now = scores.value;
  const facts = model.value;
  const top = predicted.value;
  const list = now && facts ? ranked(now, text.value, count.value) : [];
  return (
    <Panel title="Predictions" hint={top === undefined || !facts ? undefined : classLabel(facts, top)}>
      <Bars list={list} />
      {now && facts && facts.classes > FEW ? (
        <div class="row">
          <input
            type="search"
            aria-label="Search a class"
            placeholder="Search a class"
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
          <button
            type="button"
            class="quiet"
            onClick={() => {
              count.value = count.value === FEW ? MORE : FEW;
            }}
          >
            {count.value === FEW ? "More" : "Fewer"}
          </button>
        </div>
      ) : null}
      {text.value !== "" && list.length === 0 ? <p class="soft">No class has this in its name.</p> : null}
      <Contrast />
    </Panel>
  );
}

/** Bars of classes; with edits, a line shows where each was before. */
export function Bars({ list }: { readonly list: readonly number[] }) {
  const now = scores.value;
  const before = liveEdits.value.length > 0 ? scoresBefore.value : undefined;
  const { targets } = view.value;
  if (now === undefined)
    return (
      <div class="class-bars waiting" aria-hidden="true">
        {Array.from({ length: FEW }, (_, i) => (
          <div class="class-bar" key={i} />
        ))}
      </div>
    );
  return (
    <div class="class-bars">
      {list.map((i) => {
        const share = now.probabilities[i] ?? 0;
        const was = before?.probabilities[i];
        const on = targets.includes(String(i)) || (predicted.value === i && targets.includes("predicted"));
        return (
          <button
            type="button"
            key={i}
            class="class-bar"
            aria-pressed={on}
            title={`${on ? "Do not explain" : "Explain"} ${className(model.value, i)}`}
            onClick={() => toggleTarget(i)}
          >
            <span class="name">{className(model.value, i)}</span>
            <span class="share">
              {was === undefined ? "" : <span class="soft">{percent(was)} → </span>}
              {percent(share)}
            </span>
            <span class="logit soft">{significant(now.scores[i] as number, 3)}</span>
            <span class="track">
              <span class="fill" style={{ width: `${share * 100}%` }} />
              {was === undefined ? null : <span class="was" style={{ left: `${was * 100}%` }} />}
            </span>
          </button>
        );
      })}
    </div>
  );
}

/** The class that was typed: `name (12)`, `12`, or the whole name. */
function classOf(text: string): number | undefined {
  const facts = model.peek();
  const number = /^(\d+)$|\((\d+)\)$/.exec(text.trim());
  const index = number
    ? Number(number[1] ?? number[2])
    : (facts?.labels?.findIndex((l) => l.toLowerCase() === text.trim().toLowerCase()) ?? -1);
  return facts && index >= 0 && index < facts.classes ? index : undefined;
}

const OFFERED = 200;

function Contrast() {
  const [a, b, wrong] = [useSignal(""), useSignal(""), useSignal("")];
  const list = useId();
  const now = scores.value;
  if (!now || now.scores.length < 2) return null;
  const offered = ranked(now, "", OFFERED);
  const field = (label: string, text: typeof a) => (
    <label>
      <span>{label}</span>
      <input
        type="text"
        list={list}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
    </label>
  );
  return (
    <details
      class="contrast"
      onToggle={() => {
        a.value ||= className(model.peek(), offered[0] as number);
        b.value ||= className(model.peek(), offered[1] as number);
      }}
    >
      <summary>One class against another</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const [one, other] = [classOf(a.value), classOf(b.value)];
          wrong.value =
            one === undefined || other === undefined
              ? "Give two classes, each by its name or its number."
              : one === other
                ? "Give two different classes."
                : "";
          if (wrong.value !== "") return;
          const target = `${one}-${other}`;
          const { targets } = view.peek();
          if (!targets.includes(target)) setView({ targets: [...targets, target] });
        }}
      >
        {field("Why", a)}
        {field("rather than", b)}
        <datalist id={list}>
          {offered.map((i) => (
            <option key={i} value={className(model.value, i)} />
          ))}
        </datalist>
        <button type="submit">Explain the difference</button>
        {wrong.value === "" ? null : (
          <span class="wrong" role="alert">
            {wrong.value}
          </span>
        )}
      </form>
    </details>
  );
}
