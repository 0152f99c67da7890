/** @file psi of a set of pictures as a set of its own: computed again at every walk, and never held. */
import { type Pictures, pickedPictures, picturesInMemory } from "./pictures.ts";
import type { Projector } from "./projections.ts";

/** One pass for each picture and walk. `width`: numbers in psi. Where they fit into memory or on disk, features kept there are faster. */
export const streamedFeatures = (
  projector: Pick<Projector, "features">,
  pictures: Pictures,
  width: number,
): Pictures => ({
  count: pictures.count,
  width,
  blocks: async function* (size) {
    for await (const { first, count, rows } of pictures.blocks(size)) {
      const { psi } = await projector.features(picturesInMemory(rows, pictures.width));
      yield { first, count, rows: psi };
    }
  },
  at: async (places) => (await projector.features(await pickedPictures(pictures, places))).psi,
});
