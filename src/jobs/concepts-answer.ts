/** @file Concepts as a sheet, as a document, and as pictures of their patches. */
import { OnnxplainError } from "../errors.ts";
import { encodePng } from "../image/png.ts";
import { resize } from "../image/resize.ts";
import type { ImageU8 } from "../image/types.ts";
import type { Concept } from "../regions/concepts/find.ts";
import { cutOut, patchOf, type SeenPicture } from "../regions/concepts/patches.ts";
import { isIn, type Segment } from "../regions/concepts/segments.ts";
import { TCAV, type TcavResult } from "../regions/concepts/tcav.ts";
import type { ConceptCard, ConceptExample, ConceptsPage } from "../report/concepts/input.ts";
import { conceptsSheet } from "../report/concepts/page.ts";
import type { PageFacts } from "../report/representers/input.ts";
import { counted } from "../report/run/numbers.ts";
import type { ConceptsGround, FoundConcepts, TestedConcepts } from "./concepts.ts";

/** Examples of one concept on the sheet. */
const SHOWN = 12;
/** Longest side of a picture on the sheet. */
const LONGEST = 96;

const small = (image: ImageU8): ImageU8 => {
  const scale = LONGEST / Math.max(image.width, image.height);
  const side = (v: number): number => Math.max(1, Math.round(v * scale));
  return scale < 1 ? resize(image, { width: side(image.width), height: side(image.height), resample: "box" }) : image;
};

/** The patch in a square of grey, unstretched. */
function squared(image: ImageU8, grey: number): ImageU8 {
  const side = Math.max(image.width, image.height);
  const data = new Uint8Array(side * side * image.channels).fill(grey);
  const [left, top] = [Math.floor((side - image.width) / 2), Math.floor((side - image.height) / 2)];
  const row = image.width * image.channels;
  for (let y = 0; y < image.height; y++)
    data.set(image.data.subarray(y * row, (y + 1) * row), ((y + top) * side + left) * image.channels);
  return { width: side, height: side, channels: image.channels, data };
}

/** What is not of the segment, at a quarter of its brightness. */
function placed(image: ImageU8, segment: Segment): ImageU8 {
  const { channels } = image;
  const data = Uint8Array.from(image.data, (v, i) => (isIn(segment, Math.floor(i / channels)) ? v : v >> 2));
  return { ...image, data };
}

const pictureOf = (pictures: readonly SeenPicture[], place: number): SeenPicture => pictures[place] as SeenPicture;

async function cardOf(
  concept: Concept,
  { name, pictures, grey }: { readonly name: string; readonly pictures: readonly SeenPicture[]; readonly grey: number },
): Promise<ConceptCard> {
  const examples: ConceptExample[] = [];
  for (const { picture, segment } of concept.patches.slice(0, SHOWN)) {
    const { id, image } = pictureOf(pictures, picture);
    const patch = await encodePng(small(squared(cutOut(image, segment, grey), grey)));
    examples.push({ id, patch, place: await encodePng(small(placed(image, segment))) });
  }
  const about = `${counted(concept.size, "patch", "patches")} in ${counted(concept.pictures, "picture")}, ${concept.patches.length} kept`;
  return { name, about, examples, ...figuresOf(concept.tcav) };
}

const figuresOf = (tcav: TcavResult): Omit<ConceptCard, "name" | "about" | "examples"> => ({
  mean: tcav.mean,
  deviation: tcav.deviation,
  counterpart: tcav.counterpartMean,
  p: tcav.p,
  significant: tcav.significant,
  accuracy: tcav.accuracy,
});

export interface SheetOptions {
  readonly facts: PageFacts;
  /** Default 0.01. */
  readonly significance?: number | undefined;
  readonly grey?: number | undefined;
}

const nameOf = (place: number): string => `concept ${place + 1}`;

/** The sheet of {@link FoundConcepts}: one self-contained HTML page. */
export const foundConceptsPage = async (found: FoundConcepts, options: SheetOptions): Promise<string> =>
  conceptsSheet(await foundConceptsInput(found, options));

/** What {@link foundConceptsPage} is made from. */
export async function foundConceptsInput(
  { asked, found }: FoundConcepts,
  options: SheetOptions,
): Promise<ConceptsPage> {
  const { facts, significance = TCAV.significance, grey = 117 } = options;
  const cards: ConceptCard[] = [];
  for (const [i, concept] of [...found.concepts, ...found.dropped].entries())
    cards.push(await cardOf(concept, { name: nameOf(i), pictures: asked.pictures, grey }));
  return {
    facts: { ...facts, notes: [...(facts.notes ?? []), ...asked.notes, ...found.notes] },
    title: `Concepts of ${asked.label}`,
    lead: `${counted(asked.pictures.length, "picture")} of ${asked.label} in ${counted(found.patches, "patch", "patches")}, ${counted(found.clusters, "cluster")}, at ${asked.layer.name}; ${counted(found.randomPatches, "random patch", "random patches")} to compare with`,
    className: asked.label,
    significance,
    concepts: cards.filter((c) => c.significant),
    dropped: cards.filter((c) => !c.significant),
  };
}

/** The sheet of {@link TestedConcepts}. */
export const testedConceptsPage = async (tested: TestedConcepts, options: SheetOptions): Promise<string> =>
  conceptsSheet(await testedConceptsInput(tested, options));

/** What {@link testedConceptsPage} is made from. */
export async function testedConceptsInput(
  { asked, results }: TestedConcepts,
  options: SheetOptions,
): Promise<ConceptsPage> {
  const { facts, significance = TCAV.significance } = options;
  const cards: ConceptCard[] = [];
  for (const { name, tcav, examples, pictures } of results) {
    const shown: ConceptExample[] = [];
    for (const { id, image } of examples.slice(0, SHOWN)) shown.push({ id, patch: await encodePng(small(image)) });
    cards.push({ name, about: counted(pictures, "picture"), examples: shown, ...figuresOf(tcav) });
  }
  cards.sort((a, b) => b.mean - a.mean);
  return {
    facts: { ...facts, notes: [...(facts.notes ?? []), ...asked.notes] },
    title: `What named concepts do for ${asked.label}`,
    lead: `${counted(asked.pictures.length, "picture")} of ${asked.label}, at ${asked.layer.name}; ${counted(asked.random.length, "random picture")} to compare with`,
    className: asked.label,
    significance,
    concepts: cards.filter((c) => c.significant),
    dropped: cards.filter((c) => !c.significant),
  };
}

const groundDocument = ({ target, label, layer, pictures, random, notes }: ConceptsGround): object => ({
  target,
  label,
  layer: layer.name,
  pictures: pictures.length,
  random_pictures: random.length,
  notes,
});

const tcavDocument = (tcav: TcavResult): object => ({
  tcav: tcav.mean,
  deviation: tcav.deviation,
  random: tcav.counterpartMean,
  p: tcav.p,
  significant: tcav.significant,
  accuracy: tcav.accuracy,
  examples: tcav.examples,
  scores: tcav.scores,
  random_scores: tcav.counterparts,
});

/** Everything but pictures, as plain JSON; centre and radius are what another picture's segments are placed by. */
export function foundConceptsDocument({ asked, found }: FoundConcepts): object {
  return {
    schema_version: 1,
    ...groundDocument(asked),
    patches: found.patches,
    clusters: found.clusters,
    random_patches: found.randomPatches,
    remarks: found.notes,
    concepts: [...found.concepts, ...found.dropped].map((c, i) => ({
      name: nameOf(i),
      size: c.size,
      distinct_pictures: c.pictures,
      ...tcavDocument(c.tcav),
      centre: Array.from(c.centre),
      radius: c.radius,
      patches: c.patches.map(({ picture, segment, distance }) => ({
        picture: pictureOf(asked.pictures, picture).id,
        resolution: segment.resolution,
        box: segment.box,
        area: segment.area,
        distance,
      })),
    })),
  };
}

export const testedConceptsDocument = ({ asked, results }: TestedConcepts): object => ({
  schema_version: 1,
  ...groundDocument(asked),
  concepts: results.map(({ name, pictures, tcav }) => ({ name, pictures, ...tcavDocument(tcav) })),
});

/** What a later run needs of a concept to place segments. */
export interface StoredConcept {
  readonly name: string;
  readonly centre: Float64Array;
  readonly radius: number;
  readonly tcav: { readonly mean: number };
}

/** The concepts of a {@link foundConceptsDocument} that passed the test. Throws `E_FILE` for anything else. */
export function readFoundConcepts(json: string, name = "concepts.json"): readonly StoredConcept[] {
  const refuse = (cause?: unknown): OnnxplainError =>
    new OnnxplainError("E_FILE", `\`${name}\` is no document of \`onnxplain concepts find\`.`, { file: name, cause });
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw refuse(cause);
  }
  const { concepts } = (parsed ?? {}) as { readonly concepts?: unknown };
  if (!Array.isArray(concepts)) throw refuse();
  return concepts.flatMap((c: Partial<Record<string, unknown>>) => {
    const { name: own, centre, radius, tcav, significant } = c;
    if (!Array.isArray(centre) || typeof radius !== "number" || typeof tcav !== "number") throw refuse();
    return significant === true
      ? [{ name: String(own), centre: Float64Array.from(centre as number[]), radius, tcav: { mean: tcav } }]
      : [];
  });
}

/** Patches as the network saw them, as PNG files by name: a folder for each concept, which `concepts tcav` takes again. */
export async function conceptPatchFiles(
  { asked, found }: FoundConcepts,
  grey?: number,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const { width, height } = asked.classifier;
  for (const [i, { patches }] of [...found.concepts, ...found.dropped].entries())
    for (const [k, { picture, segment }] of patches.entries()) {
      const { image } = pictureOf(asked.pictures, picture);
      const patch = patchOf(image, segment, { size: { width, height }, ...(grey === undefined ? {} : { grey }) });
      files.set(`patches/${nameOf(i).replace(" ", "-")}/${String(k).padStart(3, "0")}.png`, await encodePng(patch));
    }
  return files;
}
