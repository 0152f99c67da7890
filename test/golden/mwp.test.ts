/** @file Excitation backprop of SPEC 5.4 as reference code computed it (../shared/golden2, chapter 5): every layer, class and residual policy. */
import { afterAll, describe, expect, it } from "vitest";
import { type Explainer, explain, loadModel } from "../../src/index.ts";
import { absent, hasShared, readSharedJson, readSharedNpy, shared } from "../shared.ts";
import { inputOf, SIDE } from "./cifar.ts";

interface Output {
  readonly name: string;
  readonly file: string;
  readonly tolerance:
    | "exact"
    | { readonly atol: number; readonly rtol: number; readonly allowed_fraction_outside?: number };
}
interface Case {
  readonly id: string;
  readonly params: {
    readonly onnx: string;
    readonly layers: readonly string[];
    readonly policies: readonly string[];
    readonly onnx_values: Readonly<Record<string, string>>;
  };
  readonly outputs: readonly Output[];
}

const FILE = "golden2/MANIFEST.json";
const cases = hasShared(FILE)
  ? readSharedJson<{ readonly cases: readonly Case[] }>(FILE).cases.filter((c) => c.id.startsWith("ch5/mwp_"))
  : [];
/** Their residual policies, and their fully convolutional head, by our parameters. */
const VARIANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  signed: { residual: "share" },
  positive: { residual: "positive" },
  skip_ignored: { residual: "ignore_skip" },
  fcn_exp: { head: "softmax" },
};

describe.skipIf(!hasShared(FILE))(`excitation backprop${absent(FILE)}`, () => {
  const counts = { run: 0, passed: 0 };
  for (const c of cases) {
    describe(c.id, () => {
      const part = (name: string): ReturnType<typeof readSharedNpy> =>
        readSharedNpy(`golden2/${(c.outputs.find((o) => o.name === name) as Output).file}`);
      const maps = c.outputs.filter((o) => /^c?mwp_/.test(o.name));
      let model: Promise<Explainer> | undefined;
      afterAll(async () => (await model)?.dispose());
      it.each(maps.map((o) => [o.name, o] as const))("%s", async (name, output) => {
        counts.run++;
        model ??= loadModel(shared(`golden/models/${c.params.onnx}`));
        const [, kind, layer, which, variant = "signed"] = /^(c?mwp)_(.+)_y(\d)(?:_(\w+))?$/.exec(name) ?? [];
        const positions = readSharedNpy(`golden2/${c.id}/positions.npy`).data as Int32Array;
        const u8 = readSharedNpy("golden2/shared/test_u8.npy").data as Uint8Array;
        const classes = part("classes").data as Int32Array;
        const want = readSharedNpy(`golden2/${output.file}`).data as Float32Array;
        const size = want.length / positions.length;
        const { atol, rtol, allowed_fraction_outside = 0 } = output.tolerance as Exclude<Output["tolerance"], "exact">;
        let outside = 0;
        for (const [i, position] of positions.entries()) {
          const e = await explain(
            await model,
            { dims: [1, 3, SIDE, SIDE], data: inputOf(u8, position) },
            {
              method: kind === "cmwp" ? "c-mwp" : "mwp",
              layer: c.params.onnx_values[layer as string] as string,
              target: classes[(Number(which) - 1) * positions.length + i] as number,
              params: { ...VARIANTS[variant], ...(kind === "cmwp" ? { relu: false } : {}) },
            },
          );
          expect(e.values.length).toBe(size);
          outside += e.values.filter((v, k) => {
            const w = want[i * size + k] as number;
            return !(Math.abs(v - w) <= atol + rtol * Math.abs(w));
          }).length;
        }
        expect(outside / want.length, `${name}: share of entries outside the tolerance`).toBeLessThanOrEqual(
          allowed_fraction_outside,
        );
        counts.passed++;
      });
    });
  }
  afterAll(() => console.log(`golden2: excitation backprop ${counts.passed}/${counts.run} arrays passed`));
});
