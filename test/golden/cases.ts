/** @file The golden cases of `../shared/golden`: how each of its methods is asked for, by our names. */
import { upsampleBilinear } from "../../src/image/upsample.ts";
import type { ExplainOptions } from "../../src/index.ts";
import { askForLrp } from "./lrp.ts";

export interface GoldenCase {
  readonly id: string;
  readonly model: string;
  readonly method: string;
  readonly part: string;
  readonly params_num: Readonly<Record<string, unknown>>;
  readonly image_indices: readonly number[];
  readonly targets: readonly number[];
  readonly layer_tensor: string | null;
  readonly file: string;
  readonly shape: readonly number[];
  readonly tolerance: { readonly max_abs_over_max_golden: number; readonly min_cosine: number };
}

type Ask = Pick<ExplainOptions, "method" | "params" | "output" | "layer">;

const CAMS: Readonly<Record<string, string>> = {
  gradcam: "grad-cam",
  hirescam: "hires-cam",
  layercam: "layer-cam",
  gradcampp: "grad-cam++",
  xgradcam: "xgrad-cam",
  ablationcam: "ablation-cam",
  eigencam: "eigen-cam",
};

/** Our call for a case; undefined for methods that this version does not have. */
export function askFor(c: GoldenCase, noise: Float32Array): Ask | undefined {
  const layer = c.layer_tensor ?? undefined;
  const p = c.params_num;
  if (c.method === "scorecam") return { method: "score-cam", layer, params: { variant: "softmax" } };
  if (c.method in CAMS) return { method: CAMS[c.method] as string, layer };
  switch (c.method) {
    case "excitation backprop":
      return { method: "excitation-backprop", layer, params: { inputs: "as_is", ...lrnGradient(c.id) } };
    case "contrastive excitation backprop":
      return {
        method: "contrastive-excitation-backprop",
        layer,
        params: { inputs: "as_is", contrast_layer: p.contrast_tensor, ...lrnGradient(c.id) },
      };
    case "guided backprop":
      return { method: "guided-backprop" };
    case "deconvnet":
      return { method: "deconvnet" };
    case "LRP":
      return askForLrp(c.id, p);
    case "gradient":
      return { method: "gradient" };
    case "gradient of softmax probability":
      return { method: "gradient", output: "probability" };
    case "input*gradient":
      return { method: "input-x-gradient" };
    case "integrated gradients": {
      const trapezoid = c.id.includes("trapezoid");
      return {
        method: "integrated-gradients",
        params: {
          n_steps: p.n_steps,
          method: trapezoid ? "riemann_trapezoid" : "gausslegendre",
          baselines: typeof p.baseline === "string" ? noise : 0,
        },
      };
    }
    case "DeepLIFT rescale":
      return { method: "deep-lift", params: { baselines: typeof p.baseline === "string" ? noise : 0 } };
    case "FullGrad":
      return { method: "fullgrad" };
    case "attention rollout":
      return { method: "attention-rollout" };
    case "occlusion":
      return {
        method: "occlusion",
        params: { sliding_window_shapes: p.window, strides: p.stride, baselines: p.baseline },
      };
  }
  return undefined;
}

/** TorchRay's treatment of LRN; zennit and the authors pass it by. */
const lrnGradient = (id: string): Readonly<Record<string, unknown>> =>
  id.includes("lrngrad") ? { rules: { LRN: "gradient" } } : {};

/** Signs a row may have: a singular vector, and with it the Eigen-CAM map, is known up to its sign. */
export const signsOf = (c: GoldenCase): readonly number[] => (c.method === "eigencam" ? [1, -1] : [1]);

/** Of several maps the one with the least error. */
export function nearest(maps: readonly Float32Array[], want: ArrayLike<number>): Float32Array {
  const errors = maps.map((map) => compare(map, want, 1).error);
  return maps[errors.indexOf(Math.min(...errors))] as Float32Array;
}

/** pytorch-grad-cam's finish: ReLU, min-max, bilinear to the input, min-max again. One row. */
export function finishCam(raw: Float32Array, [h, w]: readonly [number, number], size: number): Float32Array {
  const normal = (m: Float32Array, span: (min: number, max: number) => number): Float32Array => {
    const min = m.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const max = m.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return m.map((v) => (v - min) / span(min, max));
  };
  const first = normal(
    raw.map((v) => Math.max(0, v)),
    (min, max) => 1e-7 + max - min,
  );
  const large = upsampleBilinear<Float32Array>({ values: first, width: w, height: h }, { width: size, height: size });
  return normal(large, (min, max) => 1e-7 + max - min);
}

/** Largest relative error and smallest cosine over rows. */
export function compare(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  rows: number,
): { readonly error: number; readonly cosine: number } {
  const size = want.length / rows;
  let error = 0;
  let cosine = 1;
  for (let r = 0; r < rows; r++) {
    let [top, diff, dot, a, b] = [0, 0, 0, 0, 0];
    for (let i = r * size; i < (r + 1) * size; i++) {
      const [u, v] = [got[i] as number, want[i] as number];
      top = Math.max(top, Math.abs(v));
      diff = Math.max(diff, Math.abs(u - v));
      dot += u * v;
      a += u * u;
      b += v * v;
    }
    error = Math.max(error, top === 0 ? diff : diff / top);
    cosine = Math.min(cosine, a === 0 && b === 0 ? 1 : dot / Math.sqrt(a * b));
  }
  return { error, cosine };
}
