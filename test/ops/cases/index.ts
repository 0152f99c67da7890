/** @file All cases of all rows. */
import type { OpCases } from "../cases.ts";
import { relu } from "./activations-relu.ts";

export const CASES: OpCases = {
  ...relu,
};
