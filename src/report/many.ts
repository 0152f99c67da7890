/** @file Several methods on one image as files: a folder for each method, a sheet and a report of all, one manifest. */
import type { Explanation, Explanations } from "../explain.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { encodePng } from "../image/png.ts";
import { VERSION } from "../version.ts";
import { type Bundle, bundleOf, mapTensors } from "./bundle.ts";
import { explanationSheet } from "./explanation-sheet.ts";
import { htmlReport } from "./html/report.ts";
import { type Json, type ManifestContext, manifestOf, SCHEMA_VERSION, sortedJson } from "./manifest.ts";
import type { PictureOptions } from "./picture.ts";

export interface ManyContext extends Omit<ManifestContext, "artifacts"> {
  /** The command line that made it, for the report. */
  readonly command?: string | undefined;
}

/** The record of several methods on one image: a manifest for each, and what is missing. */
export async function manifestOfMany(
  { explanations, failures }: Explanations,
  context: ManyContext,
  artifacts?: Readonly<Record<string, string>>,
): Promise<Json> {
  return {
    schema_version: SCHEMA_VERSION,
    image: context.image,
    methods: await Promise.all(explanations.map((e) => manifestOf(e, context))),
    missing: failures.map(({ method, error }) => ({ method, code: error.code, message: error.message })),
    versions: { onnxplain: VERSION },
    ...(artifacts ? { artifacts } : {}),
  };
}

/**
 * The evidence bundle of several methods: every method's own bundle in a folder of its name, `sheet.png` and `report.html` of
 * all, and a manifest that lists every file.
 */
export async function bundleOfMany(
  subject: Explanations,
  context: ManyContext,
  options: PictureOptions = {},
): Promise<Bundle> {
  const { explanations } = subject;
  const { labels } = context.model;
  const files = new Map<string, Uint8Array>();
  const folders = folderNames(explanations);
  for (const [i, e] of explanations.entries())
    for (const [name, bytes] of await bundleOf(e, context, options)) files.set(`${folders[i]}/${name}`, bytes);
  files.set("sheet.png", await encodePng(explanationSheet(explanations, { ...options, labels })));
  const report = await htmlReport([{ ...subject, image: context.image }], { ...context, picture: options });
  files.set("report.html", new TextEncoder().encode(report));
  const artifacts = Object.fromEntries([...files.keys()].map((name) => [name.replace(/\.\w+$/, ""), name]));
  files.set("manifest.json", new TextEncoder().encode(sortedJson(await manifestOfMany(subject, context, artifacts))));
  return files;
}

/** Maps and scores of all methods in one file: `METHOD.map`, `METHOD.scores`. */
export function manySafetensors(explanations: readonly Explanation[]): Uint8Array {
  const folders = folderNames(explanations);
  const tensors = explanations.flatMap((e, i) =>
    Object.entries(mapTensors(e)).map(([name, tensor]) => [`${folders[i]}.${name}`, tensor] as const),
  );
  const targets = explanations[0]?.targets.map((t) => t.index).join(",") ?? "";
  return writeSafetensors(Object.fromEntries(tensors), {
    methods: explanations.map((e) => e.method).join(","),
    targets,
  });
}

/** A name for each, told apart by a number where a method comes twice. */
const folderNames = (explanations: readonly Explanation[]): readonly string[] =>
  explanations.map(({ method }, i) => {
    const before = explanations.slice(0, i).filter((e) => e.method === method).length;
    return before === 0 ? method : `${method}-${before + 1}`;
  });
