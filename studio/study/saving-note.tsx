/** @file Whether what was done is safe: said to eyes and to screen readers. */
import type { JSX } from "preact";
import { offline, saving, state } from "./session.ts";

export function SavingNote(): JSX.Element {
  const { waiting, failed } = saving.value;
  const trouble = offline.value || failed > 0;
  const words =
    waiting.length > 0
      ? trouble
        ? "No connection. Your answer is kept and will be sent."
        : "Saving …"
      : offline.value
        ? "No connection."
        : state.value?.now.step === "question"
          ? "Saved"
          : "";
  return (
    <p class={trouble ? "saving trouble" : "saving"} role="status">
      {words}
    </p>
  );
}
