/** @file All cases of all rows. */
import type { OpCases } from "../cases.ts";
import { activations } from "./activations.ts";
import { relu } from "./activations-relu.ts";
import { arithmetic } from "./arithmetic.ts";
import { comparisons } from "./comparisons.ts";
import { constants } from "./constants.ts";
import { convolutions } from "./convolutions.ts";
import { gathers } from "./gathers.ts";
import { normalizations } from "./normalizations.ts";
import { pools } from "./pools.ts";
import { products } from "./products.ts";
import { quantization } from "./quantization.ts";
import { reductions } from "./reductions.ts";
import { reshapes } from "./reshapes.ts";
import { resizing } from "./resize.ts";
import { slices } from "./slices.ts";
import { unaryMath } from "./unary-math.ts";

export const CASES: OpCases = {
  ...comparisons,
  ...arithmetic,
  ...constants,
  ...convolutions,
  ...pools,
  ...products,
  ...gathers,
  ...reductions,
  ...reshapes,
  ...slices,
  ...relu,
  ...activations,
  ...normalizations,
  ...quantization,
  ...resizing,
  ...unaryMath,
};
