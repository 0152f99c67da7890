/** @file Methods on networks whose weights were replaced. */
import { Explainer } from "../explainer.ts";
import type { Randomized } from "../metrics/metric.ts";
import { randomizeWeights, weightLayers } from "../passes/randomize-weights.ts";
import type { Attributor } from "./attribute.ts";

export interface Randomizing {
  /** Layers with weights; 0 where they cannot be replaced. */
  readonly layers: number;
  /** The changed network lives as long as its use. */
  readonly randomized: (how: Randomized, use: (methods: Attributor) => Promise<void>) => Promise<void>;
}

export function randomizing(model: Explainer, make: (changed: Explainer) => Attributor): Randomizing {
  const { source } = model;
  return {
    layers: weightLayers(source.model).length,
    randomized: async (how, use) => {
      const changed = new Explainer({ ...source, model: randomizeWeights(source.model, how) }, model.ops);
      try {
        await use(make(changed));
      } finally {
        await changed.dispose();
      }
    },
  };
}
