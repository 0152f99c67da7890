/** @file All cases of all rows. */
import type { OpCases } from "../cases.ts";
import { comparisons } from "./comparisons.ts";
import { constants } from "./constants.ts";
import { gathers } from "./gathers.ts";
import { reductions } from "./reductions.ts";
import { reshapes } from "./reshapes.ts";
import { slices } from "./slices.ts";
import { relu } from "./activations-relu.ts";

export const CASES: OpCases = {
  ...comparisons,
  ...constants,
  ...gathers,
  ...reductions,
  ...reshapes,
  ...slices,
  ...relu,
};
