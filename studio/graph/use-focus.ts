/** @file Which box has the focus; the keyboard's focus follows only where it was asked to. */
import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Lookup } from "./lookup.ts";
import type { Placed } from "./placed.ts";

export interface Focus {
  /** What was chosen last, seen or not. */
  readonly wanted: string | undefined;
  /** A box that is there: the one wanted, else that of the layer in use, else the first. */
  readonly focused: string | undefined;
  /** `keyboard`: the keyboard's focus goes there with the next drawing. */
  readonly set: (id: string, keyboard: boolean) => void;
  /** The keyboard's focus goes to the focused box, which may be drawn anew. */
  readonly follow: () => void;
  /** It goes there now; false where the box is not drawn. */
  readonly grab: () => boolean;
}

export function useFocus(svg: RefObject<SVGSVGElement | null>, { items, pickedBox }: Lookup, placed: Placed): Focus {
  const [wanted, setWanted] = useState<string>();
  const following = useRef(false);
  const focused = [wanted, pickedBox].find((id) => id !== undefined && items.has(id)) ?? placed.items[0]?.id;
  const latest = useRef(focused);
  latest.current = focused;
  const grab = useCallback((): boolean => {
    if (latest.current === undefined) return false;
    const box = svg.current?.querySelector<SVGGElement>(`[data-id="${CSS.escape(latest.current)}"]`);
    box?.focus({ preventScroll: true });
    return box instanceof SVGGElement;
  }, [svg]);
  const set = useCallback((id: string, keyboard: boolean): void => {
    following.current = keyboard;
    setWanted(id);
  }, []);
  const follow = useCallback((): void => {
    following.current = true;
  }, []);
  useLayoutEffect(() => {
    if (following.current) following.current = !grab();
  });
  return useMemo(() => ({ wanted, focused, set, follow, grab }), [wanted, focused, set, follow, grab]);
}
