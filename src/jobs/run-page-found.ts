/** @file Folders of results in a folder of them, as deep as people nest what they ran. */
import { files } from "#files";
import { runKindOf, runKinds } from "./run-page.ts";
import { openReader } from "./run-page-folder.ts";

export interface FoundRun {
  /** From the folder that was looked through, with `/` between; empty for that folder itself. */
  readonly path: string;
  readonly location: string;
  /** One of `runKinds`. */
  readonly kind: string;
  readonly title: string;
}

export interface FindRunsOptions {
  /** Folders below one another that are looked into; default 3. */
  readonly depth?: number | undefined;
  /** Folders that are looked into in all; default 1000. */
  readonly most?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly path: string;
  readonly at: string;
  /** Folders between this and the first. */
  readonly below: number;
  /** Kinds of the runs that it lies in. */
  readonly within: readonly string[];
}

/**
 * Every folder of results at a place and below it, those nearer to it first, otherwise by name; hidden folders are left out. A file is
 * read only where its folder's names do not tell. Folders of the same kind inside a run are its parts, and left out. Empty where there is
 * none. Throws `E_FILE` for a place that cannot be listed.
 * @example for (const { location } of await findRuns("experiments/")) await openRunPage(location);
 */
export async function findRuns(
  location: string,
  { depth = 3, most = 1000, signal }: FindRunsOptions = {},
): Promise<readonly FoundRun[]> {
  const found: FoundRun[] = [];
  const waiting: Waiting[] = [{ path: "", at: location, below: 0, within: [] }];
  for (let looked = 0; looked < most; looked++) {
    const next = waiting.shift();
    if (next === undefined) break;
    signal?.throwIfAborted();
    const kind = runKindOf(await openReader(next.at));
    if (kind !== undefined && !next.within.includes(kind))
      found.push({ path: next.path, location: next.at, kind, title: runKinds[kind]?.title ?? "" });
    if (next.below < depth)
      for (const { name, folder } of await files.list(next.at))
        if (folder && !name.startsWith("."))
          waiting.push({
            path: next.path === "" ? name : `${next.path}/${name}`,
            at: files.join(next.at, name),
            below: next.below + 1,
            within: kind === undefined ? next.within : [...next.within, kind],
          });
  }
  return found;
}
