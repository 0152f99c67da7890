/** @file What the pieces of an evaluation come to: one table, and everything behind it. */
import { searchArtefacts } from "../fisher/artefacts/search.ts";
import type { RelativeBox } from "../fisher/artefacts/spot.ts";
import type { Suspicion } from "../fisher/artefacts/suspicion.ts";
import { type ClassContext, contextOfClasses } from "../fisher/context.ts";
import type { ModelId } from "./fisher-evaluate-judge.ts";
import { type AskedOrder, type KeptQuality, merged, type SeveralQualities } from "./fisher-evaluate-orders.ts";
import { GRID, type MapRecord, type PicturePiece, STRIP } from "./fisher-evaluate-picture.ts";
import type { ModelRanking } from "./fisher-evaluate-scores.ts";

export interface OrderSummary extends SeveralQualities {
  /** By class; null where it has no trace. */
  readonly classes: readonly (Pick<SeveralQualities, "asked" | "quality" | "flipShare"> | null)[];
}

export interface PixelSummary {
  readonly model: ModelId;
  readonly pictures: number;
  /** Mean of f - f_k over pictures, after each region; shortest picture's steps. */
  readonly map: readonly number[];
  readonly random: readonly number[];
  /** Mean over steps. */
  readonly drop: number | null;
  readonly randomDrop: number | null;
}

export interface ContextSummary {
  readonly model: ModelId;
  /** Mean over the classes that have one. */
  readonly mu: number | null;
  readonly muPositive: number | null;
  readonly classes: readonly ClassContext[];
  readonly positiveClasses: readonly ClassContext[];
}

/** mu of the pictures for which both models have one. */
export interface PairedContext {
  readonly pictures: number;
  readonly fisher: number | null;
  readonly network: number | null;
  /** Pictures where the pipeline's is the larger. */
  readonly fisherLarger: number;
}

/** What a cluster has beyond the others of its class, as plain JSON. */
export interface BeyondSummary extends Suspicion {
  readonly box: RelativeBox | null;
  /** `[GRID, GRID]`, sum 1, or zeros. */
  readonly mean: readonly number[];
}

export interface ClusterSummary {
  readonly model: ModelId;
  readonly class: number;
  /** Place of the cluster in its search. */
  readonly cluster: number;
  /** By itself, or by what it has beyond the others. */
  readonly suspicious: boolean;
  /** Of the whole maps; as are the next three. */
  readonly score: number;
  readonly concentration: number;
  readonly misplacement: number;
  readonly constancy: number;
  readonly members: readonly string[];
  /** Of the maps that are clustered. */
  readonly share: number;
  /** Mean shares of positive relevance in the border strip and outside every box. */
  readonly border: number | null;
  readonly outside: number | null;
  readonly centroid: { readonly x: number; readonly y: number };
  readonly box: RelativeBox | null;
  /** `[GRID, GRID]`. */
  readonly mean: readonly number[];
  /** Null where there is no other cluster. */
  readonly beyond: BeyondSummary | null;
  /** Members whose maps are nearest to the mean, nearest first. */
  readonly examples: readonly string[];
}

export interface SearchSummary {
  readonly model: ModelId;
  readonly class: number;
  readonly maps: number;
  readonly clusters: number;
  readonly constancy: number;
  /** Means over maps of the share of positive relevance, and of the pixels, there; null without a map. */
  readonly border: Share | null;
  readonly outside: Share | null;
  readonly notes: readonly string[];
}

interface Share {
  readonly positive: number | null;
  readonly area: number;
}

export interface FisherFindings {
  readonly orders: readonly OrderSummary[];
  readonly pixels: readonly PixelSummary[];
  readonly context: readonly ContextSummary[];
  readonly paired: PairedContext | null;
  readonly searches: readonly SearchSummary[];
  /** The most suspicious first. */
  readonly clusters: readonly ClusterSummary[];
}

/** Examples of a cluster that are named. */
const EXAMPLES = 4;

type Rows = readonly { readonly id: string; readonly class: number; readonly map: MapRecord }[];

export function findingsOf(
  pieces: readonly PicturePiece[],
  {
    orders,
    models,
    rankings,
    classes,
    seed,
  }: {
    readonly orders: readonly AskedOrder[];
    readonly models: readonly ModelId[];
    readonly rankings: readonly ModelRanking[];
    readonly classes: number;
    readonly seed: number;
  },
): FisherFindings {
  const records = pieces.flatMap(({ id, records: own }) => own.map((r) => ({ id, ...r })));
  const rows = records.flatMap(({ id, class: label, maps }) => maps.map((map) => ({ id, class: label, map })));
  const of = (model: ModelId): Rows => rows.filter((r) => r.map.model === model);
  const searches = models.flatMap((model) => searchesOf(model, of(model), { classes, seed }));
  return {
    orders: orders.map(({ id }) => {
      const pick = (own: typeof records): readonly KeptQuality[] =>
        own.flatMap((r) => r.orders.filter((q) => q.order === id));
      return {
        ...merged(pick(records)),
        order: id,
        classes: perClass(classes, (c) => {
          const { asked, quality, flipShare } = merged(pick(records.filter((r) => r.class === c)));
          return asked === 0 ? null : { asked, quality, flipShare };
        }),
      };
    }),
    pixels: models.map((model) => pixelsOf(model, of(model))),
    context: models.map((model) => contextOf(model, of(model), rankings, classes)),
    paired: models.length < 2 ? null : pairedContext(records.map((r) => r.maps)),
    searches: searches.map((s) => s.summary),
    clusters: searches
      .flatMap((s) => s.clusters)
      .sort((a, b) => Number(b.suspicious) - Number(a.suspicious) || worst(b) - worst(a)),
  };
}

const worst = ({ score, beyond }: ClusterSummary): number => Math.max(score, beyond?.score ?? 0);

const perClass = <T>(classes: number, make: (c: number) => T): readonly T[] =>
  Array.from({ length: classes }, (_, c) => make(c));

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length;

function pixelsOf(model: ModelId, rows: Rows): PixelSummary {
  const curves = rows.flatMap((r) => r.map.pixels ?? []);
  const steps = curves.reduce((least, c) => Math.min(least, c.map.length), Number.POSITIVE_INFINITY);
  const over = (of: "map" | "random"): readonly number[] =>
    curves.length === 0
      ? []
      : Array.from(
          { length: steps },
          (_, k) => meanOf(curves.map((c) => (c[of][0] as number) - (c[of][k] as number))) as number,
        );
  const [map, random] = [over("map"), over("random")];
  return {
    model,
    pictures: curves.length,
    map,
    random,
    drop: meanOf(map.slice(1)),
    randomDrop: meanOf(random.slice(1)),
  };
}

/** Counts of pictures that show a class come from the ranking: maps exist only of those that were explained. */
function contextOf(model: ModelId, rows: Rows, rankings: readonly ModelRanking[], classes: number): ContextSummary {
  const ranked = rankings.find((r) => r.model === model)?.classes;
  const by = (of: "mu" | "muPositive"): readonly ClassContext[] =>
    contextOfClasses(
      rows.map((r) => ({ class: r.class, present: true, predicted: true, mu: r.map[of] })),
      classes,
    ).map((c) => ({ ...c, present: ranked?.[c.class]?.positives ?? c.present }));
  const [signed, positive] = [by("mu"), by("muPositive")];
  const mean = (all: readonly ClassContext[]): number | null => meanOf(all.flatMap((c) => c.mu ?? []));
  return { model, mu: mean(signed), muPositive: mean(positive), classes: signed, positiveClasses: positive };
}

function pairedContext(all: readonly (readonly MapRecord[])[]): PairedContext {
  const both = all.flatMap((maps) => {
    const of = (model: ModelId): unknown => maps.find((m) => m.model === model)?.mu;
    const [fisher, network] = [of("fisher"), of("network")];
    return typeof fisher === "number" && typeof network === "number" ? [{ fisher, network }] : [];
  });
  return {
    pictures: both.length,
    fisher: meanOf(both.map((b) => b.fisher)),
    network: meanOf(both.map((b) => b.network)),
    fisherLarger: both.filter((b) => b.fisher > b.network).length,
  };
}

interface Searched {
  readonly summary: SearchSummary;
  readonly clusters: readonly ClusterSummary[];
}

/** One search for each class that has a map. */
const searchesOf = (
  model: ModelId,
  rows: Rows,
  { classes, seed }: { readonly classes: number; readonly seed: number },
): readonly Searched[] =>
  perClass(classes, (c) => rows.filter((r) => r.class === c)).flatMap((own, c) =>
    own.length === 0 ? [] : [searched(model, own, { label: c, seed })],
  );

function searched(
  model: ModelId,
  rows: Rows,
  { label, seed }: { readonly label: number; readonly seed: number },
): Searched {
  const small = rows.map(({ map }) => Float64Array.from(map.small));
  const search = searchArtefacts(
    rows.map(({ id, map }, i) => ({
      id,
      width: GRID,
      height: GRID,
      values: small[i] as Float64Array,
      boxes: map.boxes.length > 0 ? map.boxes : undefined,
    })),
    { strip: STRIP, grid: GRID, seed },
  );
  const shareOf = (members: Rows, part: "border" | "outside"): Share | null => {
    const known = members.flatMap((r) => r.map.places[part] ?? []);
    return known.length === 0
      ? null
      : { positive: meanOf(known.flatMap((s) => s.positive ?? [])), area: meanOf(known.map((s) => s.area)) as number };
  };
  return {
    summary: {
      model,
      class: label,
      maps: rows.length,
      clusters: search.clusters.length,
      constancy: search.constancy,
      border: shareOf(rows, "border"),
      outside: shareOf(rows, "outside"),
      notes: search.notes,
    },
    clusters: search.clusters.map((cluster, at): ClusterSummary => {
      const { members, mean, box, beyond, suspicious, score, concentration, misplacement, constancy } = cluster;
      const { share, centroid } = cluster;
      const own = members.map((i) => rows[i] as Rows[number]);
      return {
        model,
        class: label,
        cluster: at,
        suspicious,
        score,
        concentration,
        misplacement,
        constancy,
        members: own.map((r) => r.id),
        share,
        border: shareOf(own, "border")?.positive ?? null,
        outside: shareOf(own, "outside")?.positive ?? null,
        centroid,
        box: box ?? null,
        mean: Array.from(mean),
        beyond: beyond ? { ...beyond, box: beyond.box ?? null, mean: Array.from(beyond.mean) } : null,
        examples: nearestTo(mean, members, small).map((i) => (rows[i] as Rows[number]).id),
      };
    }),
  };
}

/** By the cosine to the mean, the earlier first at ties. */
function nearestTo(mean: Float64Array, members: readonly number[], maps: readonly Float64Array[]): readonly number[] {
  const cosine = (map: Float64Array): number => {
    const [product, squares] = map.reduce(([p, s], v, i) => [p + v * (mean[i] as number), s + v * v], [0, 0]);
    return squares > 0 ? product / Math.sqrt(squares) : 0;
  };
  return members
    .map((i) => ({ i, likeness: cosine(maps[i] as Float64Array) }))
    .sort((a, b) => b.likeness - a.likeness || a.i - b.i)
    .slice(0, EXAMPLES)
    .map((m) => m.i);
}
