/** @file The labels of all points as a table, with and without corrections. */
import { describe, expect, it } from "vitest";
import { rowsOf } from "../../src/formats/table.ts";
import { classText, correctedLabels, labelTable } from "../../src/representers/label-table.ts";

const points = { ids: ["a", "a", "b"], labels: Int32Array.from([1, 0, -1]) };

describe("labels", () => {
  it("are names where a name is one class's alone, else numbers, else empty", () => {
    expect(rowsOf(labelTable(points, ["cat", "dog"]))).toEqual([
      { id: "a", label: "dog" },
      { id: "a", label: "cat" },
      { id: "b", label: "" },
    ]);
    expect([0, 1, 2, 3].map((c) => classText(["cat", "cat", "dog"], c))).toEqual(["0", "1", "dog", "3"]);
  });
  it("are replaced at their places, not by id, and no other", () => {
    const table = labelTable(points, ["cat", "dog"]);
    const mended = rowsOf(correctedLabels(table, [{ position: 1, id: "a", label: "dog" }]));
    expect(mended.map((r) => r.label)).toEqual(["dog", "dog", ""]);
    expect(rowsOf(table)[1]).toEqual({ id: "a", label: "cat" });
  });
  it.each([
    [[{ position: 2, id: "a", label: "dog" }], /is `a` in the list and `b`/],
    [[{ position: 9, id: "a", label: "dog" }], /and `nothing`/],
  ])("of other points are refused", (corrections, words) => {
    expect(() => correctedLabels(labelTable(points, []), corrections)).toThrow(words);
  });
  it("need their columns", () => {
    expect(() => correctedLabels({ count: 0, columns: [] }, [])).toThrow(/expected `id` and `label`/);
  });
});
