/** @file `onnxplain patterns <verb>`: how discrimination emerges, layer by layer and epoch by epoch. */
import { group } from "./group.ts";
import { patternsFit } from "./patterns-fit.ts";
import { patternsShow } from "./patterns-show.ts";
import type { Verb } from "./verb.ts";

export const patternsVerb: Verb = group("patterns", "how discrimination emerges, layer by layer and epoch by epoch", {
  fit: patternsFit,
  show: patternsShow,
});
