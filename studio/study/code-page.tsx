/** @file The door: a code, and what is wrong with it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Heading } from "./heading.tsx";
import { enter, refusal } from "./session.ts";

export function CodePage(): JSX.Element {
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || code.trim() === "") return;
    setBusy(true);
    await enter(code);
    setBusy(false);
  };
  return (
    <form class="narrow" onSubmit={submit}>
      <Heading>Your code</Heading>
      <p class="soft">You were given a code of twelve letters and digits. With the same code you can go on later.</p>
      <label for="code">Code</label>
      <input
        id="code"
        class="code"
        value={code}
        onInput={(e) => setCode(e.currentTarget.value)}
        autocomplete="off"
        autocapitalize="characters"
        autocorrect="off"
        spellcheck={false}
        maxLength={64}
        placeholder="XXXX-XXXX-XXXX"
        aria-describedby="wrong"
        aria-invalid={refusal.value !== ""}
      />
      <p id="wrong" class="wrong" role="alert">
        {refusal.value}
      </p>
      <button type="submit" class="primary" disabled={busy}>
        Begin
      </button>
    </form>
  );
}
