/** @file Folders laid out as PASCAL VOC: pictures, an XML file for each that names objects and boxes, lists of parts. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import type { FileEntry } from "../jobs/files.ts";
import type { DataItem, DataLabel, PictureBox } from "./dataset.ts";
import { isPictureName, readPicture } from "./picture-files.ts";
import { distinctLabels, firstFew, type Records } from "./records.ts";
import { readVocAnnotation, type VocAnnotation } from "./voc-annotation.ts";

export interface VocOptions {
  /** Class names in index order. Default: all that occur, sorted, as VOC orders its own. */
  readonly classes?: readonly string[] | undefined;
  /** Objects marked as difficult count as labels too. Default false, VOC's rule. */
  readonly difficultLabels?: boolean | undefined;
}

const [PICTURES, ANNOTATIONS, LISTS] = ["JPEGImages", "Annotations", "ImageSets/Main"] as const;
/** The list of `trainval` names again what `train` and `val` name. */
const PARTS = ["train", "val", "test", "trainval"] as const;
/** Annotations read at once. */
const AT_ONCE = 32;

const foldersIn = async (folder: string): Promise<readonly string[]> =>
  (await files.list(folder)).filter((e) => e.folder).map((e) => e.name);
const isVoc = (folders: readonly string[]): boolean => folders.includes(PICTURES) && folders.includes(ANNOTATIONS);

/**
 * The folder of this layout that is meant: itself, or the only one named `VOC…` in it, also below `VOCdevkit`; undefined where there is
 * none. Throws `E_FILE` where there are several.
 */
export async function vocFolder(folder: string, entries: readonly FileEntry[]): Promise<string | undefined> {
  const names = entries.filter((e) => e.folder).map((e) => e.name);
  if (isVoc(names)) return folder;
  const found: string[] = [];
  for (const name of names) {
    const at = files.join(folder, name);
    if (/^VOC\d/i.test(name) && isVoc(await foldersIn(at))) found.push(at);
    if (name === "VOCdevkit") {
      const below = await vocFolder(at, await files.list(at));
      if (below !== undefined) found.push(below);
    }
  }
  if (found.length < 2) return found[0];
  throw new OnnxplainError(
    "E_FILE",
    `\`${folder}\` holds ${found.length} data sets in VOC's layout: ${firstFew(found)}. Name one of them.`,
    { file: folder },
  );
}

interface Entry {
  /** The name without ending, VOC's own way to name a picture. */
  readonly stem: string;
  readonly split: string | undefined;
  /** A name among the pictures. */
  readonly picture: string | undefined;
  /** The reason where it cannot be read; undefined where there is none. */
  readonly annotation: VocAnnotation | OnnxplainError | undefined;
}

/**
 * The pictures that `ImageSets/Main/{train,val,test,trainval}.txt` list, or all where there is no list. The label of a picture names
 * each class of its objects that are not marked as difficult; every box names its class. Annotations are read here, pictures when they
 * are wanted; one that is broken makes its picture fail. Names inside of files only choose among the files there are, and lead nowhere else.
 *
 * Source: Everingham et al. 2010, "The PASCAL Visual Object Classes (VOC) Challenge".
 */
export async function vocRecords(root: string, options: VocOptions = {}): Promise<Records> {
  const pictures = (await filesIn(files.join(root, PICTURES))).filter(isPictureName);
  const annotations = (await filesIn(files.join(root, ANNOTATIONS))).filter((name) => /\.xml$/i.test(name));
  const [pictureOf, annotationOf] = [byStem(pictures), byStem(annotations)];
  const known = new Set(pictures);
  const lists = await partsIn(root);
  const stems = [...(lists?.partOf.keys() ?? new Set([...annotationOf.keys(), ...pictureOf.keys()]))].sort();
  const all = await eachOf(stems, async (stem): Promise<Entry> => {
    const annotation = await annotationAt(root, annotationOf.get(stem));
    const stated = isRead(annotation) ? annotation.filename : undefined;
    const own = pictureOf.get(stem);
    const chosen = known.has(stated ?? "") && (own === undefined || stemOf(stated ?? "") === stem) ? stated : own;
    return { stem, split: lists?.partOf.get(stem), picture: chosen, annotation };
  });
  const classes = options.classes ?? [...new Set(all.flatMap(objectsOf).map((o) => o.name))].sort();
  const places = new Map(classes.map((name, i) => [name, i]));
  const labels = all.map((entry) => labelOf(entry, places, options.difficultLabels ?? false));
  const unlisted = lists ? pictures.filter((name) => !lists.partOf.has(stemOf(name))).length : 0;
  return {
    name: root,
    count: all.length,
    classes,
    labels: distinctLabels(labels),
    sortedClasses: options.classes === undefined,
    splitOf: lists ? (i) => all[i]?.split : undefined,
    unions: { trainval: ["train", "val", "trainval"] },
    item: (i) => itemOf(all[i] as Entry, { root, label: labels[i], places }),
    notes: [
      ...(unlisted > 0 ? [`${unlisted} pictures that no list names ignored`] : []),
      ...(lists && lists.twice.length > 0
        ? [`${lists.twice.length} pictures are in several lists, taken for the first: ${firstFew(lists.twice)}`]
        : []),
      ...notesOf(all, places, options.difficultLabels ?? false),
    ],
  };
}

const stemOf = (name: string): string => name.replace(/\.[^.]*$/, "");
/** The first of each stem. */
const byStem = (names: readonly string[]): ReadonlyMap<string, string> =>
  new Map(names.toReversed().map((name) => [stemOf(name), name]));
const isRead = (annotation: Entry["annotation"]): annotation is VocAnnotation =>
  annotation !== undefined && !(annotation instanceof OnnxplainError);
const objectsOf = ({ annotation }: Entry): VocAnnotation["objects"] => (isRead(annotation) ? annotation.objects : []);

async function filesIn(folder: string): Promise<readonly string[]> {
  return (await files.list(folder)).filter((e) => !e.folder && !e.name.startsWith(".")).map((e) => e.name);
}

interface Lists {
  readonly partOf: ReadonlyMap<string, string>;
  /** Stems in several of `train`, `val` and `test`. */
  readonly twice: readonly string[];
}

/** Undefined where no list names a picture. A line begins with a stem; what follows it, as in the lists of single classes, is ignored. */
async function partsIn(root: string): Promise<Lists | undefined> {
  const partOf = new Map<string, string>();
  const twice = new Set<string>();
  for (const part of PARTS) {
    const bytes = await files.read(files.join(root, `${LISTS}/${part}.txt`));
    const lines = bytes === undefined ? [] : new TextDecoder().decode(bytes).split(/\r?\n/);
    const stems = new Set(lines.flatMap((line) => line.trim().split(/\s+/)[0] || []));
    for (const stem of stems)
      if (!partOf.has(stem)) partOf.set(stem, part);
      else if (part !== "trainval") twice.add(stem);
  }
  return partOf.size > 0 ? { partOf, twice: [...twice] } : undefined;
}

/** A file that is no annotation is told by its error, which belongs to its picture. */
async function annotationAt(root: string, name: string | undefined): Promise<Entry["annotation"]> {
  if (name === undefined) return undefined;
  const file = files.join(files.join(root, ANNOTATIONS), name);
  try {
    return readVocAnnotation((await files.read(file)) ?? new Uint8Array(), file);
  } catch (error) {
    if (error instanceof OnnxplainError) return error;
    throw error;
  }
}

async function eachOf<T>(stems: readonly string[], read: (stem: string) => Promise<T>): Promise<readonly T[]> {
  const out: T[] = [];
  for (let i = 0; i < stems.length; i += AT_ONCE)
    out.push(...(await Promise.all(stems.slice(i, i + AT_ONCE).map(read))));
  return out;
}

type Places = ReadonlyMap<string, number>;
const named = (name: string, places: Places): Pick<DataLabel, "index" | "name"> => {
  const index = places.get(name);
  return { ...(index === undefined ? {} : { index }), name };
};

/** All classes that count, in their order; none at all where every object is difficult. Undefined without an annotation. */
function labelOf(entry: Entry, places: Places, difficult: boolean): DataLabel | undefined {
  if (!isRead(entry.annotation)) return undefined;
  const counted = objectsOf(entry).filter((o) => difficult || !o.difficult);
  const several = [...new Set(counted.map((o) => o.name))].sort().map((name) => named(name, places));
  several.sort((a, b) => (a.index ?? places.size) - (b.index ?? places.size));
  return { ...(several.length === 1 ? several[0] : {}), several };
}

function itemOf(
  entry: Entry,
  { root, label, places }: { readonly root: string; readonly label: DataLabel | undefined; readonly places: Places },
): DataItem {
  const { stem, split, picture, annotation } = entry;
  const boxes = objectsOf(entry).flatMap(({ name, difficult, box }): readonly PictureBox[] =>
    box ? [{ ...box, ...named(name, places), ...(difficult ? { difficult } : {}) }] : [],
  );
  return {
    id: stem,
    label,
    load: async () => {
      if (annotation instanceof OnnxplainError) throw annotation;
      if (picture !== undefined) return readPicture(files.join(files.join(root, PICTURES), picture));
      throw new OnnxplainError(
        "E_FILE",
        `There is no picture of \`${stem}\` in \`${files.join(root, PICTURES)}\`. Add it, or take it out of the lists and annotations.`,
        { file: root },
      );
    },
    ...(boxes.length > 0 ? { boxes } : {}),
    ...(split === undefined ? {} : { split }),
  };
}

/** What is missing, broken or left out, each with its count. */
function notesOf(all: readonly Entry[], places: Places, difficultLabels: boolean): readonly string[] {
  const few = (what: string, entries: readonly Entry[]): readonly string[] =>
    entries.length === 0 ? [] : [`${entries.length} ${what}: ${firstFew(entries.map((e) => e.stem))}`];
  const difficult = all.flatMap(objectsOf).filter((o) => o.difficult).length;
  const unknown = [...new Set(all.flatMap(objectsOf).map((o) => o.name))].filter((name) => !places.has(name)).sort();
  return [
    ...few(
      "annotations that cannot be read",
      all.filter((e) => e.annotation instanceof OnnxplainError),
    ),
    ...few(
      "pictures without annotations have no label",
      all.filter((e) => e.annotation === undefined),
    ),
    ...few(
      "pictures are missing",
      all.filter((e) => e.picture === undefined),
    ),
    ...(difficult > 0
      ? [`${difficult} objects marked as difficult ${difficultLabels ? "count as labels" : "are no labels"}`]
      : []),
    ...(unknown.length > 0 ? [`${unknown.length} labels are none of the classes given: ${firstFew(unknown)}`] : []),
  ];
}
