/** @file `onnxplain fisher explain` and `classify` as a user runs them: every form of output, edits, a network beside, bad usage. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { fisherVerb } from "../../cli/fisher.ts";
import { readCsv } from "../../src/formats/csv.ts";
import { readNpy } from "../../src/formats/npy.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { rowsOf } from "../../src/formats/table.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { drawnThings, type Thing, writeAll } from "../jobs/fisher-pictures.ts";
import { printed, refused, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const verb = (...args: readonly string[]): Promise<string> => printed(fisherVerb, args);
const fail = (...args: readonly string[]): ReturnType<typeof refused> => refused(fisherVerb, args);
const THINGS: readonly Thing[] = ["upright", "level", "dots"];
const EDIT = "box=0,0,20,36,fill=mean";

beforeAll(async () => {
  const pictures = Array.from({ length: 18 }, (_, i): readonly [string, ImageU8] => {
    const thing = THINGS[i % 3] as Thing;
    return [`data/${thing}/${i}.png`, drawnThings([thing], i)];
  });
  await writeAll(folder, {
    ...Object.fromEntries(pictures),
    "a.png": drawnThings(["upright", "dots"], 99, { width: 48, height: 40 }),
    "b.png": drawnThings(["level"], 98),
    "small.png": drawnThings(["level"], 97, { width: 12, height: 40 }),
    "flat.png": drawnThings(["flat"], 96),
  });
  const settings = ["--components", "4", "--width", "6", "--samples", "600", "--sizes", "4,6", "--cost", "1"];
  await verb("train", "--data", at("data"), ...settings, "--threads", "1", "-o", at("fv"));
}, 60_000);

const explain = (...args: readonly string[]): Promise<string> =>
  verb("explain", ...args, "--pipeline", at("fv"), "--threads", "1");

describe("explain", () => {
  test("in words: score, sums, descriptors, shares, and what the edit does", async () => {
    const said = await explain(at("a.png"), "--class", "upright", "--top", "2", "--shares", "1", "--edit", EDIT);
    expect(said).toMatch(/a\.png: upright of 3 classes, \d+ descriptors in 48 x 40 pixels/);
    expect(said).toMatch(/upright: score -?\d\.\d{5}, threshold -?\d\.\d{5}: (yes|no)/);
    expect(said).toMatch(/R3 .* -> R2 .* \(epsilon holds back .*\) -> R1 .*; off by at most \d/);
    expect(said).toMatch(/after box=0,0,20,36,fill=mean: upright: score .* \([+-]\d/);
    expect(said).toMatch(/alpha [+-]\d\.\d{4} {2}similarity -?\d\.\d{4} {2}upright\/\d+\.png/);
    expect(said.match(/Gaussian \d/g)?.length).toBe(4);
  });

  test("every form of one file", async () => {
    for (const form of ["html", "png", "npy", "safetensors", "json", "csv"]) {
      const file = at(`why.${form}`);
      expect(await explain(at("a.png"), "--class", "dots", "--edit", EDIT, "-o", file)).toBe(file);
    }
    const page = readFileSync(at("why.html"), "utf8");
    expect(page).toContain("After the edit");
    expect(page).toContain("Training pictures behind the score");
    expect(page.match(/<image id="t\d+"/g)?.length).toBeGreaterThan(3);
    expect(readFileSync(at("why.png")).subarray(1, 4).toString()).toBe("PNG");
    expect(readNpy(readFileSync(at("why.npy"))).dims).toEqual([2, 40, 48]);
    const { tensors, metadata } = readSafetensors(readFileSync(at("why.safetensors")));
    expect(Object.keys(tensors).sort()).toEqual(
      ["after", "before"].flatMap((s) => [
        `0.${s}.dots.descriptors`,
        `0.${s}.dots.dimensions`,
        `0.${s}.dots.pixels`,
        `0.${s}.frames`,
        `0.${s}.scores`,
      ]),
    );
    expect(metadata).toMatchObject({ variant: "epsilon", epsilon: "100", area: "4s" });
    const { pictures, edits } = JSON.parse(readFileSync(at("why.json"), "utf8"));
    expect(edits).toEqual([EDIT]);
    const rows = rowsOf(readCsv(readFileSync(at("why.csv"), "utf8")));
    expect(rows.map((r) => [r.state, r.class, Number(r.score)])).toEqual([
      ["before", "dots", pictures[0].scores.dots.score],
      ["after", "dots", pictures[0].after.scores.dots.score],
    ]);
  });

  test("a folder holds everything, of several pictures and classes, and is not written over", async () => {
    const args = [at("a.png"), at("b.png"), "--class", "all", "--variant", "absolute", "-o", at("all/")];
    await explain(...args);
    expect(readdirSync(at("all")).sort()).toEqual([
      "explanation.json",
      "page.safetensors",
      "relevance.safetensors",
      "report.html",
      "scores.csv",
      "sheet.png",
    ]);
    expect(rowsOf(readCsv(readFileSync(at("all/scores.csv"), "utf8"))).length).toBe(6);
    expect((await fail("explain", ...args, "--pipeline", at("fv")))[0]).toBe("E_FILE");
  });

  test("as JSON on stdout; a flat picture is remarked upon", async () => {
    const { pictures, variant, epsilon } = JSON.parse(await explain(at("flat.png"), "--variant", "plain", "--json"));
    expect([variant, epsilon, pictures.length]).toEqual(["plain", null, 1]);
    expect(pictures[0].notes[0]).toMatch(/flat/);
  });

  test("pages without the training pictures say where they were sought", async () => {
    const notes: string[] = [];
    writeFileSync(at("moved.json"), readFileSync(at("fv/fisher.json")));
    const report = JSON.parse(readFileSync(at("fv/fisher.json"), "utf8"));
    try {
      writeFileSync(at("fv/fisher.json"), JSON.stringify({ ...report, data: at("gone") }));
      await fisherVerb.run(["explain", at("b.png"), "--pipeline", at("fv"), "--threads", "1", "-o", at("gone.html")], {
        print: () => undefined,
        note: (n) => void notes.push(n),
      });
    } finally {
      writeFileSync(at("fv/fisher.json"), readFileSync(at("moved.json")));
    }
    expect(notes.join()).toMatch(/`--data DATA`/);
    expect(existsSync(at("gone.html"))).toBe(true);
    const found = ["explain", at("b.png"), "--pipeline", at("fv"), "--data", at("data"), "-o", at("found.html")];
    await verb(...found);
    expect(readFileSync(at("found.html"), "utf8").length).toBeGreaterThan(readFileSync(at("gone.html")).length);
  });

  test("bad usage and bad pictures are refused with what to do", async () => {
    const from = ["--pipeline", at("fv")];
    expect(await fail("explain", at("a.png"))).toEqual(["E_USAGE", expect.stringContaining("--pipeline MODEL/")]);
    expect((await fail("explain", ...from))[0]).toBe("E_USAGE");
    expect(await fail("explain", at("a.png"), "--pipeline", at("data"))).toEqual([
      "E_FILE",
      expect.stringContaining("holds no trained pipeline"),
    ]);
    expect(await fail("explain", at("a.png"), ...from, "--class", "cat")).toEqual([
      "E_TARGET_UNKNOWN",
      expect.stringContaining("dots, level, upright"),
    ]);
    expect(await fail("explain", at("small.png"), ...from)).toEqual([
      "E_INPUT_SHAPE",
      expect.stringMatching(/small\.png`: .*too small for a descriptor/),
    ]);
    expect((await fail("explain", at("none.png"), ...from))[0]).toBe("E_FILE");
    expect((await fail("explain", at("a.png"), ...from, "-o", at("a.pdf")))[0]).toBe("E_USAGE");
    expect((await fail("explain", at("a.png"), at("b.png"), ...from, "-o", at("x.npy")))[0]).toBe("E_USAGE");
    expect((await fail("explain", at("a.png"), ...from, "--class", "all", "-o", at("x.npy")))[0]).toBe("E_USAGE");
    expect((await fail("explain", at("a.png"), ...from, "--epsilon", "0"))[0]).toBe("E_USAGE");
    expect((await fail("explain", at("a.png"), ...from, "--variant", "plain", "--epsilon", "5"))[0]).toBe("E_USAGE");
    expect((await fail("explain", at("a.png"), ...from, "--variant", "best"))[0]).toBe("E_USAGE");
    expect(await fail("explain", at("a.png"), ...from, "--edit", "box=1,2,fill=red")).toEqual([
      "E_PARAM",
      expect.stringContaining("box=1,2,fill=red"),
    ]);
    expect((await fail("explain", at("a.png"), ...from, "--edit", "box=90,90,99,99,fill=mean"))[0]).toBe("E_PARAM");
  });
});

describe("classify", () => {
  const classify = (...args: readonly string[]): Promise<string> =>
    verb("classify", ...args, "--pipeline", at("fv"), "--threads", "1");

  test("in words, with an edit and a network beside it: both move", async () => {
    const said = await classify(at("a.png"), at("b.png"), "--edit", EDIT, "--model", at("fv"));
    expect(said).toMatch(/a\.png: \w+, after the edit/);
    expect(said).toMatch(
      /upright +-?\d\.\d{4} {2}threshold +-?\d\.\d{4} {2}(yes|no) {2}-> {2}-?\d\.\d{4} \([+-]\d\.\d{4}\) (yes|no)/,
    );
    expect(said.match(/ {2}network: /g)?.length).toBe(2);
    expect(said).toMatch(/network: .*\n {2}\w+ +-?\d+\.\d{4} {2}-> {2}-?\d+\.\d{4} \([+-]/);
  });

  test("as CSV and JSON with the same numbers as explain", async () => {
    await classify(at("a.png"), "-o", at("scores.csv"));
    const rows = rowsOf(readCsv(readFileSync(at("scores.csv"), "utf8")));
    const { pictures } = JSON.parse(await explain(at("a.png"), "--json"));
    for (const row of rows)
      expect(Math.abs(Number(row.score) - pictures[0].scores[row.class as string].score)).toBeLessThan(1e-6);
    const json = JSON.parse(await classify(at("a.png"), "--json"));
    expect(json.pictures[0].classes.map((c: { label: string }) => c.label)).toEqual(["dots", "level", "upright"]);
    expect(json.pictures[0].network).toBeNull();
  });

  test("bad usage is refused", async () => {
    expect((await fail("classify", at("a.png")))[0]).toBe("E_USAGE");
    expect((await fail("classify", "--pipeline", at("fv")))[0]).toBe("E_USAGE");
    expect((await fail("classify", at("a.png"), "--pipeline", at("fv"), "-o", at("a.html")))[0]).toBe("E_USAGE");
    expect((await fail("classify", at("small.png"), "--pipeline", at("fv")))[0]).toBe("E_INPUT_SHAPE");
    expect((await fail("classify", at("a.png"), "--pipeline", at("fv"), "--model", at("gone.onnx")))[0]).toBe("E_FILE");
  });
});
