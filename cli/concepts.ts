/** @file `onnxplain concepts <verb>`: what a class is made of for the network, in pieces of pictures or in concepts somebody names. */
import { conceptsFind } from "./concepts-find.ts";
import { conceptsTcav } from "./concepts-tcav.ts";
import { group } from "./group.ts";
import type { Verb } from "./verb.ts";

export const conceptsVerb: Verb = group(
  "concepts",
  "which visual concepts a class is made of, and what they do to its score",
  { find: conceptsFind, tcav: conceptsTcav },
);
