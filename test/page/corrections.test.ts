/** @file Corrections as CSV, and what was kept of them: names that are not unique, odd text, damaged storage. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Checked, correctionsCsv, keep, keptIn } from "../../page/corrections.ts";

const point = (rest: Partial<Checked> = {}): Checked => ({
  position: "7",
  id: "a.png",
  label: "0",
  done: false,
  to: "",
  ...rest,
});
const storage = (entries: Record<string, string> = {}): Record<string, string> => {
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => entries[key] ?? null,
    setItem: (key: string, value: string) => {
      entries[key] = value;
    },
  });
  return entries;
};
afterEach(() => vi.unstubAllGlobals());

describe("the CSV", () => {
  it("holds points that were checked or corrected alone, classes by name", () => {
    const all = [point(), point({ id: "b", done: true }), point({ id: "c", label: "", to: "1" })];
    expect(correctionsCsv(all, ["cat", "dog"])).toBe("position,id,label,corrected\r\n7,b,cat,cat\r\n7,c,,dog\r\n");
  });
  it("names a class by its number where two are called alike, and quotes what would break a line", () => {
    const odd = point({ id: 'x,"y"\n', label: "1", to: "2", done: true });
    expect(correctionsCsv([odd], ["cat", "dog", "cat"])).toContain('\r\n7,"x,""y""\n",dog,2\r\n');
  });
});

describe("what is kept", () => {
  it("comes back, untouched points left out", () => {
    storage();
    keep("k", [point(), point({ position: "8", done: true, to: "1" })]);
    expect(keptIn("k")).toEqual([["8", true, "1"]]);
  });
  it.each(["no json", "{}", '[["8",1,"1"],3,null]'])("is nothing where something else stands there: %s", (text) => {
    storage({ k: text });
    expect(keptIn("k")).toEqual([]);
  });
  it("is nothing where the browser keeps nothing", () => {
    vi.stubGlobal("localStorage", undefined);
    expect(() => keep("k", [point({ done: true })])).not.toThrow();
    expect(keptIn("k")).toEqual([]);
  });
});
