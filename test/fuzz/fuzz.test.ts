/** @file 20,000 damaged models: each either still works or is refused with a code; nothing hangs, nothing crashes. */
import { expect, it } from "vitest";
import { loadModel, METHODS, type Method, OnnxplainError } from "../../src/index.ts";
import { defaultLayer } from "../../src/methods/layers.ts";
import { readParams } from "../../src/params.ts";
import { drawing, mutate, wound } from "./mutate.ts";
import { SEEDS } from "./seeds.ts";

const MUTATIONS = 20_000;
/** A damaged file of a few kilobytes must never keep anybody waiting. */
const SLOW_MS = 3000;
const METHODS_TRIED: readonly Method[] = [METHODS.gradient, METHODS["grad-cam"], METHODS.occlusion];

/** Load, make canonical, plan: everything that touches untrusted structure. "ok", or the code of the refusal. */
async function digest(bytes: Uint8Array, method: Method): Promise<string> {
  try {
    const classifier = (await loadModel(bytes)).classifier();
    const layer = method.space === "layer" ? defaultLayer(classifier) : undefined;
    method.plan({ classifier, params: readParams(method.id, method.params, {}), layer, seed: 0 });
    return "ok";
  } catch (error) {
    if (error instanceof OnnxplainError && error.code !== "E_INTERNAL") return error.code;
    throw error;
  }
}

it("sound seeds pass", async () => {
  for (const bytes of Object.values(SEEDS))
    for (const method of METHODS_TRIED) expect(await digest(bytes, method)).toBe("ok");
});

it(`${MUTATIONS} damaged models end in a result or a code`, { timeout: 300_000 }, async () => {
  const draw = drawing(20_260_721);
  const outcomes: Record<string, number> = {};
  const seeds = Object.entries(SEEDS);
  for (let i = 0; i < MUTATIONS; i++) {
    const [name, bytes] = seeds[i % seeds.length] as [string, Uint8Array];
    const damaged = (i % 5 < 2 ? mutate : wound)(bytes, draw);
    const began = performance.now();
    const outcome = await digest(damaged, METHODS_TRIED[i % METHODS_TRIED.length] as Method).catch((error: Error) => {
      throw new Error(`mutation ${i} of ${name}: ${error.stack ?? error.message}`);
    });
    const ms = performance.now() - began;
    expect(ms, `mutation ${i} of ${name} took ${ms.toFixed(0)} ms`).toBeLessThan(SLOW_MS);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  console.log(`fuzz: ${MUTATIONS} mutations`, outcomes);
});
