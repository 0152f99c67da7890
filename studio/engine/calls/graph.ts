/** @file The graph of the model as a drawing: what it holds, where it lies, and the relevance that ran through it. */
import { explain, type GraphView, graphView, type NodeRelevance, relevanceOf } from "../../../src/index.ts";
import type { Placed } from "../../graph/placed.ts";
import type { Handler } from "../handler.ts";
import { heldModel, heldPicture, runOptions } from "../held.ts";
import type { PictureAsk } from "./explain.ts";

export interface GraphCalls {
  graph: { readonly input: null; readonly output: GraphView };
  /** Places while these groups are open. */
  placeGraph: { readonly input: { readonly open: readonly string[] }; readonly output: Placed };
  /** By id of node or group, of a method that keeps a ledger. */
  graphRelevance: {
    readonly input: PictureAsk & {
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>>;
      readonly target: string;
    };
    readonly output: Readonly<Record<string, NodeRelevance>>;
  };
}

/** Of the model that is open: the drawing, and its layout, made when it is first asked for. */
const views = new WeakMap<object, GraphView>();
const places = new WeakMap<object, (open: readonly string[]) => Placed>();

function viewOfHeld(): GraphView {
  const model = heldModel();
  const known = views.get(model) ?? graphView(model);
  views.set(model, known);
  return known;
}

export const graphHandlers: { readonly [K in keyof GraphCalls]: Handler<K> } = {
  graph: async () => ({ output: viewOfHeld() }),
  placeGraph: async ({ open }) => {
    const model = heldModel();
    const view = viewOfHeld();
    const place = places.get(model) ?? (await import("../../graph/layout.ts")).placer(view);
    places.set(model, place);
    return { output: place(open) };
  },
  graphRelevance: async ({ picture, edits, run, method, params, target }, { signal, onProgress }) => {
    const { ledgers } = await explain(heldModel(), heldPicture(picture, edits), {
      ...(await runOptions(run)),
      method,
      params: { ...params, ledger: true },
      target: [target],
      signal,
      onProgress,
    });
    return { output: relevanceOf(viewOfHeld(), ledgers[0] ?? []) };
  },
};
