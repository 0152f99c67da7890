/** @file Drag, wheel and pinch on an element, told as moves and scalings in its own pixels. */

export interface Gestures {
  readonly pan: (dx: number, dy: number) => void;
  readonly zoom: (factor: number, at: readonly [number, number]) => void;
  /** A press and release in one place. */
  readonly tap: (event: MouseEvent, at: readonly [number, number]) => void;
  /** Any press was released, after a drag as well. */
  readonly touched: () => void;
  /** Where the pointer is while nothing is pressed; undefined when it has left. */
  readonly hover: (at: readonly [number, number] | undefined) => void;
  /** Whether the wheel zooms by itself; with Ctrl or Meta it does anyway, else it scrolls the page. */
  readonly takesWheel: () => boolean;
}

/** Less than this is a tap with a shaking hand. */
const SLACK = 5;

/** Listens until the returned function is called. */
export function listen(element: SVGSVGElement, { pan, zoom, tap, touched, hover, takesWheel }: Gestures): () => void {
  const down = new Map<number, readonly [number, number]>();
  let moved = 0;
  const place = (e: MouseEvent): readonly [number, number] => {
    const { left, top } = element.getBoundingClientRect();
    return [e.clientX - left, e.clientY - top];
  };
  const press = (e: PointerEvent): void => {
    if (e.button !== 0) return;
    if (down.size === 0) moved = 0;
    down.set(e.pointerId, place(e));
  };
  const move = (e: PointerEvent): void => {
    const before = down.get(e.pointerId);
    if (before === undefined) {
      hover(place(e));
      return;
    }
    const now = place(e);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    moved += Math.hypot(dx, dy);
    down.set(e.pointerId, now);
    if (moved <= SLACK) return;
    // only now: a captured press would take its click away from what was pressed
    if (!element.hasPointerCapture(e.pointerId)) element.setPointerCapture(e.pointerId);
    const other = [...down].find(([id]) => id !== e.pointerId)?.[1];
    if (other === undefined) {
      pan(dx, dy);
      return;
    }
    const far = (p: readonly [number, number]): number => Math.max(1, Math.hypot(p[0] - other[0], p[1] - other[1]));
    pan(dx / 2, dy / 2);
    zoom(far(now) / far(before), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
  };
  const release = (e: PointerEvent): void => {
    down.delete(e.pointerId);
  };
  const leave = (): void => hover(undefined);
  const wheel = (e: WheelEvent): void => {
    if (!e.ctrlKey && !e.metaKey && !takesWheel()) return;
    e.preventDefault();
    const lines = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const step = Math.max(-120, Math.min(120, e.deltaY * lines)) * (e.ctrlKey ? 4 : 1);
    zoom(Math.exp(-step * 0.0016), place(e));
  };
  const click = (e: MouseEvent): void => {
    if (moved <= SLACK) tap(e, place(e));
    moved = 0;
    touched();
  };
  const listeners = {
    pointerdown: press,
    pointermove: move,
    pointerup: release,
    pointercancel: release,
    pointerleave: leave,
    click,
  } as const;
  for (const [type, f] of Object.entries(listeners)) element.addEventListener(type, f as EventListener);
  element.addEventListener("wheel", wheel, { passive: false });
  return () => {
    for (const [type, f] of Object.entries(listeners)) element.removeEventListener(type, f as EventListener);
    element.removeEventListener("wheel", wheel);
  };
}
