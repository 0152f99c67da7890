/** @file Every folder of results as a page value: one table from kinds to how they are recognised and opened. */
import { OnnxplainError } from "../errors.ts";
import { html } from "../report/html/markup.ts";
import { evaluateKind } from "./run-page-evaluate.ts";
import { explainKind } from "./run-page-explain.ts";
import { FISHER_KINDS } from "./run-page-fisher.ts";
import { openReader, type RunFiles } from "./run-page-folder.ts";
import { patternsKind } from "./run-page-patterns.ts";
import { REGION_KINDS } from "./run-page-regions.ts";
import { REPRESENTER_KINDS } from "./run-page-representers.ts";
import { damaged } from "./run-page-shape.ts";
import { studyKind } from "./run-page-study.ts";
import { trainKind } from "./run-page-train.ts";
import type { RunKind, RunView } from "./run-page-view.ts";

export type { RunFiles } from "./run-page-folder.ts";
export type { RunKind, RunView } from "./run-page-view.ts";

/** Kinds by the verb that leaves them, in the order in which they are tried. */
export const runKinds: Readonly<Record<string, RunKind>> = {
  evaluate: evaluateKind,
  train: trainKind,
  ...REPRESENTER_KINDS,
  ...REGION_KINDS,
  ...FISHER_KINDS,
  patterns: patternsKind,
  explain: explainKind,
  "study analyse": studyKind,
};

/** The kind of a folder with these files; undefined for none of ours. */
export const runKindOf = (files: RunFiles): string | undefined =>
  Object.keys(runKinds).find((kind) => runKinds[kind]?.recognises(files));

/**
 * Open the folder that a verb left, a path or the location of a mounted folder, as a page value: made anew from the tables, documents and
 * arrays in it, never from the HTML in it. Neither model nor data are needed. Whatever a stranger wrote into it is text on the page.
 *
 * @throws OnnxplainError `E_FILE` for a folder that is no run, or a stopped one; a file that is missing, damaged or of a newer schema.
 * @example const { page, facts, missing } = await openRunPage("run/");
 */
export async function openRunPage(location: string): Promise<RunView> {
  const run = await openReader(location);
  const kind = runKindOf(run);
  const row = kind === undefined ? undefined : runKinds[kind];
  if (kind === undefined || row === undefined) throw noRun(location, run);
  try {
    const { page, facts, missing } = await row.open(run);
    const warning =
      missing.length === 0
        ? undefined
        : html`<div class="warning" role="note">${missing.map((m) => html`<p>${m}</p>`)}</div>`;
    return { kind, title: row.title, facts, missing, page: { ...page, main: html`${warning}${page.main}` } };
  } catch (cause) {
    if (cause instanceof OnnxplainError && cause.code === "E_FILE") throw cause;
    throw damaged(location, (cause as Error).message, cause);
  }
}

function noRun(location: string, { names }: RunFiles): OnnxplainError {
  const stopped = names.has("state.json");
  return new OnnxplainError(
    "E_FILE",
    stopped
      ? `The run in \`${location}\` was stopped before its results were written. Go on with it: repeat its command with \`--resume\`.`
      : `\`${location}\` is no folder of results. Expected what ${Object.keys(runKinds).join(", ")} write with \`-o FOLDER\`; it holds ${[...names].sort().slice(0, 8).join(", ") || "no files"}.`,
    { file: location },
  );
}
