/** @file Folders of `representers` as their pages. */

import { compareView } from "../report/representers/compare.ts";
import { confusionView } from "../report/representers/confusion.ts";
import { debugView } from "../report/representers/debug.ts";
import { explainView } from "../report/representers/explain.ts";
import { fitView } from "../report/representers/fit.ts";
import type { PageFacts } from "../report/representers/input.ts";
import { simulationView } from "../report/representers/simulation.ts";
import { CRITERIA, CRITERION_IDS } from "../representers/debug.ts";
import { openRepresenters } from "./representers-open.ts";
import { representersFitInput } from "./representers-pages.ts";
import type { RunReader } from "./run-page-folder.ts";
import {
  compareInput,
  confusionInput,
  debugInput,
  explainInput,
  fitInput,
  simulationInput,
} from "./run-page-inputs-representers.ts";
import { count, list, maybe, nullable, oneOf, real, record, type Shape, text } from "./run-page-shape.ts";
import { has, type Opened, packedKind, type RunKind, saidFacts } from "./run-page-view.ts";

const factsOf = (run: RunReader): PageFacts => ({ model: run.location, data: run.location, settings: [] });

/** From `fit.json` and the arrays; agreement point by point and the solver's steps were not kept. */
async function olderFit(run: RunReader): Promise<Opened> {
  const { report, fitted } = await openRepresenters(run.location);
  const compared = { train: undefined, held_out: undefined };
  const made = representersFitInput(
    { report, fitted, steps: [], compared },
    { ...factsOf(run), command: report.command ?? undefined },
  );
  const input = fitInput(made, "", { tensors: {}, file: run.place("fit.json") });
  const missing = ["How the fit agrees with the network point by point, and the steps of the solver, were not kept."];
  return { page: fitView(input), facts: saidFacts(input), missing };
}

interface DebugRecord {
  readonly criteria: readonly (typeof CRITERION_IDS)[number][];
  readonly class_names: readonly string[];
  readonly trainingPoints: number;
  readonly notes: readonly string[];
  readonly suspects: readonly {
    readonly position: number;
    readonly id: string;
    readonly label: number | null;
    readonly values: readonly number[];
    readonly predicted: number | null;
    readonly probability: number | null;
  }[];
}
const debugRecord: Shape<DebugRecord> = record<DebugRecord>({
  criteria: list(oneOf(...CRITERION_IDS)),
  class_names: list(text),
  trainingPoints: count,
  notes: list(text),
  suspects: list(
    record<DebugRecord["suspects"][number]>({
      position: count,
      id: text,
      label: nullable(count),
      values: list(real),
      predicted: nullable(count),
      probability: maybe,
    }),
  ),
});

async function olderDebug(run: RunReader): Promise<Opened> {
  const { criteria, class_names, trainingPoints, notes, suspects } = await run.json("debug.json", debugRecord);
  const input = {
    facts: { ...factsOf(run), notes },
    labels: class_names,
    criteria: criteria.map((id) => ({ id, title: CRITERIA[id].title, about: CRITERIA[id].about })),
    trainingPoints,
    suspects: suspects.map(({ id, label, predicted, probability, ...rest }) => ({
      ...rest,
      point: { id, label },
      predicted: predicted ?? undefined,
      probability: probability ?? undefined,
    })),
  };
  return { page: debugView(input), facts: saidFacts(input), missing: ["Pictures of the points were not kept."] };
}

const of =
  (kind: string): RunKind["recognises"] =>
  ({ pageKind }) =>
    pageKind === kind;

export const REPRESENTER_KINDS: Readonly<Record<string, RunKind>> = {
  "representers fit": packedKind("representers fit", {
    title: "Training points, fitted",
    shape: fitInput,
    view: fitView,
    recognises: has("fit.json", "fit.safetensors"),
    older: olderFit,
  }),
  "representers explain": packedKind("representers explain", {
    title: "Training points for and against",
    shape: explainInput,
    view: explainView,
    recognises: of("representers explain"),
  }),
  "representers confused": packedKind("representers confused", {
    title: "One class taken for another",
    shape: confusionInput,
    view: confusionView,
    recognises: of("representers confused"),
  }),
  "representers debug": packedKind("representers debug", {
    title: "Labels worth a look",
    shape: debugInput,
    view: debugView,
    recognises: has("debug.json"),
    older: olderDebug,
  }),
  "representers simulate": packedKind("representers simulate", {
    title: "Flipped labels, found",
    shape: simulationInput,
    view: simulationView,
    recognises: has("simulation.json"),
  }),
  "representers compare": packedKind("representers compare", {
    title: "Representers beside influence",
    shape: compareInput,
    view: compareView,
    recognises: has("compare.json"),
  }),
};
