/** @file Writing so that nothing half-done ever looks whole: beside its place first, then moved there. */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Bundle, OnnxplainError } from "../src/index.ts";

const failed = (path: string, cause: unknown): OnnxplainError =>
  new OnnxplainError(
    "E_FILE",
    `Cannot write \`${path}\` (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message}).`,
    { file: path, cause },
  );

/** One file; its folder is made when missing. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, bytes);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw failed(path, cause);
  }
}

/** A folder of files, the manifest last. Throws `E_FILE` when the folder exists and is not empty, unless it is to be replaced. */
export async function writeFolder(
  folder: string,
  bundle: Bundle,
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<void> {
  if (!replace) await refuseFull(folder);
  const place = resolve(folder);
  let partial: string | undefined;
  try {
    await mkdir(dirname(place), { recursive: true });
    partial = await mkdtemp(join(dirname(place), `.${basename(place)}.part-`));
    for (const [name, bytes] of bundle) {
      await mkdir(dirname(join(partial, name)), { recursive: true });
      await writeFile(join(partial, name), bytes);
    }
    await rm(place, { recursive: true, force: true });
    await rename(partial, place);
  } catch (cause) {
    if (partial) await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw failed(folder, cause);
  }
}

/** Refuse to overwrite somebody's folder; called before the work, and again before writing. */
export async function refuseFull(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw failed(folder, cause);
  });
  if (entries.length > 0)
    throw new OnnxplainError("E_FILE", `Folder \`${folder}\` exists and is not empty. Choose another, or empty it.`, {
      file: folder,
    });
}
