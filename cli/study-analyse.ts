/** @file `onnxplain study analyse`: what explanations changed, as a page, a figure and tables. */
import {
  analysed,
  analysisDocument,
  analysisFiles,
  inOrderOfCodes,
  OnnxplainError,
  openStudy,
  type StudyRecords,
  sortedJson,
  studyWords,
  thumbnailsOf,
} from "../src/index.ts";
import { commandLine, type Flags, helpPage, isSet, number, parseFlags, text } from "./flags.ts";
import { hushed, type Verb } from "./verb.ts";
import { refuseFull, writeFolder } from "./write.ts";

const FLAGS = {
  out: {
    type: "string",
    short: "o",
    value: "OUT",
    about:
      "folder for report.html, its input as page.safetensors, figure.svg and .png, participants, answers and actions as Parquet, analysis.json",
  },
  csv: { type: "boolean", about: "tables as CSV too" },
  "bin-width": { type: "string", value: "N", about: "actions in a bin of the figure (default 30)" },
  resamples: {
    type: "string",
    value: "N",
    about: "resamples of intervals, permutations of the correlation (default 10000)",
  },
  seed: { type: "string", value: "N", about: "seed of both (default 0)" },
  json: { type: "boolean", about: "one JSON document on stdout" },
  quiet: { type: "boolean", about: "no remarks on stderr" },
} as const satisfies Flags;

/** `read` gives what was recorded in a study's folder, or refuses. */
export const studyAnalyseWith = (read: (folder: string) => Promise<StudyRecords> | StudyRecords): Verb => ({
  summary: "scores, differences, actions, paired tests, the figure",
  help: helpPage(
    "study analyse STUDY [-o OUT]",
    "Reads what participants answered and did so far. Refuses while a server runs on the folder: stop it first. What a killed server left is read, and so is a copy made while none ran. Without -o a summary on stdout.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("study analyse", argv, FLAGS);
    const [folder, more] = rest;
    if (folder === undefined || more !== undefined)
      throw new OnnxplainError("E_USAGE", "Name one folder of `study new`: onnxplain study analyse STUDY -o OUT.");
    const to = text(values, "out");
    if (to !== undefined) await refuseFull(to);
    const binWidth = number(values, "bin-width", { min: 1 });
    const resamples = number(values, "resamples", { min: 100 });
    const seed = number(values, "seed", { min: 0 });
    const study = await openStudy(folder);
    const options = {
      ...(binWidth === undefined ? {} : { binWidth }),
      ...(resamples === undefined ? {} : { resamples }),
      ...(seed === undefined ? {} : { seed }),
    };
    const { records, names } = await inOrderOfCodes(folder, await read(folder));
    const all = analysed(study, records, options, names);
    const out = hushed(console, isSet(values, "quiet"));
    for (const note of all.analysis.notes) out.note(`note: passed over ${note}`);
    if (to !== undefined)
      await writeFolder(
        to,
        await analysisFiles(all, {
          command: commandLine("study analyse", argv),
          csv: isSet(values, "csv"),
          thumbnails: await thumbnailsOf(folder, study),
        }),
      );
    const document = (): string => sortedJson(analysisDocument(study, all.analysis)).trimEnd();
    out.print(isSet(values, "json") ? document() : [...studyWords(all.analysis), ...(to ? [to] : [])].join("\n"));
    return 0;
  },
});
