/** @file What a study offers as help on request: by regions, or by any method with the nearest pictures in feature space. */
import type { DataItem } from "../data/dataset.ts";
import type { RunOptions } from "../explain/options.ts";
import { argMax } from "../explain/scores.ts";
import { type Explanation, explain } from "../explain.ts";
import { findMethod } from "../methods/table.ts";
import { readParams } from "../params.ts";
import type { CoverOptions } from "../regions/cover.ts";
import { streamedFeatures } from "../regions/features.ts";
import { featureWidth } from "../regions/graphs.ts";
import { channelMeans } from "../regions/heat-map.ts";
import { picturesInMemory } from "../regions/pictures.ts";
import { openProjector } from "../regions/projections.ts";
import { displayClip, planeOf } from "../report/picture.ts";
import { nearest } from "../representers/nearest.ts";
import { readerOn } from "./regions-explain.ts";
import { picturesOfItems, type RegionNetwork, type UnreadPicture } from "./regions-network.ts";
import { type SampleOf, sampleFor } from "./regions-sample.ts";
import type { DrawnPicture, StudyNetwork } from "./study-draw.ts";
import type { LookAt } from "./study-look.ts";
import { recent } from "./study-recent.ts";
import type { StudyMap } from "./study-window.ts";

/** A picture that the explanation holds to be alike. */
export interface SimilarPicture {
  readonly item: DataItem;
  /** The network's class. */
  readonly predicted: number;
  readonly map: StudyMap | null;
}

export interface Help {
  readonly map: StudyMap | null;
  /** Nearest first. */
  readonly similar: readonly SimilarPicture[];
  readonly notes: readonly string[];
}

/** Helps with the pictures it was opened for, one after the other; may hold native sessions. */
export interface Helper {
  readonly help: (picture: DrawnPicture) => Promise<Help>;
  readonly source: Readonly<Record<string, string | number | null>>;
  readonly unread: readonly UnreadPicture[];
  readonly dispose: () => Promise<void>;
}

export interface HelpOptions extends Pick<RunOptions, "device" | "threads" | "batch" | "signal"> {
  /** Similar pictures of a question, at most. */
  readonly similar: number;
  readonly seed: number;
  /** Reads a picture beside a question. */
  readonly look: LookAt;
  /** References that were read, of how many. */
  readonly onReferences?: ((done: number, total: number) => void) | undefined;
}

/** Opens help for these pictures. Throws as what it is made with. */
export type OpenHelper = (pictures: readonly DrawnPicture[], options: HelpOptions) => Promise<Helper>;

const plane = (values: Float64Array, { width, height }: StudyNetwork["classifier"]): StudyMap => ({
  values: Float32Array.from(values),
  width,
  height,
  signed: false,
  clip: 0,
});

const ROOM = 256 * 2 ** 20;

/** Items whose pictures stay decoded for a while: sheets of neighbouring questions show the same ones. */
function heldItem(): (item: DataItem) => DataItem {
  const load = recent((item: DataItem) => item.load(), {
    nameOf: ({ id }) => id,
    sizeOf: ({ data }) => data.byteLength,
    room: ROOM,
  });
  return (item) => ({ ...item, load: () => load(item) });
}

/** References that a picture's region covers, by Dist, with the region's heat maps on them. */
export const helpByRegions =
  (
    of: SampleOf,
    cover: Pick<CoverOptions, "delta" | "prune"> & { readonly unitNormals?: boolean | undefined } = {},
  ): OpenHelper =>
  async (pictures, { similar, seed: _, look: __, onReferences, ...run }) => {
    const { network, open } = of;
    const items = of.items.map(heldItem());
    const sample = await sampleFor(
      of,
      pictures.map((p) => p.x),
      { ...run, onProgress: onReferences },
    );
    // one more, since a picture that is a reference itself comes first
    const reader = await readerOn({ ...of, items }, sample, { ...run, ...cover, k: similar + 1 });
    const places = new Map(pictures.map((p, i) => [p, i]));
    return {
      unread: [],
      source: {
        kind: "regions",
        layer: network.layer.name,
        references: open.references.ids.length,
        boundaries: open.report.boundaries,
        sampling: open.report.sampling,
        regions_seed: open.report.seed,
      },
      help: async (picture) => {
        const { id, x, truth } = picture;
        const own = await reader.explained(
          { id, x, label: truth, picture: undefined },
          sample.candidates[places.get(picture) as number],
        );
        const near = own.nearest.filter((n) => n.id !== id).slice(0, similar);
        return {
          map: plane(own.input.map, network.classifier),
          similar: near.map((n) => ({
            item: items[n.index] as DataItem,
            predicted: n.predicted,
            map: plane(n.map, network.classifier),
          })),
          notes: own.notes,
        };
      },
      dispose: reader.dispose,
    };
  };

export interface MethodHelp {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Of the method; undefined: its own choice. */
  readonly layer?: string | undefined;
  /** Where similar pictures come from, by the cosine of the channel means of the network's layer; undefined: there are none. */
  readonly references?: { readonly network: RegionNetwork; readonly items: readonly DataItem[] } | undefined;
}

/** Heat maps for the network's class by any method, on the picture and on those nearest to it. Throws `E_METHOD_UNKNOWN`, `E_PARAM`. */
export function helpByMethod(network: StudyNetwork, options: MethodHelp): OpenHelper {
  const method = findMethod(options.method);
  readParams(method.id, method.params, options.params ?? {});
  return openByMethod(network, { ...options, method: method.id });
}

const openByMethod =
  (network: StudyNetwork, { method: id, params, layer, references }: MethodHelp): OpenHelper =>
  async (pictures, { similar, look, onReferences, ...run }) => {
    const { model, classifier, preprocessing } = network;
    const mapped = async (x: Float32Array, target: number): Promise<Explanation> =>
      explain(
        model,
        { dims: [1, ...(classifier.input.dims ?? []).slice(1).map(Number)], data: x },
        {
          method: id,
          params,
          layer,
          target,
          preprocessing,
          output: classifier.scoreKind,
          layout: classifier.layout,
          ...run,
        },
      );
    const near =
      references && similar > 0 ? await nearestOf(references, pictures, { similar, onReferences, ...run }) : undefined;
    const places = new Map(pictures.map((p, i) => [p, i]));
    const seen = recent(
      async ({ item, target }: { readonly item: DataItem; readonly target: number }) => {
        const made = await mapped((await look(item)).x, target);
        return { map: studyMap(made), predicted: argMax(made.scores[0] as Float32Array) };
      },
      {
        nameOf: ({ item, target }) => JSON.stringify([item.id, target]),
        sizeOf: ({ map }) => map.values.length * Float64Array.BYTES_PER_ELEMENT,
        room: ROOM,
      },
    );
    return {
      unread: near?.unread ?? [],
      source: {
        kind: "method",
        method: id,
        layer: layer ?? null,
        references: near?.count ?? 0,
        similar_layer: references?.network.layer.name ?? null,
      },
      help: async (picture) => {
        const own = await mapped(picture.x, picture.predicted);
        const others: SimilarPicture[] = [];
        for (const item of near?.of(places.get(picture) as number, picture.id) ?? [])
          others.push({ item, ...(await seen({ item, target: picture.predicted })) });
        return { map: studyMap(own), similar: others, notes: own.notes };
      },
      dispose: async () => undefined,
    };
  };

const studyMap = (explanation: Explanation): StudyMap => ({
  ...planeOf(explanation),
  signed: explanation.signed,
  clip: displayClip(explanation),
});

/**
 * What a picture shows, wherever it shows it, and however strongly: means of the layer's channels over positions, at unit length, so that
 * Euclid ranks as the cosine does. `[n, channels]` of `psi` `[n, width]`.
 */
export function likenessOf(psi: Float32Array, layer: RegionNetwork["layer"]): Float32Array {
  const width = featureWidth(layer);
  const count = psi.length / width;
  const out = new Float32Array(count * layer.channels);
  for (let i = 0; i < count; i++) {
    const means = channelMeans(psi.subarray(i * width, (i + 1) * width), layer);
    const length = Math.hypot(...means);
    out.set(length === 0 ? means : means.map((v) => v / length), i * layer.channels);
  }
  return out;
}

/** The references are walked once. */
async function nearestOf(
  { network, items }: NonNullable<MethodHelp["references"]>,
  pictures: readonly DrawnPicture[],
  { similar, signal, onReferences, ...run }: Omit<HelpOptions, "seed" | "look">,
): Promise<{
  readonly of: (place: number, id: string) => readonly DataItem[];
  readonly count: number;
  readonly unread: readonly UnreadPicture[];
}> {
  const width = featureWidth(network.layer);
  const projector = await openProjector(network.classifier, network.layer, { ...run, signal });
  try {
    const own = new Float32Array(pictures.reduce((n, p) => n + p.x.length, 0));
    pictures.forEach(({ x }, i) => void own.set(x, i * x.length));
    const { psi } = await projector.features(picturesInMemory(own, own.length / pictures.length));
    const read: string[] = [];
    const unread: UnreadPicture[] = [];
    const source = picturesOfItems(network, items, {
      signal,
      onRead: ({ id }) => onReferences?.(read.push(id), items.length),
      onUnread: (picture) => void unread.push(picture),
    });
    const features = streamedFeatures(projector, source, width);
    const likenesses = {
      count: features.count,
      width: network.layer.channels,
      blocks: async function* (size = 64) {
        for await (const { rows, ...block } of features.blocks(size))
          yield { ...block, rows: likenessOf(rows, network.layer) };
      },
    };
    const found = await nearest(likenesses, likenessOf(psi, network.layer), similar + 1);
    const byId = new Map(items.map((item) => [item.id, item]));
    return {
      count: read.length,
      unread,
      of: (place, id) =>
        (found[place] ?? [])
          .map(({ index }) => read[index] as string)
          .filter((name) => name !== id)
          .slice(0, similar)
          .map((name) => byId.get(name) as DataItem),
    };
  } finally {
    await projector.dispose();
  }
}
