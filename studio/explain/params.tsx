/** @file The parameters of one method as a form; what is left as it is, is not set. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { MethodFacts, ParamFacts } from "../engine/calls/explain.ts";
import { call } from "../engine/client.ts";
import { type MethodChoice, setView, view } from "../state/view.ts";
import { report } from "../state/work.ts";

/** "`a`, `b`" -> a, b; undefined for any other expectation. */
const choicesOf = ({ expected }: ParamFacts): readonly string[] | undefined =>
  /^`[^`]+`(, `[^`]+`)+$/.test(expected) ? [...expected.matchAll(/`([^`]+)`/g)].map(([, c]) => c as string) : undefined;

const textOf = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : Array.isArray(value)
      ? value.join(",")
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);

function put(id: string, name: string, value: unknown): void {
  const methods = view.peek().methods.map((m) => {
    if (m.method !== id) return m;
    const { [name]: _, ...others } = m.params;
    return { ...m, params: value === undefined ? others : { ...others, [name]: value } };
  });
  setView({ methods });
}

export function ParamsForm({ method, choice }: { readonly method: MethodFacts; readonly choice: MethodChoice }) {
  if (method.params.length === 0) return <p class="soft">There is nothing to set.</p>;
  return (
    <div class="form">
      {method.params.map((p) => (
        <Param key={p.name} method={method.id} param={p} value={choice.params[p.name]} />
      ))}
      <button
        type="button"
        disabled={Object.keys(choice.params).length === 0}
        onClick={() =>
          setView({ methods: view.peek().methods.map((m) => (m.method === method.id ? { ...m, params: {} } : m)) })
        }
      >
        Reset
      </button>
    </div>
  );
}

function Param({
  method,
  param,
  value,
}: {
  readonly method: string;
  readonly param: ParamFacts;
  readonly value: unknown;
}) {
  const id = useId();
  const wrong = useSignal<string | undefined>(undefined);
  /** What was typed and refused, to be mended. */
  const draft = useSignal<string | undefined>(undefined);
  const { name, about } = param;
  const usual = textOf(param.default);
  const set = async (text: string): Promise<void> => {
    try {
      const given = text.trim() === "" || text === usual ? undefined : text;
      wrong.value = given === undefined ? undefined : await call("checkParam", { method, name, value: given });
      draft.value = wrong.value === undefined ? undefined : text;
      if (wrong.value === undefined) put(method, name, given);
    } catch (error) {
      report(`Setting ${name}`, error);
    }
  };
  const change = (event: { readonly currentTarget: { readonly value: string } }): void =>
    void set(event.currentTarget.value);
  const choices = choicesOf(param);
  const shown = draft.value ?? textOf(value ?? param.default);
  const isSwitch = typeof param.default === "boolean";
  const common = { id, "aria-describedby": `${id}-about` };
  return (
    <div class={isSwitch ? "check param" : "param"}>
      {isSwitch ? (
        <input
          type="checkbox"
          {...common}
          checked={shown === "true"}
          onChange={(event) => void set(String(event.currentTarget.checked))}
        />
      ) : null}
      <label htmlFor={id}>
        <code>{name}</code>
      </label>
      {isSwitch ? null : choices ? (
        <select {...common} value={shown} onChange={change}>
          {choices.map((c) => (
            <option key={c}>{c}</option>
          ))}
        </select>
      ) : (
        <input
          type="text"
          {...common}
          value={shown}
          placeholder={usual === "" ? "none" : usual}
          aria-invalid={wrong.value !== undefined}
          onChange={change}
        />
      )}
      <span class="soft about" id={`${id}-about`}>
        {about}
      </span>
      {wrong.value === undefined ? null : (
        <span class="wrong" role="alert">
          {wrong.value}
        </span>
      )}
    </div>
  );
}
