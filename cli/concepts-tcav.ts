/** @file `onnxplain concepts tcav`: what concepts that are given as pictures do to the score of a class. */
import {
  OnnxplainError,
  openDataSet,
  type TestedConcepts,
  testConceptsIn,
  testedConceptsDocument,
  testedConceptsInput,
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
import { commandLine, type Flags, helpPage, isSet, number, pairs, parseFlags } from "./flags.ts";
import { classifierOptions, openModel, preprocessingFrom } from "./open.ts";
import { hushed, type Verb } from "./verb.ts";

const FLAGS = {
  concept: {
    type: "string",
    multiple: true,
    value: "NAME=DATA",
    about: "a concept and pictures of it; again for each concept",
  },
  ...CONCEPT_FLAGS,
} as const satisfies Flags;

export const conceptsTcav: Verb = {
  summary: "what concepts given as pictures do to the score of a class",
  help: helpPage(
    "concepts tcav --model MODEL --data DATA --class CLASS --concept NAME=DATA …",
    "How often the score of the class rises along each concept, and whether that is more than along random pictures.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values } = parseFlags("concepts tcav", argv, FLAGS);
    const target = classOf(values);
    const named = Object.entries(pairs(values, "concept"));
    if (named.length === 0)
      throw new OnnxplainError("E_USAGE", "No concept given. Add `--concept NAME=FOLDER`, once for each concept.");
    await refusePlace(values);
    const { data, wnids } = await dataFrom(values);
    const random = await randomFrom(values);
    const concepts = await Promise.all(named.map(async ([name, place]) => ({ name, data: await openDataSet(place) })));
    const out = hushed(console, isSet(values, "quiet"));
    const model = await openModel(values);
    try {
      const reading = classifierOptions(values);
      const significance = number(values, "significance", { min: 0, integer: false });
      const preprocessing = preprocessingFrom(values, model, reading);
      const answer = await testConceptsIn(model, {
        ...conceptOptions(values),
        ...{ data, wnids, random, target, reading, preprocessing, concepts },
      });
      for (const note of answer.asked.notes) out.note(note);
      const facts = factsOf(values, data, { asked: answer.asked, command: commandLine("concepts tcav", argv) });
      await deliver(
        values,
        {
          document: testedConceptsDocument(answer),
          text: textOf(answer),
          page: () => testedConceptsInput(answer, { facts, significance }),
          files: async () => new Map(),
        },
        out,
      );
      return 0;
    } finally {
      await model.dispose();
    }
  },
};

const textOf = ({ asked, results }: TestedConcepts): string =>
  [
    `${asked.label}: ${asked.pictures.length} pictures at ${asked.layer.name}, ${asked.random.length} random ones`,
    ...results.map(({ name, tcav, pictures }) =>
      lineOf(name, tcav, `${pictures} pictures${tcav.significant ? "" : ", no different from random"}`),
    ),
  ].join("\n");
