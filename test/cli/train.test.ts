import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { loadModel } from "../../src/load.ts";
import { uniforms } from "../../src/random.ts";
import { writeTinyCifar } from "../jobs/tiny-pictures.ts";
import { onnxplain, scratch } from "./run.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** Runs in `cwd`; killed `ms` after `when` holds, where that is given. Resolves to the exit code, null when killed. */
const running = (
  cwd: string,
  args: readonly string[],
  kill?: { when: () => boolean; ms: number },
): Promise<number | null> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: "ignore" });
    const timer =
      kill &&
      setInterval(() => {
        if (!kill.when()) return;
        clearInterval(timer);
        setTimeout(() => child.kill("SIGKILL"), kill.ms);
      }, 5);
    child.on("exit", (code) => {
      clearInterval(timer);
      resolve(code);
    });
  });

const JOB = [
  ..."train --arch lenet --data ../data.bin --val-share 0.2 --augment flip,pad-and-crop --optimizer adamw".split(" "),
  ..."--epochs 30 --batch 8 --checkpoint-every 20 --keep best --weight-decay 0.01 --threads 1 --seed 3 -o run".split(
    " ",
  ),
];

describe("a training that is killed", () => {
  test("gives, resumed, the bytes of one that was not", { timeout: 240_000 }, async () => {
    const root = scratch();
    writeTinyCifar(join(root, "data.bin"), 160);
    const [whole, broken] = ["whole", "broken"].map((name) => {
      mkdirSync(join(root, name));
      return join(root, name);
    }) as [string, string];
    expect(await running(whole, JOB)).toBe(0);
    const random = uniforms(20);
    const folder = join(broken, "run/checkpoints");
    const written = (): number =>
      existsSync(folder) ? readdirSync(folder).filter((n) => n.startsWith("step")).length : 0;
    for (let kill = 0; kill < 4; kill++) {
      const enough = 2 + 4 * kill + Math.floor(3 * random());
      const code = await running(broken, [...JOB, "--resume"], { when: () => written() >= enough, ms: 60 * random() });
      expect(code).toBe(null);
      const { steps } = readSafetensors(readFileSync(join(broken, "run/state.safetensors"))).metadata;
      expect(Number(steps)).toBeGreaterThan(0);
      expect(Number(steps)).toBeLessThan(480);
    }
    expect(await running(broken, [...JOB, "--resume"])).toBe(0);
    const checkpoints = readdirSync(join(whole, "run/checkpoints"));
    expect(checkpoints.filter((n) => n.endsWith(".onnx"))).toHaveLength(24);
    for (const name of ["model.onnx", ...checkpoints.map((n) => `checkpoints/${n}`)])
      expect(readFileSync(join(broken, "run", name)).equals(readFileSync(join(whole, "run", name))), name).toBe(true);
    const rows = (folder: string): unknown => {
      const { history } = readSafetensors(readFileSync(join(folder, "run/state.safetensors"))).tensors;
      const values = Array.from(history?.data as Float64Array);
      return values.filter((_, i) => i % 8 !== 7); // the last column is the time
    };
    expect(rows(broken)).toEqual(rows(whole));
  });
});

describe("onnxplain train", () => {
  const root = scratch();
  const data = writeTinyCifar(join(root, "data.bin"), 96);

  test("learns, and writes a folder that loads as a model", async () => {
    const run = join(root, "run");
    const { code, out, err } = onnxplain(
      ..."train --arch lenet --epochs 6 --batch 8 --rate 0.02 --threads 1 --csv --json".split(" "),
      ...["--data", data, "--val-share", "0.25", "--checkpoint-every", "2e", "-o", run],
    );
    expect(err).toContain("wrote");
    expect(code).toBe(0);
    const result = JSON.parse(out);
    expect(result.validation.accuracy).toBeGreaterThan(0.9);
    expect(result.steps).toBe(54);
    const files = readdirSync(run).sort();
    expect(files).toEqual(
      [
        ...["checkpoints", "config.json", "curves.png", "history.csv", "history.parquet", "manifest.json"],
        "page.safetensors",
        ...["model.onnx", "preprocessor_config.json", "state.json", "state.safetensors", "training.html"],
      ].sort(),
    );
    expect(readdirSync(join(run, "checkpoints"))).toContain("step-000036.onnx");
    const model = await loadModel(join(run, "checkpoints/step-000036.onnx"));
    expect(model.labels).toEqual(["0", "1", "2", "3"]);
    expect(model.source.model.metadata.get("onnxplain.step")).toBe("36");
    expect(model.source.model.metadata.get("onnxplain.epoch")).toBe("4");
    expect(model.source.model.metadata.get("onnxplain.command")).toContain("--arch lenet");
    expect(readFileSync(join(run, "history.csv"), "utf8").split("\r\n")).toHaveLength(1 + 54 + 6 + 1);
    const again = onnxplain("train", "--arch", "lenet", "--data", data, "-o", run);
    expect([again.code, again.err.slice(0, 6)]).toEqual([1, "E_FILE"]);
  });

  test("a rate that diverges: coded, the state before it intact, the report written", () => {
    const run = join(root, "diverged");
    const { code, err } = onnxplain(
      ..."train --arch lenet --epochs 4 --batch 8 --rate 1e30 --schedule constant --threads 1".split(" "),
      ...["--data", data, "-o", run],
    );
    expect(code).toBe(1);
    expect(err).toMatch(/E_NUMERIC {2}The training diverged at step \d+, in epoch \d+.*--rate.*--clip 1/s);
    expect(readFileSync(join(run, "training.html"), "utf8")).toContain("The training diverged.");
    expect(existsSync(join(run, "history.parquet"))).toBe(true);
    expect(existsSync(join(run, "model.onnx"))).toBe(false);
  });

  test("pictures that cannot be read are left out, listed, and told by the exit code", () => {
    const folder = join(root, "pictures");
    const script = onnxplain("synth", "-o", folder, "--count", "24", "--size", "32", "--quiet");
    expect(script.err).toBe("");
    const broken = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((n) => n.endsWith(".png")) as string;
    writeFileSync(join(folder, broken), "no picture");
    const { code, err } = onnxplain(
      ..."train --arch lenet --epochs 1 --batch 8 --threads 1".split(" "),
      ...["--data", folder, "-o", join(root, "partly")],
    );
    expect(err).toContain("E_IMAGE_READ");
    expect(code).toBe(3);
  });

  test.each([
    ["no network", ["--data", data], 2, "E_USAGE"],
    ["both", ["--data", data, "--arch", "lenet", "--model", "x.onnx"], 2, "E_USAGE"],
    ["unknown architecture", ["--data", data, "--arch", "nonet"], 2, "E_PARAM"],
    ["unknown loss", ["--data", data, "--arch", "lenet", "--loss", "l9"], 2, "E_PARAM"],
    ["lbfgs on a whole network", ["--data", data, "--arch", "lenet", "--optimizer", "lbfgs"], 2, "E_PARAM"],
    ["best of nothing", ["--data", data, "--arch", "lenet", "--keep", "best"], 2, "E_PARAM"],
    ["a share of all", ["--data", data, "--arch", "lenet", "--val-share", "1"], 2, "E_PARAM"],
    ["a schedule of words", ["--data", data, "--arch", "lenet", "--schedule", "step every=x"], 2, "E_PARAM"],
    ["a parameter of nobody", ["--data", data, "--arch", "lenet", "--param", "zeal=1"], 2, "E_PARAM"],
    [
      "an odd batch of pairs",
      ["--data", data, "--arch", "lenet", "--loss", "identification-verification", "--batch", "7"],
      2,
      "E_PARAM",
    ],
    ["a checkpoint every so often", ["--data", data, "--arch", "lenet", "--checkpoint-every", "often"], 2, "E_USAGE"],
    ["a head of nothing", ["--data", data, "--arch", "lenet", "--head"], 2, "E_PARAM"],
  ] as const)("%s", (name, args, code, error) => {
    const got = onnxplain("train", ...args, "-o", join(root, `bad-${name.replaceAll(" ", "-")}`));
    expect([got.code, got.err.split(" ")[0]]).toEqual([code, error]);
    expect(got.out).toBe("");
  });

  test("labels beyond the classes are refused, or left out and listed", () => {
    const bytes = readFileSync(data);
    bytes[3073 * 5] = 200;
    const wrong = join(root, "wrong.bin");
    writeFileSync(wrong, bytes);
    const classes = join(root, "classes.txt");
    writeFileSync(classes, "a\nb\nc\nd\n");
    const args = ["train", "--arch", "lenet", "--epochs", "1", "--data", wrong, "--classes", classes];
    const refused = onnxplain(...args, "-o", join(root, "range"));
    expect([refused.code, refused.err.split(" ")[0]]).toEqual([2, "E_TARGET_RANGE"]);
    expect(refused.err).toContain("wrong.bin#5");
    const skipped = onnxplain(...args, "--skip-bad-labels", "-o", join(root, "range"));
    expect(skipped.code).toBe(3);
    expect(skipped.err).toContain("E_TARGET_RANGE  ");
  });

  test("one class alone is refused", () => {
    const one = writeTinyCifar(join(root, "one.bin"), 12, { classes: 1 });
    const { code, err } = onnxplain("train", "--arch", "lenet", "--data", one, "-o", join(root, "one"));
    expect([code, err.split(" ")[0]]).toEqual([1, "E_DATA_CLASSES"]);
  });
});
