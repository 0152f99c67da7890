/** @file What `explain` writes: the form of each extension, for one method and for several. */
import { extname } from "node:path";
import {
  type Bundle,
  bundleOf,
  bundleOfMany,
  type Explainer,
  type Explanation,
  type Explanations,
  encodePng,
  explanationSheet,
  htmlReport,
  type Json,
  manifestOf,
  manifestOfMany,
  manySafetensors,
  mapNpy,
  mapSafetensors,
  OnnxplainError,
  overlayPicture,
  type PictureOptions,
  sortedJson,
  upsampledNpy,
} from "../src/index.ts";
import { isSet, type Values } from "./flags.ts";
import { classifierOptions } from "./open.ts";

/** One image, explained. */
export interface Explained extends Explanations {
  /** Its file name. */
  readonly image: string;
}

export interface WriteContext {
  readonly model: Explainer;
  readonly values: Values;
  readonly picture: PictureOptions;
  /** The command line, to be repeated. */
  readonly command: string;
  /** Were several methods asked for? Then forms that hold one method are refused or doubled. */
  readonly several: boolean;
}

/** Bytes of a single file. All forms but HTML hold one image. */
type Writer = (all: readonly Explained[], context: WriteContext) => Promise<Uint8Array>;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const onlyImage = (all: readonly Explained[]): Explained => all[0] as Explained;
const onlyMethod = (all: readonly Explained[]): Explanation => onlyImage(all).explanations[0] as Explanation;

const WRITERS: Readonly<Record<string, Writer>> = {
  ".png": async (all, { model, picture, several }) => {
    const { explanations } = onlyImage(all);
    const one = !several && onlyMethod(all).targets.length === 1;
    return encodePng(
      one
        ? overlayPicture(onlyMethod(all), picture)
        : explanationSheet(explanations, { ...picture, labels: model.labels }),
    );
  },
  ".npy": async (all, { model, values }) =>
    isSet(values, "upsample")
      ? upsampledNpy(onlyMethod(all), model.classifier(classifierOptions(values)))
      : mapNpy(onlyMethod(all)),
  ".safetensors": async (all, { several }) =>
    several ? manySafetensors(onlyImage(all).explanations) : mapSafetensors(onlyMethod(all)),
  ".json": async (all, context) => utf8(sortedJson(await documentOf(onlyImage(all), context))),
  ".html": async (all, { model, command, picture }) => utf8(await htmlReport(all, { model, command, picture })),
};

/** The machine-readable record of one image. */
export const documentOf = (explained: Explained, { model, several }: WriteContext): Promise<Json> => {
  const context = { model, image: explained.image };
  return several ? manifestOfMany(explained, context) : manifestOf(explained.explanations[0] as Explanation, context);
};

/** The files of one image in a folder. */
export const folderOf = (explained: Explained, { model, picture, command, several }: WriteContext): Promise<Bundle> => {
  const context = { model, image: explained.image, command };
  return several
    ? bundleOfMany(explained, context, picture)
    : bundleOf(explained.explanations[0] as Explanation, context, picture);
};

export interface Place {
  readonly path: string;
  /** Undefined for a folder. */
  readonly write: Writer | undefined;
}

/** Where results go: by extension, or a folder. Throws `E_USAGE` for what does not fit. */
export function destination(
  path: string | undefined,
  { images, methods }: { readonly images: number; readonly methods: number },
): Place | undefined {
  if (path === undefined) return undefined;
  const extension = extname(path).toLowerCase();
  const write = Object.hasOwn(WRITERS, extension) ? WRITERS[extension] : undefined;
  if (write === undefined && extension !== "" && !path.endsWith("/"))
    throw new OnnxplainError(
      "E_USAGE",
      `\`${path}\`: cannot write ${extension}. Known: ${Object.keys(WRITERS).join(", ")}, or a folder for everything.`,
    );
  if (write && images > 1 && extension !== ".html")
    throw new OnnxplainError(
      "E_USAGE",
      `${images} images do not fit into one file \`${path}\`. Give \`-o\` a folder, or a .html file.`,
    );
  if (extension === ".npy" && methods > 1)
    throw new OnnxplainError(
      "E_USAGE",
      `${methods} methods do not fit into one array \`${path}\`. Give \`-o\` a .safetensors file, or a folder.`,
    );
  return { path, write };
}
