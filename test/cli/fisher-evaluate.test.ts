/** @file `onnxplain fisher evaluate` as a user runs it: what it says and writes, and bad usage. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { fisherVerb } from "../../cli/fisher.ts";
import { drawnThings, type Thing, writeAll } from "../jobs/fisher-pictures.ts";
import { printed, refused, scratch } from "./run.ts";

const root = scratch();
const at = (name: string): string => join(root, name);
const THINGS: readonly Thing[] = ["upright", "level", "dots"];
const QUICK = [
  "--replacements",
  "40",
  "--batch-of",
  "20",
  "--repetitions",
  "1",
  "--pixel-pictures",
  "0",
  "--threads",
  "1",
];
const evaluate = (...args: readonly string[]): readonly string[] => [
  "evaluate",
  ...["--pipeline", at("fv"), "--data", at("data"), "--split", "test"],
  ...QUICK,
  ...args,
];
const fail = (...args: readonly string[]): ReturnType<typeof refused> => refused(fisherVerb, evaluate(...args));

const pictures = (split: string, count: number, seed: number) =>
  THINGS.flatMap((thing, t) =>
    Array.from(
      { length: count },
      (_, i) => [`${split}/${thing}/${i}.png`, drawnThings([thing], seed + 10 * i + t)] as const,
    ),
  );

beforeAll(async () => {
  await writeAll(at("data"), Object.fromEntries([...pictures("train", 5, 1), ...pictures("test", 2, 500)]));
  const small = "--components 4 --width 6 --samples 600 --sizes 4,6 --cost 1 --threads 1 --quiet".split(" ");
  await printed(fisherVerb, ["train", "--data", at("data"), "--split", "train", ...small, "-o", at("fv")]);
});

describe("fisher evaluate", () => {
  test("says the table, the orders and where the page is", async () => {
    const said = await printed(fisherVerb, evaluate("--csv", "--sheets", "1", "-o", at("run")));
    expect(said).toMatch(/^6 pictures scored, \d explained$/m);
    expect(said).toMatch(/mAP % +A \(random\) +V % \(random\) +mu +mu positive +suspicious$/m);
    expect(said).toMatch(/^Fisher vectors +\d+\.\d +-?\d+\.\d{3} \(-?\d+\.\d{3}\) +\d+\.\d \(\d+\.\d\) +– +– +\d+$/m);
    for (const order of ["plain", "epsilon", "absolute", "random"])
      expect(said).toMatch(new RegExp(`^order ${order} +A +-?\\d+\\.\\d{3} +V +\\d+\\.\\d % +\\d traces$`, "m"));
    expect(said.trimEnd().endsWith(join(at("run"), "evaluation.html"))).toBe(true);
    for (const name of ["evaluation.json", "scores.csv", "clusters.parquet", "sheets/0-dots.png"])
      expect(existsSync(join(at("run"), name)), name).toBe(true);
  });

  test("--json is the document; a network beside it; flags arrive", async () => {
    const flags = ["--model", at("fv"), "--composite", "epsilon", "--limit-per-class", "1", "--seed", "7"];
    const orders = ["--decompositions", "absolute,epsilon", "--epsilon", "10,1", "--area", "5s-1"];
    // the pipeline's own network has no relevance by LRP: that is said before a picture is scored
    expect((await fail(...flags, "-o", at("none")))[0]).toBe("E_METHOD_UNSUITABLE");
    expect(existsSync(join(at("none"), "scores"))).toBe(false);
    const said = JSON.parse(
      await printed(fisherVerb, evaluate(...flags.slice(4), ...orders, "--json", "-o", at("json"))),
    );
    expect(said).toEqual(JSON.parse(readFileSync(join(at("json"), "evaluation.json"), "utf8")));
    expect(said.settings).toMatchObject({
      decompositions: ["epsilon", "absolute"],
      epsilons: [10, 1],
      area: "5s-1",
      replacements: 40,
      batchOf: 20,
      repetitions: 1,
      limitPerClass: 1,
      pixelPictures: 0,
      seed: 7,
      composite: null,
    });
    expect(said.command).toContain("onnxplain fisher evaluate --pipeline");
  });

  test.each([
    [["-o", "x", "more"], /Unexpected `more`/],
    [[], /No folder/],
    [["-o", "x", "--decompositions", "best"], /plain, epsilon, absolute/],
    [["-o", "x", "--epsilon", "0"], /positive/],
    [["-o", "x", "--composite", "lrp-caffe"], /Add `--model NET`/],
    [["-o", "x", "--size", "32"], /Add `--model NET`/],
    [["-o", "x", "--replacements", "0"], /from 1 up/],
    [["-o", "x", "--area", "round"], /4s, 5s-1/],
  ] as readonly (readonly [readonly string[], RegExp])[])("%j is bad usage", async (args, words) => {
    const [code, message] = await fail(...args);
    expect(code).toBe("E_USAGE");
    expect(message).toMatch(words);
  });

  test("a folder that is no pipeline, and none at all", async () => {
    expect(await refused(fisherVerb, ["evaluate", "--data", at("data"), "-o", at("x")])).toEqual([
      "E_USAGE",
      "No pipeline given. Add `--pipeline MODEL/`, a folder of `fisher train`.",
    ]);
    const [code] = await refused(fisherVerb, ["evaluate", "--pipeline", root, "--data", at("data"), "-o", at("x")]);
    expect(code).toBe("E_FILE");
  });
});
