/** @file Wide tables in parts: columns packed so that each part fits a desk and a page. */

export interface ColumnGroup<T> {
  readonly head: string;
  readonly columns: readonly T[];
}

/** What fits an upright A4 page beside a column of names. */
export const MOST_COLUMNS = 8;

/** Groups in order, as many whole ones in a part as fit; one that fits no part is cut into pieces of equal length, give or take one. */
export function packed<T>(
  groups: readonly ColumnGroup<T>[],
  most = MOST_COLUMNS,
): readonly (readonly ColumnGroup<T>[])[] {
  const parts: ColumnGroup<T>[][] = [];
  let room = 0;
  for (const group of groups.flatMap((g) => pieces(g, most))) {
    if (group.columns.length > room) {
      parts.push([]);
      room = most;
    }
    parts.at(-1)?.push(group);
    room -= group.columns.length;
  }
  return parts;
}

function pieces<T>({ head, columns }: ColumnGroup<T>, most: number): readonly ColumnGroup<T>[] {
  const count = Math.ceil(columns.length / most);
  const cut = (i: number): number => Math.round((i * columns.length) / count);
  return Array.from({ length: count }, (_, i) => ({ head, columns: columns.slice(cut(i), cut(i + 1)) }));
}
