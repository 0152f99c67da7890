/** @file A picture that can be brought closer where that is allowed: button, wheel, two fingers, + and - keys, arrows and dragging. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { around, moved, type Place, WHOLE } from "./zoom.ts";

const STEP = 1.5;
const NUDGE = 40;

export function Viewer({
  src,
  alt,
  width,
  height,
  onZoom,
  children,
}: {
  readonly src: string;
  readonly alt: string;
  readonly width: number;
  readonly height: number;
  /** Called each time the picture goes from whole to closer; undefined where it stays whole. */
  readonly onZoom: (() => void) | undefined;
  /** Further buttons beside those that zoom. */
  readonly children?: ComponentChildren;
}): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place>(WHOLE);
  const now = useRef(place);
  const fingers = useRef(new Map<number, readonly [number, number]>());

  const go = (next: Place): void => {
    if (now.current.scale === 1 && next.scale > 1) onZoom?.();
    now.current = next;
    setPlace(next);
  };
  const size = (): readonly [number, number] => {
    const box = frame.current?.getBoundingClientRect();
    return [box?.width ?? 1, box?.height ?? 1];
  };
  const zoom = (factor: number, at?: readonly [number, number]): void => {
    const [w, h] = size();
    go(around(now.current, factor, at ?? [w / 2, h / 2], [w, h]));
  };
  const pan = (x: number, y: number): void => go(moved(now.current, [x, y], size()));
  const inFrame = (e: { readonly clientX: number; readonly clientY: number }): readonly [number, number] => {
    const box = (frame.current as HTMLElement).getBoundingClientRect();
    return [e.clientX - box.left, e.clientY - box.top];
  };

  useEffect(() => {
    const element = frame.current;
    if (!element || !onZoom) return undefined;
    const turned = (e: WheelEvent): void => {
      e.preventDefault();
      zoom(2 ** (-e.deltaY / 300), inFrame(e));
    };
    element.addEventListener("wheel", turned, { passive: false });
    return () => element.removeEventListener("wheel", turned);
  });

  const KEYS: Readonly<Record<string, () => void>> = {
    "+": () => zoom(STEP),
    "=": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    "0": () => go(WHOLE),
    ArrowLeft: () => pan(NUDGE, 0),
    ArrowRight: () => pan(-NUDGE, 0),
    ArrowUp: () => pan(0, NUDGE),
    ArrowDown: () => pan(0, -NUDGE),
  };
  const pressed = (e: KeyboardEvent): void => {
    const does = e.ctrlKey || e.metaKey || e.altKey ? undefined : KEYS[e.key];
    if (does === undefined || (e.key.startsWith("Arrow") && now.current.scale === 1)) return;
    e.preventDefault();
    does();
  };
  const dragged = (e: PointerEvent): void => {
    const before = fingers.current.get(e.pointerId);
    if (before === undefined) return;
    const here = inFrame(e);
    const other = [...fingers.current].find(([id]) => id !== e.pointerId)?.[1];
    fingers.current.set(e.pointerId, here);
    if (other) {
      const far = (p: readonly [number, number]): number => Math.hypot(p[0] - other[0], p[1] - other[1]);
      zoom(far(here) / Math.max(1, far(before)), [(here[0] + other[0]) / 2, (here[1] + other[1]) / 2]);
    } else pan(here[0] - before[0], here[1] - before[1]);
  };
  const released = (e: PointerEvent): void => void fingers.current.delete(e.pointerId);
  const closer = place.scale > 1;
  const image = (
    <img
      src={src}
      alt={alt}
      width={width}
      height={height}
      draggable={false}
      style={{ transform: `translate(${place.x}px, ${place.y}px) scale(${place.scale})` }}
    />
  );
  if (onZoom === undefined)
    return (
      <div
        class="frame"
        style={{ aspectRatio: `${width} / ${height}`, maxWidth: `min(100%, calc(var(--tall) * ${width / height}))` }}
      >
        {image}
      </div>
    );
  return (
    <div class="viewer">
      {/* biome-ignore lint/a11y/useSemanticElements: it groups no fields of a form */}
      <div
        ref={frame}
        class={closer ? "frame zooms closer" : "frame zooms"}
        style={{ aspectRatio: `${width} / ${height}`, maxWidth: `min(100%, calc(var(--tall) * ${width / height}))` }}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys bring the picture closer
        tabIndex={0}
        aria-label="Picture; plus and minus bring it closer and back, arrows move it"
        onKeyDown={pressed}
        onPointerDown={(e) => {
          fingers.current.set(e.pointerId, inFrame(e));
          e.currentTarget.setPointerCapture(e.pointerId);
        }}
        onPointerMove={dragged}
        onPointerUp={released}
        onPointerCancel={released}
      >
        {image}
      </div>
      <div class="tools">
        {children}
        <button type="button" onClick={() => zoom(STEP)}>
          Zoom in
        </button>
        <button type="button" disabled={!closer} onClick={() => zoom(1 / STEP)}>
          Zoom out
        </button>
        <span class="closeness soft" role="status">
          {closer ? `${Math.round(100 * place.scale)}\u00a0%` : ""}
        </span>
      </div>
    </div>
  );
}
