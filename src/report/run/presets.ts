/** @file Tables in the layouts of the papers: which metrics go in, how columns are grouped, what a cell prints. */
import type { SummaryCell } from "../../metrics/summary.ts";

export interface PresetColumn {
  readonly metric: string;
  readonly variant: string;
  readonly head: string;
}
export interface PresetBlock {
  /** Empty where there is one block. */
  readonly title: string;
  readonly groups: readonly { readonly head: string; readonly columns: readonly PresetColumn[] }[];
}
export interface PresetTable {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Ids of metrics, in the order of the columns. */
  readonly metrics: readonly string[];
  /** What values are multiplied by. */
  readonly scale: number;
  /** `down`: a row for each method; `across`: a column for each. */
  readonly methods: "down" | "across";
  /** The share of pixels kept makes blocks, largest first. */
  readonly byShare: boolean;
}

export const PRESET_TABLES: readonly PresetTable[] = [
  {
    id: "confidence-gain",
    title: "Confidence gain",
    source: "layout of table 1 of the SCG and CCG paper; values x 100",
    metrics: ["scg", "ccg"],
    scale: 100,
    methods: "down",
    byShare: true,
  },
  {
    id: "average-drop",
    title: "Average drop and increase",
    source: "layout of table 1 of Lam et al., ICCV 2021; values x 100",
    metrics: ["average-drop", "average-increase", "average-gain"],
    scale: 100,
    methods: "across",
    byShare: false,
  },
  {
    id: "morf",
    title: "Pixel flipping",
    source: "areas as in Samek et al. 2017 and Petsiuk et al. 2018",
    metrics: ["morf", "lerf", "insertion", "deletion", "irof", "road"],
    scale: 1,
    methods: "down",
    byShare: false,
  },
  {
    id: "ground-truth",
    title: "Against the ground truth",
    source: "share of relevance, peak and overlap inside the true mask",
    metrics: ["pointing-game", "relevance-mass", "relevance-rank", "iou-at-top", "outside-inside"],
    scale: 1,
    methods: "down",
    byShare: false,
  },
];

/** `scg rho=0.05` is the metric `scg` asked with a parameter. */
const idOf = (metric: string): string => metric.split(" ")[0] as string;

const SHARE = /rho\W*(\d+(?:\.\d+)?|\.\d+)|(\d+(?:\.\d+)?)\s*%|(?:^|[\s_-])(\d+(?:\.\d+)?)(?=$|[\s_-])/i;

/** The share of pixels that a metric and variant name, in percent: `rho=0.25`, `25%`, `blur-25`. */
export function shareOf(metric: string, variant: string): number | undefined {
  const found = SHARE.exec(`${variant} ${metric}`);
  const value = Number(found?.[1] ?? found?.[2] ?? found?.[3] ?? Number.NaN);
  return Number.isNaN(value) ? undefined : value <= 1 && found?.[2] === undefined ? 100 * value : value;
}

const withoutShare = (variant: string): string => variant.replace(SHARE, " ").replaceAll(/^[\s_-]+|[\s_-]+$/g, "");

/** The blocks of a table for what the run measured; empty where it measured nothing that belongs in. */
export function blocksOf({ metrics, byShare }: PresetTable, cells: readonly SummaryCell[]): readonly PresetBlock[] {
  const seen = new Map<string, SummaryCell>();
  for (const c of cells) if (metrics.includes(idOf(c.metric))) seen.set(JSON.stringify([c.metric, c.variant]), c);
  const all = [...seen.values()];
  const shares = byShare ? [...new Set(all.map((c) => shareOf(c.metric, c.variant)))] : [undefined];
  return shares
    .sort((a, b) => (b ?? 0) - (a ?? 0))
    .map((share) => {
      const members = byShare ? all.filter((c) => shareOf(c.metric, c.variant) === share) : all;
      const groups = metrics.flatMap((id) => {
        const columns = members
          .filter((c) => idOf(c.metric) === id)
          .map(({ metric, variant }) => ({
            metric,
            variant,
            head: byShare
              ? withoutShare(variant) || variant
              : metric === id
                ? variant
                : `${metric.slice(id.length + 1)} ${variant}`,
          }));
        return columns.length > 0 ? [{ head: byShare ? id.toUpperCase() : id, columns }] : [];
      });
      return { title: share === undefined ? "" : `rho ${Number(share.toPrecision(6))} %`, groups };
    })
    .filter((b) => b.groups.length > 0);
}
