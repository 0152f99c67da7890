/** @file Damaging bytes, reproducibly: what a bad disk, a cut download or a hostile author does to a model file. */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

import { OPS } from "../../src/ops/table.ts";
import { decodeModel, encodeModel, type GraphProto } from "../../src/proto/codec.ts";

/** A draw in 0…n-1. */
export type Draw = (n: number) => number;

export function drawing(seed: number): Draw {
  const source = xoroshiro128plus(seed);
  return (n) => uniformInt(source, 0, n - 1);
}

type Mutation = (bytes: Uint8Array, draw: Draw) => Uint8Array;

const edited = (bytes: Uint8Array, edit: (copy: Uint8Array) => void): Uint8Array => {
  const copy = bytes.slice();
  edit(copy);
  return copy;
};
/** Bytes that protobuf treats specially: continuation bits, zero, huge varints. */
const NASTY = [0x00, 0x01, 0x7f, 0x80, 0xff];

/** Structure sits at both ends of small files; payload in the middle. Half of the draws go to the first quarter. */
const position = (bytes: Uint8Array, draw: Draw): number =>
  draw(2) === 0 ? draw(Math.max(1, bytes.length >> 2)) : draw(bytes.length);

const MUTATIONS: readonly Mutation[] = [
  (b, d) =>
    edited(b, (c) => {
      c[position(c, d)]! ^= 1 << d(8);
    }),
  (b, d) =>
    edited(b, (c) => {
      c[position(c, d)] = NASTY[d(NASTY.length)] as number;
    }),
  (b, d) =>
    edited(b, (c) => {
      for (let i = 0; i < 1 + d(8); i++) c[position(c, d)] = d(256);
    }),
  (b, d) => b.slice(0, d(b.length)),
  (b, d) => {
    const at = position(b, d);
    return Uint8Array.from([...b.subarray(0, at), ...b.subarray(Math.min(b.length, at + 1 + d(16)))]);
  },
  (b, d) => {
    const at = position(b, d);
    return Uint8Array.from([
      ...b.subarray(0, at),
      ...Array.from({ length: 1 + d(12) }, () => d(256)),
      ...b.subarray(at),
    ]);
  },
  (b, d) => {
    const [at, n] = [position(b, d), 1 + d(64)];
    return Uint8Array.from([...b.subarray(0, at), ...b.subarray(at, at + n), ...b.subarray(at)]);
  },
];

/** Numbers that turn sizes into traps. */
const TRAPS = [0n, 1n, -1n, 2n, 3n, 7n, 64n, 1000n, 65_536n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];
const trap = (d: Draw): bigint => TRAPS[d(TRAPS.length)] as bigint;
const pick = <T>(list: readonly T[], d: Draw): T | undefined => (list.length === 0 ? undefined : list[d(list.length)]);
const opNames = Object.keys(OPS);

/** Damage that still decodes: another op, other attributes, other shapes, crossed wires. */
const STRUCTURAL: readonly ((graph: GraphProto, d: Draw) => void)[] = [
  (g, d) => {
    const n = pick(g.node, d);
    if (n) n.opType = pick(opNames, d) as string;
  },
  (g, d) => {
    const a = pick(pick(g.node, d)?.attribute ?? [], d);
    if (a?.ints.length) a.ints[d(a.ints.length)] = trap(d);
    else if (a) a.i = trap(d);
  },
  (g, d) => {
    const a = pick(pick(g.node, d)?.attribute ?? [], d);
    if (a) a.type = d(12) as typeof a.type;
  },
  (g, d) => {
    const n = pick(g.node, d);
    if (n) n.attribute.splice(d(n.attribute.length + 1), 1);
  },
  (g, d) => {
    const n = pick(g.node, d);
    const m = pick(g.node, d);
    if (n && m && n.input.length) n.input[d(n.input.length)] = pick([...m.input, ...m.output, ""], d) as string;
  },
  (g, d) => {
    const n = pick(g.node, d);
    if (n) n.input.splice(d(n.input.length + 1), 1);
  },
  (g, d) => {
    const n = pick(g.node, d);
    if (n) n.output.push(`extra${d(9)}`);
  },
  (g, d) => {
    const t = pick(g.initializer, d);
    if (t?.dims.length) t.dims[d(t.dims.length)] = trap(d);
  },
  (g, d) => {
    const t = pick(g.initializer, d);
    if (t) t.dims = Array.from({ length: d(6) }, () => BigInt(1 + d(4)));
  },
  (g, d) => {
    const t = pick(g.initializer, d);
    if (t) t.dataType = d(24);
  },
  (g, d) => {
    const t = pick(g.initializer, d);
    if (t) t.rawData = t.rawData.map(() => d(256));
  },
  (g, d) => {
    const v = pick([...g.input, ...g.output], d)?.type?.value;
    if (v?.case === "tensorType") {
      const dim = pick(v.value.shape?.dim ?? [], d);
      if (dim) dim.value = { case: "dimValue", value: trap(d) };
    }
  },
  (g, d) => {
    const v = pick([...g.input, ...g.output], d)?.type?.value;
    if (v?.case === "tensorType") v.value.shape?.dim.splice(d(5), 1);
  },
  (g, d) => {
    g.node.splice(d(g.node.length + 1), 1);
  },
  (g, d) => {
    g.initializer.splice(d(g.initializer.length + 1), 1);
  },
];

/** One to three structural wounds, then encoded again. */
export function wound(bytes: Uint8Array, draw: Draw): Uint8Array {
  const model = decodeModel(bytes);
  for (let i = 0; i <= draw(3); i++)
    (STRUCTURAL[draw(STRUCTURAL.length)] as (typeof STRUCTURAL)[number])(model.graph as GraphProto, draw);
  if (draw(8) === 0) for (const o of model.opsetImport) o.version = BigInt(draw(30));
  return encodeModel(model);
}

/** One damaged copy. */
export const mutate = (bytes: Uint8Array, draw: Draw): Uint8Array => {
  let out = (MUTATIONS[draw(MUTATIONS.length)] as Mutation)(bytes, draw);
  if (draw(4) === 0 && out.length > 0) out = (MUTATIONS[draw(3)] as Mutation)(out, draw);
  return out;
};
