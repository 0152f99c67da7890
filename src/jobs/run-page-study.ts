/** @file The folder of `study analyse` as its page; folders without its input as their tables. */

import { studyFacts, studyView } from "../report/study/page.ts";
import { newest } from "./run-page-file.ts";
import type { RunReader } from "./run-page-folder.ts";
import { studyInput } from "./run-page-inputs-study.ts";
import { documentParts, plainView, tableGrid } from "./run-page-plain.ts";
import { any, optional, real, record, type Shape, text } from "./run-page-shape.ts";
import { has, type Opened, type RunKind } from "./run-page-view.ts";

interface Analysis {
  readonly schema_version: number;
  readonly complete: number;
  readonly study: { readonly title: string; readonly questions: number; readonly stated_accuracy?: number | undefined };
}
const nothing: Shape<number | undefined> = (value) => (typeof value === "number" ? value : undefined);
const analysis: Shape<Analysis> = record<Analysis>({
  schema_version: real,
  complete: real,
  study: record<Analysis["study"]>({ title: text, questions: real, stated_accuracy: optional(nothing) }),
});

const TABLES = ["participants", "answers", "actions"] as const;

async function older(run: RunReader): Promise<Opened> {
  const { schema_version, complete, study } = await run.json("analysis.json", analysis);
  newest(schema_version, run.place("analysis.json"));
  const { sections, facts: said } = documentParts(await run.json("analysis.json", any));
  const tables = await Promise.all(
    TABLES.map(async (name) => ({ id: name, name, markup: tableGrid(name, await run.table(`${name}.parquet`)) })),
  );
  const facts = [["study", study.title] as const, ["questions", String(study.questions)] as const, ...said];
  return {
    facts,
    missing: ["The figure and the paired tests are in the folder's `report.html`; here are the tables alone."],
    page: plainView({
      title: study.title,
      lead: `${complete} participants answered every question of both parts`,
      sections: [...sections.filter((s) => !TABLES.some((t) => t === s.name)), ...tables],
      facts,
    }),
  };
}

async function open(run: RunReader): Promise<Opened> {
  const input = await run.page("study analyse", studyInput);
  if (input === undefined) return older(run);
  const { study, command } = input;
  return {
    page: studyView(input),
    facts: [
      ["study", study.title],
      ...studyFacts(input),
      ...(command === undefined ? [] : [["command", command] as const]),
    ],
    missing: [],
  };
}

export const studyKind: RunKind = {
  title: "A study, analysed",
  recognises: has("analysis.json", ...TABLES.map((t) => `${t}.parquet`)),
  open,
};
