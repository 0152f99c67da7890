/** @file Where training and test points come from: pictures of a data set, or rows of arrays. */
import type { DataSet } from "../data/dataset.ts";
import { joinLabels } from "../data/join-labels.ts";
import { openDataSet } from "../data/open.ts";
import { prefetch } from "../data/prefetch.ts";
import { readInput, toPicture } from "../explain/input.ts";
import type { Explainer } from "../explainer.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { HostData } from "../runtime/session.ts";

/** One point as the network takes it; `error` in its place where it cannot be read. */
export type PointInput = PointHead &
  ({ readonly row: HostData; readonly dims: readonly number[] } | { readonly error: string });
interface PointHead {
  readonly id: string;
  /** The model's class; -1 where there is none. */
  readonly label: number;
}

export interface PointSource {
  readonly name: string;
  readonly count: number | undefined;
  readonly points: (signal?: AbortSignal) => AsyncIterable<PointInput>;
  readonly notes: readonly string[];
}

/** Pictures decoded at once, ahead of the network. */
const AHEAD = 4;

/** Pictures under the model's preprocessing, labels joined to the model's classes. */
export function picturePoints(
  model: Explainer,
  data: DataSet,
  {
    classifier,
    preprocessing,
    wnids,
  }: {
    readonly classifier: Classifier;
    readonly preprocessing?: Preprocessing | undefined;
    readonly wnids?: readonly (string | undefined)[] | undefined;
  },
): PointSource {
  const joined = joinLabels(data, { count: classifier.classes, labels: model.labels, wnids });
  return {
    name: data.name,
    count: data.count,
    notes: joined.report.notes,
    points: async function* (signal) {
      for await (const got of prefetch(data.items(), AHEAD, { signal })) {
        const { id } = got.item;
        const label = joined.of(got.item.label) ?? -1;
        if ("error" in got) yield { id, label, error: got.error.message };
        else {
          const { rows } = await readInput(model, classifier, got.image, { preprocessing });
          yield { id, label, row: rows[0] as Float32Array, dims: (classifier.input.dims ?? []).slice(1) as number[] };
        }
      }
    },
  };
}

/** Pictures by path or URL, or `DATA#3` for item 3 of a data set, as a set of their own. */
export const namedPictures = (names: readonly string[]): DataSet => ({
  name: names.join(", "),
  classes: undefined,
  count: names.length,
  notes: [],
  items: async function* () {
    for (const name of names) {
      const [, location, number] = /^(.+)#(\d+)$/.exec(name) ?? [];
      if (location === undefined) yield { id: name, label: undefined, load: () => toPicture(name) };
      else yield* (await openDataSet(location, { offset: Number(number), limit: 1 })).items();
    }
  },
});

/** Rows of an array with a label each. */
export interface ArrayPoints {
  readonly name: string;
  /** `[n, …]`. */
  readonly dims: readonly number[];
  readonly data: HostData;
  readonly labels: Int32Array | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** Rows as the network takes them. */
export function arrayPoints({ name, dims, data, labels, ids }: ArrayPoints): PointSource {
  const [count = 0, ...row] = dims;
  const size = row.reduce((p, d) => p * d, 1);
  return {
    name,
    count,
    notes: [],
    points: async function* () {
      for (let i = 0; i < count; i++)
        yield {
          id: ids?.[i] ?? `${name}#${i}`,
          label: labels?.[i] ?? -1,
          row: data.subarray(i * size, (i + 1) * size) as HostData,
          dims: row,
        };
    },
  };
}
