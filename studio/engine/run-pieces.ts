/** @file Long markup cut where it can be, so that a page can take it in bit by bit. */

/**
 * What is to be done at the place where one is: `in` puts an element there and goes into it, `out` leaves it, `html` puts markup there.
 * The markup of `in` is the element's start tag.
 */
export type Piece = readonly ["in" | "html", string] | readonly ["out"];

interface Part {
  readonly start: number;
  /** Where its start tag ends; -1 where nothing may be put into it one by one. */
  readonly inner: number;
  innerEnd: number;
  end: number;
  readonly parts: Part[];
}

const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/g;
const EMPTY = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
/** Their content is text, or says little without the rest. */
const WHOLE = new Set("script style textarea title template".split(" "));
/** Characters of a piece, about. */
const SIZE = 6000;

/** The elements of markup in which every element is closed; undefined for other markup. */
function partsOf(markup: string): Part | undefined {
  const root: Part = { start: 0, inner: 0, innerEnd: markup.length, end: markup.length, parts: [] };
  const open: { readonly name: string; readonly part: Part }[] = [];
  TAG.lastIndex = 0;
  for (let tag = TAG.exec(markup); tag !== null; tag = TAG.exec(markup)) {
    const [text, slash, name = "", rest = ""] = tag;
    const parent = open.at(-1)?.part ?? root;
    if (slash === "/") {
      const last = open.pop();
      if (last?.name !== name) return undefined;
      last.part.innerEnd = tag.index;
      last.part.end = tag.index + text.length;
      continue;
    }
    const after = tag.index + text.length;
    const part: Part = { start: tag.index, inner: after, innerEnd: after, end: after, parts: [] };
    parent.parts.push(part);
    if (EMPTY.has(name) || rest.endsWith("/")) continue;
    if (WHOLE.has(name)) {
      const close = markup.indexOf(`</${name}>`, after);
      if (close < 0) return undefined;
      part.innerEnd = close;
      part.end = TAG.lastIndex = close + name.length + 3;
    } else open.push({ name, part });
  }
  return open.length === 0 ? root : undefined;
}

/** Pieces that, one after another, make the same elements as the markup at once. */
export function piecesOf(markup: string): readonly Piece[] {
  const root = partsOf(markup);
  if (root === undefined) return [["html", markup]];
  const pieces: Piece[] = [];
  const put = (from: number, to: number): void => {
    if (to > from) pieces.push(["html", markup.slice(from, to)]);
  };
  const within = ({ inner, innerEnd, parts }: Part): void => {
    let from = inner;
    for (const part of parts) {
      if (part.end - part.start > SIZE && part.parts.length > 0) {
        put(from, part.start);
        pieces.push(["in", markup.slice(part.start, part.inner)]);
        within(part);
        pieces.push(["out"]);
        from = part.end;
      } else if (part.end - from > SIZE) {
        put(from, part.end);
        from = part.end;
      }
    }
    put(from, innerEnd);
  };
  within(root);
  return pieces;
}
