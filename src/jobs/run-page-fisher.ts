/** @file Folders of `fisher` as their pages. */
import { rowsOf } from "../formats/table.ts";
import { fisherEvaluationView } from "../report/fisher/evaluate.ts";
import { fisherExplainView } from "../report/fisher/explain.ts";
import { plotsOf } from "../report/html/parts.ts";
import { counted } from "../report/run/numbers.ts";
import type { RunReader } from "./run-page-folder.ts";
import { fisherEvaluateInput, fisherExplainInput } from "./run-page-inputs-fisher.ts";
import { gridOf, plainView } from "./run-page-plain.ts";
import { count, entries, flag, list, maybe, nullable, real, record, type Shape, text } from "./run-page-shape.ts";
import { has, type Opened, packedKind, type RunKind } from "./run-page-view.ts";

interface Ranking {
  readonly pictures: number;
  readonly mean: number | null;
  readonly classes: readonly (number | null)[];
}
const ranking: Shape<Ranking> = record<Ranking>({ pictures: count, mean: maybe, classes: list(maybe) });

/** What the page says of `fisher.json`. */
interface TrainSaid {
  readonly labels: readonly string[];
  readonly data: string;
  readonly pictures: number;
  readonly per_class: readonly number[];
  readonly seed: number;
  readonly samples: number;
  readonly components: number;
  readonly width: number;
  readonly spatial: string;
  readonly sift: { readonly sizes: readonly number[]; readonly step: number };
  readonly explained_variance: number | null;
  readonly mixture: { readonly start: string; readonly converged: boolean; readonly likelihoods: readonly number[] };
  readonly machines: {
    readonly loss: string;
    readonly cost: number;
    readonly folds: number;
    readonly tried: readonly { readonly cost: number; readonly precision: number | null }[];
    readonly support: readonly number[];
  };
  readonly train: Ranking;
  readonly test: Ranking | null;
  readonly thresholds: readonly (number | null)[];
  readonly unread: readonly { readonly id: string; readonly message: string }[];
  readonly seconds: Readonly<Record<string, number>>;
  readonly command: string | null;
  readonly notes: readonly string[];
}
const trainSaid: Shape<TrainSaid> = record<TrainSaid>({
  labels: list(text),
  data: text,
  pictures: count,
  per_class: list(count),
  seed: count,
  samples: count,
  components: count,
  width: count,
  spatial: text,
  sift: record<TrainSaid["sift"]>({ sizes: list(real), step: real }),
  explained_variance: maybe,
  mixture: record<TrainSaid["mixture"]>({ start: text, converged: flag, likelihoods: list(real) }),
  machines: record<TrainSaid["machines"]>({
    loss: text,
    cost: real,
    folds: count,
    tried: list(record<TrainSaid["machines"]["tried"][number]>({ cost: real, precision: maybe })),
    support: list(count),
  }),
  train: ranking,
  test: nullable(ranking),
  thresholds: list(maybe),
  unread: list(record<TrainSaid["unread"][number]>({ id: text, message: text })),
  seconds: entries(real),
  command: nullable(text),
  notes: list(text),
});

const percent = (v: number | null): string => (v === null ? "undefined" : `${(100 * v).toFixed(1)} %`);

/** A training has no report: how the mixture rose, which C won, what each class scores. */
async function openTrain(run: RunReader): Promise<Opened> {
  const r = await run.json("fisher.json", trainSaid);
  const { likelihoods } = r.mixture;
  const facts = [
    ["data", r.data],
    ["pictures", String(r.pictures)],
    ["descriptors", `bins of ${r.sift.sizes.join(", ")} pixels every ${r.sift.step}; ${r.samples} sampled`],
    ["projection", `to ${r.width} numbers, which keep ${percent(r.explained_variance)} of the variance`],
    ["mixture", `${r.components} Gaussians from ${r.mixture.start}${r.mixture.converged ? "" : ", not converged"}`],
    ["layout", r.spatial],
    ["machines", `${r.machines.loss}, C ${r.machines.cost}`],
    ["seed", String(r.seed)],
    [
      "seconds",
      Object.entries(r.seconds)
        .map(([stage, s]) => `${stage} ${s.toFixed(1)}`)
        .join(", "),
    ],
  ] as const;
  const classes = r.labels.map((label, c) => [
    label,
    r.per_class[c] ?? null,
    r.train.classes[c] ?? null,
    r.test?.classes[c] ?? null,
    r.thresholds[c] ?? null,
    r.machines.support[c] ?? null,
  ]);
  const heads = ["class", "pictures", "AP, training", "AP, test", "threshold", "support vectors"];
  return {
    facts,
    missing: [],
    page: plainView({
      title: "A Fisher-vector pipeline, trained",
      lead: `${r.labels.length} classes on ${r.pictures} pictures of ${r.data}; mean average precision (11 points) ${percent((r.test ?? r.train).mean)} on ${r.test ? "test" : "training"} pictures`,
      facts,
      command: r.command,
      notes: [...r.notes, ...r.unread.map((u) => `left out ${u.id}: ${u.message}`)],
      sections: [
        { id: "classes", name: "Classes", markup: gridOf("Classes", heads, classes) },
        {
          id: "mixture",
          name: "The mixture",
          markup: plotsOf(
            likelihoods.length < 2
              ? []
              : [
                  {
                    title: "Log likelihood of a descriptor",
                    about: "at the start and after every round, in nats",
                    what: `log likelihood over ${likelihoods.length - 1} rounds`,
                    xLabel: "round",
                    xEnd: likelihoods.length - 1,
                    lines: [{ label: "mean", style: "c0", values: likelihoods, at: likelihoods.map((_, i) => i) }],
                  },
                ],
          ),
        },
        {
          id: "costs",
          name: "The machines' C",
          markup: gridOf(
            "Costs",
            ["C", "mean AP over folds"],
            r.machines.tried.map((t) => [t.cost, t.precision]),
          ),
        },
      ],
    }),
  };
}

async function openClassify(run: RunReader): Promise<Opened> {
  const table = await run.table("scores.parquet");
  const rows = rowsOf(table);
  const names = table.columns.map((c) => c.name);
  const pictures = [...new Set(rows.map((r) => String(r.picture)))];
  const own = names.filter((n) => n !== "picture");
  const facts = [["pictures", String(pictures.length)]] as const;
  return {
    facts,
    missing: [],
    page: plainView({
      title: "Pictures, classified",
      lead: `Scores, thresholds and decisions of ${counted(pictures.length, "picture")}`,
      facts,
      sections: pictures.map((id, i) => ({
        id: `picture-${i}`,
        name: id,
        markup: gridOf(
          id,
          own.map((n) => n.replaceAll("_", " ")),
          rows.filter((r) => String(r.picture) === id).map((r) => own.map((n) => r[n])),
        ),
      })),
    }),
  };
}

export const FISHER_KINDS: Readonly<Record<string, RunKind>> = {
  "fisher train": {
    title: "Fisher vectors, trained",
    recognises: has("fisher.json", "classifiers.safetensors"),
    open: openTrain,
  },
  "fisher classify": {
    title: "Pictures, classified",
    recognises: has("classification.json", "scores.parquet"),
    open: openClassify,
  },
  "fisher explain": packedKind("fisher explain", {
    title: "Fisher vectors, explained",
    shape: fisherExplainInput,
    view: fisherExplainView,
    recognises: has("explanation.json", "relevance.safetensors"),
  }),
  "fisher evaluate": packedKind("fisher evaluate", {
    title: "Fisher vectors, measured",
    shape: fisherEvaluateInput,
    view: fisherEvaluationView,
    recognises: has("evaluation.json"),
  }),
};
