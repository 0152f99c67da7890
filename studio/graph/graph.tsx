/** @file The graph of a model, drawn: to walk through, fold, search, and pick a layer from. */
import { useSignal } from "@preact/signals";
import { useMemo, useRef, useState } from "preact/hooks";
import "./graph.css";
import { centred, itemAt, READABLE } from "./camera.ts";
import { Drawing } from "./drawing.tsx";
import { Facts } from "./facts.tsx";
import { HELP_ID, Help } from "./help.tsx";
import { pressed } from "./keys.ts";
import { Legend } from "./legend.tsx";
import { useLookup } from "./lookup.ts";
import type { PlacedItem } from "./placed.ts";
import type { GraphProps } from "./props.ts";
import { Toolbar } from "./toolbar.tsx";
import { isFar, type Pointing, useCamera } from "./use-camera.ts";
import { useFind } from "./use-find.ts";
import { useFocus } from "./use-focus.ts";
import { usePlaces } from "./use-places.ts";
import { useTravel } from "./use-travel.ts";
import { walk } from "./walk.ts";

/** Height of a frame's title, where it can be pressed. */
const TITLE = 28;

export function Graph({ view, place, picked, onPick, relevance }: GraphProps) {
  const [said, say] = useState("");
  const hovered = useSignal<string | undefined>(undefined);
  const search = useRef<HTMLInputElement>(null);
  const most = useMemo(
    () => view.nodes.reduce((m, n) => Math.max(m, Math.abs(relevance?.[n.id]?.received ?? 0)), 0),
    [view, relevance],
  );
  const places = usePlaces({ view, place });
  const { drawn, answer, fault } = places;
  const lookup = useLookup({ view, picked }, drawn);
  const { nodes, groups, items, pickedNode } = lookup;

  const boxAt = ([x, y]: readonly [number, number]): PlacedItem | undefined => {
    const { x: cx, y: cy, k } = camera.now();
    return itemAt(drawn, (x - cx) / k, (y - cy) / k, TITLE);
  };
  const pointing: Pointing = {
    tap: (event, at) => {
      const target = event.target instanceof Element ? event.target.closest("[data-id]") : null;
      // a click without a place comes from the keyboard or a screen reader
      const item = event.detail === 0 ? items.get(target?.getAttribute("data-id") ?? "") : boxAt(at);
      if (item === undefined) return;
      focus.set(item.id, true);
      if (isFar(camera.sight.detail)) camera.look(centred(item, READABLE, camera.port()));
      else activate(item.id);
    },
    touched: () => void focus.grab(),
    hover: (at) => {
      hovered.value = at && boxAt(at)?.id;
    },
  };
  const camera = useCamera(drawn, pointing);
  const focus = useFocus(camera.svg, lookup, drawn);
  const { focused } = focus;
  const travel = useTravel({ view, places, lookup, camera, focus, say });
  const find = useFind(view, lookup, travel.jump);

  const activate = (id: string): void => {
    const node = nodes.get(id);
    const [layer] = node?.layers ?? [];
    if (groups.has(id)) void travel.fold(id);
    else if (layer !== undefined) onPick(layer);
    else if (node) say(`${node.op} has no positions: it can not be picked.`);
  };
  const keys = (event: KeyboardEvent): void => {
    if (focused === undefined) return;
    pressed(event, {
      ...{ pan: camera.pan, zoom: camera.zoom, fit: travel.fit },
      walk: (direction) => travel.goTo(walk(drawn, focused, direction), true),
      activate: () => activate(focused),
      search: () => search.current?.focus(),
    });
  };

  return (
    <div class="graph">
      <Toolbar
        {...{ find, travel, zoom: camera.zoom }}
        input={search}
        layer={pickedNode?.id}
        onLeave={() => {
          if (focused === undefined) return;
          travel.goTo(focused, true);
          focus.grab();
        }}
      />
      <div
        class="graph-canvas"
        role="application"
        aria-label="Graph of the model"
        aria-describedby={HELP_ID}
        onKeyDown={keys}
      >
        <svg ref={camera.svg} role="presentation" class={answer ? "" : "waiting"}>
          <g ref={camera.world}>
            <Drawing placed={drawn} sight={camera.sight} {...{ lookup, focused, find, relevance, most }} />
          </g>
        </svg>
      </div>
      <Help />
      <p class="graph-unseen" role="status">
        {said}
      </p>
      {fault !== "" && <p class="graph-fault">The graph could not be laid out: {fault}</p>}
      <Facts {...{ hovered, focused, nodes, groups, relevance }} />
      <Legend view={view} most={most} />
    </div>
  );
}
