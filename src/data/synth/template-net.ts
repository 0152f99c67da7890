/** @file A network that is right for the right reason, on plain scenes: one template a class. Constructed, so that its right explanation is known. */
import { tensor } from "../../graph/tensor.ts";
import type { Model, Tensor } from "../../graph/types.ts";
import { writeModelBytes } from "../../graph/write.ts";
import { expose, PLAIN_CAMERA } from "./camera.ts";
import { canvasOf, paintGround, paintLayer } from "./canvas.ts";
import { PLAIN_GROUND } from "./grounds.ts";
import { constructed, node } from "./net.ts";
import { PLAIN_PAINTS } from "./palette.ts";
import { plainReach, uprightPose, wholeObject } from "./placement.ts";
import { type SynthOptions, type SynthSettings, synthSettings } from "./settings.ts";

/**
 * `input` `[N,3,H,W]`, RGB in 0…1, to `probabilities` `[N,classes]`, for plain scenes of these options (`plain: true` is understood).
 *
 * ```
 * input
 *   match     Conv   for each class c and place p:  <T_c(p), x - g> - |T_c|^2 / 2
 *   logits    GlobalMaxPool, Flatten
 *   Softmax
 * ```
 *
 * `T_c` is the object of class c minus the ground's colour `g`, on its mask, 0 elsewhere.
 *
 * Why it is right, and its explanation known. On a scene that shows class j at q, x - g is `T_j(q)` (and the faint rest of outlines
 * that cover less than half a pixel). So `match_c(p) = |T_j|^2 / 2 - |T_j(q) - T_c(p)|^2 / 2`: greatest, by half the squared distance, for
 * c = j at p = q. The gradient of that logit by the input is `T_j(q)`: not 0 on the object's mask only, and exactly 0 off it. Input minus ground times
 * gradient is `T_j^2`: never negative, all of it on the object, its sum twice the logit.
 */
export function templateModel(options: SynthOptions = {}): Model {
  const settings = synthSettings({ ...options, plain: true });
  const { classes, width, height } = settings;
  const side = 2 * plainReach(settings);
  const templates = classes.map((name) => templateOf(settings, name));
  const bias = templates.map((t) => {
    const [square, onGround] = t.reduce(
      ([s, g], v, i) => [s + v * v, g + v * plainGround(Math.floor(i / (side * side)))] as const,
      [0, 0] as readonly [number, number],
    );
    return -square / 2 - onGround;
  });
  const constants = new Map<string, Tensor>([
    [
      "match.weight",
      tensor(
        "float32",
        [classes.length, 3, side, side],
        templates.flatMap((t) => Array.from(t)),
      ),
    ],
    ["match.bias", tensor("float32", [classes.length], bias)],
  ]);
  return constructed({
    name: "onnxplain-templates",
    size: { width, height },
    labels: classes,
    constants,
    nodes: [
      node("Conv", ["input", "match.weight", "match.bias"], "match", { kernel_shape: [side, side] }),
      node("GlobalMaxPool", ["match"], "best"),
      node("Flatten", ["best"], "logits", { axis: 1 }),
      node("Softmax", ["logits"], "probabilities", { axis: 1 }),
    ],
  });
}

/** {@link templateModel} as an ONNX file (opset 17). */
export const templateModelBytes = (options: SynthOptions = {}): Uint8Array => writeModelBytes(templateModel(options));

/** The ground of plain scenes as the network sees it, 0…1. */
export const plainGround = (channel: number): number => Math.floor(255 * (PLAIN_GROUND[channel] as number) + 0.5) / 255;

/** `[3,side,side]`: colour minus ground on the mask of the object in the middle. */
function templateOf(settings: SynthSettings, name: string): Float64Array {
  const reach = plainReach(settings);
  const side = 2 * reach;
  const [column, row] = [Math.floor(settings.width / 2), Math.floor(settings.height / 2)];
  const canvas = canvasOf(settings);
  paintGround(canvas, (_x, _y, out) => out.set(PLAIN_GROUND));
  const layer = wholeObject(name, {
    object: 0,
    pose: uprightPose(settings, column, row),
    variation: [0, 0, 0, 0],
    colors: PLAIN_PAINTS,
  });
  paintLayer(canvas, layer, { light: { x: 0, y: -1, strength: 0 }, first: 1 });
  const data = expose(canvas, PLAIN_CAMERA);
  const out = new Float64Array(3 * side * side);
  for (let i = 0; i < out.length; i++) {
    const c = Math.floor(i / (side * side));
    const y = row - reach + (Math.floor(i / side) % side);
    const x = column - reach + (i % side);
    const at = y * canvas.width + x;
    out[i] = canvas.owner[at] === 0 ? 0 : (data[3 * at + c] as number) / 255 - plainGround(c);
  }
  return out;
}
