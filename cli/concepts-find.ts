/** @file `onnxplain concepts find`: ACE, the concepts of a class found in its own pictures. */
import {
  conceptPatchFiles,
  type FoundConcepts,
  findConceptsIn,
  foundConceptsDocument,
  foundConceptsInput,
  OnnxplainError,
} from "../src/index.ts";
import {
  CONCEPT_FLAGS,
  classOf,
  conceptOptions,
  deliver,
  factsOf,
  lineOf,
  randomFrom,
  refusePlace,
} from "./concepts-common.ts";
import { dataFrom } from "./data.ts";
import { commandLine, type Flags, helpPage, isSet, number, parseFlags, text, type Values } from "./flags.ts";
import { classifierOptions, openModel, preprocessingFrom } from "./open.ts";
import { progressLine } from "./progress.ts";
import { hushed, type Verb } from "./verb.ts";

const FLAGS = {
  ...CONCEPT_FLAGS,
  segments: { type: "string", value: "A,B,..", about: "superpixels of a picture, coarse first (default 15,50,80)" },
  clusters: { type: "string", value: "N", about: "clusters of patches (default 25)" },
  restarts: { type: "string", value: "N", about: "starts of k-means, the tightest is kept (default 10)" },
  "min-patches": { type: "string", value: "N", about: "clusters of N patches or fewer are no concepts (default 5)" },
  "max-patches": { type: "string", value: "N", about: "patches of a concept at most, nearest first (default 40)" },
  "random-patches": { type: "string", value: "N", about: "patches that random sets are drawn from (default 400)" },
} as const satisfies Flags;

function resolutionsOf(values: Values): readonly number[] | undefined {
  const raw = text(values, "segments");
  const all = raw?.split(",").map(Number);
  if (all?.some((n) => !(Number.isInteger(n) && n >= 1)))
    throw new OnnxplainError("E_USAGE", `Expected \`--segments\` to be integers separated by commas, got \`${raw}\`.`);
  return all;
}

export const conceptsFind: Verb = {
  summary: "concepts of a class, found in its pictures (ACE)",
  help: helpPage(
    "concepts find --model MODEL --data DATA --class CLASS",
    "Pieces of the pictures of a class are clustered by what a layer says of them; kept are clusters that move the class score.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values } = parseFlags("concepts find", argv, FLAGS);
    const target = classOf(values);
    await refusePlace(values);
    const { data, wnids } = await dataFrom(values);
    const random = await randomFrom(values);
    const out = hushed(console, isSet(values, "quiet"));
    const model = await openModel(values);
    const progress = progressLine("patches", isSet(values, "quiet"));
    try {
      const reading = classifierOptions(values);
      const significance = number(values, "significance", { min: 0, integer: false });
      const answer = await findConceptsIn(model, {
        ...conceptOptions(values),
        data,
        wnids,
        random,
        target,
        reading,
        preprocessing: preprocessingFrom(values, model, reading),
        resolutions: resolutionsOf(values),
        clusters: number(values, "clusters", { min: 1 }),
        restarts: number(values, "restarts", { min: 1 }),
        fewest: number(values, "min-patches", { min: 0 }),
        most: number(values, "max-patches", { min: 1 }),
        randomPatches: number(values, "random-patches", { min: 2 }),
        onProgress: (done, total) => progress.onProgress({ done, total }),
      });
      progress.finish();
      for (const note of [...answer.asked.notes, ...answer.found.notes]) out.note(note);
      const facts = factsOf(values, data, { asked: answer.asked, command: commandLine("concepts find", argv) });
      await deliver(
        values,
        {
          document: foundConceptsDocument(answer),
          text: textOf(answer),
          page: () => foundConceptsInput(answer, { facts, significance }),
          files: () => conceptPatchFiles(answer),
        },
        out,
      );
      return 0;
    } finally {
      progress.finish();
      await model.dispose();
    }
  },
};

const textOf = ({ asked, found }: FoundConcepts): string =>
  [
    `${asked.label}: ${found.patches} patches of ${asked.pictures.length} pictures in ${found.clusters} clusters at ${asked.layer.name}; ${found.concepts.length} concepts, ${found.dropped.length} no different from random`,
    ...[...found.concepts, ...found.dropped].map((c, i) =>
      lineOf(
        `concept ${i + 1}`,
        c.tcav,
        `${c.size} patches in ${c.pictures} pictures${c.tcav.significant ? "" : ", dropped"}`,
      ),
    ),
  ].join("\n");
