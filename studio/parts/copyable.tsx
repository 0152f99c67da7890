/** @file Text to take along, with a button that copies it. */
import "./copyable.css";
import { useSignal } from "@preact/signals";
import { said } from "../state/work.ts";

/** How long a button says that it has copied, in ms. */
const TOLD = 1500;

export function Copyable({ title, text }: { readonly title: string; readonly text: string }) {
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      copied.value = true;
      said.value = `${title} copied.`;
      setTimeout(() => {
        copied.value = false;
      }, TOLD);
    } catch {
      said.value = "This browser does not let the page copy: select the text instead.";
    }
  };
  return (
    <div class="copyable">
      <div class="copyable-head">
        <h3>{title}</h3>
        <button type="button" class="quiet" aria-label={`Copy: ${title}`} onClick={() => void copy()}>
          {copied.value ? "Copied" : "Copy"}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section class="scroll" tabIndex={0} aria-label={title}>
        <pre>
          <code>{text}</code>
        </pre>
      </section>
    </div>
  );
}
