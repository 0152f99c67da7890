/** @file Conservation in float32: networks of Relus without biases lose nothing, others exactly what their ledgers say. */
import { afterAll, describe, expect, it } from "vitest";
import { type Explanation, explain, loadModel } from "../../src/index.ts";
import { images } from "../nets.ts";
import { ZOO } from "../zoo/zoo.ts";

const RELU_NETS = Object.entries(ZOO).flatMap(([name, net]) => (net.relu ? [name] : []));
const COMPOSITES = ["epsilon-plus", "z-plus", "epsilon-alpha2-beta1", "epsilon", "gamma"] as const;
const worst = new Map<string, number>();

const lrp = async (
  bytes: Uint8Array,
  params: Readonly<Record<string, unknown>>,
  seed: number,
): Promise<Explanation> => {
  await using model = await loadModel(bytes);
  const { height, width, channels } = model.classifier();
  return explain(model, images([1, channels, height, width], seed), {
    method: "lrp",
    threads: 1,
    params: { start: "one", ledger: true, ...params },
  });
};
const check = (e: Explanation, name: string): number => e.checks[0]?.[name] as number;
const lost = (e: Explanation): number => (e.ledgers[0] ?? []).reduce((sum, n) => sum + n.received - n.passed, 0);

const bare = (name: string): Uint8Array => (ZOO[name] as (typeof ZOO)[string]).bytes({ bias: false });

describe("without biases relevance is conserved to 1e-4", () => {
  it.each(RELU_NETS)("epsilon, %s", async (name) => {
    const e = await lrp(bare(name), { composite: "epsilon", stabilizer: 1e-9, epsilon: 1e-9 }, 5);
    const residual = Math.abs(check(e, "conservation_residual"));
    worst.set(`epsilon ${name}`, residual);
    expect(residual).toBeLessThanOrEqual(1e-4);
  });
  // a unit that is negative before a sum of branches may have no positive contribution at all: its share is dead
  it.each(RELU_NETS)("epsilon-plus, but for units without a positive contribution, %s", async (name) => {
    const e = await lrp(bare(name), { composite: "epsilon-plus", stabilizer: 1e-9, epsilon: 1e-9 }, 5);
    const dead = (e.ledgers[0] ?? []).reduce((sum, n) => sum + n.dead, 0);
    const residual = Math.abs(check(e, "conservation_residual") - dead);
    worst.set(`epsilon-plus ${name}`, residual);
    expect(residual).toBeLessThanOrEqual(1e-4);
    if (/alexnet|vgg|squeezenet|inception|googlenet/.test(name)) expect(dead).toBe(0);
  });
  afterAll(() => {
    console.log(`conservation: ${[...worst].map(([n, r]) => `${n} ${r.toExponential(1)}`).join(", ")}`);
  });
});

describe("the ledger sums to the residual, whatever the rules", () => {
  const some = ["vgg-11", "resnet-18", "squeezenet-1.1", "densenet-121"];
  it.each(some.flatMap((n) => COMPOSITES.map((c) => [n, c] as const)))("%s, %s", async (name, composite) => {
    const e = await lrp((ZOO[name] as (typeof ZOO)[string]).bytes(), { composite, stabilizer: 0.01, epsilon: 0.01 }, 6);
    const [ledger = []] = e.ledgers;
    const size = ledger.reduce((s, n) => s + Math.abs(n.received) + Math.abs(n.passed), 1);
    expect(Math.abs(lost(e) - check(e, "conservation_residual"))).toBeLessThan(1e-5 * size);
    for (const n of ledger) {
      const named = n.bias + n.stabilizer + n.dead;
      const scale = Math.max(1, Math.abs(n.received), Math.abs(n.passed), Math.abs(n.bias));
      expect(Math.abs(n.received - n.passed - named) / scale, `${n.op} ${n.node} ${n.rule}`).toBeLessThan(1e-3);
    }
  });
});
