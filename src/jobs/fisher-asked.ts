/** @file What was asked of `fisher train`, with every default filled in and checked before anything is read. */
import { OnnxplainError } from "../errors.ts";
import { MIXTURE_STARTS } from "../fisher/em-start.ts";
import { TOOLKIT_FRAMING } from "../fisher/framing.ts";
import { SPATIAL_LAYOUTS } from "../fisher/pipeline.ts";
import { DESCRIPTOR_WIDTH, type SiftSettings, TOOLKIT_SIFT } from "../fisher/sift-settings.ts";
import { SVM_LOSSES } from "../fisher/svm.ts";
import type { FisherSettings, FisherTrainOptions } from "./fisher-options.ts";

/** Every setting, said or by default; costs stay open where cross-validation has its own. */
export type Asked = {
  readonly [K in keyof Omit<FisherSettings, "sift" | "costs">]-?: NonNullable<FisherSettings[K]>;
} & { readonly sift: SiftSettings; readonly costs: readonly number[] | undefined };

/** Throws `E_PARAM`. */
export function askedOf(o: FisherTrainOptions): Asked {
  const asked: Asked = {
    sift: { ...TOOLKIT_SIFT, ...o.sift },
    framing: o.framing ?? TOOLKIT_FRAMING,
    components: o.components ?? 256,
    width: o.width ?? 80,
    samples: o.samples ?? 200_000,
    subtractMean: o.subtractMean ?? true,
    start: o.start ?? "k-means",
    iterations: o.iterations ?? 100,
    spatial: o.spatial ?? "none",
    zeroth: o.zeroth ?? true,
    loss: o.loss ?? "hinge",
    costs: o.costs,
    folds: o.folds ?? 5,
    seed: o.seed ?? 0,
  };
  for (const [name, value, least, most = Number.MAX_SAFE_INTEGER] of wholeNumbers(asked))
    if (!(Number.isInteger(value) && value >= least && value <= most))
      refuse(
        name,
        most < Number.MAX_SAFE_INTEGER ? `an integer from ${least} to ${most}` : `an integer from ${least} up`,
        value,
      );
  for (const [name, value, known] of [
    ["start", asked.start, MIXTURE_STARTS],
    ["spatial", asked.spatial, SPATIAL_LAYOUTS],
    ["loss", asked.loss, SVM_LOSSES],
  ] as const)
    if (!(known as readonly string[]).includes(value)) refuse(name, `one of ${known.join(", ")}`, value);
  const { costs, sift } = asked;
  if (costs && !(costs.length > 0 && costs.every((c) => c > 0 && Number.isFinite(c))))
    refuse("costs", "positive numbers", costs);
  if (!(sift.sizes.length > 0 && sift.sizes.every((s, i) => i === 0 || s > (sift.sizes[i - 1] as number))))
    refuse("sift.sizes", "rising integers, each once", sift.sizes);
  for (const name of ["magnification", "window", "contrast"] as const)
    if (!(Number.isFinite(sift[name]) && (sift[name] > 0 || (name === "contrast" && sift[name] === 0))))
      refuse(`sift.${name}`, name === "contrast" ? "a number from 0 up" : "a positive number", sift[name]);
  return asked;
}

type WholeNumber = readonly [name: string, value: number, least: number, most?: number];

const wholeNumbers = ({ sift, framing, ...asked }: Asked): readonly WholeNumber[] => [
  ["components", asked.components, 1],
  ["width", asked.width, 1, DESCRIPTOR_WIDTH],
  ["samples", asked.samples, 1],
  ["iterations", asked.iterations, 0],
  ["folds", asked.folds, 2],
  ["seed", asked.seed, 0],
  ["sift.step", sift.step, 1],
  ...sift.sizes.map((size): WholeNumber => ["sift.sizes", size, 1]),
  ...("size" in framing
    ? ([
        ["framing.size.width", framing.size.width, 1],
        ["framing.size.height", framing.size.height, 1],
      ] as const)
    : ([["framing.tallest", framing.tallest, 1]] as const)),
];

function refuse(name: string, expected: string, value: unknown): never {
  throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be ${expected}, got ${JSON.stringify(value)}.`);
}
