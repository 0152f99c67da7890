/** @file `onnxplain representers explain --maps`: maps of training points for the demo network's pictures, and where there can be none. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { representersExplain } from "../../cli/representers-explain.ts";
import { writeNpy } from "../../src/formats/npy.ts";
import { writeClouds } from "./clouds.ts";
import { type Outcome, onnxplain, refused, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const DEMO = "demo/shapes";
const CLASSES = "bird,boat,car,cup,fish,flower,house,tree";
const POINTS = [`${at("shapes")}#40`, `${at("shapes")}#41`];

const done = ({ code, err }: Outcome): void => {
  if (code !== 0) throw new Error(err);
};
const explain = (...more: string[]): Outcome =>
  onnxplain("representers", "explain", "--representers", at("fit"), "-k", "3", "--threads", "1", ...more);

beforeAll(() => {
  done(onnxplain("synth", "-o", at("shapes"), "--count", "48", "--classes", CLASSES, "--threads", "0"));
  const fit = ["representers", "fit", "--model", DEMO, "--data", at("shapes"), "--limit", "40", "--lambda", "0.01"];
  done(onnxplain(...fit, "--objective", "labels", "-o", at("fit")));
  writeClouds(at("rows.safetensors"), undefined, { count: 30, seed: 1 });
  done(onnxplain("representers", "fit", "--features", "--data", at("rows.safetensors"), "-o", at("bare")));
  writeFileSync(at("one.npy"), writeNpy({ dims: [1, 5], data: new Float32Array(5) }));
}, 60_000);

describe("maps", () => {
  test("of the first picture, with the residual of their sum", { timeout: 20_000 }, () => {
    const { code, out, err } = explain(...POINTS, "--maps", at("maps.html"), "-o", at("why.html"));
    expect(code).toBe(0);
    expect(err).toMatch(/note: the maps are of the first picture, \S+, and its first class, \w+, alone/);
    const [first, second] = out.trimEnd().split("\n");
    expect(first).toBe(at("why.html"));
    expect(second).toMatch(/maps of 6 points for \w+ on \S+; those of all 40 training points add up to the gradient/);
    const page = readFileSync(at("maps.html"), "utf8");
    expect(page).toContain("The maps of all 40 training points add up to it");
    expect(page.split("<img ").length - 1).toBe(7);
    expect(page.split('href="data:image/png;base64,').length - 1).toBe(7);
    expect(page).toContain("onnxplain representers explain --representers");
  });

  test("as SmoothGrad, told in JSON", { timeout: 20_000 }, () => {
    const asked = ["--maps", at("smooth.html"), "--samples", "3", "--target", "all", "--json"];
    const { code, out, err } = explain(POINTS[0] as string, ...asked);
    expect([code, err]).toEqual([0, expect.stringContaining("its first class, bird, alone")]);
    const { maps, points } = JSON.parse(out);
    expect([maps.file, maps.samples, maps.target, points[0].classes.length]).toEqual([at("smooth.html"), 3, 0, 8]);
    const [{ positive, negative }] = points[0].classes;
    expect(maps.training_points).toEqual([...positive, ...negative].map((p: { index: number }) => p.index));
    expect(maps.residual.relative).toBeLessThan(1e-4);
    expect(readFileSync(at("smooth.html"), "utf8")).toContain("SmoothGrad, 3 noisy copies");
  });

  test("of a fit far from its end miss by what is left of the gradient", { timeout: 20_000 }, () => {
    const fit = ["representers", "fit", "--model", DEMO, "--data", at("shapes"), "--limit", "40", "--lambda", "0.01"];
    done(onnxplain(...fit, "--objective", "labels", "--tolerance", "0.2", "-o", at("loose")));
    const args = [POINTS[0] as string, "--representers", at("loose"), "--maps", at("loose.html"), "--json"];
    const { maps } = JSON.parse(onnxplain("representers", "explain", ...args).out);
    expect(maps.residual.relative).toBeGreaterThan(1e-4);
    expect(readFileSync(at("loose.html"), "utf8")).toContain('<p class="check off">');
  });
});

test.each([
  [
    [at("one.npy"), "--representers", at("bare"), "--maps", at("m.html")],
    /no maps to draw: the fit is on bare features/,
  ],
  [[at("one.npy"), "--representers", at("fit"), "--maps", at("m.html")], /no maps to draw: `\S+one.npy` holds rows/],
  [
    [at("one.npy"), "--representers", at("fit"), "--data", at("rows.safetensors"), "--maps", at("m.html")],
    /no maps to draw: the fit is on rows of arrays/,
  ],
  [["--representers", at("fit"), "--confused", "bird:car", "--maps", at("m.html")], /no single picture/],
  [[...POINTS, "--representers", at("fit"), "--maps", at("m.png")], /Expected `--maps` to end in .html/],
  [[...POINTS, "--representers", at("fit"), "--maps", at("m.html"), "-o", at("m.html")], /names the same file/],
  [[...POINTS, "--representers", at("fit"), "--samples", "4"], /Add `--maps FILE.html`/],
  [[...POINTS, "--representers", at("fit"), "--maps", at("m.html"), "--samples", "-1"], /Expected `--samples`/],
])("where there can be none, it says so: %j", async (args, words) => {
  expect(await refused(representersExplain, args)).toEqual(["E_USAGE", expect.stringMatching(words)]);
});
