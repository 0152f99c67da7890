/** @file Where a tensor's elements may lie: raw bytes, one field for each element type, a file beside the model. */

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { StringStringEntryProtoSchema, type TensorProto, TensorProto_DataLocation, TensorProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { dtypeCode } from "../../src/graph/dtype-code.ts";
import { readTensor } from "../../src/graph/read-tensor.ts";
import { bfloatToNumber, halfToNumber, tensor, toNumbers } from "../../src/graph/tensor.ts";
import type { DType } from "../../src/graph/types.ts";
import { writeModel } from "../../src/graph/write.ts";
import { loadModel, OnnxplainError } from "../../src/index.ts";
import { encodeModel } from "../../src/proto/codec.ts";
import { net } from "../nets.ts";

type Fields = Parameters<typeof create<typeof TensorProtoSchema>>[1];
const proto = (dtype: DType, dims: readonly number[], fields: Fields): TensorProto =>
  create(TensorProtoSchema, { name: "t", dataType: dtypeCode(dtype), dims: dims.map(BigInt), ...fields });
const none = (): undefined => undefined;
type Bytes = Uint8Array<ArrayBuffer>;
const bytes = (...v: number[]): Bytes => Uint8Array.from(v);

/** The code an action is refused with. */
function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(OnnxplainError);
    return (error as OnnxplainError).code;
  }
  return "nothing thrown";
}
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing thrown",
    (error: unknown) => (error instanceof OnnxplainError ? error.code : String(error)),
  );

const FIELDS: readonly (readonly [DType, Fields, readonly number[]])[] = [
  ["float32", { floatData: [1.5, -2] }, [1.5, -2]],
  ["float64", { doubleData: [1e300, -2] }, [1e300, -2]],
  ["int8", { int32Data: [-128, 127] }, [-128, 127]],
  ["int16", { int32Data: [-32_768, 7] }, [-32_768, 7]],
  ["int32", { int32Data: [-(2 ** 31), 7] }, [-(2 ** 31), 7]],
  ["int64", { int64Data: [-5n, 2n ** 40n] }, [-5, 2 ** 40]],
  ["uint8", { int32Data: [255, 0] }, [255, 0]],
  ["uint16", { int32Data: [65_535, 1] }, [65_535, 1]],
  ["uint32", { uint64Data: [4_294_967_295n, 1n] }, [4_294_967_295, 1]],
  ["uint64", { uint64Data: [2n ** 50n, 1n] }, [2 ** 50, 1]],
  ["bool", { int32Data: [1, 0] }, [1, 0]],
  ["float16", { int32Data: [0x3c00, 0xc000] }, [1, -2]],
  ["bfloat16", { int32Data: [0x3f80, 0xc000] }, [1, -2]],
];

describe("typed fields", () => {
  it.each(FIELDS)("%s", (dtype, fields, want) => {
    const t = readTensor(proto(dtype, [2], fields), none);
    expect(t.dtype).toBe(dtype);
    expect(Array.from(toNumbers(t))).toEqual(want);
  });
  it.each(FIELDS)("%s: the wrong number of elements is refused", (dtype, fields) => {
    expect(code(() => readTensor(proto(dtype, [3], fields), none))).toBe("E_MODEL_INVALID");
  });
  it("strings", () => {
    const stringData = ["a", "ü"].map((s) => new TextEncoder().encode(s));
    expect(readTensor(proto("string", [2], { stringData }), none).data).toEqual(["a", "ü"]);
    expect(code(() => readTensor(proto("string", [1], { stringData }), none))).toBe("E_MODEL_INVALID");
  });
  it("an empty tensor has no payload in either form", () => {
    expect(readTensor(proto("float32", [0, 3], {}), none).data.length).toBe(0);
    expect(readTensor(proto("int64", [0], { rawData: bytes() }), none).dims).toEqual([0]);
  });
});

describe("raw bytes", () => {
  const RAW: readonly (readonly [DType, Bytes, readonly number[]])[] = [
    ["float32", bytes(0, 0, 0xc0, 0x3f), [1.5]],
    ["float64", bytes(0, 0, 0, 0, 0, 0, 0xf8, 0x3f), [1.5]],
    ["int8", bytes(0xff, 1), [-1, 1]],
    ["int16", bytes(0xff, 0xff), [-1]],
    ["int32", bytes(0xfe, 0xff, 0xff, 0xff), [-2]],
    ["int64", bytes(0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), [-3]],
    ["uint8", bytes(200), [200]],
    ["uint16", bytes(0, 1), [256]],
    ["uint32", bytes(0, 0, 0, 0x80), [2 ** 31]],
    ["uint64", bytes(0, 0, 0, 0, 0, 0, 1, 0), [2 ** 48]],
    ["bool", bytes(1, 0), [1, 0]],
    ["float16", bytes(0, 0x3c, 1, 0), [1, 2 ** -24]],
    ["bfloat16", bytes(0x80, 0x3f), [1]],
  ];
  it.each(RAW)("%s", (dtype, rawData, want) => {
    expect(Array.from(toNumbers(readTensor(proto(dtype, [want.length], { rawData }), none)))).toEqual(want);
  });
  it.each(RAW)("%s: a byte too many is refused", (dtype, rawData, want) => {
    expect(code(() => readTensor(proto(dtype, [want.length], { rawData: bytes(...rawData, 0) }), none))).toBe(
      "E_MODEL_INVALID",
    );
  });
  it("lies in memory of its own, wherever the file's bytes began", () => {
    const file = new Uint8Array(64);
    const rawData = file.subarray(3, 11);
    rawData.set([0, 0, 128, 63, 0, 0, 0, 64]);
    const t = readTensor(proto("float32", [2], { rawData }), none);
    file.fill(255);
    expect(Array.from(toNumbers(t))).toEqual([1, 2]);
  });
});

describe("half precision", () => {
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x7bff, 65_504],
    [0xfbff, -65_504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])("float16 bits %i are %d", (bits, want) => expect(halfToNumber(bits)).toBe(want));
  it.each([
    [0x0000, 0],
    [0x3f80, 1],
    [0xc049, -3.140625],
    [0x7f80, Number.POSITIVE_INFINITY],
    [0x7fc0, Number.NaN],
    [0x0080, 2 ** -126],
  ])("bfloat16 bits %i are %d", (bits, want) => expect(bfloatToNumber(bits)).toBe(want));
});

describe("impossible tensors", () => {
  it("element types the project does not know", () => {
    for (const dataType of [0, 14, 15, 17, 21, 23])
      expect(
        code(() => readTensor(create(TensorProtoSchema, { name: "t", dataType }), none)),
        String(dataType),
      ).toBe("E_MODEL_INVALID");
  });
  it("dims that are negative, or more than a number can hold", () => {
    for (const dims of [[-1n], [2n ** 62n], [2n ** 40n, 2n ** 40n]])
      expect(code(() => readTensor(create(TensorProtoSchema, { name: "t", dataType: 1, dims }), none))).toBe(
        "E_MODEL_INVALID",
      );
  });
});

const external = (entries: Readonly<Record<string, string>>, dims: readonly number[] = [2]): TensorProto =>
  proto("float32", dims, {
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });

describe("external data", () => {
  const file = new Uint8Array(Float32Array.from([9, 1, 2, 9]).buffer);
  const beside = (name: string): Uint8Array | undefined => (name === "w.bin" ? file : undefined);
  const read = (entries: Readonly<Record<string, string>>): ArrayLike<number> =>
    toNumbers(readTensor(external(entries), beside));

  it("is found by offset and length", () => {
    expect(Array.from(read({ location: "w.bin", offset: "4", length: "8" }))).toEqual([1, 2]);
    expect(Array.from(read({ location: "w.bin", offset: "4" }))).toEqual([1, 2]);
    expect(Array.from(read({ location: "w.bin" }))).toEqual([9, 1]);
  });
  it.each([
    ["a missing file", { location: "other.bin" }],
    ["no location", {}],
    ["a file that is too short", { location: "w.bin", offset: "12" }],
    ["a length beyond the end", { location: "w.bin", offset: "4", length: "400" }],
    ["a negative offset", { location: "w.bin", offset: "-4" }],
    ["an offset that is no number", { location: "w.bin", offset: "x" }],
    ["a path out of the folder", { location: "../w.bin" }],
    ["a path out of the folder by a detour", { location: "a/../../w.bin" }],
    ["a path out of the folder with backslashes", { location: "a\\..\\w.bin" }],
    ["an absolute path", { location: "/etc/passwd" }],
    ["a drive", { location: "C:\\w.bin" }],
  ])("%s is refused", (_, entries) => {
    expect(code(() => read(entries))).toBe("E_EXTERNAL_DATA");
  });
  it("of another length than the dims say is refused", () => {
    expect(code(() => read({ location: "w.bin", length: "4" }))).toBe("E_MODEL_INVALID");
  });
  it("names with dots in them are no escape", () => {
    const dotted = (name: string): Uint8Array | undefined => (name === "model..v2/w...bin" ? file : undefined);
    expect(Array.from(toNumbers(readTensor(external({ location: "model..v2/w...bin" }), dotted)))).toEqual([9, 1]);
  });

  /** A folder with a model whose Conv weight lies in `weights/w.bin`, at `offset`. */
  function folder(location: string, written: Uint8Array | undefined): string {
    const root = mkdtempSync(join(tmpdir(), "onnxplain-external-"));
    const model = writeModel(
      net(["N", 1, 2, 2], ({ g, x, w }) => ({ y: g.op("Flatten", [g.op("Conv", [x, w([2, 1, 1, 1])])], { axis: 1 }) })),
    );
    const weight = model.graph?.initializer.find((t) => t.dataType === 1) as TensorProto;
    const moved = external({ location, offset: "8", length: "8" });
    Object.assign(weight, {
      rawData: new Uint8Array(),
      dataLocation: moved.dataLocation,
      externalData: moved.externalData,
    });
    mkdirSync(join(root, "net/weights"), { recursive: true });
    writeFileSync(join(root, "net/model.onnx"), encodeModel(model));
    writeFileSync(join(root, "w.bin"), file);
    if (written) writeFileSync(join(root, "net/weights/w.bin"), written);
    return join(root, "net");
  }
  it("is read beside a model on disk", async () => {
    const model = await loadModel(folder("weights/w.bin", file));
    const weights = [...model.source.model.graph.constants.values()].filter((t) => t.dtype === "float32");
    expect(weights.map((t) => Array.from(toNumbers(t)))).toEqual([[2, 9]]);
  });
  it("beside a model on disk: missing, truncated, or outside", async () => {
    expect(await codeOf(loadModel(folder("weights/w.bin", undefined)))).toBe("E_EXTERNAL_DATA");
    expect(await codeOf(loadModel(folder("weights/w.bin", file.subarray(0, 12))))).toBe("E_EXTERNAL_DATA");
    expect(await codeOf(loadModel(folder("../w.bin", file)))).toBe("E_EXTERNAL_DATA");
  });
});

describe("making tensors", () => {
  it("64-bit integers are clamped: ONNX's end of an axis is more than a number can hold", () => {
    expect(tensor("int64", [2], [2 ** 63, -(2 ** 63)]).data).toEqual(
      BigInt64Array.from([2n ** 63n - 1n, -(2n ** 63n)]),
    );
  });
  it("values and dims must agree", () => {
    expect(() => tensor("float32", [3], [1, 2])).toThrow(/^internal:/);
  });
});
