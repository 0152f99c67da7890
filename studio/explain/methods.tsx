/** @file Which methods explain: a list by family, with what each costs, and why some do not apply. */
import { useSignal } from "@preact/signals";
import type { MethodFacts } from "../engine/calls/explain.ts";
import { FAMILY_ORDER } from "../engine/family-order.ts";
import { setView, view } from "../state/view.ts";
import { said } from "../state/work.ts";
import { Panel } from "./panel.tsx";
import { ParamsForm } from "./params.tsx";
import { methodTable, unsuitable } from "./table.ts";

const fits = ({ id, aliases, title, family, source }: MethodFacts, text: string): boolean =>
  [id, ...aliases, title, family, source].some((words) => words.toLowerCase().includes(text));

export function toggleMethod(id: string): void {
  const { methods } = view.peek();
  const left = methods.filter((m) => m.method !== id);
  if (left.length === methods.length) setView({ methods: [...methods, { method: id, params: {} }] });
  else if (left.length > 0) setView({ methods: left });
  else said.value = "At least one method is shown.";
}

export function Methods() {
  const text = useSignal("");
  const wanted = text.value.trim().toLowerCase();
  const shown = methodTable.value.filter((m) => wanted === "" || fits(m, wanted));
  const count = view.value.methods.length;
  return (
    <Panel title="Methods" hint={`${count} chosen`}>
      <input
        type="search"
        class="wide"
        aria-label="Search a method"
        placeholder="Search, e.g. cam, shap, Captum's names"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      {FAMILY_ORDER.map((family) => {
        const own = shown.filter((m) => m.family === family);
        return own.length === 0 ? null : (
          <fieldset class="family" key={family}>
            <legend>{family}</legend>
            {own.map((m) => (
              <MethodRow key={m.id} method={m} />
            ))}
          </fieldset>
        );
      })}
      {shown.length === 0 && methodTable.value.length > 0 ? <p class="soft">No method has this in its name.</p> : null}
    </Panel>
  );
}

function MethodRow({ method }: { readonly method: MethodFacts }) {
  const { methods } = view.value;
  const chosen = methods.find((m) => m.method === method.id);
  const reason = unsuitable.value.get(method.id);
  const last = chosen !== undefined && methods.length === 1;
  const set = chosen ? Object.keys(chosen.params).length : 0;
  return (
    <div class="method">
      <label class="check" title={`${method.title}. ${method.source}`}>
        <input
          type="checkbox"
          checked={chosen !== undefined}
          disabled={(reason !== undefined && !chosen) || last}
          onChange={() => toggleMethod(method.id)}
        />
        <span>{method.id}</span>
      </label>
      {reason !== undefined ? (
        <p class="soft reason">{reason}</p>
      ) : chosen ? (
        <details>
          <summary>
            Settings<span class="said"> of {method.id}</span>
            {set > 0 ? <span class="soft"> {set} changed</span> : null}
          </summary>
          <p class="soft">
            {method.title}. {method.source}
          </p>
          <p class="soft">Cost: {method.cost}.</p>
          <ParamsForm method={method} choice={chosen} />
        </details>
      ) : (
        <p class="soft cost">{method.cost}</p>
      )}
    </div>
  );
}
