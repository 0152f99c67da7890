/** @file The studio on a port of this machine, or as plain files for any static host. */
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Hono } from "hono";
import { compress } from "hono/compress";
import { OnnxplainError } from "../errors.ts";
import type { RunsListing } from "../formats/shared-folder.ts";
import { listed, type Share, shareOf } from "./shared.ts";
import { files, listen, site } from "./site.ts";
import { appFolder, filesBelow, ORT_FILES, ortFolder } from "./studio-files.ts";
import { STUDIO_CSP, STUDIO_HEADERS } from "./studio-headers.ts";
import type { GivenListing, ServeStudio, WriteStudio } from "./studio-options.ts";

const PORT = 8080;

/** Text is worth packing even for this machine's own browser; WebAssembly and tensors are not. */
const TEXT = /^(?:text\/|application\/(?:json|manifest\+json)|image\/svg)/;

export const serveStudio: ServeStudio = async ({
  port = PORT,
  tries = 1,
  runs = [],
  model,
  images = [],
  app: folder,
  onFault,
} = {}) => {
  const built = await appFolder(folder);
  const [runShares, imageShares] = await Promise.all([runs, images].map((paths) => Promise.all(paths.map(shareOf))));
  const modelShare = model === undefined ? undefined : await shareOf(model);
  const app = site({ csp: STUDIO_CSP, onFault });
  app.use(compress({ contentTypeFilter: TEXT }));
  share(app, "runs", runShares ?? []);
  share(app, "given/images", imageShares ?? []);
  if (modelShare)
    app.get("/given/model/*", files(modelShare.folder, { under: "/given/model/", allows: modelShare.allows }));
  app.get("/runs.json", async (c) => c.json({ runs: await listedAll("runs", runShares ?? []) } satisfies RunsListing));
  app.get("/given.json", async (c) =>
    c.json({
      model: modelShare ? await listed(modelShare, "given/model/") : null,
      images: await listedAll("given/images", imageShares ?? []),
    } satisfies GivenListing),
  );
  const runtime = new Set(ORT_FILES);
  app.get("/ort/*", files(ortFolder(), { under: "/ort/", allows: ([name = ""]) => runtime.has(name) }));
  app.get("/*", files(built, { cache: "hashed" }));
  return listen(app, { port, tries });
};

function share(app: Hono, under: string, shares: readonly Share[]): void {
  for (const [i, { folder, allows }] of shares.entries())
    app.get(`/${under}/${i}/*`, files(folder, { under: `/${under}/${i}/`, allows }));
}

const listedAll = (under: string, shares: readonly Share[]): Promise<RunsListing["runs"]> =>
  Promise.all(shares.map((s, i) => listed(s, `${under}/${i}/`)));

export const writeStudio: WriteStudio = async (folder, { app } = {}) => {
  const built = await appFolder(app);
  await refuseFull(folder);
  const sources = new Map<string, string>([
    ...(await filesBelow(built)).map((name) => [name, join(built, name)] as const),
    ...ORT_FILES.map((name) => [`ort/${name}`, join(ortFolder(), name)] as const),
  ]);
  const place = resolve(folder);
  let partial: string | undefined;
  try {
    await mkdir(dirname(place), { recursive: true });
    partial = await mkdtemp(join(dirname(place), `.${basename(place)}.part-`));
    for (const [name, source] of sources) {
      await mkdir(dirname(join(partial, name)), { recursive: true });
      await copyFile(source, join(partial, name));
    }
    for (const [name, text] of Object.entries(WRITTEN)) await writeFile(join(partial, name), text);
    await rm(place, { recursive: true, force: true });
    await rename(partial, place);
  } catch (cause) {
    if (partial) await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw cannotWrite(folder, cause as NodeJS.ErrnoException);
  }
  return [...sources.keys(), ...Object.keys(WRITTEN)].sort();
};

const json = (value: RunsListing | GivenListing): string => `${JSON.stringify(value)}\n`;
const fields = Object.entries(STUDIO_HEADERS).map(([name, value]) => `${name}: ${value}`);

/** What is written beside the app: no runs and nothing given, as this machine's server would say it. */
const WRITTEN: Readonly<Record<string, string>> = {
  "runs.json": json({ runs: [] }),
  "given.json": json({ model: null, images: [] }),
  _headers: `/*\n${fields.map((f) => `  ${f}\n`).join("")}/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n`,
  "README.txt": `The onnxplain studio as plain files. Put this folder on any static host, at any path, over https (or on localhost): what a
visitor opens in it is computed in the visitor's page and sent nowhere.

The runtime computes with several threads when answers carry these two headers:

    ${fields.slice(0, 2).join("\n    ")}

\`_headers\` says them, and a strict Content-Security-Policy, to hosts that read such a file (Cloudflare Pages, Netlify); elsewhere
copy them into the host's settings. Where no headers can be set the studio keeps them itself: from a visitor's second load
on, its service worker adds them. Without threads everything works, more slowly.
`,
};

const cannotWrite = (folder: string, cause: NodeJS.ErrnoException): OnnxplainError =>
  new OnnxplainError("E_FILE", `Cannot write \`${folder}\` (${cause.code ?? cause.message}).`, { file: folder, cause });

async function refuseFull(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw cannotWrite(folder, cause);
  });
  if (entries.length > 0)
    throw new OnnxplainError("E_FILE", `Folder \`${folder}\` exists and is not empty. Choose another, or empty it.`, {
      file: folder,
    });
}
