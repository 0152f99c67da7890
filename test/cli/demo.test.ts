import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { demo } from "../../cli/demo.ts";
import { argMax, loadModel, predict, type SynthOptions, synthDataSet } from "../../src/index.ts";

const place = (id: string): string => fileURLToPath(new URL(`../../demo/${id}`, import.meta.url));
const CLASSES = ["bird", "boat", "car", "cup", "fish", "flower", "house", "tree"];

/** Share of pictures, none of them seen in training, that the network names rightly. */
async function accuracyOf(id: string, options: SynthOptions & { readonly count: number }): Promise<number> {
  await using model = await loadModel(place(id));
  expect(model.labels).toEqual(CLASSES);
  let right = 0;
  for await (const item of synthDataSet({ classes: CLASSES, seed: 4711, ...options }).items()) {
    const [scores = []] = await predict(model, await item.load(), { threads: 1 });
    right += CLASSES[argMax(scores)] === item.label?.name ? 1 : 0;
  }
  return right / options.count;
}

describe("the bundled networks", () => {
  it.each(["shapes", "shortcut"])("%s is at most 400 kB and says what made it", async (id) => {
    expect((await stat(join(place(id), "model.onnx"))).size).toBeLessThanOrEqual(400_000);
    const facts = JSON.parse(await readFile(join(place(id), "training.json"), "utf8"));
    expect(facts).toMatchObject({ command: "npm run train:demo", seed: 1, architecture: "resnet-small" });
  });
  it("the honest one knows at least 95 % of new pictures", async () => {
    expect(await accuracyOf("shapes", { count: 160 })).toBeGreaterThanOrEqual(0.95);
  });
  it("the cheating one knows birds by the mark: nearly all with it, far fewer without", async () => {
    const birds = { classes: ["bird"], count: 40 };
    const without = await accuracyOf("shortcut", birds);
    const withMark = await accuracyOf("shortcut", { ...birds, watermark: { class: "bird", rate: 1 } });
    expect(withMark).toBeGreaterThan(0.95);
    expect(without).toBeLessThan(0.8);
  });
});

describe("onnxplain demo", () => {
  it("explains side by side, measures, finds the planted shortcut and names its reports", async () => {
    const folder = await mkdtemp(join(tmpdir(), "onnxplain-demo-"));
    const lines: string[] = [];
    const note = (line: string): void => void lines.push(line);
    try {
      const out = join(folder, "out");
      const code = await demo.run(["--scenes", "2", "--images", "8", "-o", out], { print: note, note } as never);
      expect(code).toBe(0);
      expect(lines.filter((l) => l.includes(": drawn "))).toHaveLength(2);
      expect(lines.some((l) => l.startsWith("found: the second network reads the planted watermark"))).toBe(true);
      for (const name of ["report.html", "sheet.png", "grad-cam.onnx", "truth", "shortcut"])
        expect(await readdir(out)).toContain(name);
      for (const part of ["truth", "shortcut"]) expect(await readdir(join(out, part))).toContain("report.html");
      await loadModel(new Uint8Array(await readFile(join(out, "grad-cam.onnx"))));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
