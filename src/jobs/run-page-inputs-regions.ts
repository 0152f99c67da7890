/** @file Shapes of the pages on regions and concepts. */
import type { ConceptCard, ConceptExample, ConceptsPage } from "../report/concepts/input.ts";
import type {
  AceScores,
  ClassCoverage,
  ExplainedPicture,
  MethodScores,
  Neighbour,
  OverSeeds,
  PageBoundary,
  PageRegion,
  QualityScores,
  RegionGroup,
  RegionsEvaluationPage,
  RegionsExplainPage,
  RegionsMapPage,
  SeenPicture,
  SetQuality,
  StoredRegion,
  SweepScores,
  TopScores,
} from "../report/regions/input.ts";
import { facts, head, names, point } from "./run-page-inputs.ts";
import {
  bytes,
  count,
  flag,
  list,
  maybe,
  nullable,
  oneOf,
  optional,
  pair,
  plane,
  real,
  record,
  type Shape,
  text,
} from "./run-page-shape.ts";

const seenFields = { point, predicted: count, map: optional(plane) } as const;
const seen: Shape<SeenPicture> = record<SeenPicture>(seenFields);
const boundary: Shape<PageBoundary> = record<PageBoundary>({
  index: count,
  pair: pair(count, count),
  value: real,
  removed: record<PageBoundary["removed"]>({ same: count, other: count }),
  reference: optional(point),
});
const region: Shape<PageRegion> = record<PageRegion>({
  label: count,
  same: count,
  other: count,
  boundaries: list(boundary),
  sought: optional(flag),
  tau: real,
  delta: real,
  met: flag,
  nearest: list(record<Neighbour>({ ...seenFields, distance: real })),
});
const page = { ...head, references: count } as const;

export const regionsExplainInput: Shape<RegionsExplainPage> = record<RegionsExplainPage>({
  ...page,
  items: list(
    record<ExplainedPicture>({
      input: seen,
      isReference: flag,
      region,
      covering: optional(list(record<StoredRegion>({ input: point, label: count, same: count, other: count }))),
    }),
  ),
});

export const regionsMapInput: Shape<RegionsMapPage> = record<RegionsMapPage>({
  ...page,
  groups: list(
    record<RegionGroup>({
      input: seen,
      region,
      purity: optional(record<NonNullable<RegionGroup["purity"]>>({ label: count, share: real })),
    }),
  ),
  classes: list(record<ClassCoverage>({ index: count, references: count, own: count, others: count })),
  outliers: record<RegionsMapPage["outliers"]>({ count, shown: list(seen) }),
});

const over: Shape<OverSeeds> = list(real);
const method: Shape<MethodScores> = record<MethodScores>({
  id: text,
  name: text,
  drop: over,
  increase: over,
  covered: optional(over),
  uncovered: optional(over),
});
const qualityFields = { labels: over, model: over, coverage: over } as const;
const quality: Shape<QualityScores> = record<QualityScores>(qualityFields);
const ace: Shape<AceScores> = record<AceScores>({
  resolutions: list(count),
  clusters: count,
  randomSets: count,
  pictures: nullable(count),
  searched: record<AceScores["searched"]>({
    pictures: over,
    patches: over,
    concepts: over,
    dropped: over,
    barren: over,
  }),
  laid: record<AceScores["laid"]>({ segments: over, placed: over, kept: over, short: over, nothing: over }),
});

export const regionsEvaluateInput: Shape<RegionsEvaluationPage> = record<RegionsEvaluationPage>({
  ...page,
  unseen: count,
  interpretations: count,
  boundaries: count,
  seeds: list(count),
  keep: real,
  methods: list(method),
  about: over,
  otherClass: over,
  controls: list(method),
  quality: list(
    record<SetQuality>({
      ...qualityFields,
      set: oneOf("references", "unseen"),
      pictures: count,
      network: optional(real),
    }),
  ),
  sweep: list(record<SweepScores>({ boundaries: count, references: quality, unseen: quality })),
  top: record<RegionsEvaluationPage["top"]>({
    k: list(count),
    inputs: count,
    lines: list(record<TopScores>({ id: text, name: text, drop: list(over), increase: list(over) })),
  }),
  ace: optional(ace),
  absent: names,
});

const example: Shape<ConceptExample> = record<ConceptExample>({ id: text, patch: bytes, place: optional(bytes) });
const card: Shape<ConceptCard> = record<ConceptCard>({
  name: text,
  about: text,
  mean: real,
  deviation: real,
  counterpart: real,
  p: real,
  significant: flag,
  accuracy: maybe,
  examples: list(example),
});
export const conceptsInput: Shape<ConceptsPage> = record<ConceptsPage>({
  facts,
  title: text,
  lead: text,
  className: text,
  significance: real,
  concepts: list(card),
  dropped: list(card),
});
