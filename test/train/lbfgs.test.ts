/** @file L-BFGS on functions whose minima are known: narrow valleys, bad conditioning, kinks in the curvature, cliffs, no minimum. */
import { describe, expect, it } from "vitest";
import { normals } from "../../src/random.ts";
import { type Evaluation, minimise, type Objective } from "../../src/train/lbfgs.ts";

const rosenbrock = (x: Float64Array): Evaluation => {
  const gradient = new Float64Array(x.length);
  let value = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [a, b] = [x[i] as number, x[i + 1] as number];
    const [u, v] = [b - a * a, 1 - a];
    value += 100 * u * u + v * v;
    gradient[i] = (gradient[i] as number) - 400 * a * u - 2 * v;
    gradient[i + 1] = (gradient[i + 1] as number) + 200 * u;
  }
  return { value, gradient };
};
/** 1/2 sum_i k_i (x_i - c_i)^2, k from 1 to `condition`. */
const quadratic = (condition: number, centre: Float64Array): ((x: Float64Array) => Evaluation) => {
  const k = centre.map((_, i) => condition ** (i / Math.max(centre.length - 1, 1)));
  return (x) => {
    const gradient = x.map((v, i) => (k[i] as number) * (v - (centre[i] as number)));
    return { value: gradient.reduce((s, g, i) => s + (g * g) / (2 * (k[i] as number)), 0), gradient };
  };
};
const farthest = (a: Float64Array, b: ArrayLike<number>): number =>
  a.reduce((m, v, i) => Math.max(m, Math.abs(v - (b[i] as number))), 0);
const random = (n: number, seed: number): Float64Array => {
  const next = normals(seed);
  return Float64Array.from({ length: n }, next);
};

describe("L-BFGS", () => {
  it.each([
    [2, Float64Array.of(-1.2, 1)],
    [20, new Float64Array(20).fill(-1.2)],
  ])("goes down Rosenbrock's valley in %i dimensions", async (n, start) => {
    const { x, reason, maxGradient } = await minimise(rosenbrock, start, { tolerance: 1e-10 });
    expect(reason).toBe("converged");
    expect(maxGradient).toBeLessThanOrEqual(1e-10);
    const ones = new Float64Array(n).fill(1);
    // Two local minima from n = 4 on: the other one has value near 4.
    expect(farthest(x, ones)).toBeLessThan(1e-8);
  });
  it("solves a quadratic of condition 1e6", async () => {
    const centre = random(100, 5);
    const { x, reason, iterations, evaluations } = await minimise(quadratic(1e6, centre), new Float64Array(100), {
      tolerance: 1e-8,
      maxIterations: 20_000,
    }).then((m) => ({ ...m, iterations: m.iteration }));
    expect(reason).toBe("converged");
    expect(farthest(x, centre)).toBeLessThan(1e-7);
    expect(evaluations).toBeLessThan(1.2 * iterations + 20);
  });
  it("reaches the rounding of a value far from 0", async () => {
    // Differences of values drown in 1e6 long before the gradient is small.
    const centre = random(30, 6);
    const inner = quadratic(100, centre);
    const lifted: Objective = (x) => ({ ...inner(x), value: inner(x).value + 1e6 });
    const { reason, x } = await minimise(lifted, new Float64Array(30), { tolerance: 1e-9 });
    expect(reason).toBe("converged");
    expect(farthest(x, centre)).toBeLessThan(1e-8);
  });
  it("takes a function whose second derivative jumps", async () => {
    const centre = random(40, 7);
    const hinge: Objective = (x) => {
      const short = x.map((v, i) => Math.max(0, v - (centre[i] as number)) + 0.01 * (v - (centre[i] as number)));
      return {
        value: x.reduce((s, v, i) => {
          const d = v - (centre[i] as number);
          return s + Math.max(0, d) ** 2 / 2 + (0.01 * d * d) / 2;
        }, 0),
        gradient: short,
      };
    };
    const { x, reason } = await minimise(hinge, new Float64Array(40).fill(3));
    expect(reason).toBe("converged");
    expect(farthest(x, centre)).toBeLessThan(1e-5);
  });
  it("steps back from where the function is not finite", async () => {
    const barrier: Objective = (x) => ({
      value: (x[0] as number) - Math.log(x[0] as number),
      gradient: x.map((v) => 1 - 1 / v),
    });
    const { x, reason } = await minimise(barrier, Float64Array.of(0.001), { tolerance: 1e-10 });
    expect(reason).toBe("converged");
    expect(x[0]).toBeCloseTo(1, 9);
  });
  it("needs about one evaluation an iteration", async () => {
    const { evaluations, iteration } = await minimise(quadratic(1e3, random(50, 8)), new Float64Array(50));
    expect(evaluations).toBeLessThan(1.15 * iteration + 5);
  });
  it("says why it stops, and never returns a worse point", async () => {
    const f = rosenbrock;
    const start = Float64Array.of(-1.2, 1);
    const first = f(start).value;
    for (let maxIterations = 0; maxIterations < 12; maxIterations++) {
      const got = await minimise(f, start, { maxIterations });
      expect(got.reason).toBe("iterations");
      expect(got.value).toBeLessThanOrEqual(first);
      expect(got.value).toBe(f(got.x).value);
    }
    const there = await minimise(f, Float64Array.of(1, 1));
    expect(there).toMatchObject({ reason: "converged", iteration: 0, evaluations: 1 });
    const lying: Objective = (x) => ({ value: -x.reduce((s, v) => s + v * v, 0), gradient: x.map((v) => 2 * v) });
    const stuck = await minimise(lying, Float64Array.of(1, 2));
    expect(stuck).toMatchObject({ reason: "no progress", value: -5 });
    expect([...stuck.x]).toEqual([1, 2]);
  });
  it("stops in relation to its first gradient where asked", async () => {
    const f = quadratic(1e4, random(20, 9));
    const start = new Float64Array(20);
    const got = await minimise(f, start, { tolerance: 0, relativeTolerance: 1 / 200 });
    const most = f(start).gradient.reduce((m, g) => Math.max(m, Math.abs(g)), 0);
    expect(got.reason).toBe("converged");
    expect(got.maxGradient).toBeLessThanOrEqual(most / 200);
  });
  it("reports every iteration, waits for a function that is not at hand, copies its gradient", async () => {
    const gradient = new Float64Array(3);
    const f = quadratic(10, Float64Array.of(1, 2, 3));
    const slow: Objective = async (x) => {
      const got = f(x);
      gradient.set(got.gradient);
      await Promise.resolve();
      return { value: got.value, gradient };
    };
    const values: number[] = [];
    const got = await minimise(slow, new Float64Array(3), { onProgress: ({ value }) => values.push(value) });
    expect(values).toHaveLength(got.iteration + 1);
    expect(values.every((v, i) => i === 0 || v <= (values[i - 1] as number))).toBe(true);
    const plain = await minimise(f, new Float64Array(3));
    expect([...got.x]).toEqual([...plain.x]);
  });
  it("works without a memory, as steepest descent", async () => {
    const got = await minimise(quadratic(5, Float64Array.of(1, -1)), new Float64Array(2), { memory: 0 });
    expect(got.reason).toBe("converged");
  });
  it("ends on its signal, and refuses what it cannot start from", async () => {
    const stop = new AbortController();
    const onProgress = ({ iteration }: { iteration: number }): void => {
      if (iteration === 3) stop.abort();
    };
    await expect(
      minimise(rosenbrock, Float64Array.of(-1.2, 1), { onProgress, signal: stop.signal }),
    ).rejects.toMatchObject({
      code: "E_ABORTED",
    });
    const start = Float64Array.of(0);
    await expect(minimise(() => ({ value: Number.NaN, gradient: start }), start)).rejects.toMatchObject({
      code: "E_NUMERIC",
    });
    await expect(minimise(rosenbrock, start, { memory: -1 })).rejects.toMatchObject({ code: "E_PARAM" });
  });
});
