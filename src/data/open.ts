/** @file Opens a data set, whatever its layout. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import { openParquet } from "../formats/parquet-read.ts";
import type { BoxCorners } from "./boxes.ts";
import { byteSource } from "./byte-source.ts";
import { cifarLabelBytes, cifarRecords } from "./cifar.ts";
import type { Role } from "./columns.ts";
import type { DataSet } from "./dataset.ts";
import { folderRecords } from "./folder.ts";
import { embeddedRecords, holdsImages } from "./hf-parquet.ts";
import { manifestRecords } from "./manifest.ts";
import { isIdxImages, mnistRecords } from "./mnist.ts";
import { isPictureName } from "./picture-files.ts";
import { type Choice, dataSetOf, type Records } from "./records.ts";
import { vocFolder, vocRecords } from "./voc.ts";

export interface DataOptions extends Choice {
  /** Class names in index order, where the data does not state them or another order is meant. */
  readonly classes?: readonly string[] | undefined;
  /** What the right and bottom of boxes mean: default `half-open`, the first pixel outside; `inclusive`, the last inside. */
  readonly boxCorners?: BoxCorners | undefined;
  /** The darkest value of a mask picture that is inside, 1…255. Default 1: all that is not black. */
  readonly maskFrom?: number | undefined;
  /** Objects that the data marks as difficult (PASCAL VOC) count as labels too. Default false. */
  readonly difficultLabels?: boolean | undefined;
  /** Columns of a table by role, where their names do not tell. */
  readonly columns?: Readonly<Partial<Record<Role, string>>> | undefined;
}

/** Lists that may lie in a folder of pictures, in the order in which they are tried. */
const MANIFESTS = ["manifest.parquet", "manifest.csv", "labels.csv", "metadata.parquet", "metadata.csv"] as const;

/**
 * Open a data set from a path or URL; pictures are read when items are loaded, never before.
 *
 * - a folder with a folder for each class (also below `train`, `val`, `test`), or with pictures alone, which have no labels
 * - a CSV, TSV or Parquet manifest `path,label[,mask][,boxes][,split]`, or a folder that holds one (`manifest.*`, `labels.csv`,
 *   `metadata.*`); see {@link columnsOf} for other names of columns
 * - a folder in PASCAL VOC's layout (`JPEGImages`, `Annotations`, `ImageSets/Main`; also above it): several labels a picture, boxes
 *   that name their class; the split `trainval` is `train` and `val`
 * - Parquet with the pictures in it, one file or a folder of shards (also below `data/`), as on the Hugging Face hub
 * - CIFAR-10 and CIFAR-100 binary files, MNIST idx files (also `.gz`): a file, or a folder of them
 *
 * @throws OnnxplainError `E_FILE`, `E_DATA_EMPTY`, `E_PARAM`.
 * @example const data = await openDataSet("photos/", { split: "val", limit: 500, shuffle: 0 });
 */
export async function openDataSet(source: string | URL, options: DataOptions = {}): Promise<DataSet> {
  const { maskFrom = 1 } = options;
  if (!(Number.isInteger(maskFrom) && maskFrom >= 1 && maskFrom <= 255))
    throw new OnnxplainError("E_PARAM", `Expected \`maskFrom\` to be an integer in 1…255, got ${maskFrom}.`);
  const location = String(source);
  const records = (await files.isFolder(location))
    ? await inFolder(location, options)
    : await inFile(location, options);
  return dataSetOf(records, options);
}

async function inFile(location: string, options: DataOptions): Promise<Records> {
  const path = location.replace(/[?#].*$/, "");
  if (/\.parquet$/i.test(path)) return inParquet(location, [location], options);
  if (/\.(csv|tsv)$/i.test(path)) return manifestRecords(location, options);
  if (isIdxImages(path)) return mnistRecords(location, [location], options);
  if (/\.bin$/i.test(path)) return cifarRecords(location, [location], options);
  const what = isPictureName(path) ? "is one picture" : "is no data set that can be read, or there is none";
  throw new OnnxplainError(
    "E_FILE",
    `\`${location}\` ${what}. Expected a folder of pictures, a .csv, .tsv or .parquet file, CIFAR .bin or MNIST *-images-idx3-ubyte(.gz).`,
    { file: location },
  );
}

async function inParquet(name: string, locations: readonly string[], options: DataOptions): Promise<Records> {
  const [first] = locations as readonly [string];
  const { columns } = await openParquet(await byteSource(first), first);
  if (holdsImages(columns, options.columns)) return embeddedRecords(name, locations, options);
  if (locations.length === 1) return manifestRecords(first, options);
  throw new OnnxplainError(
    "E_FILE",
    `\`${name}\` holds ${locations.length} Parquet files without pictures in them. Name one as the manifest.`,
    { file: name },
  );
}

async function inFolder(folder: string, options: DataOptions): Promise<Records> {
  const entries = await files.list(folder);
  const names = entries.filter((e) => !e.folder && !e.name.startsWith(".")).map((e) => e.name);
  const at = (name: string): string => files.join(folder, name);
  const manifest = MANIFESTS.find((m) => names.includes(m));
  const shards = names.filter((n) => /\.parquet$/i.test(n) && n !== manifest).map(at);
  const below = entries.some((e) => e.folder && e.name === "data") && shards.length === 0 && !manifest;
  const hub = below ? (await files.list(at("data"))).filter((e) => !e.folder && /\.parquet$/i.test(e.name)) : [];
  const parquet = shards.length > 0 ? shards : hub.map((e) => files.join(at("data"), e.name));
  if (parquet.length > 0) return inParquet(folder, parquet, options);
  const idx = names.filter(isIdxImages);
  if (idx.length > 0) return mnistRecords(folder, idx.map(at), options);
  const cifar: string[] = [];
  for (const name of names)
    if (/\.bin$/i.test(name) && cifarLabelBytes(await files.size(at(name)), name) !== undefined) cifar.push(at(name));
  if (cifar.length > 0) return cifarRecords(folder, cifar, options);
  if (manifest) return manifestRecords(at(manifest), options);
  const voc = await vocFolder(folder, entries);
  return voc === undefined ? folderRecords(folder, options.classes) : vocRecords(voc, options);
}
