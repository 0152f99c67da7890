/** @file What the page on a study needs. */
import type { StudyAnalysis } from "../../study/analysis.ts";
import type { Study } from "../../study/study.ts";

export interface StudyPage {
  readonly study: Study;
  readonly analysis: StudyAnalysis;
  /** Small PNG pictures of questions by id. */
  readonly thumbnails?: ReadonlyMap<string, Uint8Array> | undefined;
  readonly command?: string | undefined;
}
