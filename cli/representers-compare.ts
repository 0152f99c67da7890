/** @file `onnxplain representers compare`: representer values beside influence functions, what both cost, and who is right. */
import {
  comparePage,
  comparePageOf,
  compareRepresenters,
  INFLUENCE_METHODS,
  type InfluenceMethod,
  OnnxplainError,
  openRepresenters,
  PAGE_FILE,
  packPage,
  type RepresentersComparison,
  sortedJson,
} from "../src/index.ts";
import { choice, commandLine, type Flags, helpPage, isSet, list, number, parseFlags, text } from "./flags.ts";
import { progressLine } from "./progress.ts";
import { hushed, type Verb } from "./verb.ts";
import { refuseFull, writeFolder } from "./write.ts";

const FLAGS = {
  representers: { type: "string", value: "DIR", about: "folder of `representers fit`, with held-out points" },
  points: { type: "string", value: "N", about: "held-out points, drawn from the seed (default 100)" },
  influence: {
    type: "string",
    value: "KIND",
    about: `${INFLUENCE_METHODS.join(", ")} (default: exact where the Hessian is small)`,
  },
  damping: {
    type: "string",
    value: "X",
    about: "added to the Hessian beside the weight decay 2 lambda (default 0.01)",
  },
  timed: {
    type: "string",
    multiple: true,
    value: "A,B",
    about: `ways to influence that are timed (default ${INFLUENCE_METHODS.join(", ")})`,
  },
  "leave-out": {
    type: "string",
    value: "N",
    about: "fit again without each of N training points, as ground truth (default 0)",
  },
  depth: { type: "string", value: "N", about: "steps of LiSSA (default 10000)" },
  scale: { type: "string", value: "X", about: "scale of LiSSA (default 10)" },
  out: { type: "string", short: "o", value: "DIR", about: "folder for the page and the numbers" },
  seed: { type: "string", value: "N", about: "seed of what is drawn (default 0)" },
  threads: { type: "string", value: "N", about: "threads of one run" },
  json: { type: "boolean", about: "one JSON document on stdout" },
  quiet: { type: "boolean", about: "no remarks on stderr" },
} as const satisfies Flags;

export const representersCompare: Verb = {
  summary: "representer values beside influence functions",
  help: helpPage(
    "representers compare --representers DIR [-o DIR] [--leave-out N]",
    "Agreement a class, test points of which a method says nothing, seconds a test point, and leaving points out for real.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("representers compare", argv, FLAGS);
    if (rest.length > 0)
      throw new OnnxplainError("E_USAGE", `Unexpected \`${rest[0]}\`. Fits are given by --representers.`);
    const folder = text(values, "representers");
    if (folder === undefined)
      throw new OnnxplainError(
        "E_USAGE",
        "No fit is named. Add `--representers DIR`, the folder of `representers fit`.",
      );
    const out = hushed(console, isSet(values, "quiet"));
    const place = text(values, "out");
    if (place !== undefined) await refuseFull(place);
    const open = await openRepresenters(folder);
    const { onProgress, finish } = progressLine("left out", isSet(values, "quiet"));
    const made = await compareRepresenters(open, {
      points: number(values, "points", { min: 1 }),
      method: choice(values, "influence", INFLUENCE_METHODS),
      damping: number(values, "damping", { min: 0, integer: false }),
      timed: timedFrom(list(values, "timed")),
      leaveOut: number(values, "leave-out", { min: 0 }),
      lissa: { depth: number(values, "depth", { min: 1 }), scale: number(values, "scale", { min: 0, integer: false }) },
      seed: number(values, "seed", { min: 0 }),
      threads: number(values, "threads", { min: 1 }),
      onProgress: (_, done, total) => onProgress({ done, total }),
    }).finally(finish);
    for (const note of made.notes) out.note(`note: ${note}`);
    const record = sortedJson(recordOf(made));
    if (isSet(values, "json")) out.print(record.trimEnd());
    else for (const line of textOf(made)) out.print(line);
    if (place !== undefined) {
      const facts = {
        model: folder,
        data: folder,
        settings: [
          ["influence", made.influence.method],
          ["damping", String(made.influence.damping)],
          ["weight decay", String(made.influence.weightDecay)],
          ["seed", text(values, "seed") ?? "0"],
        ] as const,
        command: commandLine("representers compare", argv),
      };
      const encoder = new TextEncoder();
      const page = comparePageOf(made, facts);
      await writeFolder(
        place,
        new Map([
          ["compare.html", encoder.encode(await comparePage(page))],
          ["compare.json", encoder.encode(record)],
          [PAGE_FILE, packPage("representers compare", page)],
        ]),
      );
    }
    return 0;
  },
};

function timedFrom(asked: readonly string[]): readonly InfluenceMethod[] | undefined {
  const words = asked.flatMap((v) => v.split(",")).map((v) => v.trim());
  const unknown = words.find((w) => !(INFLUENCE_METHODS as readonly string[]).includes(w));
  if (unknown !== undefined)
    throw new OnnxplainError(
      "E_USAGE",
      `Expected \`--timed\` to be ${INFLUENCE_METHODS.join(", ")}, got \`${unknown}\`.`,
    );
  return words.length > 0 ? (words as readonly InfluenceMethod[]) : undefined;
}

function recordOf({ values: _, truth, trainLabels: __, ids, points, ...rest }: RepresentersComparison): unknown {
  return {
    ...rest,
    points: points.map((p, t) => ({ id: ids[t], ...p })),
    truth: truth && {
      form: truth.form,
      places: [...truth.places],
      max_gradient: truth.maxGradient,
      influence: truth.influence,
      representer: truth.representer,
    },
  };
}

function* textOf(made: RepresentersComparison): Generator<string> {
  const { influence, silent, testPoints, trainingPoints, labels, truth } = made;
  yield `${testPoints} held-out points against ${trainingPoints} training points; influence: ${influence.method}, damping ${influence.damping}, weight decay ${influence.weightDecay}`;
  yield `${"class".padEnd(20)} points   Pearson  Spearman`;
  for (const c of [...made.classes, { index: -1, points: testPoints, pearson: made.pearson, spearman: made.spearman }])
    yield `${(c.index < 0 ? "all" : (labels[c.index] ?? String(c.index))).padEnd(20)} ${String(c.points).padStart(6)}  ${c.pearson.toFixed(3).padStart(8)}  ${c.spearman.toFixed(3).padStart(8)}`;
  yield `nothing but near zeros: representer ${silent.representer}, influence ${silent.influence} of ${testPoints} points`;
  for (const { method, once, perPoint, note } of made.timings) {
    const cost =
      perPoint.length === 0 ? "" : `once ${once.toFixed(3)} s, a point ${Math.min(...perPoint).toFixed(4)} s at best; `;
    yield `${method.padEnd(20)} ${cost}${note}`;
  }
  if (truth !== undefined)
    for (const method of ["influence", "representer"] as const) {
      const { pearson, spearman, slope } = truth[method];
      yield `left out ${truth.places.length} points: ${method} Pearson ${pearson.toFixed(3)}, Spearman ${spearman.toFixed(3)}, slope ${slope.toPrecision(3)}`;
    }
}
