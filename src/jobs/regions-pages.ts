/** @file What the pages on regions need, from explanations and maps. */
import { encodePng } from "../image/png.ts";
import type {
  ExplainedPicture,
  RegionGroup as MapPageGroup,
  Neighbour,
  PageBoundary,
  PageFacts,
  PagePoint,
  PageRegion,
  RegionsExplainPage,
  RegionsMapPage,
  SeenPicture,
} from "../report/regions/input.ts";
import type { ExplainedRegion, MappedPicture, MappedReference, RegionBoundary } from "./regions-explain.ts";
import type { RegionGroup, RegionsMap } from "./regions-map.ts";
import type { LoadedPicture, RegionNetwork } from "./regions-network.ts";
import type { OpenRegions } from "./regions-open.ts";

export interface PageOf {
  readonly open: OpenRegions;
  readonly network: RegionNetwork;
  readonly facts: PageFacts;
}

const truth = (label: number): number | null => (label < 0 ? null : label);

async function pointOf({ id, label, picture }: Pick<LoadedPicture, "id" | "label" | "picture">): Promise<PagePoint> {
  const likeness = picture && ({ kind: "picture", png: await encodePng(picture) } as const);
  return { id, label: truth(label), likeness };
}

const seen = async ({ network }: PageOf, picture: MappedPicture): Promise<SeenPicture> => ({
  point: await pointOf(picture),
  predicted: picture.predicted,
  map: { values: picture.map, width: network.classifier.width, height: network.classifier.height },
});

const neighbour = async (of: PageOf, picture: MappedReference): Promise<Neighbour> => ({
  ...(await seen(of, picture)),
  distance: picture.distance,
});

const boundary = ({ references }: OpenRegions, b: RegionBoundary): PageBoundary => ({
  index: b.index,
  pair: b.pair,
  value: b.value,
  removed: { same: b.same, other: b.other },
  reference: {
    id: references.ids[b.reference] as string,
    label: truth(references.labels[b.reference] as number),
  },
});

async function regionOf(
  of: PageOf,
  { region, boundaries, nearest }: Pick<ExplainedRegion, "region" | "boundaries" | "nearest">,
): Promise<PageRegion> {
  const { label, same, other, tau, delta, met } = region;
  return {
    label,
    same,
    other,
    tau,
    delta,
    met,
    boundaries: boundaries.map((b) => boundary(of.open, b)),
    sought: of.open.report.sampling === "toward-other-class",
    nearest: await Promise.all(nearest.map((n) => neighbour(of, n))),
  };
}

const page = ({ open, facts }: PageOf, notes: readonly string[]) => ({
  facts: { ...facts, notes: [...new Set([...(facts.notes ?? []), ...open.report.notes, ...notes])] },
  labels: open.report.class_names ?? [],
  references: open.report.count,
});

export async function regionsExplainPageOf(
  of: PageOf,
  explained: readonly ExplainedRegion[],
): Promise<RegionsExplainPage> {
  const item = async (e: ExplainedRegion): Promise<ExplainedPicture> => ({
    input: await seen(of, e.input),
    isReference: e.reference !== undefined,
    region: await regionOf(of, e),
    ...(e.stored === undefined
      ? {}
      : { covering: e.stored.map(({ input, ...s }) => ({ ...s, input: { id: input, label: null } })) }),
  });
  return {
    ...page(
      of,
      explained.flatMap((e) => e.notes),
    ),
    items: await Promise.all(explained.map(item)),
  };
}

function purityOf({ labels: [most], purity }: RegionGroup): MapPageGroup["purity"] {
  return most === undefined || purity === null ? undefined : { label: most.label, share: purity };
}

export async function regionsMapPageOf(of: PageOf, map: RegionsMap): Promise<RegionsMapPage> {
  const { outliers } = map;
  const bare = async (p: LoadedPicture, at: number): Promise<SeenPicture> => ({
    point: await pointOf(p),
    predicted: of.open.fit.projections.classes[outliers.places[at] as number] as number,
  });
  return {
    ...page(of, map.notes),
    groups: await Promise.all(
      map.groups.map(async (g) => ({
        input: await seen(of, g.input),
        region: await regionOf(of, g),
        purity: purityOf(g),
      })),
    ),
    classes: map.classes.map(({ class: index, references, own, others }) => ({ index, references, own, others })),
    outliers: { count: outliers.places.length, shown: await Promise.all(outliers.shown.map(bare)) },
  };
}
