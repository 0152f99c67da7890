/** @file `onnxplain regions <verb>`: the rule that decides for a whole group of pictures. */

import { group } from "./group.ts";
import { regionsEvaluate } from "./regions-evaluate.ts";
import { regionsExplain } from "./regions-explain.ts";
import { regionsFit } from "./regions-fit.ts";
import { regionsMap } from "./regions-map.ts";
import type { Verb } from "./verb.ts";

export const regionsVerb: Verb = group("regions", "the rule that decides for a whole group of pictures", {
  fit: regionsFit,
  explain: regionsExplain,
  evaluate: regionsEvaluate,
  map: regionsMap,
});
