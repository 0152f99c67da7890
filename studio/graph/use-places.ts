/** @file Which groups are open, and the places that follow; the latest request wins. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Placed } from "./placed.ts";
import type { GraphProps } from "./props.ts";

export interface Places {
  /** Undefined until the first answer. */
  readonly answer: Placed | undefined;
  /** The answer, or nothing. */
  readonly drawn: Placed;
  /** What went wrong with the last request. */
  readonly fault: string;
  /** Open exactly these groups; resolves when they are placed and this is still what is wanted. */
  readonly open: (groups: readonly string[]) => Promise<Placed | undefined>;
}

const NOTHING: Placed = { width: 1, height: 1, items: [], edges: [], links: [], open: [] };

export function usePlaces({ view, place }: Pick<GraphProps, "view" | "place">): Places {
  const [answer, setAnswer] = useState<Placed>();
  const [fault, setFault] = useState("");
  const latest = useRef(0);
  const open = useCallback(
    async (groups: readonly string[]): Promise<Placed | undefined> => {
      const mine = ++latest.current;
      try {
        const next = await place(groups);
        if (mine !== latest.current) return undefined;
        setFault("");
        setAnswer(next);
        return next;
      } catch (error) {
        if (mine === latest.current) setFault(error instanceof Error ? error.message : String(error));
        return undefined;
      }
    },
    [place],
  );
  useEffect(() => {
    setAnswer(undefined);
    void open([]);
    return () => {
      latest.current++;
    };
  }, [view, open]);
  return useMemo(() => ({ answer, drawn: answer ?? NOTHING, fault, open }), [answer, fault, open]);
}
