/** @file `onnxplain study <verb>`: do explanations help people? */

import { readStudyRecords } from "../src/index.ts";
import { group } from "./group.ts";
import { studyAnalyseWith } from "./study-analyse.ts";
import { studyNew } from "./study-new.ts";
import { studyServe } from "./study-serve.ts";
import type { Verb } from "./verb.ts";

export const studyVerb: Verb = group("study", "do explanations help people? an A/B test", {
  new: studyNew,
  serve: studyServe,
  analyse: studyAnalyseWith(readStudyRecords),
});
