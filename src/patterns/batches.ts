/** @file Which rows a gradient step sees: a function of the seed and the step's number alone, so that a resumed fit sees the same. */
import { scattered, shuffled, uniforms } from "../random.ts";

/** Places of the rows of step 0, 1, …: every epoch is a new order cut into pieces of `size`; undefined = all rows. */
export function batches(
  count: number,
  size: number | undefined,
  seed: number,
): (step: number) => Int32Array | undefined {
  if (size === undefined || size >= count) return () => undefined;
  const perEpoch = Math.ceil(count / size);
  let held = -1;
  let order: Int32Array = new Int32Array(0);
  return (step) => {
    const epoch = Math.floor(step / perEpoch);
    if (epoch !== held) {
      order = shuffled(count, uniforms(scattered(scattered(seed) + epoch)));
      held = epoch;
    }
    const first = (step % perEpoch) * size;
    return order.subarray(first, Math.min(first + size, count));
  };
}
