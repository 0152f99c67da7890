/** @file What concerns participants: codes, orders, what their pages may know; and what a study's file must be. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeOf, codesCsv, codesIn, newCodes, newToken, participantName } from "../../src/study/codes.ts";
import { orderOf } from "../../src/study/orders.ts";
import { studyIn } from "../../src/study/read.ts";
import { forParticipant, picturesShown } from "../../src/study/view.ts";
import { STUDY } from "./made.ts";

describe("codes", () => {
  const codes = newCodes(2000);

  test("differ, have 60 bits, and no letter that is taken for another", () => {
    expect(new Set(codes).size).toBe(2000);
    for (const code of codes) expect(code).toMatch(/^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}$/);
    const letters = new Map<string, number>();
    for (const c of codes.join("").replaceAll("-", "")) letters.set(c, (letters.get(c) ?? 0) + 1);
    expect(letters.size).toBe(32);
    // 24,000 letters, 750 each; six standard deviations
    for (const n of letters.values()) expect(Math.abs(n - 750)).toBeLessThan(6 * Math.sqrt(750));
  });

  test("are known however they are typed", () => {
    const [code = ""] = codes;
    const bare = code.replaceAll("-", "");
    for (const typed of [code, bare, ` ${bare.toLowerCase()} `, bare.split("").join(" "), code.replaceAll("-", "–")])
      expect(codeOf(typed)).toBe(code);
  });

  test.each(["", "K7QM-3XPA", "K7QM-3XPA-9FW0", "K7QM-3XPA-9FWT-9FWT", "<script>", "ſ".repeat(12), "-".repeat(65)])(
    "%j is none",
    (typed) => {
      expect(codeOf(typed)).toBeUndefined();
    },
  );

  test("any text is a code of the same form, or none", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (typed) => {
        const code = codeOf(typed);
        if (code !== undefined) expect(codeOf(code)).toBe(code);
      }),
    );
  });

  test("go to a file and come back in order", () => {
    const some = codes.slice(0, 120);
    const csv = codesCsv(some);
    expect(csv.split("\n").slice(0, 2)).toEqual(["code,participant", `${some[0]},P001`]);
    expect(codesIn(csv.replaceAll("\n", "\r\n"))).toEqual(some);
    expect(participantName(4, 20)).toBe("P05");
  });

  test("tokens have 256 bits", () => {
    expect(newToken()).toMatch(/^[0-9a-f]{64}$/);
    expect(newToken()).not.toBe(newToken());
  });
});

describe("orders", () => {
  const study = { seed: 7, questions: Array.from({ length: 50 }, (_, i) => ({ id: `q${i}` })) };
  const ids = study.questions.map((q) => q.id);

  test("hold every question once, and never change", () => {
    const order = orderOf(study, "K7QM-3XPA-9FWT", "A");
    expect([...order].sort()).toEqual([...ids].sort());
    expect(orderOf(study, "K7QM-3XPA-9FWT", "A")).toEqual(order);
  });

  test("differ by part, participant and seed", () => {
    const one = orderOf(study, "K7QM-3XPA-9FWT", "A");
    expect(orderOf(study, "K7QM-3XPA-9FWT", "B")).not.toEqual(one);
    expect(orderOf(study, "K7QM-3XPA-9FWU", "A")).not.toEqual(one);
    expect(orderOf({ ...study, seed: 8 }, "K7QM-3XPA-9FWT", "A")).not.toEqual(one);
  });

  test("put every question everywhere alike", () => {
    const people = newCodes(3000).map((code) => orderOf(study, code, "A").indexOf("q17"));
    const mean = people.reduce((s, v) => s + v, 0) / people.length;
    // uniform on 0 … 49: mean 24.5, standard deviation 14.43; five standard errors
    expect(Math.abs(mean - 24.5)).toBeLessThan((5 * 14.43) / Math.sqrt(3000));
    expect(new Set(people).size).toBe(50);
  });
});

describe("what a page may know", () => {
  const view = forParticipant(STUDY);

  test("the model's answer and the stated accuracy, never truth, probability or the real accuracy", () => {
    const told = JSON.stringify(view);
    for (const secret of ["truth", "probability", "actual", "seed", "source", "grad-cam"])
      expect(told).not.toContain(secret);
    expect(view.stated_accuracy).toBe(0.8);
    expect(view.questions.A.map((q) => q.prediction)).toEqual([0, 1, 1, 0]);
  });

  test("explanations in part B alone", () => {
    expect(view.questions.A.every((q) => q.heatMap === null && q.similar.length === 0)).toBe(true);
    expect(view.questions.B[0]).toMatchObject({ heatMap: "q1-map.png", similar: [{ picture: "s1.png" }] });
    expect([...picturesShown(view, "A")]).toEqual(["q1.png", "q2.png", "q3.png", "q4.png"]);
    expect(picturesShown(view, "B").has("q1-1-map.png")).toBe(true);
  });
});

describe("a study's file", () => {
  const refused = (change: object): string => {
    try {
      studyIn(JSON.stringify({ ...STUDY, ...change }), "s/study.json");
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  const [first] = STUDY.questions;

  test("is read as it was written", () => {
    expect(studyIn(JSON.stringify(STUDY), "s/study.json")).toEqual(STUDY);
  });

  test.each([
    [{ schema_version: 2 }, "schema_version"],
    [{ stated_accuracy: 80 }, "stated_accuracy"],
    [{ questions: [{ ...first, picture: "../../etc/passwd" }] }, "`picture` of question 0"],
    [{ questions: [{ ...first, id: "a b" }] }, "`id` of question 0"],
    [{ questions: [{ ...first, truth: 2 }] }, "`truth` of question 0"],
    [{ questions: [{ ...first, similar: [{ picture: "s.png", heatMap: "/x", caption: null }] }] }, "`similar`"],
    [{ questions: [first, first] }, "same id"],
  ])("%j is refused", (change, words) => {
    expect(refused(change)).toContain(words);
  });

  test("what is not JSON is refused in words", () => {
    expect(() => studyIn("{", "s/study.json")).toThrow(/it is not JSON/);
  });
});
