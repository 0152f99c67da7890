/** @file The graph of the model in a window of its own, with the relevance of every node where a method keeps books. */
import { useSignal } from "@preact/signals";
import { lazy, Suspense } from "preact/compat";
import { useCallback, useEffect } from "preact/hooks";
import type { GraphView, NodeRelevance } from "../../src/index.ts";
import { call } from "../engine/client.ts";
import { Dialog } from "../parts/dialog.tsx";
import { chosen, model, runSettings } from "../state/session.ts";
import { setView, view } from "../state/view.ts";
import { said, work } from "../state/work.ts";
import { predicted } from "./scores.ts";
import { mapEdits } from "./strokes.ts";
import { methodTable, unsuitable } from "./table.ts";
import { targetText } from "./words.ts";

const Graph = lazy(() => import("../graph/graph.tsx").then((m) => ({ default: m.Graph })));

const LEDGER = "lrp";

type Books = Readonly<Record<string, NodeRelevance>>;

export function GraphDialog({ onClose }: { readonly onClose: () => void }) {
  const drawn = useSignal<GraphView | undefined>(undefined);
  const books = useSignal<Books | undefined>(undefined);
  const target = view.value.targets[0] ?? "predicted";
  useEffect(() => {
    const controller = new AbortController();
    const outer = { outer: controller.signal };
    void (async () => {
      drawn.value = await work("Drawing the graph", (tools) => call("graph", null, tools), outer);
      const picture = chosen.peek();
      const keeps = methodTable.peek().some((m) => m.id === LEDGER) && !unsuitable.peek().has(LEDGER);
      if (!drawn.value || !keeps || picture === undefined) return;
      const params = view.peek().methods.find((m) => m.method === LEDGER)?.params ?? {};
      const ask = { picture, edits: mapEdits.peek(), run: runSettings.peek(), method: LEDGER, params, target };
      books.value = await work("Keeping books on every node", (tools) => call("graphRelevance", ask, tools), outer);
    })();
    return () => controller.abort();
  }, [drawn, books, target]);
  const place = useCallback((open: readonly string[]) => call("placeGraph", { open }), []);
  const pick = useCallback((layer: string) => {
    setView({ layer });
    said.value = `Layer ${layer} is read`;
  }, []);
  return (
    <Dialog title={`The graph of ${model.value?.name ?? "the model"}`} class="wide graph-dialog" onClose={onClose}>
      <p class="soft">
        {books.value
          ? `Relevance by ${LEDGER} of ${targetText(model.value, target, predicted.value)}. `
          : "Relevance is shown where LRP applies. "}
        Choose a feature map to read it.
      </p>
      <Suspense fallback={<p class="soft">Opening …</p>}>
        {drawn.value ? (
          <Graph
            view={drawn.value}
            place={place}
            picked={view.value.layer ?? null}
            onPick={pick}
            relevance={books.value}
          />
        ) : (
          <p class="soft">Drawing …</p>
        )}
      </Suspense>
    </Dialog>
  );
}
