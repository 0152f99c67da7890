/** @file Methods on networks whose weights were replaced. */
import type { Explainer } from "../explainer.ts";
import type { Randomized } from "../metrics/metric.ts";
import type { Attributor } from "./attribute.ts";

export interface Randomizing {
  /** Layers with weights; 0 where they cannot be replaced. */
  readonly layers: number;
  readonly randomized: (how: Randomized, use: (methods: Attributor) => Promise<void>) => Promise<void>;
}

export function randomizing(_model: Explainer, _make: (changed: Explainer) => Attributor): Randomizing {
  return {
    layers: 0,
    randomized: async () => {
      throw new Error("internal: weights cannot be replaced");
    },
  };
}
