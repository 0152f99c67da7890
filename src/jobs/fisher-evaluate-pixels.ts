/** @file Pixels of a picture perturbed in the order of a map that is given: the metric `morf` on either model, beside a random map. */
import { OnnxplainError } from "../errors.ts";
import type { Answer, Measured, Metric, MetricImage, Request, Scored } from "../metrics/metric.ts";
import { morf } from "../metrics/morf.ts";
import { randomMap } from "../metrics/reference-maps.ts";
import { readParams } from "../params.ts";
import type { ClassMap, Look } from "./fisher-evaluate-judge.ts";
import type { Judging } from "./fisher-evaluate-options.ts";

/** Of one picture, class and model: f unperturbed and after every region. */
export interface PixelCurves {
  readonly map: readonly number[];
  readonly random: readonly number[];
}

/** Null where the picture has too few regions for an order. */
export async function pixelCurves(
  look: Look,
  map: ClassMap,
  {
    id,
    label,
    seed,
    judging,
  }: { readonly id: string; readonly label: number; readonly seed: number; readonly judging: Judging },
): Promise<PixelCurves | null> {
  const asked = { patch_size: judging.pixelRegion, steps: judging.pixelSteps, score: "logit" };
  const params = readParams(morf.id, morf.params, asked);
  const curveOf = async (values: Float32Array): Promise<readonly number[] | undefined> => {
    const image: MetricImage = {
      ...look.perturbable,
      id,
      target: label,
      label,
      map: values,
      attribution: undefined,
      maps: [values],
      mask: undefined,
      boxes: undefined,
      layers: 0,
      seed,
    };
    const { curves } = await answered(morf, image, params, async (inputs) =>
      (await look.scoresOf(inputs)).map((logits) => ({ logits, probabilities: logits })),
    );
    return curves?.morf && Array.from(curves.morf);
  };
  const own = await curveOf(Float32Array.from(map.values));
  const random = await curveOf(randomMap({ ...look.perturbable, seed }));
  return own && random ? { map: own, random } : null;
}

/** A metric that asks for scores alone, its questions answered one after the other. */
async function answered(
  metric: Metric,
  image: MetricImage,
  params: Parameters<Metric["run"]>[1],
  score: (inputs: readonly Float32Array[]) => Promise<readonly Scored[]>,
): Promise<Measured> {
  const run: Generator<Request, Measured, Answer> = metric.run(image, params);
  for (let step = run.next(); ; ) {
    if (step.done) return step.value;
    if (step.value.ask !== "scores") throw new OnnxplainError("E_INTERNAL", `internal: \`${metric.id}\` asks for maps`);
    step = run.next(await score(step.value.queries.map((q) => q.x)));
  }
}
