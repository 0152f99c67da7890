/** @file When two class names mean the same: case, underscores and accents aside, whole or by one of their synonyms. */

export interface NameMatch {
  /** The class, where just one fits. */
  readonly index: number | undefined;
  readonly candidates: readonly number[];
}

/** `Cardigan_Welsh-corgi` -> `cardigan welsh corgi`. */
const plain = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/['’]/g, "")
    .replace(/[^\p{L}\p{N},;]+/gu, " ")
    .trim();

/** `tench, Tinca tinca` -> both. */
const synonyms = (name: string): readonly string[] => [
  ...new Set(
    plain(name)
      .split(/[,;]/)
      .map((s) => s.trim())
      .filter((s) => s !== ""),
  ),
];
const whole = (name: string): string => synonyms(name).join(", ");

/**
 * A finder among names: those equal as a whole; without any, those that share the most synonyms. Several that fit equally well
 * are all candidates and none of them the match.
 */
export function namesOf(names: readonly string[]): (name: string) => NameMatch {
  const wholes = placesBy(names, (n) => [whole(n)]);
  const parts = placesBy(names, synonyms);
  const found = new Map<string, NameMatch>();
  const find = (name: string): NameMatch => {
    const equal = wholes.get(whole(name)) ?? [];
    if (equal.length > 0) return among(equal);
    const shared = new Map<number, number>();
    for (const part of synonyms(name))
      for (const at of parts.get(part) ?? []) shared.set(at, (shared.get(at) ?? 0) + 1);
    const most = Math.max(0, ...shared.values());
    return among([...shared].filter(([, n]) => n === most).map(([at]) => at));
  };
  return (name) => {
    const known = found.get(name) ?? find(name);
    found.set(name, known);
    return known;
  };
}

const among = (candidates: readonly number[]): NameMatch => ({
  index: candidates.length === 1 ? candidates[0] : undefined,
  candidates,
});

function placesBy(
  names: readonly string[],
  keys: (name: string) => readonly string[],
): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  names.forEach((name, i) => {
    for (const key of keys(name)) {
      const list = places.get(key);
      if (list) list.push(i);
      else places.set(key, [i]);
    }
  });
  places.delete("");
  return places;
}
