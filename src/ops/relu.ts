/** @file Relu. The subgradient at 0 is 0, as in every toolkit we are compared with. */
import type { Op } from "./define.ts";
import { unary } from "./elementwise.ts";
import { wherePositive } from "./masks.ts";

export const Relu: Op = unary(
  (v) => (v > 0 || Number.isNaN(v) ? v : 0),
  ({ g, dy, y }) => wherePositive(g, dy, y),
);
