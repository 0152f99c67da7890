/** @file Runs' folders as page values; fetched when the first run is opened. */
import {
  classText,
  comparisonView,
  correctedLabels,
  findRuns,
  labelsInRun,
  type Markup,
  mountFolder,
  mountRemote,
  OnnxplainError,
  openRunPage,
  type Page,
  pairedComparison,
  readResults,
  type Table,
  unmount,
  writeCsv,
} from "../../src/index.ts";
import type { FoundInSource, RunCalls, RunPlace, RunSource, ShownRun } from "./calls/runs.ts";
import { APP } from "./place.ts";
import { piecesOf } from "./run-pieces.ts";

/** Where sources are mounted, and what was found in them. */
const mounted = new Map<string, { readonly location: string; readonly found: readonly FoundInSource[] }>();

function mount(source: RunSource): string {
  if (source.kind === "files") return mountFolder(source.name, source.files);
  const [run] = mountRemote(APP.href, { runs: [source.folder] });
  return run?.location ?? "";
}

/** Throws `E_FILE`. */
export async function mountedRuns(
  id: string,
  source: RunSource,
  signal: AbortSignal,
): Promise<readonly FoundInSource[]> {
  const before = mounted.get(id);
  if (before !== undefined) unmount(before.location);
  const location = mount(source);
  mounted.set(id, { location, found: [] });
  const found = (await findRuns(location, { signal })).map(({ path, kind, title }) => ({ path, kind, title }));
  mounted.set(id, { location, found });
  return found;
}

function locationOf({ source, path }: RunPlace): string {
  const found = mounted.get(source);
  if (found) return path === "" ? found.location : `${found.location}${path}/`;
  throw new OnnxplainError("E_FILE", "This folder is not open any more. Drop it again.");
}

type Written = Markup | undefined | readonly Written[];
const written = (content: Written): string =>
  content === undefined ? "" : "markup" in content ? content.markup : content.map(written).join("");

const shown = (page: Page, kind: string, title: string): ShownRun => {
  const { heading, lead, style, definitions, main, behaviours } = page;
  const markup = `<svg class="defs" aria-hidden="true"><defs>${written(definitions)}</defs></svg><div class="main">${main.markup}</div>`;
  return { kind, title, heading, lead, style, pieces: piecesOf(markup), behaviours };
};

/** Throws `E_FILE`. */
export async function openedRun(place: RunPlace): Promise<ShownRun> {
  const { kind, title, page } = await openRunPage(locationOf(place));
  return shown(page, kind, title);
}

/** Throws `E_FILE`. */
export async function comparedRuns(
  first: RunPlace,
  second: RunPlace,
  names: readonly [string, string],
): Promise<ShownRun> {
  const [a, b] = [await readResults(locationOf(first)), await readResults(locationOf(second))];
  const title = "Two runs, paired";
  return shown(comparisonView(pairedComparison(a, b), names), "compare", title);
}

/** Throws `E_FILE` where neither the run nor a fit beside it holds the labels. */
export async function labelsOf({ run, corrections, labels }: RunCalls["correctLabels"]["input"]): Promise<string> {
  const named = corrections.map((c) => ({ ...c, label: classText(labels, Number(c.label)) }));
  return writeCsv(correctedLabels(await labelsAt(run, named), named));
}

async function labelsAt(run: RunPlace, corrections: RunCalls["correctLabels"]["input"]["corrections"]): Promise<Table> {
  const own = await labelsInRun(locationOf(run));
  if (own !== undefined) return own;
  for (const [source, { found }] of mounted)
    for (const { path, kind } of found) {
      const table = kind === "representers fit" ? await labelsInRun(locationOf({ source, path })) : undefined;
      const ids = table?.columns.find((c) => c.name === "id")?.values;
      if (table && corrections.every(({ position, id }) => ids?.[position] === id)) return table;
    }
  throw new OnnxplainError(
    "E_FILE",
    "This folder holds the doubtful points only: an earlier onnxplain wrote it, without `labels.csv`. Open the folder of `representers fit` as well, which holds the labels of all points.",
  );
}
