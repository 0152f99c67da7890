/** @file Blur integrated gradients: the path leads through ever sharper versions of the image (Xu et al. 2020). */
import type { Value } from "../graph/builder.ts";
import { integer, positive } from "../params.ts";
import { blurMatrix } from "./blur.ts";
import type { Classifier } from "./classifier.ts";
import { completeness } from "./deep-lift.ts";
import { dot } from "./integrated-gradients.ts";
import type { EmitContext, Emitted, Fold, Method, Plan, PlanContext, Row, Sample } from "./method.ts";
import { COTANGENT, cotangentGraph, gradientsOf, SALIENCY_MAP, staticRow } from "./one-pass.ts";
import { IMAGE, type Perturbing, perturbed } from "./perturbed.ts";

const ROWS = "x/blur_rows";
const COLUMNS = "x/blur_columns";
const BLURRED = "x/blurred";

/** The image, blurred by one matrix an axis for each row of the batch. */
const blurInside =
  ({ height, width, layout }: Classifier) =>
  ({ g, image, batch }: Perturbing): Value => {
    const down = g.input(ROWS, "float32", [batch, 1, height, height]);
    const across = g.input(COLUMNS, "float32", [batch, 1, width, width]);
    const planes = layout === "nchw" ? image : g.op("Transpose", [image], { perm: [0, 3, 1, 2] });
    // the matrices are symmetric
    const blurred = g.op("MatMul", [g.op("MatMul", [down, planes]), across]);
    return layout === "nchw" ? blurred : g.op("Transpose", [blurred], { perm: [0, 2, 3, 1] });
  };

const emit = (context: EmitContext): Emitted => {
  const { g, classifier } = context;
  const { gradients, notes } = gradientsOf(context, [classifier.input.name]);
  return { map: gradients[0] as Value, notes, extra: { [BLURRED]: g.value(classifier.input.name) } };
};

/** A blur that changes pixels by some 1e-5 of their difference. */
const SHARP = 0.2;

/** Standard deviations from `most` to 0, each the same share of the one before: pictures hold as much detail in every octave. */
const sigmas = (most: number, steps: number): readonly number[] =>
  Array.from({ length: steps + 1 }, (_, i) => {
    if (i === steps) return 0;
    return most > SHARP ? most * (SHARP / most) ** (i / Math.max(1, steps - 1)) : most * (1 - i / steps);
  });

function plan(context: PlanContext): Plan {
  const { classifier, params } = context;
  const { height, width, scores } = classifier;
  const { model, map, notes } = cotangentGraph(
    { ...context, classifier: perturbed(classifier, blurInside(classifier)) },
    emit,
  );
  const path = sigmas(params.max_sigma as number, params.n_steps as number);
  const dims = staticRow(map);
  return {
    model,
    notes,
    count: path.length,
    outputs: [SALIENCY_MAP, BLURRED, scores],
    shared: ({ x }) => ({ [IMAGE]: x }),
    rows: function* ({ cotangent }): Generator<Row> {
      for (const sigma of path) {
        const down = blurMatrix(height, sigma);
        yield { [ROWS]: down, [COLUMNS]: width === height ? down : blurMatrix(width, sigma), [COTANGENT]: cotangent };
      }
    },
    fold: (sample) => foldPath(sample, { scores, dims }),
  };
}

/** Sum over segments of the mean gradient of the ends times what changes between them (trapezoid rule). */
function foldPath(
  { x, cotangent }: Sample,
  { scores, dims }: { readonly scores: string; readonly dims: readonly number[] },
): Fold {
  const sum = new Float64Array(x.length);
  let before: { readonly gradient: Float32Array; readonly image: Float32Array } | undefined;
  const along: number[] = [];
  return {
    add: (result) => {
      const here = { gradient: result[SALIENCY_MAP] as Float32Array, image: result[BLURRED] as Float32Array };
      along.push(dot(result[scores] as Float32Array, cotangent));
      if (before) {
        const { gradient, image } = before;
        for (let i = 0; i < sum.length; i++)
          sum[i]! +=
            (((gradient[i] as number) + (here.gradient[i] as number)) / 2) *
            ((here.image[i] as number) - (image[i] as number));
      }
      before = here;
    },
    done: () => {
      const values = Float32Array.from(sum);
      return { values, dims, checks: completeness(values, (along.at(-1) as number) - (along[0] as number)) };
    },
  };
}

export const blurIg: Method = {
  id: "blur-ig",
  aliases: ["blur-integrated-gradients"],
  title: "Blur integrated gradients: from the blurred image to the sharp one",
  source:
    "Xu, Venugopalan, Sundararajan 2020 (arXiv 2004.03383), eq. 3; trapezoid rule, sigma falls by the same factor in every step, the image is mirrored at its edges",
  params: {
    n_steps: integer(50, 1, "segments of the path"),
    max_sigma: positive(50, "standard deviation of the blur where the path begins, in pixels"),
  },
  space: "input",
  signed: () => true,
  cost: "(n_steps + 1) x (forward + backward)",
  gradients: true,
  emit: { none: "it needs n_steps passes over blurred inputs" },
  plan,
};
