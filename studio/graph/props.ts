/** @file What the drawn graph and the list of layers are given. */
import type { GraphView, NodeRelevance } from "../../src/index.ts";
import type { Placed } from "./placed.ts";

interface LayerChoice {
  readonly view: GraphView;
  /** The layer in use, by the name of its value; null for the default. */
  readonly picked: string | null;
  readonly onPick: (layer: string) => void;
  /** By id of node or group (`relevanceOf`). */
  readonly relevance?: Readonly<Record<string, NodeRelevance>> | undefined;
}

export interface GraphProps extends LayerChoice {
  /** Places of the graph while these groups are open; `placer(view)` in a worker. */
  readonly place: (open: readonly string[]) => Promise<Placed>;
}

export interface LayerListProps extends LayerChoice {
  /** Id of the `<select>`, for a label elsewhere. */
  readonly id?: string | undefined;
}
