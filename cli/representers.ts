/** @file `onnxplain representers <verb>`: which training points taught the network what it says. */

import { group } from "./group.ts";
import { representersCompare } from "./representers-compare.ts";
import { representersDebug } from "./representers-debug.ts";
import { representersExplain } from "./representers-explain.ts";
import { representersFit } from "./representers-fit.ts";
import type { Verb } from "./verb.ts";

export const representersVerb: Verb = group(
  "representers",
  "which training points taught it that, and which labels are wrong",
  {
    fit: representersFit,
    explain: representersExplain,
    debug: representersDebug,
    compare: representersCompare,
  },
);
