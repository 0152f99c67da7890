/** @file The camera of a drawing: moved between frames without drawing anew, until other things come into view. */
import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Camera, meets, panned, type Rect, seen, zoomed } from "./camera.ts";
import { type Gestures, listen } from "./gestures.ts";
import type { Size } from "./level.ts";

/** What is drawn: the part of the world near the view, and how finely. */
export interface Sight {
  readonly rect: Rect;
  readonly detail: Detail;
}
/** Colours alone; links between them; ops as well; everything. */
export type Detail = "colours" | "links" | "ops" | "all";

const detailAt = (k: number): Detail => (k < 0.12 ? "colours" : k < 0.32 ? "links" : k < 0.55 ? "ops" : "all");
/** Are boxes too small to be told apart by more than their colour? */
export const isFar = (detail: Detail): boolean => detail === "colours" || detail === "links";
const NOWHERE: Sight = { rect: { left: 0, top: 0, right: 0, bottom: 0 }, detail: "all" };

export interface CameraControl {
  readonly svg: RefObject<SVGSVGElement | null>;
  readonly world: RefObject<SVGGElement | null>;
  readonly sight: Sight;
  readonly now: () => Camera;
  readonly port: () => Size;
  readonly look: (camera: Camera) => void;
  /** The same without waiting for the next frame: before a new drawing is seen. */
  readonly lookNow: (camera: Camera) => void;
  readonly pan: (dx: number, dy: number) => void;
  /** About the middle, or a point of the screen. */
  readonly zoom: (factor: number, at?: readonly [number, number]) => void;
}

/** What a pointer does beside moving the camera. */
export type Pointing = Pick<Gestures, "tap" | "touched" | "hover">;

export function useCamera(whole: Size, pointing: Pointing): CameraControl {
  const svg = useRef<SVGSVGElement>(null);
  const world = useRef<SVGGElement>(null);
  const camera = useRef<Camera>({ x: 0, y: 0, k: 1 });
  const frame = useRef(0);
  const extent = useRef(whole);
  extent.current = whole;
  const told = useRef(pointing);
  told.current = pointing;
  const [sight, setSight] = useState(NOWHERE);

  const port = useCallback((): Size => {
    const { clientWidth = 1, clientHeight = 1 } = svg.current ?? {};
    return { width: Math.max(1, clientWidth), height: Math.max(1, clientHeight) };
  }, []);

  const show = useCallback((): void => {
    frame.current = 0;
    const { x, y, k } = camera.current;
    world.current?.setAttribute("transform", `translate(${x} ${y}) scale(${k})`);
    const next: Sight = { rect: seen(camera.current, port()), detail: detailAt(k) };
    setSight((before) => (before.detail === next.detail && same(before.rect, next.rect) ? before : next));
  }, [port]);

  const look = useCallback(
    (next: Camera): void => {
      camera.current = next;
      if (frame.current === 0) frame.current = requestAnimationFrame(show);
    },
    [show],
  );
  const lookNow = useCallback(
    (next: Camera): void => {
      camera.current = next;
      cancelAnimationFrame(frame.current);
      show();
    },
    [show],
  );
  const pan = useCallback(
    (dx: number, dy: number): void => look(panned(camera.current, dx, dy, extent.current, port())),
    [look, port],
  );
  const zoom = useCallback(
    (factor: number, at?: readonly [number, number]): void => {
      const { width, height } = port();
      const smallest = Math.min(width / extent.current.width, height / extent.current.height);
      look(zoomed(camera.current, factor, at ?? [width / 2, height / 2], smallest));
    },
    [look, port],
  );

  useLayoutEffect(() => {
    const element = svg.current as SVGSVGElement;
    const stop = listen(element, {
      ...{ pan, zoom },
      tap: (event, at) => told.current.tap(event, at),
      touched: () => told.current.touched(),
      hover: (at) => told.current.hover(at),
      takesWheel: () => element.contains(document.activeElement),
    });
    const resized = new ResizeObserver(() => look(camera.current));
    resized.observe(element);
    return () => {
      stop();
      resized.disconnect();
      cancelAnimationFrame(frame.current);
    };
  }, [look, pan, zoom]);

  return useMemo(
    () => ({ svg, world, sight, now: () => camera.current, port, look, lookNow, pan, zoom }),
    [sight, port, look, lookNow, pan, zoom],
  );
}

const same = (a: Rect, b: Rect): boolean =>
  meets(a, b) && a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;
