/** @file What a point's colour says: a table of ways to colour, each with its legend. */
import { categoryColor, NO_CATEGORY, type Rgb, RIGHT, shareColor, WRONG } from "./palette.ts";
import type { PointSet, Scene } from "./scene.ts";

export interface Key {
  readonly name: string;
  readonly color: Rgb;
}
export interface Colouring {
  readonly title: string;
  readonly about: string;
  /** Do keys stand for categories, or are they steps of a scale? */
  readonly kind: "categories" | "verdict" | "scale";
  /** Place of the key of every point. */
  readonly keyOf: (set: PointSet) => Uint16Array;
  readonly keys: (categories: Scene["categories"]) => readonly Key[];
}

const byCategory = (pick: (set: PointSet) => Int32Array): Pick<Colouring, "kind" | "keyOf" | "keys"> => ({
  kind: "categories",
  // The last key, after the categories, is for none.
  keyOf: (set) => Uint16Array.from(pick(set), (c) => (c < 0 ? NONE : c)),
  keys: (categories) => categories.map(({ name }, c) => ({ name, color: categoryColor(c) })),
});
/** Stands for no category until the number of keys is known. */
const NONE = 65_534;

const STEPS = 11;

export const COLOURINGS = {
  label: { title: "label", about: "the picture's label", ...byCategory((s) => s.label) },
  network: { title: "network", about: "what the network says of the picture", ...byCategory((s) => s.network) },
  mixture: {
    title: "mixture",
    about: "the category whose direction is most probable for the point",
    ...byCategory((s) => s.mixture),
  },
  correctness: {
    title: "right or wrong",
    about: "samples: is the network right; regions: does the region speak for the label",
    kind: "verdict",
    keyOf: (set) => {
      const said = set[set.judged];
      return Uint16Array.from(set.label, (l, i) => (l < 0 ? 2 : l === said[i] ? 0 : 1));
    },
    keys: () => [
      { name: "right", color: RIGHT },
      { name: "wrong", color: WRONG },
      { name: "no label", color: NO_CATEGORY },
    ],
  },
  confidence: {
    title: "certainty",
    about: "the largest posterior, max p(c | point)",
    kind: "scale",
    keyOf: (set) =>
      Uint16Array.from(set.confidence, (p) => Math.min(Math.max(Math.round(p * (STEPS - 1)), 0), STEPS - 1)),
    keys: () =>
      Array.from({ length: STEPS }, (_, i) => ({
        name: (i / (STEPS - 1)).toFixed(1),
        color: shareColor(i / (STEPS - 1)),
      })),
  },
} as const satisfies Readonly<Record<string, Colouring>>;

export type ColouringName = keyof typeof COLOURINGS;
export const COLOURING_NAMES: readonly ColouringName[] = Object.keys(COLOURINGS) as ColouringName[];

export interface Coloured {
  /** Place in `keys` of every point. */
  readonly key: Uint16Array;
  /** Keys in use; one for points without a category comes last where there are such points. */
  readonly keys: readonly Key[];
}

export function coloured(name: ColouringName, set: PointSet, categories: Scene["categories"]): Coloured {
  const { keyOf, keys: keysOf }: Colouring = COLOURINGS[name];
  const keys = keysOf(categories);
  const key = keyOf(set);
  if (name === "correctness") return { key, keys: key.includes(2) ? keys : keys.slice(0, 2) };
  if (!key.includes(NONE)) return { key, keys };
  return {
    key: key.map((k) => (k === NONE ? keys.length : k)),
    keys: [...keys, { name: "none", color: NO_CATEGORY }],
  };
}
