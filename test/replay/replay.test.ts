/**
 * @file Every graph that is emitted, as a digest: a change that should not touch them must not move one.
 * `UPDATE_REPLAY=1 npx vitest run test/replay` writes them anew; the diff of `digests.json` then says what moved.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { printGraph } from "../../src/graph/print.ts";
import { toNumbers } from "../../src/graph/tensor.ts";
import type { Graph } from "../../src/graph/types.ts";
import { type Explainer, loadModel, METHODS, type Method } from "../../src/index.ts";
import { defaultLayer } from "../../src/methods/layers.ts";
import { compileGraph } from "../../src/methods/one-pass.ts";
import { unsuitability } from "../../src/methods/suitable.ts";
import { readParams } from "../../src/params.ts";
import { SEEDS } from "../fuzz/seeds.ts";

const FILE = fileURLToPath(new URL("digests.json", import.meta.url));
const UPDATE = process.env.UPDATE_REPLAY === "1";
type Digests = Readonly<Record<string, string>>;
const stored: Digests = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Digests) : {};

/** The text of the graph and its integers (axes, shapes, indices), which the text leaves out. Weights are not in it. */
function digestOf(graph: Graph): string {
  const integers = [...graph.constants]
    .filter(([, t]) => t.dtype === "int64")
    .map(([name, t]) => `${name} = ${Array.from(toNumbers(t)).join()}`);
  return createHash("sha256")
    .update([printGraph(graph), ...integers].join("\n"))
    .digest("hex");
}

/**
 * Digests of the plan's graph, and of the stand-alone one where there is one, under `net/method` and `net/method/compiled`.
 * None where the method has no meaning on the net.
 */
function emitted(model: Explainer, net: string, method: Method): Digests {
  const classifier = model.classifier({ separateBatchNorm: method.separateBatchNorm });
  if (unsuitability(method, classifier) !== undefined) return {};
  const params = readParams(method.id, method.params, {});
  const layer = method.space === "layer" ? (method.defaultLayer ?? defaultLayer)(classifier) : undefined;
  const plan = digestOf(method.plan({ classifier, params, layer, seed: 0 }).model.graph);
  if (typeof method.emit !== "function") return { [`${net}/${method.id}`]: plan };
  const { model: alone } = compileGraph(classifier, method, {
    layer,
    params,
    target: { kind: "predicted" },
    metadata: new Map(),
  });
  return { [`${net}/${method.id}`]: plan, [`${net}/${method.id}/compiled`]: digestOf(alone.graph) };
}

const now: Record<string, string> = {};
for (const [net, bytes] of Object.entries(SEEDS)) {
  const model = await loadModel(bytes);
  now[`${net}/canonical`] = digestOf(model.classifier().model.graph);
  for (const method of Object.values<Method>(METHODS)) Object.assign(now, emitted(model, net, method));
}
if (UPDATE) writeFileSync(FILE, `${JSON.stringify(now, null, 2)}\n`);
const wanted = UPDATE ? now : stored;

describe("emitted graphs", () => {
  it.each(Object.keys(now))("%s", (pair) => {
    const moved = `The graph of ${pair} is not what it was. If that was meant: UPDATE_REPLAY=1 npx vitest run test/replay`;
    expect(now[pair], moved).toBe(wanted[pair]);
  });
  it("no digest is left over from a pair that is gone", () => {
    expect(Object.keys(wanted).filter((pair) => !(pair in now))).toEqual([]);
  });
  it("emission is deterministic", async () => {
    for (const [net, bytes] of Object.entries(SEEDS)) {
      const model = await loadModel(bytes);
      for (const method of Object.values<Method>(METHODS))
        for (const [pair, digest] of Object.entries(emitted(model, net, method))) expect(digest, pair).toBe(now[pair]);
    }
  });
});
