/** @file `onnxplain concepts` as a user runs it: find, then test what was found, every form of output, bad usage. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { conceptsVerb } from "../../cli/concepts.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { encodePng } from "../../src/image/png.ts";
import { readFoundConcepts } from "../../src/jobs/concepts-answer.ts";
import { BLUE, colourModel, GREEN, RED, SIDE, squares } from "../regions/concepts/nets.ts";
import { printed, refused, scratch } from "./run.ts";

const folder = scratch();
const at = (...names: readonly string[]): string => join(folder, ...names);

beforeAll(async () => {
  mkdirSync(at("model"));
  writeFileSync(at("model", "model.onnx"), writeModelBytes(colourModel()));
  writeFileSync(at("model", "labels.txt"), "red\ngreen\nblue\n");
  for (const [name, colour] of [["red", RED] as const, ["green", GREEN] as const, ["blue", BLUE] as const]) {
    mkdirSync(at("data", name), { recursive: true });
    for (const [i, { image }] of squares(colour, 8).entries())
      writeFileSync(at("data", name, `${i}.png`), await encodePng(image));
  }
});

const MODEL = ["--model", at("model"), "--preset", "unit", "--size", String(SIDE), "--layer", "psi"];
const FIND = ["find", ...MODEL, "--data", at("data"), "--class", "red", "--segments", "6,12", "--clusters", "5"];
const SMALL = ["--restarts", "2", "--random-patches", "80", "--min-patches", "3"];

describe("find, then test what was found", () => {
  test("a folder with sheet, document and patches; the same document as JSON", async () => {
    const out = await printed(conceptsVerb, [...FIND, ...SMALL, "-o", at("red")]);
    expect(out).toMatch(/red: \d+ patches of 8 pictures in 5 clusters at psi; [1-5] concepts/);
    expect(out).toMatch(/concept 1 +1\.000 ± 0\.000/);
    const page = readFileSync(at("red", "concepts.html"), "utf8");
    expect(page).toMatch(/Concepts of red/);
    expect(page).toMatch(/data:image\/png/);
    const document = JSON.parse(readFileSync(at("red", "concepts.json"), "utf8"));
    const [first] = document.concepts;
    expect([first.name, first.tcav, first.significant, first.scores.length]).toEqual(["concept 1", 1, true, 20]);
    expect(readdirSync(at("red", "patches", "concept-1")).length).toBe(first.patches.length);
    const stored = readFoundConcepts(readFileSync(at("red", "concepts.json"), "utf8"));
    expect(stored[0]?.centre.length).toBe(3);
    expect(JSON.parse(await printed(conceptsVerb, [...FIND, ...SMALL, "--json"]))).toEqual(document);
  });

  test("tcav takes the patches again", async () => {
    const given = [
      "--concept",
      `patch=${at("red", "patches", "concept-1")}`,
      "--concept",
      `green=${at("data", "green")}`,
    ];
    const asked = ["tcav", ...MODEL, "--data", at("data"), "--class", "red", ...given, "--positions", "mean"];
    const { concepts } = JSON.parse(await printed(conceptsVerb, [...asked, "--json", "-o", at("t.html")]));
    expect(concepts.map((c: { name: string; tcav: number }) => [c.name, c.tcav > 0.5])).toEqual([
      ["patch", true],
      ["green", false],
    ]);
    expect(existsSync(at("t.html"))).toBe(true);
    expect(readFileSync(at("t.html"), "utf8")).toMatch(/What named concepts do for red/);
  });
});

test.each([
  [[], "E_USAGE", "find, tcav"],
  [["find", "--data", at("data")], "E_USAGE", "No class given"],
  [["tcav", "--class", "red"], "E_USAGE", "No concept given"],
  [["find", "--class", "red"], "E_USAGE", "No data given"],
  [["find", "--class", "red", "--segments", "a"], "E_USAGE", "No data given"],
  [[...FIND, "--segments", "3,x"], "E_USAGE", "separated by commas"],
  [[...FIND, "-o", at("x.png")], "E_USAGE", ".html, .json"],
  [[...FIND, "-o", at("data")], "E_FILE", "not empty"],
  [[...FIND, "--class", "pink"], "E_TARGET_UNKNOWN", "red, green, blue"],
  [[...FIND, "--class", "3"], "E_TARGET_RANGE", "0 to 2"],
  [[...FIND, "--layer", "nowhere"], "E_LAYER_UNKNOWN", "nowhere"],
  [[...FIND, "--data", at("data", "red")], "E_DATA_EMPTY", "--random"],
  [[...FIND, "--random-sets", "1"], "E_USAGE", "from 2 up"],
  [[...FIND, "--counterpart", "none"], "E_USAGE", "each, shared"],
])("%j is refused with %s", async (argv, code, message) => {
  const got = await refused(conceptsVerb, argv);
  expect(got[0]).toBe(code);
  expect(got[1]).toContain(message);
});

test.each(["nothing", "{}", '{"concepts":[{"name":"a"}]}'])("%s is no document of concepts", (text) => {
  expect(() => readFoundConcepts(text)).toThrow(/no document/);
});
