/** @file `onnxplain representers explain`: the training points for and against what the network says of a picture. */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import {
  BESIDE,
  type Beside,
  confusedPoints,
  type ExplainedTest,
  explainByRepresenters,
  explainTable,
  featuresOfPoints,
  idsShown,
  type Likenesses,
  type Looks,
  namedPictures,
  OnnxplainError,
  type OpenRepresenters,
  openRepresenters,
  PAGE_FILE,
  packPage,
  picturesOf,
  type RepresentersExplainOptions,
  readCsv,
  representersConfusionInput,
  representersConfusionPage,
  representersExplainInput,
  representersExplainPage,
  sortedJson,
  type TestPoint,
  writeCsv,
} from "../src/index.ts";
import { commandLine, type Flags, helpPage, isSet, number, parseFlags, RUN_FLAGS, text, type Values } from "./flags.ts";
import { deviceOptions } from "./open.ts";
import { heldOutLooks, saidBy, trainLooks, wordsIn } from "./representers-looks.ts";
import { MAPS_FLAGS, mapsAsked, mapsOf } from "./representers-maps.ts";
import {
  arrayFile,
  isArrays,
  type Network,
  networkFrom,
  pointsFrom,
  SOURCE_FLAGS,
  WHOLE,
} from "./representers-source.ts";
import { hushed, once, type Verb } from "./verb.ts";
import { refuseFull, writeFolder, writeWhole } from "./write.ts";

const FLAGS = {
  representers: { type: "string", value: "DIR", about: "folder of `representers fit`" },
  target: { type: "string", value: "CLASS", about: "predicted (default), label, all, class index or label" },
  k: { type: "string", short: "k", value: "N", about: "training points on either side (default 5)" },
  with: { type: "string", value: "A,B", about: `beside them: ${BESIDE.join(", ")}` },
  groups: {
    type: "string",
    value: "BY",
    about: "sums over groups of training points: label, or FILE.csv with the columns id,group",
  },
  confused: {
    type: "string",
    value: "A:B",
    about: "all held-out points of class A taken for B, and who is to blame; no pictures needed",
  },
  "drop-bias": {
    type: "boolean",
    about: "leave the constant out of similarities, as the paper's notebooks do (sums are then no scores)",
  },
  out: {
    type: "string",
    short: "o",
    value: "PLACE",
    about: "a file .html, .json or .csv, or a folder for all of them (default: a table on stdout)",
  },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  ...MAPS_FLAGS,
  ...SOURCE_FLAGS,
} as const satisfies Flags;

export const representersExplain: Verb = {
  summary: "the training points for and against a prediction",
  help: helpPage(
    "representers explain POINT… --representers DIR",
    "Points are pictures, or an array file with a point a row. Model and training data are those of the fit; flags override them.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values: own, rest } = parseFlags("representers explain", argv, FLAGS);
    const folder = text(own, "representers");
    if (folder === undefined)
      throw new OnnxplainError(
        "E_USAGE",
        "No fit given. Add `--representers DIR`, the folder of `onnxplain representers fit`.",
      );
    const confused = text(own, "confused");
    if (rest.length === 0 && confused === undefined)
      throw new OnnxplainError(
        "E_USAGE",
        "Nothing to explain. Name pictures or an array file, or give `--confused A:B`.",
      );
    const kind = kindOf(text(own, "out"));
    if (kind === "folder") await refuseFull(text(own, "out") as string);
    const open = await openRepresenters(folder);
    const values: Values = { ...((open.report.origin ?? {}) as Values), ...own };
    const mapsFile = mapsAsked(values, rest);
    const out = hushed(console, isSet(own, "quiet"));
    const facts = {
      model: text(values, "model") ?? "features",
      data: text(values, "data") ?? "",
      settings: [["lambda", String(open.report.lambda)] as const, ["objective", open.report.objective] as const],
      command: commandLine("representers explain", argv),
    };
    const write = async (what: Written): Promise<number> => {
      const file = text(own, "out");
      const utf8 = (content: string): Uint8Array => new TextEncoder().encode(content);
      if (file !== undefined && kind === "folder") await writeFolder(file, await folderOf(what, utf8));
      else if (file !== undefined && kind !== undefined && kind !== "folder" && !isSet(own, "json"))
        await writeWhole(file, utf8(await what[kind]()));
      out.print(isSet(own, "json") ? (await what.json()).trimEnd() : (file ?? (await what.text())));
      return 0;
    };
    if (confused !== undefined) return write(await confusion(open, values, { confused, facts }));
    const network = isSet(values, "features") ? undefined : await networkFrom(values);
    try {
      const { tests, texts, pictures } = await testsFrom(values, rest, { open, network });
      const asked = await askedFrom(values, open);
      const explained = await explainByRepresenters(open, tests, {
        ...asked,
        ...deviceOptions(values),
        cut: network?.cut.cut,
      });
      const looks = once(
        async (): Promise<Looks> => ({
          train: await trainLooks(values, idsShown(open, explained)),
          tests: new Map([...texts, ...(await pictures())]),
        }),
      );
      const maps = mapsFile && (await mapsOf({ open, network, values, explained }, { names: rest, facts, looks, out }));
      const said = async (): Promise<Looks> => (text(values, "vocabulary") === undefined ? {} : looks());
      const code = await write({
        html: async () => representersExplainPage(open, explained, { facts, looks: await looks() }),
        page: async () =>
          packPage("representers explain", representersExplainInput(open, explained, { facts, looks: await looks() })),
        json: async () =>
          jsonOf({ ...documentOf(open, explained, await said()), ...(maps ? { maps: maps.about } : {}) }),
        csv: async () => writeCsv(explainTable(open, explained)),
        text: async () => textOf(open, explained, await said()),
      });
      if (mapsFile && maps) {
        await writeWhole(mapsFile, new TextEncoder().encode(maps.page));
        if (!isSet(own, "json")) out.print(maps.line);
      }
      return code;
    } finally {
      await network?.model.dispose();
    }
  },
};

interface Written {
  readonly html: () => Promise<string>;
  /** `page.safetensors`. */
  readonly page: () => Promise<Uint8Array>;
  readonly json: () => Promise<string>;
  readonly csv: () => Promise<string>;
  readonly text: () => Promise<string>;
}
type Kind = "html" | "json" | "csv";
const KINDS: readonly Kind[] = ["html", "json", "csv"];
const jsonOf = (value: unknown): string => sortedJson(value);

async function folderOf(what: Written, utf8: (content: string) => Uint8Array): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const kind of KINDS) files.set(`explanation.${kind}`, utf8(await what[kind]()));
  return files.set(PAGE_FILE, await what.page());
}

function kindOf(file: string | undefined): Kind | "folder" | undefined {
  if (file === undefined) return undefined;
  if (extname(file) === "" || file.endsWith("/")) return "folder";
  const found = KINDS.find((k) => extname(file).toLowerCase() === `.${k}`);
  if (found) return found;
  throw new OnnxplainError(
    "E_USAGE",
    `Expected \`-o\` to be a folder or to end in ${KINDS.map((k) => `.${k}`).join(", ")}, got \`${file}\`.`,
  );
}

type Facts = Parameters<typeof representersExplainPage>[2]["facts"];

async function confusion(
  open: OpenRepresenters,
  values: Values,
  { confused, facts }: { readonly confused: string; readonly facts: Facts },
): Promise<Written> {
  const [from, to, ...more] = confused.split(":");
  if (from === undefined || to === undefined || more.length > 0)
    throw new OnnxplainError("E_USAGE", `Expected \`--confused\` to be A:B, two classes, got \`${confused}\`.`);
  const found = await confusedPoints(open, {
    from: classOf(open, from),
    to: classOf(open, to),
    top: number(values, "k", { min: 1 }),
    ...deviceOptions(values),
  });
  const { ids, labels } = open.train;
  const inhibitory = found.inhibitory.map((p) => ({ ...p, id: ids[p.index], label: labels[p.index] }));
  const looks = once(
    async (): Promise<Looks> => ({
      train: await trainLooks(values, new Set(inhibitory.map((p) => p.id as string))),
      tests: await heldOutLooks(values, new Set(found.confused.map((p) => p.id))),
    }),
  );
  const lines = inhibitory.map((p) => ({
    id: p.id as string,
    label: p.label as number,
    count: p.count,
    value: p.value,
    alpha: p.alpha,
  }));
  return {
    html: async () => representersConfusionPage(open, found, { facts, looks: await looks() }),
    page: async () =>
      packPage("representers confused", representersConfusionInput(open, found, { facts, looks: await looks() })),
    json: async () => jsonOf({ ...found, inhibitory, confused: found.confused.map((p) => p.id) }),
    csv: async () =>
      [
        "id,label,count,value,alpha",
        ...lines.map((l) => `${JSON.stringify(l.id)},${l.label},${l.count},${l.value},${l.alpha}`),
      ].join("\n"),
    text: async () =>
      [
        `${found.confused.length} of ${found.ofClass} points of ${nameOf(open, found.from)} are taken for ${nameOf(open, found.to)} (${found.wrong} wrong in all)`,
        ...lines.map(
          (l) =>
            `  ${l.count}/${found.confused.length}  ${l.value.toFixed(4).padStart(9)}  ${nameOf(open, l.label)}  ${l.id}`,
        ),
      ].join("\n"),
  };
}

const nameOf = ({ report }: OpenRepresenters, index: number): string => report.class_names?.[index] ?? String(index);

function classOf({ report }: OpenRepresenters, name: string): number {
  const index = report.class_names?.indexOf(name) ?? -1;
  if (index >= 0) return index;
  if (/^\d+$/.test(name)) return Number(name);
  throw new OnnxplainError(
    "E_TARGET_UNKNOWN",
    `There is no class \`${name}\`. Classes: ${(report.class_names ?? []).slice(0, 20).join(", ") || `0 to ${report.classes - 1}`}.`,
  );
}

const NAMED_TARGETS = ["predicted", "label", "all"] as const;

async function askedFrom(values: Values, open: OpenRepresenters): Promise<RepresentersExplainOptions> {
  const raw = text(values, "target") ?? "predicted";
  const named = NAMED_TARGETS.find((t) => t === raw);
  const beside = (text(values, "with") ?? "").split(",").filter((w) => w !== "");
  const unknown = beside.find((w) => !BESIDE.includes(w as Beside));
  if (unknown !== undefined)
    throw new OnnxplainError("E_USAGE", `Expected \`--with\` to be ${BESIDE.join(", ")}, got \`${unknown}\`.`);
  return {
    target: named ?? classOf(open, raw),
    top: number(values, "k", { min: 1 }),
    with: beside as readonly Beside[],
    groups: await groupsFrom(text(values, "groups"), open),
    dropBiasInKernel: isSet(values, "drop-bias"),
  };
}

async function groupsFrom(by: string | undefined, open: OpenRepresenters): Promise<readonly string[] | undefined> {
  const { labels, ids } = open.train;
  if (by === undefined) return undefined;
  if (by === "label") return Array.from(labels, (l) => (l < 0 ? "no label" : nameOf(open, l)));
  const { columns } = readCsv(await readFile(by, "utf8"), { name: by });
  const [id, group] = ["id", "group"].map((name) => columns.find((c) => c.name === name)?.values);
  if (!id || !group) throw new OnnxplainError("E_USAGE", `\`${by}\` needs the columns id and group.`);
  const known = new Map(id.map((v, i) => [String(v), String(group[i])]));
  return ids.map((v) => known.get(v) ?? "no group");
}

interface Tests {
  readonly tests: readonly TestPoint[];
  readonly texts: Likenesses;
  readonly pictures: () => Promise<Likenesses>;
}

async function testsFrom(
  values: Values,
  names: readonly string[],
  { open, network }: { readonly open: OpenRepresenters; readonly network: Network | undefined },
): Promise<Tests> {
  const none = async (): Promise<Likenesses> => new Map();
  const plain = { ...values, ...WHOLE, "labels-file": undefined };
  const [first = ""] = names;
  if (network === undefined) {
    const { dims, data, labels } = await arrayFile(plain, first);
    const width = dims[1] ?? 0;
    if (dims.length !== 2 || width !== open.fitted.width)
      throw new OnnxplainError(
        "E_INPUT_SHAPE",
        `\`${first}\` has shape [${dims.join(", ")}], expected [n, ${open.fitted.width}] features.`,
      );
    const tests = Array.from({ length: dims[0] ?? 0 }, (_, i) => ({
      id: `${first}#${i}`,
      label: labels?.[i] ?? -1,
      features: Float32Array.from(data.subarray(i * width, (i + 1) * width) as ArrayLike<number>),
    }));
    return { tests, texts: new Map(), pictures: none };
  }
  if (isArrays(values, first)) {
    const { source, file } = await pointsFrom(plain, first, network);
    const tests = await featuresOfPoints(source, network.cut.cut, deviceOptions(values));
    return {
      tests,
      texts: file ? await wordsIn(values, file, new Set(tests.map((t) => t.id))) : new Map(),
      pictures: none,
    };
  }
  const data = namedPictures(names);
  const tests = await featuresOfPoints(network.cut.pictures(data), network.cut.cut, deviceOptions(values));
  return { tests, texts: new Map(), pictures: () => picturesOf(data, new Set(tests.map((t) => t.id))) };
}

const fixed = (v: number): string => (v >= 0 ? "+" : "") + v.toFixed(5);

const quoted = (words: string | undefined): string => (words === undefined ? "" : `  "${words}"`);

function textOf(open: OpenRepresenters, tests: readonly ExplainedTest[], looks: Looks): string {
  const { ids, labels } = open.train;
  const called = (i: number): string =>
    `${(labels[i] ?? -1) < 0 ? "" : `${nameOf(open, labels[i] as number)}  `}${ids[i]}${quoted(saidBy(looks.train, ids[i]))}`;
  return tests
    .flatMap(({ id, predicted, classes, nearest }) => [
      `${id}: ${nameOf(open, predicted)}${quoted(saidBy(looks.tests, id))}`,
      ...classes.flatMap((c) => [
        `  for ${nameOf(open, c.target)}: logit ${c.logit.toFixed(5)} = ${fixed(c.excitatory)} ${fixed(c.inhibitory)} (sum ${c.sum.toFixed(5)}, bound ${c.bound.toExponential(1)})`,
        ...[...c.positive, ...c.negative].map(
          (p) =>
            `    ${fixed(p.value)}  alpha ${fixed(p.alpha)}  similarity ${p.similarity.toFixed(3)}  ${called(p.index)}`,
        ),
        ...(c.influence ? ["    influence:"] : []),
        ...[...(c.influence?.helpful ?? []), ...(c.influence?.harmful ?? [])].map(
          (p) => `    ${p.value >= 0 ? "+" : ""}${p.value.toExponential(3)}  ${called(p.index)}`,
        ),
        ...(c.groups ?? []).map(
          (g) =>
            `    group ${g.name} (${g.points}): ${fixed(g.positive + g.negative)} = ${fixed(g.positive)} ${fixed(g.negative)}`,
        ),
      ]),
      ...(nearest ? ["  nearest:", ...nearest.map((p) => `    ${p.distance.toFixed(4)}  ${called(p.index)}`)] : []),
    ])
    .join("\n");
}

const wordsField = (words: string | undefined): { readonly words?: string } => (words === undefined ? {} : { words });

function documentOf(open: OpenRepresenters, tests: readonly ExplainedTest[], looks: Looks): object {
  const { ids, labels } = open.train;
  const named = <T extends { readonly index: number }>(points: readonly T[]) =>
    points.map((p) => ({
      ...p,
      id: ids[p.index],
      label: (labels[p.index] ?? -1) < 0 ? null : labels[p.index],
      ...wordsField(saidBy(looks.train, ids[p.index])),
    }));
  return {
    lambda: open.report.lambda,
    objective: open.report.objective,
    activation: open.report.activation,
    training_points: open.fitted.count,
    stationarity: open.report.stationarity,
    points: tests.map(({ nearest, classes, label, ...t }) => ({
      ...t,
      ...wordsField(saidBy(looks.tests, t.id)),
      label: label < 0 ? null : label,
      nearest: nearest && named(nearest),
      classes: classes.map((c) => ({
        ...c,
        positive: named(c.positive),
        negative: named(c.negative),
        influence: c.influence && { helpful: named(c.influence.helpful), harmful: named(c.influence.harmful) },
      })),
    })),
  };
}
