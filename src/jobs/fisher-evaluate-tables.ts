/** @file Every number of an evaluation as tables. */
import { type Table, tableOfRows } from "../formats/table.ts";
import type { Outcome } from "../metrics/metric.ts";
import type { FisherEvaluation } from "./fisher-evaluate.ts";
import type { PicturePiece } from "./fisher-evaluate-picture.ts";
import type { Judged } from "./fisher-evaluate-pictures.ts";
import type { ScorePiece } from "./fisher-evaluate-pieces.ts";
import { recognises } from "./fisher-evaluate-scores.ts";

export interface TablesFrom {
  readonly evaluation: FisherEvaluation;
  readonly scores: readonly ScorePiece[];
  readonly pieces: readonly PicturePiece[];
  readonly judged: Judged;
}

/** By file name, without ending. */
export const evaluationTables = (from: TablesFrom): Readonly<Record<string, Table>> => ({
  scores: scoreTable(from),
  relevance: relevanceTable(from),
  resampling: resamplingTable(from),
  curves: curveTable(from),
  clusters: clusterTable(from),
});

const finite = (v: number | undefined): number | null => (v === undefined || Number.isNaN(v) ? null : v);

/** A row a picture, class and model. */
function scoreTable({ evaluation: { labels, rankings }, scores, judged }: TablesFrom): Table {
  const shows = new Map(judged.pictures.map(({ item, classes }) => [item.id, classes]));
  const rows = scores.flatMap((piece) =>
    rankings.flatMap((ranking) =>
      labels.map((label, c) => ({
        id: piece.id,
        class: label,
        model: ranking.model,
        shows: shows.get(piece.id)?.includes(c) ?? false,
        score: finite(piece.scores[ranking.model]?.[c]),
        recognised: recognises(ranking, piece.scores[ranking.model], c),
      })),
    ),
  );
  return tableOfRows(rows, {
    id: "string",
    class: "string",
    model: "string",
    shows: "boolean",
    score: "double",
    recognised: "boolean",
  });
}

const numberOf = (o: Outcome): number | null => (typeof o === "number" ? o : null);
const reasonOf = (o: Outcome): string | null => (typeof o === "number" ? null : o.excluded);

/** A row a map; `map` has 20 x 20 cells. */
function relevanceTable({ evaluation: { labels, clusters }, pieces }: TablesFrom): Table {
  const found = new Map(
    clusters.flatMap((c) => c.members.map((id) => [JSON.stringify([c.model, c.class, id]), c] as const)),
  );
  const rows = pieces.flatMap(({ id, records }) =>
    records.flatMap((r) =>
      r.maps.map((m) => {
        const cluster = found.get(JSON.stringify([m.model, r.class, id]));
        return {
          id,
          class: labels[r.class] as string,
          model: m.model,
          sum: m.sum,
          mu: numberOf(m.mu),
          mu_positive: numberOf(m.muPositive),
          mu_undefined: reasonOf(m.mu),
          border: m.places.border.positive ?? null,
          outside: m.places.outside?.positive ?? null,
          cluster: cluster?.cluster ?? null,
          suspicious: cluster?.suspicious ?? false,
          map: m.small,
        };
      }),
    ),
  );
  return tableOfRows(rows, {
    id: "string",
    class: "string",
    model: "string",
    sum: "double",
    mu: "double",
    mu_positive: "double",
    mu_undefined: "string",
    border: "double",
    outside: "double",
    cluster: "int",
    suspicious: "boolean",
    map: "doubles",
  });
}

/** A row a picture, class and order, over repetitions. */
function resamplingTable({ evaluation: { labels }, pieces }: TablesFrom): Table {
  const rows = pieces.flatMap(({ id, records }) =>
    records.flatMap((r) =>
      r.orders.map(({ order, traces, quality, flipShare, drops }) => ({
        id,
        class: labels[r.class] as string,
        order,
        traces,
        quality,
        flip_share: flipShare,
        drops,
      })),
    ),
  );
  return tableOfRows(rows, {
    id: "string",
    class: "string",
    order: "string",
    traces: "int",
    quality: "double",
    flip_share: "double",
    drops: "doubles",
  });
}

/** A row an order and measurement, and a row a model and perturbed region. */
function curveTable({ evaluation: { orders, pixels, settings } }: TablesFrom): Table {
  const rows = [
    ...orders.flatMap((o) =>
      o.drops.map((drop, i) => ({
        curve: `order ${o.order}`,
        at: (i + 1) * settings.batchOf,
        drop,
        flipped: o.histogram[i] as number,
        reached: o.reached[i] as number,
      })),
    ),
    ...pixels.flatMap(({ model, pictures, ...of }) =>
      (["map", "random"] as const).flatMap((kind) =>
        of[kind].map((drop, at) => ({ curve: `pixels ${model} ${kind}`, at, drop, flipped: null, reached: pictures })),
      ),
    ),
  ];
  return tableOfRows(rows, { curve: "string", at: "int", drop: "double", flipped: "int", reached: "int" });
}

const cornersOf = (box: FisherEvaluation["clusters"][number]["box"]): readonly number[] | null =>
  box && [box.x0, box.y0, box.x1, box.y1];

/** A row a cluster; boxes as x0, y0, x1, y1 in shares of the picture. */
function clusterTable({ evaluation: { labels, clusters } }: TablesFrom): Table {
  const rows = clusters.map((c) => ({
    model: c.model,
    class: labels[c.class] as string,
    cluster: c.cluster,
    suspicious: c.suspicious,
    score: c.score,
    concentration: c.concentration,
    misplacement: c.misplacement,
    constancy: c.constancy,
    pictures: c.members.length,
    share: c.share,
    border: c.border,
    outside: c.outside,
    box: cornersOf(c.box),
    beyond_score: c.beyond?.score ?? null,
    beyond_box: cornersOf(c.beyond?.box ?? null),
    examples: c.examples.join("; "),
    mean: c.mean,
  }));
  return tableOfRows(rows, {
    model: "string",
    class: "string",
    cluster: "int",
    suspicious: "boolean",
    score: "double",
    concentration: "double",
    misplacement: "double",
    constancy: "double",
    pictures: "int",
    share: "double",
    border: "double",
    outside: "double",
    box: "doubles",
    beyond_score: "double",
    beyond_box: "doubles",
    examples: "string",
    mean: "doubles",
  });
}
