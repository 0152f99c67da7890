/** @file `.npy` files: round trips, foreign byte orders, and damage. */

import { describe, expect, test } from "vitest";
import { readNpy, writeNpy } from "../../src/formats/npy.ts";
import type { NumericArray } from "../../src/formats/samples.ts";

/** A file made by hand: header text and raw bytes. */
function handMade(header: string, bytes: readonly number[], version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...text, ...bytes);
}

const header = (descr: string, shape: string, fortran = "False"): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;

const damaged = expect.objectContaining({ code: "E_FILE" });

describe("round trip", () => {
  const arrays: readonly (readonly [string, NumericArray])[] = [
    ["float32", Float32Array.of(1.5, -0, Number.NaN, 3, 4, 5)],
    ["float64", Float64Array.of(Math.PI, 2, 3, 4, 5, 6)],
    ["int64", BigInt64Array.of(1n, -2n, 3n, 4n, 5n, 6n)],
    ["uint64", BigUint64Array.of(1n, 2n, 3n, 4n, 5n, 6n)],
    ["int32", Int32Array.of(-1, 2, 3, 4, 5, 6)],
    ["uint32", Uint32Array.of(1, 2, 3, 4, 5, 2 ** 32 - 1)],
    ["int16", Int16Array.of(-1, 2, 3, 4, 5, 6)],
    ["uint16", Uint16Array.of(1, 2, 3, 4, 5, 65535)],
    ["int8", Int8Array.of(-1, 2, 3, 4, 5, 6)],
    ["uint8", Uint8Array.of(255, 2, 3, 4, 5, 6)],
  ];

  test.each(arrays)("%s", (dtype, data) => {
    for (const dims of [[6], [2, 3], [1, 3, 2]]) {
      const file = writeNpy({ dims, data });
      expect((file.length - data.byteLength) % 64).toBe(0);
      expect(readNpy(file)).toEqual({ dtype, dims, data, fortranOrder: false });
    }
  });

  test("scalars, empty arrays, and files inside larger buffers", () => {
    expect(readNpy(writeNpy({ dims: [], data: Float32Array.of(7) }))).toMatchObject({
      dims: [],
      data: Float32Array.of(7),
    });
    expect(readNpy(writeNpy({ dims: [0, 3], data: new Float32Array() })).dims).toEqual([0, 3]);
    const file = writeNpy({ dims: [2], data: Float64Array.of(1, 2) });
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(readNpy(shifted.subarray(3)).data).toEqual(Float64Array.of(1, 2));
  });
});

describe("foreign files", () => {
  test("big-endian", () => {
    expect(readNpy(handMade(header(">i2", "(2,)"), [1, 0, 0, 2])).data).toEqual(Int16Array.of(256, 2));
  });

  test("Fortran order", () => {
    const { data, dims } = readNpy(handMade(header("|u1", "(2, 3)", "True"), [1, 4, 2, 5, 3, 6]));
    expect(dims).toEqual([2, 3]);
    expect(data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
    const cube = readNpy(handMade(header("|u1", "(2, 2, 2)", "True"), [0, 4, 2, 6, 1, 5, 3, 7]));
    expect(cube.data).toEqual(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7));
  });

  test("half precision and truth values", () => {
    const half = handMade(
      header("<f2", "(6,)"),
      [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b, 0x00, 0x7c, 0x00, 0x7e],
    );
    expect(readNpy(half)).toMatchObject({
      dtype: "float16",
      data: Float32Array.of(1, -2, 2 ** -24, 65504, Infinity, Number.NaN),
    });
    expect(readNpy(handMade(header("|b1", "(2,)"), [1, 0]))).toMatchObject({
      dtype: "bool",
      data: Uint8Array.of(1, 0),
    });
  });

  test.each([2, 3])("version %i", (version) => {
    expect(readNpy(handMade(header("|i1", "(1,)"), [255], version)).data).toEqual(Int8Array.of(-1));
  });
});

describe("damage", () => {
  const good = writeNpy({ dims: [2], data: Float32Array.of(1, 2) });
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["empty", new Uint8Array()],
    ["text", new TextEncoder().encode("path,label\na.png,3\n")],
    ["cut in the header", good.subarray(0, 40)],
    ["cut in the data", good.subarray(0, good.length - 1)],
    ["too long", Uint8Array.of(...good, 0)],
    ["unknown version", Uint8Array.from(good, (byte, i) => (i === 6 ? 9 : byte))],
    ["objects", handMade(header("|O", "(1,)"), [0])],
    ["complex", handMade(header("<c8", "(1,)"), [0, 0, 0, 0, 0, 0, 0, 0])],
    ["no shape", handMade("{'descr': '<f4', 'fortran_order': False}\n", [])],
  ];

  test.each(cases)("%s", (_, bytes) => {
    expect(() => readNpy(bytes, "map.npy")).toThrow(damaged);
    expect(() => readNpy(bytes, "map.npy")).toThrow(/map\.npy/);
  });

  test("dims that do not fit are not written", () => {
    expect(() => writeNpy({ dims: [3], data: new Float32Array(2) })).toThrow(
      expect.objectContaining({ code: "E_PARAM" }),
    );
  });
});

describe("pooled buffers", () => {
  test("reads from a view into a larger buffer", () => {
    const file = writeNpy({ dims: [2], data: Float32Array.of(1, 2) });
    const pool = Buffer.alloc(file.length + 64, 7);
    pool.set(file, 32);
    expect(Array.from(readNpy(pool.subarray(32, 32 + file.length)).data as Float32Array)).toEqual([1, 2]);
  });
});
