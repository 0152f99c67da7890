/** @file Folders of results: those that the local server offers, those that were dropped, and the one that is open. */
import { signal } from "@preact/signals";
import type { RunSource, ShownRun } from "../engine/calls/runs.ts";
import { call } from "../engine/client.ts";
import { work } from "./work.ts";

export interface ListedRun {
  readonly source: RunSource;
  /** What wrote it, where that was told. */
  readonly kind: string | undefined;
}

export const runs = signal<readonly ListedRun[]>([]);
export const openedRun = signal<{ readonly source: RunSource; readonly run: ShownRun } | undefined>(undefined);

type Listing = { readonly runs?: readonly unknown[] };
const isText = (value: unknown): value is string => typeof value === "string";

function listedRun(value: unknown): ListedRun | undefined {
  const { name, at, kind, files } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!isText(name) || !isText(at) || !Array.isArray(files)) return undefined;
  return { source: { kind: "shared", name, at, files }, kind: isText(kind) ? kind : undefined };
}

let listing: Promise<void> | undefined;

/** What `onnxplain studio RUN…` serves; a static host has none. */
export function listRuns(): Promise<void> {
  listing ??= (async () => {
    const answer = await fetch("./runs.json").catch(() => undefined);
    const told = answer?.ok ? ((await answer.json().catch(() => ({}))) as Listing) : {};
    const found = (told.runs ?? []).map(listedRun).filter((run) => run !== undefined);
    runs.value = [...runs.peek(), ...found];
  })();
  return listing;
}

export async function openRun(source: RunSource): Promise<void> {
  const run = await work(`Opening ${source.name}`, (tools) => call("openRun", source, tools));
  if (run === undefined) return;
  const known = runs.peek().find((r) => r.source.name === source.name && r.source.kind === source.kind);
  runs.value = known
    ? runs.peek().map((r) => (r === known ? { source, kind: run.kind } : r))
    : [...runs.peek(), { source, kind: run.kind }];
  openedRun.value = { source, run };
}

/** The files of a dropped or chosen folder; what all paths begin with names it. */
export function runOf(files: readonly (readonly [path: string, file: File])[]): RunSource {
  const root = files[0]?.[0].split("/")[0] ?? "";
  const within = files.length > 0 && files.every(([path]) => path.startsWith(`${root}/`));
  return {
    kind: "files",
    name: within ? root : "files",
    files: within ? files.map(([path, file]) => [path.slice(root.length + 1), file]) : files,
  };
}
