/** @file `onnxplain regions evaluate` as a user runs it, on the bundled network and drawn pictures: tables, files, going on, ACE, bad usage. */
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { regionsVerb } from "../../cli/regions.ts";
import { synth } from "../../cli/synth.ts";
import { readTable } from "../../src/formats/parquet-read.ts";
import { printed, refused, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const CLASSES = "bird,boat,car,cup,fish,flower,house,tree";
const FROM = ["--model", "demo/shapes", "--data", at("data"), "--split", "train", "--unseen-split", "test"];
const FEW =
  "--interpretations 4 --boundaries 8 --sweep 2,8 --top-inputs 2 --top-k 1,3 --seeds 1 --threads 1 --baselines grad-cam,ace --ace-segments 4 --ace-pictures 6 --ace-clusters 4 --ace-restarts 1 --ace-random-sets 4";
const RUN = [...FROM, ...FEW.split(" "), "-o", at("run")];
const verb = (...args: readonly string[]): Promise<string> => printed(regionsVerb, ["evaluate", ...args]);
const fail = (...args: readonly string[]): ReturnType<typeof refused> => refused(regionsVerb, ["evaluate", ...args]);

let said = "";
beforeAll(async () => {
  await printed(synth, [
    ...["-o", at("data"), "--count", "48", "--classes", CLASSES, "--splits", "0.75,0,0.25", "--threads", "0"],
  ]);
  said = await verb(...RUN);
}, 120_000);

describe("regions evaluate", () => {
  test("prints both tables, with a row for every method", () => {
    expect(said).toMatch(/^38 references, 10 unseen pictures, V = 4, \|Q\| = 8, 1 run$/m);
    for (const name of ["RI", "RI, own class", "grad-cam", "ACE", "own-grad-cam", "random"])
      expect(said, name).toMatch(new RegExp(`^${name} +\\d+\\.\\d\\d +\\d+\\.\\d\\d$`, "m"));
    expect(said).toMatch(/^references +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d$/m);
    expect(said).toMatch(/^ACE: 4 searches a run, \d+\.\d concepts each; \d+\.\d\d % of the pixels kept$/m);
    expect(said.trimEnd().endsWith(join(at("run"), "evaluate.html"))).toBe(true);
  });

  test("writes page, table, curves and JSON that say the same", async () => {
    const made = JSON.parse(readFileSync(at("run/evaluate.json"), "utf8"));
    expect(made.ace).toEqual({ resolutions: [4], clusters: 4, restarts: 1, randomSets: 4, pictures: 6 });
    const [{ methods, ace }] = made.seeds;
    expect(methods.map((m: { id: string }) => m.id)).toEqual(["regions", "regions-own-class", "grad-cam", "ace"]);
    expect(ace.searches).toHaveLength(4);
    for (const s of ace.searches) expect(s.pictures).toBeLessThanOrEqual(6);
    const drop = methods[3].drop as number;
    expect(said).toMatch(new RegExp(`^ACE +${(100 * drop).toFixed(2)} `, "m"));
    const { columns, count } = await readTable(new Uint8Array(readFileSync(at("run/evaluate.parquet"))));
    const column = (name: string): readonly unknown[] => Array.from(columns.find((c) => c.name === name)?.values ?? []);
    const row = Array.from({ length: count }, (_, i) => i).find(
      (i) => column("method")[i] === "ace" && column("measure")[i] === "ad",
    );
    expect(column("value")[row as number]).toBe(drop);
    const page = readFileSync(at("run/evaluate.html"), "utf8");
    for (const part of ["How ACE was run", "How well do a few regions serve", "ACE: superpixels of a picture"])
      expect(page).toContain(part);
    expect(existsSync(at("run/curves.png"))).toBe(true);
  });

  test("goes on with what stands, and prints JSON alone", async () => {
    const before = [statSync(at("run/seeds/0.json")).mtimeMs, statSync(at("run/ace/0/3.json")).mtimeMs];
    const json = JSON.parse(await verb(...RUN, "--resume", "--json"));
    expect(json).toEqual(JSON.parse(readFileSync(at("run/evaluate.json"), "utf8")));
    rmSync(at("run/seeds/0.json"));
    expect(await verb(...RUN, "--resume")).toBe(said);
    expect(statSync(at("run/seeds/0.json")).mtimeMs).toBeGreaterThan(before[0] as number);
    expect(statSync(at("run/ace/0/3.json")).mtimeMs).toBe(before[1]);
    expect(await fail(...RUN)).toEqual(["E_FILE", expect.stringContaining("--resume")]);
    expect(await fail(...RUN, "--resume", "--ace-segments", "5")).toEqual(["E_PARAM", expect.stringContaining("ace")]);
  });

  test.each<[string, readonly string[], string, RegExp]>([
    ["no folder", FROM, "E_USAGE", /-o DIR/],
    ["no unseen pictures", [...FROM.slice(0, 6), "-o", at("x")], "E_USAGE", /--unseen DATA/],
    [
      "a baseline that there is not",
      [...FROM, "-o", at("x"), "--baselines", "lime"],
      "E_USAGE",
      /score-cam, ace or none/,
    ],
    [
      "flags of ACE without ACE",
      [...FROM, "-o", at("x"), "--ace-segments", "4"],
      "E_USAGE",
      /--baselines grad-cam,grad-cam-plus-plus,score-cam,ace/,
    ],
    [
      "superpixels that are no numbers",
      [...RUN, "--ace-segments", "many"],
      "E_USAGE",
      /integers from 1 up, got `many`/,
    ],
    ["one random set", [...RUN, "--ace-random-sets", "1"], "E_USAGE", /ace-random-sets/],
    ["a loose word", [...RUN, "photo.png"], "E_USAGE", /Unexpected `photo\.png`/],
    ["more inputs than references", [...RUN.slice(0, -1), at("y"), "--interpretations", "99"], "E_PARAM", /38 points/],
  ])("refuses %s", async (_, args, code, message) => {
    expect(await fail(...args)).toEqual([code, expect.stringMatching(message)]);
  });
});
