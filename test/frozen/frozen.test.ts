/**
 * @file Numbers that this library gave before, on small networks: what a clone without reference material is held to.
 * `UPDATE_FROZEN=1 npx vitest run test/frozen && npx biome check --write test/frozen` writes them anew.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type Explanation, explain, findMethod, loadModel, METHODS, type Method } from "../../src/index.ts";
import { unsuitability } from "../../src/methods/suitable.ts";
import { SEEDS } from "../fuzz/seeds.ts";
import { smoothNet } from "../methods/nets.ts";
import { images } from "../nets.ts";
import { quickParams } from "../quick.ts";

const FILE = fileURLToPath(new URL("numbers.json", import.meta.url));
const UPDATE = process.env.UPDATE_FROZEN === "1";
/** Of the norm of the map: float32 on another processor, or another version of the runtime. */
const TOLERANCE = 1e-4;
const KEPT = 8;

interface Frozen {
  readonly dims: readonly number[];
  readonly targets: readonly number[];
  readonly scores: readonly number[];
  /** Evenly spread over the map. */
  readonly values: readonly number[];
  readonly sum: number;
  readonly norm: number;
}
type Store = Readonly<Record<string, Frozen>>;
const stored: Store = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Store) : {};

const NETS: Readonly<Record<string, Uint8Array>> = { ...SEEDS, smooth: smoothNet };
/** Windows that do not tile the picture, and a fill that is not the default. */
const PARAMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  occlusion: { sliding_window_shapes: 3, strides: 2, baselines: 0.1 },
};

const short = (v: number): number => Number(v.toPrecision(8));
function summary({ values, dims, targets, scores }: Explanation): Frozen {
  const step = values.length / Math.min(KEPT, values.length);
  return {
    dims,
    targets: targets.map((t) => t.index),
    scores: scores.flatMap((row) => Array.from(row, short)),
    values: Array.from({ length: Math.min(KEPT, values.length) }, (_, i) =>
      short(values[Math.floor(i * step)] as number),
    ),
    sum: short(values.reduce((s, v) => s + v, 0)),
    norm: short(Math.sqrt(values.reduce((s, v) => s + v * v, 0))),
  };
}

async function compute(net: string, method: string): Promise<Frozen> {
  await using model = await loadModel(NETS[net] as Uint8Array);
  const dims = (model.classifier().input.dims ?? []).slice(1) as readonly number[];
  return summary(
    await explain(model, images([2, ...dims], 12), {
      method,
      params: { ...quickParams(findMethod(method)), ...PARAMS[method] },
      seed: 4,
      threads: 1,
    }),
  );
}

const fresh: Record<string, Frozen> = {};
/** Nets, and the methods that have a meaning on them. */
const pairs = (
  await Promise.all(
    Object.entries(NETS).map(async ([net, bytes]) => {
      await using model = await loadModel(bytes);
      return Object.values<Method>(METHODS)
        .filter((m) => unsuitability(m, model.classifier({ separateBatchNorm: m.separateBatchNorm })) === undefined)
        .map((m) => [net, m.id] as const);
    }),
  )
).flat();

describe("the numbers of before", () => {
  it.each(pairs)("%s, %s", async (net, method) => {
    const got = await compute(net, method);
    fresh[`${net}/${method}`] = got;
    if (UPDATE) return;
    const want = stored[`${net}/${method}`];
    expect(want, `${net}/${method} is not in numbers.json: UPDATE_FROZEN=1 npx vitest run test/frozen`).toBeDefined();
    if (want === undefined) return;
    expect([got.dims, got.targets]).toEqual([want.dims, want.targets]);
    const close = (a: readonly number[], b: readonly number[], scale: number, what: string): void => {
      expect(a.length).toBe(b.length);
      for (const [i, v] of a.entries())
        expect(Math.abs(v - (b[i] as number)), `${what} ${i}: ${v}, it was ${b[i]}`).toBeLessThanOrEqual(
          TOLERANCE * scale,
        );
    };
    close(got.scores, want.scores, Math.max(...want.scores.map(Math.abs)), "score");
    close(got.values, want.values, want.norm, "value");
    close(
      [got.sum, got.norm],
      [want.sum, want.norm],
      want.norm * Math.sqrt(want.dims.reduce((p, d) => p * d, 1)),
      "sum and norm",
    );
  });
  it("nothing is stored of a pair that is gone", () => {
    if (!UPDATE)
      expect(Object.keys(stored).filter((pair) => !pairs.some(([net, method]) => pair === `${net}/${method}`))).toEqual(
        [],
      );
  });
});

afterAll(() => {
  if (UPDATE) writeFileSync(FILE, JSON.stringify(fresh));
});
