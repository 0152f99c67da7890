/** @file Which groups are open, and the places that follow; the latest request wins. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Placed } from "./placed.ts";
import type { GraphProps } from "./props.ts";

export interface Places {
  readonly placed: Placed | undefined;
  /** What went wrong with the last request. */
  readonly fault: string;
  /** Open exactly these groups; resolves when they are placed and this is still what is wanted. */
  readonly open: (groups: readonly string[]) => Promise<Placed | undefined>;
}

export function usePlaces({ view, place }: Pick<GraphProps, "view" | "place">): Places {
  const [placed, setPlaced] = useState<Placed>();
  const [fault, setFault] = useState("");
  const latest = useRef(0);
  const open = useCallback(
    async (groups: readonly string[]): Promise<Placed | undefined> => {
      const mine = ++latest.current;
      try {
        const answer = await place(groups);
        if (mine !== latest.current) return undefined;
        setFault("");
        setPlaced(answer);
        return answer;
      } catch (error) {
        if (mine === latest.current) setFault(error instanceof Error ? error.message : String(error));
        return undefined;
      }
    },
    [place],
  );
  useEffect(() => {
    setPlaced(undefined);
    void open([]);
    return () => {
      latest.current++;
    };
  }, [view, open]);
  return useMemo(() => ({ placed, fault, open }), [placed, fault, open]);
}
