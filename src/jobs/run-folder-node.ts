/**
 * @file The folder of a run on this machine's disk: `state.json` says what is measured, `parts/` holds one file for each finished
 * window. A file is written beside its place, forced to disk and moved there, so that whatever stands in its place is whole.
 */
import { readFileSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OnnxplainError } from "../errors.ts";
import type { EvaluatedWindow } from "../evaluate/options.ts";
import { files } from "./files-node.ts";
import type { OpenJob, OpenRun, RunState, Settings } from "./run-folder.ts";

const failed = (path: string, cause: unknown): OnnxplainError =>
  new OnnxplainError(
    "E_FILE",
    `Cannot write \`${path}\` (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message}).`,
    { file: path, cause },
  );

/** The whole file or none of it, also when the machine stops. Throws `E_FILE`. */
export async function commit(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  const partial = join(folder, `.${basename(path)}.part`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(partial, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
    const entry = await open(folder, "r");
    try {
      await entry.sync();
    } finally {
      await entry.close();
    }
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw failed(path, cause);
  }
}

const STATE = "state.json";
const PARTS = "parts";
const partName = (index: number): string => `${String(index).padStart(6, "0")}.json`;

export const openJob: OpenJob = async (folder, settings, resume) => {
  const entries = (await entriesOf(folder)).filter((name) => !/^\..*\.part$/.test(name));
  if (entries.length > 0 && !resume)
    throw new OnnxplainError(
      "E_FILE",
      `Folder \`${folder}\` exists and is not empty. Add \`--resume\` to go on with it, or choose another.`,
      { file: folder },
    );
  const plain = JSON.parse(JSON.stringify(settings)) as Settings;
  const resumed = entries.length > 0;
  let done = false;
  if (resumed) {
    const state = await readState(folder);
    refuseOther(state.settings, plain, folder);
    done = state.done;
  }
  const state = (finished: boolean): Promise<void> =>
    commit(join(folder, STATE), stateText({ schema_version: 1, settings: plain, done: finished }));
  let begun: Promise<void> | undefined = resumed ? Promise.resolve() : undefined;
  const begin = (): Promise<void> => {
    begun ??= state(false);
    return begun;
  };
  return {
    folder,
    resumed,
    done,
    read: (name) => files.read(join(folder, name)),
    begin,
    write: async (name, content) => {
      await begin();
      await commit(join(folder, name), content);
    },
    clear: async (folders) => {
      for (const name of folders) await rm(join(folder, name), { recursive: true, force: true });
    },
    close: () => state(true),
  };
};

export const openRun: OpenRun = async (folder, settings, resume) => {
  const job = await openJob(folder, settings, resume);
  await job.begin();
  const names = new Set(await entriesOf(join(folder, PARTS)));
  let parts = 0;
  while (names.has(partName(parts))) parts++;
  const begun = parts;
  let count = parts;
  return {
    folder,
    parts: begun,
    done: job.done,
    add: async (window) => {
      await commit(join(folder, PARTS, partName(window.index)), `${JSON.stringify(window)}\n`);
      count = window.index + 1;
    },
    windows: function* () {
      for (let i = 0; i < count; i++) yield readPart(join(folder, PARTS, partName(i)));
    },
    write: job.write,
    close: async () => {
      await job.close();
      await rm(join(folder, PARTS), { recursive: true, force: true });
    },
  };
};

const stateText = (state: RunState): string => `${JSON.stringify(state, null, 2)}\n`;

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new OnnxplainError("E_FILE", `Cannot read \`${folder}\` (${(cause as NodeJS.ErrnoException).code}).`, {
      file: folder,
      cause,
    });
  }
}

async function readState(folder: string): Promise<RunState> {
  try {
    return JSON.parse(await readFile(join(folder, STATE), "utf8")) as RunState;
  } catch (cause) {
    throw new OnnxplainError(
      "E_FILE",
      `Folder \`${folder}\` holds no \`${STATE}\`: it is not a run that could be resumed. Choose another folder.`,
      { file: folder, cause },
    );
  }
}

/** Not a number does not survive JSON: `null` in a curve stands for it. */
function readPart(path: string): EvaluatedWindow {
  const part = JSON.parse(readFileSync(path, "utf8")) as EvaluatedWindow;
  return { ...part, curves: part.curves.map((c) => ({ ...c, values: c.values.map((v) => v ?? Number.NaN) })) };
}

function refuseOther(stored: Settings, given: Settings, folder: string): void {
  const show = (v: unknown): string => (v === undefined ? "nothing" : JSON.stringify(v));
  const differing = [...new Set([...Object.keys(stored), ...Object.keys(given)])].filter(
    (key) => JSON.stringify(stored[key]) !== JSON.stringify(given[key]),
  );
  if (differing.length === 0) return;
  throw new OnnxplainError(
    "E_PARAM",
    `The run in \`${folder}\` was begun with other settings: ${differing
      .map((key) => `${key} was ${show(stored[key])}, now ${show(given[key])}`)
      .join("; ")}. Repeat the first settings, or choose another folder.`,
  );
}
