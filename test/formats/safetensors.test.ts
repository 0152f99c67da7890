/** @file `.safetensors` files: round trips, layout, and damage. */

import { describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.ts";

function handMade(header: string, body: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + body.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(body, 8 + text.length);
  return out;
}

const TENSORS = {
  zeta: { dims: [2, 2], data: Float32Array.of(1, 2, 3, -0) },
  alpha: { dims: [3], data: Uint8Array.of(1, 2, 3) },
  beta: { dims: [], data: Float64Array.of(Math.E) },
  none: { dims: [0, 4], data: new Int32Array() },
  big: { dims: [1], data: BigInt64Array.of(-5n) },
} as const;

describe("round trip", () => {
  test("arrays and metadata", () => {
    const { tensors, metadata } = readSafetensors(writeSafetensors(TENSORS, { method: "grad-cam", target: "207" }));
    expect(metadata).toEqual({ method: "grad-cam", target: "207" });
    expect(tensors).toEqual({
      zeta: { dtype: "float32", ...TENSORS.zeta },
      alpha: { dtype: "uint8", ...TENSORS.alpha },
      beta: { dtype: "float64", ...TENSORS.beta },
      none: { dtype: "int32", ...TENSORS.none },
      big: { dtype: "int64", ...TENSORS.big },
    });
  });

  test("bytes do not depend on the order of the keys, and every array is aligned", () => {
    const file = writeSafetensors(TENSORS, { b: "2", a: "1" });
    const turned = Object.fromEntries(Object.entries(TENSORS).reverse());
    expect(writeSafetensors(turned, { a: "1", b: "2" })).toEqual(file);
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    expect(Object.keys(header)).toEqual(["__metadata__", "beta", "big", "none", "zeta", "alpha"]);
    expect(header.zeta.data_offsets[0] % 4).toBe(0);
  });

  test("nothing at all, and odd names", () => {
    expect(readSafetensors(writeSafetensors({}))).toEqual({ tensors: {}, metadata: {} });
    const odd = { 'layer "1"/weight\n': { dims: [1], data: Float32Array.of(1) } };
    expect(Object.keys(readSafetensors(writeSafetensors(odd)).tensors)).toEqual(Object.keys(odd));
  });

  test("half precision is widened", () => {
    const file = handMade(
      '{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}',
      [0x80, 0x3f, 0x00, 0xc0],
    );
    const { a, b } = readSafetensors(file).tensors;
    expect([a!.data, b!.data]).toEqual([Float32Array.of(1), Float32Array.of(-2)]);
  });
});

describe("damage", () => {
  const one = (entry: string): string => `{"a":${entry}}`;
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["empty", new Uint8Array()],
    ["header longer than the file", Uint8Array.of(99, 0, 0, 0, 0, 0, 0, 0, 0x7b)],
    ["absurd header length", new Uint8Array(16).fill(255)],
    ["not JSON", handMade("{oops")],
    ["not an object", handMade("[1,2]")],
    ["a leading space", handMade(" {}")],
    ["an entry that is no object", handMade(one("3"))],
    ["unknown type", handMade(one('{"dtype":"F8","shape":[1],"data_offsets":[0,1]}'), [0])],
    ["negative shape", handMade(one('{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}'), [0])],
    ["size that does not match", handMade(one('{"dtype":"F32","shape":[1],"data_offsets":[0,3]}'), [0, 0, 0])],
    ["offsets past the end", handMade(one('{"dtype":"U8","shape":[2],"data_offsets":[0,2]}'), [0])],
    ["a hole", handMade(one('{"dtype":"U8","shape":[1],"data_offsets":[1,2]}'), [0, 0])],
    ["bytes left over", handMade(one('{"dtype":"U8","shape":[1],"data_offsets":[0,1]}'), [0, 0])],
    ["metadata that is no text", handMade('{"__metadata__":{"a":1}}')],
  ];

  test.each(cases)("%s", (_, bytes) => {
    const message = expect.stringContaining("maps.safetensors");
    expect(() => readSafetensors(bytes, "maps.safetensors")).toThrow(
      expect.objectContaining({ code: "E_FILE", message }),
    );
  });

  test("two arrays on the same bytes", () => {
    const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
    expect(() => readSafetensors(handMade(`{"a":${entry},"b":${entry}}`, [0]))).toThrow(/begins at 0; expected 1/);
  });

  test("dims that do not fit are not written", () => {
    const wrong = { a: { dims: [3], data: new Float32Array(2) } };
    expect(() => writeSafetensors(wrong)).toThrow(expect.objectContaining({ code: "E_PARAM" }));
  });
});
