/** @file What `fisher explain` writes: each form gathers what it needs, picture by picture. */
import { extname } from "node:path";
import {
  type DataSet,
  type ExplainedFisher,
  encodePng,
  type FisherExplainOptions,
  type FisherRow,
  fisherDocument,
  fisherExplainPage,
  fisherNpy,
  fisherPagePicture,
  fisherPictureDocument,
  fisherRows,
  fisherSheet,
  fisherSheetRows,
  fisherTable,
  fisherTensors,
  type Likenesses,
  OnnxplainError,
  openDataSet,
  PAGE_FILE,
  packPage,
  picturesOf,
  relevanceAsked,
  sharedIds,
  sortedJson,
  type TrainedFisher,
  trainingClasses,
  writeCsv,
  writeSafetensors,
} from "../src/index.ts";
import { text, type Values } from "./flags.ts";
import { refuseFull, writeFolder, writeWhole } from "./write.ts";

export interface FisherContext {
  readonly open: TrainedFisher;
  readonly options: FisherExplainOptions;
  /** As they were written. */
  readonly edits: readonly string[];
  readonly values: Values;
  readonly command: string;
  readonly note: (text: string) => void;
}

/** Takes explanations one after the other, and writes when all are there. */
export interface Collector {
  readonly add: (explained: ExplainedFisher) => Promise<void>;
  readonly write: () => Promise<void>;
}

/** The bytes of one form. */
interface Gatherer {
  readonly add: (explained: ExplainedFisher) => Promise<void>;
  readonly bytes: () => Promise<Uint8Array>;
  /** `page.safetensors`, of a page. */
  readonly page?: () => Promise<Uint8Array>;
}

const utf8 = (words: string): Uint8Array => new TextEncoder().encode(words);

function gather<T>(
  take: (explained: ExplainedFisher, place: number) => Promise<T> | T,
  finish: (taken: readonly T[]) => Promise<Uint8Array> | Uint8Array,
): Gatherer {
  const taken: T[] = [];
  return {
    add: async (explained) => void taken.push(await take(explained, taken.length)),
    bytes: async () => finish(taken),
  };
}

const FORMS: Readonly<Record<string, (context: FisherContext) => Promise<Gatherer> | Gatherer>> = {
  ".html": page,
  ".png": () => gather(fisherSheetRows, (rows) => encodePng(fisherSheet(rows.flat()))),
  ".npy": () =>
    gather(
      (explained) => explained,
      (all) => fisherNpy(all),
    ),
  ".safetensors": ({ open, options }) =>
    gather(
      (explained, place) => fisherTensors(String(place), explained),
      (all) => {
        const { variant, epsilon, area } = relevanceAsked(options);
        return writeSafetensors(Object.assign({}, ...all), {
          variant,
          epsilon: String(epsilon),
          area,
          labels: JSON.stringify(open.head.labels),
        });
      },
    ),
  ".json": ({ open, options, edits }) =>
    gather(
      (explained) => fisherPictureDocument(open, explained),
      (pictures) => utf8(sortedJson(fisherDocument(open, options, { edits, pictures }))),
    ),
  ".csv": () => gather<readonly FisherRow[]>(fisherRows, (rows) => utf8(writeCsv(fisherTable(rows.flat())))),
};

/** What a folder holds. */
const FOLDER: Readonly<Record<string, string>> = {
  "report.html": ".html",
  "sheet.png": ".png",
  "relevance.safetensors": ".safetensors",
  "scores.csv": ".csv",
  "explanation.json": ".json",
};

export interface Place {
  /** Training pictures are shown. */
  readonly shows: boolean;
  /** Holds one map alone. */
  readonly single: boolean;
  readonly open: (context: FisherContext) => Promise<Collector>;
}

/** By extension, or a folder. Throws `E_USAGE` for other extensions. */
export function collectorFor(path: string | undefined): Place | undefined {
  if (path === undefined) return undefined;
  const extension = extname(path).toLowerCase();
  const form = Object.hasOwn(FORMS, extension) ? FORMS[extension] : undefined;
  if (form)
    return {
      shows: extension === ".html",
      single: extension === ".npy",
      open: async (context) => {
        const gatherer = await form(context);
        return { add: gatherer.add, write: async () => writeWhole(path, await gatherer.bytes()) };
      },
    };
  if (extension !== "" && !path.endsWith("/"))
    throw new OnnxplainError(
      "E_USAGE",
      `\`${path}\`: cannot write ${extension}. Known: ${Object.keys(FORMS).join(", ")}, or a folder for everything.`,
    );
  return { shows: true, single: false, open: (context) => folder(path, context) };
}

async function folder(path: string, context: FisherContext): Promise<Collector> {
  await refuseFull(path);
  const gatherers = await Promise.all(
    Object.entries(FOLDER).map(async ([name, form]) => [name, (await FORMS[form]?.(context)) as Gatherer] as const),
  );
  return {
    add: async (explained) => {
      for (const [, gatherer] of gatherers) await gatherer.add(explained);
    },
    write: async () => {
      const files = new Map<string, Uint8Array>();
      for (const [name, gatherer] of gatherers) {
        files.set(name, await gatherer.bytes());
        if (gatherer.page) files.set(PAGE_FILE, await gatherer.page());
      }
      await writeFolder(path, files);
    },
  };
}

async function page(context: FisherContext): Promise<Gatherer> {
  const { open, options, edits, command, note } = context;
  const { head } = open;
  const asked = relevanceAsked(options);
  const labels = asked.shares > 0 ? await trainingClasses(open) : undefined;
  const data = asked.shares > 0 ? await trainingData(context) : undefined;
  const items: Awaited<ReturnType<typeof fisherPagePicture>>[] = [];
  const input = () => ({
    labels: head.labels,
    edits,
    items,
    facts: {
      model: open.folder,
      data: head.data,
      settings: [
        ["variant", asked.variant],
        ...(asked.variant === "epsilon" ? ([["epsilon", String(asked.epsilon)]] as const) : []),
        ["area of a descriptor", asked.area],
        ["descriptors", `bins of ${head.sift.sizes.join(", ")} pixels every ${head.sift.step}`],
        ["mixture", `${head.components} Gaussians of ${head.width} numbers`],
        ["layout", head.spatial],
        ...(edits.length > 0 ? ([["edits", edits.join("; ")]] as const) : []),
      ] as const,
      command,
      notes: head.notes,
    },
  });
  return {
    add: async (explained) => {
      const train: Likenesses | undefined = data && (await picturesOf(data, sharedIds([explained])));
      items.push(await fisherPagePicture(open, explained, { train, labels }));
    },
    bytes: async () => {
      if (asked.shares > 0 && data === undefined)
        note(
          `note: the training pictures are not where they were (\`${head.data}\`); \`--data DATA\` says where they lie`,
        );
      return utf8(await fisherExplainPage(input()));
    },
    page: async () => packPage("fisher explain", input()),
  };
}

/** The data that was trained on; undefined where it is not to be found and none was named. */
async function trainingData({ open, values }: FisherContext): Promise<DataSet | undefined> {
  const named = text(values, "data");
  if (named !== undefined) return openDataSet(named);
  try {
    return await openDataSet(open.head.data);
  } catch (cause) {
    if (cause instanceof OnnxplainError) return undefined;
    throw cause;
  }
}
