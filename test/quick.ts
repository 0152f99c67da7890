/** @file Parameters under which methods of many passes take few: enough to see that the numbers are the same. */
import type { Method } from "../src/index.ts";

const FEW: Readonly<Record<string, unknown>> = {
  n_steps: 4,
  nt_samples: 3,
  n_samples: 3,
  n_masks: 8,
  num_samples: 24,
  n_segments: 8,
  max_iter: 3,
};

/** Those that the method knows. */
export const quickParams = (method: Method): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(FEW).filter(([name]) => name in method.params));
