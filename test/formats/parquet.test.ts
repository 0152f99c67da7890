/** @file Parquet: tables there and back, the same bytes each time, ranges of rows, and damaged files. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { openParquet, readTable } from "../../src/formats/parquet-read.ts";
import { writeTable } from "../../src/formats/parquet-write.ts";
import { type Table, tableOf, tableOfRows } from "../../src/formats/table.ts";

const TABLE: Table = tableOf([
  { name: "image", type: "string", values: ["a/é.png", "", null, "𝄞"] },
  { name: "target", type: "int", values: [0, -7, null, 2 ** 53 - 1] },
  { name: "value", type: "double", values: [0.1, Number.NaN, null, Number.NEGATIVE_INFINITY] },
  { name: "hit", type: "boolean", values: [true, false, null, true] },
  { name: "curve", type: "doubles", values: [[1, 0.5, Number.NaN], [], null, [2 ** -1074]] },
]);

describe("tables", () => {
  it("come back as they were", async () => expect(await readTable(writeTable(TABLE))).toEqual(TABLE));
  it("come back without rows", async () => {
    const empty = tableOf(TABLE.columns.map((c) => ({ ...c, values: [] })));
    expect(await readTable(writeTable(empty))).toEqual(empty);
  });
  it("come back, any of them", async () => {
    const orNull = <T>(a: fc.Arbitrary<T>) => fc.option(a, { nil: null });
    const row = fc.record({
      s: orNull(fc.string({ unit: "binary" })),
      i: orNull(fc.maxSafeInteger()),
      d: orNull(fc.double()),
      l: orNull(fc.array(fc.double(), { maxLength: 4 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (rows) => {
        const table = tableOfRows(rows, { s: "string", i: "int", d: "double", l: "doubles" });
        expect(await readTable(writeTable(table))).toEqual(table);
      }),
      { numRuns: 60 },
    );
  });
  it("give the same bytes each time, and none of them is the time", async () => {
    const once = writeTable(TABLE, { seed: "0" });
    await new Promise((done) => setTimeout(done, 1100));
    expect(writeTable(TABLE, { seed: "0" })).toEqual(once);
    expect((await openParquet(once)).metadata).toEqual({ seed: "0" });
  });
  it("refuse what does not agree with itself", () => {
    const refused = (columns: Table["columns"], why: string) =>
      expect(() => writeTable({ count: 0, columns })).toThrow(
        expect.objectContaining({ code: "E_PARAM", message: why }),
      );
    refused(
      [{ name: "a", type: "int", values: [1.5] }],
      "Expected cell 0 of column `a` to be a whole number within 2^53 or null, got 1.5.",
    );
    refused(
      [
        { name: "a", type: "int", values: [1] },
        { name: "b", type: "int", values: [] },
      ],
      "Expected 1 cells in column `b`, got 0.",
    );
  });
});

describe("reading", () => {
  const many = tableOf([
    { name: "n", type: "int", values: Array.from({ length: 100_000 }, (_, i) => i) },
    {
      name: "text",
      type: "string",
      values: Array.from({ length: 100_000 }, (_, i) => `row ${i} ${"x".repeat(i % 50)}`),
    },
  ]);

  it("takes the columns asked for", async () => {
    expect((await readTable(writeTable(TABLE), { columns: ["value"] })).columns.map((c) => c.name)).toEqual(["value"]);
    await expect(readTable(writeTable(TABLE), { columns: ["nothing"], name: "t" })).rejects.toThrow(
      /no column `nothing`.*`value` \(double\)/,
    );
  });
  it("reads a range of rows without the rest of 100,000", async () => {
    const bytes = writeTable(many);
    let read = 0;
    const file = await openParquet({
      size: bytes.length,
      read: async (start, end) => {
        read += end - start;
        return bytes.subarray(start, end);
      },
    });
    expect([file.count, file.groups.length]).toEqual([100_000, 2]);
    const footer = read;
    expect(await file.read(["n"], 400, 402)).toEqual([{ n: 400 }, { n: 401 }]);
    expect(read - footer).toBeLessThan(20_000);
    expect(bytes.length).toBeGreaterThan(500_000);
  });
  it("reads what other codecs packed", async () => {
    const table = new Uint8Array(
      parquetWriteBuffer({
        columnData: [{ name: "n", data: [1, 2, 3], type: "INT32" }],
        codec: "GZIP",
        compressors: { GZIP: (b) => new Uint8Array(gzipSync(b)) },
      }),
    );
    expect((await readTable(table)).columns).toEqual([{ name: "n", type: "int", values: [1, 2, 3] }]);
  });
  it("refuses whole numbers that float64 cannot hold", async () => {
    const table = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: "n", data: [2n ** 53n], type: "INT64" }] }));
    await expect(readTable(table)).rejects.toThrow("column `n` holds 9007199254740992, beyond 2^53");
  });
  it("says so when a file is none, or cut off at either end", async () => {
    const whole = writeTable(TABLE);
    const failed = { code: "E_FILE" };
    for (const bytes of [new Uint8Array(0), new Uint8Array(100), whole.slice(0, -5), whole.slice(whole.length >> 1)])
      await expect(readTable(bytes, { name: "x.parquet" })).rejects.toMatchObject(failed);
  });
});
