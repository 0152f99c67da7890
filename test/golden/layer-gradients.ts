/** @file Activation and gradient at a layer, through the reverse walk and a session: what the CAMs are made of. */
import { close, extend } from "../../src/diff/emit.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import type { Explainer, InputTensor } from "../../src/index.ts";
import { gradientsOf } from "../../src/methods/one-pass.ts";
import { cotangentOf } from "../../src/methods/target.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import type { GoldenCase } from "./cases.ts";

export async function interestingGradients(model: Explainer, c: GoldenCase, input: InputTensor): Promise<Float32Array> {
  const layer = c.layer_tensor as string;
  const classifier = model.classifier({ layer });
  const g = extend(classifier.model, classifier.ops);
  const cotangent = g.input("cotangent", "float32", ["N", classifier.classes]);
  const wanted = c.part === "act" ? g.value(layer) : gradientsOf({ g, classifier, cotangent }, [layer]).gradients[0];
  const named = g.alias(wanted as Exclude<typeof wanted, undefined>, "wanted");
  const session = await openSession(writeModelBytes(close(classifier.model, g, [named])));
  try {
    const rows = c.targets.map((index) => cotangentOf({ index }, classifier.classes));
    const seeds = {
      dtype: "float32",
      dims: [rows.length, classifier.classes],
      data: Float32Array.from(rows.flatMap((r) => [...r])),
    } as const;
    const feeds = {
      [classifier.input.name]: { dtype: "float32", ...input } as const,
      ...(session.inputs.includes("cotangent") ? { cotangent: seeds } : {}),
    };
    return (await session.run(feeds)).wanted?.data as Float32Array;
  } finally {
    await session.dispose();
  }
}
