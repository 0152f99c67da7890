/** @file Images between themselves and what stands for absence, under a mask. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";
import type { ParamValue } from "../params.ts";
import { baselineRow } from "./baseline.ts";
import type { Frame } from "./perturbation.ts";
import type { Perturbing } from "./perturbed.ts";

/** The `baselines` parameter as a value that goes with images [N,…]; undefined = 0. Throws `E_PARAM` for a wrong length. */
export function baselineValue(g: GraphBuilder, frame: Frame, value: ParamValue | undefined): Value | undefined {
  if (value === 0) return undefined;
  if (typeof value === "number") return g.scalar(value);
  const { channels, height, width, layout } = frame;
  const row = baselineRow(frame, value);
  const whole = (value as ArrayLike<number>).length === row.length;
  const [c, h, w] = whole ? [channels, height, width] : [channels, 1, 1];
  const dims = layout === "nchw" ? [1, c, h, w] : [1, h, w, c];
  return g.constant(tensor("float32", dims, whole ? row : (value as ArrayLike<number>)));
}

/** keep * image + (1 - keep) * base: exactly the image where `keep` is 1, exactly the base where it is 0. */
export function blend({ g, image }: Pick<Perturbing, "g" | "image">, keep: Value, base: Value | undefined): Value {
  const seen = g.op("Mul", [image, keep]);
  return base === undefined ? seen : g.op("Add", [seen, g.op("Mul", [g.op("Sub", [g.scalar(1), keep]), base])]);
}

/** A mask over pixels [N,H,W] (or [N, H*W]) as one that goes with images. */
export const overChannels = (g: GraphBuilder, mask: Value, { layout, height, width }: Frame): Value =>
  g.op("Reshape", [mask, g.ints(layout === "nchw" ? [0, 1, height, width] : [0, height, width, 1])]);
