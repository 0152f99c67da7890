/** @file The curves as PNG: read back, with ink where the lines are. */
import { describe, expect, it } from "vitest";
import { decodeImage } from "../../../src/image/decode-node.ts";
import { trainingPicture } from "../../../src/report/train/picture.ts";
import { madeTraining } from "./made-training.ts";

describe("the picture of a training", () => {
  it("holds three plots with lines in their colours", async () => {
    const { width, height, data, channels } = await decodeImage(await trainingPicture(madeTraining()));
    expect([width, height]).toEqual([960, 984]);
    const found = new Map<string, number>();
    for (let i = 0; i < data.length; i += channels) {
      const key = [...data.subarray(i, i + 3)].join(",");
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    for (const color of ["10,90,160", "194,65,12", "15,118,110"]) expect(found.get(color)).toBeGreaterThan(500);
    expect(found.get("255,255,255") as number).toBeGreaterThan(0.8 * width * height);
  });
  it("says so where there is nothing to draw", async () => {
    const { width, height } = await decodeImage(await trainingPicture({ ...madeTraining(), steps: [], epochs: [] }));
    expect([width, height]).toEqual([960, 48]);
  });
});
