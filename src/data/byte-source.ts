/** @file A file as a source of byte ranges. */
import { files } from "#files";
import type { ByteSource } from "../formats/parquet-read.ts";

/** Throws `E_FILE` when there is none. */
export async function byteSource(location: string): Promise<ByteSource> {
  return { size: await files.size(location), read: (start, end) => files.readRange(location, start, end) };
}

/** All of a gzip file, unpacked. Throws `TypeError` when it is damaged. */
export async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
