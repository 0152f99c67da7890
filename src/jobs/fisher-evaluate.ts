/** @file `fisher evaluate` as a job: is the relevance true, what does it look at, and how does a network do on the same pictures? */
import { openJob } from "#run-folder";
import type { LoadedItem } from "../data/load-item.ts";
import { sha256 } from "../digest.ts";
import { OnnxplainError } from "../errors.ts";
import { writeCsv } from "../formats/csv.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { CLUSTERS_SHOWN, fisherEvaluationPage } from "../report/fisher/evaluate.ts";
import type { FisherEvaluatePage, ModelLine, PageCluster } from "../report/fisher/evaluate-input.ts";
import type { Labelled } from "../train/feeding/survey.ts";
import { VERSION } from "../version.ts";
import { fisherJudge } from "./fisher-evaluate-fisher.ts";
import type { ModelId } from "./fisher-evaluate-judge.ts";
import { networkJudge } from "./fisher-evaluate-network.ts";
import { type FisherEvaluateOptions, type Judging, judgingOf } from "./fisher-evaluate-options.ts";
import { askedOrders } from "./fisher-evaluate-orders.ts";
import { type AskedClass, type Judges, judgePicture, type PicturePiece } from "./fisher-evaluate-picture.ts";
import { type Judged, judgedPictures, loaded } from "./fisher-evaluate-pictures.ts";
import { keptPicture, keptScores, PIECES, type ScorePiece } from "./fisher-evaluate-pieces.ts";
import { explainedClasses, type ModelRanking, rankingOf, recognises } from "./fisher-evaluate-scores.ts";
import { clusterExamples, type SheetRow, type SheetWork, sheetPng, sheetRow } from "./fisher-evaluate-sheets.ts";
import { type FisherFindings, findingsOf } from "./fisher-evaluate-summary.ts";
import { evaluationTables } from "./fisher-evaluate-tables.ts";
import { bytesOf, CLASSIFIERS, ENCODING } from "./fisher-open.ts";
import { jsonBytes } from "./kept-files.ts";
import type { JobFolder, Settings } from "./run-folder.ts";
import { PAGE_FILE, packPage } from "./run-page-file.ts";

/** `evaluation.json`. */
export interface FisherEvaluation extends FisherFindings {
  readonly version: string;
  readonly pipeline: string;
  readonly network: string | null;
  readonly data: string;
  readonly labels: readonly string[];
  readonly settings: Judging;
  /** Pictures scored, and those of them that relevance was looked at. */
  readonly pictures: number;
  readonly explained: number;
  readonly unread: Judged["unread"];
  /** A line a model: mAP, A and V of the first epsilon beside a random order, mu, suspicious clusters. */
  readonly table: readonly ModelLine[];
  readonly rankings: readonly ModelRanking[];
  readonly command: string | null;
  readonly notes: readonly string[];
}

/**
 * Judge a trained pipeline, and a network beside it, on labelled pictures: AP and equal error thresholds of all pictures; on true
 * positives, algorithm 1 for every decomposition and a random order, pixel perturbation by each model's own maps, the context ratio
 * mu where boxes (or masks) are known, and a search for artefacts among the maps. The network's maps are by LRP.
 *
 * Leaves `evaluation.json`, tables (`scores`, `relevance`, `resampling`, `curves`, `clusters`), `sheets/CLASS.png` and
 * `evaluation.html`. Pieces are kept picture by picture: stopped and resumed it gives the same bytes. Of a picture no more than numbers
 * and maps of 20 x 20 cells stay in memory.
 *
 * @throws OnnxplainError `E_PARAM` for settings out of range, or other than those the folder was begun with; `E_DATA_EMPTY`,
 * `E_TARGET_RANGE`, `E_TARGET_UNKNOWN` for data that cannot be judged by; `E_FILE` for a folder that is taken; `E_ABORTED`.
 *
 * Source: Lapuschkin et al. 2016 (CVPR), sections 3 and 4, supplement; Lapuschkin et al. 2019 for the search.
 * @example await runFisherEvaluate({ pipeline: await openFisher("fv"), data, folder: "run" });
 */
export async function runFisherEvaluate(
  options: FisherEvaluateOptions,
): Promise<{ readonly folder: string; readonly evaluation: FisherEvaluation }> {
  const judging = judgingOf(options);
  const { pipeline: opened, network, data, signal } = options;
  const { labels, encoding } = opened.pipeline;
  const judged = await judgedPictures(options, labels);
  const job = await openJob(options.folder, await settingsOf(options, judging, judged), options.resume ?? false);
  if (job.done)
    throw new OnnxplainError("E_FILE", `The evaluation in \`${job.folder}\` is complete; there is nothing to resume.`, {
      file: job.folder,
    });
  const judges: Judges = {
    fisher: fisherJudge(opened, judging, { device: options.device, threads: options.threads }),
    network: network && (await networkJudge(network, { labels, composite: judging.composite ?? "" })),
  };
  const models: readonly ModelId[] = judges.network ? ["fisher", "network"] : ["fisher"];
  try {
    const { scores, pictures, unread } = await scoresOf(job, judged, judges, options);
    const rankings = models.map((model) =>
      rankingOf(
        model,
        scores.map((s) => s.scores[model] as Float64Array),
        { pictures, ignored: judged.ignored },
        labels.length,
      ),
    );
    const orders = askedOrders(judging);
    const asked = askedOf({ rankings, scores, pictures, judging, classes: labels.length });
    const pieces: PicturePiece[] = [];
    for (const [place, classes] of asked) {
      stopped(signal);
      const { item } = pictures[place] as Labelled;
      const work = { judges, judging, orders, encoding, boxesOf: judged.boxesOf, signal };
      const piece = keptPicture(job, place, item.id, async () => judgePicture(await loaded(item), classes, work));
      pieces.push(await abortable(piece, signal));
      options.onProgress?.("relevance", pieces.length, asked.size);
    }
    const found = findingsOf(pieces, { orders, models, rankings, classes: labels.length, seed: judging.seed });
    const evaluation: FisherEvaluation = {
      ...found,
      version: VERSION,
      pipeline: opened.folder,
      network: network?.model.source.name ?? null,
      data: data.name,
      labels,
      settings: judging,
      pictures: pictures.length,
      explained: pieces.length,
      unread: [...judged.unread, ...unread],
      table: models.map((model) => lineOf(model, rankings, found)),
      rankings,
      command: options.command ?? null,
      notes: [...data.notes, ...(judges.network?.notes ?? [])],
    };
    await writeEvaluation(job, { evaluation, scores, pieces, judged: { ...judged, pictures } }, { judges, options });
    await job.close();
    await job.clear(PIECES);
    return { folder: job.folder, evaluation };
  } finally {
    await judges.fisher.dispose();
    await judges.network?.dispose();
  }
}

function stopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new OnnxplainError("E_ABORTED", "The evaluation was stopped; `--resume` goes on with it.", {
      cause: signal.reason,
    });
}

/** What a signal throws from within becomes the job's own error. */
const abortable = <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  work.catch((cause) => {
    stopped(signal);
    throw cause;
  });

/** What decides the files. */
async function settingsOf(
  { pipeline, network, data, csv }: FisherEvaluateOptions,
  judging: Judging,
  { pictures }: Judged,
): Promise<Settings> {
  return {
    what: "fisher evaluate",
    ...judging,
    pipeline: await sha256(await bytesOf(pipeline.folder, ENCODING), await bytesOf(pipeline.folder, CLASSIFIERS)),
    network: (await network?.model.digest()) ?? null,
    preprocessing: network?.options?.preprocessing ?? null,
    output: network?.options?.output ?? null,
    data: data.name,
    pictures: pictures.length,
    csv: csv ?? false,
  };
}

async function scoresOf(
  job: JobFolder,
  judged: Judged,
  judges: Judges,
  { signal, onProgress, data }: FisherEvaluateOptions,
): Promise<{
  readonly scores: readonly ScorePiece[];
  /** Those that were scored, in the same order. */
  readonly pictures: readonly Labelled[];
  readonly unread: Judged["unread"];
}> {
  const scores: ScorePiece[] = [];
  const pictures: Labelled[] = [];
  const unread: { readonly id: string; readonly message: string }[] = [];
  for (const [place, picture] of judged.pictures.entries()) {
    stopped(signal);
    const { id } = picture.item;
    const piece = await keptScores(job, place, id, async () => {
      const got = await loaded(picture.item);
      const fisher = await judges.fisher.scores(got);
      return judges.network ? { fisher, network: await judges.network.scores(got) } : { fisher };
    });
    if ("error" in piece) unread.push({ id, message: piece.error });
    else {
      scores.push(piece);
      pictures.push(picture);
    }
    onProgress?.("scores", place + 1, judged.pictures.length);
  }
  if (pictures.length === 0)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      `No picture of \`${data.name}\` could be scored. ${unread[0] ? `${unread[0].id}: ${unread[0].message}` : ""}`,
    );
  return { scores, pictures, unread };
}

/** What is asked of which picture, by its place among those scored. */
function askedOf({
  rankings,
  scores,
  pictures,
  judging,
  classes,
}: {
  readonly rankings: readonly ModelRanking[];
  readonly scores: readonly ScorePiece[];
  readonly pictures: readonly Labelled[];
  readonly judging: Judging;
  readonly classes: number;
}): ReadonlyMap<number, readonly AskedClass[]> {
  const [fisher] = rankings;
  const modelsOf = (i: number, c: number): readonly ModelId[] =>
    rankings.flatMap((r) => (recognises(r, scores[i]?.scores[r.model], c) ? [r.model] : []));
  const chosen = explainedClasses(pictures, (i, c) => modelsOf(i, c).length > 0, {
    classes,
    limit: judging.limitPerClass,
  });
  const perturbed = new Array<number>(classes).fill(0);
  return new Map(
    [...chosen].map(([i, own]) => [
      i,
      own.map((c): AskedClass => {
        const models = modelsOf(i, c);
        // both models are perturbed on the same pictures
        const pixels = models.length === rankings.length && (perturbed[c] as number) < judging.pixelPictures;
        if (pixels) perturbed[c]! += 1;
        return { class: c, models, threshold: fisher?.classes[c]?.threshold ?? 0, pixels };
      }),
    ]),
  );
}

function lineOf(model: ModelId, rankings: readonly ModelRanking[], found: FisherFindings): ModelLine {
  const order = (test: (id: string) => boolean) => found.orders.find((o) => test(o.order));
  const own = model === "fisher" ? (order((id) => id.startsWith("epsilon")) ?? found.orders[0]) : undefined;
  const random = model === "fisher" ? order((id) => id === "random") : undefined;
  const context = found.context.find((c) => c.model === model);
  const pixels = found.pixels.find((p) => p.model === model);
  return {
    model,
    precision: rankings.find((r) => r.model === model)?.mean ?? null,
    quality: own?.quality ?? null,
    randomQuality: random?.quality ?? null,
    flips: own?.flipShare ?? null,
    randomFlips: random?.flipShare ?? null,
    pixelDrop: pixels?.drop ?? null,
    randomPixelDrop: pixels?.randomDrop ?? null,
    mu: context?.mu ?? null,
    muPositive: context?.muPositive ?? null,
    suspicious: found.clusters.filter((c) => c.model === model && c.suspicious).length,
  };
}

async function writeEvaluation(
  job: JobFolder,
  from: Parameters<typeof evaluationTables>[0],
  { judges, options }: { readonly judges: Judges; readonly options: FisherEvaluateOptions },
): Promise<void> {
  const { evaluation, scores, pieces, judged } = from;
  const { labels, settings } = evaluation;
  const items = new Map(judged.pictures.map((p) => [p.item.id, p.item]));
  const byId = new Map(scores.map((s) => [s.id, s]));
  const work: SheetWork = {
    judges,
    boxesOf: judged.boxesOf,
    load: async (id): Promise<LoadedItem> => loaded(items.get(id) as Labelled["item"]),
    scoreOf: (model, id, label) => byId.get(id)?.scores[model]?.[label] ?? Number.NaN,
  };
  const wanted = labels.map((_, c) =>
    pieces.flatMap((p) => (p.records.some((r) => r.class === c) ? [p.id] : [])).slice(0, settings.sheets),
  );
  const shown = evaluation.clusters.filter((c, i) => c.suspicious || i < CLUSTERS_SHOWN);
  const total = wanted.reduce((sum, ids) => sum + ids.length, 0) + shown.length;
  let done = 0;
  const step = (): void => {
    stopped(options.signal);
    options.onProgress?.("sheets", ++done, total);
  };
  const sheets: SheetRow[] = [];
  for (const [c, ids] of wanted.entries()) {
    const rows: SheetRow[] = [];
    for (const id of ids) {
      rows.push(await sheetRow(id, c, work));
      step();
    }
    if (rows.length > 0)
      await job.write(`sheets/${fileName(labels[c] as string, c)}.png`, await sheetPng(rows, labels[c] as string));
    sheets.push(...rows);
  }
  const clusters: PageCluster[] = [];
  for (const cluster of shown) {
    clusters.push({ ...cluster, examples: await clusterExamples(cluster, work) });
    step();
  }
  const rest = evaluation.clusters.filter((c) => !shown.includes(c)).map((c) => ({ ...c, examples: [] }));
  for (const [name, table] of Object.entries(evaluationTables(from))) {
    await job.write(`${name}.parquet`, writeTable(table));
    if (options.csv) await job.write(`${name}.csv`, writeCsv(table));
  }
  await job.write("evaluation.json", jsonBytes(evaluation));
  const page: FisherEvaluatePage = {
    ...evaluation,
    facts: {
      model: evaluation.pipeline,
      data: evaluation.data,
      settings: saidSettings(evaluation),
      command: options.command,
      notes: [
        ...evaluation.notes,
        ...evaluation.unread.map((u) => `left out ${u.id}: ${u.message}`),
        ...new Set(evaluation.searches.flatMap((s) => s.notes.map((n) => `${labels[s.class]}, ${s.model}: ${n}`))),
      ],
    },
    batchOf: settings.batchOf,
    repetitions: settings.repetitions,
    clusters: [...clusters, ...rest],
    sheets,
  };
  await job.write(PAGE_FILE, packPage("fisher evaluate", page));
  await job.write("evaluation.html", await fisherEvaluationPage(page));
}

/** A class's name as a file's: two may be written alike, so its number stands first. */
const fileName = (label: string, c: number): string => `${c}-${label.replaceAll(/[^\w-]+/g, "-").slice(0, 60)}`;

const saidSettings = ({ network, settings: s }: FisherEvaluation): readonly (readonly [string, string])[] => [
  ["network", network ?? "none"],
  ["decompositions", s.decompositions.join(", ")],
  ["epsilon", s.epsilons.join(", ")],
  ["area of a descriptor", s.area],
  ["replacements", `${s.replacements}, ${s.batchOf} between measurements, ${s.repetitions} repetitions`],
  ["pictures of a class explained", s.limitPerClass === null ? "all recognised" : `${s.limitPerClass} at most`],
  [
    "pixel perturbation",
    `${s.pixelPictures} pictures a class, ${s.pixelSteps} regions of ${s.pixelRegion} x ${s.pixelRegion} at most`,
  ],
  ...(s.composite === null ? [] : ([["relevance of the network", `LRP, ${s.composite}`]] as const)),
  ["seed", String(s.seed)],
];
