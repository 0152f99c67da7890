/** @file Decoded pictures that are kept, up to a bound of bytes. */
import type { ImageU8 } from "../image/types.ts";

/** Bytes that several caches share. */
export interface MemoryBound {
  readonly max: number;
  used: number;
}

export interface PictureCache {
  readonly get: (index: number) => ImageU8 | undefined;
  /** Kept where there is room, else not: pictures come round and round, so the first are as good as the last. */
  readonly offer: (index: number, picture: ImageU8) => void;
}

export function pictureCache(bound: MemoryBound): PictureCache {
  const kept = new Map<number, ImageU8>();
  return {
    get: (index) => kept.get(index),
    offer: (index, picture) => {
      const { width, height, channels, data } = picture;
      if (kept.has(index) || bound.used + data.length > bound.max) return;
      bound.used += data.length;
      // a view of something larger would keep all of it alive
      kept.set(
        index,
        data.buffer.byteLength === data.length ? picture : { width, height, channels, data: data.slice() },
      );
    },
  };
}
