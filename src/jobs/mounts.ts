/** @file Folders that a page was handed, by drag or by a local server, under locations `mount:/name-1/` that are read like any other. */
import { OnnxplainError } from "../errors.ts";
import type { RunsListing, SharedFolder } from "../formats/shared-folder.ts";
import type { FileEntry, Files } from "./files.ts";

/** A file that is read by ranges, wherever it lies. */
export interface RemoteFile {
  readonly size: number;
  /** Bytes `start` to before `end`. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>;
}
/** A file of a mount: its bytes, or how to reach them; the function is called once, when the file is first asked for. */
export type MountEntry = Blob | (() => RemoteFile | Promise<RemoteFile>);

/** A folder that a server lists, mounted. */
export interface MountedRun {
  readonly name: string;
  readonly location: string;
}

type Opener = () => Promise<RemoteFile>;
interface Mount {
  readonly files: ReadonlyMap<string, Opener>;
  /** What lies in each folder, `""` is the root; true is a folder. */
  readonly folders: ReadonlyMap<string, ReadonlyMap<string, boolean>>;
}

const SCHEME = "mount:/";
/** Files of one mount, at most. */
const MOST_FILES = 200_000;
const mounts = new Map<string, Mount>();
let made = 0;

export const isMounted = (location: string): boolean => location.startsWith(SCHEME);

const failed = (why: string, file: string, cause?: unknown): OnnxplainError =>
  new OnnxplainError("E_FILE", why, { file, cause });

/** Its segments; `.` and empty ones fall away. Throws `E_FILE` for a way out. */
function segmentsOf(path: string): readonly string[] {
  const segments = path.split(/[/\\]/).filter((s) => s !== "" && s !== ".");
  const bad = segments.find((s) => s === ".." || s.includes("\0"));
  if (bad === undefined) return segments;
  throw failed(`\`${path}\` leads out of its folder. Expected a path inside it, without \`..\`.`, path);
}

const openerOf = (entry: MountEntry): Opener => {
  if (typeof entry !== "function")
    return async () => ({
      size: entry.size,
      read: async (start, end) => new Uint8Array(await entry.slice(start, end).arrayBuffer()),
    });
  let opened: Promise<RemoteFile> | undefined;
  return () => {
    opened ??= Promise.resolve().then(entry);
    return opened;
  };
};

function mountOf(name: string, entries: Iterable<readonly [path: string, file: MountEntry]>): Mount {
  const files = new Map<string, Opener>();
  const folders = new Map<string, Map<string, boolean>>([["", new Map()]]);
  for (const [path, file] of entries) {
    const segments = segmentsOf(path);
    const key = segments.join("/");
    if (segments.length === 0 || files.has(key) || folders.has(key))
      throw failed(`\`${path}\` stands twice in \`${name}\`, or names no file. Give each file once.`, path);
    if (files.size >= MOST_FILES)
      throw failed(`\`${name}\` holds more than ${MOST_FILES} files. Choose a folder below it.`, name);
    files.set(key, openerOf(file));
    for (const [depth, own] of segments.entries()) {
      const folder = segments.slice(0, depth).join("/");
      if (files.has(folder)) throw failed(`\`${folder}\` is both a file and a folder in \`${name}\`.`, path);
      const inside = folders.get(folder) ?? new Map<string, boolean>();
      folders.set(folder, inside.set(own, depth < segments.length - 1));
    }
  }
  return { files, folders };
}

/**
 * Give files a location, `mount:/name-1/`, at which they are read as a folder: `loadModel`, `openDataSet`, `openRunPage` and all else that
 * takes a path. Paths are relative, with `/` between; `..` is refused. It stays until {@link unmount}; other threads do not see it.
 * Throws `E_FILE` for paths that lead out, stand twice, or are file and folder at once.
 * @example const model = await loadModel(mountFolder("mobilenet", files.map((f) => [f.webkitRelativePath, f])));
 */
export function mountFolder(name: string, entries: Iterable<readonly [path: string, file: MountEntry]>): string {
  const mount = mountOf(name, entries);
  const plain = name
    .replaceAll(/[^\w.-]+/g, "-")
    .replace(/^[-.]+/, "")
    .slice(0, 80);
  const key = `${plain === "" ? "folder" : plain}-${++made}`;
  mounts.set(key, mount);
  return `${SCHEME}${key}/`;
}

/**
 * Mount the runs that a server lists. Their files are fetched when they are read, by ranges where ranges are read.
 * Throws `E_FILE` for a listing of another form, or one whose files lie on another server.
 */
export function mountRemote(baseUrl: string, listing: RunsListing): readonly MountedRun[] {
  const home = new URL(baseUrl);
  const runs: unknown = (listing as Partial<RunsListing> | null)?.runs;
  if (!Array.isArray(runs)) throw failed(`The listing of \`${home.origin}\` names no \`runs\`.`, baseUrl);
  return runs.map((run: unknown) => {
    if (!isRun(run)) throw failed(`A run in the listing of \`${home.origin}\` has no name, place or files.`, baseUrl);
    const base = new URL(run.at.endsWith("/") ? run.at : `${run.at}/`, home);
    if (base.origin !== home.origin)
      throw failed(`Run \`${run.name}\` lies at \`${base.origin}\`, outside of \`${home.origin}\`.`, baseUrl);
    const entries = run.files.map(({ path, size }): readonly [string, MountEntry] => {
      const url = new URL(segmentsOf(path).map(encodeURIComponent).join("/"), base).href;
      return [path, () => ({ size, read: (start, end) => fetchRange(url, start, end) })];
    });
    return { name: run.name, location: mountFolder(run.name, entries) };
  });
}

function isRun(run: unknown): run is SharedFolder {
  const { name, at, files } = (run ?? {}) as Readonly<Record<string, unknown>>;
  return (
    [name, at].every((v) => typeof v === "string") &&
    Array.isArray(files) &&
    files.every((f: unknown) => {
      const { path, size } = (f ?? {}) as Readonly<Record<string, unknown>>;
      return typeof path === "string" && Number.isSafeInteger(size) && (size as number) >= 0;
    })
  );
}

/** A server that knows no ranges answers 200 and the whole file. Throws `E_FILE`. */
export async function fetchRanged(location: string, start: number, end: number): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(location, { headers: { Range: `bytes=${start}-${end - 1}` } });
  } catch (cause) {
    throw failed(`Cannot fetch \`${location}\`.`, location, cause);
  }
  if (response.ok) return response;
  throw failed(`Cannot fetch \`${location}\`: HTTP ${response.status}.`, location);
}

/** Throws `E_FILE` unless there are as many bytes. */
export async function fetchRange(location: string, start: number, end: number): Promise<Uint8Array> {
  if (end <= start) return new Uint8Array(0);
  const response = await fetchRanged(location, start, end);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const part = response.status === 206 ? bytes : bytes.slice(start, end);
  if (part.length === end - start) return part;
  throw failed(`Expected ${end - start} bytes of \`${location}\`, got ${part.length}.`, location);
}

/** Take the folder away. What was read stays; what is asked for later is not found. */
export function unmount(location: string): void {
  mounts.delete(keyOf(location));
}

const keyOf = (location: string): string => location.slice(SCHEME.length).split("/", 1)[0] ?? "";

/** Throws `E_FILE` for a mount that is not there, or a path that leads out. */
function placeOf(location: string): { readonly mount: Mount; readonly path: string } {
  const key = keyOf(location);
  const mount = mounts.get(key);
  if (mount === undefined)
    throw failed(`\`${location}\` is not mounted, or no longer. Give the folder again.`, location);
  return { mount, path: segmentsOf(location.slice(SCHEME.length + key.length)).join("/") };
}

/** Throws `E_FILE` where there is none. */
async function fileAt(location: string): Promise<RemoteFile> {
  const { mount, path } = placeOf(location);
  const open = mount.files.get(path);
  if (open === undefined) throw failed(`There is no file \`${location}\`.`, location);
  return open();
}

async function bytesOf(location: string, start: number, end: number): Promise<Uint8Array> {
  const { size, read } = await fileAt(location);
  if (!(start >= 0 && start <= end && end <= size))
    throw failed(`\`${location}\` has ${size} bytes, expected ${start} to ${end}.`, location);
  let bytes: Uint8Array;
  try {
    bytes = await read(start, end);
  } catch (cause) {
    throw cause instanceof OnnxplainError
      ? cause
      : failed(`Cannot read \`${location}\` (${(cause as Error).message}). Give the folder again.`, location, cause);
  }
  if (bytes.length === end - start) return bytes;
  throw failed(`Expected ${end - start} bytes of \`${location}\`, got ${bytes.length}.`, location);
}

export const mountedFiles: Files = {
  read: async (location) => {
    const { mount, path } = placeOf(location);
    const open = mount.files.get(path);
    return open && bytesOf(location, 0, (await open()).size);
  },
  isFolder: async (location) => {
    const { mount, path } = placeOf(location);
    return mount.folders.has(path);
  },
  join: (folder, name) => `${folder.replace(/\/$/, "")}/${segmentsOf(name).join("/")}`,
  folderOf: (location) => location.replace(/[^/]*$/, ""),
  list: async (folder) => {
    const { mount, path } = placeOf(folder);
    const inside = mount.folders.get(path);
    if (inside === undefined) throw failed(`There is no folder \`${folder}\`.`, folder);
    return [...inside]
      .map(([name, isFolder]): FileEntry => ({ name, folder: isFolder }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  },
  size: async (location) => (await fileAt(location)).size,
  readRange: bytesOf,
  readInto: async (location, start, target) => target.set(await bytesOf(location, start, start + target.length)),
};
