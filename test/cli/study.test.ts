/** @file `onnxplain study new` and `analyse` as a user runs them: folders that appear whole, what is told, bad usage. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { regionsVerb } from "../../cli/regions.ts";
import { studyVerb } from "../../cli/study.ts";
import { studyAnalyseWith } from "../../cli/study-analyse.ts";
import { codesIn } from "../../src/study/codes.ts";
import { studyIn } from "../../src/study/read.ts";
import { quarterBytes } from "../jobs/regions-made.ts";
import { simulated } from "../jobs/study-made.ts";
import { writeTinyCifar } from "../jobs/tiny-pictures.ts";
import { printed, refused, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const verb = (...args: readonly string[]): Promise<string> => printed(studyVerb, args);
const fail = (...args: readonly string[]): ReturnType<typeof refused> => refused(studyVerb, args);
const text = (name: string): string => readFileSync(at(name), "utf8");
const studyOf = (name: string) => studyIn(text(`${name}/study.json`), name);
/** Parts of folders that did not become whole. */
const parts = (): readonly string[] => readdirSync(folder).filter((name) => name.includes(".part-"));

const source = () => ["--model", at("quarters.onnx"), "--data", at("unseen.bin"), "--threads", "1"];
const gradient = () => [...source(), "--method", "gradient", "--questions", "5"];

beforeAll(async () => {
  writeFileSync(at("quarters.onnx"), quarterBytes());
  writeTinyCifar(at("references.bin"), 40);
  writeTinyCifar(at("unseen.bin"), 20, { seed: 9 });
  const from = ["--model", at("quarters.onnx"), "--layer", "psi", "--data", at("references.bin")];
  await printed(regionsVerb, ["fit", ...from, "--boundaries", "12", "--threads", "1", "-o", at("fit")]);
});

describe("new", () => {
  test("by a method: says where codes and token are, and keeps them to their owner", async () => {
    const said = await verb("new", ...gradient(), "--stated-accuracy", "0.8", "--participants", "3", "-o", at("one"));
    expect(said).toMatch(
      /^5 questions, on which the network is right in \d+\.\d %; participants are told 80\.0 %\n3 codes for participants: .*codes\.csv/,
    );
    expect(codesIn(text("one/codes.csv"))).toHaveLength(3);
    expect(text("one/admin-token.txt")).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(at("one/admin-token.txt")).mode & 0o777).toBe(0o600);
    expect(statSync(at("one/codes.csv")).mode & 0o777).toBe(0o600);
    const study = studyOf("one");
    expect([study.stated_accuracy, study.questions.length]).toEqual([0.8, 5]);
    expect(study.source).toMatchObject({ kind: "method", method: "gradient" });
    expect(study.tutorial).toContain("blue where something spoke against it");
    for (const q of study.questions) expect(existsSync(at(`one/pictures/${q.picture}`)), q.picture).toBe(true);
  });

  test("by regions: references of the fit are the similar pictures, with its heat maps", async () => {
    const args = ["--regions", at("fit"), "--data", at("unseen.bin"), "--threads", "1", "--questions", "4"];
    writeFileSync(at("how.txt"), "Look closely.\n");
    await verb("new", ...args, "--similar", "2", "--tutorial", at("how.txt"), "--title", "Where?", "-o", at("two"));
    const study = studyOf("two");
    expect(study.source).toMatchObject({ kind: "regions", references: 40, layer: "psi", data: at("unseen.bin") });
    expect([study.title, study.tutorial]).toEqual(["Where?", "Look closely.\n"]);
    expect(study.questions.every((q) => q.similar.length === 2)).toBe(true);
    for (const s of study.questions.flatMap((q) => q.similar))
      expect([s.picture, s.heatMap].every((n) => existsSync(at(`two/pictures/${n}`)))).toBe(true);
  });

  test("as JSON, with nothing but it on stdout", async () => {
    const said = JSON.parse(await verb("new", ...gradient(), "--json", "--between", "0,3", "-o", at("three")));
    expect(said).toMatchObject({ questions: 5, participants: 20, stated_accuracy: null, similar: 0 });
    expect(new Set(studyOf("three").questions.flatMap((q) => q.sides))).toEqual(new Set(["class 0", "class 3"]));
  });

  test("never over another folder, and nothing is left of what failed", async () => {
    mkdirSync(at("full"));
    writeFileSync(at("full/mine.txt"), "mine");
    expect((await fail("new", ...gradient(), "-o", at("full")))[0]).toBe("E_FILE");
    expect(readdirSync(at("full"))).toEqual(["mine.txt"]);
    const [code, message] = await fail("new", ...gradient(), "--questions", "500", "-o", at("few"));
    expect([code, existsSync(at("few")), parts()]).toEqual(["E_DATA_EMPTY", false, []]);
    expect(message).toMatch(/Expected 500 questions, found \d+ pictures in `.*unseen\.bin`/);
  });

  test.each([
    [["--method", "gradient"], "E_USAGE", /No folder for the study/],
    [["-o", "x"], "E_USAGE", /Say how pictures are explained/],
    [["--method", "gradient", "--regions", "r", "-o", "x"], "E_USAGE", /Say how pictures are explained/],
    [["--method", "gradient", "--wrong", "30", "-o", "x"], "E_USAGE", /`--wrong` to be a share/],
    [["--method", "gradient", "--between", "1", "-o", "x"], "E_USAGE", /two classes as A,B/],
    [["--method", "gradient", "--between", "1,1", "-o", "x"], "E_USAGE", /two classes as A,B/],
    [["--method", "gradient", "--between", "1,9", "-o", "x"], "E_TARGET_RANGE", /0…3/],
    [["--method", "nonsense", "-o", "x"], "E_METHOD_UNKNOWN", /grad-cam/],
    [["--method", "gradient", "--consent", "missing.txt", "-o", "x"], "E_FILE", /missing\.txt/],
    [["--method", "gradient", "surplus", "-o", "x"], "E_USAGE", /Unexpected `surplus`/],
  ])("%j is refused in words", async (args, code, words) => {
    const [got, message] = await fail("new", ...source(), ...args.map((a) => (a === "x" ? at("x") : a)));
    expect([got, existsSync(at("x"))]).toEqual([code, false]);
    expect(message).toMatch(words);
  });
});

describe("analyse", () => {
  const analyse = studyAnalyseWith((name) => {
    const study = studyIn(readFileSync(join(name, "study.json"), "utf8"), name);
    return simulated(study, codesIn(readFileSync(join(name, "codes.csv"), "utf8")));
  });

  beforeAll(async () => {
    await verb("new", ...gradient(), "--participants", "12", "-o", at("done"));
  });

  test("says what came out, and writes the folder whole", async () => {
    const said = await printed(analyse, [at("done"), "-o", at("result"), "--csv", "--bin-width", "10"]);
    expect(said).toMatch(/^11 of 12 participants answered every question of both parts\n/);
    expect(said).toMatch(/left out P09: answered \d of 5 in part B/);
    expect(said.split("\n").at(-1)).toBe(at("result"));
    expect(readdirSync(at("result")).sort()).toEqual(
      "actions.csv actions.parquet analysis.json answers.csv answers.parquet figure.png figure.svg page.safetensors participants.csv participants.parquet report.html".split(
        " ",
      ),
    );
    const document = JSON.parse(text("result/analysis.json"));
    expect([document.complete, document.settings.binWidth, document.bins.length >= 6]).toEqual([11, 10, true]);
    expect(text("result/report.html")).toContain("--bin-width 10");
  });

  test("as JSON without a folder", async () => {
    const document = JSON.parse(await printed(analyse, [at("done"), "--json"]));
    expect(document.participants).toHaveLength(12);
    expect(JSON.stringify(document)).not.toContain(codesIn(text("done/codes.csv"))[0]);
  });

  test("of a study that nobody has been served", async () => {
    expect(await verb("analyse", at("one"))).toMatch(/^0 of \d participants? answered every question of both parts\n/);
  });

  test("bad usage, and a folder that is no study", async () => {
    expect((await refused(analyse, []))[0]).toBe("E_USAGE");
    expect((await refused(analyse, [at("one"), at("two")]))[0]).toBe("E_USAGE");
    expect((await refused(analyse, [at("fit")]))[0]).toBe("E_FILE");
    expect((await refused(analyse, [at("done"), "-o", at("full")]))[0]).toBe("E_FILE");
    expect((await fail("nonsense"))[0]).toBe("E_USAGE");
  });
});
