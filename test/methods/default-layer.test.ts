/** @file The layer that is chosen when nobody says: on every golden network, the one its makers named. */
import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/index.ts";
import { candidateLayers, defaultLayer, namedLayer } from "../../src/methods/layers.ts";
import { netBytes } from "../nets.ts";
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
  it.each(models.map((m) => [m.name, m] as const))(
    "%s: the same place when nobody asks to keep its name",
    async (_, { file, cam_layer_tensor: wanted }) => {
      const model = await loadModel(shared(`golden/${file}`));
      const [kept, free] = [defaultLayer(model.classifier({ layer: wanted })), defaultLayer(model.classifier())];
      expect([free.grid, free.channels, free.layout]).toEqual([kept.grid, kept.channels, kept.layout]);
      expect(free.name).toBe(wanted);
    },
  );
});

describe("small networks", () => {
  const choose = async (build: Parameters<typeof netBytes>[1]): Promise<string> =>
    defaultLayer((await loadModel(netBytes(["N", 3, 8, 8], build))).classifier()).op;
  it("a map with as many channels as there are classes is a feature map, where weights come after it", async () => {
    expect(
      await choose(({ g, x, w }) => {
        const a = g.op("Sigmoid", [g.op("Relu", [g.op("Conv", [x, w([4, 3, 3, 3])])])]);
        return { scores: g.op("MatMul", [g.op("Flatten", [a], { axis: 1 }), w([144, 4])]) };
      }),
    ).toBe("Sigmoid");
  });
  it("and the class scores themselves, where none do", async () => {
    expect(
      await choose(({ g, x, w }) => {
        const a = g.op("Tanh", [g.op("Conv", [x, w([6, 3, 3, 3])])]);
        return {
          scores: g.op("Flatten", [g.op("GlobalAveragePool", [g.op("Relu", [g.op("Conv", [a, w([4, 6, 1, 1])])])])], {
            axis: 1,
          }),
        };
      }),
    ).toBe("Tanh");
  });
  it("the grid goes on through a BatchNormalization that no convolution takes in", async () => {
    expect(
      await choose(({ g, x, w }) => {
        const a = g.op("Conv", [x, w([4, 3, 3, 3])]);
        const joined = g.op("Concat", [a, g.op("Relu", [a])], { axis: 1 });
        const y = g.op("Elu", [
          g.op("BatchNormalization", [
            joined,
            w([8]),
            w([8]),
            w([8]),
            g.constant({ dtype: "float32", dims: [8], data: new Float32Array(8).fill(1) }),
          ]),
        ]);
        return { scores: g.op("MatMul", [g.op("Flatten", [g.op("GlobalAveragePool", [y])], { axis: 1 }), w([8, 4])]) };
      }),
    ).toBe("Elu");
  });
  it("a network without a grid has no layer to choose", async () => {
    const model = await loadModel(
      netBytes(["N", 3, 8, 8], ({ g, x, w }) => ({
        scores: g.op("MatMul", [g.op("Flatten", [x], { axis: 1 }), w([192, 4])]),
      })),
    );
    expect(() => defaultLayer(model.classifier())).toThrow(/E_LAYER_UNSUITABLE|no feature map/);
  });
});
