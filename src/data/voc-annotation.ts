/** @file One annotation of PASCAL VOC: an XML file that names the objects of a picture and their boxes. */
import { parseXml, type XmlElement } from "@rgrove/parse-xml";
import { OnnxplainError } from "../errors.ts";
import { boxOf } from "./boxes.ts";
import type { PictureBox } from "./dataset.ts";

export interface VocObject {
  readonly name: string;
  readonly difficult: boolean;
  /** Undefined where the file gives none. */
  readonly box: PictureBox | undefined;
}

export interface VocAnnotation {
  /** As stated: a name, or whatever a tool wrote there. */
  readonly filename: string | undefined;
  readonly objects: readonly VocObject[];
}

const CORNERS = ["xmin", "ymin", "xmax", "ymax"] as const;

/** Children alone, never what lies deeper: a `part` of an object has a name and a box of its own. */
const childrenOf = ({ children }: XmlElement, name: string): readonly XmlElement[] =>
  children.filter((c): c is XmlElement => c.type === "element" && (c as XmlElement).name === name);
const textOf = (element: XmlElement, name: string): string | undefined => {
  const text = childrenOf(element, name)[0]?.text.trim();
  return text === "" ? undefined : text;
};

/**
 * VOC counts pixels from 1 and its corners belong to the box; the result counts from 0 and is half-open. Throws `E_FILE` for what is no
 * well-formed XML, has another root than `annotation`, an object without a name, or a box without four numbers.
 *
 * Source: Everingham and Winn 2007, The PASCAL VOC2007 development kit, section 9.
 */
export function readVocAnnotation(bytes: Uint8Array, file: string): VocAnnotation {
  const root = rootOf(bytes, file);
  return {
    filename: textOf(root, "filename"),
    objects: childrenOf(root, "object").map((object, i) => {
      const name = textOf(object, "name");
      if (name === undefined) throw broken(file, `object ${i + 1} has no name`);
      return { name, difficult: textOf(object, "difficult") === "1", box: boxIn(object, { name, file }) };
    }),
  };
}

function rootOf(bytes: Uint8Array, file: string): XmlElement {
  let root: XmlElement | null;
  try {
    root = parseXml(new TextDecoder("utf-8", { fatal: true }).decode(bytes)).root;
  } catch (cause) {
    const [why] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw broken(file, why ?? "it cannot be read", cause);
  }
  if (root?.name === "annotation") return root;
  throw broken(file, `its root is \`${root?.name}\`, expected \`annotation\``);
}

function boxIn(
  object: XmlElement,
  { name, file }: { readonly name: string; readonly file: string },
): PictureBox | undefined {
  const [stated] = childrenOf(object, "bndbox");
  if (stated === undefined) return undefined;
  const texts = CORNERS.map((corner) => textOf(stated, corner));
  const numbers = texts.map((text) => (text === undefined ? Number.NaN : Number(text)));
  if (!numbers.every(Number.isFinite))
    throw broken(file, `expected ${CORNERS.join(", ")} of \`${name}\` as numbers, got ${texts.join(", ")}`);
  return boxOf(
    numbers.map((n) => n - 1),
    "inclusive",
  );
}

const broken = (file: string, why: string, cause?: unknown): OnnxplainError =>
  new OnnxplainError("E_FILE", `\`${file}\` is no VOC annotation: ${why.replace(/\.$/, "")}. Mend it, or remove it.`, {
    file,
    cause,
  });
