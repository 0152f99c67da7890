/** @file The search over the graph: how many it finds, and the way from one to the next. */
import type { RefObject } from "preact";

interface SearchProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly count: number;
  /** Place among what was found, from 0; -1 before the first. */
  readonly at: number;
  readonly onText: (text: string) => void;
  readonly onStep: (by: 1 | -1) => void;
  readonly onLeave: () => void;
}

export function Search({ input, text, count, at, onText, onStep, onLeave }: SearchProps) {
  const keys = (e: KeyboardEvent): void => {
    if (e.key === "Enter") onStep(e.shiftKey ? -1 : 1);
    else if (e.key === "ArrowDown" || (e.key === "Escape" && text === "")) onLeave();
    else return;
    e.preventDefault();
  };
  const found = count === 0 ? "nothing found" : at < 0 ? `${count} found` : `${at + 1} of ${count}`;
  return (
    <search class="graph-search">
      <input
        ref={input}
        type="search"
        aria-label="Search nodes and groups"
        placeholder="Search"
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        value={text}
        onInput={(e) => onText(e.currentTarget.value)}
        onKeyDown={keys}
      />
      <span class="soft" role="status">
        {text.trim() === "" ? "" : found}
      </span>
    </search>
  );
}
