/** @file What points look like on pages: a test point that is called like a training point keeps its own picture. */
import { describe, expect, it } from "vitest";
import { encodePng } from "../../src/image/png.ts";
import type { OpenRepresenters } from "../../src/jobs/representers-open.ts";
import { type Looks, representersConfusionPage, representersExplainPage } from "../../src/jobs/representers-pages.ts";
import type { Likeness } from "../../src/report/representers/input.ts";
import { base64 } from "../../src/report/terminal.ts";
import { inMemory } from "../../src/representers/features.ts";
import { fitRepresenters } from "../../src/representers/fit.ts";
import { query } from "../../src/representers/query.ts";
import { wave } from "../nets.ts";

const IDS = ["a.png", "b.png", "c.png", "d.png"];
const facts = { model: "m", data: "d", settings: [] };
const flat = async (shade: number): Promise<Likeness & { readonly kind: "picture" }> => ({
  kind: "picture",
  png: await encodePng({ width: 2, height: 2, channels: 1, data: new Uint8Array(4).fill(shade) }),
});
const hrefOf = (look: Likeness): string =>
  look.kind === "picture" ? `href="data:image/png;base64,${base64(look.png)}"` : "";

const rows = wave(IDS.length * 3);
const labels = Int32Array.of(0, 1, 0, 1);
const features = inMemory(rows, 3);

describe("a test point called like a training point", async () => {
  const fitted = await fitRepresenters({ features, labels }, { classes: 2, lambda: 0.01, objective: "labels" });
  const open = {
    fitted,
    report: { class_names: ["ant", "bee"] },
    train: { features, labels, ids: IDS },
  } as unknown as OpenRepresenters;
  const [train, test] = [await flat(10), await flat(200)];
  const looks: Looks = { train: new Map([["a.png", train]]), tests: new Map([["a.png", test]]) };
  const onlyTrain: Looks = { train: looks.train };

  it("has its own picture on the page that explains it", async () => {
    const [answer] = await query(fitted, features, rows.slice(0, 3), { top: 2 });
    const classes = (answer?.classes ?? []).map((c) => ({ ...c, given: null, influence: null, groups: null }));
    const tests = [{ id: "a.png", label: -1, predicted: 0, classes, nearest: null }];
    const page = await representersExplainPage(open, tests, { facts, looks });
    const first = /<use href="#(t\d+)"/.exec(page)?.[1];
    expect(page).toContain(`id="${first}" width="2" height="2" ${hrefOf(test)}`);
    expect(page).toContain(hrefOf(train));
    expect(await representersExplainPage(open, tests, { facts, looks: onlyTrain })).not.toContain(hrefOf(test));
  });

  it("has its own picture among those that are confused", async () => {
    const found = {
      from: 0,
      to: 1,
      ofClass: 1,
      wrong: 1,
      confused: [{ id: "a.png", label: 0, features: rows.slice(0, 3) }],
      top: 1,
      inhibitory: [{ index: 0, count: 1, value: -1, alpha: -0.1 }],
    };
    const page = await representersConfusionPage(open, found, { facts, looks });
    expect(page.split(hrefOf(test)).length - 1).toBe(1);
    expect(page.split(hrefOf(train)).length - 1).toBe(1);
    const without = await representersConfusionPage(open, found, { facts, looks: onlyTrain });
    expect(without).toContain('<div class="likeness blank">a.png</div>');
  });
});
