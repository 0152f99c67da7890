/** @file Folders of results: those that the local server offers, those that were dropped, and the one that is open. */
import { computed, signal } from "@preact/signals";
import type { Corrections } from "../../page/check-off.ts";
import type { SharedFolder } from "../../src/index.ts";
import type { RunPlace, RunSource, ShownRun } from "../engine/calls/runs.ts";
import { call, generation } from "../engine/client.ts";
import { save } from "../parts/save.ts";
import { report, said, type WorkTools, work } from "./work.ts";

export interface ListedRun extends RunPlace {
  readonly name: string;
  /** What wrote it; undefined where that is not known. */
  readonly kind: string | undefined;
  readonly title: string | undefined;
}

/** A folder that was given, with the runs in it. */
export interface ListedSource {
  readonly id: string;
  readonly source: RunSource;
  readonly runs: readonly ListedRun[];
}

export const sources = signal<readonly ListedSource[]>([]);
export const runs = computed(() => sources.value.flatMap((s) => s.runs));
/** What is on the screen: a run, or two against each other. */
export const openedRun = signal<{ readonly places: readonly RunPlace[]; readonly page: ShownRun } | undefined>(
  undefined,
);

export const isSame = (a: RunPlace, b: RunPlace): boolean => a.source === b.source && a.path === b.path;

const idOf = (source: RunSource): string =>
  source.kind === "shared" ? `shared ${source.folder.at}` : `files ${source.name}`;

interface Look {
  readonly source: RunSource;
  /** The worker that was given it. */
  readonly generation: number;
  readonly found: Promise<readonly ListedRun[]>;
}
const looks = new Map<string, Look>();

/** Gives a source to the worker, once, for whoever asks; what is in it. */
function look({ id, source }: Pick<ListedSource, "id" | "source">, tools: WorkTools): Promise<readonly ListedRun[]> {
  const before = looks.get(id);
  if (before?.source === source && before.generation === generation.peek()) return before.found;
  const found = lookInto(id, source, tools);
  const own: Look = { source, generation: generation.peek(), found };
  looks.set(id, own);
  found.catch(() => looks.get(id) === own && looks.delete(id));
  return found;
}

async function lookInto(id: string, source: RunSource, tools: WorkTools): Promise<readonly ListedRun[]> {
  const found = await call("mountRuns", { id, source }, tools);
  return found.map(({ path, kind, title }) => ({
    source: id,
    path,
    name: path === "" ? source.name : path,
    kind,
    title,
  }));
}

const put = (next: ListedSource): void => {
  const there = sources.peek().some((s) => s.id === next.id);
  sources.value = there ? sources.peek().map((s) => (s.id === next.id ? next : s)) : [...sources.peek(), next];
};

const isShared = (value: unknown): value is SharedFolder => {
  const { name, at, files } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof name === "string" && typeof at === "string" && Array.isArray(files);
};

let listing: Promise<void> | undefined;

/** What `onnxplain studio RUN…` serves; a static host has none. */
export function listRuns(): Promise<void> {
  listing ??= listed();
  return listing;
}

async function listed(): Promise<void> {
  const answer = await fetch("./runs.json").catch(() => undefined);
  const told = answer?.ok ? ((await answer.json().catch(() => ({}))) as { readonly runs?: unknown }) : {};
  const folders = Array.isArray(told.runs) ? told.runs.filter(isShared) : [];
  const given = folders.map((folder): ListedSource => {
    const source: RunSource = { kind: "shared", name: folder.name, folder };
    const id = idOf(source);
    const { name } = folder;
    return { id, source, runs: [{ source: id, path: "", name, kind: undefined, title: undefined }] };
  });
  for (const source of given) put(source);
  for (const source of given) {
    const found = await work(`Looking through ${source.source.name}`, (tools) => look(source, tools));
    if (found && found.length > 0) put({ ...source, runs: found });
  }
}

/** Asks the worker, after giving it what it does not know (any more). */
async function asked<T>(places: readonly RunPlace[], tools: WorkTools, ask: () => Promise<T>): Promise<T> {
  for (const id of new Set(places.map((p) => p.source))) {
    const source = sources.peek().find((s) => s.id === id);
    if (source) await look(source, tools);
  }
  return ask();
}

export async function openRun(run: ListedRun): Promise<void> {
  const { source, path } = run;
  const page = await work(`Opening ${run.name}`, (tools) =>
    asked([run], tools, () => call("openRun", { source, path }, tools)),
  );
  if (page === undefined) return;
  openedRun.value = { places: [run], page };
  said.value = `${run.name} is open.`;
}

/** Two runs of `evaluate`, image by image. */
export async function compareWith(first: RunPlace, second: ListedRun): Promise<void> {
  const nameOf = (place: RunPlace): string => runs.peek().find((r) => isSame(r, place))?.name ?? "the other";
  const places = [first, second].map(({ source, path }) => ({ source, path })) as [RunPlace, RunPlace];
  const names = [nameOf(first), second.name] as const;
  const page = await work(`Comparing ${names.join(" and ")}`, (tools) =>
    asked(places, tools, () => call("compareRuns", { first: places[0], second: places[1], names }, tools)),
  );
  if (page) openedRun.value = { places, page };
}

/** The labels of all points of the open run as a file, with what was corrected. */
export async function saveLabels({ points, labels }: Corrections): Promise<void> {
  const run = openedRun.peek()?.places[0];
  if (run === undefined) return;
  const corrections = points
    .filter(({ to }) => to !== "")
    .map(({ position, id, to }) => ({ position: Number(position), id, label: to }));
  const { source, path } = run;
  const csv = await work("Saving corrected labels", (tools) =>
    asked([run], tools, () => call("correctLabels", { run: { source, path }, corrections, labels }, tools)),
  );
  if (csv === undefined) return;
  save(new Blob([csv], { type: "text/csv" }), "labels.csv");
  said.value = `labels.csv is saved, with ${corrections.length} corrected.`;
}

type Named = readonly [path: string, file: File];

/** Folders by what their paths begin with, files without one as a folder of their own; hidden ones are left out. */
function foldersOf(files: readonly Named[]): readonly RunSource[] {
  const folders = new Map<string, Named[]>();
  for (const [path, file] of files) {
    const [root = "", ...rest] = path.split("/");
    if (/(^|\/)\./.test(path)) continue;
    const [name, own] = rest.length === 0 ? ["files", path] : [root, rest.join("/")];
    const inside = folders.get(name) ?? [];
    folders.set(name, inside);
    inside.push([own, file]);
  }
  return [...folders].map(([name, own]) => ({ kind: "files", name, files: own }));
}

/** Folders that were dropped or chosen: the runs in them are listed; the only one is opened. */
export async function openRuns(files: readonly Named[]): Promise<void> {
  const found: ListedRun[] = [];
  const folders = foldersOf(files);
  for (const source of folders) {
    const id = idOf(source);
    const inside = await work(`Looking through ${source.name}`, (tools) => look({ id, source }, tools));
    if (inside === undefined) continue;
    const own: ListedRun = { source: id, path: "", name: source.name, kind: undefined, title: undefined };
    if (inside.length > 0) put({ id, source, runs: inside });
    // opening it says why it is none
    else await openRun(own);
    found.push(...inside);
  }
  const [only] = found;
  if (only && found.length === 1) await openRun(only);
  else if (found.length > 1) said.value = `${found.length} runs were found.`;
  if (folders.length === 0)
    report("Opening what was given", new Error("It holds no files. Give the folder that a run was written to."));
}
