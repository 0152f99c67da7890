/** @file `study new` as a job: questions drawn, explained, and written as the files that a study is served from. */
import type { DataSet } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { writeCsv } from "../formats/csv.ts";
import { type Table, tableOfRows } from "../formats/table.ts";
import { encodePng } from "../image/png.ts";
import { scattered } from "../random.ts";
import { codesCsv, newCodes, newToken } from "../study/codes.ts";
import type { Study, StudyQuestion } from "../study/study.ts";
import { DEFAULT_CONSENT, DEFAULT_TITLE, defaultTutorial } from "../study/texts.ts";
import { jsonBytes } from "./kept-files.ts";
import type { LabelOf, UnreadPicture } from "./regions-network.ts";
import { type DrawnPicture, type DrawOptions, drawPictures, type StudyNetwork } from "./study-draw.ts";
import type { OpenHelper, SimilarPicture } from "./study-help.ts";
import { type LookAt, looker } from "./study-look.ts";
import { withHeat } from "./study-window.ts";

export interface NewStudyOptions
  extends Pick<DrawOptions, "device" | "threads" | "batch" | "signal">,
    Partial<Pick<DrawOptions, "between" | "wrong">> {
  /** Default 50. */
  readonly questions?: number | undefined;
  /** Codes that are made, default 20. */
  readonly participants?: number | undefined;
  /** What participants are told, 0…1; default nothing. */
  readonly statedAccuracy?: number | undefined;
  readonly title?: string | undefined;
  readonly tutorial?: string | undefined;
  readonly consent?: string | undefined;
  /** Of the draw and of the orders, default 0. Codes and token never come from it. */
  readonly seed?: number | undefined;
  /** Similar pictures of a question, default 8. */
  readonly similar?: number | undefined;
  /** Pixels of the longer side of a question's picture, at most; default 1024. Similar pictures have half. */
  readonly size?: number | undefined;
  readonly onProgress?: ((progress: StudyProgress) => void) | undefined;
}

/** Questions drawn, references looked through, questions explained and written: one after the other. */
export interface StudyProgress {
  readonly stage: "pictures" | "references" | "explanations";
  readonly done: number;
  readonly total: number;
}

/** Takes a file of the study's folder; `secret` files are for the folder's owner alone. */
export type WriteStudyFile = (
  name: string,
  bytes: Uint8Array,
  options?: { readonly secret?: boolean },
) => Promise<void>;

export interface NewStudy {
  readonly study: Study;
  readonly codes: readonly string[];
  readonly notes: readonly string[];
  readonly unread: readonly UnreadPicture[];
}

export interface StudyOf {
  readonly network: StudyNetwork;
  readonly data: DataSet;
  readonly labelOf: LabelOf;
  readonly helper: OpenHelper;
}

/**
 * Writes `pictures/*.png`, `questions.csv`, `codes.csv`, `admin-token.txt`, and last `study.json`; the caller makes the folder appear whole. Which picture
 * is asked about, and every pixel, follow from the seed; names of files follow from the places of questions alone.
 *
 * @throws OnnxplainError `E_PARAM`, `E_DATA_EMPTY` with too few pictures, `E_ABORTED`, and what the explanation throws.
 */
export async function makeStudy(
  { network, data, labelOf, helper: open }: StudyOf,
  write: WriteStudyFile,
  options: NewStudyOptions = {},
): Promise<NewStudy> {
  const { questions = 50, participants = 20, seed = 0, similar = 8, size = 1024, statedAccuracy } = options;
  checkOptions({ questions, participants, similar, size, statedAccuracy, wrong: options.wrong });
  const { device, threads, batch, signal, between, wrong } = options;
  const run = { device, threads, batch, signal };
  const tell =
    (stage: StudyProgress["stage"]) =>
    (done: number, total = questions): void =>
      options.onProgress?.({ stage, done, total });
  const drawn = await drawPictures(
    network,
    { data, labelOf },
    { ...run, questions, seed, size, between, wrong, onFound: (found) => tell("pictures")(found) },
  );
  const look = looker(network, Math.max(1, Math.round(size / 2)));
  const helper = await open(drawn.pictures, { ...run, similar, seed, look, onReferences: tell("references") });
  const notes = new Set<string>();
  const shelf = shelfOf(write, look);
  const made: StudyQuestion[] = [];
  let heatMaps: "plain" | "signed" | undefined;
  let writing: Promise<StudyQuestion> | undefined;
  const written = async (): Promise<void> => {
    if (writing === undefined) return;
    made.push(await writing);
    tell("explanations")(made.length);
  };
  try {
    for (const [i, picture] of drawn.pictures.entries()) {
      if (signal?.aborted)
        throw new OnnxplainError("E_ABORTED", `Stopped after ${i} questions.`, { cause: signal.reason });
      const help = await helper.help(picture);
      for (const note of help.notes) notes.add(note);
      if (help.map) heatMaps = help.map.signed ? "signed" : "plain";
      await written();
      writing = asked(network, picture, { number: i + 1, of: questions, seed, shelf, help });
      // what fails is thrown where it is waited for
      writing.catch(() => undefined);
    }
    await written();
    writing = undefined;
    const bare = made.filter((q) => q.similar.length === 0).length;
    if (bare > 0 && similar > 0 && Number(helper.source.references) > 0)
      notes.add(
        `${bare} of ${questions} questions have no similar pictures: the explanation holds no reference to be like theirs.`,
      );
    const right = drawn.pictures.filter((p) => p.predicted === p.truth).length;
    const study: Study = {
      schema_version: 1,
      title: options.title ?? DEFAULT_TITLE,
      tutorial:
        options.tutorial ??
        defaultTutorial({
          heatMaps,
          similar: made.some((q) => q.similar.length > 0),
        }),
      consent: options.consent ?? DEFAULT_CONSENT,
      stated_accuracy: statedAccuracy ?? null,
      actual_accuracy: right / questions,
      seed,
      questions: made,
      source: {
        ...helper.source,
        model: network.model.source.name,
        model_sha256: await network.model.digest(),
        data: data.name,
        wrong_share_asked: wrong ?? null,
      },
    };
    await write("questions.csv", utf8(writeCsv(drawnTable(drawn.pictures, made))), { secret: true });
    const codes = newCodes(participants);
    await write("codes.csv", utf8(codesCsv(codes)), { secret: true });
    await write("admin-token.txt", utf8(`${newToken()}\n`), { secret: true });
    await write("study.json", jsonBytes(study), { secret: true });
    return { study, codes, notes: [...notes], unread: [...drawn.unread, ...helper.unread] };
  } finally {
    await Promise.allSettled([writing]);
    await helper.dispose();
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Which picture of the data each question shows, by id; for the folder's owner. */
const drawnTable = (pictures: readonly DrawnPicture[], questions: readonly StudyQuestion[]): Table =>
  tableOfRows(
    questions.map(({ id, sides, truth, prediction, probability }, i) => ({
      question: id,
      picture: (pictures[i] as DrawnPicture).id,
      truth: sides[truth],
      prediction: sides[prediction],
      probability,
    })),
    { question: "string", picture: "string", truth: "string", prediction: "string", probability: "double" },
  );

interface Asked {
  readonly number: number;
  readonly of: number;
  readonly seed: number;
  readonly shelf: Shelf;
  readonly help: Awaited<ReturnType<Awaited<ReturnType<OpenHelper>>["help"]>>;
}

async function asked(
  network: StudyNetwork,
  { view, truth, other, predicted, probability }: DrawnPicture,
  { number, of, seed, shelf, help }: Asked,
): Promise<StudyQuestion> {
  const id = `q${String(number).padStart(String(of).length, "0")}`;
  const sides = sidesOf(truth, other, seed);
  const nameOf = (c: number): string => network.model.labels?.[c] ?? `class ${c}`;
  const [picture, heatMap, ...similar] = await allOf([
    shelf.put(`${id}.png`, view),
    help.map === null ? null : shelf.put(`${id}-map.png`, withHeat(view, help.map)),
    ...help.similar.map(async (found, k) => ({
      ...(await shelf.similar(found, `${id}-${k + 1}-map.png`)),
      caption: `The computer says: ${nameOf(found.predicted)}`,
    })),
  ]);
  return {
    id,
    picture,
    width: view.width,
    height: view.height,
    sides: [nameOf(sides[0]), nameOf(sides[1])],
    prediction: sides[0] === predicted ? 0 : 1,
    probability,
    truth: sides[0] === truth ? 0 : 1,
    heatMap,
    similar,
  };
}

/** The same order for a pair of classes wherever it is asked about, by the fall of a coin: it says nothing of truth or prediction. */
export function sidesOf(a: number, b: number, seed: number): readonly [number, number] {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  const coin = scattered(scattered(scattered(seed) + low) + high) & 1;
  return coin === 0 ? [low, high] : [high, low];
}

interface Shelf {
  /** The name it is kept by. */
  readonly put: (name: string, image: Parameters<typeof encodePng>[0]) => Promise<string>;
  readonly similar: (
    found: SimilarPicture,
    mapName: string,
  ) => Promise<{ readonly picture: string; readonly heatMap: string | null }>;
}

/** Pictures that several questions show are kept once. */
function shelfOf(write: WriteStudyFile, look: LookAt): Shelf {
  const kept = new Map<string, Promise<string>>();
  const put: Shelf["put"] = async (name, image) => {
    await write(`pictures/${name}`, await encodePng(image));
    return name;
  };
  return {
    put,
    similar: async ({ item, map }, mapName) => {
      const name = `s${kept.size + 1}.png`;
      const found = kept.get(item.id);
      const picture = found ?? look(item).then(({ view }) => put(name, view));
      kept.set(item.id, picture);
      const heatMap = map === null ? null : look(item).then(({ view }) => put(mapName, withHeat(view, map)));
      return await allOf([picture, heatMap]).then(([picture, heatMap]) => ({ picture, heatMap }));
    },
  };
}

/** As `Promise.all`, but none is still at work when one has failed: what they write into is about to be taken away. */
async function allOf<const T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

const MOST_QUESTIONS = 1000;
const MOST_PARTICIPANTS = 100_000;

function checkOptions(options: {
  readonly questions: number;
  readonly participants: number;
  readonly similar: number;
  readonly size: number;
  readonly statedAccuracy: number | undefined;
  readonly wrong: number | undefined;
}): void {
  const whole = (name: "questions" | "participants" | "similar" | "size", least: number, most: number): void => {
    const v = options[name];
    if (!Number.isInteger(v) || v < least || v > most)
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be a whole number in ${least}…${most}, got ${v}.`);
  };
  whole("questions", 1, MOST_QUESTIONS);
  whole("participants", 1, MOST_PARTICIPANTS);
  whole("similar", 0, 100);
  whole("size", 16, 4096);
  for (const name of ["statedAccuracy", "wrong"] as const) {
    const v = options[name];
    if (v !== undefined && !(v >= 0 && v <= 1))
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be a share in 0…1, got ${v}.`);
  }
}
