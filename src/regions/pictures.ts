/** @file Pictures as the network takes them, read block by block, so that a set of any size can be walked. */

export interface PictureBlock {
  /** Place of the first picture. */
  readonly first: number;
  readonly count: number;
  /** `[count, …]` of the network's input, C order; valid until the next block is asked for. */
  readonly rows: Float32Array;
}

/** A set of pictures, or of features; walked as often as somebody likes, always in the same order. */
export interface Pictures {
  readonly count: number;
  /** Numbers in one picture. */
  readonly width: number;
  /** Blocks of at most `size` pictures. */
  readonly blocks: (size: number) => AsyncIterable<PictureBlock>;
  /** The pictures at these places, `[places, width]`, where they can be had without a walk. */
  readonly at?: ((places: ArrayLike<number>) => Promise<Float32Array>) | undefined;
}

/** Pictures `[n, width]` that lie in memory as one. */
export function picturesInMemory(rows: Float32Array, width: number): Pictures {
  const count = width === 0 ? 0 : rows.length / width;
  return {
    count,
    width,
    blocks: async function* (size) {
      for (let first = 0; first < count; first += size) {
        const taken = Math.min(size, count - first);
        yield { first, count: taken, rows: rows.subarray(first * width, (first + taken) * width) };
      }
    },
  };
}

const WALK = 64;

/** The pictures at these places, in memory, in the order asked for. */
export async function pickedPictures(pictures: Pictures, places: ArrayLike<number>): Promise<Pictures> {
  const { width } = pictures;
  if (pictures.at) return picturesInMemory(await pictures.at(places), width);
  const out = new Float32Array(places.length * width);
  for await (const { first, count, rows } of pictures.blocks(WALK))
    for (let k = 0; k < places.length; k++) {
      const i = (places[k] as number) - first;
      if (i >= 0 && i < count) out.set(rows.subarray(i * width, (i + 1) * width), k * width);
    }
  return picturesInMemory(out, width);
}
