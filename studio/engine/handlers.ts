/** @file The table of calls: what the first map needs is here at once, everything else is fetched when it is asked for. */
import { explainHandlers } from "./calls/explain.ts";
import { graphHandlers } from "./calls/graph.ts";
import { measureHandlers } from "./calls/measure.ts";
import { modelHandlers } from "./calls/model.ts";
import { pictureHandlers } from "./calls/pictures.ts";
import { runHandlers } from "./calls/runs.ts";
import { takeHandlers } from "./calls/take.ts";
import type { Handler } from "./handler.ts";
import type { CallName } from "./protocol.ts";

export const HANDLERS: { readonly [K in CallName]: Handler<K> } = {
  ...modelHandlers,
  ...pictureHandlers,
  ...explainHandlers,
  ...graphHandlers,
  ...measureHandlers,
  ...runHandlers,
  ...takeHandlers,
};
