/** @file `onnxplain representers` on texts: columns of Parquet, token ids shown as words, and networks of other kinds than pictures take. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { beforeAll, describe, expect, test } from "vitest";
import { representersFit } from "../../cli/representers-fit.ts";
import { writeNpy } from "../../src/formats/npy.ts";
import type { GraphBuilder, Value } from "../../src/graph/builder.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { uniforms } from "../../src/random.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import { builder, modelOf, sizeOf, wave } from "../nets.ts";
import { type Outcome, onnxplain, refused, scratch } from "./run.ts";

const WORDS = ["<pad>", "the", "film", "was", "plot", "good", "great", "fine", "bad", "awful", "dull", "<unk>"];
const [LENGTH, DEPTH, HIDDEN, CLASSES] = [6, 4, 8, 2];
const NAMES = ["against", "for"];
/** +1 for good words, -1 for bad ones. */
const tone = (id: number): number => (id >= 5 && id <= 7 ? 1 : id >= 8 && id <= 10 ? -1 : 0);

type Text = readonly number[];
const draw = uniforms(4);
const pick = (from: number, to: number): number => from + Math.floor(draw() * (to - from + 1));
const text = (label: number): Text => {
  const words = [1, pick(2, 4), 3, label === 1 ? pick(5, 7) : pick(8, 10), ...(draw() < 0.5 ? [11] : [])];
  return [...Array<number>(LENGTH - words.length).fill(0), ...words];
};
const texts = (count: number): readonly Text[] => Array.from({ length: count }, (_, i) => text(i % 2));
const said = (ids: Text): string =>
  ids
    .filter((id) => id !== 0)
    .map((id) => WORDS[id])
    .join(" ");

const folder = scratch();
const at = (name: string): string => join(folder, name);
const [TRAIN, TEST] = [texts(60), texts(6)];

/** Token ids -> embedding -> a body to `[N, HIDDEN]` -> scores. */
function network(body: (g: GraphBuilder, embedded: Value, w: (...dims: number[]) => Value) => Value): Uint8Array {
  const g = builder();
  let seed = 20;
  const w = (...dims: number[]): Value => g.constant(tensor("float32", dims, wave(sizeOf(dims), ++seed)), "w");
  const table = wave(WORDS.length * DEPTH, 3).map((v, i) => 0.3 * v + (i % DEPTH === 0 ? 6 * tone(i / DEPTH) : 0));
  const embedding = g.constant(tensor("float32", [WORDS.length, DEPTH], table), "embedding");
  const features = body(g, g.op("Gather", [embedding, g.input("ids", "int64", ["N", LENGTH])]), w);
  const side = wave(HIDDEN, 9);
  const last = tensor("float32", [CLASSES, HIDDEN], [...side.map((v) => -2 * v), ...side.map((v) => 2 * v)]);
  const scores = g.op("Gemm", [features, g.constant(last), w(CLASSES)], { transB: 1 });
  return writeModelBytes(modelOf(g.build([g.alias(scores, "logits")])));
}

const NETWORKS = {
  "mean of words": network((g, embedded, w) =>
    g.op("Relu", [
      g.op("Gemm", [g.op("ReduceMean", [embedded, g.ints([1])], { keepdims: 0 }), w(HIDDEN, DEPTH), w(HIDDEN)], {
        transB: 1,
      }),
    ]),
  ),
  LSTM: network((g, embedded, w) => {
    const [, state] = g.ops(
      "LSTM",
      [
        g.op("Transpose", [embedded], { perm: [1, 0, 2] }),
        w(1, 4 * HIDDEN, DEPTH),
        w(1, 4 * HIDDEN, HIDDEN),
        w(1, 8 * HIDDEN),
      ],
      { attrs: { hidden_size: HIDDEN }, outputs: 2 },
    );
    return g.op("Reshape", [state as Value, g.ints([-1, HIDDEN])]);
  }),
} as const;
type Kind = keyof typeof NETWORKS;
const KINDS = Object.keys(NETWORKS) as readonly Kind[];

const bigints = (rows: readonly Text[]): BigInt64Array => BigInt64Array.from(rows.flat(), BigInt);

/** A list of token ids and a label a row, as data sets of texts are stored. */
const parquet = (rows: readonly Text[]): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "words_as_ids", data: rows.map((row) => row.map(BigInt)) },
        { name: "tone", data: Int32Array.from(rows, (_, i) => i % 2) },
      ],
      schema: [
        { name: "root", num_children: 2 },
        { name: "words_as_ids", repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", repetition_type: "OPTIONAL", type: "INT64" },
        { name: "tone", repetition_type: "REQUIRED", type: "INT32" },
      ],
    }),
  );

const nameOf = (kind: Kind): string => kind.replaceAll(" ", "-");
const runFit = (kind: Kind, ...more: string[]): Outcome =>
  onnxplain(
    ...["representers", "fit", "--model", at(`${nameOf(kind)}.onnx`), "--labels", at("names.txt")],
    ...[
      "--input-column",
      "words_as_ids",
      "--label-column",
      "tone",
      "--lambda",
      "1e-7",
      "--vocabulary",
      at("words.json"),
    ],
    ...["-o", at(nameOf(kind)), "--threads", "1", ...more],
  );
const explain = (kind: Kind, ...more: string[]): Outcome =>
  onnxplain("representers", "explain", at("test.parquet"), "--representers", at(nameOf(kind)), "-k", "3", ...more);

beforeAll(() => {
  for (const kind of KINDS) writeFileSync(at(`${nameOf(kind)}.onnx`), NETWORKS[kind]);
  writeFileSync(at("names.txt"), NAMES.join("\n"));
  writeFileSync(at("words.json"), JSON.stringify(Object.fromEntries(WORDS.map((word, id) => [word, id]))));
  writeFileSync(at("train.parquet"), parquet(TRAIN));
  writeFileSync(at("test.parquet"), parquet(TEST));
  writeFileSync(at("ids.npy"), writeNpy({ dims: [TEST.length, LENGTH], data: bigints(TEST) }));
});

interface Point {
  readonly id: string;
  readonly index: number;
  readonly label: number;
  readonly words: string;
}
interface Explained {
  readonly id: string;
  readonly label: number;
  readonly predicted: number;
  readonly words: string;
  readonly classes: readonly {
    readonly logit: number;
    readonly sum: number;
    readonly bound: number;
    readonly given: number;
    readonly positive: readonly Point[];
    readonly negative: readonly Point[];
  }[];
}
const softmax = (scores: readonly number[]): readonly number[] => {
  const parts = scores.map((v) => Math.exp(v - Math.max(...scores)));
  return parts.map((v) => v / parts.reduce((a, b) => a + b));
};

describe.each(KINDS)("%s", (kind) => {
  test("is fitted from columns of Parquet and stands for the network", { timeout: 30_000 }, () => {
    const { code, out, err } = runFit(kind, "--data", at("train.parquet"), "--held-out", at("test.parquet"));
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/60 points, 8 features and a bias, 2 classes; softmax, objective given/);
    const { train, held_out } = JSON.parse(readFileSync(at(`${nameOf(kind)}/fit.json`), "utf8"));
    for (const split of [train, held_out]) {
      expect(split.agreement.meanDifference).toBeLessThan(1e-3);
      expect(split.agreement.samePrediction).toBe(1);
      expect(split.sumCheck.residual).toBeLessThanOrEqual(split.sumCheck.bound * 1.01 + 1e-9);
    }
    expect(train.accuracy).not.toBeNull();
  });

  test("values add up to scores, and those are the network's", { timeout: 30_000 }, async () => {
    const points = JSON.parse(explain(kind, "--target", "all", "--json").out).points as readonly Explained[];
    expect(points.map((p) => p.label)).toEqual(TEST.map((_, i) => i % 2));
    const session = await openSession(NETWORKS[kind], { threads: 1 });
    const { logits } = await session.run(
      { ids: { dtype: "int64", dims: [TEST.length, LENGTH], data: bigints(TEST) } },
      ["logits"],
    );
    await session.dispose();
    const sure: number[] = [];
    for (const [i, { classes }] of points.entries()) {
      const own = classes.map((_, c) => logits?.data[i * CLASSES + c] as number);
      classes.forEach((c, j) => {
        expect(c.given).toBeCloseTo(own[j] as number, 4);
        expect(Math.abs(c.sum - c.logit)).toBeLessThanOrEqual(c.bound * 1.01 + 1e-6);
      });
      const [fitted, network] = [softmax(classes.map((c) => c.logit)), softmax(own)];
      expect(Math.abs((fitted[0] as number) - (network[0] as number))).toBeLessThan(1e-3);
      sure.push(network[0] as number);
    }
    expect(Math.max(...sure) - Math.min(...sure)).toBeGreaterThan(0.05);
  });
});

describe("token ids as words", () => {
  const kind = "mean of words";
  const trainWords = (p: Point): string => said(TRAIN[p.index] as Text);
  const points = (...more: string[]) => JSON.parse(explain(kind, "--json", ...more).out).points as readonly Explained[];

  test("in JSON, of test and training points", () => {
    const all = points("--with", "euclid");
    expect(all.map((p) => p.words)).toEqual(TEST.map(said));
    for (const p of all.flatMap((e) => e.classes.flatMap((c) => [...c.positive, ...c.negative])))
      expect(p.words).toBe(trainWords(p));
    expect((all[0] as unknown as { readonly nearest: readonly Point[] }).nearest[0]?.words).toMatch(/^the .* was /);
  });

  test("in an array beside, of one name or none", () => {
    const { out, err } = onnxplain(
      "representers",
      "explain",
      at("ids.npy"),
      "--representers",
      at(nameOf(kind)),
      "--json",
    );
    expect(err).toBe("");
    const { points: all } = JSON.parse(out) as { readonly points: readonly Explained[] };
    expect(all.map((p) => [p.words, p.label])).toEqual(TEST.map((ids) => [said(ids), null]));
    expect(all.map((p) => p.classes[0]?.logit)).toEqual(points().map((p) => p.classes[0]?.logit));
  });

  test("in text and HTML", () => {
    const [first] = points();
    const { out } = explain(kind);
    expect(out).toContain(`test.parquet#0: ${NAMES[first?.predicted ?? -1]}  "${said(TEST[0] as Text)}"`);
    const [top] = first?.classes[0]?.positive ?? [];
    expect(out).toContain(`train.parquet#${top?.index}  "${top?.words}"`);
    expect(explain(kind, "-o", at("why.html")).code).toBe(0);
    const page = readFileSync(at("why.html"), "utf8");
    const plain = page
      .replace(/<[^>]+>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">");
    for (const words of [...TEST.map(said), top?.words as string]) expect(plain).toContain(words);
    expect(page).toContain('<span class="unknown">&lt;unk&gt;</span>');
    expect(page).not.toContain("&lt;pad&gt;");
  });

  test("are those of the file asked about, though its rows are called like other training rows", () => {
    const of = (offset: string) =>
      onnxplain(
        ...[
          "representers",
          "fit",
          "--model",
          at("mean-of-words.onnx"),
          "--data",
          at("train.parquet"),
          "-o",
          at(offset),
        ],
        ...["--input-column", "words_as_ids", "--label-column", "tone", "--offset", "7", "--limit", "20"],
        ...["--vocabulary", at("words.json")],
      );
    expect(of("shifted").code).toBe(0);
    const args = ["representers", "explain", at("train.parquet"), "--representers", at("shifted"), "-k", "9"];
    const { out, err } = onnxplain(...args, "--json");
    expect(err).toBe("");
    const { points: all } = JSON.parse(out) as { readonly points: readonly Explained[] };
    expect(all.map((p) => p.words)).toEqual(TRAIN.map(said));
    const shown = all[0]?.classes[0];
    for (const p of [...(shown?.positive ?? []), ...(shown?.negative ?? [])]) {
      expect(p.id).toBe(`${at("train.parquet")}#${p.index}`);
      expect(p.words).toBe(said(TRAIN[p.index + 7] as Text));
    }
  });

  test("or not, without a vocabulary", () => {
    const none = JSON.stringify(Object.fromEntries(WORDS.slice(0, 5).map((word, id) => [word, id])));
    writeFileSync(at("few.json"), none);
    const [first] = JSON.parse(explain(kind, "--json", "--vocabulary", at("few.json")).out)
      .points as readonly Explained[];
    expect(first?.words).toMatch(/^the (film|was|plot) was #\d+/);
    writeFileSync(at("broken.json"), '{"a": "b"}');
    const { code, err } = explain(kind, "--vocabulary", at("broken.json"));
    expect([code, err]).toEqual([1, expect.stringMatching(/^E_FILE {2}Cannot read the vocabulary/)]);
  });
});

test("labels in a file beside an array are those of its points alone", () => {
  const data = { dims: [TRAIN.length, LENGTH], data: bigints(TRAIN) };
  writeFileSync(at("train.npy"), writeNpy(data));
  writeFileSync(at("tones.npy"), writeNpy({ dims: [TRAIN.length], data: Int32Array.from(TRAIN, (_, i) => i % 2) }));
  const held = ["--held-out", at("ids.npy"), "--labels-file", at("tones.npy"), "-o", at("beside")];
  expect(runFit("mean of words", "--data", at("train.npy"), ...held).code).toBe(0);
  const { train, held_out } = JSON.parse(readFileSync(at("beside/fit.json"), "utf8"));
  expect([train.points, train.accuracy === null, held_out.points, held_out.accuracy]).toEqual([60, false, 6, null]);
  const { code, err } = onnxplain("representers", "explain", at("ids.npy"), "--representers", at("beside"));
  expect([code, err]).toEqual([0, ""]);
});

test.each([
  [["--data", at("train.parquet"), "--input-column", "ids"], /no array `ids`/],
  [["--data", at("train.parquet"), "--label-column", "mood"], /no array `mood`/],
  [["--data", at("ids.npy"), "--labels-file", at("missing.npy")], /There is no file/],
])("says what is wrong with columns: %j", async (more, words) => {
  const args = [
    "--model",
    at("LSTM.onnx"),
    "--input-column",
    "words_as_ids",
    "--label-column",
    "tone",
    "-o",
    at("bad"),
  ];
  expect(await refused(representersFit, [...args, ...more])).toEqual(["E_FILE", expect.stringMatching(words)]);
});
