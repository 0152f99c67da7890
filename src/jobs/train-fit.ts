/** @file A convex head fitted to its minimum: L-BFGS in place of steps. */
import { OnnxplainError } from "../errors.ts";
import { headNetwork } from "../train/head.ts";
import { parametersOf, thetaOf } from "../train/parameters.ts";
import { NO_STATISTICS } from "../train/running-statistics.ts";
import { blocksOfFeed, fitHead, type HeadLossId } from "../train/softmax-regression.ts";
import type { Asked } from "./train-asked.ts";
import type { HistoryRow } from "./train-history.ts";
import type { Fitted } from "./train-loop.ts";
import type { TrainingRunOptions } from "./train-options.ts";
import type { Setup } from "./train-setup.ts";

const CONVEX: Readonly<Record<string, HeadLossId>> = {
  "cross-entropy": "softmax",
  "binary-cross-entropy": "sigmoid",
  "squared-hinge": "squared-hinge",
};

/** The largest gradient at which the fit ends, as a part of the first. */
const TOLERANCE = 1e-5;

/** Throws `E_PARAM` for a loss that is not smooth and convex, or weighted. */
export async function headFitted(setup: Setup, asked: Asked, options: TrainingRunOptions): Promise<Fitted> {
  const { feed, network, loss, lossParams, ops } = setup;
  const id = CONVEX[loss.id];
  const params = Object.keys(lossParams);
  if (id === undefined || params.length > 0 || options.clip !== undefined || options.freeze?.length)
    throw new OnnxplainError(
      "E_PARAM",
      `\`lbfgs\` fits ${Object.keys(CONVEX).join(", ")} without weights, smoothing, clipping or frozen parameters; asked was \`${loss.id}\`${params.length > 0 ? ` with ${params.join(", ")}` : ""}. Change them, or use adamw.`,
    );
  const began = performance.now();
  const history: HistoryRow[] = [];
  const width = feed.dims[0] as number;
  const fit = await fitHead(
    blocksOfFeed(feed),
    { features: width, classes: network.classes },
    {
      loss: id,
      lambda: asked.weightDecay / 2,
      maxIterations: asked.epochs,
      relativeTolerance: TOLERANCE,
      signal: options.signal,
      onProgress: ({ iteration, value, maxGradient }) => {
        if (iteration > 0)
          history.push({
            step: iteration,
            epoch: iteration - 1,
            split: "train",
            loss: value,
            accuracy: null,
            rate: null,
            gradient_norm: maxGradient,
            seconds: (performance.now() - began) / 1000,
          });
        options.onProgress?.({
          phase: "training",
          step: iteration,
          total: asked.epochs,
          own: iteration,
          epoch: iteration,
          batch: feed.count,
          loss: value,
          accuracy: null,
          rate: null,
        });
      },
    },
  );
  const { columns, weights, classes, minimum } = fit;
  const weight = new Float32Array(classes * width);
  const bias = new Float32Array(classes);
  for (let c = 0; c < classes; c++) {
    weight.set(weights.subarray(c * columns, c * columns + width), c * width);
    bias[c] = weights[c * columns + width] as number;
  }
  const { model } = headNetwork({ weight, bias }, ops);
  const parameters = parametersOf(network);
  return {
    learned: { theta: thetaOf(model, parameters), running: new Float32Array() },
    layouts: { parameters, statistics: NO_STATISTICS },
    steps: minimum.iteration,
    epochs: minimum.iteration,
    stepsAnEpoch: 1,
    kept: minimum.iteration,
    history,
    seconds: (performance.now() - began) / 1000,
    failure: undefined,
    notes: [
      `the fit ended after ${minimum.iteration} iterations: ${minimum.reason}, largest gradient ${minimum.maxGradient.toExponential(2)}`,
    ],
  };
}
