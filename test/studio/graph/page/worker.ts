/** @file Lays a graph out, away from the page. */
import type { GraphView } from "../../../../src/graph-view/view.ts";
import { type Place, placer } from "../../../../studio/graph/layout.ts";

let place: Place | undefined;

self.onmessage = ({ data }: MessageEvent<{ view?: GraphView; open: readonly string[]; id: number }>) => {
  if (data.view) place = placer(data.view);
  const began = performance.now();
  const placed = place?.(data.open);
  postMessage({ id: data.id, placed, ms: performance.now() - began });
};
