/** @file The ways through the drawing: to a box, into and out of groups, to what lies hidden, back to the whole. */
import { useCallback, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { GraphView } from "../../src/index.ts";
import { atTop, type Camera, centred, fitted, READABLE, revealing } from "./camera.ts";
import type { Lookup } from "./lookup.ts";
import type { Placed, PlacedItem } from "./placed.ts";
import type { CameraControl } from "./use-camera.ts";
import type { Focus } from "./use-focus.ts";
import type { Places } from "./use-places.ts";
import { boxOf, toOpen } from "./visible.ts";

export interface Travel {
  /** To a box that is there. */
  readonly goTo: (id: string, keyboard: boolean) => void;
  /** Open or shut a group; the camera stays on it. */
  readonly fold: (id: string) => Promise<void>;
  /** To any node or group, through whatever is shut around it. */
  readonly jump: (id: string) => Promise<void>;
  /** Every group, readable at the focused box; or none. */
  readonly openAll: () => Promise<void>;
  readonly shutAll: () => Promise<void>;
  /** All that is drawn, however small. */
  readonly fit: () => void;
}

interface TravelAsk {
  readonly view: GraphView;
  readonly places: Places;
  readonly lookup: Lookup;
  readonly camera: CameraControl;
  readonly focus: Focus;
  readonly say: (words: string) => void;
}

const find = (placed: Placed, id: string | undefined): PlacedItem | undefined => placed.items.find((i) => i.id === id);

export function useTravel({ view, places, lookup, camera, focus, say }: TravelAsk): Travel {
  const { drawn, answer, open } = places;
  const { items, groups, family, opened, pickedNode } = lookup;
  const { look, lookNow, now, port } = camera;
  const { set, follow, wanted } = focus;
  /** What the camera does once new places are drawn. */
  const after = useRef<((placed: Placed) => Camera | undefined) | undefined>(undefined);

  const started = useRef<unknown>(undefined);
  useLayoutEffect(() => {
    if (answer === undefined) return;
    const fresh = started.current !== view;
    started.current = view;
    const next = fresh ? atTop(answer, port()) : after.current?.(answer);
    after.current = undefined;
    if (next) lookNow(next);
  }, [answer, view, lookNow, port]);

  const goTo = useCallback(
    (id: string, keyboard: boolean): void => {
      const item = items.get(id);
      set(id, keyboard);
      if (item) look(revealing(now(), item, port()));
    },
    [items, set, look, now, port],
  );

  const fold = useCallback(
    async (id: string): Promise<void> => {
      const before = items.get(id);
      const group = groups.get(id);
      const isOpen = opened.has(id);
      set(id, true);
      after.current = (next) => {
        const item = find(next, id);
        const { x, y, k } = now();
        // the box is drawn anew as a frame, or the other way round
        follow();
        if (!before || !item) return undefined;
        const middle = before.x + before.width / 2 - item.x - item.width / 2;
        return revealing({ k, x: x + middle * k, y: y + (before.y - item.y) * k }, item, port());
      };
      const done = await open(isOpen ? drawn.open.filter((g) => g !== id) : [...drawn.open, id]);
      if (done && group) say(`${group.label} ${isOpen ? "shut" : `open, ${group.size} nodes`}`);
    },
    [items, groups, opened, set, follow, now, port, open, drawn, say],
  );

  const jump = useCallback(
    async (id: string): Promise<void> => {
      const needed = new Set([...drawn.open, ...toOpen(family, id)]);
      const there = (placed: Placed): Camera | undefined => {
        const item = find(placed, id);
        return item && centred(item, Math.max(now().k, READABLE), port());
      };
      set(id, false);
      if (needed.size > drawn.open.length) {
        after.current = there;
        await open([...needed]);
        return;
      }
      const next = there(drawn);
      if (next) look(next);
    },
    [drawn, family, set, open, now, port, look],
  );

  const openAll = useCallback(async (): Promise<void> => {
    const all = view.groups.map((g) => g.id);
    const stay = boxOf(family, new Set(all), wanted ?? pickedNode?.id ?? "");
    after.current = (next) => {
      const item = find(next, stay);
      return item ? centred(item, Math.max(now().k, READABLE), port()) : atTop(next, port());
    };
    if (await open(all)) say("All groups open");
  }, [view, family, wanted, pickedNode, now, port, open, say]);

  const shutAll = useCallback(async (): Promise<void> => {
    after.current = (next) => atTop(next, port());
    if (await open([])) say("All groups shut");
  }, [port, open, say]);

  const fit = useCallback((): void => look(fitted(drawn, port())), [look, drawn, port]);

  return useMemo(() => ({ goTo, fold, jump, openAll, shutAll, fit }), [goTo, fold, jump, openAll, shutAll, fit]);
}
