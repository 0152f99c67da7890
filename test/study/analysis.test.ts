/** @file Scores and analyses of studies against numbers worked out by hand; bins at their edges; everything degenerate. */
import { describe, expect, test } from "vitest";
import { analyseStudy } from "../../src/study/analysis.ts";
import { binName, binOf, binsOf } from "../../src/study/bins.ts";
import { correlationOf, pairedTest } from "../../src/study/paired.ts";
import { scoreOf } from "../../src/study/scores.ts";
import { LEVELS, type Level, type Study } from "../../src/study/study.ts";
import { question, recordsOf, STUDY } from "./made.ts";

const SETTINGS = { seed: 0, resamples: 2000, level: 0.95 };

test("an answer counts for the true side, against the other, twice when it is definite", () => {
  expect(LEVELS.map((level) => scoreOf(level, { truth: 1 }))).toEqual([-2, -1, 0, 1, 2]);
  expect(LEVELS.map((level) => scoreOf(level, { truth: 0 }))).toEqual([2, 1, 0, -1, -2]);
});

test("50 questions of two parts: differences reach from -200 to 200", () => {
  const study: Study = {
    ...STUDY,
    questions: Array.from({ length: 50 }, (_, i) => question(i, { truth: i % 2 === 0 ? 0 : 1, prediction: 0 })),
  };
  const right = study.questions.map(({ truth }) => (truth === 1 ? 2 : -2) as Level);
  const wrong = right.map((level) => -level as Level);
  const { participants } = analyseStudy(
    study,
    recordsOf(
      [
        { code: "up", A: wrong, B: right },
        { code: "down", A: right, B: wrong },
      ],
      study,
    ),
  );
  expect(participants.map((p) => p.difference)).toEqual([200, -200]);
});

describe("two participants", () => {
  const analysis = analyseStudy(
    STUDY,
    recordsOf([
      // A: 2, -1, 0, -2 = -1; B: 2, 1, 1, 2 = 6
      { code: "a", A: [-2, 1, 0, -2], B: [-2, -1, 1, 2], actions: { similar: 20, "heat-map": 9, zoom: 2 } },
      // A: 1, 2, 2, 1 = 6; B: 1, -2, 2, 0 = 1
      { code: "b", A: [-1, -2, 2, 1], B: [-1, 2, 2, 0] },
    ]),
  );
  const [a, b] = analysis.participants;

  test("scores, differences and actions", () => {
    expect([a?.parts.A.score, a?.parts.B.score, a?.difference]).toEqual([-1, 6, 7]);
    expect([b?.parts.A.score, b?.parts.B.score, b?.difference]).toEqual([6, 1, -5]);
    expect(a?.actions).toEqual({ total: 31, similar: 20, "heat-map": 9, zoom: 2 });
    expect(b?.actions.total).toBe(0);
    expect([a?.name, b?.name]).toEqual(["P01", "P02"]);
  });

  test("accuracy, agreement and over-reliance; not sure is on no side", () => {
    expect([a?.parts.A.accuracy, a?.parts.B.accuracy]).toEqual([1 / 4, 1]);
    // sides 0, 1, none, 0 against the model's 0, 1, 1, 0
    expect([a?.parts.A.agreement, a?.parts.B.agreement]).toEqual([3 / 4, 2 / 4]);
    // the model is wrong on the second and the fourth
    expect([a?.parts.A.over_reliance, a?.parts.B.over_reliance]).toEqual([1, 0]);
    expect([b?.parts.A.over_reliance, b?.parts.B.over_reliance]).toEqual([0, 1 / 2]);
    expect([a?.parts.A.unsure, a?.parts.A.seconds, a?.parts.B.seconds]).toEqual([1, 1, 2]);
  });

  test("paired means and signs", () => {
    const { pairs, a, b, difference, std, higher, lower } = analysis.tests.score;
    expect({ pairs, a, b, difference, higher, lower }).toEqual({
      pairs: 2,
      a: 2.5,
      b: 3.5,
      difference: 1,
      higher: 1,
      lower: 1,
    });
    expect(std).toBeCloseTo(Math.sqrt(72), 12);
    expect(analysis.tests.score.effect).toBeCloseTo(1 / Math.sqrt(72), 12);
  });

  test("31 actions lie in (30, 60], none in the bin of 0; the others stay, empty", () => {
    expect(analysis.bins.map((bin) => [binName(bin), bin.count, bin.mean])).toEqual([
      ["none", 1, -5],
      ["1 – 30", 0, null],
      ["31 – 60", 1, 7],
      ["61 – 90", 0, null],
      ["91 – 120", 0, null],
      ["121 – 150", 0, null],
    ]);
  });

  test("questions: how hard, and what changed", () => {
    const [first, second] = analysis.questions;
    expect(first).toMatchObject({ id: "q1", model_right: true, difficulty: 0, actions: { total: 31 } });
    // part A: one says 1 (wrong), one says 0 (right)
    expect(second).toMatchObject({ model_right: false, difficulty: 0.5, actions: { total: 0 } });
    expect(second?.parts.A).toEqual({ answers: 2, right: 0.5, score: 0.5, seconds: 1 });
    expect(second?.parts.B).toEqual({ answers: 2, right: 0.5, score: -0.5, seconds: 2 });
  });
});

describe("bins", () => {
  test.each([
    [0, 0],
    [1, 1],
    [29, 1],
    [30, 1],
    [31, 2],
    [60, 2],
    [61, 3],
    [150, 5],
  ])("%i actions fall into bin %i", (actions, bin) => {
    expect(binOf(actions, 30, 6)).toBe(bin);
  });

  test("mean, sample deviation and interval of a bin of three", () => {
    const [, first] = binsOf({ actions: [1, 15, 30], differences: [1, 2, 6] }, { binWidth: 30, ...SETTINGS });
    expect(first?.mean).toBe(3);
    expect(first?.std).toBeCloseTo(Math.sqrt(7), 12);
    // a resample of three is the lowest three times with probability 1/27, so both ends are reached at 95 %
    expect(first?.interval).toEqual([1, 6]);
  });

  test("widths are free; more bins where there are more actions, and the last is open at last", () => {
    const names = (most: number, binWidth: number) =>
      binsOf({ actions: [most], differences: [0] }, { binWidth, ...SETTINGS }).map(binName);
    expect(names(7, 10)).toEqual(["none", "1 – 10", "11 – 20", "21 – 30", "31 – 40", "41 – 50"]);
    expect(names(65, 10).at(-1)).toBe("61 – 70");
    expect(names(3, 1).slice(0, 3)).toEqual(["none", "1", "2"]);
    const many = names(100_000, 30);
    expect([many.length, many.at(-1)]).toEqual([21, "over 570"]);
  });
});

describe("who is left out", () => {
  const analysis = analyseStudy(
    STUDY,
    recordsOf([
      { code: "whole", A: [-1, -1, 1, 1], B: [-2, -2, 2, 2] },
      { code: "half", A: [-1, -1, 1, 1], B: [-1, null, null, null], actions: { zoom: 4 } },
      { code: "never", A: [null, null, null, null], B: [null, null, null, null] },
    ]),
  );

  test("only those with both parts are compared, and the others are named", () => {
    expect(analysis.complete).toBe(1);
    expect(analysis.participants.map((p) => p.left_out)).toEqual([
      null,
      "answered 1 of 4 in part B",
      "answered 0 of 4 in part A, answered 0 of 4 in part B",
    ]);
    expect(analysis.participants.map((p) => p.difference)).toEqual([4, null, null]);
    expect(analysis.tests.score).toMatchObject({ pairs: 1, difference: 4, std: null, interval: null, t: null });
    expect(analysis.bins.reduce((n, b) => n + b.count, 0)).toBe(1);
  });

  test("what they did is kept", () => {
    expect(analysis.participants[1]?.parts.A.score).toBe(4);
    expect(analysis.participants[1]?.actions.zoom).toBe(4);
    expect(analysis.participants[2]?.parts.A).toMatchObject({ score: null, accuracy: null, seconds: null });
  });
});

describe("degenerate", () => {
  test("nobody", () => {
    const analysis = analyseStudy(STUDY, { participants: [], answers: [], actions: [] });
    expect(analysis).toMatchObject({ complete: 0, participants: [], mean_actions: null });
    expect(analysis.tests.score).toMatchObject({ pairs: 0, a: null, difference: null, wilcoxon: null, t: null });
    expect(analysis.correlation).toEqual({ participants: 0, rho: null, p: null });
    expect(analysis.questions.map((q) => q.difficulty)).toEqual([null, null, null, null]);
  });

  test("all ties: nothing to rank, t not defined, no correlation", () => {
    const same = { A: [-1, -1, 1, 1], B: [-1, -1, 1, 1] } as const;
    const analysis = analyseStudy(STUDY, recordsOf(["a", "b", "c"].map((code) => ({ code, ...same }))));
    expect(analysis.tests.score).toMatchObject({ difference: 0, std: 0, effect: null, wilcoxon: null, equal: 3 });
    expect(analysis.tests.score.t).toEqual({ t: null, p: 1 });
    expect(analysis.correlation).toEqual({ participants: 3, rho: null, p: null });
    expect(analysis.bins[0]).toMatchObject({ count: 3, mean: 0, std: 0, interval: [0, 0] });
    expect(analysis.mean_actions).toEqual({ mean: 0, interval: [0, 0] });
  });

  test("a model that is never wrong leaves over-reliance undefined", () => {
    const right: Study = { ...STUDY, questions: [question(0, { truth: 1, prediction: 1 })] };
    const analysis = analyseStudy(right, recordsOf([{ code: "a", A: [1], B: [2] }], right));
    expect(analysis.participants[0]?.parts.A.over_reliance).toBeNull();
    expect(analysis.tests.over_reliance.pairs).toBe(0);
  });

  test("a study without questions", () => {
    const empty: Study = { ...STUDY, questions: [] };
    const analysis = analyseStudy(empty, recordsOf([{ code: "a", A: [], B: [] }], empty));
    expect(analysis.participants[0]?.left_out).toBe("the study has no questions");
    expect(analysis.complete).toBe(0);
  });

  test("records of strangers and second answers are counted and passed over", () => {
    const own = recordsOf([{ code: "a", A: [-1, -1, 1, 1], B: [-1, -1, 1, 1] }]);
    const [first] = own.answers;
    if (first === undefined) throw new Error("no answer");
    const analysis = analyseStudy(STUDY, {
      ...own,
      answers: [...own.answers, { ...first, level: 2 }, { ...first, code: "x" }, { ...first, question: "q99" }],
    });
    expect(analysis.participants[0]?.parts.A.score).toBe(4);
    expect(analysis.notes).toEqual([
      "2 records of participants or questions that the study does not know.",
      "1 second answers to a question that was answered already.",
    ]);
  });
});

describe("tests", () => {
  test("Wilcoxon and t on five pairs, worked out by hand", () => {
    // differences 1, 2, 3, 4, 5: W = 0, p = 2 / 2^5; t = 3 / (sqrt(2.5) / sqrt(5)) = 3 / sqrt(0.5)
    const found = pairedTest(
      [1, 2, 3, 4, 5].map((d) => ({ a: 10, b: 10 + d })),
      SETTINGS,
    );
    expect(found.wilcoxon).toMatchObject({ w: 0, n: 5, p: 0.0625 });
    expect(found.t?.t).toBeCloseTo(3 / Math.sqrt(0.5), 12);
    expect(found.effect).toBeCloseTo(3 / Math.sqrt(2.5), 12);
    expect(found).toMatchObject({ difference: 3, higher: 5, lower: 0, equal: 0 });
  });

  test("use and change: a perfect order of six is as far as 2 of 720 orders go", () => {
    const { rho, p } = correlationOf([1, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60], { ...SETTINGS, resamples: 20_000 });
    expect(rho).toBeCloseTo(1, 12);
    expect(p).toBeGreaterThan(0.0015);
    expect(p).toBeLessThan(0.0045); // 2 / 720 = 0.0028, four standard errors of 20,000 draws either side
    expect(correlationOf([1, 2], [1, 2], SETTINGS)).toEqual({ participants: 2, rho: null, p: null });
    expect(correlationOf([1, 2, 3], [4, 4, 4], SETTINGS).rho).toBeNull();
  });

  test("the same records, the same numbers", () => {
    const people = Array.from({ length: 9 }, (_, i) => ({
      code: `c${i}`,
      A: [-1, -1, 1, 1] as const,
      B: [-2, i % 2 === 0 ? -2 : 1, 1, 2] as const,
      actions: { similar: 10 * i },
    }));
    expect(analyseStudy(STUDY, recordsOf(people))).toEqual(analyseStudy(STUDY, recordsOf(people)));
  });
});
