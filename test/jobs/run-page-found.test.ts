/** @file Runs in a folder of folders: found by their files, parts of runs left out, not without end. */
import { describe, expect, it, vi } from "vitest";
import { findRuns, labelsInRun, mountFolder, rowsOf } from "../../src/index.ts";

// the files of this machine know no mounts
vi.mock("#files", () => import("../../src/jobs/files-web.ts"));

const none = new Blob(["{}"]);
const folder = (...paths: readonly string[]): string =>
  mountFolder(
    "some",
    paths.map((path) => [path, none]),
  );
const EVALUATE = ["results.parquet", "failures.json"];
const below = (path: string, names: readonly string[] = EVALUATE): readonly string[] =>
  names.map((n) => `${path}/${n}`);

describe("runs", () => {
  it("are found at the top and below, with what they are", async () => {
    const found = await findRuns(folder(...below("a"), ...below("b/c/d"), "b/notes.txt", ...below(".hidden/x")));
    expect(found.map(({ path, kind, title }) => [path, kind, title])).toEqual([
      ["a", "evaluate", "Maps, measured"],
      ["b/c/d", "evaluate", "Maps, measured"],
    ]);
    expect(found[0]?.location).toMatch(/^mount:\/.*\/a$/);
    const [top] = await findRuns(folder(...EVALUATE));
    expect(top?.path).toBe("");
  });
  it("have parts of their own kind, which are none by themselves", async () => {
    const nested = [...EVALUATE, ...below("part"), ...below("deep/part"), ...below("other", ["simulation.json"])];
    expect((await findRuns(folder(...nested))).map((r) => r.path)).toEqual(["", "other"]);
  });
  it("too deep, or after too many folders, are not looked for", async () => {
    expect(await findRuns(folder(...below("a/b/c/d")))).toEqual([]);
    expect(await findRuns(folder(...below("a/b/c/d")), { depth: 4 })).toHaveLength(1);
    const many = Array.from({ length: 30 }, (_, i) => below(`r${i}`)).flat();
    expect(await findRuns(folder(...many), { most: 11 })).toHaveLength(10);
  });
  it("are not looked for any more when stopped", async () => {
    await expect(findRuns(folder(...below("a")), { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

it("labels of a run stand in its file, where it has one", async () => {
  const at = mountFolder("list", [["labels.csv", new Blob(["id,label\r\na,cat\r\n"])]]);
  expect(rowsOf((await labelsInRun(at)) ?? { count: 0, columns: [] })).toEqual([{ id: "a", label: "cat" }]);
  expect(await labelsInRun(folder("x.txt"))).toBeUndefined();
});
