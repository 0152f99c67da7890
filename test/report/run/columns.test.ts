/** @file Wide tables in parts: no column lost, none too many, groups whole where they can be. */
import { describe, expect, it } from "vitest";
import { MOST_COLUMNS, packed } from "../../../src/report/run/columns.ts";

const group = (head: string, count: number) => ({
  head,
  columns: Array.from({ length: count }, (_, i) => `${head}${i}`),
});
const shape = (sizes: readonly number[], most?: number) =>
  packed(
    sizes.map((n, i) => group(`g${i}.`, n)),
    most,
  ).map((part) => part.map((g) => g.columns.length));

describe("columns in parts", () => {
  it.each([
    [[], undefined, []],
    [[3, 4], undefined, [[3, 4]]],
    [[4, 4], undefined, [[4, 4]]],
    [[4, 3, 2, 6, 3], undefined, [[4, 3], [2, 6], [3]]],
    [[9], undefined, [[5], [4]]],
    [[17, 2], undefined, [[6], [5], [6, 2]]],
    [[1, 9, 1], 4, [[1, 3], [3], [3, 1]]],
    [[0, 2], undefined, [[2]]],
  ] as const)("%j, at most %s", (sizes, most, parts) => {
    expect(shape(sizes, most)).toEqual(parts);
  });

  it("keeps every column in order under its own head", () => {
    const groups = [group("a", 5), group("b", 20), group("c", 1), group("d", 8)];
    const flat = packed(groups).flat();
    for (const { head, columns } of flat) expect(columns.every((c) => c.startsWith(head))).toBe(true);
    expect(flat.flatMap((g) => g.columns)).toEqual(groups.flatMap((g) => g.columns));
    for (const part of packed(groups))
      expect(part.reduce((n, g) => n + g.columns.length, 0)).toBeLessThanOrEqual(MOST_COLUMNS);
  });
});
