/** @file Folders that are being drawn into: the leavings of a process that has ended go, whatever else lies there stays. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openPart, PART_NOTE, type PartNote, removeStaleParts, settlePart } from "../../src/jobs/part-folder.ts";
import { writeSynth } from "../../src/jobs/synth-node.ts";

const scratch = (): string => mkdtempSync(join(tmpdir(), "onnxplain-part-"));
const OURS = new Set(["train", "manifest.csv"]);

/** The number of a process that was there and is gone. */
const GONE = spawnSync(process.execPath, ["-e", ""]).pid;
const LEFT: PartNote = { onnxplain: "synth", host: hostname(), pid: GONE, at: Date.now() };

function partOf(place: string, note: unknown, files: readonly string[] = ["train/bird/000001.png"]): string {
  const part = mkdtempSync(join(dirname(place), ".data.part-"));
  for (const name of files) {
    mkdirSync(dirname(join(part, name)), { recursive: true });
    writeFileSync(join(part, name), "pixels");
  }
  if (note !== undefined) writeFileSync(join(part, PART_NOTE), typeof note === "string" ? note : JSON.stringify(note));
  return part;
}

describe("stale parts", () => {
  it.each([
    ["of a process that has ended", LEFT, ["train/bird/000001.png", "manifest.csv"]],
    ["with nothing drawn yet", LEFT, []],
    ["of a process before this one, of the same number", { ...LEFT, pid: process.pid, at: 0 }, ["train/a.png"]],
  ] as const)("%s go", async (_, note, files) => {
    const place = join(scratch(), "data");
    partOf(place, note, files);
    await removeStaleParts(place, OURS);
    expect(readdirSync(dirname(place))).toEqual([]);
  });

  it.each([
    ["of this process", { ...LEFT, pid: process.pid }, ["train/a.png"]],
    ["of a process that lives", { ...LEFT, pid: process.ppid }, ["train/a.png"]],
    ["of another machine", { ...LEFT, host: `not-${hostname()}` }, ["train/a.png"]],
    ["with a file of somebody's", LEFT, ["train/a.png", "thesis.txt"]],
    ["without a note", undefined, ["train/a.png"]],
    ["with a note of another program", { ...LEFT, onnxplain: "report" }, ["train/a.png"]],
    ["with a note that is cut off", JSON.stringify(LEFT).slice(0, 20), ["train/a.png"]],
    ["with a note that is null", "null", ["train/a.png"]],
    ["with a group of processes for a process", { ...LEFT, pid: -1 }, ["train/a.png"]],
  ] as const)("%s stay", async (_, note, files) => {
    const place = join(scratch(), "data");
    const part = partOf(place, note, files);
    await removeStaleParts(place, OURS);
    for (const name of files) expect(existsSync(join(part, name))).toBe(true);
  });

  it("of other places stay, and so does what only looks like one", async () => {
    const parent = scratch();
    for (const name of [
      ".data.part-",
      ".data.part-abcdefg",
      ".data.part-ab_def",
      ".data2.part-abcdef",
      "data.part-abcdef",
    ]) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, PART_NOTE), JSON.stringify(LEFT));
    }
    writeFileSync(join(parent, ".data.part-abcdef"), "a file");
    const before = readdirSync(parent);
    await removeStaleParts(join(parent, "data"), OURS);
    expect(readdirSync(parent)).toEqual(before);
  });

  it("nothing beside a place whose folder is missing", async () => {
    await expect(removeStaleParts(join(scratch(), "none", "data"), OURS)).resolves.toBeUndefined();
  });
});

describe("a part", () => {
  it("says who draws, and no more once it is in its place", async () => {
    const place = join(scratch(), "data");
    const part = await openPart(place);
    expect(JSON.parse(readFileSync(join(part, PART_NOTE), "utf8"))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    });
    writeFileSync(join(part, "manifest.csv"), "path\n");
    await settlePart(part, place);
    expect(readdirSync(dirname(place))).toEqual(["data"]);
    expect(readdirSync(place)).toEqual(["manifest.csv"]);
  });
});

describe("drawing again where a process was killed", () => {
  it("leaves the data set alone, and what another process draws", async () => {
    const place = join(scratch(), "data");
    partOf(place, LEFT, ["train/bird/000001.png", "masks/train/bird/000001.png", "synth.json"]);
    const alive = partOf(place, { ...LEFT, pid: process.ppid });
    await writeSynth(place, { count: 2, size: 16 });
    expect(
      readdirSync(dirname(place))
        .map((n) => join(dirname(place), n))
        .sort(),
    ).toEqual([alive, place].sort());
    expect(existsSync(join(place, PART_NOTE))).toBe(false);
  });
});
