/** @file Names of lines and layers, and what is compared, where networks differ. */
import { expect, test } from "vitest";
import { rowsOf } from "../../../src/formats/table.ts";
import { growthPlots, knowledgeAt, layerNames } from "../../../src/report/patterns/curves.ts";
import type { PatternFrame, PatternsPage } from "../../../src/report/patterns/input.ts";
import { patternsPage } from "../../../src/report/patterns/page.ts";
import { regionsTable } from "../../../src/report/patterns/tables.ts";
import { madePatterns } from "./made.ts";

const renamed = (page: PatternsPage, change: (frame: PatternFrame, f: number) => PatternFrame): PatternsPage => ({
  ...page,
  frames: page.frames.map(change),
});
const layersCalled = (frame: PatternFrame, names: readonly string[]): PatternFrame => ({
  ...frame,
  layers: frame.layers.map((layer, l) => ({ ...layer, name: names[l] ?? layer.name })),
});

test("layers go by name where all frames call them so, else by place", () => {
  const page = madePatterns();
  const [first] = page.frames as [PatternFrame];
  expect(layerNames(page)).toEqual(first.layers.map((l) => l.name));
  const other = renamed(page, (frame, f) => (f === 0 ? layersCalled(frame, ["elsewhere"]) : frame));
  expect(layerNames(other)).toEqual(first.layers.map((_, l) => `layer ${l + 1}`));
  const fewer = renamed(page, (frame, f) => (f === 0 ? { ...frame, layers: frame.layers.slice(0, 1) } : frame));
  expect(layerNames(fewer)).toEqual(first.layers.map((l) => l.name));
});

test("lines of frames are called without the folders that all share", () => {
  const page = renamed(madePatterns(), (frame, f) => ({ ...frame, name: `models/resnet-${f}` }));
  const plot = growthPlots(page).find((p) => p.xLabel === "layer, shallow to deep");
  expect(plot?.lines.map((l) => l.label)).toContain("resnet-0");
  expect(plot?.lines.every((l) => l.label.startsWith("resnet-"))).toBe(true);
});

test("networks of other numbers of layers: no region is compared, and each has a deepest layer of its own", async () => {
  const page = madePatterns();
  const last = page.frames.length - 1;
  const fewer = renamed(page, (frame, f) =>
    f === last ? { ...layersCalled(frame, ["only"]), layers: layersCalled(frame, ["only"]).layers.slice(0, 1) } : frame,
  );
  const fates = (of: PatternsPage): ReadonlySet<unknown> =>
    new Set(rowsOf(regionsTable(of, { frame: last })).map((row) => row.fate));
  expect(fates(page).has(null)).toBe(false);
  expect(fates(fewer)).toEqual(new Set([null]));
  const told = (frame: PatternFrame | undefined): string =>
    knowledgeAt(frame, (frame?.layers.length ?? 0) - 1, page.tau)?.count.toFixed(1) ?? "";
  expect(await patternsPage(fewer)).toContain(`<b>${told(fewer.frames[0])} → ${told(fewer.frames[last])}</b>`);
});
