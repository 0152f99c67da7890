/** @file Every real network of ../shared/models: its stated accuracy, and what can be explained of it. */
import { readdirSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { argMax, explain, loadModel, OnnxplainError, predict } from "../../src/index.ts";
import { absent, hasShared, readSharedJson, shared } from "../shared.ts";
import { pictures } from "./sets.ts";

interface Meta {
  readonly task: string;
  readonly labelOffset: number;
  readonly verified: { readonly n: number; readonly top1: number };
}

const names = hasShared("models") ? readdirSync(shared("models")) : [];
/** One image in a hundred: resampling here is Pillow's, the stated figures were measured with another. */
const ALLOWED = 0.01 + 1e-9;

describe.skipIf(names.length === 0)(`real networks${absent("models")}`, () => {
  const report: string[] = [];

  it.each(names)("%s reproduces its accuracy", { timeout: 120_000 }, async (name) => {
    const meta = readSharedJson<Meta>(`models/${name}/META.json`);
    await using model = await loadModel(shared(`models/${name}`));
    const set = (await pictures(meta.task)).slice(0, meta.verified.n);
    let right = 0;
    for (const { image, label } of set) {
      const [scores] = await predict(model, image);
      if (argMax(scores as Float32Array) === label + meta.labelOffset) right++;
    }
    const top1 = right / set.length;
    report.push(`${name.padEnd(36)} top-1 ${(100 * top1).toFixed(1)} % of ${set.length} (stated ${(100 * meta.verified.top1).toFixed(1)})`);
    expect(Math.abs(top1 - meta.verified.top1)).toBeLessThanOrEqual(ALLOWED);
  });

  it.each(names)("%s: the gradient compiles, or is refused with a reason", async (name) => {
    const meta = readSharedJson<Meta>(`models/${name}/META.json`);
    await using model = await loadModel(shared(`models/${name}`));
    const image = (await pictures(meta.task))[0]?.image as Exclude<Parameters<typeof explain>[1], string>;
    try {
      const map = await explain(model, image, { method: "gradient" });
      expect(map.values.some((v) => v !== 0)).toBe(true);
      report.push(`${name.padEnd(36)} gradient ok${map.notes.length ? `; ${map.notes.join(" ")}` : ""}`);
    } catch (error) {
      expect(error).toBeInstanceOf(OnnxplainError);
      const { code, message } = error as OnnxplainError;
      expect(["E_NO_DERIVATIVE", "E_UNSUPPORTED_OP"]).toContain(code);
      expect(message).toMatch(/occlusion/);
      report.push(`${name.padEnd(36)} gradient refused: ${code} ${message.slice(0, 160)}`);
      const map = await explain(model, image, { method: "occlusion" });
      expect(map.values.some((v) => v !== 0)).toBe(true);
    }
  });

  afterAll(() => console.log(report.join("\n")));
});
