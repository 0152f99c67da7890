/** @file `explain` with several methods and targets: every form of output, what is missing, the terminal. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encodePng, readSafetensors, writeNpy } from "../../src/index.ts";
import { SEEDS } from "../fuzz/seeds.ts";
import { netBytes } from "../nets.ts";
import { onnxplain, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const [model, picture] = [at("model.onnx"), at("picture.png")];
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
const run = (...args: readonly string[]): ReturnType<typeof onnxplain> =>
  onnxplain("explain", picture, "--model", model, "--threads", "1", ...args);

beforeAll(async () => {
  writeFileSync(model, SEEDS.convolution as Uint8Array);
  writeFileSync(at("labels.txt"), "cat\ndog\nbird\n");
  const data = Uint8Array.from({ length: 960 }, (_, i) => (i * 37) % 256);
  writeFileSync(picture, await encodePng({ width: 20, height: 16, channels: 3, data }));
});

describe("edits", () => {
  it("change the picture that is explained, and are refused for tensors and outside the picture", () => {
    const scores = (...args: readonly string[]): unknown => json(run("--json", ...args).out).explanations;
    expect(scores("--edit", "box=0,0,20,16,fill=grey")).not.toEqual(scores());
    expect(scores("--edit", "box=0,0,5,5,fill=from:0,0")).toEqual(scores());
    writeFileSync(at("x.npy"), writeNpy({ dims: [1, 3, 16, 20], data: new Float32Array(960) }));
    const tensor = onnxplain("explain", at("x.npy"), "--model", model, "--edit", "box=0,0,5,5,fill=grey");
    expect([tensor.code, tensor.err]).toEqual([2, expect.stringContaining("is a tensor")]);
    const outside = run("--edit", "box=30,0,35,5,fill=grey");
    expect([outside.code, outside.err]).toEqual([2, expect.stringContaining("outside the picture")]);
  });
});

describe("several methods", () => {
  it("give one sheet, larger than a single overlay", () => {
    const { code, out } = run("--method", "grad-cam,gradient", "--method", "ig", "--target", "top2", "-o", at("s.png"));
    expect(code).toBe(0);
    expect(out.split("\n").filter((l) => /^ {2}(grad-cam|gradient|integrated-gradients)/.test(l))).toHaveLength(6);
    run("-o", at("one.png"));
    const width = (name: string): number => readFileSync(at(name)).readUInt32BE(16);
    expect(width("s.png")).toBeGreaterThan(3 * 224);
    expect(width("one.png")).toBeLessThan(300);
  });
  it("give a folder for each in the bundle, and a manifest of all", () => {
    expect(run("--method", "grad-cam,occlusion", "-o", at("many")).code).toBe(0);
    expect(readdirSync(at("many")).sort()).toEqual([
      "grad-cam",
      "manifest.json",
      "occlusion",
      "report.html",
      "sheet.png",
    ]);
    const manifest = json(readFileSync(at("many/manifest.json"), "utf8"));
    expect((manifest.methods as { method: string }[]).map((m) => m.method)).toEqual(["grad-cam", "occlusion"]);
    const listed = Object.values(manifest.artifacts as Record<string, string>).sort();
    const files = ["grad-cam", "occlusion"].flatMap((f) => readdirSync(at(`many/${f}`)).map((n) => `${f}/${n}`));
    expect(listed).toEqual([...files, "report.html", "sheet.png"].sort());
  });
  it("fit into one safetensors file, not into one array", () => {
    expect(run("--method", "grad-cam,gradient", "-o", at("m.safetensors")).code).toBe(0);
    const { tensors } = readSafetensors(new Uint8Array(readFileSync(at("m.safetensors"))));
    expect(Object.keys(tensors).sort()).toEqual(["grad-cam.map", "grad-cam.scores", "gradient.map", "gradient.scores"]);
    const refused = run("--method", "grad-cam,gradient", "-o", at("m.npy"));
    expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(/E_USAGE.*safetensors/)]);
  });
  it("are one JSON document", () => {
    const { out } = run("--method", "grad-cam,gradient", "--target", "0,2", "--json");
    const { methods, missing } = json(out) as { methods: { explanations: unknown[] }[]; missing: unknown[] };
    expect([methods.length, methods[0]?.explanations.length, missing]).toEqual([2, 2, []]);
  });
  it("of which one does not apply: the others are done, code 3 and the reason", () => {
    const rounded = netBytes(["N", 3, 8, 8], ({ g, x, w }) => {
      const a = g.op("Relu", [g.op("Conv", [g.op("Round", [x]), w([4, 3, 3, 3])])]);
      return { scores: g.op("MatMul", [g.op("Flatten", [a], { axis: 1 }), w([144, 3])]) };
    });
    writeFileSync(at("rounded.onnx"), rounded);
    const { code, out, err } = run("--model", at("rounded.onnx"), "--method", "gradient,occlusion", "--json");
    expect(code).toBe(3);
    expect(err).toMatch(/E_LAYER_UNSUITABLE.*gradient is missing/);
    expect(json(out)).toMatchObject({ missing: [{ method: "gradient", code: "E_LAYER_UNSUITABLE" }] });
    expect(run("--model", at("rounded.onnx"), "--method", "gradient").code).toBe(1);
  });
  it("that are unknown, or a parameter nobody knows, are slips", () => {
    expect(run("--method", "grad-cam,grad-kam")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/E_METHOD_UNKNOWN/),
    });
    expect(run("--method", "grad-cam,ig", "--param", "steps=3")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/E_PARAM.*n_steps/),
    });
    expect(run("--method", "grad-cam,gradient", "--ledger")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/E_PARAM.*`ledger`/),
    });
    expect(run("--target", "top9")).toMatchObject({ code: 2, err: expect.stringMatching(/E_TARGET_RANGE/) });
  });
});

describe("flags that stand for parameters", () => {
  it("reach the methods that have them, and those alone", () => {
    const { code, out } = run(
      ...["--method", "lrp,gradient", "--composite", "epsilon-alpha2-beta1", "--ledger", "--json"],
      ...["--rule", "conv*=gamma:0.25", "--rule", "Conv=epsilon", "--param", "lrp.stabilizer=1e-5"],
    );
    expect(code).toBe(0);
    const [lrp, gradient] = (json(out) as { methods: { params: Record<string, unknown> }[] }).methods;
    expect(lrp?.params).toMatchObject({ composite: "epsilon-alpha2-beta1", ledger: true, stabilizer: 1e-5 });
    expect(lrp?.params.rules).toMatchObject([
      [{ glob: "conv*" }, { rule: "gamma", args: [0.25] }],
      [{ glob: "Conv" }, { rule: "epsilon" }],
    ]);
    expect(gradient?.params).toEqual({});
  });
});

describe("the report", () => {
  it("is one file with the command that made it, several images and all", () => {
    const args = ["--method", "grad-cam", "--labels", at("labels.txt"), "--target", "dog", "-o", at("r.html")];
    expect(onnxplain("explain", picture, picture, "--model", model, ...args).code).toBe(0);
    const page = readFileSync(at("r.html"), "utf8");
    expect(page.match(/<article/g)).toHaveLength(2);
    expect(page).toContain("dog (1)");
    expect(page).toContain(`onnxplain explain ${picture} ${picture} --model ${model} --method grad-cam`);
  });
  it("quotes what a shell would read otherwise", () => {
    writeFileSync(at("it's.npy"), writeNpy({ dims: [1, 3, 8, 8], data: new Float32Array(192).fill(0.5) }));
    expect(onnxplain("explain", at("it's.npy"), "--model", model, "-o", at("q.html")).code).toBe(0);
    expect(readFileSync(at("q.html"), "utf8")).toContain(`it&#39;\\&#39;&#39;s.npy&#39; --model`);
  });
});

it("targets by commas: labels, contrasts", () => {
  const { out } = run("--labels", at("labels.txt"), "--target", "cat-dog, bird", "--target", "1", "--json");
  const { explanations } = json(out) as { explanations: { target: { index: number; against: number | null } }[] };
  expect(explanations.map(({ target }) => [target.index, target.against])).toEqual([
    [0, 1],
    [2, null],
    [1, null],
  ]);
});

describe("--show", () => {
  const ESC = "\x1b";
  it("draws half blocks on stdout and gives the colours back", () => {
    const { code, out } = run("--show", "--method", "grad-cam,gradient");
    expect(code).toBe(0);
    const drawn = out.split("\n").filter((l) => l.includes("▀"));
    expect(drawn.length).toBeGreaterThan(10);
    for (const line of drawn) expect(line.endsWith(`${ESC}[0m`)).toBe(true);
    // no cursor tricks
    expect(out.replaceAll(new RegExp(`${ESC}\\[[\\d;]*m`, "g"), "")).not.toContain(ESC);
  });
  it("leaves stdout to JSON", () => {
    const { out, err } = run("--show", "--json");
    expect(json(out)).toMatchObject({ method: "grad-cam" });
    expect(err).toContain("▀");
  });
});
