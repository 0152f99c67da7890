/**
 * @file `npm run build && node dist/bench/fisher-em.js [ROWS [WIDTH [COMPONENTS]]]`: a round of EM over rows in memory against the same
 * matrix products alone, in turn, in sessions of the same options, with one thread and two and blocks of several sizes. The products
 * are given what a round has to make: squared rows and shares of components.
 */
import { openRound } from "../src/fisher/em-step.ts";
import type { Mixture } from "../src/fisher/mixture.ts";
import { matrixOf, vectorOf } from "../src/fisher/rows.ts";
import { writeModelBytes } from "../src/graph/write.ts";
import { modelOf } from "../src/ops/model-of.ts";
import { normals, scattered, uniforms } from "../src/random.ts";
import { inMemory } from "../src/representers/features.ts";
import { openSession } from "../src/runtime/ort-node.ts";

const REPEATS = Number(process.env.BENCH_RUNS ?? 10);
/** Of a round over the products alone. */
const LIMIT = 2;
const BLOCKS = [512, 1024, 2048, 4096, 8192];
const [count = 200_000, width = 80, components = 64] = process.argv.slice(2).map(Number);

const [deviate, share] = [normals(scattered(1)), uniforms(scattered(2))];
const mixture: Mixture = {
  components,
  width,
  weights: new Float64Array(components).fill(1 / components),
  means: Float64Array.from({ length: components * width }, deviate),
  deviations: Float64Array.from({ length: components * width }, () => 0.5 + share()),
};
const rows = new Float32Array(count * width);
for (let i = 0; i < count; i++) {
  const k = Math.floor(share() * components);
  for (let d = 0; d < width; d++) {
    const at = k * width + d;
    rows[i * width + d] = (mixture.means[at] as number) + (mixture.deviations[at] as number) * deviate();
  }
}
const squares = rows.map((v) => v * v);
const weights = matrixOf(Float32Array.from(mixture.means), width, "float32");
const constant = vectorOf(new Float32Array(components), "float32");

const products = modelOf("products", (g) => {
  const [x, xx] = [g.input("rows", "float32", ["B", width]), g.input("squares", "float32", ["B", width])];
  const w = g.input("weights", "float32", [components, width]);
  const half = g.op("Gemm", [x, w, g.input("constant", "float32", [components])], { transB: 1 });
  const terms = g.op("Gemm", [xx, w, half], { transB: 1 });
  return { first: g.op("Gemm", [terms, x], { transA: 1 }), second: g.op("Gemm", [terms, xx], { transA: 1 }) };
});

async function least(works: readonly (() => Promise<unknown>)[]): Promise<readonly number[]> {
  const times = works.map(() => Number.POSITIVE_INFINITY);
  for (let i = 0; i < REPEATS; i++)
    for (const [k, work] of works.entries()) {
      const began = performance.now();
      await work();
      times[k] = Math.min(times[k] as number, performance.now() - began);
    }
  return times;
}

const table = [];
for (const threads of [1, 2]) {
  const session = await openSession(writeModelBytes(products), { threads });
  for (const block of BLOCKS) {
    const alone = async (): Promise<void> => {
      for (let first = 0; first < count; first += block) {
        const [from, to] = [first * width, Math.min(count, first + block) * width];
        const part = (of: Float32Array) => matrixOf(of.subarray(from, to), width, "float32");
        await session.run({ rows: part(rows), squares: part(squares), weights, constant });
      }
    };
    const centre = new Float64Array(width);
    const options = { components, dtype: "float32", assignment: "soft", centre, threads, block } as const;
    const round = await openRound(inMemory(rows, width), options);
    const [base, ours] = (await least([alone, () => round.of(mixture)])) as [number, number];
    await round.dispose();
    table.push({ threads, block, products: base.toFixed(0), round: ours.toFixed(0), ratio: (ours / base).toFixed(2) });
  }
  await session.dispose();
}
console.log(`${count} x ${width}, ${components} components, least of ${REPEATS}, ms; limit ${LIMIT} times`);
console.table(table);
