/** @file What the page on a study needs: no codes, and nothing that it does not show. */
import type { NamedAnalysis } from "../../study/analysis.ts";
import type { Study } from "../../study/study.ts";

export interface StudyPage {
  readonly study: Pick<Study, "title" | "stated_accuracy" | "actual_accuracy" | "seed" | "source">;
  readonly analysis: NamedAnalysis;
  /** Small PNG pictures of questions; undefined: the page has no such column. */
  readonly thumbnails?: readonly { readonly question: string; readonly png: Uint8Array }[] | undefined;
  readonly command?: string | undefined;
}
