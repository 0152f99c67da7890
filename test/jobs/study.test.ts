/** @file Studies made of the demo network on drawn scenes, by regions and by a method; their analysis as files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DataItem } from "../../src/data/dataset.ts";
import { DEMO_LABELS, DEMO_PREPROCESSING, demoModelBytes } from "../../src/data/demo-net.ts";
import { readCsv } from "../../src/formats/csv.ts";
import { readTable } from "../../src/formats/parquet-read.ts";
import { decodeImage } from "../../src/image/decode-node.ts";
import { explainByRegions, fittedItems } from "../../src/jobs/regions-explain.ts";
import { runRegionsFit } from "../../src/jobs/regions-fit.ts";
import { itemsOf, labelsJoined, type RegionNetwork, readAll, regionNetwork } from "../../src/jobs/regions-network.ts";
import { openRegionsFit, regionsFiles } from "../../src/jobs/regions-open.ts";
import { analysed, analysisFiles, inOrderOfCodes, openStudy, thumbnailsOf } from "../../src/jobs/study-analyse.ts";
import { helpByMethod, helpByRegions, likenessOf, type OpenHelper } from "../../src/jobs/study-help.ts";
import { makeStudy, type NewStudyOptions, type StudyProgress, sidesOf } from "../../src/jobs/study-new.ts";
import { networkView, withHeat } from "../../src/jobs/study-window.ts";
import { loadModel } from "../../src/load.ts";
import { featureWidth } from "../../src/regions/graphs.ts";
import { studyIn } from "../../src/study/read.ts";
import type { Study } from "../../src/study/study.ts";
import { scenes, simulated } from "./study-made.ts";

const ONE = { threads: 1 } as const;
const root = mkdtempSync(join(tmpdir(), "onnxplain-"));
let network: RegionNetwork;

beforeAll(async () => {
  network = regionNetwork(
    await loadModel(demoModelBytes(), { labels: DEMO_LABELS, preprocessing: DEMO_PREPROCESSING }),
  );
});
afterAll(async () => {
  await network.model.dispose();
  rmSync(root, { recursive: true });
});

type Files = Map<string, Uint8Array>;

async function made(helper: OpenHelper, data: ReturnType<typeof scenes>, options: NewStudyOptions = {}) {
  const files: Files = new Map();
  const secret: string[] = [];
  const { labelOf } = labelsJoined(network, data);
  const result = await makeStudy(
    { network, data, labelOf, helper },
    async (name, bytes, how) => {
      if (how?.secret) secret.push(name);
      files.set(name, bytes);
    },
    { ...ONE, questions: 6, participants: 4, ...options },
  );
  return { ...result, files, secret };
}

const named = ({ questions }: Study): readonly string[] => [
  ...new Set(
    questions.flatMap((q) =>
      [q.picture, q.heatMap, ...q.similar.flatMap((s) => [s.picture, s.heatMap])].filter((n) => n !== null),
    ),
  ),
];

function written(name: string, files: ReadonlyMap<string, Uint8Array>): string {
  const folder = join(root, name);
  for (const [file, bytes] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), bytes);
  }
  return folder;
}

const gradCam: () => OpenHelper = () => helpByMethod(network, { method: "grad-cam" });

describe("by a method", () => {
  test("asks about the truth and the strongest other class, and every picture named is there and no other", async () => {
    const { study, files, codes, secret } = await made(gradCam(), scenes(24), { seed: 5 });
    expect(studyIn(new TextDecoder().decode(files.get("study.json")), "study.json")).toEqual(study);
    expect([...files.keys()].filter((n) => n.startsWith("pictures/")).sort()).toEqual(
      named(study)
        .map((n) => `pictures/${n}`)
        .sort(),
    );
    expect(secret.sort()).toEqual(["admin-token.txt", "codes.csv", "questions.csv", "study.json"]);
    expect(codes).toHaveLength(4);
    expect(study.questions.map((q) => q.id)).toEqual(["q1", "q2", "q3", "q4", "q5", "q6"]);
    for (const q of study.questions) {
      expect(new Set(q.sides).size).toBe(2);
      expect(DEMO_LABELS).toContain(q.sides[q.truth]);
      expect(q.similar).toEqual([]);
      const picture = await decodeImage(files.get(`pictures/${q.picture}`) as Uint8Array, q.picture);
      const heat = await decodeImage(files.get(`pictures/${q.heatMap}`) as Uint8Array, "heat");
      expect([picture.width, picture.height, heat.width, heat.height]).toEqual([96, 96, 96, 96]);
      expect(Buffer.compare(Buffer.from(picture.data), Buffer.from(heat.data))).not.toBe(0);
    }
    const right = study.questions.filter((q) => q.truth === q.prediction).length;
    expect(study.actual_accuracy).toBe(right / 6);
    expect(study.tutorial).toContain("The heat map");
    expect(study.tutorial).not.toContain("similar pictures");
  });

  test("the same seed asks the same, another asks otherwise; codes are new each time", async () => {
    const [a, b, c] = [
      await made(gradCam(), scenes(24), { seed: 5 }),
      await made(gradCam(), scenes(24), { seed: 5 }),
      await made(gradCam(), scenes(24), { seed: 6 }),
    ];
    expect(b.study).toEqual(a.study);
    expect(b.files.get("pictures/q1.png")).toEqual(a.files.get("pictures/q1.png"));
    expect(c.files.get("pictures/q1.png")).not.toEqual(a.files.get("pictures/q1.png"));
    expect(b.codes).not.toEqual(a.codes);
  });

  test("a share on which the network is wrong, drawn as asked", async () => {
    const mislabelled = Array.from({ length: 10 }, (_, i) => 2 * i);
    const { study } = await made(gradCam(), scenes(40, { mislabelled }), { questions: 8, wrong: 0.5 });
    expect(study.questions.filter((q) => q.truth !== q.prediction)).toHaveLength(4);
    expect(study.actual_accuracy).toBe(0.5);
    await expect(made(gradCam(), scenes(12), { questions: 8, wrong: 0.5 })).rejects.toMatchObject({
      code: "E_DATA_EMPTY",
      message: expect.stringMatching(/Expected 8 questions, 4 of them with the network wrong, found 4 pictures/),
    });
  });

  test("two classes alone, as in the paper: one order of sides for all questions", async () => {
    const data = scenes(20, { classes: [1, 4] });
    const { study } = await made(gradCam(), data, { between: [1, 4], questions: 10 });
    expect(new Set(study.questions.map((q) => q.sides.join())).size).toBe(1);
    expect(new Set(study.questions[0]?.sides)).toEqual(new Set([DEMO_LABELS[1], DEMO_LABELS[4]]));
    expect(new Set(study.questions.map((q) => q.truth))).toEqual(new Set([0, 1]));
  });

  test("similar pictures are the nearest references, never the picture itself, each kept once", async () => {
    const data = scenes(16);
    const helper = helpByMethod(network, { method: "grad-cam", references: { network, items: await itemsOf(data) } });
    const { study, files } = await made(helper, data, { similar: 3 });
    expect(study.questions.every((q) => q.similar.length === 3)).toBe(true);
    for (const q of study.questions) {
      const [own, near] = [files.get(`pictures/${q.picture}`), files.get(`pictures/${q.similar[0]?.picture}`)];
      expect(near).not.toEqual(own);
      expect(q.similar[0]?.caption).toMatch(/^The computer says: /);
    }
    const stored = [...files]
      .filter(([name]) => /^pictures\/s\d+\.png$/.test(name))
      .map(([, b]) => Buffer.from(b).toString("base64"));
    expect(new Set(stored).size).toBe(stored.length);
    expect(study.tutorial).toContain("similar pictures");
  });

  test("texts, stated accuracy and progress are as asked", async () => {
    const steps: string[] = [];
    const { study } = await made(gradCam(), scenes(12), {
      title: "T",
      tutorial: "How",
      consent: "Yes",
      statedAccuracy: 0.8,
      onProgress: ({ stage, done, total }) => {
        expect(total).toBe(6);
        steps.push(`${stage} ${done}`);
      },
    });
    expect(study).toMatchObject({ title: "T", tutorial: "How", consent: "Yes", stated_accuracy: 0.8 });
    const upTo = (stage: string) => [1, 2, 3, 4, 5, 6].map((n) => `${stage} ${n}`);
    expect(steps).toEqual([...upTo("pictures"), ...upTo("explanations")]);
  });

  test.each([
    [{ questions: 0 }, "questions"],
    [{ questions: 1.5 }, "questions"],
    [{ participants: 0 }, "participants"],
    [{ statedAccuracy: 80 }, "statedAccuracy"],
    [{ wrong: -1 }, "wrong"],
    [{ size: 100_000 }, "size"],
  ])("%j is refused", async (options, name) => {
    await expect(made(gradCam(), scenes(12), options)).rejects.toMatchObject({
      code: "E_PARAM",
      message: expect.stringContaining(name),
    });
  });

  test("stops on a signal", async () => {
    const stop = new AbortController();
    const onProgress = ({ stage, done }: StudyProgress) =>
      void (stage === "explanations" && done === 2 && stop.abort());
    await expect(made(gradCam(), scenes(12), { signal: stop.signal, onProgress })).rejects.toMatchObject({
      code: "E_ABORTED",
    });
  });
});

describe("likeness", () => {
  test("is the cosine of channel means: neither place nor strength counts", () => {
    const { channels } = network.layer;
    const [a, b] = [3, 7];
    const width = featureWidth(network.layer);
    const positions = width / channels;
    const psi = new Float32Array(3 * width);
    psi[a * positions] = 2;
    psi[width + a * positions + positions - 1] = 10;
    psi[2 * width + a * positions] = 3;
    psi[2 * width + b * positions] = 4;
    const found = likenessOf(psi, network.layer);
    const row = (i: number): readonly number[] => [...found.subarray(i * channels, (i + 1) * channels)];
    expect(row(0)).toEqual(Array.from({ length: channels }, (_, c) => (c === a ? 1 : 0)));
    expect(row(1)).toEqual(row(0));
    expect(row(2)[a]).toBeCloseTo(0.6, 6);
    expect(row(2)[b]).toBeCloseTo(0.8, 6);
    expect(likenessOf(new Float32Array(width), network.layer)).toEqual(new Float32Array(channels));
  });
});

describe("by regions", () => {
  test("shows covered references of the same prediction, nearest first, and the region's heat maps", async () => {
    const references = scenes(40, { from: 1000 });
    const fit = await runRegionsFit(network, references, { ...ONE, boundaries: 10, seed: 5 });
    const open = await openRegionsFit(written("fit", regionsFiles(fit)));
    const of = { open, network, items: fittedItems(open, await itemsOf(references)) };
    const unseen = scenes(24);
    const { study, files } = await made(helpByRegions(of), unseen, { similar: 4, questions: 5 });
    expect(study.source).toMatchObject({ kind: "regions", references: 40, boundaries: 10 });
    expect(study.questions.some((q) => q.similar.length > 0)).toBe(true);
    for (const q of study.questions) {
      expect(q.heatMap).not.toBeNull();
      expect(q.similar.length).toBeLessThanOrEqual(4);
      for (const s of q.similar) expect(s.heatMap).toMatch(/^q\d-\d-map\.png$/);
    }
    const asked = readCsv(new TextDecoder().decode(files.get("questions.csv")));
    const ids = (asked.columns.find((c) => c.name === "picture")?.values ?? []) as readonly string[];
    const byId = new Map((await itemsOf(unseen)).map((item) => [item.id, item]));
    const pictures = await readAll(
      network,
      ids.map((id) => byId.get(id) as DataItem),
    );
    const explained = await explainByRegions(of, pictures, { ...ONE, k: 4 });
    expect(study.questions.map((q) => q.similar.map((s) => s.caption))).toEqual(
      explained.map((e) => e.nearest.map((n) => `The computer says: ${DEMO_LABELS[n.predicted]}`)),
    );
    expect(study.questions.map((q) => q.sides[q.prediction])).toEqual(
      explained.map((e) => DEMO_LABELS[e.region.label]),
    );
  });
});

describe("pictures", () => {
  const image = {
    width: 40,
    height: 20,
    channels: 3,
    data: new Uint8Array(40 * 20 * 3).map((_, i) => i % 251),
  } as const;

  test("show what the network sees, at their own resolution", () => {
    const seen = networkView(image, { resize: { shorterSide: 10 }, crop: { width: 10, height: 10 } }, 1024);
    // shorter side 20 -> 10, so 10 of 20 columns are 20 of 40 in the source, from column 10
    expect([seen.width, seen.height]).toEqual([20, 20]);
    expect(seen.data.slice(0, 3)).toEqual(image.data.slice(30, 33));
    expect(networkView(image, undefined, 1024)).toEqual(image);
  });

  test("are made smaller, never larger, and keep their shape", () => {
    const small = networkView(image, undefined, 10);
    expect([small.width, small.height]).toEqual([10, 5]);
  });

  test("with a heat map have the same size", () => {
    const map = { values: Float32Array.of(0, 1, 2, 3), width: 2, height: 2, signed: false, clip: 0 };
    const heat = withHeat(image, map);
    expect([heat.width, heat.height, heat.channels]).toEqual([40, 20, 3]);
  });

  test("sides are the same for a pair, either way round, and both orders occur", () => {
    const orders = new Set<boolean>();
    for (let a = 0; a < 12; a++)
      for (let b = 0; b < a; b++) {
        expect(sidesOf(a, b, 3)).toEqual(sidesOf(b, a, 3));
        orders.add(sidesOf(a, b, 3)[0] === a);
      }
    expect(orders.size).toBe(2);
  });
});

describe("analysis", () => {
  test("as files, without any code in them", async () => {
    const { study, codes, files } = await made(gradCam(), scenes(24), { questions: 10, participants: 12 });
    const folder = written("study", files);
    expect(await openStudy(folder)).toEqual(study);
    const { records, names } = await inOrderOfCodes(folder, simulated(study, [...codes].reverse()));
    expect(records.participants.map((p) => p.code)).toEqual(codes);
    const without = records.participants.slice(2);
    const fewer = analysed(study, { ...records, participants: without }, {}, names);
    expect(fewer.analysis.participants[0]?.name).toBe("P03");
    const all = analysed(study, records, {}, names);
    expect(all.analysis.complete).toBe(11);
    const thumbnails = await thumbnailsOf(folder, study);
    expect(thumbnails.size).toBe(10);
    const out = await analysisFiles(all, { csv: true, command: "onnxplain study analyse study", thumbnails });
    expect([...out.keys()].sort()).toEqual(
      [
        "actions.csv",
        "actions.parquet",
        "analysis.json",
        "answers.csv",
        "answers.parquet",
        "figure.png",
        "figure.svg",
        "page.safetensors",
        "participants.csv",
        "participants.parquet",
        "report.html",
      ].sort(),
    );
    for (const [name, bytes] of out)
      for (const code of codes) expect(Buffer.from(bytes).includes(code), name).toBe(false);

    const participants = await readTable(out.get("participants.parquet") as Uint8Array, { name: "participants" });
    const column = (name: string) => participants.columns.find((c) => c.name === name)?.values;
    expect(column("participant")?.slice(0, 2)).toEqual(["P01", "P02"]);
    expect(column("difference")).toEqual(all.analysis.participants.map((p) => p.difference));
    const answers = await readTable(out.get("answers.parquet") as Uint8Array, { name: "answers" });
    expect(answers.count).toBe(records.answers.length);
    const score = answers.columns.find((c) => c.name === "score")?.values as readonly number[];
    expect(score.reduce((s, v) => s + v, 0)).toBe(
      all.analysis.participants.reduce((s, p) => s + (p.parts.A.score ?? 0) + (p.parts.B.score ?? 0), 0),
    );
    expect((await decodeImage(out.get("figure.png") as Uint8Array, "figure")).width).toBe(1200);
    const document = JSON.parse(new TextDecoder().decode(out.get("analysis.json")));
    expect(document.tests.score.difference).toBe(all.analysis.tests.score.difference);
  });
});
