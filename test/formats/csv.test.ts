/** @file CSV: RFC 4180 in both directions, and files that break it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv, writeCsv } from "../../src/formats/csv.ts";
import { rowsOf, tableOf } from "../../src/formats/table.ts";

describe("reading", () => {
  it("takes quotes, line breaks in fields, a byte order mark and blank lines", () => {
    const text = '\uFEFFfile,name\r\na.png,"tench, Tinca tinca"\r\n\r\n"b ""2"".png","two\r\nlines"\r\n';
    expect(rowsOf(readCsv(text))).toEqual([
      { file: "a.png", name: "tench, Tinca tinca" },
      { file: 'b "2".png', name: "two\r\nlines" },
    ]);
  });
  it("takes lines that end in LF", () => expect(rowsOf(readCsv('a,b\n"1\n2",3\n'))).toEqual([{ a: "1\n2", b: "3" }]));
  it("takes another delimiter", () =>
    expect(rowsOf(readCsv("a\tb\n1\t2,5", { delimiter: "\t" }))).toEqual([{ a: "1", b: "2,5" }]));
  it.each([
    ["nothing", "", "it is empty"],
    ["too few fields", "a,b\n1,2\n3\n", "row 2 has 1 fields, the line of names 2"],
    ["too many fields", "a,b\n1,2,3\n", "row 1 has 3 fields"],
    ["a name twice", "a, a\n1,2\n", "two columns are named `a`"],
    ["an open quote", 'a,b\n"1,2\n', "uote"],
  ])("refuses %s", (_, text, why) => {
    expect(() => readCsv(text, { name: "list.csv" })).toThrow(expect.objectContaining({ code: "E_FILE" }));
    expect(() => readCsv(text, { name: "list.csv" })).toThrow(why);
    expect(() => readCsv(text, { name: "list.csv" })).toThrow("list.csv");
  });
});

describe("writing", () => {
  it("writes nulls, empty strings, numbers, flags and lists", () => {
    const table = tableOf([
      { name: "a,b", type: "string", values: ["x", "", null, 'q"'] },
      { name: "n", type: "double", values: [0.1, -0, null, Number.NaN] },
      { name: "f", type: "boolean", values: [true, false, null, true] },
      { name: "l", type: "doubles", values: [[1, 2.5], [], null, [Number.POSITIVE_INFINITY]] },
    ]);
    expect(writeCsv(table)).toBe(
      '"a,b",n,f,l\r\nx,0.1,true,"[1,2.5]"\r\n"",-0,false,[]\r\n,,,\r\n"q""",NaN,true,[Infinity]\r\n',
    );
  });
  it("reads back any text and any number", () => {
    const cells = fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.double()), { minLength: 1 });
    fc.assert(
      fc.property(cells, (rows) => {
        const table = tableOf([
          { name: "text", type: "string", values: rows.map(([s]) => s) },
          { name: "number", type: "double", values: rows.map(([, n]) => n) },
        ]);
        const [text, number] = readCsv(writeCsv(table)).columns;
        expect(text?.values).toEqual(rows.map(([s]) => s));
        expect(number?.values.map(Number)).toEqual(rows.map(([, n]) => n));
      }),
    );
  });
});
