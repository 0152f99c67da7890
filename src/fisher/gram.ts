/** @file Products of all rows of a source with each other: what a linear kernel is. */
import { openSession } from "#ort";
import { writeModelBytes } from "../graph/write.ts";
import { modelOf } from "../ops/model-of.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { matrixOf, type Numbers, type Reading, type RowSource, read } from "./rows.ts";

/** A block is held twice; default 256 rows. */
export interface GramOptions extends Reading, SessionOptions {
  readonly onProgress?: ((rows: number, of: number) => void) | undefined;
}

/** <x_i, x_j> of all pairs, `[count, count]`, symmetric to the bit. */
export async function gramMatrix(
  source: RowSource,
  { block = 256, signal, onProgress, ...options }: GramOptions = {},
): Promise<Float32Array> {
  const { count, width } = source;
  const gram = new Float32Array(count * count);
  const model = modelOf("gram", (g) => ({
    products: g.op("Gemm", [g.input("a", "float32", ["A", width]), g.input("b", "float32", ["B", width])], {
      transB: 1,
    }),
  }));
  const session = await openSession(writeModelBytes(model), options);
  const matrix = (rows: Numbers) => matrixOf(rows, width, "float32");
  try {
    for (let from = 0, taken = 0; from < count; from += taken) {
      let own: Numbers | undefined;
      for await (const { first, count: rows, rows: data } of read(source, { block, signal })) {
        if (first < from) continue;
        own ??= data.slice();
        taken = own.length / width;
        const products = (await session.run({ a: matrix(own), b: matrix(data) }, ["products"])).products
          ?.data as Float32Array;
        for (let i = 0; i < taken; i++)
          for (let j = 0; j < rows; j++) {
            const [a, b] = [from + i, first + j];
            if (b < a) continue;
            const value = products[i * rows + j] as number;
            gram[a * count + b] = value;
            gram[b * count + a] = value;
          }
      }
      onProgress?.(from + taken, count);
    }
    return gram;
  } finally {
    await session.dispose();
  }
}
