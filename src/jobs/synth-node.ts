/** @file Writes a synthetic data set to disk, drawn by several threads, whole or not at all. */
import { mkdir, readdir, rm, rmdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import {
  foldersOf,
  legendJson,
  MASK_FOLDERS,
  manifestTable,
  type SynthRow,
  settingsJson,
  shortcutTable,
} from "../data/synth/files.ts";
import { SPLITS, type SynthSettings, synthSettings } from "../data/synth/settings.ts";
import { OnnxplainError } from "../errors.ts";
import { writeCsv } from "../formats/csv.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { VERSION } from "../version.ts";
import { openPart, removeStaleParts, settlePart } from "./part-folder.ts";
import type { SynthSummary, WriteSynth, WriteSynthOptions } from "./synth.ts";
import { type PictureFiles, pictureFiles, writeFiles } from "./synth-files.ts";

const DEFAULT_COUNT = 1000;
const MOST_WORKERS = 8;
/** Pictures that a thread is asked for at a time. */
const CHUNK = 16;

const TABLES = {
  legend: "parts.json",
  settings: "synth.json",
  shortcuts: "shortcuts.csv",
  parquet: "manifest.parquet",
  csv: "manifest.csv",
} as const;
/** All that a folder drawn here holds, whole or not. */
const OURS: ReadonlySet<string> = new Set([...SPLITS, ...Object.values(MASK_FOLDERS), ...Object.values(TABLES)]);

export const writeSynth: WriteSynth = async (folder, options = {}) => {
  const { count = DEFAULT_COUNT } = options;
  if (!Number.isSafeInteger(count) || count < 1)
    throw new OnnxplainError("E_PARAM", `Expected \`count\` to be an integer from 1 up, got ${count}.`);
  const settings = synthSettings(options);
  const place = resolve(folder);
  const began = performance.now();
  let partial: string | undefined;
  try {
    await refuseFull(place);
    await mkdir(dirname(place), { recursive: true });
    await removeStaleParts(place, OURS);
    partial = await openPart(place);
    for (const name of foldersOf(settings, count)) await mkdir(join(partial, name), { recursive: true });
    const rows = await draw({ folder: partial, settings, count, options });
    await writeTables(partial, rows, { settings, count });
    stopIfAsked(options);
    await rmdir(place).catch(ignoreMissing);
    await settlePart(partial, place);
    return summary(rows, { folder, count, settings, seconds: (performance.now() - began) / 1000 });
  } catch (cause) {
    if (partial !== undefined) await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    if (cause instanceof OnnxplainError) throw cause;
    throw failed(folder, (cause as NodeJS.ErrnoException).code ?? (cause as Error).message, cause);
  }
};

const failed = (folder: string, why: string, cause?: unknown): OnnxplainError =>
  new OnnxplainError("E_FILE", `Cannot write \`${folder}\` (${why}).`, { file: folder, cause });

const ignoreMissing = (cause: NodeJS.ErrnoException): void => {
  if (cause.code !== "ENOENT") throw cause;
};

async function refuseFull(place: string): Promise<void> {
  const entries = await readdir(place).catch((cause: NodeJS.ErrnoException) => {
    ignoreMissing(cause);
    return [];
  });
  if (entries.length > 0)
    throw new OnnxplainError("E_FILE", `Folder \`${place}\` exists and is not empty. Choose another, or empty it.`, {
      file: place,
    });
}

const stopped = (): OnnxplainError => new OnnxplainError("E_ABORTED", "Drawing was stopped; nothing was kept.");

function stopIfAsked({ signal }: WriteSynthOptions): void {
  if (signal?.aborted) throw stopped();
}

interface Task {
  readonly folder: string;
  readonly settings: SynthSettings;
  readonly count: number;
  readonly options: WriteSynthOptions;
}

/** Lines of the manifest in the order of the pictures, whoever drew them. */
async function draw(task: Task): Promise<readonly SynthRow[]> {
  const { count, options } = task;
  const chunks = Math.ceil(count / CHUNK);
  const asked = options.workers ?? Math.min(availableParallelism(), MOST_WORKERS);
  if (!Number.isSafeInteger(asked) || asked < 0)
    throw new OnnxplainError("E_PARAM", `Expected \`workers\` to be an integer from 0 up, got ${asked}.`);
  const workers = WORKER === undefined ? 0 : Math.min(asked, chunks);
  return workers === 0 ? drawHere(task) : drawInThreads(task, workers);
}

/** The thread's file lies beside this one once it is compiled; uncompiled sources cannot be started as threads. */
const WORKER: URL | undefined = import.meta.url.endsWith(".js")
  ? new URL("./synth-worker.js", import.meta.url)
  : undefined;

async function drawHere({ folder, settings, count, options }: Task): Promise<readonly SynthRow[]> {
  const rows: SynthRow[] = [];
  for (let i = 0; i < count; i++) {
    stopIfAsked(options);
    const picture = await pictureFiles(settings, i);
    writeFiles(folder, picture);
    rows.push(picture.row);
    options.onProgress?.({ done: i + 1, total: count });
  }
  return rows;
}

interface Answer {
  readonly from: number;
  readonly pictures: readonly PictureFiles[];
}

/** The threads draw and this one writes: several that write wait for each other. */
async function drawInThreads(
  { folder, settings, count, options }: Task,
  workers: number,
): Promise<readonly SynthRow[]> {
  const rows = new Array<SynthRow>(count);
  const threads = Array.from({ length: workers }, () => new Worker(WORKER as URL, { workerData: { settings } }));
  let next = 0;
  let done = 0;
  try {
    stopIfAsked(options);
    await new Promise<void>((finish, reject) => {
      const stop = (): void => reject(stopped());
      const ask = (thread: Worker): void => {
        if (next >= count) return;
        const from = next;
        next = Math.min(next + CHUNK, count);
        thread.postMessage({ from, to: next });
      };
      options.signal?.addEventListener("abort", stop, { once: true });
      for (const thread of threads) {
        thread.on("message", ({ from, pictures }: Answer) => {
          ask(thread);
          try {
            for (const [k, picture] of pictures.entries()) {
              writeFiles(folder, picture);
              rows[from + k] = picture.row;
            }
          } catch (cause) {
            reject(cause);
            return;
          }
          done += pictures.length;
          options.onProgress?.({ done, total: count });
          if (done === count) finish();
        });
        thread.on("error", reject);
        thread.on("exit", (code) => reject(new Error(`internal: a drawing thread ended with ${code}`)));
        ask(thread);
      }
    });
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return rows;
}

async function writeTables(
  folder: string,
  rows: readonly SynthRow[],
  { settings, count }: { readonly settings: SynthSettings; readonly count: number },
): Promise<void> {
  const manifest = manifestTable(rows);
  await writeFile(join(folder, TABLES.legend), legendJson(settings));
  await writeFile(join(folder, TABLES.settings), settingsJson(settings, { count, version: VERSION }));
  if (settings.watermark || settings.background)
    await writeFile(join(folder, TABLES.shortcuts), writeCsv(shortcutTable(rows)));
  await writeFile(join(folder, TABLES.parquet), writeTable(manifest));
  await writeFile(join(folder, TABLES.csv), writeCsv(manifest));
}

function summary(
  rows: readonly SynthRow[],
  rest: Pick<SynthSummary, "folder" | "count" | "settings" | "seconds">,
): SynthSummary {
  const tally = (key: (row: SynthRow) => string): Readonly<Record<string, number>> => {
    const out: Record<string, number> = {};
    for (const row of rows) out[key(row)] = (out[key(row)] ?? 0) + 1;
    return out;
  };
  const having = (word: string): number => rows.filter((r) => r.shortcut?.split("+").includes(word)).length;
  return {
    ...rest,
    splits: tally((r) => r.split),
    classes: tally((r) => r.true_label),
    watermarked: having("watermark"),
    onBackground: having("background"),
    flipped: rows.filter((r) => r.given_label !== r.true_label).length,
  };
}
