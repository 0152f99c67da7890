/** @file `concepts find` and `concepts tcav`: from a model and data sets to concepts. */
import type { DataSet } from "../data/dataset.ts";
import type { ClassifierOptions, Explainer } from "../explainer.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Classifier } from "../methods/classifier.ts";
import { type AceAsked, type AceOptions, type Concepts, findConcepts } from "../regions/concepts/find.ts";
import { type GivenOptions, type GivenResult, testGivenConcepts } from "../regions/concepts/given.ts";
import { conceptLayer } from "../regions/concepts/readout.ts";
import { classIndex, ofClass, type SeenSet, seenPictures } from "./concepts-pictures.ts";

interface Common {
  readonly data: DataSet;
  /** Label or index. */
  readonly target: string | number;
  /** Any other pictures; default those of other classes in `data`. */
  readonly random?: DataSet | undefined;
  /** Value or node; default the last spatial feature map. A vector of features will do. */
  readonly layer?: string | undefined;
  readonly reading?: ClassifierOptions | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  readonly wnids?: readonly (string | undefined)[] | undefined;
}

export interface FindConceptsJob extends Common, AceOptions {}
export interface TestConceptsJob extends Common, GivenOptions {
  readonly concepts: readonly { readonly name: string; readonly data: DataSet }[];
}

/** Pictures and network that an answer rests on. */
export interface ConceptsGround extends AceAsked {
  readonly label: string;
  readonly notes: readonly string[];
}
export interface FoundConcepts {
  readonly asked: ConceptsGround;
  readonly found: Concepts;
}
export interface TestedConcepts {
  readonly asked: ConceptsGround;
  readonly results: readonly (GivenResult & { readonly pictures: number; readonly examples: SeenSet["pictures"] })[];
}

interface Opened extends ConceptsGround {
  readonly see: (data: DataSet) => Promise<SeenSet>;
}

async function ground(model: Explainer, asked: Common, signal: AbortSignal | undefined): Promise<Opened> {
  const { data, target, random, layer, reading, preprocessing, wnids } = asked;
  const classifier: Classifier = model.classifier({ ...reading, layer, preprocessing });
  const index = classIndex(model, classifier.classes, target);
  const see = (set: DataSet): Promise<SeenSet> =>
    seenPictures(model, set, { classifier, preprocessing, wnids, signal });
  const seen = await see(data);
  const { own, others } = ofClass(seen, index);
  const more = random === undefined ? undefined : await see(random);
  const stated = preprocessing && { spec: { ...preprocessing, layout: classifier.layout }, notes: [] };
  const { spec, notes } = stated ?? model.preprocessing(classifier);
  return {
    classifier,
    layer: conceptLayer(classifier, layer),
    spec,
    target: index,
    label: model.labels?.[index] ?? `class ${index}`,
    pictures: own,
    random: more?.pictures ?? others,
    notes: [...notes, ...seen.notes, ...(more?.notes ?? [])],
    see,
  };
}

/**
 * ACE on a data set. Throws as `findConcepts`, `conceptLayer`; `E_TARGET_UNKNOWN`, `E_TARGET_RANGE`.
 * @example const { found } = await findConceptsIn(model, { data, target: "bird" });
 */
export async function findConceptsIn(model: Explainer, job: FindConceptsJob): Promise<FoundConcepts> {
  const { see: _, ...asked } = await ground(model, job, job.signal);
  return { asked, found: await findConcepts(asked, job) };
}

/** TCAV of concepts that are given as data sets. Throws as `testGivenConcepts`, `conceptLayer`; `E_TARGET_UNKNOWN`, `E_TARGET_RANGE`. */
export async function testConceptsIn(model: Explainer, job: TestConceptsJob): Promise<TestedConcepts> {
  const { see, ...asked } = await ground(model, job, job.signal);
  const concepts: { readonly name: string; readonly pictures: SeenSet["pictures"] }[] = [];
  for (const { name, data } of job.concepts) concepts.push({ name, pictures: (await see(data)).pictures });
  const results = await testGivenConcepts({ ...asked, concepts }, job);
  return {
    asked,
    results: results.map((r, i) => {
      const { pictures = [] } = concepts[i] ?? {};
      return { ...r, pictures: pictures.length, examples: pictures };
    }),
  };
}
