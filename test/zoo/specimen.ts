/** @file A network of the zoo with an input at which float32 and float64 take the same branches, and a class to explain. */
import type { Explainer } from "../../src/explainer.ts";
import { argMax, loadModel } from "../../src/index.ts";
import type { Classifier } from "../../src/methods/classifier.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { sizeOf, wave } from "../nets.ts";
import { disagreements } from "./branches.ts";
import { inFloat64, type Tensors } from "./sessions.ts";
import { ZOO } from "./zoo.ts";

export interface Specimen {
  readonly name: string;
  readonly model: Explainer;
  /** As methods see it; with BatchNormalization folded, or apart. */
  readonly classifier: (separateBatchNorm?: boolean) => Classifier;
  /** One image, and +1 for its top class. */
  readonly feeds: Tensors & { readonly input: Tensors[string]; readonly cotangent: Tensors[string] };
  /** Seeds of the image that were tried. */
  readonly seeds: number;
}

const FIRST_SEED = 3;
const MOST_SEEDS = 8;

/** The first of a few seeded images on whose branches float32 and float64 agree, in both forms of the network. */
export async function specimen(name: string): Promise<Specimen> {
  const model = await loadModel((ZOO[name] as (typeof ZOO)[string]).bytes());
  const classifier = (separateBatchNorm = false): Classifier => model.classifier({ separateBatchNorm });
  const { input, scores, classes, model: folded } = classifier();
  const dims = [1, ...(input.dims as readonly number[]).slice(1)];
  for (let tried = 0; tried < MOST_SEEDS; tried++) {
    const x = num("float32", dims, wave(sizeOf(dims), FIRST_SEED + tried));
    const differ = await Promise.all(
      [false, true].map((apart) => disagreements(classifier(apart).model, { input: x })),
    );
    if (differ.some((count) => count > 0)) continue;
    const top = argMax(inFloat64(folded, { input: x }, [scores])[scores]?.data ?? []);
    const cotangent = num(
      "float32",
      [1, classes],
      Array.from({ length: classes }, (_, i) => (i === top ? 1 : 0)),
    );
    return { name, model, classifier, feeds: { input: x, cotangent }, seeds: tried + 1 };
  }
  throw new Error(`${name}: float32 and float64 disagree about branches on all of ${MOST_SEEDS} images`);
}
