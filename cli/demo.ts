/** @file `onnxplain demo`: explains two small networks that this project trained, on pictures whose truth is known, and finds the one that cheats. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  argMax,
  compile,
  type DataSet,
  type EvaluationRun,
  type Explainer,
  type Explanation,
  encodePng,
  explainAll,
  htmlReport,
  type ImageU8,
  loadModel,
  overlayPicture,
  predict,
  type ReportSubject,
  runEvaluation,
  type SynthOptions,
  sheet,
  synthDataSet,
} from "../src/index.ts";
import { type Flags, helpPage, isSet, number, parseFlags, text } from "./flags.ts";
import { type Console, hushed, type Verb } from "./verb.ts";
import { refuseFull, writeFolder } from "./write.ts";

const FLAGS = {
  out: { type: "string", short: "o", value: "DIR", about: "where to write (default out/demo-<seed>)" },
  scenes: { type: "string", value: "N", about: "pictures to explain side by side (default 4)" },
  images: { type: "string", value: "N", about: "pictures to measure on (default 24)" },
  seed: { type: "string", value: "N", about: "seed of the pictures (default 1)" },
  quiet: { type: "boolean", about: "no remarks on stderr" },
} as const satisfies Flags;

/** Columns of the sheet, after the picture. */
const METHODS = ["grad-cam", "integrated-gradients", "lrp", "excitation-backprop", "occlusion"] as const;
const OCCLUSION = { sliding_window_shapes: [3, 12, 12], strides: [3, 4, 4] } as const;
/** What is measured on many pictures. */
const MEASURED = ["grad-cam", "integrated-gradients", "lrp"] as const;
/** Pictures of this and higher seeds were never trained on. */
const UNSEEN = 1000;
/** The class whose pictures carry the watermark in the second network's training data. */
const MARKED = "bird";

/** Bundled networks lie at the root of the package, beside the sources and above what is built from them. */
const BUNDLED = ["../demo", "../../demo"].map((place) => fileURLToPath(new URL(place, import.meta.url)));
const networkAt = (id: string): Promise<Explainer> =>
  loadModel(join(BUNDLED.find((place) => existsSync(place)) ?? (BUNDLED[0] as string), id));

export const demo: Verb = {
  summary: "explain two bundled networks on drawn pictures, measure the maps, find the one that cheats",
  help: helpPage(
    "demo [options]",
    "Draws pictures with known truth and explains two small networks on them: one that learnt from honest pictures, and one whose training birds carried a watermark.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values } = parseFlags("demo", argv, FLAGS);
    const out = hushed(console, isSet(values, "quiet"));
    const seed = number(values, "seed", { min: 0 }) ?? 1;
    const folder = text(values, "out") ?? join("out", `demo-${seed}`);
    const own = text(values, "out") === undefined;
    if (!own) await refuseFull(folder);
    await using honest = await networkAt("shapes");
    await using cheating = await networkAt("shortcut");
    const asked: Asked = {
      folder,
      seed,
      scenes: number(values, "scenes", { min: 1 }) ?? 4,
      images: number(values, "images", { min: 1 }) ?? 24,
      classes: honest.labels as readonly string[],
    };
    const files = await sideBySide(honest, asked, out);
    await writeFolder(folder, files, { replace: own });
    await measured(honest, asked, out);
    await caught({ honest, cheating }, asked, out);
    out.print(
      `wrote ${join(folder, "report.html")}: the pictures, explained; ${join(folder, "sheet.png")} on one sheet`,
    );
    out.print(
      `wrote ${join(folder, "truth", "report.html")} and ${join(folder, "shortcut", "report.html")}: the measurements`,
    );
    out.print(`wrote ${join(folder, "grad-cam.onnx")}: a network and its Grad-CAM in one file, for any ONNX Runtime`);
    return 0;
  },
};

interface Asked {
  readonly folder: string;
  readonly seed: number;
  readonly scenes: number;
  readonly images: number;
  readonly classes: readonly string[];
}

const pictures = (
  { seed, classes }: Asked,
  options: SynthOptions & { readonly count: number; readonly truth?: "shortcut" },
): DataSet => synthDataSet({ classes, seed: UNSEEN + seed, splits: [0, 0, 1], ...options });

/** A few pictures, all methods: a sheet, a report, and a graph to take away. */
async function sideBySide(model: Explainer, asked: Asked, out: Console): Promise<ReadonlyMap<string, Uint8Array>> {
  const subjects: ReportSubject[] = [];
  const rows: ImageU8[][] = [];
  for await (const item of pictures(asked, { count: asked.scenes }).items()) {
    const image = await item.load();
    const explained = await explainAll(model, image, { methods: [...METHODS], params: { ...OCCLUSION } });
    const [first] = explained.explanations;
    if (first === undefined) continue;
    const [label = ""] = first.targets.map((t) => asked.classes[t.index] ?? "");
    out.print(`${item.id}: drawn ${item.label?.name}, seen ${label}, logit ${first.score.toFixed(1)}`);
    rows.push([asSeen(first, label), ...explained.explanations.map((m) => overlayPicture(m, { title: m.method }))]);
    subjects.push({ ...explained, image: item.id });
  }
  return new Map([
    ["sheet.png", await encodePng(sheet(rows))],
    ["report.html", new TextEncoder().encode(await htmlReport(subjects, { model, command: "onnxplain demo" }))],
    ["grad-cam.onnx", (await compile(model, { method: "grad-cam" })).bytes],
  ]);
}

const asSeen = (map: Explanation, label: string): ImageU8 =>
  overlayPicture(map, { style: "original", colorbar: false, title: label });

/** The honest network's maps against the drawn objects. */
async function measured(model: Explainer, asked: Asked, out: Console): Promise<void> {
  const run = await runEvaluation(model, pictures(asked, { count: asked.images }), {
    methods: [...MEASURED],
    metrics: ["relevance-mass", "pointing-game"],
    folder: join(asked.folder, "truth"),
  });
  const shares = [...MEASURED, "random", "centre", "edges"].map(
    (method) => `${method} ${percent(meanOf(run.summary, "relevance-mass", "positive", method))}`,
  );
  out.print(`honest network, ${asked.images} pictures; share of each map on the drawn object: ${shares.join(", ")}`);
}

/** What the second network looks at on watermarked birds, and what the watermark does to pictures of other classes. */
async function caught(
  { honest, cheating }: { readonly honest: Explainer; readonly cheating: Explainer },
  asked: Asked,
  out: Console,
): Promise<void> {
  const marked = pictures(asked, {
    count: asked.images,
    classes: [MARKED],
    watermark: { class: MARKED, rate: 1 },
    truth: "shortcut",
  });
  const run = await runEvaluation(cheating, marked, {
    methods: [...MEASURED],
    metrics: ["pointing-game", "relevance-mass"],
    target: MARKED,
    folder: join(asked.folder, "shortcut"),
  });
  const hits = MEASURED.map((method) => `${method} ${percent(meanOf(run.summary, "pointing-game", "exact", method))}`);
  const chance = percent(meanOf(run.summary, "relevance-mass", "positive", "random"));
  out.print(
    `second network, ${run.images} watermarked ${MARKED}s; maps whose peak lies on the mark (${chance} of the picture): ${hits.join(", ")}`,
  );
  const turned = await turnedBy(cheating, asked);
  const control = await turnedBy(honest, asked);
  out.print(
    `stamped on ${turned.count} pictures of other classes, the mark turns ${turned.with - turned.without} of them into ${MARKED}s for the second network, ${control.with - control.without} for the honest one`,
  );
  const found = turned.with - turned.without > 2 * Math.max(1, control.with - control.without);
  out.print(
    found
      ? `found: the second network reads the planted watermark, not the ${MARKED}`
      : "not found: neither the maps nor the scores single out the watermark on these pictures",
  );
}

interface Turned {
  readonly count: number;
  /** Pictures of other classes that the network takes for {@link MARKED}, as drawn and with the mark. */
  readonly without: number;
  readonly with: number;
}

async function turnedBy(model: Explainer, asked: Asked): Promise<Turned> {
  const others = asked.classes.filter((name) => name !== MARKED);
  const marked = asked.classes.indexOf(MARKED);
  const taken = async (rate: number): Promise<number> => {
    const data = pictures(asked, {
      count: asked.images,
      classes: others,
      watermark: { class: others[0] as string, rate, others: rate },
    });
    let count = 0;
    for await (const item of data.items()) {
      const [scores = []] = await predict(model, await item.load());
      count += argMax(scores) === marked ? 1 : 0;
    }
    return count;
  };
  return { count: asked.images, without: await taken(0), with: await taken(1) };
}

const meanOf = ({ cells }: EvaluationRun["summary"], metric: string, variant: string, method: string): number | null =>
  cells.find((c) => c.metric === metric && c.variant === variant && c.method === method)?.mean ?? null;

const percent = (share: number | null): string => (share === null ? "none" : `${(100 * share).toFixed(0)} %`);
