/** @file Regions as jobs on a network whose rules are known: fit, files, explain, map, stored regions, and what must be refused. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainByRegions, fittedItems } from "../../src/jobs/regions-explain.ts";
import { type FittedRegions, type RegionsFitOptions, runRegionsFit } from "../../src/jobs/regions-fit.ts";
import { mapRegions } from "../../src/jobs/regions-map.ts";
import {
  itemsOf,
  type LoadedPicture,
  labelsJoined,
  type RegionNetwork,
  readAll,
} from "../../src/jobs/regions-network.ts";
import { type OpenRegions, openRegionsFit, regionsFiles } from "../../src/jobs/regions-open.ts";
import { regionsExplainPageOf, regionsMapPageOf } from "../../src/jobs/regions-pages.ts";
import type { SampleOf } from "../../src/jobs/regions-sample.ts";
import { openStored, readStored } from "../../src/jobs/regions-stored.ts";
import { explainedDocument, mapFiles } from "../../src/jobs/regions-tables.ts";
import { boundariesOf } from "../../src/regions/boundary.ts";
import { NONE } from "../../src/regions/evaluate.ts";
import { picturesInMemory } from "../../src/regions/pictures.ts";
import { quarterNetwork, quarterPictures } from "./regions-made.ts";

const ONE = { threads: 1 } as const;
const BROKEN = [3, 17];
const FACTS = { model: "quarters", data: "quarters", settings: [] };
const root = mkdtempSync(join(tmpdir(), "onnxplain-"));
const data = quarterPictures(90, { broken: BROKEN });
const unseen = quarterPictures(8, { seed: 9 });
let network: RegionNetwork;

beforeAll(async () => {
  network = await quarterNetwork();
});
afterAll(async () => {
  await network.model.dispose();
  rmSync(root, { recursive: true });
});

const fitted = (options: RegionsFitOptions = {}): Promise<FittedRegions> =>
  runRegionsFit(network, data, { ...ONE, boundaries: 12, seed: 5, batch: 16, ...options });

function written(name: string, files: ReadonlyMap<string, Uint8Array>): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of files) writeFileSync(join(folder, file), bytes);
  return folder;
}

async function opened(
  name: string,
  options: RegionsFitOptions = {},
): Promise<SampleOf & { readonly open: OpenRegions }> {
  const open = await openRegionsFit(written(name, regionsFiles(await fitted(options))));
  return { open, network, items: fittedItems(open, await itemsOf(data)) };
}

const pictures = async (set = data, count = 6): Promise<readonly LoadedPicture[]> =>
  readAll(
    network,
    (await itemsOf(set)).filter((_, i) => !BROKEN.includes(i) && i < count),
    labelsJoined(network, set),
  );

describe("a fit", () => {
  test("reads each reference once for the sides and leaves out those that cannot be read", async () => {
    const { report, fit: found, references } = await fitted();
    expect(report.unread.map((u) => u.id)).toEqual(BROKEN.map((i) => `quarters#${i}`));
    expect([report.count, references.ids.length, found.projections.count, found.sides.count]).toEqual([88, 88, 88, 88]);
    expect(references.ids).not.toContain("quarters#3");
    expect([...found.projections.classes]).toEqual([...references.labels]);
    expect(report.layer).toEqual({ name: "psi", dims: [2, 8, 8] });
    expect(report.notes.join()).not.toMatch(/piecewise/);
    for (const p of references.probabilities) expect(p).toBeGreaterThan(0.25);
    expect(found.boundaries.count).toBe(12);
    for (let h = 0; h < 12; h++) {
      const own = found.projections.values[(found.sampled[h] as number) * 12 + h] as number;
      expect(Math.abs(own - (found.boundaries.gaps[h] as number))).toBeLessThan(1e-3);
    }
  });

  test("takes boundaries at the references it names", async () => {
    const { fit: found, references } = await fitted();
    const all = await itemsOf(data);
    const id = references.ids[found.sampled[4] as number];
    const [one] = await readAll(
      network,
      all.filter((item) => item.id === id),
    );
    const x = one?.x as Float32Array;
    const own = await boundariesOf(network.classifier, network.layer, picturesInMemory(x, x.length), ONE);
    expect([...own.normals]).toEqual([...found.boundaries.normals.subarray(4 * own.width, 5 * own.width)]);
    expect([...own.pairs]).toEqual([...found.boundaries.pairs.subarray(8, 10)]);
  });

  test("is the same bytes from the same seed, and comes back from its files as it was", async () => {
    const [a, b, c] = [await fitted(), await fitted(), await fitted({ seed: 6 })];
    const bytes = (of: FittedRegions) =>
      [...regionsFiles(of)].map(([name, x]) => `${name} ${Buffer.from(x).toString("hex")}`);
    expect(bytes(a)).toEqual(bytes(b));
    expect(bytes(a)).not.toEqual(bytes(c));
    const { folder, ...back } = await openRegionsFit(written("round", regionsFiles(a)));
    const { seconds: _, ...sent } = a;
    expect(back).toEqual(sent);
  });

  test("has all references as boundaries where more are asked for, and says so", async () => {
    const { report } = await fitted({ boundaries: 200 });
    expect(report.kept).toBe(88);
    expect(report.notes.join()).toMatch(/200 boundaries were asked for; there are 88 references, so 88/);
  });

  test("stops at its signal, and refuses what cannot be", async () => {
    const stop = new AbortController();
    const stopped = fitted({ signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ code: "E_ABORTED" });
    await expect(fitted({ boundaries: 0 })).rejects.toMatchObject({ code: "E_PARAM" });
    const broken = quarterPictures(2, { broken: [0, 1] });
    await expect(runRegionsFit(network, broken, ONE)).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
    await expect(openRegionsFit(join(root, "nowhere"))).rejects.toMatchObject({ code: "E_FILE" });
  });
});

describe("an explanation", () => {
  test("of a reference holds it first, and accounts for every reference", async () => {
    const of = await opened("explained");
    const found = await explainByRegions(of, await pictures(), { ...ONE, k: 4 });
    const { count } = of.open.report;
    for (const { reference, region, boundaries, covered, nearest, input } of found) {
      expect(covered[0]).toEqual({ index: reference, distance: expect.closeTo(0, 3) });
      expect(covered.length).toBe(region.same + region.other);
      expect(nearest.map((n) => n.index)).toEqual(covered.slice(0, 4).map((c) => c.index));
      for (const b of boundaries) {
        expect(b.excludes.reduce((n, e) => n + e.count, 0)).toBe(b.same + b.other);
        expect(b.excludes.find((e) => e.class === input.predicted)?.count ?? 0).toBe(b.same);
        expect(b.pair).toContain(input.predicted);
      }
      expect(covered.length + boundaries.reduce((n, b) => n + b.same + b.other, 0)).toBe(count);
      expect(input.predicted).toBe(input.label);
      // normals of a quarter against another have channel means of 0
      expect([...new Set(input.map)]).toEqual([0]);
      for (const n of nearest) expect(n.predicted).toBe(input.predicted);
    }
    const document = explainedDocument(of.open, found) as { images: readonly { covered: readonly unknown[] }[] };
    expect(document.images.map((i) => i.covered.length)).toEqual(found.map((f) => f.covered.length));
  });

  test("of a picture from outside is by the same rule and names no reference", async () => {
    const of = await opened("outside");
    for (const e of await explainByRegions(of, await pictures(unseen, 4), ONE)) {
      expect(e.input.predicted).toBe(e.input.label);
      expect([e.reference, e.stored]).toEqual([undefined, undefined]);
      expect(e.region.other).toBe(0);
      expect(e.covered.length).toBeGreaterThan(0);
    }
  });

  test("by a draw of its own uses that many boundaries at most, the same ones again", async () => {
    const of = await opened("own", { perInput: true, boundaries: 3 });
    expect([of.open.report.kept, of.open.report.boundaries]).toEqual([12, 3]);
    const [a, b] = [
      await explainByRegions(of, await pictures(), ONE),
      await explainByRegions(of, await pictures(), ONE),
    ];
    expect(a.map((e) => e.region.order)).toEqual(b.map((e) => e.region.order));
    const used = new Set(a.flatMap((e) => e.region.order));
    expect(used.size).toBeGreaterThan(3);
    for (const e of a) expect(e.region.order.length).toBeLessThanOrEqual(3);
  });

  test("by search toward other classes concerns the picture's class alone", async () => {
    const of = await opened("toward", { sampling: "toward-other-class", boundaries: 9 });
    expect(of.open.report.kept).toBe(0);
    const found = await explainByRegions(of, await pictures(data, 3), ONE);
    expect(found.length).toBe(3);
    const page = await regionsExplainPageOf({ open: of.open, network, facts: FACTS }, found);
    expect(page.items.map((item) => item.region.sought)).toEqual([true, true, true]);
    for (const { boundaries, input, region, covered, reference } of found) {
      expect(boundaries.length).toBeGreaterThan(0);
      for (const b of boundaries) expect(b.pair[0]).toBe(input.predicted);
      for (const b of boundaries) expect(of.open.fit.projections.classes[b.reference]).not.toBe(input.predicted);
      expect(region.other).toBe(0);
      expect(covered[0]?.index).toBe(reference);
    }
  });

  test("refuses references that are others by now", async () => {
    const of = await opened("moved", { sampling: "toward-other-class", boundaries: 4 });
    const items = await itemsOf(data);
    const turned = { ...of, items: fittedItems(of.open, items).toReversed() };
    await expect(explainByRegions(turned, await pictures(data, 1), ONE)).rejects.toMatchObject({ code: "E_FILE" });
    const gone = { ...of, items: fittedItems(of.open, items.slice(1)) };
    await expect(explainByRegions(gone, await pictures(data, 2), ONE)).rejects.toThrow(/quarters#0.*is gone/);
  });
});

describe("a map", () => {
  test("of a network with four rules finds them, and they cover everything", async () => {
    const of = await opened("mapped", { boundaries: 30 });
    const map = await mapRegions(of, { ...ONE, inputs: 12, k: 3, labelOf: labelsJoined(network, data).labelOf });
    const { classes: decided } = of.open.fit.projections;
    expect(map.classes.map((c) => c.class)).toEqual([0, 1, 2, 3]);
    for (const g of map.groups) {
      expect([g.purity, g.labels[0]?.label]).toEqual([1, g.region.label]);
      expect(g.input.label).toBe(g.region.label);
      expect(g.nearest.length).toBe(Math.min(3, g.covered.length));
      expect(g.covered[0]?.index).toBe(g.reference);
    }
    const page = await regionsMapPageOf({ open: of.open, network, facts: FACTS }, map);
    expect(page.groups.map((g) => g.purity)).toEqual(map.groups.map((g) => ({ label: g.region.label, share: 1 })));
    expect(map.groups.reduce((n, g) => n + 1 + g.also.length, 0)).toBe(map.inputs.length);
    expect(map.groups.reduce((n, g) => n + g.cluster, 0)).toBe(88);
    const bare = map.outliers.places;
    expect(map.classes.reduce((n, c) => n + c.own + c.others, 0) + bare.length).toBe(88);
    for (const [i, v] of map.chosen.entries()) {
      expect(v === NONE).toBe(bare.includes(i));
      expect(v === NONE).toBe(map.times[i] === 0);
      if (v !== NONE) expect(map.groups[v]?.region.label).toBe(decided[i]);
    }
  });

  test("stands by itself in its files: each reference lies in the regions that the map says", async () => {
    const of = await opened("stored", { boundaries: 30 });
    const map = await mapRegions(of, { ...ONE, inputs: 5 });
    const stored = await readStored(written("stored-map", mapFiles(of.open, map)));
    expect(stored.regions.length).toBe(map.groups.length);
    const judge = await openStored(network, stored, ONE);
    for (const { x, id } of await pictures(data, 12)) {
      const covers = await judge.covering(x);
      const place = of.open.references.ids.indexOf(id);
      expect(covers.length).toBe(map.times[place]);
      expect(covers[0]?.index ?? NONE).toBe(map.chosen[place]);
    }
    await judge.dispose();
    const [seen] = await explainByRegions(of, await pictures(unseen, 1), { ...ONE, stored });
    expect(seen?.stored).toBeDefined();
  });

  test("is the same with features held and with features computed again", async () => {
    const of = await opened("held");
    const [held, again] = [
      await mapRegions(of, { ...ONE, inputs: 4 }),
      await mapRegions(of, { ...ONE, inputs: 4, memory: 0 }),
    ];
    expect([...again.inputs]).toEqual([...held.inputs]);
    expect(again.groups.map((g) => g.region.order)).toEqual(held.groups.map((g) => g.region.order));
  });

  test("of boundaries sought for each input covers each input", async () => {
    const of = await opened("sought-map", { sampling: "toward-other-class", boundaries: 6 });
    const map = await mapRegions(of, { ...ONE, inputs: 4 });
    for (const g of map.groups) expect(g.covered[0]?.index).toBe(g.reference);
    const stored = await readStored(written("sought", mapFiles(of.open, map)));
    expect(stored.boundaries.count).toBe(new Set(map.groups.flatMap((g) => g.region.order)).size);
  });

  test("refuses more inputs than references", async () => {
    const of = await opened("many");
    await expect(mapRegions(of, { ...ONE, inputs: 89 })).rejects.toMatchObject({ code: "E_PARAM" });
  });
});
