/** @file A short text that two graphs on the same base share exactly when they compute the same thing under the same names. */
import type { Attr, Graph, Tensor } from "./types.ts";

/** 32-bit FNV-1a over bytes. */
function hash(bytes: Uint8Array, start = 0x811c9dc5): number {
  let h = start;
  for (const b of bytes) h = Math.imul(h ^ b, 0x01000193);
  return h >>> 0;
}
/** Two hashes from different starts: 64 bits. */
const digest = (bytes: Uint8Array): string => `${hash(bytes).toString(36)}.${hash(bytes, 0x9e3779b9).toString(36)}`;

function contents({ dtype, dims, data }: Tensor): string {
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new TextEncoder().encode(JSON.stringify(data));
  return `${dtype}[${dims}]${digest(bytes)}`;
}

const spelled = (_: string, v: Attr | unknown): unknown =>
  typeof v === "bigint"
    ? `${v}n`
    : typeof v === "number" && !Number.isFinite(v)
      ? `number ${v}`
      : ArrayBuffer.isView(v)
        ? digest(new Uint8Array(v.buffer, v.byteOffset, v.byteLength))
        : v;

/**
 * Nodes, ports, and constants: those of `base` by name, others by content. Weights of the base are never read, so this
 * costs about a millisecond for a thousand nodes.
 */
export function fingerprint(graph: Graph, base: Graph): string {
  const used = new Set(graph.nodes.flatMap((n) => n.inputs));
  const constants = [...graph.constants]
    .filter(([name, t]) => used.has(name) && base.constants.get(name) !== t)
    .map(([name, t]) => [name, contents(t)]);
  const text = JSON.stringify(
    [
      graph.nodes.map((n) => [n.op, n.domain, n.inputs, n.outputs, n.attrs]),
      graph.inputs,
      graph.outputs.map((p) => p.name),
      constants,
    ],
    spelled,
  );
  return digest(new TextEncoder().encode(text));
}
