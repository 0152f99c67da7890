/** @file The curves of a training: where their points stand, how long ones are gathered, what is left out. */
import { describe, expect, it } from "vitest";
import { trainingCurves } from "../../../src/report/train/curves.ts";
import { madeMultiLabel, madeTraining } from "./made-training.ts";

describe("curves of a training", () => {
  it("are loss, measure and rate over epochs", () => {
    const [loss, measured, rate] = trainingCurves(madeTraining());
    expect([loss?.title, measured?.title, rate?.title]).toEqual(["Loss", "Accuracy", "Learning rate"]);
    expect(loss?.lines.map((l) => l.label)).toEqual(["training", "validation"]);
    expect(loss?.xEnd).toBe(12);
    expect(measured?.lines[1]?.at).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(trainingCurves(madeMultiLabel())[1]?.title).toBe("mAP (11 points)");
  });
  it("gather steps into windows without moving their mean", () => {
    const report = madeTraining();
    const line = trainingCurves(report)[0]?.lines[0];
    const width = Math.ceil(report.steps.length / 150);
    expect(line?.values).toHaveLength(Math.ceil(report.steps.length / width));
    const own = report.steps.slice(width, 2 * width);
    const mean = own.reduce((s, r) => s + r.loss, 0) / width;
    expect(line?.values[1]).toBeCloseTo(mean, 12);
    expect(line?.errors?.[1]).toBeCloseTo(Math.sqrt(own.reduce((s, r) => s + (r.loss - mean) ** 2, 0) / width), 12);
    expect(line?.at?.[1]).toBeCloseTo(own.reduce((s, r) => s + r.step, 0) / width / 78, 12);
  });
  it("draw every batch of a short training", () => {
    const report = madeTraining();
    const line = trainingCurves({ ...report, steps: report.steps.slice(0, 20), epochs: [] })[0]?.lines[0];
    expect(line?.values).toEqual(report.steps.slice(0, 20).map((s) => s.loss));
    expect(line?.errors).toBeUndefined();
  });
  it("keep the jumps of a rate", () => {
    const report = madeTraining();
    const steps = Array.from({ length: 20_000 }, (_, i) => ({ step: i + 1, loss: 1, rate: i < 7777 ? 0.1 : 0.01 }));
    const rate = trainingCurves({ ...report, steps }).at(-1)?.lines[0];
    expect(rate?.values.length).toBeLessThan(700);
    const jump = rate?.values.indexOf(0.01) as number;
    expect([rate?.at?.[jump - 1], rate?.at?.[jump]]).toEqual([7777 / 78, 7778 / 78]);
  });
  it("leave out what is not finite, and take logarithms of a loss that runs away", () => {
    const report = madeTraining();
    const steps = [1, 10, 1e4, 1e6, Number.NaN].map((loss, i) => ({ step: i + 1, loss, rate: 0.1 }));
    const [loss] = trainingCurves({ ...report, steps, epochs: [] });
    expect(loss?.title).toBe("Loss, log10");
    expect(loss?.lines[0]?.values.map((v) => Math.round(v * 1e9) / 1e9)).toEqual([0, 1, 4, 6]);
  });
  it("are none where nothing was recorded", () => {
    expect(trainingCurves({ ...madeTraining(), steps: [], epochs: [] })).toEqual([]);
  });
});
