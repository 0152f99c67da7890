/** @file Data sets: a fixed order of items of which nothing is read until it is wanted. */
import type { ImageU8 } from "../image/types.ts";

/** Half-open: `x0 <= x < x1`, in pixels of the picture itself. */
export interface PictureBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** The class of what it holds, where the data says so: index in {@link DataSet.classes}, name. Without: the picture's own label. */
  readonly index?: number;
  readonly name?: string;
  /** Marked by the data as hard to recognise; no label follows from it. */
  readonly difficult?: true;
}

/** What the data says the picture shows. */
export interface DataLabel {
  /** Index in {@link DataSet.classes}, or as the manifest states it. */
  readonly index?: number;
  readonly name?: string;
  /** WordNet id, as in `n01440764`. */
  readonly wnid?: string;
  /** Indices of the model's own classes that all count as right, where the data names several or no class of its own. */
  readonly accept?: readonly number[];
  /** Each of the classes that the picture shows, where the data may name several a picture; index and name are stated beside it when it is one. */
  readonly several?: readonly Pick<DataLabel, "index" | "name">[];
}

export interface DataItem {
  /** Unique in the set and the same in every run: a relative path, or `file#row`. */
  readonly id: string;
  /** Decoded anew at every call. Throws `E_FILE`, `E_IMAGE_READ`. */
  readonly load: () => Promise<ImageU8>;
  readonly label: DataLabel | undefined;
  /** One channel, as large as the picture; what is not 0 is inside. */
  readonly mask?: () => Promise<ImageU8>;
  readonly boxes?: readonly PictureBox[];
  readonly split?: string;
}

export interface DataSet {
  readonly name: string;
  /** Names of the classes by the set's own index, where it has any. */
  readonly classes: readonly string[] | undefined;
  /** Every label of the set once, where that is known without reading everything. */
  readonly labels?: readonly DataLabel[];
  /** Indices are places in the sorted order of names, and state nothing about a model's. */
  readonly sortedClasses?: boolean;
  /** Items, where that is known without reading everything. */
  readonly count: number | undefined;
  /** In a fixed order, lazily. */
  readonly items: () => AsyncIterable<DataItem>;
  readonly notes: readonly string[];
}
