/** @file Which column of a table says what: roles, and the names that columns of that role go by. */
import { OnnxplainError } from "../errors.ts";

/** What a column may say of an item. Four columns together may hold a box. */
export type Role = "path" | "image" | "label" | "name" | "wnid" | "accept" | "mask" | "boxes" | "split";

/** In order of preference; lower case, without `_`, `-` and spaces. */
const ALIASES: Readonly<Record<Role, readonly string[]>> = {
  path: ["path", "file", "filename", "filepath", "image", "imagepath", "imagefile", "img"],
  image: ["image", "img", "picture", "photo"],
  label: ["label", "labels", "classindex", "labelindex", "classid", "classidx", "class", "target", "finelabel", "y"],
  name: ["name", "classname", "labelname", "category", "breed", "species"],
  wnid: ["wnid", "synset", "wordnetid"],
  accept: ["accept", "accepted"],
  mask: ["mask", "maskpath", "maskfile", "segmentation", "segmentationmask", "annotation"],
  boxes: ["boxes", "bboxes", "box", "bbox"],
  split: ["split", "subset", "partition"],
};
/** Where a column's name only ends in the word, as in `imagenet_accept`. */
const ENDINGS: Readonly<Partial<Record<Role, RegExp>>> = { accept: /_accept(ed)?$/i };

const CORNERS = [
  ["x0", "y0", "x1", "y1"],
  ["xmin", "ymin", "xmax", "ymax"],
  ["left", "top", "right", "bottom"],
  ["x1", "y1", "x2", "y2"],
] as const;

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, "");

export interface Columns {
  readonly of: (role: Role) => string | undefined;
  /** The four columns of a box: left, top, right, bottom. */
  readonly corners: readonly string[] | undefined;
}

/** `named` overrides the table of aliases. Throws `E_PARAM` for a column that is not there. */
export function columnsOf(present: readonly string[], named: Readonly<Partial<Record<Role, string>>> = {}): Columns {
  const byPlain = new Map(present.map((p) => [plain(p), p]));
  for (const [role, column] of Object.entries(named))
    if (!present.includes(column))
      throw new OnnxplainError(
        "E_PARAM",
        `There is no column \`${column}\` for \`${role}\`. Columns: ${present.join(", ")}.`,
      );
  const of = (role: Role): string | undefined =>
    named[role] ??
    ALIASES[role].map((a) => byPlain.get(a)).find((c) => c !== undefined) ??
    present.find((p) => ENDINGS[role]?.test(p));
  const corners = CORNERS.map((four) => four.map((c) => byPlain.get(c))).find((four) =>
    four.every((c) => c !== undefined),
  );
  return { of, corners: corners as readonly string[] | undefined };
}
