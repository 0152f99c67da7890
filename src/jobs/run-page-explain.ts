/** @file The evidence bundle of `explain` as its page: the manifest, raw maps and scores, the picture; without the model. */
import { decodeImage } from "#decode";
import { OnnxplainError } from "../errors.ts";
import type { Explanation, Explanations } from "../explain.ts";
import { readNpy } from "../formats/npy.ts";
import { METHODS } from "../methods/table.ts";
import type { ParamValue } from "../params.ts";
import { reportView } from "../report/html/report.ts";
import { newest } from "./run-page-file.ts";
import type { RunReader } from "./run-page-folder.ts";
import { cellText } from "./run-page-plain.ts";
import {
  count,
  damaged,
  entries,
  flag,
  list,
  maybe,
  nullable,
  oneOf,
  optional,
  pair,
  real,
  record,
  type Shape,
  text,
} from "./run-page-shape.ts";
import type { Opened, RunKind } from "./run-page-view.ts";

interface TargetSaid {
  readonly target: { readonly index: number; readonly label: string | null; readonly against: number | null };
  readonly top: readonly { readonly index: number; readonly label: string | null }[];
  readonly checks: Readonly<Record<string, number | null>>;
}
type LayerSaid = Pick<NonNullable<Explanation["layer"]>, "name" | "node" | "op" | "layout" | "grid" | "channels">;
interface Manifest {
  readonly image: string;
  readonly model: {
    readonly name: string;
    readonly sha256: string;
    readonly opset: number;
    readonly producer: string;
  };
  readonly method: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly seed: number;
  readonly layer: LayerSaid | null;
  readonly score: Explanation["scoreKind"];
  readonly explanations: readonly TargetSaid[];
  readonly layout: Explanation["layout"];
  readonly signed: boolean;
  readonly preprocessing: object | null;
  readonly notes: readonly string[];
  readonly device: string;
  readonly timings_ms: { readonly compile: number; readonly session: number; readonly run: number };
}

/** Plain JSON without an object that passes for markup. */
const plain: Shape<ParamValue> = (value, at, reading) => {
  if (Array.isArray(value)) return value.map((v) => plain(v, at, reading));
  if (typeof value === "object" && value !== null) {
    if (Object.hasOwn(value, "markup")) throw damaged(reading.file, `\`${at}\` cannot be a parameter`);
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v, at, reading)]));
  }
  return value as string | number | boolean | null;
};

const manifest: Shape<Manifest> = record<Manifest>({
  image: text,
  model: record<Manifest["model"]>({ name: text, sha256: text, opset: real, producer: text }),
  method: text,
  params: entries(plain),
  seed: real,
  layer: nullable(
    record<LayerSaid>({
      name: text,
      node: text,
      op: text,
      layout: oneOf("nchw", "nhwc", "tokens"),
      grid: pair(count, count),
      channels: count,
    }),
  ),
  score: oneOf("logits", "probability"),
  explanations: list(
    record<TargetSaid>({
      target: record<TargetSaid["target"]>({ index: count, label: nullable(text), against: nullable(count) }),
      top: list(record<TargetSaid["top"][number]>({ index: count, label: nullable(text) })),
      checks: entries(maybe),
    }),
  ),
  layout: oneOf("nchw", "nhwc"),
  signed: flag,
  preprocessing: nullable(entries(plain) as Shape<object>),
  notes: list(text),
  device: text,
  timings_ms: record<Manifest["timings_ms"]>({ compile: real, session: real, run: real }),
});

interface Many {
  readonly image: string;
  readonly methods: readonly Manifest[];
  readonly missing: readonly { readonly method: string; readonly code: string; readonly message: string }[];
}
const many: Shape<Many> = record<Many>({
  image: text,
  methods: list(manifest),
  missing: list(record<Many["missing"][number]>({ method: text, code: text, message: text })),
});
interface Artifacts {
  readonly schema_version: number;
  readonly methods?: readonly unknown[] | undefined;
  readonly artifacts?: Readonly<Record<string, string>> | undefined;
}
const artifacts: Shape<Artifacts> = record<Artifacts>({
  schema_version: real,
  methods: optional(list((value: unknown) => value)),
  artifacts: optional(entries(text)),
});

const MANIFEST = "manifest.json";

/** Bytes that a map may have at most are its file's; dims must say as many as there are. */
async function arrayIn(
  run: RunReader,
  name: string,
): Promise<{ readonly dims: readonly number[]; readonly data: Float32Array }> {
  const { dims, data } = readNpy(await run.bytes(name), run.place(name));
  if (data instanceof Float32Array) return { dims, data };
  throw damaged(run.place(name), "it does not hold float32");
}

async function explanationIn(run: RunReader, folder: string, said: Manifest): Promise<Explanation> {
  const map = await arrayIn(run, `${folder}map.npy`);
  const scored = await arrayIn(run, `${folder}scores.npy`);
  const method = Object.values(METHODS).find((m) => m.id === said.method);
  if (method === undefined)
    throw new OnnxplainError(
      "E_FILE",
      `\`${run.location}\` is of method \`${said.method}\`, which this onnxplain does not know. Update onnxplain.`,
      { file: run.place(MANIFEST) },
    );
  const targets = said.explanations.map(({ target: { index, label, against } }) => ({
    index,
    ...(label === null ? {} : { label }),
    ...(against === null ? {} : { against }),
  }));
  const [rows = 0, classes = 0] = scored.dims;
  const first = targets[0];
  const fits = (i: number | undefined): boolean => i === undefined || i < classes;
  if (
    first === undefined ||
    map.dims[0] !== targets.length ||
    rows === 0 ||
    targets.length % rows !== 0 ||
    !targets.every((t) => fits(t.index) && fits(t.against))
  )
    throw damaged(run.place(MANIFEST), "its targets are not those of the arrays");
  const each = targets.length / rows;
  const scores = targets.map((_, i) =>
    scored.data.subarray(Math.floor(i / each) * classes, (Math.floor(i / each) + 1) * classes),
  );
  const picture = await picturedIn(run, folder);
  const { compile, session, run: ran } = said.timings_ms;
  return {
    method: method.id,
    values: map.data,
    dims: map.dims,
    signed: said.signed,
    space: map.dims.length === 4 ? "input" : method.space === "pixel" ? "pixel" : "layer",
    reducer: method.reducer ?? "sum",
    layout: said.layout,
    layer: said.layer === null ? undefined : { ...said.layer, dims: [] },
    target: first.index,
    score: scores[0]?.[first.index] ?? Number.NaN,
    targets,
    images: 1,
    scores,
    scoreKind: said.score,
    params: said.params,
    seed: said.seed,
    checks: said.explanations.map(({ checks }) =>
      Object.fromEntries(Object.entries(checks).map(([name, v]) => [name, v ?? Number.NaN])),
    ),
    ledgers: [],
    notes: said.notes,
    timings: { compileMs: compile, sessionMs: session, runMs: ran },
    device: said.device,
    preprocessing: (said.preprocessing ?? undefined) as Explanation["preprocessing"],
    picture,
  };
}

async function picturedIn(run: RunReader, folder: string): Promise<Explanation["picture"]> {
  try {
    return await decodeImage(await run.bytes(`${folder}input.png`), run.place(`${folder}input.png`));
  } catch (cause) {
    if (!(cause instanceof OnnxplainError)) throw cause;
    if (cause.code === "E_FILE") return undefined;
    throw damaged(run.place(`${folder}input.png`), cause.message, cause);
  }
}

/** Names that the manifests tell, by class; the others stay numbers. */
function labelsOf(manifests: readonly Manifest[]): readonly string[] {
  const labels: string[] = [];
  for (const { index, label } of manifests.flatMap((m) => m.explanations.flatMap((e) => [...e.top, e.target])))
    if (label !== null && index < 1e6) labels[index] = label;
  return labels;
}

async function open(run: RunReader): Promise<Opened> {
  const kept = await run.json(MANIFEST, artifacts);
  newest(kept.schema_version, run.place(MANIFEST));
  const several = kept.methods !== undefined;
  const { image, methods, missing } = several
    ? await run.json(MANIFEST, many)
    : await run.json(MANIFEST, manifest).then((m): Many => ({ image: m.image, methods: [m], missing: [] }));
  const folders = several ? foldersOf(kept.artifacts ?? {}, methods) : [""];
  const explanations: Explanation[] = [];
  for (const [i, said] of methods.entries()) explanations.push(await explanationIn(run, folders[i] as string, said));
  const [first] = methods;
  if (first === undefined) throw damaged(run.place(MANIFEST), "it names no method");
  const { name, sha256, opset, producer } = first.model;
  const subject: Explanations & { readonly image: string } = {
    image,
    explanations,
    failures: missing.map(({ method, code, message }) => ({
      method,
      error: new OnnxplainError(code as OnnxplainError["code"], message),
    })),
  };
  const model = { labels: labelsOf(methods), source: { name, model: { opset, producer } }, digest: async () => sha256 };
  const asked = methods.some((m) => m.params.ledger === true);
  return {
    page: await reportView([subject], { model }),
    facts: [
      ["model", name],
      ["model sha256", sha256],
      ["image", image],
      ["methods", methods.map((m) => m.method).join(", ")],
      ["targets", first.explanations.map((e) => cellText(e.target.label ?? e.target.index)).join(", ")],
    ],
    missing: asked ? ["Ledgers are not in the bundle: explain the picture again with the model to see them."] : [],
  };
}

/** The folder of each method, told apart by a number where one comes twice. */
function foldersOf(listed: Readonly<Record<string, string>>, methods: readonly Manifest[]): readonly string[] {
  const known = new Set(Object.values(listed).map((path) => path.replace(/[^/]*$/, "")));
  return methods.map(({ method }, i) => {
    const before = methods.slice(0, i).filter((m) => m.method === method).length;
    const name = `${method}${before === 0 ? "" : `-${before + 1}`}/`;
    return known.has(name) || known.size === 0 ? name : `${method}/`;
  });
}

export const explainKind: RunKind = {
  title: "An explanation",
  recognises: ({ names }) => names.has(MANIFEST) && (names.has("map.npy") || names.has("sheet.png")),
  open,
};
