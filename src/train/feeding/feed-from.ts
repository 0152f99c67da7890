/** @file A feed out of samples by number. */
import { OnnxplainError } from "../../errors.ts";
import type { Batch, Feed } from "../batch.ts";
import { ahead } from "./ahead.ts";
import { checkSampling, epochOrder, type Sampling } from "./order.ts";
import type { Samples } from "./samples.ts";

export interface FeedOrder {
  /** Decides the order of every epoch and every augmentation. Default 0. */
  readonly seed?: number | undefined;
  /** Default `natural`: shuffled, without replacement. */
  readonly sampling?: Sampling | undefined;
}

/** Throws `E_PARAM` for balance where targets are not one-hot, and, from `epoch`, for a batch or epoch that is no such number. */
export function feedFrom(samples: Samples, { seed = 0, sampling = "natural" }: FeedOrder = {}): Feed {
  checkSampling(samples, sampling);
  const count = samples.pictures * samples.views;
  return {
    count,
    classes: samples.classes,
    dims: samples.dims,
    epoch: (epoch, batch) => {
      checkWhole("epoch", epoch, 0);
      checkWhole("batch", batch, 1);
      const order = epochOrder(samples, { seed, epoch, sampling });
      const size = Math.min(batch, count);
      return ahead(Math.floor(count / size), (k) => {
        const from = k * size;
        const places = sampling === "natural" ? undefined : Int32Array.from({ length: size }, (_, i) => from + i);
        return samples.batch(order.subarray(from, from + size), { epoch, places });
      });
    },
    inOrder: (batch) => inOrder(samples, batch),
  };
}

/** Pictures in the order of the data, without augmentation. */
export function inOrder(samples: Samples, batch: number): AsyncIterable<Batch> {
  checkWhole("batch", batch, 1);
  return ahead(Math.ceil(samples.pictures / batch), (k) => {
    const length = Math.min(batch, samples.pictures - k * batch);
    return samples.batch(
      Int32Array.from({ length }, (_, i) => k * batch + i),
      { epoch: undefined },
    );
  });
}

/** Throws `E_PARAM` for what is no integer from `least` up. */
export function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be an integer from ${least} up, got ${value}.`);
}
