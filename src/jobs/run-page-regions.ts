/** @file Folders of `regions` and `concepts` as their pages. */
import { conceptsView } from "../report/concepts/page.ts";
import { regionsEvaluationView } from "../report/regions/evaluate.ts";
import { regionsExplainView } from "../report/regions/explain.ts";
import { regionsMapView } from "../report/regions/map.ts";
import { openRegionsFit } from "./regions-open.ts";
import type { RunReader } from "./run-page-folder.ts";
import {
  conceptsInput,
  regionsEvaluateInput,
  regionsExplainInput,
  regionsMapInput,
} from "./run-page-inputs-regions.ts";
import { gridOf, plainView, tableGrid } from "./run-page-plain.ts";
import { count, flag, list, nullable, oneOf, record, type Shape, text } from "./run-page-shape.ts";
import { has, type Opened, packedKind, type RunKind } from "./run-page-view.ts";

/** What the page says of `fit.json`. */
interface FitSaid {
  readonly model: { readonly name: string; readonly sha256: string };
  readonly data: string;
  readonly layer: { readonly name: string; readonly dims: readonly number[] };
  readonly classes: number;
  readonly class_names: readonly string[] | null;
  readonly count: number;
  readonly width: number;
  readonly boundaries: number;
  readonly kept: number;
  readonly sampling: string;
  readonly per_input: boolean;
  readonly seed: number;
  readonly unread: readonly { readonly id: string; readonly message: string }[];
  readonly notes: readonly string[];
}
const fitSaid: Shape<FitSaid> = record<FitSaid>({
  model: record<FitSaid["model"]>({ name: text, sha256: text }),
  data: text,
  layer: record<FitSaid["layer"]>({ name: text, dims: list(count) }),
  classes: count,
  class_names: nullable(list(text)),
  count,
  width: count,
  boundaries: count,
  kept: count,
  sampling: oneOf("reference", "toward-other-class"),
  per_input: flag,
  seed: count,
  unread: list(record<FitSaid["unread"][number]>({ id: text, message: text })),
  notes: list(text),
});

/** A fit has no report: its boundaries, and where the references lie to them. */
async function openFit(run: RunReader): Promise<Opened> {
  const said = await run.json("fit.json", fitSaid);
  const { fit, references } = await openRegionsFit(run.location);
  const { boundaries, projections } = fit;
  const name = (c: number): string => said.class_names?.[c] ?? `class ${c}`;
  const positive = (q: number): number => {
    let n = 0;
    for (let i = 0; i < projections.count; i++) if ((projections.values[i * said.kept + q] as number) > 0) n++;
    return n;
  };
  const rows = Array.from({ length: boundaries.count }, (_, q) => [
    q,
    name(boundaries.pairs[2 * q] as number),
    name(boundaries.pairs[2 * q + 1] as number),
    positive(q),
    said.count - positive(q),
    boundaries.gaps[q] as number,
    references.ids[fit.sampled[q] as number] ?? null,
  ]);
  const decided = Array.from({ length: said.classes }, (_, c) => {
    const own = [...projections.classes.keys()].filter((i) => projections.classes[i] === c);
    const known = own.filter((i) => (references.labels[i] as number) >= 0);
    const right = known.filter((i) => references.labels[i] === c);
    return [name(c), own.length, known.length === 0 ? null : right.length / known.length];
  });
  const facts = [
    ["model", said.model.name],
    ["model sha256", said.model.sha256],
    ["data", said.data],
    ["layer", `${said.layer.name}, ${said.layer.dims.join(" x ")}`],
    ["references", String(said.count)],
    ["boundaries of a picture", String(said.boundaries)],
    ["sampling", `${said.sampling}${said.per_input ? ", for each picture by itself" : ""}`],
    ["seed", String(said.seed)],
  ] as const;
  const heads = ["boundary", "positive side", "next to it", "references there", "on the other side", "gap", "taken at"];
  return {
    facts,
    missing: [],
    page: plainView({
      title: "Boundaries of regions",
      lead: `${boundaries.count} boundaries between classes at ${said.layer.name}, and where ${said.count} references of ${said.data} lie to them, for ${said.model.name}`,
      facts,
      notes: [...said.notes, ...said.unread.map((u) => `left out ${u.id}: ${u.message}`)],
      sections: [
        { id: "boundaries", name: "Boundaries", markup: gridOf("Boundaries", heads, rows) },
        {
          id: "classes",
          name: "Classes",
          markup: gridOf("Classes", ["the network's class", "references", "share labelled so"], decided),
        },
        {
          id: "references",
          name: "References",
          markup: tableGrid("References", await run.table("references.parquet")),
        },
      ],
    }),
  };
}

export const REGION_KINDS: Readonly<Record<string, RunKind>> = {
  "regions fit": {
    title: "Boundaries of regions",
    recognises: has("fit.json", "boundaries.safetensors"),
    open: openFit,
  },
  "regions explain": packedKind("regions explain", {
    title: "The rule behind a decision",
    shape: regionsExplainInput,
    view: regionsExplainView,
    recognises: ({ pageKind }) => pageKind === "regions explain",
  }),
  "regions map": packedKind("regions map", {
    title: "The network as rules",
    shape: regionsMapInput,
    view: regionsMapView,
    recognises: has("map.json", "regions.parquet"),
  }),
  "regions evaluate": packedKind("regions evaluate", {
    title: "Regions, measured",
    shape: regionsEvaluateInput,
    view: regionsEvaluationView,
    recognises: has("evaluate.json", "evaluate.parquet"),
  }),
  concepts: packedKind("concepts", {
    title: "Concepts of a class",
    shape: conceptsInput,
    view: conceptsView,
    recognises: has("concepts.json"),
  }),
};
