/** @file Labels of data joined to classes of models: by id, name or index, whichever joins most, and what is said of the rest. */
import { describe, expect, it } from "vitest";
import { joinLabels } from "../../src/data/join-labels.ts";
import { openDataSet } from "../../src/data/open.ts";
import { readWnids } from "../../src/data/wnid.ts";
import { absent, hasShared, readShared, shared } from "../shared.ts";

const named = (...names: readonly string[]) => ({
  classes: names,
  labels: names.map((name, index) => ({ index, name })),
});

describe("by name", () => {
  const model = {
    count: 4,
    labels: ["cardigan", "tench, Tinca tinca", "Café au lait", "Cardigan, Cardigan Welsh corgi"],
  };
  it("whole names first, then synonyms; case, underscores and accents aside", () => {
    const join = joinLabels(
      { ...named("Cardigan", "tinca_TINCA", "cafe-au-lait", "Cardigan Welsh corgi"), sortedClasses: true },
      model,
    );
    expect(
      ["Cardigan", "tinca_TINCA", "cafe-au-lait", "Cardigan Welsh corgi"].map((name, index) =>
        join.of({ name, index }),
      ),
    ).toEqual([0, 1, 2, 3]);
    expect(join.report).toMatchObject({ by: "name", total: 4, joined: 4, missing: [], ambiguous: [] });
  });
  it("a name that several classes bear joins none, and is reported", () => {
    const join = joinLabels(
      { ...named("crane", "dog", "emu"), sortedClasses: true },
      { count: 3, labels: ["crane", "crane", "dog"] },
    );
    expect([join.of({ name: "crane", index: 0 }), join.of({ name: "dog", index: 1 })]).toEqual([undefined, 2]);
    expect(join.report).toMatchObject({
      joined: 1,
      missing: ["emu"],
      ambiguous: [{ label: "crane", candidates: [0, 1] }],
    });
    expect(join.report.notes.join("; ")).toBe(
      "1 of 3 labels joined by name; no class of the model for: emu; names that several classes bear, joined to none: crane (0, 1)",
    );
  });
});

describe("by index", () => {
  it("decides between classes of one name", () => {
    const join = joinLabels(named("crane", "crane", "dog"), { count: 3, labels: ["crane", "crane", "dog"] });
    expect([join.of({ index: 1, name: "crane" }), join.report.by]).toEqual([1, "index"]);
  });
  it("with the step that names tell, for models with a background class", () => {
    const set = named("tench", "crane", "crane", "pike");
    const join = joinLabels(set, { count: 5, labels: ["background", "tench", "crane", "crane", "fish of prey"] });
    expect(set.labels.map(join.of)).toEqual([1, 2, 3, 4]);
    expect(join.report).toMatchObject({ by: "index", offset: 1, joined: 4 });
    expect(join.report.notes[0]).toBe("4 of 4 labels joined by index, +1 to the set's");
  });
  it("with the step of a background class where the set has no names", () => {
    const join = joinLabels(
      { classes: undefined, labels: [{ index: 0 }, { index: 1 }] },
      { count: 3, labels: ["background", "a", "b"] },
    );
    expect(join.of({ index: 1 })).toBe(2);
  });
  it("warns where a model may have a background class and no labels tell", () => {
    const join = joinLabels({ classes: undefined, labels: [{ index: 0 }] }, { count: 1001 });
    expect(join.of({ index: 0 })).toBe(0);
    expect(join.report.notes.join()).toContain("if class 0 is the background, all joins are off by one");
  });
  it("is not used where names contradict it", () => {
    const join = joinLabels(named("a", "b", "c", "new"), { count: 4, labels: ["b", "c", "x", "a"] });
    expect([join.report.by, join.of({ index: 0, name: "a" }), join.of({ index: 3, name: "new" })]).toEqual([
      "name",
      3,
      undefined,
    ]);
  });
  it("of sorted names is used only where the model has as many classes and nothing else joins", () => {
    const set = { ...named("a", "b"), sortedClasses: true };
    expect(joinLabels(set, { count: 3 }).report).toMatchObject({ by: undefined, joined: 0, missing: ["a", "b"] });
    const join = joinLabels(set, { count: 2 });
    expect(join.report.by).toBe("index");
    expect(join.report.notes.join()).toContain("check that it is the model's");
  });
  it("outside the model joins none", () => {
    const join = joinLabels({ classes: undefined, labels: [{ index: 1 }, { index: 9 }] }, { count: 5 });
    expect([join.of({ index: 9 }), join.report.joined, join.report.missing]).toEqual([undefined, 1, ["9"]]);
  });
  it("without a list of labels, as they come", () => {
    const join = joinLabels({ classes: undefined }, { count: 5 });
    expect([join.of({ index: 4 }), join.of({ index: 5 }), join.of(undefined)]).toEqual([4, undefined, undefined]);
  });
});

describe("by WordNet id", () => {
  const set = {
    classes: undefined,
    labels: [
      { index: 0, wnid: "n00000002", name: "x" },
      { index: 1, wnid: "n00000009" },
    ],
  };
  it("from a list of ids", () => {
    const join = joinLabels(
      { ...set, sortedClasses: true },
      { count: 3, wnids: readWnids("n00000001 a\nn00000002 b, c\nn00000003\n") },
    );
    expect(set.labels.map(join.of)).toEqual([1, undefined]);
    expect(join.report).toMatchObject({ by: "wnid", missing: ["n00000009"] });
  });
  it("from the model's own labels", () =>
    expect(
      joinLabels({ ...set, sortedClasses: true }, { count: 2, labels: ["n00000009 y", "n00000002 z"] }).report.joined,
    ).toBe(2));
  it("reads lines, JSON and CSV alike", () => {
    const ids = ["n00000001", "n00000002"];
    for (const text of [
      "n00000001\nn00000002\n",
      '["n00000001","n00000002"]',
      '{"1":["n00000002","b"],"0":["n00000001","a"]}',
      "wnid,class_index\nn00000002,1\nn00000001,0\n",
    ])
      expect(readWnids(text)).toEqual(ids);
    expect(() => readWnids("tench\nshark")).toThrow(expect.objectContaining({ code: "E_FILE" }));
  });
});

it("accepted classes are the model's own, past its background", () => {
  const label = { name: "some cat", accept: [1, 2] };
  const set = { classes: undefined, labels: [label], sortedClasses: true };
  expect(joinLabels(set, { count: 5 }).accepts(label)).toEqual([1, 2]);
  expect(joinLabels(set, { count: 5 }).of(label)).toBeUndefined();
  expect(joinLabels(set, { count: 5, labels: ["background", "a", "b", "c", "d"] }).accepts(label)).toEqual([2, 3]);
});

describe.skipIf(!hasShared("models"))(`real models${absent("models")}`, () => {
  const labels = (model: string) =>
    new TextDecoder()
      .decode(readShared(`models/${model}/labels.txt`))
      .trim()
      .split("\n");
  it.each([
    ["squeezenet1.1", 0],
    ["mobilenetv2-1.0-224", 1],
  ])("photographs join %s wholly, %i further", async (model, step) => {
    const set = await openDataSet(shared("images/imagenet-sample"));
    const classes = labels(model);
    const join = joinLabels(set, { count: classes.length, labels: classes });
    expect(join.report).toMatchObject({ total: 200, joined: 200 });
    expect(set.labels?.every((l) => join.of(l) === (l.index ?? 0) + step)).toBe(true);
  });
});
