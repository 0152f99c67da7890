/** @file A folder that appears whole or not at all, filled file by file. */
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { OnnxplainError, type WriteStudyFile } from "../src/index.ts";
import { refuseFull } from "./write.ts";

/** Only the owner reads what is secret. */
const SECRET = 0o600;

/** What asks a program to end: Ctrl-C, `kill`, a terminal that is closed. */
export const ENDS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The first signal is for whoever listens; at the second one `folder` is removed, and the process ends as by that signal. */
function removedAtSecondSignal(folder: string): Disposable {
  let signals = 0;
  const end = (signal: NodeJS.Signals): void => {
    if (++signals < 2) return;
    rmSync(folder, { recursive: true, force: true });
    for (const name of ENDS) process.removeListener(name, end);
    process.kill(process.pid, signal);
  };
  for (const name of ENDS) process.on(name, end);
  return {
    [Symbol.dispose]: () => {
      for (const name of ENDS) process.removeListener(name, end);
    },
  };
}

/** Runs `fill`, then moves what it wrote to `folder`; after a failure, or an interruption, nothing is left. Throws `E_FILE` where the folder is not empty. */
export async function inNewFolder<T>(folder: string, fill: (write: WriteStudyFile) => Promise<T>): Promise<T> {
  await refuseFull(folder);
  const place = resolve(folder);
  let partial: string | undefined;
  try {
    await mkdir(dirname(place), { recursive: true });
    partial = await mkdtemp(join(dirname(place), `.${basename(place)}.part-`));
    const inside = partial;
    using _ = removedAtSecondSignal(inside);
    const result = await fill(async (name, bytes, { secret = false } = {}) => {
      await mkdir(dirname(join(inside, name)), { recursive: true });
      await writeFile(join(inside, name), bytes, secret ? { mode: SECRET } : {});
    });
    await refuseFull(folder);
    await rm(place, { recursive: true, force: true });
    await rename(inside, place);
    return result;
  } catch (cause) {
    if (partial) await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    if (cause instanceof OnnxplainError && cause.code === "E_ABORTED")
      throw new OnnxplainError("E_ABORTED", `Stopped; nothing is left of \`${folder}\`.`, { cause });
    if (cause instanceof OnnxplainError || !(cause instanceof Error && "code" in cause)) throw cause;
    throw new OnnxplainError("E_FILE", `Cannot write \`${folder}\` (${String(cause.code)}).`, { file: folder, cause });
  }
}
