/** @file Explanations by regions, and whole-model maps, as documents and tables. */

import { writeTable } from "../formats/parquet-write.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { type Table, tableOf, tableOfRows } from "../formats/table.ts";
import type { Ranked } from "../regions/distance.ts";
import type { Region } from "../regions/region.ts";
import type { Bundle } from "../report/bundle.ts";
import { jsonBytes } from "./kept-files.ts";
import type { ExplainedRegion, MappedPicture, RegionBoundary } from "./regions-explain.ts";
import type { RegionsMap } from "./regions-map.ts";
import { boundaryTensors, type OpenRegions } from "./regions-open.ts";

const known = (label: number): number | null => (label < 0 ? null : label);

const pictureDocument = ({ id, label, predicted, probability }: MappedPicture) => ({
  id,
  label: known(label),
  class: predicted,
  probability,
});

const regionDocument = ({ label, same, other, tau, delta, met, order }: Region) => ({
  label,
  representativeness: same + other,
  same,
  other,
  tau,
  delta,
  met,
  order,
});

const boundaryDocument = ({ references }: OpenRegions, b: RegionBoundary) => ({
  index: b.index,
  reference: references.ids[b.reference] ?? null,
  pair: b.pair,
  value: b.value,
  removed_same: b.same,
  removed_other: b.other,
  excludes: b.excludes,
});

const referenceRow = ({ references, fit }: OpenRegions, { index, distance }: Ranked, at: number) => ({
  rank: at + 1,
  id: references.ids[index] ?? null,
  position: index,
  distance,
  class: fit.projections.classes[index] as number,
  label: known(references.labels[index] as number),
  probability: references.probabilities[index] as number,
});

/** Everything but pixels; all covered references, nearest first. */
export function explainedDocument(open: OpenRegions, explained: readonly ExplainedRegion[]): object {
  const { layer, count, boundaries, sampling, per_input, seed, class_names } = open.report;
  return {
    layer: layer.name,
    references: count,
    class_names,
    boundaries,
    sampling,
    per_input,
    seed,
    images: explained.map(({ input, reference, region, boundaries: own, covered, stored, notes }) => ({
      ...pictureDocument(input),
      reference: reference ?? null,
      region: regionDocument(region),
      boundaries: own.map((b) => boundaryDocument(open, b)),
      covered: covered.map((r, at) => referenceRow(open, r, at)),
      ...(stored === undefined ? {} : { stored }),
      notes,
    })),
  };
}

/** A row for each covered reference of each picture. */
export const coveredTable = (open: OpenRegions, explained: readonly ExplainedRegion[]): Table =>
  tableOfRows(
    explained.flatMap(({ input, covered }) =>
      covered.map((r, at) => ({ image: input.id, image_class: input.predicted, ...referenceRow(open, r, at) })),
    ),
    {
      image: "string",
      image_class: "int",
      rank: "int",
      id: "string",
      position: "int",
      distance: "double",
      class: "int",
      label: "int",
      probability: "double",
    },
  );

function mapDocument(open: OpenRegions, map: RegionsMap): object {
  const { report, references, fit } = open;
  return {
    layer: report.layer.name,
    class_names: report.class_names,
    references: report.count,
    width: map.stored.boundaries.width,
    boundaries: map.stored.boundaries.count,
    model: report.model,
    inputs: Array.from(map.inputs),
    k_means: map.kMeans,
    regions: map.groups.map((g, v) => ({
      ...regionDocument(g.region),
      order: map.stored.regions[v]?.order ?? [],
      input: { ...pictureDocument(g.input), reference: g.reference },
      also: g.also.map((i) => references.ids[i]),
      alone: g.alone,
      cluster: g.cluster,
      labels: g.labels,
      purity: g.purity,
      boundaries: g.boundaries.map((b) => boundaryDocument(open, b)),
      nearest: g.nearest.map((r, at) => referenceRow(open, r, at)),
    })),
    classes: map.classes,
    outliers: map.outliers.places.map((i) => ({
      id: references.ids[i],
      class: fit.projections.classes[i],
      label: known(references.labels[i] as number),
      probability: references.probabilities[i],
    })),
    notes: map.notes,
  };
}

/** A row a reference: the region that holds it and most others (null where none does), and how many hold it. */
const assignmentTable = ({ references, fit }: OpenRegions, { chosen, times }: RegionsMap): Table =>
  tableOf([
    { name: "id", type: "string", values: references.ids },
    { name: "label", type: "int", values: Array.from(references.labels, known) },
    { name: "class", type: "int", values: Array.from(fit.projections.classes) },
    { name: "probability", type: "double", values: Array.from(references.probabilities) },
    { name: "region", type: "int", values: Array.from(chosen, known) },
    { name: "regions", type: "int", values: Array.from(times) },
  ]);

const groupTable = ({ references }: OpenRegions, { groups }: RegionsMap): Table =>
  tableOfRows(
    groups.map((g, v) => ({
      region: v,
      class: g.region.label,
      size: g.region.same + g.region.other,
      same: g.region.same,
      other: g.region.other,
      alone: g.alone,
      boundaries: g.boundaries.length,
      input: references.ids[g.reference] ?? null,
      purity: g.purity,
      label: g.labels[0]?.label ?? null,
    })),
    {
      region: "int",
      class: "int",
      size: "int",
      same: "int",
      other: "int",
      alone: "int",
      boundaries: "int",
      input: "string",
      purity: "double",
      label: "int",
    },
  );

/**
 * `map.json`; `regions.safetensors`: the boundaries that some region uses as in a fit, and `values` [regions, boundaries] of each input there;
 * `references.parquet`: a row a reference; `regions.parquet`: a row a region.
 */
export function mapFiles(open: OpenRegions, map: RegionsMap): Bundle {
  const { boundaries, regions } = map.stored;
  const values = Float64Array.from(regions.flatMap((r) => Array.from(r.values)));
  return new Map([
    ["map.json", jsonBytes(mapDocument(open, map))],
    [
      "regions.safetensors",
      writeSafetensors({
        ...boundaryTensors(boundaries),
        values: { dims: [regions.length, boundaries.count], data: values },
      }),
    ],
    ["references.parquet", writeTable(assignmentTable(open, map))],
    ["regions.parquet", writeTable(groupTable(open, map))],
  ]);
}
