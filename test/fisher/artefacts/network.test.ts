/** @file Two small trained networks, one of whose training birds carried a watermark: the search suspects that one, and names the pictures. */
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import type { PictureBox } from "../../../src/data/dataset.ts";
import { drawSynth, type SynthPicture } from "../../../src/data/synth/draw.ts";
import { synthSettings } from "../../../src/data/synth/settings.ts";
import { explain } from "../../../src/explain.ts";
import type { Explainer } from "../../../src/explainer.ts";
import type { RelevanceMap } from "../../../src/fisher/artefacts/relevance-map.ts";
import { searchArtefacts } from "../../../src/fisher/artefacts/search.ts";
import { loadModel } from "../../../src/load.ts";
import { adjustedRand } from "./made-maps.ts";

const METHODS = ["input-x-gradient", "lrp", "grad-cam"] as const;
/** Birds of which four in ten carry the watermark, in one of the two right corners. */
function birds(classes: readonly string[]): readonly SynthPicture[] {
  const settings = synthSettings({ seed: 77, classes: [...classes], watermark: { class: "bird", rate: 0.4 } });
  return Array.from({ length: 600 }, (_, i) => drawSynth(settings, i)).filter((p) => p.label.trueLabel === "bird");
}

async function mapOf(model: Explainer, { image, objects }: SynthPicture, method: string): Promise<RelevanceMap> {
  const { values, dims } = await explain(model, image, { method, target: "bird" });
  const [height, width] = dims.slice(-2) as [number, number];
  const plane = new Float32Array(height * width);
  values.forEach((v, i) => {
    plane[i % plane.length]! += v;
  });
  const [across, down] = [width / image.width, height / image.height];
  const onMap = ({ x0, y0, x1, y1 }: PictureBox) => ({
    x0: x0 * across,
    y0: y0 * down,
    x1: x1 * across,
    y1: y1 * down,
  });
  const boxes = objects.flatMap((o) => (o.box ? [onMap(o.box)] : []));
  return { id: "bird", width, height, values: plane, boxes };
}

describe.each(["shapes", "shortcut"] as const)("the network %s", async (name) => {
  const model = await loadModel(fileURLToPath(new URL(`../../../demo/${name}/`, import.meta.url)));
  afterAll(() => model.dispose());
  const pictures = birds(model.labels as readonly string[]);
  const marked = pictures.map((p) => (p.label.watermark ? 1 : 0));
  it.each(METHODS)("by %s", { timeout: 60_000 }, async (method) => {
    const maps: RelevanceMap[] = [];
    for (const picture of pictures) maps.push(await mapOf(model, picture, method));
    const { clusters, assignment } = searchArtefacts(maps);
    const suspects = clusters.filter((c) => c.suspicious);
    console.log(
      `${name}, ${method}: ${suspects.length} suspicious of ${clusters.length} clusters, scores ${clusters.map((c) => c.score.toFixed(2)).join(", ")}`,
    );
    if (name === "shapes") {
      expect(suspects).toEqual([]);
      return;
    }
    const named = Array.from(assignment, (cluster) => (clusters[cluster]?.suspicious ? 1 : 0));
    expect(adjustedRand(named, marked)).toBeGreaterThanOrEqual(0.9);
    for (const { outside } of suspects) expect(outside).toBeGreaterThan(0.4);
  });
});
