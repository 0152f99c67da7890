/** @file The command line on sound input: every verb, every output format. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { encodePng, METHODS, readNpy, readSafetensors, VERSION, writeNpy } from "../../src/index.ts";
import { SEEDS } from "../fuzz/seeds.ts";
import { onnxplain, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const model = at("model.onnx");
const input = at("x.npy");
const picture = at("picture.png");
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
const npy = (name: string): ReturnType<typeof readNpy> => readNpy(new Uint8Array(readFileSync(at(name))));

beforeAll(async () => {
  writeFileSync(model, SEEDS.convolution as Uint8Array);
  writeFileSync(at("labels.txt"), "cat\ndog\nblack-and-tan coonhound\n");
  writeFileSync(
    input,
    writeNpy({ dims: [2, 3, 8, 8], data: Float32Array.from({ length: 384 }, (_, i) => Math.sin(i)) }),
  );
  writeFileSync(
    picture,
    await encodePng({
      width: 20,
      height: 16,
      channels: 3,
      data: Uint8Array.from({ length: 960 }, (_, i) => (i * 37) % 256),
    }),
  );
});

describe("explain", () => {
  it("writes the raw map of a tensor batch", () => {
    const { code, out } = onnxplain(
      "explain",
      input,
      "--model",
      model,
      "--method",
      "gradient",
      "--target",
      "dog",
      "-o",
      at("g.npy"),
    );
    expect(code).toBe(0);
    expect(out).toContain("gradient of 1 dog");
    expect(npy("g.npy").dims).toEqual([2, 3, 8, 8]);
  });
  it("upsamples on request", () => {
    expect(onnxplain("explain", input, "--model", model, "-o", at("u.npy"), "--upsample", "--quiet").code).toBe(0);
    expect(npy("u.npy").dims).toEqual([2, 8, 8]);
  });
  it("writes an overlay, safetensors and JSON", () => {
    for (const name of ["o.png", "o.safetensors", "o.json"])
      expect(onnxplain("explain", picture, "--model", model, "-o", at(name)).code, name).toBe(0);
    expect(readFileSync(at("o.png")).subarray(1, 4).toString()).toBe("PNG");
    expect(Object.keys(readSafetensors(new Uint8Array(readFileSync(at("o.safetensors")))).tensors).sort()).toEqual([
      "map",
      "scores",
    ]);
    expect(json(readFileSync(at("o.json"), "utf8")).schema_version).toBe(1);
  });
  it("writes the evidence bundle with its manifest", () => {
    expect(
      onnxplain(
        "explain",
        picture,
        "--model",
        model,
        "--method",
        "ig",
        "--param",
        "n_steps=8",
        "--target",
        "0-1",
        "-o",
        at("bundle"),
      ).code,
    ).toBe(0);
    expect(readdirSync(at("bundle")).sort()).toEqual([
      "heatmap.png",
      "input.png",
      "manifest.json",
      "map.npy",
      "overlay.png",
      "scores.npy",
    ]);
    const manifest = json(readFileSync(at("bundle/manifest.json"), "utf8"));
    expect(Object.keys(manifest)).toEqual(Object.keys(manifest).toSorted());
    expect(manifest).toMatchObject({
      method: "integrated-gradients",
      seed: 0,
      params: { n_steps: 8 },
      versions: { onnxplain: VERSION },
    });
    expect(
      (manifest.explanations as { checks: { convergence_delta: number } }[])[0]?.checks.convergence_delta,
    ).toBeTypeOf("number");
  });
  it("gives every image of several its own folder, and says when some fail", () => {
    writeFileSync(at("broken.png"), "no picture");
    const { code, err } = onnxplain("explain", picture, at("broken.png"), picture, "--model", model, "-o", at("many"));
    expect(code).toBe(3);
    expect(err).toContain("E_IMAGE_READ");
    expect(readdirSync(at("many")).sort()).toEqual(["picture", "picture-2"]);
  });
  it("prints one JSON document", () => {
    const { out } = onnxplain("explain", picture, "--model", model, "--json", "--method", "occlusion");
    expect(json(out)).toMatchObject({ method: "occlusion", image: "picture.png" });
  });
  it("is deterministic: same seed, same bytes", () => {
    for (const name of ["s1.npy", "s2.npy"])
      onnxplain("explain", input, "--model", model, "--method", "smoothgrad", "--seed", "3", "-o", at(name), "--quiet");
    expect(readFileSync(at("s1.npy"))).toEqual(readFileSync(at("s2.npy")));
    onnxplain(
      "explain",
      input,
      "--model",
      model,
      "--method",
      "smoothgrad",
      "--seed",
      "4",
      "-o",
      at("s3.npy"),
      "--quiet",
    );
    expect(readFileSync(at("s3.npy"))).not.toEqual(readFileSync(at("s1.npy")));
  });
  it("takes preprocessing from flags", () => {
    const { out } = onnxplain(
      "explain",
      picture,
      "--model",
      model,
      "--json",
      "--range",
      "-1..1",
      "--size",
      "10",
      "--crop",
      "8",
      "--bgr",
      "--resample",
      "bicubic",
    );
    expect(json(out).preprocessing).toMatchObject({
      channelOrder: "BGR",
      mean: [1, 1, 1],
      resize: { shorterSide: 10 },
      crop: { width: 8, height: 8 },
      resample: "bicubic",
    });
  });
  /** The network has no attention. */
  const unsuitable = ["attention-rollout", "chefer"];
  it.each(unsuitable)("refuses %s, and says which methods apply", (method) => {
    const { code, err } = onnxplain("explain", input, "--model", model, "--method", method);
    expect(code).toBe(1);
    expect(err).toMatch(/^E_METHOD_UNSUITABLE .*Methods that apply: gradient, /s);
  });
  it.each(Object.keys(METHODS).filter((id) => !unsuitable.includes(id)))("runs %s", (method) => {
    expect(
      onnxplain(
        "explain",
        input,
        "--model",
        model,
        "--method",
        method.toUpperCase().replaceAll("-", "_"),
        "-o",
        at(`${method}.npy`),
        "--quiet",
      ).code,
    ).toBe(0);
    expect(npy(`${method}.npy`).dims[0]).toBe(2);
  });
});

describe("compile", () => {
  it("writes a model that plain ONNX Runtime runs to the same map", async () => {
    expect(
      onnxplain("compile", "--model", model, "--method", "gradient", "--target", "1", "-o", at("g.onnx")).code,
    ).toBe(0);
    onnxplain(
      "explain",
      input,
      "--model",
      model,
      "--method",
      "gradient",
      "--target",
      "1",
      "-o",
      at("expected.npy"),
      "--quiet",
    );
    const session = await InferenceSession.create(at("g.onnx"));
    expect(session.outputNames).toEqual(["scores", "saliency_map"]);
    const { data, dims } = npy("x.npy");
    const { saliency_map } = await session.run({ x: new Tensor("float32", data as Float32Array, dims) });
    const want = npy("expected.npy").data as Float32Array;
    const top = want.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    const got = (saliency_map as Tensor).data as Float32Array;
    const error = got.reduce((m, v, i) => Math.max(m, Math.abs(v - (want[i] as number))), 0);
    expect(error).toBeLessThanOrEqual(1e-5 * top);
    await session.release();
  });
  it("takes targets as a graph input", async () => {
    expect(
      onnxplain("compile", "--model", model, "--method", "grad-cam", "--target", "input", "-o", at("t.onnx")).code,
    ).toBe(0);
    const session = await InferenceSession.create(at("t.onnx"));
    expect(session.inputNames).toContain("target");
    await session.release();
  });
  it("refuses a method of many passes", () => {
    const { code, err } = onnxplain("compile", "--model", model, "--method", "occlusion", "-o", at("no.onnx"));
    expect(code).toBe(1);
    expect(err).toContain("E_METHOD_UNSUITABLE");
  });
});

describe("inspect and methods", () => {
  it("inspects in words and in JSON", () => {
    const { out } = onnxplain("inspect", model);
    expect(out).toContain("yes grad-cam");
    expect(out).toContain("3 classes, 3 labels");
    expect(json(onnxplain("inspect", model, "--json").out)).toMatchObject({
      classes: 3,
      layout: "nchw",
      freeBatch: true,
    });
  });
  it("lists every method", () => {
    const { out } = onnxplain("methods");
    for (const id of Object.keys(METHODS)) expect(out).toContain(`${id}`);
    expect((JSON.parse(onnxplain("methods", "--json").out) as unknown[]).length).toBe(Object.keys(METHODS).length);
  });
  it("helps", () => {
    expect(onnxplain("--help").code).toBe(0);
    expect(onnxplain("explain", "--help").out).toContain("--target");
    expect(onnxplain("--version").out.trim()).toBe(VERSION);
  });
});
