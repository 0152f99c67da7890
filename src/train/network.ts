/** @file What is trained: a graph from pictures (or features) to class scores, whose constants are the weights. */
import type { Model } from "../graph/types.ts";

export interface Network {
  /** Canonical opset; the batch dimension of the input is free. */
  readonly model: Model;
  /** Name of the one input: `[N, C, H, W]`, or `[N, d]` for a head on features. */
  readonly input: string;
  /** Value `[N, classes]` that the loss reads: logits, never probabilities. */
  readonly scores: string;
  readonly classes: number;
}
