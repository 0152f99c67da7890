/** @file Bad input ends in one coded line and exit code 1 or 2: no stack trace, no crash, nothing left that looks whole. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { StringStringEntryProtoSchema, TensorProto_DataLocation } from "onnx-buf";
import { beforeAll, expect, it } from "vitest";
import { encodePng, writeNpy } from "../../src/index.ts";
import { decodeModel, encodeModel, type ModelProto } from "../../src/proto/codec.ts";
import { SEEDS } from "../fuzz/seeds.ts";
import { onnxplain, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const sound = SEEDS.convolution as Uint8Array;
const changed = (change: (m: ModelProto) => void): Uint8Array => {
  const proto = decodeModel(sound);
  change(proto);
  return encodeModel(proto);
};

beforeAll(async () => {
  const put = (name: string, bytes: Uint8Array | string): void => writeFileSync(at(name), bytes);
  put("model.onnx", sound);
  put("empty.onnx", "");
  put("text.onnx", "this is not a model");
  put("cut.onnx", sound.subarray(0, sound.length - 40));
  put("lfs.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
  put(
    "nan.onnx",
    changed((m) => {
      for (const t of m.graph?.initializer ?? [])
        if (t.dims.length === 4) t.rawData = new Uint8Array(t.rawData.length).fill(255);
    }),
  );
  put(
    "outside.onnx",
    changed((m) => {
      const t = m.graph?.initializer.find((i) => i.dims.length === 4);
      if (!t) return;
      t.rawData = new Uint8Array();
      t.dataLocation = TensorProto_DataLocation.EXTERNAL;
      t.externalData = [create(StringStringEntryProtoSchema, { key: "location", value: "weights.bin" })];
    }),
  );
  put(
    "noclasses.onnx",
    changed((m) => {
      for (const t of m.graph?.initializer ?? [])
        if (t.dims[0] === 3n && t.dims.length <= 2) {
          t.dims[0] = 0n;
          t.rawData = new Uint8Array();
        }
    }),
  );
  put(
    "rank.onnx",
    changed((m) => {
      const v = m.graph?.input[0]?.type?.value;
      if (v?.case === "tensorType") v.value.shape?.dim.splice(0, 2);
    }),
  );
  put("picture.png", await encodePng({ width: 9, height: 9, channels: 3, data: new Uint8Array(243).fill(90) }));
  put("nopicture.jpg", "no picture at all");
  put("empty.png", "");
  put("rank.npy", writeNpy({ dims: [8, 8], data: new Float32Array(64) }));
  put("none.npy", writeNpy({ dims: [0, 3, 8, 8], data: new Float32Array() }));
  put("shape.npy", writeNpy({ dims: [1, 3, 9, 8], data: new Float32Array(216) }));
  put("nan.npy", writeNpy({ dims: [1, 3, 8, 8], data: new Float32Array(192).fill(Number.NaN) }));
  put("cut.npy", writeNpy({ dims: [1, 3, 8, 8], data: new Float32Array(192) }).subarray(0, 300));
  mkdirSync(at("full"));
  put("full/mine.txt", "mine");
  mkdirSync(at("nothing"));
});

const P = "picture.png";
const M = "model.onnx";
/** Arguments after `explain` (names are files of the scratch folder), the code, and what the message must tell. */
const CASES: readonly (readonly [name: string, args: readonly string[], exit: number, code: string, tells: RegExp])[] =
  [
    ["an empty model", [P, "--model", "empty.onnx"], 1, "E_MODEL_READ", /empty/],
    ["text instead of a model", [P, "--model", "text.onnx"], 1, "E_MODEL_READ", /protobuf|no graph/],
    ["a truncated model", [P, "--model", "cut.onnx"], 1, "E_MODEL_READ", /truncated/],
    ["a Git LFS pointer", [P, "--model", "lfs.onnx"], 1, "E_MODEL_READ", /git lfs pull/],
    ["weights that are NaN", [P, "--model", "nan.onnx"], 1, "E_NUMERIC", /NaN/],
    ["missing external data", [P, "--model", "outside.onnx"], 1, "E_EXTERNAL_DATA", /weights\.bin/],
    ["no classes", [P, "--model", "noclasses.onnx"], 1, "E_MODEL_INVALID", /class/],
    ["an input that is no image", [P, "--model", "rank.onnx"], 1, "E_MODEL_INVALID", /rank 4/],
    ["a model that is not there", [P, "--model", "absent.onnx"], 1, "E_FILE", /no file/],
    ["a folder without a model", [P, "--model", "nothing"], 1, "E_FILE", /model\.onnx/],
    ["an image that is not there", ["absent.png", "--model", M], 1, "E_FILE", /absent\.png/],
    ["an image that is none", ["nopicture.jpg", "--model", M], 1, "E_IMAGE_READ", /nopicture\.jpg/],
    ["an empty image", ["empty.png", "--model", M], 1, "E_IMAGE_READ", /empty/],
    ["a tensor of the wrong rank", ["rank.npy", "--model", M], 1, "E_INPUT_SHAPE", /\[8,8\]/],
    ["a tensor without images", ["none.npy", "--model", M], 1, "E_INPUT_SHAPE", /\[0,3,8,8\]/],
    ["a tensor of the wrong size", ["shape.npy", "--model", M], 1, "E_INPUT_SHAPE", /\[1,3,9,8\]/],
    ["a tensor of NaN", ["nan.npy", "--model", M], 1, "E_NUMERIC", /NaN/],
    ["a truncated tensor", ["cut.npy", "--model", M], 1, "E_FILE", /cut\.npy/],
    ["an unknown method", [P, "--model", M, "--method", "magic"], 2, "E_METHOD_UNKNOWN", /grad-cam/],
    ["an unknown parameter", [P, "--model", M, "--method", "ig", "--param", "steps=3"], 2, "E_PARAM", /n_steps/],
    [
      "a parameter out of range",
      [P, "--model", M, "--method", "ig", "--param", "n_steps=0"],
      2,
      "E_PARAM",
      /integer from 1/,
    ],
    ["a class out of range", [P, "--model", M, "--target", "3"], 2, "E_TARGET_RANGE", /0…2/],
    ["an unknown label", [P, "--model", M, "--target", "cat"], 2, "E_TARGET_UNKNOWN", /labels/],
    ["an unknown layer", [P, "--model", M, "--layer", "conv99"], 2, "E_LAYER_UNKNOWN", /inspect/],
    ["a flag nobody knows", [P, "--model", M, "--colour", "red"], 2, "E_USAGE", /--colour/],
    ["no model", [P], 2, "E_USAGE", /--model/],
    ["no image", ["--model", M], 2, "E_USAGE", /image/],
    ["a format nobody writes", [P, "--model", M, "-o", "why.gif"], 2, "E_USAGE", /\.png/],
    ["two images into one file", [P, P, "--model", M, "-o", "why.png"], 2, "E_USAGE", /folder/],
    ["a folder that is not empty", [P, "--model", M, "-o", "full"], 1, "E_FILE", /not empty/],
    ["a device that is not here", [P, "--model", M, "--device", "cuda"], 1, "E_", /cuda/],
    ["threads that are no number", [P, "--model", M, "--threads", "many"], 2, "E_USAGE", /integer/],
  ];

it.each(CASES)("%s", (_, args, exit, code, tells) => {
  const placed = args.map((a, i) =>
    a.startsWith("-") || !(i === 0 || ["--model", "-o"].includes(args[i - 1] as string) || existsSync(at(a)))
      ? a
      : at(a),
  );
  const withOutput = placed.includes("-o") ? placed : [...placed, "-o", at("result.png")];
  const outcome = onnxplain("explain", ...withOutput);
  expect(outcome.err).toMatch(new RegExp(`^${code}`, "m"));
  expect(outcome.err).toMatch(tells);
  expect(outcome.code).toBe(exit);
  expect(outcome.err).not.toMatch(/^\s+at .*:\d+/m);
  expect(outcome.out).toBe("");
  expect(existsSync(at("result.png"))).toBe(false);
  expect(readdirSync(folder).filter((n) => n.includes(".part"))).toEqual([]);
});

it("an unknown verb", () => {
  const { code, err } = onnxplain("explode");
  expect(code).toBe(2);
  expect(err).toMatch(/^E_USAGE .*explain/);
});
