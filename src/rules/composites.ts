/** @file Composites: which rule where, as tables. Rows are tried in order, the first that fits wins. */
import { OnnxplainError } from "../errors.ts";
import type { Role } from "./roles.ts";
import { isRule, parseRule, type RuleSpec } from "./table.ts";

/**
 * Which nodes a row is about: a role; the first, last or any layer with weights; a rectifier (Relu and
 * its kin); or a name (`conv*`).
 */
export type Selector = Role | "first" | "last" | "weighted" | "rectifier" | { readonly glob: string };
export type CompositeRow = readonly [Selector, RuleSpec];

export interface Composite {
  readonly id: string;
  readonly source: string;
  readonly rows: readonly CompositeRow[];
}

const r = (text: string): RuleSpec => parseRule(text);

/** What relevance does where there are no weights, in every LRP composite. */
const BASE: readonly CompositeRow[] = [
  ["activation", r("pass")],
  ["gate", r("pass")],
  ["scale", r("pass")],
  ["bias", r("pass")],
  ["average", r("norm")],
  ["sum", r("residual")],
  ["winner", r("route")],
  ["route", r("route")],
  ["lrn", r("pass")],
];
/** What attention needs besides (AttnLRP). */
const ATTENTION: readonly CompositeRow[] = [
  ["product", r("product")],
  ["softmax", r("softmax")],
  ["normalize", r("pass")],
];
/** Where everything but the activations is the gradient's. */
const GRADIENT: readonly CompositeRow[] = (
  [
    "activation",
    "weighted",
    "scale",
    "bias",
    "gate",
    "average",
    "winner",
    "sum",
    "route",
    "product",
    "softmax",
    "lrn",
    "normalize",
    "other",
  ] as const
).map((role) => [role, r("gradient")]);

const lrp = (id: string, source: string, ...rows: readonly CompositeRow[]): Composite => ({
  id,
  source,
  rows: [...rows, ...BASE],
});

const ZENNIT = "zennit composites (Anders et al. 2021, arXiv 2106.13200)";
const INNVESTIGATE = "iNNvestigate (Alber et al. 2019, arXiv 1808.04260)";

const LIST: readonly Composite[] = [
  lrp("epsilon-plus", ZENNIT, ["convolution", r("z-plus")], ["dense", r("epsilon")]),
  lrp("epsilon-plus-flat", ZENNIT, ["first", r("flat")], ["convolution", r("z-plus")], ["dense", r("epsilon")]),
  lrp("epsilon-alpha2-beta1", ZENNIT, ["convolution", r("alpha-beta:2,1")], ["dense", r("epsilon")]),
  lrp(
    "epsilon-alpha2-beta1-flat",
    ZENNIT,
    ["first", r("flat")],
    ["convolution", r("alpha-beta:2,1")],
    ["dense", r("epsilon")],
  ),
  lrp("epsilon-gamma-box", ZENNIT, ["first", r("zbox")], ["convolution", r("gamma")], ["dense", r("epsilon")]),
  lrp("excitation-backprop", ZENNIT, ["weighted", r("z-plus-no-bias")]),
  { id: "guided-backprop", source: ZENNIT, rows: [["rectifier", r("guided")], ...GRADIENT] },
  { id: "deconvnet", source: ZENNIT, rows: [["rectifier", r("deconv")], ...GRADIENT] },
  lrp("sequential-preset-a", INNVESTIGATE, ["dense", r("epsilon:0.1")], ["convolution", r("alpha-beta:1,0")]),
  lrp("sequential-preset-b", INNVESTIGATE, ["dense", r("epsilon:0.1")], ["convolution", r("alpha-beta:2,1")]),
  lrp(
    "sequential-preset-a-flat",
    INNVESTIGATE,
    ["first", r("flat")],
    ["dense", r("epsilon:0.1")],
    ["convolution", r("alpha-beta:1,0")],
  ),
  lrp(
    "sequential-preset-b-flat",
    INNVESTIGATE,
    ["first", r("flat")],
    ["dense", r("epsilon:0.1")],
    ["convolution", r("alpha-beta:2,1")],
  ),
  lrp(
    "lrp-caffe",
    "the authors' toolbox (Lapuschkin et al. 2016), demo defaults; SPEC 2.5",
    ["convolution", r("alpha-beta:2,1")],
    ["dense", r("epsilon:1")],
  ),
  {
    ...lrp("attnlrp", "Achtibat et al. 2024 (arXiv 2402.05602)", ["weighted", r("epsilon")], ...ATTENTION),
  },
  lrp(
    "attnlrp-gamma",
    "Achtibat et al. 2024 (arXiv 2402.05602), gamma rule for vision transformers",
    ["convolution", r("gamma:0.25")],
    ["dense", r("gamma:0.05")],
    ...ATTENTION,
  ),
];

export const COMPOSITES: ReadonlyMap<string, Composite> = new Map(LIST.map((c) => [c.id, c]));

const key = (id: string): string =>
  id
    .toLowerCase()
    .replaceAll(/[-_\s]/g, "")
    .replace(/^lrp\./, "");

/**
 * A composite by name, or one rule for all layers with weights (`gamma:0.25`).
 * Throws `E_PARAM` naming the composites, or as {@link parseRule}.
 */
export function findComposite(text: string): Composite {
  const named = LIST.find((c) => key(c.id) === key(text));
  if (named) return named;
  if (isRule(text)) return lrp(text, `rule \`${text}\` in every layer with weights`, ["weighted", parseRule(text)]);
  throw new OnnxplainError(
    "E_PARAM",
    `There is no composite \`${text}\`. Composites: ${LIST.map((c) => c.id).join(", ")}; or one rule for all layers, as \`epsilon:1e-6\`, \`gamma:0.25\`, \`z-plus\`.`,
  );
}

/** The composite of excitation backprop (methods of that name; SPEC 5.4). */
export const EXCITATION: Composite = {
  id: "excitation",
  source: "Zhang et al. 2016 (arXiv 1608.00507); TorchRay's rules for sums and normalisations",
  rows: [
    ["weighted", r("excitation")],
    ["average", r("excitation")],
    ["sum", r("share")],
    ["activation", r("active")],
    ["gate", r("pass")],
    ["scale", r("pass")],
    ["bias", r("pass")],
    ["winner", r("route")],
    ["route", r("route")],
    ["lrn", r("pass")],
  ],
};
