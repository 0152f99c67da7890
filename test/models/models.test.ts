/** @file Every real network of ../shared/models: its stated accuracy, and what can be explained of it. */
import { readdirSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { argMax, type Explainer, explain, type ImageU8, loadModel, OnnxplainError, predict } from "../../src/index.ts";
import { absent, hasShared, readSharedJson, shared } from "../shared.ts";
import { pictures, vipsPicture } from "./sets.ts";

interface Meta {
  readonly task: string;
  readonly labelOffset: number;
  readonly preprocessing: { readonly resizeShorterSide: number | null; readonly centerCrop: number | null };
  readonly verified: { readonly n: number; readonly top1: number };
}

const names = hasShared("models") ? readdirSync(shared("models")) : [];
/** One image in a hundred, with the resampling that the stated figures were measured with. */
const ALLOWED = 0.01 + 1e-9;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

describe.skipIf(names.length === 0)(`real networks${absent("models")}`, () => {
  const report: string[] = [];

  /** Share of right answers, with the preprocessing's own resampling or with ready pixels. */
  async function accuracy(model: Explainer, meta: Meta, ready?: (path: string) => Promise<ImageU8>): Promise<number> {
    const set = (await pictures(meta.task)).slice(0, meta.verified.n);
    const spec = model.preprocessing(model.classifier()).spec;
    let right = 0;
    for (const { image, label, path } of set) {
      const [scores] =
        ready && path
          ? await predict(model, await ready(path), { preprocessing: { ...spec, resize: null, crop: null } })
          : await predict(model, image);
      if (argMax(scores as Float32Array) === label + meta.labelOffset) right++;
    }
    return right / set.length;
  }

  it.each(names)("%s reproduces its accuracy", { timeout: 120_000 }, async (name) => {
    const meta = readSharedJson<Meta>(`models/${name}/META.json`);
    await using model = await loadModel(shared(`models/${name}`));
    const { resizeShorterSide: side, centerCrop: crop } = meta.preprocessing;
    const top1 = await accuracy(model, meta, side && crop ? (path) => vipsPicture(path, side, crop) : undefined);
    const pillow = side && crop ? `; with Pillow's bilinear ${percent(await accuracy(model, meta))}` : "";
    report.push(
      `${name.padEnd(36)} top-1 ${percent(top1)} of ${meta.verified.n} (stated ${percent(meta.verified.top1)})${pillow}`,
    );
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
