/** @file A run's folder as a page value; fetched when the first run is opened. */
import { type Markup, mountFolder, mountRemote, openRunPage, unmount } from "../../src/index.ts";
import type { RunSource, ShownRun } from "./calls/runs.ts";
import { APP } from "./place.ts";

type Written = Markup | undefined | readonly Written[];
const written = (content: Written): string =>
  content === undefined ? "" : "markup" in content ? content.markup : content.map(written).join("");

function mount(source: RunSource): string {
  if (source.kind === "files") return mountFolder(source.name, source.files);
  const { name, at, files } = source;
  const [run] = mountRemote(APP.href, {
    runs: [{ name, kind: "", base: at, files: files.map(({ path, size }) => ({ path, bytes: size })) }],
  });
  return run?.location ?? "";
}

/** Throws `E_FILE`. */
export async function openedRun(
  source: RunSource,
  before: string | undefined,
): Promise<{ readonly location: string; readonly output: ShownRun }> {
  if (before !== undefined) unmount(before);
  const location = mount(source);
  const { kind, title, page, facts } = await openRunPage(location);
  const { heading, lead, style, definitions, main, behaviours } = page;
  return {
    location,
    output: {
      kind,
      title,
      heading,
      lead,
      style,
      definitions: written(definitions),
      main: main.markup,
      behaviours,
      facts,
    },
  };
}
