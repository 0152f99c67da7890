/** @file A page with nothing but the drawn graph and the list of layers, for the tests. */
import { render } from "preact";
import { useState } from "preact/hooks";
import type { NodeRelevance } from "../../../../src/graph-view/relevance.ts";
import type { GraphView } from "../../../../src/graph-view/view.ts";
import { Graph } from "../../../../studio/graph/graph.tsx";
import { LayerList } from "../../../../studio/graph/layer-list.tsx";
import type { Placed } from "../../../../studio/graph/placed.ts";
import "virtual:look.css";

type Relevance = Readonly<Record<string, NodeRelevance>>;

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const waiting = new Map<number, (placed: Placed) => void>();
/** In ms; of tasks and frames, those over 50 ms. */
const stats = { layouts: [] as number[], long: [] as number[], frames: [] as number[], picks: [] as string[] };
worker.onmessage = ({ data }: MessageEvent<{ id: number; placed: Placed; ms: number }>) => {
  stats.layouts.push(data.ms);
  waiting.get(data.id)?.(data.placed);
};
let next = 0;
const ask = (open: readonly string[], view?: GraphView): Promise<Placed> => {
  const id = ++next;
  worker.postMessage({ id, open, view });
  return new Promise((done) => waiting.set(id, done));
};
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) stats.long.push(e.duration);
}).observe({ type: "longtask" });
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) stats.frames.push(e.duration);
}).observe({ type: "long-animation-frame" });

const place = (open: readonly string[]): Promise<Placed> => ask(open);

function App({ view, relevance }: { readonly view: GraphView; readonly relevance: Relevance | undefined }) {
  const [picked, setPicked] = useState<string | null>(null);
  const onPick = (layer: string): void => {
    stats.picks.push(layer);
    setPicked(layer);
  };
  return (
    <>
      <LayerList view={view} picked={picked} onPick={onPick} relevance={relevance} />
      <Graph view={view} place={place} picked={picked} onPick={onPick} relevance={relevance} />
    </>
  );
}

const shown = {
  stats,
  show: async (view: GraphView, relevance?: Relevance): Promise<void> => {
    await ask([], view);
    const root = document.getElementById("root") as HTMLElement;
    render(null, root);
    render(<App view={view} relevance={relevance} />, root);
  },
} as const;

export type Shown = typeof shown;
declare global {
  interface Window {
    shown: Shown;
  }
}
window.shown = shown;
