/** @file The questions of a metric told as they are answered, and the network's input as a person sees it. */
import type { Preprocessing } from "../image/preprocess.ts";
import type { ImageU8, Size } from "../image/types.ts";
import type { Answer, Measured, Query, Request, Scored } from "../metrics/metric.ts";

/** The metric itself; `tell` hears every image that was scored, in the order in which they were asked for. */
export function* told(
  steps: Generator<Request, Measured, Answer>,
  tell: (query: Query, scored: Scored) => void,
): Generator<Request, Measured, Answer> {
  let next = steps.next();
  while (!next.done) {
    const request = next.value;
    const answer = yield request;
    if (request.ask === "scores") for (const [i, query] of request.queries.entries()) tell(query, answer[i] as Scored);
    next = steps.next(answer);
  }
  return next.value;
}

const byte = (v: number): number => Math.min(255, Math.max(0, Math.round(v)));

/** One row of the network's input before normalisation, in RGB; what lies beyond black and white is cut off. */
export function pictureOfInput(
  x: Float32Array,
  { scale, mean, std, channelOrder, layout }: Preprocessing,
  { width, height }: Size,
): ImageU8 {
  const size = width * height;
  const channels = channelOrder === "GRAY" ? 1 : 3;
  const [step, plane] = layout === "nchw" ? [1, size] : [channels, 1];
  const data = new Uint8Array(size * 3);
  for (let c = 0; c < 3; c++) {
    const from = channelOrder === "GRAY" ? 0 : channelOrder === "BGR" ? 2 - c : c;
    const [m, s] = [mean[from] as number, std[from] as number];
    for (let i = 0; i < size; i++) data[i * 3 + c] = byte(((x[i * step + from * plane] as number) * s + m) / scale);
  }
  return { width, height, channels: 3, data };
}
