/** @file The jobs on a fit's folder: wrong labels listed, corrections read back, known flips, and the comparison. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeCsv } from "../../src/formats/csv.ts";
import { comparePageOf, compareRepresenters } from "../../src/jobs/representers-compare.ts";
import {
  debugPageOf,
  debugRepresenters,
  simulateRepresenters,
  simulationPageOf,
  simulationRows,
} from "../../src/jobs/representers-debug.ts";
import { runRepresentersFit } from "../../src/jobs/representers-fit.ts";
import { labelledSet, rowsAt } from "../../src/jobs/representers-labelled.ts";
import { openRepresenters } from "../../src/jobs/representers-open.ts";
import { normals, uniforms } from "../../src/random.ts";
import { debugTable } from "../../src/report/representers/debug.ts";
import { readCorrections } from "../../src/representers/debug-corrections.ts";

const home = mkdtempSync(join(tmpdir(), "onnxplain-debug-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const [D, C] = [5, 3];
const NAMES = ["ant", "bee", "cow"];
const facts = { model: "m", data: "d", settings: [] };
function clouds(count: number, seed: number) {
  const [normal, uniform] = [normals(seed), uniforms(seed + 1)];
  const labels = Int32Array.from({ length: count }, () => Math.floor(uniform() * C));
  const features = Float32Array.from({ length: count * D }, (_, at) => {
    const own = labels[Math.floor(at / D)] as number;
    return normal() + 3 * Number(at % D === own);
  });
  return { name: `set${seed}`, features, width: D, labels };
}
/** Points 3, 10, … carry a wrong label, point 0 none. */
const WRONG = [3, 10, 17, 24, 31];
async function folder(name: string, objective: "labels" | "given" = "labels") {
  const train = clouds(120, 71);
  const right = Int32Array.from(train.labels);
  for (const i of WRONG) train.labels[i] = ((train.labels[i] as number) + 1) % C;
  train.labels[0] = objective === "labels" ? (train.labels[0] as number) : -1;
  const given = Float32Array.from(
    { length: 120 * C },
    (_, at) => 4 * (train.features[Math.floor(at / C) * D + (at % C)] as number),
  );
  await runRepresentersFit(
    {
      kind: "features",
      classes: C,
      train: objective === "given" ? { ...train, given } : train,
      heldOut: clouds(60, 81),
    },
    { folder: join(home, name), objective, classNames: NAMES, lambda: 0.01 },
  );
  return { open: await openRepresenters(join(home, name)), right };
}

describe("the list of suspects", () => {
  it("has the wrong labels on top, survives CSV, and corrections read back raise accuracy", async () => {
    const { open, right } = await folder("labels");
    const found = await debugRepresenters(open, { top: 5 });
    expect(found.criteria).toEqual(["alpha", "self-influence", "self-influence-true", "loss"]);
    expect(found.trainingPoints).toBe(120);
    const top = found.suspects.slice(0, 5).map((s) => s.position);
    expect(top.filter((i) => WRONG.includes(i)).length).toBeGreaterThanOrEqual(4);
    expect(found.gain).toBeUndefined();

    const page = debugPageOf(found, facts);
    expect(page.criteria[0]?.id).toBe("alpha");
    const csv = writeCsv(debugTable(page));
    const [head = "", ...lines] = csv.trimEnd().split("\r\n");
    const [position, corrected] = ["position", "corrected"].map((c) => head.split(",").indexOf(c)) as [number, number];
    const filled = lines.map((line) => {
      const cells = line.split(",");
      const at = Number(cells[position]);
      cells[corrected] = WRONG.includes(at) ? (NAMES[right[at] as number] as string) : "";
      return cells.join(",");
    });
    const text = [head, ...filled].join("\r\n");
    const { gain } = await debugRepresenters(open, { top: 5, corrections: { text, name: "c.csv" } });
    expect(gain?.corrections).toBe(found.suspects.filter((s) => WRONG.includes(s.position)).length);
    expect(gain?.points).toBe(60);
    expect(gain?.after).toBeGreaterThanOrEqual(gain?.before as number);
  });
  it("fits to the labels where the folder's fit is to a network, without points that have none, and says so", async () => {
    const { open } = await folder("given", "given");
    const found = await debugRepresenters(open, { top: 3, criteria: ["alpha"] });
    expect(found.trainingPoints).toBe(119);
    expect(found.suspects.length).toBe(3);
    expect(found.notes.join("; ")).toMatch(/1 training points without a label.*fit is to `given`/);
    const text = "position,corrected\n0,bee\n3,cow\n";
    const { gain, notes } = await debugRepresenters(open, { top: 3, corrections: { text, name: "c.csv" } });
    expect(gain?.corrections).toBeLessThanOrEqual(1);
    expect(notes.join("; ")).toMatch(/1 corrections of points without a label/);
  });
});

describe("corrections", () => {
  const known = { ids: ["a", "b", "c"], labels: [0, 1, 2], classes: 3, names: NAMES };
  it("are read by id or place, with classes by name or index; what changes nothing is left out", () => {
    expect(readCorrections("id,corrected\na,bee\nb,1\nc,\n", known)).toEqual([{ position: 0, from: 0, to: 1 }]);
    expect(readCorrections("position,label,corrected\n2,cow,0\n", known)).toEqual([{ position: 2, from: 2, to: 0 }]);
  });
  it("are refused with all that is wrong in them", () => {
    expect(() => readCorrections("id,corrected\nz,bee\na,elk\na,1\na,2\n", known)).toThrow(
      /row 1: no training point `z`; row 2: no class `elk`; row 4: point `a` stands twice/,
    );
    expect(() => readCorrections("id,new\na,1\n", known)).toThrow(/the columns id, new; expected `corrected`/);
    expect(() => readCorrections("corrected\n1\n", known)).toThrow(/beside `id` or `position`/);
  });
});

describe("known flips and comparisons on a folder", () => {
  it("give curves, rows and pages of the classes asked for", async () => {
    const { open } = await folder("flips");
    const made = await simulateRepresenters(open, { classes: [0, 2], splits: 2, flip: 0.3, shares: [0, 0.3] });
    expect(made).toMatchObject({ loss: "logistic", weightDecay: 0.02, classes: [0, 2], names: ["ant", "cow"] });
    const fixed = (id: string) => made.curves.find((c) => c.criterion === id)?.fixed.mean[1] as number;
    expect(fixed("alpha")).toBeGreaterThan(fixed("random"));
    expect(simulationRows(made).length).toBe(10);
    expect(simulationPageOf(made, facts)).toMatchObject({ flipped: 0.3, splits: 2, labels: ["ant", "cow"] });
  });
  it("turn features wider than the pool is long into what it spans", async () => {
    const [normal, wide] = [normals(5), 40];
    const set = (name: string, n: number) => {
      const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
      const features = Float32Array.from(
        { length: n * wide },
        (_, at) => normal() + ((Math.floor(at / wide) + at) % 2),
      );
      return { name, features, width: wide, labels };
    };
    const at = join(home, "wide");
    await runRepresentersFit(
      { kind: "features", classes: 2, train: set("a", 30), heldOut: set("b", 20) },
      { folder: at },
    );
    const made = await simulateRepresenters(await openRepresenters(at), { splits: 1, shares: [1] });
    for (const c of made.curves) expect(c.accuracy.mean[0]).toBe(made.clean.mean);
  });
  it("compare on held-out points with times and ground truth", async () => {
    const { open } = await folder("compared");
    const made = await compareRepresenters(open, { points: 8, leaveOut: 10, lissa: { depth: 30 }, damping: 0 });
    expect(made.testPoints).toBe(8);
    expect(made.truth?.influence.pearson).toBeGreaterThan(0.98);
    expect(made.timings.map((t) => t.method)).toEqual(["representer", "exact", "conjugate-gradient", "lissa"]);
    const page = comparePageOf(made, facts);
    expect(page.pairs.map((p) => p.x.length)).toEqual([960, 80, 80]);
    expect(page.stability[0]?.largest.length).toBe(8);
  });
  it("need held-out points, and labels of the classes", async () => {
    const at = join(home, "alone");
    await runRepresentersFit({ kind: "features", classes: C, train: clouds(40, 91) }, { folder: at });
    const open = await openRepresenters(at);
    await expect(compareRepresenters(open)).rejects.toThrow(/no held-out points/);
    await expect(simulateRepresenters(open)).rejects.toMatchObject({ code: "E_PARAM" });
    await expect(labelledSet(open.train, [7])).rejects.toMatchObject({ code: "E_DATA_CLASSES" });
    expect([...(await rowsAt(open.train.features, [2, 39]))].length).toBe(2 * D);
  });
});
