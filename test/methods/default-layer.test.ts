/** @file The layer that is chosen when nobody says: on every golden network, the one its makers named. */
import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/index.ts";
import { candidateLayers, defaultLayer, namedLayer } from "../../src/methods/layers.ts";
import { absent, hasShared, readSharedJson, shared } from "../shared.ts";

interface GoldenModel {
  readonly name: string;
  readonly file: string;
  readonly cam_layer_tensor: string;
}
const here = hasShared("golden/MANIFEST.json");
const models = here ? readSharedJson<{ readonly models: readonly GoldenModel[] }>("golden/MANIFEST.json").models : [];

describe.skipIf(!here)(`golden networks${absent("golden/MANIFEST.json")}`, () => {
  it.each(models.map((m) => [m.name, m] as const))("%s", async (_, { file, cam_layer_tensor: wanted }) => {
    const classifier = (await loadModel(shared(`golden/${file}`))).classifier({ layer: wanted });
    const chosen = defaultLayer(classifier);
    expect(chosen.name).toBe(wanted);
    expect(namedLayer(classifier, wanted)).toEqual(chosen);
    expect(candidateLayers(classifier).map((l) => l.name)).toContain(wanted);
  });
  it.each(models.map((m) => [m.name, m] as const))("%s: the same place when nobody asks to keep its name", async (_, { file, cam_layer_tensor: wanted }) => {
    const model = await loadModel(shared(`golden/${file}`));
    const [kept, free] = [defaultLayer(model.classifier({ layer: wanted })), defaultLayer(model.classifier())];
    expect([free.grid, free.channels, free.layout]).toEqual([kept.grid, kept.channels, kept.layout]);
    expect(free.name).toBe(wanted);
  });
});
