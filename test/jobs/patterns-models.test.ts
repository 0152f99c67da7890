/** @file The networks of a folder of `train`: their order, the last one once, gaps; and names of networks. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkpointsOf, patternModels } from "../../src/jobs/patterns-models.ts";
import { loadModel } from "../../src/load.ts";
import { scratch } from "../cli/run.ts";
import { quarterBytes } from "./regions-made.ts";

const root = scratch();
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
/** A training whose files hold what is given; `model` is that of model.onnx. */
function training(steps: Readonly<Record<string, string>>, model?: string): string {
  const folder = join(root, `run-${folders++}`);
  mkdirSync(join(folder, "checkpoints"), { recursive: true });
  for (const [name, text] of Object.entries(steps)) writeFileSync(join(folder, "checkpoints", name), text);
  if (model !== undefined) writeFileSync(join(folder, "model.onnx"), model);
  return folder;
}
const named = ({ files }: { readonly files: readonly string[] }): readonly string[] =>
  files.map((file) => file.split("/").at(-1) as string);

describe("checkpoints", () => {
  test("by step rather than by name, and the finished network last", async () => {
    const run = training(
      { "step-1000000.onnx": "c", "step-000500.onnx": "a", "step-500500.onnx": "b", "config.json": "{}" },
      "d",
    );
    const found = await checkpointsOf(run);
    expect(named(found)).toEqual(["step-000500.onnx", "step-500500.onnx", "step-1000000.onnx", "model.onnx"]);
  });

  test("the finished network is not shown twice", async () => {
    expect(named(await checkpointsOf(training({ "step-000001.onnx": "a", "step-000002.onnx": "b" }, "b")))).toEqual([
      "step-000001.onnx",
      "step-000002.onnx",
    ]);
  });

  test("one that is missing from a regular sequence is noted, as is an unfinished training", async () => {
    const steps = Object.fromEntries([10, 20, 40, 50].map((s) => [`step-0000${s}.onnx`, String(s)]));
    const { files, notes } = await checkpointsOf(training(steps));
    expect(files.length).toBe(4);
    expect(notes).toEqual([
      "Between step 20 and step 40 there are no checkpoints; others are 10 steps apart.",
      expect.stringContaining("not finished"),
    ]);
    const whole = training({ "step-000100.onnx": "a", "step-000200.onnx": "b", "step-000230.onnx": "c" }, "c");
    expect((await checkpointsOf(whole)).notes).toEqual([]);
  });

  test("none is an error that says what makes them", async () => {
    await expect(checkpointsOf(training({}))).rejects.toMatchObject({
      code: "E_FILE",
      message: expect.stringContaining("--checkpoint-every"),
    });
  });
});

test("networks bear the names of their files, numbered where two are alike", async () => {
  const files = ["a/model.onnx", "b/model.onnx"].map((name) => join(root, name));
  for (const file of files) {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, quarterBytes());
  }
  const names = async (sources: readonly string[]): Promise<readonly string[]> =>
    (await patternModels(sources, { load: loadModel })).map((m) => m.name);
  expect(await names(files)).toEqual(["a/model.onnx", "b/model.onnx"]);
  expect(await names([files[0] as string, files[0] as string])).toEqual(["a/model.onnx (1)", "a/model.onnx (2)"]);
});
