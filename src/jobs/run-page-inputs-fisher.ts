/** @file Shapes of the pages on Fisher-vector pipelines. */
import type { Rect } from "../image/types.ts";
import type {
  FisherEvaluatePage,
  ModelLine,
  PageClassContext,
  PageCluster,
  PageContext,
  PageOrder,
  PagePixels,
  PageRanking,
  PageSearch,
  PageSheetRow,
} from "../report/fisher/evaluate-input.ts";
import type {
  FisherExplainPage,
  PageClass,
  PageDescriptor,
  PagePicture,
  PageRelevance,
  PageScore,
  PageShare,
  PageShares,
} from "../report/fisher/input.ts";
import { head, names, point } from "./run-page-inputs.ts";
import {
  bytes,
  count,
  flag,
  image,
  list,
  maybe,
  nullable,
  optional,
  plane,
  real,
  record,
  type Shape,
  text,
} from "./run-page-shape.ts";

const reals = list(real);
const descriptor: Shape<PageDescriptor> = record<PageDescriptor>({
  area: record<Rect>({ left: real, top: real, width: real, height: real }),
  relevance: real,
  x: real,
  y: real,
  size: real,
  gaussian: count,
  posterior: real,
});
const relevance: Shape<PageRelevance> = record<PageRelevance>({
  score: real,
  threshold: maybe,
  positive: nullable(flag),
  map: plane,
  sums: record<PageRelevance["sums"]>({
    dimensions: real,
    expected: real,
    leak: real,
    descriptors: real,
    pixels: real,
    deviation: real,
  }),
  blocks: record<PageRelevance["blocks"]>({ pi: real, mu: real, sigma: real }),
  gaussians: list(record<PageRelevance["gaussians"][number]>({ index: count, value: real })),
  otherGaussians: record<PageRelevance["otherGaussians"]>({ count, value: real }),
  cells: reals,
  for: list(descriptor),
  against: list(descriptor),
});
const share: Shape<PageShare> = record<PageShare>({ point, share: real, alpha: real, similarity: real });
const shares: Shape<PageShares> = record<PageShares>({
  positive: list(share),
  negative: list(share),
  support: count,
  sum: real,
  bias: real,
  deviation: real,
});
const picture: Shape<PagePicture> = record<PagePicture>({
  id: text,
  picture: bytes,
  edited: optional(bytes),
  descriptors: count,
  scores: list(record<PageScore>({ index: count, score: real, threshold: maybe, after: optional(real) })),
  classes: list(
    record<PageClass>({ index: count, before: relevance, after: optional(relevance), shares: optional(shares) }),
  ),
  notes: names,
});
export const fisherExplainInput: Shape<FisherExplainPage> = record<FisherExplainPage>({
  ...head,
  edits: names,
  items: list(picture),
});

const line: Shape<ModelLine> = record<ModelLine>({
  model: text,
  precision: maybe,
  quality: maybe,
  randomQuality: maybe,
  flips: maybe,
  randomFlips: maybe,
  pixelDrop: maybe,
  randomPixelDrop: maybe,
  mu: maybe,
  muPositive: maybe,
  suspicious: count,
});
const ranking: Shape<PageRanking> = record<PageRanking>({
  model: text,
  mean: maybe,
  classes: list(
    record<PageRanking["classes"][number]>({
      class: count,
      positives: count,
      precision: maybe,
      threshold: real,
      rate: maybe,
      truePositives: count,
    }),
  ),
});
const order: Shape<PageOrder> = record<PageOrder>({
  order: text,
  asked: count,
  traces: count,
  quality: maybe,
  error: maybe,
  flipShare: maybe,
  drops: reals,
  histogram: reals,
  reached: reals,
  classes: list(nullable(record<NonNullable<PageOrder["classes"][number]>>({ quality: maybe, flipShare: maybe }))),
});
const pixels: Shape<PagePixels> = record<PagePixels>({ model: text, pictures: count, map: reals, random: reals });
const classContext: Shape<PageClassContext> = record<PageClassContext>({
  class: count,
  mu: maybe,
  images: count,
  presentAndPredicted: count,
  undefinedImages: count,
});
const context: Shape<PageContext> = record<PageContext>({
  model: text,
  classes: list(classContext),
  positiveClasses: list(record<PageContext["positiveClasses"][number]>({ mu: maybe })),
});
const edge = nullable(record<NonNullable<PageSearch["border"]>>({ positive: maybe, area: real }));
const search: Shape<PageSearch> = record<PageSearch>({
  model: text,
  class: count,
  maps: count,
  clusters: count,
  border: edge,
  outside: edge,
});
const strange = {
  score: real,
  concentration: real,
  misplacement: real,
  constancy: real,
  box: nullable(record<NonNullable<PageCluster["box"]>>({ x0: real, y0: real, x1: real, y1: real })),
  mean: reals,
} as const;
const cluster: Shape<PageCluster> = record<PageCluster>({
  ...strange,
  model: text,
  class: count,
  suspicious: flag,
  members: names,
  share: real,
  border: maybe,
  outside: maybe,
  beyond: nullable(record<NonNullable<PageCluster["beyond"]>>(strange)),
  examples: list(record<PageCluster["examples"][number]>({ id: text, image })),
});
const sheetRow: Shape<PageSheetRow> = record<PageSheetRow>({
  id: text,
  class: count,
  picture: image,
  maps: list(record<PageSheetRow["maps"][number]>({ model: text, image: nullable(image), score: real })),
});

export const fisherEvaluateInput: Shape<FisherEvaluatePage> = record<FisherEvaluatePage>({
  ...head,
  pictures: count,
  explained: count,
  table: list(line),
  rankings: list(ranking),
  orders: list(order),
  batchOf: count,
  repetitions: count,
  pixels: list(pixels),
  context: list(context),
  paired: nullable(
    record<NonNullable<FisherEvaluatePage["paired"]>>({
      pictures: count,
      fisher: maybe,
      network: maybe,
      fisherLarger: count,
    }),
  ),
  searches: list(search),
  clusters: list(cluster),
  sheets: list(sheetRow),
});
