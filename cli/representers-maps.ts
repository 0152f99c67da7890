/** @file `representers explain --maps`: where in the picture each listed training point acts, as one page. */
import { extname } from "node:path";
import {
  type ExplainedTest,
  type Looks,
  namedPictures,
  OnnxplainError,
  type OpenRepresenters,
  type PageFacts,
  representerMaps,
  representersMapsPage,
} from "../src/index.ts";
import { type Flags, isSet, number, text, type Values } from "./flags.ts";
import { deviceOptions } from "./open.ts";
import { isArrays, type Network } from "./representers-source.ts";
import type { Console } from "./verb.ts";

export const MAPS_FLAGS = {
  maps: {
    type: "string",
    value: "FILE.html",
    about: "page of the parts that the listed points have in the gradient map of the first picture's first class",
  },
  samples: { type: "string", value: "N", about: "noisy copies that --maps averages (SmoothGrad; default 0: none)" },
} as const satisfies Flags;

/** The file of `--maps`. Throws `E_USAGE` where there can be no maps: no pictures, or nothing to put them in. */
export function mapsAsked(values: Values, names: readonly string[]): string | undefined {
  const file = text(values, "maps");
  number(values, "samples", { min: 0 });
  if (file === undefined) {
    if (text(values, "samples") !== undefined)
      throw new OnnxplainError("E_USAGE", "`--samples` is of the maps. Add `--maps FILE.html`, or leave it out.");
    return undefined;
  }
  if (extname(file).toLowerCase() !== ".html")
    throw new OnnxplainError("E_USAGE", `Expected \`--maps\` to end in .html, got \`${file}\`.`);
  const why = [
    [isSet(values, "features"), "the fit is on bare features, with no network and no pictures before them"],
    [isArrays(values, text(values, "data") ?? ""), "the fit is on rows of arrays, which are no pictures"],
    [text(values, "confused") !== undefined, "`--confused` explains no single picture"],
    [isArrays(values, names[0] ?? ""), `\`${names[0]}\` holds rows of arrays, which are no pictures`],
    [text(values, "out") === file, `\`-o\` names the same file, \`${file}\``],
  ] as const;
  const found = why.find(([is]) => is)?.[1];
  if (found !== undefined)
    throw new OnnxplainError("E_USAGE", `There are no maps to draw: ${found}. Change that, or leave out \`--maps\`.`);
  return file;
}

export interface MapsMade {
  readonly page: string;
  /** What a document says of them. */
  readonly about: object;
  /** The same in words. */
  readonly line: string;
}

export interface MapsSubject {
  readonly open: OpenRepresenters;
  readonly network: Network | undefined;
  readonly values: Values;
  readonly explained: readonly ExplainedTest[];
}

const small = (v: number): string => (v === 0 ? "0" : v.toExponential(2));

/** Maps of the first picture and its first explained class. Throws as `representerMaps`. */
export async function mapsOf(
  { open, network, values, explained }: MapsSubject,
  {
    names,
    facts,
    looks,
    out,
  }: {
    readonly names: readonly string[];
    readonly facts: PageFacts;
    readonly looks: () => Promise<Looks>;
    readonly out: Console;
  },
): Promise<MapsMade> {
  const [test, ...others] = explained;
  const [answer, ...classes] = test?.classes ?? [];
  const classifier = network?.cut.classifier;
  const [name] = names;
  if (!(network && classifier && test && answer && name !== undefined)) throw new Error("internal: maps of no picture");
  const called = open.report.class_names?.[answer.target] ?? String(answer.target);
  if (others.length > 0 || classes.length > 0)
    out.note(`note: the maps are of the first picture, ${test.id}, and its first class, ${called}, alone`);
  const points = [...answer.positive, ...answer.negative];
  const maps = await representerMaps(
    open,
    { classifier, cut: network.cut.cut },
    { x: await pixelsOf(name, network), target: answer.target, points },
    { ...deviceOptions(values), samples: number(values, "samples", { min: 0 }) },
  );
  const page = await representersMapsPage(open, classifier, maps, {
    facts: { ...facts, settings: [...facts.settings, ["noisy copies", String(maps.samples)]] },
    labels: open.report.class_names ?? [],
    test,
    looks: await looks(),
  });
  const { residual, samples, target } = maps;
  const file = text(values, "maps") as string;
  const { count } = open.fitted;
  return {
    page,
    about: { file, id: test.id, target, samples, residual, training_points: points.map((p) => p.index) },
    line: `${file}: maps of ${points.length} points for ${called} on ${test.id}; those of all ${count} training points add up to the gradient within ${small(residual.absolute)}, ${small(residual.relative)} of its largest value`,
  };
}

/** The picture as the network takes it. */
async function pixelsOf(name: string, { cut }: Network): Promise<Float32Array> {
  for await (const point of cut.pictures(namedPictures([name])).points()) {
    if ("error" in point) throw new OnnxplainError("E_IMAGE_READ", `\`${point.id}\`: ${point.error}`);
    return point.row as Float32Array;
  }
  throw new OnnxplainError("E_DATA_EMPTY", `There is no picture \`${name}\`.`);
}
