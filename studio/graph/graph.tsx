/** @file The graph of a model, drawn: to walk through, fold, search, and pick a layer from. */
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import "./graph.css";
import { GroupBox, type Look, NodeBox } from "./box.tsx";
import { atTop, type Camera, centred, fitted, itemAt, meets, rectOf, revealing } from "./camera.ts";
import { Edges } from "./edges.tsx";
import { Facts } from "./facts.tsx";
import { Far } from "./far.tsx";
import { matches } from "./find.ts";
import type { Placed } from "./placed.ts";
import type { GraphProps } from "./props.ts";
import { Search } from "./search.tsx";
import { isFar, useCamera } from "./use-camera.ts";
import { usePlaces } from "./use-places.ts";
import { ancestry, boxOf, toOpen } from "./visible.ts";
import { type Direction, walk } from "./walk.ts";

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "first",
  End: "last",
};
/** Pixels of one step with shift and an arrow. */
const STEP = 80;
const PANS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
  ArrowLeft: [STEP, 0],
  ArrowRight: [-STEP, 0],
};
const CLOSER = 1.25;
/** Height of a frame's title, where it can be pressed. */
const TITLE = 28;
const EMPTY: Placed = { width: 1, height: 1, items: [], edges: [], links: [], open: [] };

export function Graph({ view, place, picked, onPick, relevance }: GraphProps) {
  const { placed: answer, fault, open } = usePlaces({ view, place });
  const placed = answer ?? EMPTY;
  const nodes = useMemo(() => new Map(view.nodes.map((n) => [n.id, n])), [view]);
  const groups = useMemo(() => new Map(view.groups.map((g) => [g.id, g])), [view]);
  const family = useMemo(() => ancestry(view), [view]);
  const items = useMemo(() => new Map(placed.items.map((i) => [i.id, i])), [placed]);
  const shutting = useMemo(() => new Set(placed.open), [placed]);
  const most = useMemo(
    () => view.nodes.reduce((m, n) => Math.max(m, Math.abs(relevance?.[n.id]?.received ?? 0)), 0),
    [view, relevance],
  );
  const layer = picked ?? view.defaultLayer;
  const pickedNode = useMemo(() => view.nodes.find((n) => layer !== null && n.outputs.includes(layer)), [view, layer]);

  const [focus, setFocus] = useState<string>();
  const [text, setText] = useState("");
  const [at, setAt] = useState(-1);
  const [said, setSaid] = useState("");
  const found = useMemo(() => matches(view, text), [view, text]);
  const foundBoxes = useMemo(() => new Set(found.map((id) => boxOf(family, shutting, id))), [found, family, shutting]);
  const search = useRef<HTMLInputElement>(null);
  /** Set when the next drawing shall take the keyboard's focus to the focused box. */
  const take = useRef(false);
  /** What the camera does once new places are drawn. */
  const after = useRef<((placed: Placed) => Camera | undefined) | undefined>(undefined);

  const tap = (event: MouseEvent, [x, y]: readonly [number, number]): void => {
    const { x: cx, y: cy, k } = camera.now();
    const target = event.target instanceof Element ? event.target.closest("[data-id]") : null;
    const [worldX, worldY] = [(x - cx) / k, (y - cy) / k];
    // a click without a place comes from the keyboard or a screen reader
    const item =
      event.detail === 0 ? items.get(target?.getAttribute("data-id") ?? "") : itemAt(placed, worldX, worldY, TITLE);
    if (item === undefined) return;
    take.current = true;
    setFocus(item.id);
    if (isFar(camera.sight.detail)) camera.look(centred(item, 0.8, camera.port()));
    else activate(item.id);
  };
  const camera = useCamera(placed, tap);
  const { look, lookNow, now, port } = camera;

  const first = boxOf(family, shutting, pickedNode?.id ?? "");
  const focused = focus !== undefined && items.has(focus) ? focus : items.has(first) ? first : placed.items[0]?.id;

  const goTo = useCallback(
    (id: string, keyboard: boolean): void => {
      const item = items.get(id);
      take.current = keyboard;
      setFocus(id);
      if (item) look(revealing(now(), item, port()));
    },
    [items, look, now, port],
  );

  /** Open other groups, with the camera where it was on the box that changes. */
  const fold = useCallback(
    async (id: string): Promise<void> => {
      const before = items.get(id);
      const group = groups.get(id);
      const isOpen = shutting.has(id);
      take.current = true;
      setFocus(id);
      after.current = (next) => {
        const item = next.items.find((i) => i.id === id);
        const { x, y, k } = now();
        // the box is drawn anew as a frame, or the other way round
        take.current = true;
        if (!before || !item) return undefined;
        const kept = {
          k,
          x: x + (before.x + before.width / 2 - item.x - item.width / 2) * k,
          y: y + (before.y - item.y) * k,
        };
        return revealing(kept, item, port());
      };
      const done = await open(isOpen ? placed.open.filter((g) => g !== id) : [...placed.open, id]);
      if (done && group) setSaid(`${group.label} ${isOpen ? "shut" : `open, ${group.size} nodes`}`);
    },
    [items, groups, shutting, now, port, open, placed],
  );

  const activate = useCallback(
    (id: string): void => {
      const node = nodes.get(id);
      const [value] = node?.layers ?? [];
      if (groups.has(id)) void fold(id);
      else if (value !== undefined) onPick(value);
      else if (node) setSaid(`${node.op} has no positions: it can not be picked.`);
    },
    [nodes, groups, fold, onPick],
  );

  /** Bring a node or group into the middle, through whatever is shut around it. */
  const jump = useCallback(
    async (id: string): Promise<void> => {
      const wanted = new Set([...placed.open, ...toOpen(family, id)]);
      after.current = (next) => {
        const item = next.items.find((i) => i.id === id);
        return item && centred(item, Math.max(now().k, 0.8), port());
      };
      setFocus(id);
      if (wanted.size > placed.open.length) await open([...wanted]);
      else {
        const camera = after.current(placed);
        after.current = undefined;
        if (camera) look(camera);
      }
    },
    [placed, family, open, now, port, look],
  );

  const step = (by: 1 | -1): void => {
    if (found.length === 0) return;
    const next = at < 0 && by < 0 ? found.length - 1 : (at + by + found.length) % found.length;
    setAt(next);
    void jump(found[next] as string);
  };

  const all = async (groupIds: readonly string[]): Promise<void> => {
    after.current = (next) => (groupIds.length > 0 ? fitted(next, port()) : atTop(next, port()));
    if (await open(groupIds)) setSaid(groupIds.length > 0 ? "All groups open" : "All groups shut");
  };

  const keys = (e: KeyboardEvent): void => {
    if (e.ctrlKey || e.metaKey || e.altKey || focused === undefined) return;
    const arrow = ARROWS[e.key];
    const shift = e.shiftKey ? PANS[e.key] : undefined;
    if (shift) camera.pan(...shift);
    else if (arrow) goTo(walk(placed, focused, arrow), true);
    else if (e.key === "Enter" || e.key === " ") activate(focused);
    else if (e.key === "+" || e.key === "=") camera.zoom(CLOSER);
    else if (e.key === "-") camera.zoom(1 / CLOSER);
    else if (e.key === "0") look(fitted(placed, port()));
    else if (e.key.length === 1) {
      // the letter goes where the focus goes
      search.current?.focus();
      return;
    } else return;
    e.preventDefault();
  };

  const started = useRef<unknown>(undefined);
  useLayoutEffect(() => {
    if (answer === undefined) return;
    const fresh = started.current !== view;
    started.current = view;
    const next = fresh ? atTop(answer, port()) : after.current?.(answer);
    after.current = undefined;
    if (next) lookNow(next);
  }, [answer, view, lookNow, port]);

  const grab = (id: string | undefined): void => {
    if (!take.current || id === undefined) return;
    const box = camera.svg.current?.querySelector<SVGGElement>(`[data-id="${CSS.escape(id)}"]`);
    if (!box) return;
    take.current = false;
    box.focus({ preventScroll: true });
  };
  useLayoutEffect(() => grab(focused));

  const lookOf = (id: string): Look => ({
    focused: id === focused,
    picked: pickedNode !== undefined && boxOf(family, shutting, pickedNode.id) === id,
    found: found[at] === id,
    dim: found.length > 0 && !foundBoxes.has(id) && !items.get(id)?.open,
    relevance: relevance?.[id],
    most,
  });
  const { rect, detail } = camera.sight;
  const far = isFar(detail);
  const near = placed.items.filter((i) => {
    const stands = i.id === focused || i.id === pickedNode?.id;
    return stands || (!far && meets(rectOf(i), rect));
  });

  return (
    <div class="graph">
      <div class="graph-tools">
        <Search
          input={search}
          text={text}
          count={found.length}
          at={at}
          onText={(t) => {
            setText(t);
            setAt(-1);
          }}
          onStep={step}
          onLeave={() => {
            if (focused === undefined) return;
            goTo(focused, true);
            grab(focused);
          }}
        />
        <div class="graph-buttons">
          <button type="button" onClick={() => void all(view.groups.map((g) => g.id))}>
            Expand all
          </button>
          <button type="button" onClick={() => void all([])}>
            Collapse all
          </button>
          <button type="button" disabled={!pickedNode} onClick={() => pickedNode && void jump(pickedNode.id)}>
            To the layer
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => camera.zoom(1 / CLOSER)}>
            −
          </button>
          <button type="button" aria-label="Zoom in" onClick={() => camera.zoom(CLOSER)}>
            +
          </button>
          <button type="button" onClick={() => look(fitted(placed, port()))}>
            Fit
          </button>
        </div>
      </div>
      <div
        class="graph-canvas"
        role="application"
        aria-label="Graph of the model"
        aria-describedby="graph-help"
        onKeyDown={keys}
      >
        <svg ref={camera.svg} role="presentation" class={answer ? "" : "waiting"}>
          <g ref={camera.world}>
            {far && <Far items={placed.items} nodes={nodes} rect={rect} />}
            {near.map((i) => {
              const group = groups.get(i.id);
              return group && i.open ? (
                <GroupBox key={i.id} item={i} group={group} detail={detail} look={lookOf(i.id)} />
              ) : null;
            })}
            {detail !== "colours" && <Edges edges={placed.edges} rect={rect} shapes={detail === "all"} />}
            {near.map((i) => {
              if (i.open) return null;
              const [node, group] = [nodes.get(i.id), groups.get(i.id)];
              if (node) return <NodeBox key={i.id} item={i} node={node} detail={detail} look={lookOf(i.id)} />;
              return group ? <GroupBox key={i.id} item={i} group={group} detail={detail} look={lookOf(i.id)} /> : null;
            })}
          </g>
        </svg>
      </div>
      <p id="graph-help" class="graph-help">
        Arrow keys go along the links, Enter picks a layer or folds a group, letters search, plus and minus zoom, 0
        shows everything, shift and arrows move the view.
      </p>
      <p class="graph-help" role="status">
        {said}
      </p>
      {fault !== "" && <p class="graph-fault">The graph could not be laid out: {fault}</p>}
      <Facts
        node={focused === undefined ? undefined : nodes.get(focused)}
        group={focused === undefined ? undefined : groups.get(focused)}
        relevance={focused === undefined ? undefined : relevance?.[focused]}
      />
    </div>
  );
}
