/** @file One small run of every kind, as the command line leaves it, in a folder each. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conceptsVerb } from "../../cli/concepts.ts";
import { evaluateVerb } from "../../cli/evaluate.ts";
import { explainVerb } from "../../cli/explain.ts";
import { fisherVerb } from "../../cli/fisher.ts";
import { patternsVerb } from "../../cli/patterns.ts";
import { regionsVerb } from "../../cli/regions.ts";
import { representersVerb } from "../../cli/representers.ts";
import { studyVerb } from "../../cli/study.ts";
import { studyAnalyseWith } from "../../cli/study-analyse.ts";
import { trainVerb } from "../../cli/train.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { drawScene, encodePng } from "../../src/index.ts";
import { codesIn } from "../../src/study/codes.ts";
import { studyIn } from "../../src/study/read.ts";
import { printed } from "../cli/run.ts";
import { BLUE, colourModel, GREEN, RED, SIDE, squares } from "../regions/concepts/nets.ts";
import { drawnThings, writeAll } from "./fisher-pictures.ts";
import { quarterBytes } from "./regions-made.ts";
import { simulated } from "./study-made.ts";
import { writeTinyCifar } from "./tiny-pictures.ts";

/** A label that would be markup, were it not escaped. */
export const HOSTILE = '<img src=x onerror="window.hacked=1">';

export const madeFolder = (): string => mkdtempSync(join(tmpdir(), "onnxplain-runs-"));

type Make = (root: string) => Promise<void>;
const words = (line: string): readonly string[] => line.split(" ");

/** What the kinds are made from. */
const GROUND: Make = async (root) => {
  const at = (name: string): string => join(root, name);
  writeTinyCifar(at("train.bin"), 48);
  writeTinyCifar(at("test.bin"), 24, { seed: 9 });
  writeFileSync(at("names.txt"), ["near", HOSTILE, "left", "right"].join("\n"));
  writeFileSync(at("quarters.onnx"), quarterBytes());
  for (const i of [3, 4, 5, 6]) {
    mkdirSync(at("scenes/thing"), { recursive: true });
    writeFileSync(at(`scenes/thing/a<b>&${i}.png`), await encodePng(drawScene(i, { size: 96 }).image));
  }
};

const train: Make = async (root) => {
  const at = (name: string): string => join(root, name);
  const flags = "--val-share 0.25 --epochs 2 --batch 8 --threads 1 --quiet --checkpoint-every 1e";
  await printed(trainVerb, ["--arch", "lenet", "--data", at("train.bin"), ...words(flags), "-o", at("train")]);
};

const representers: Make = async (root) => {
  const at = (name: string): string => join(root, name);
  const run = (...args: readonly string[]): Promise<string> => printed(representersVerb, [...args, "--threads", "1"]);
  const from = ["--model", at("train"), "--labels", at("names.txt"), "--data", at("train.bin")];
  await run("fit", ...from, "--objective", "labels", "--held-out", at("test.bin"), "-o", at("representers fit"));
  const fit = ["--representers", at("representers fit")];
  await run("debug", ...fit, "--top", "4", "-o", at("representers debug"));
  await run(
    "debug",
    ...fit,
    ...words("--simulate 0.2 --splits 1 --order alpha,random"),
    "-o",
    at("representers simulate"),
  );
  await run("compare", ...fit, ...words("--points 6 --timed exact"), "-o", at("representers compare"));
  const asked = ["--target", "all", "--k", "2", "--groups", "label", "--with", "influence,euclid"];
  await run("explain", `${at("test.bin")}#1`, ...fit, ...asked, "-o", at("representers explain"));
  await run("explain", ...fit, "--confused", "0:1", "-o", at("representers confused"));
};

const regions: Make = async (root) => {
  const at = (name: string): string => join(root, name);
  const run = (...args: readonly string[]): Promise<string> => printed(regionsVerb, [...args, "--threads", "1"]);
  const from = [
    "--model",
    at("quarters.onnx"),
    "--labels",
    at("names.txt"),
    "--layer",
    "psi",
    "--data",
    at("train.bin"),
  ];
  await run("fit", ...from, "--boundaries", "8", "-o", at("regions fit"));
  await run("map", "--regions", at("regions fit"), "--inputs", "3", "-o", at("regions map"));
  const stored = ["--regions", at("regions fit"), "--stored", at("regions map")];
  await run("explain", `${at("test.bin")}#4`, ...stored, "-k", "3", "-o", at("regions explain"));
  const few =
    "--interpretations 3 --boundaries 6 --sweep 2,6 --top-inputs 2 --top-k 1,3 --seeds 2 --baselines grad-cam";
  await run("evaluate", ...from, "--unseen", at("test.bin"), ...words(few), "-o", at("regions evaluate"));
};

const concepts: Make = async (root) => {
  const at = (...names: readonly string[]): string => join(root, ...names);
  mkdirSync(at("colours"));
  writeFileSync(at("colours", "model.onnx"), writeModelBytes(colourModel()));
  writeFileSync(at("colours", "labels.txt"), "red\ngreen\nblue\n");
  for (const [name, colour] of [["red", RED] as const, ["green", GREEN] as const, ["blue", BLUE] as const]) {
    mkdirSync(at("squares", name), { recursive: true });
    for (const [i, { image }] of squares(colour, 6).entries())
      writeFileSync(at("squares", name, `${i}.png`), await encodePng(image));
  }
  const model = ["--model", at("colours"), "--preset", "unit", "--size", String(SIDE), "--layer", "psi"];
  const from = [...model, "--data", at("squares"), "--class", "red", "--threads", "1"];
  const few = "--segments 6 --clusters 3 --restarts 1 --random-patches 40 --min-patches 2 --random-sets 4";
  await printed(conceptsVerb, ["find", ...from, ...words(few), "-o", at("concepts")]);
  const given = ["--concept", `<b>green</b>=${at("squares", "green")}`, "--random-sets", "4"];
  await printed(conceptsVerb, ["tcav", ...from, ...given, "-o", at("concepts tcav")]);
};

const fisher: Make = async (root) => {
  const at = (name: string): string => join(root, name);
  const things = ["upright", "level", "dots"] as const;
  const pictures = (split: string, count: number, seed: number) =>
    things.flatMap((thing, t) =>
      Array.from(
        { length: count },
        (_, i) => [`${split}/${thing}/${i}.png`, drawnThings([thing], seed + 10 * i + t)] as const,
      ),
    );
  await writeAll(at("things"), Object.fromEntries([...pictures("train", 4, 1), ...pictures("test", 2, 500)]));
  const run = (...args: readonly string[]): Promise<string> =>
    printed(fisherVerb, [...args, "--threads", "1", "--quiet"]);
  const small = "--components 4 --width 6 --samples 600 --sizes 4,6 --cost 1,3 --folds 2 --test-split test";
  await run("train", "--data", at("things"), ...words(small), "-o", at("fisher train"));
  const pipeline = ["--pipeline", at("fisher train")];
  const edit = ["--edit", "box=4,4,20,20,fill=grey"];
  const one = join(at("things"), "test/dots/0.png");
  await run("classify", one, ...pipeline, ...edit, "-o", at("fisher classify"));
  await run("explain", one, ...pipeline, ...edit, "--shares", "3", "-o", at("fisher explain"));
  const quick = "--replacements 40 --batch-of 20 --repetitions 1 --pixel-pictures 1 --sheets 1 --split test";
  await run("evaluate", ...pipeline, "--data", at("things"), ...words(quick), "-o", at("fisher evaluate"));
};

const patterns: Make = async (root) => {
  const at = (name: string): string => join(root, name);
  const few = "--rounds 3 --epochs 1 --threads 1 --shown 3";
  await printed(patternsVerb, [
    "fit",
    "--checkpoints",
    at("train"),
    "--data",
    at("test.bin"),
    ...words(few),
    "-o",
    at("patterns"),
  ]);
};

const explained: Make = async (root) => {
  const at = (name: string): string => join(root, name);
  const from = [at("scenes/thing/a<b>&3.png"), "--model", "demo/shapes", "--threads", "1", "--target", "top3"];
  await printed(explainVerb, [...from, "--method", "grad-cam", "-o", at("explain")]);
  await printed(explainVerb, [...from, "--method", "gradient,lrp,occlusion", "-o", at("explain many")]);
};

const evaluated: Make = async (root) => {
  const at = (name: string): string => join(root, name);
  const asked = ["--methods", "grad-cam,gradient", "--metrics", "scg rho=0.25,morf"];
  const from = ["--model", "demo/shapes", "--data", at("scenes"), "--threads", "1", "--quiet"];
  await printed(evaluateVerb, [...from, ...asked, "-o", at("evaluate")]);
};

/** A study with some who finished and one who did not. */
const study: Make = async (root) => {
  const at = (name: string): string => join(root, name);
  const from = ["--model", at("quarters.onnx"), "--labels", at("names.txt"), "--data", at("test.bin")];
  const few = "--method gradient --questions 4 --participants 9 --threads 1 --stated-accuracy 0.8";
  await printed(studyVerb, ["new", ...from, ...words(few), "--title", HOSTILE, "-o", at("asked")]);
  const answered = studyAnalyseWith((folder) => {
    const read = (name: string): string => readFileSync(join(folder, name), "utf8");
    return simulated(studyIn(read("study.json"), folder), codesIn(read("codes.csv")));
  });
  await printed(answered, [at("asked"), "-o", at("study analyse"), "--resamples", "200"]);
};

/** Kinds by folder, and the page that the verb wrote beside; undefined where it writes none. */
export const FOLDERS: Readonly<Record<string, { readonly kind: string; readonly report: string | undefined }>> = {
  evaluate: { kind: "evaluate", report: "report.html" },
  train: { kind: "train", report: "training.html" },
  "representers fit": { kind: "representers fit", report: "fit.html" },
  "representers debug": { kind: "representers debug", report: "suspects.html" },
  "representers simulate": { kind: "representers simulate", report: "simulation.html" },
  "representers compare": { kind: "representers compare", report: "compare.html" },
  "representers explain": { kind: "representers explain", report: "explanation.html" },
  "representers confused": { kind: "representers confused", report: "explanation.html" },
  "regions fit": { kind: "regions fit", report: undefined },
  "regions map": { kind: "regions map", report: "index.html" },
  "regions explain": { kind: "regions explain", report: "explanation.html" },
  "regions evaluate": { kind: "regions evaluate", report: "evaluate.html" },
  concepts: { kind: "concepts", report: "concepts.html" },
  "concepts tcav": { kind: "concepts", report: "concepts.html" },
  "fisher train": { kind: "fisher train", report: undefined },
  "fisher classify": { kind: "fisher classify", report: undefined },
  "fisher explain": { kind: "fisher explain", report: "report.html" },
  "fisher evaluate": { kind: "fisher evaluate", report: "evaluation.html" },
  patterns: { kind: "patterns", report: undefined },
  explain: { kind: "explain", report: undefined },
  "study analyse": { kind: "study analyse", report: "report.html" },
  "explain many": { kind: "explain", report: "report.html" },
};

/** All of them below `root`. */
export async function makeRuns(root: string): Promise<void> {
  for (const make of [GROUND, train, evaluated, explained, representers, regions, concepts, fisher, patterns, study])
    await make(root);
}
