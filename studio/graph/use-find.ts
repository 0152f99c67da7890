/** @file A search under way: its text, what it finds, and the place among that. */
import { useMemo, useState } from "preact/hooks";
import type { GraphView } from "../../src/index.ts";
import { matches } from "./find.ts";
import type { Lookup } from "./lookup.ts";
import { boxOf } from "./visible.ts";

export interface Find {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly count: number;
  /** From 0; -1 before the first. */
  readonly at: number;
  /** Id of the node or group at that place. */
  readonly current: string | undefined;
  /** Boxes that are, or hold, something found. */
  readonly boxes: ReadonlySet<string>;
  /** Round and round, to the next or the one before. */
  readonly step: (by: 1 | -1) => void;
}

export function useFind(view: GraphView, { family, opened }: Lookup, jump: (id: string) => unknown): Find {
  const [text, setText] = useState("");
  const [at, setAt] = useState(-1);
  const found = useMemo(() => matches(view, text), [view, text]);
  const boxes = useMemo(() => new Set(found.map((id) => boxOf(family, opened, id))), [found, family, opened]);
  return {
    ...{ text, count: found.length, at, current: found[at], boxes },
    setText: (next) => {
      setText(next);
      setAt(-1);
    },
    step: (by) => {
      const next = at < 0 && by < 0 ? found.length - 1 : (at + by + found.length) % found.length;
      const id = found[next];
      if (id === undefined) return;
      setAt(next);
      jump(id);
    },
  };
}
