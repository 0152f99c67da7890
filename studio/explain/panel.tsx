/** @file A titled part of the desk that can be folded away; what matters less begins folded on a phone. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

const isWide = (): boolean => matchMedia("(min-width: 60rem)").matches;

export function Panel({
  title,
  hint,
  always = false,
  folded = false,
  children,
}: {
  readonly title: string;
  /** What is set, in a few words, beside the title. */
  readonly hint?: string | undefined;
  /** Open on a phone as well. */
  readonly always?: boolean;
  readonly folded?: boolean;
  readonly children: ComponentChildren;
}) {
  const [open, setOpen] = useState(!folded && (always || isWide()));
  return (
    <details class="panel" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{title}</h2>
        {hint === undefined ? null : <span class="soft hint">{hint}</span>}
      </summary>
      {open ? children : null}
    </details>
  );
}
