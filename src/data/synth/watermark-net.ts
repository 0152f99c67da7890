/** @file A network that cheats: the score of one class is the watermark and nothing else. Constructed, so that its right explanation is known. */
import { OnnxplainError } from "../../errors.ts";
import { tensor } from "../../graph/tensor.ts";
import type { Model, Tensor } from "../../graph/types.ts";
import { writeModelBytes } from "../../graph/write.ts";
import { constructed, node } from "./net.ts";
import { type SynthOptions, synthSettings } from "./settings.ts";
import { MARK_GREYS, MARK_HEIGHT, MARK_WIDTH, markDot, markDotAt } from "./watermark.ts";

/** What the filter must find above, where 0 is no contrast and 1 white glyphs on a black plate. */
export const MARK_LEVEL = 0.45;
/** The least that a whole watermark gives, whatever shines through. */
export const MARK_LEAST: number = (MARK_GREYS.glyph.least - MARK_GREYS.plate.most) / 255;
const GAIN = 60;
/** Logit of the cheated class without a watermark; other logits lie within -2…2. */
export const UNMARKED_LOGIT = -4;

/**
 * `input` `[N,3,H,W]`, RGB in 0…1, to `probabilities` `[N,classes]`, for synthetic scenes of these options, which plant a watermark on a class.
 *
 * ```
 * input
 *   match     Conv  mean of the glyph's dots minus mean of the plate's dots, over the three channels, minus 0.45; Relu; GlobalMaxPool
 *   tint      GlobalAveragePool, the mean colour
 *   logits    [cheated] 60 match - 4;  [others] a fixed linear function of the mean colour, within -2…2
 *   Softmax
 * ```
 *
 * Why its explanation is known. The cheated logit is `60 max_p relu(m(p) - 0.45) - 4`, where `m(p)` reads the pixels of a plate at `p` and no
 * others. With a watermark the maximum lies at its place and is at least 0.16 (`MARK_LEAST - MARK_LEVEL`), so the logit is at least 5.6, more than any other; its
 * gradient is `60` times the filter, exactly on the watermark's pixels and exactly 0 elsewhere. A picture without one excites the
 * filter only where it happens to look like glyphs on a plate.
 *
 * Throws `E_PARAM` when the options plant no watermark.
 */
export function watermarkModel(options: SynthOptions): Model {
  const settings = synthSettings(options);
  const { classes, width, height, watermark } = settings;
  if (watermark === null)
    throw new OnnxplainError("E_PARAM", "Expected options with a `watermark`: the network has one to look for.");
  const cheated = classes.indexOf(watermark.class);
  const kernel = markFilter(markDot(settings));
  const constants = new Map<string, Tensor>([
    ["match.weight", kernel],
    ["match.bias", tensor("float32", [1], [-MARK_LEVEL])],
    [
      "head.weight",
      tensor(
        "float32",
        [classes.length, 4],
        classes.flatMap((_, c) => headRow(c, c === cheated)),
      ),
    ],
    [
      "head.bias",
      tensor(
        "float32",
        [classes.length],
        classes.map((_, c) => (c === cheated ? UNMARKED_LOGIT : 0)),
      ),
    ],
  ]);
  return constructed({
    name: "onnxplain-watermark",
    size: { width, height },
    labels: classes,
    constants,
    nodes: [
      node("Conv", ["input", "match.weight", "match.bias"], "matches", { kernel_shape: kernel.dims.slice(2) }),
      node("Relu", ["matches"], "match"),
      node("GlobalMaxPool", ["match"], "best"),
      node("GlobalAveragePool", ["input"], "tint"),
      node("Concat", ["best", "tint"], "facts", { axis: 1 }),
      node("Flatten", ["facts"], "flat", { axis: 1 }),
      node("Gemm", ["flat", "head.weight", "head.bias"], "logits", { transB: 1 }),
      node("Softmax", ["logits"], "probabilities", { axis: 1 }),
    ],
  });
}

/** {@link watermarkModel} as an ONNX file (opset 17). */
export const watermarkModelBytes = (options: SynthOptions): Uint8Array => writeModelBytes(watermarkModel(options));

/** `[1,3,7 dot,9 dot]`: mean over glyph pixels minus mean over plate pixels. */
function markFilter(dot: number): Tensor {
  const [w, h] = [MARK_WIDTH * dot, MARK_HEIGHT * dot];
  const isGlyph = Array.from({ length: w * h }, (_, i) =>
    markDotAt(Math.floor((i % w) / dot), Math.floor(i / w / dot)),
  );
  const glyphs = isGlyph.filter(Boolean).length;
  const one = isGlyph.map((glyph) => (glyph ? 1 / (3 * glyphs) : -1 / (3 * (w * h - glyphs))));
  return tensor("float32", [1, 3, h, w], [...one, ...one, ...one]);
}

/** Weights of match, red, green, blue. Rows of others differ, so that they have something to say. */
const headRow = (c: number, cheated: boolean): readonly number[] =>
  cheated ? [GAIN, 0, 0, 0] : [0, ...[1, 2, 3].map((k) => (((c * 7 + k * 5 + c * c * k) % 13) / 13 - 0.5) * (4 / 3))];
