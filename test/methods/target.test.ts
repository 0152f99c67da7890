/** @file Targets: indices, labels with dashes and synonyms, contrasts, and what none of them is. */
import { describe, expect, it } from "vitest";
import { OnnxplainError } from "../../src/index.ts";
import { cotangentOf, parseTarget, type TargetRequest } from "../../src/methods/target.ts";

const LABELS = ["tench, Tinca tinca", "black-and-tan coonhound", "dog", "jack-o'-lantern", "A-29", "29", "1000-hp car"];
const context = { classes: 7, labels: LABELS, output: "scores" };
const target = (request: TargetRequest): ReturnType<typeof parseTarget> => parseTarget(request, context);
const pair = (request: string): readonly (number | undefined)[] => [target(request)?.index, target(request)?.against];
function refusal(request: TargetRequest, labels: readonly string[] | null = LABELS): readonly [string, string] {
  try {
    parseTarget(request, { ...context, labels: labels ?? undefined });
  } catch (error) {
    expect(error).toBeInstanceOf(OnnxplainError);
    return [(error as OnnxplainError).code, (error as OnnxplainError).message];
  }
  return ["nothing thrown", ""];
}

describe("one class", () => {
  it.each<[TargetRequest, number]>([
    [0, 0],
    [6, 6],
    ["3", 3],
    ["dog", 2],
    ["DOG", 2],
    ["tench, Tinca tinca", 0],
    ["tench", 0],
    ["tinca tinca", 0],
    ["black-and-tan coonhound", 1],
    ["jack-o'-lantern", 3],
    ["A-29", 4],
    ["1000-hp car", 6],
  ])("%j is class %i", (request, index) => expect(target(request)).toEqual({ index, label: LABELS[index] }));
  it("digits are an index, even where a label is made of them", () => {
    expect(refusal("29")[0]).toBe("E_TARGET_RANGE");
    expect(target("5")?.label).toBe("29");
  });
  it("`predicted` is left to the image", () => expect(target("predicted")).toBeUndefined());
  it("without labels there is none in the result", () =>
    expect(parseTarget(1, { ...context, labels: undefined })).toEqual({ index: 1 }));
  it("a list of labels shorter than the classes still takes indices", () =>
    expect(parseTarget(6, { ...context, labels: ["only"] })).toEqual({ index: 6 }));
});

describe("contrasts", () => {
  it.each([
    ["2-0", [2, 0]],
    ["dog-tench", [2, 0]],
    ["dog - tench", [2, 0]],
    ["black-and-tan coonhound-dog", [1, 2]],
    ["dog-black-and-tan coonhound", [2, 1]],
    ["jack-o'-lantern - black-and-tan coonhound", [3, 1]],
    ["A-29-dog", [4, 2]],
    ["dog-A-29", [2, 4]],
    ["A-29 - A-29", [4, 4]],
    ["1000-hp car - dog", [6, 2]],
    ["dog - 1000-hp car", [2, 6]],
    ["3-dog", [3, 2]],
  ])("%j", (request, want) => expect(pair(request)).toEqual(want));
  it("carry the label of the first class", () =>
    expect(target("dog-0")).toEqual({ index: 2, against: 0, label: "dog" }));
});

describe("what is none", () => {
  it.each<[TargetRequest, string]>([
    [7, "E_TARGET_RANGE"],
    [-1, "E_TARGET_RANGE"],
    [1.5, "E_TARGET_RANGE"],
    [Number.NaN, "E_TARGET_RANGE"],
    ["7", "E_TARGET_RANGE"],
    ["-1", "E_TARGET_RANGE"],
    ["2-9", "E_TARGET_RANGE"],
    ["9-2", "E_TARGET_RANGE"],
    ["cat", "E_TARGET_UNKNOWN"],
    ["", "E_TARGET_UNKNOWN"],
    ["-", "E_TARGET_UNKNOWN"],
    ["dog-", "E_TARGET_UNKNOWN"],
    ["dog-cat", "E_TARGET_UNKNOWN"],
    ["label", "E_TARGET_UNKNOWN"],
    ["1.5", "E_TARGET_UNKNOWN"],
    ["nosuch-29", "E_TARGET_UNKNOWN"],
  ])("%j is %s", (request, code) => expect(refusal(request)[0]).toBe(code));
  it("says what there is", () => {
    expect(refusal(7)[1]).toMatch(/0…6.*"scores".*got 7/);
    expect(refusal("coon")[1]).toContain("`black-and-tan coonhound`");
    expect(refusal("dog", null)[1]).toMatch(/no labels/);
    expect(refusal("label")[1]).toMatch(/ground truth/);
  });
});

describe("cotangents", () => {
  it("are one-hot, or +1 and -1", () => {
    expect(Array.from(cotangentOf({ index: 1 }, 3))).toEqual([0, 1, 0]);
    expect(Array.from(cotangentOf({ index: 2, against: 0 }, 3))).toEqual([-1, 0, 1]);
    expect(Array.from(cotangentOf({ index: 1, against: 1 }, 3))).toEqual([0, 0, 0]);
  });
});
