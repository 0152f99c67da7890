/** @file The parameters of one method as a form; what is left as it is, is not set. */
import { useSignal } from "@preact/signals";
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
  const wrong = useSignal<string | undefined>(undefined);
  const { name, about } = param;
  const usual = textOf(param.default);
  const set = async (text: string): Promise<void> => {
    try {
      const given = text.trim() === "" || text === usual ? undefined : text;
      wrong.value = given === undefined ? undefined : await call("checkParam", { method, name, value: given });
      if (wrong.value === undefined) put(method, name, given);
    } catch (error) {
      report(`Setting ${name}`, error);
    }
  };
  const change = (event: { readonly currentTarget: { readonly value: string } }): void =>
    void set(event.currentTarget.value);
  const choices = choicesOf(param);
  const shown = textOf(value ?? param.default);
  return (
    <label class={typeof param.default === "boolean" ? "check param" : "param"}>
      {typeof param.default === "boolean" ? (
        <input
          type="checkbox"
          checked={shown === "true"}
          onChange={(event) => void set(String(event.currentTarget.checked))}
        />
      ) : null}
      <span>
        <code>{name}</code>
      </span>
      {typeof param.default === "boolean" ? null : choices ? (
        <select value={shown} onChange={change}>
          {choices.map((c) => (
            <option key={c}>{c}</option>
          ))}
        </select>
      ) : (
        <input
          type="text"
          value={shown}
          placeholder={usual === "" ? "none" : usual}
          aria-invalid={wrong.value !== undefined}
          onChange={change}
        />
      )}
      <span class="soft about">{about}</span>
      {wrong.value === undefined ? null : (
        <span class="wrong" role="alert">
          {wrong.value}
        </span>
      )}
    </label>
  );
}
