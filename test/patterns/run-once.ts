/** @file A graph run once in the runtime. */
import { openSession } from "#ort";
import type { Model } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";

interface Fed {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** All outputs, for float32 inputs. */
export async function runOnce(
  model: Model,
  inputs: Readonly<Record<string, Fed>>,
): Promise<Readonly<Record<string, Fed>>> {
  const session = await openSession(writeModelBytes(model));
  try {
    const feeds = Object.entries(inputs).map(([name, fed]) => [name, { dtype: "float32", ...fed }] as const);
    return (await session.run(Object.fromEntries(feeds))) as unknown as Readonly<Record<string, Fed>>;
  } finally {
    await session.dispose();
  }
}
