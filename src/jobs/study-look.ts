/** @file The pictures beside a question, read once however many questions show them, as long as there is room. */
import type { DataItem } from "../data/dataset.ts";
import { readInput } from "../explain/input.ts";
import type { ImageU8 } from "../image/types.ts";
import type { StudyNetwork } from "./study-draw.ts";
import { recent } from "./study-recent.ts";
import { networkView } from "./study-window.ts";

/** As the network takes it, and as people see it. */
export interface Look {
  readonly x: Float32Array;
  readonly view: ImageU8;
}
export type LookAt = (item: DataItem) => Promise<Look>;

const ROOM = 256 * 2 ** 20;

/** Views have at most `most` pixels a side. Throws as the item's `load`, and `readInput`. */
export const looker = ({ model, classifier, preprocessing }: StudyNetwork, most: number): LookAt =>
  recent(
    async (item: DataItem): Promise<Look> => {
      const image = await item.load();
      const { rows, preprocessing: spec } = await readInput(model, classifier, image, { preprocessing });
      return { x: rows[0] as Float32Array, view: networkView(image, spec, most) };
    },
    { nameOf: ({ id }) => id, sizeOf: ({ x, view }) => x.byteLength + view.data.byteLength, room: ROOM },
  );
