/** @file Occlusion: how the score falls when a window is covered (Zeiler and Fergus 2014), by Captum's definition. */
import { close, extend } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import { baselineRow } from "./baseline.ts";
import type { Classifier } from "./classifier.ts";
import { dot } from "./integrated-gradients.ts";
import type { Fold, Method, Plan, PlanContext, Sample } from "./method.ts";
import { baseline, integers, type Params } from "./params.ts";

/** A window position: half-open ranges of channels, rows, columns. */
interface Window {
  readonly c: readonly [number, number];
  readonly y: readonly [number, number];
  readonly x: readonly [number, number];
}

/** Captum's grid: starts 0, s, 2s, …; ceil((size - window) / stride) + 1 of them; the last is clipped at the border. */
function starts(size: number, window: number, stride: number): readonly (readonly [number, number])[] {
  const count = Math.max(1, Math.ceil((size - window) / stride) + 1);
  return Array.from({ length: count }, (_, i) => [i * stride, Math.min(size, i * stride + window)] as const);
}

function windowsOf({ channels, height, width }: Classifier, params: Params): readonly Window[] {
  const sizes = [channels, height, width] as const;
  const side = Math.max(1, Math.round(Math.min(height, width) / SIDE_SHARE));
  const shape = fullShape(
    (params.sliding_window_shapes ?? [side]) as readonly number[],
    sizes,
    "sliding_window_shapes",
    channels,
  );
  const stride = fullShape((params.strides ?? halved(shape)) as readonly number[], sizes, "strides", channels);
  shape.forEach((v, i) => {
    if ((stride[i] as number) > v && v < (sizes[i] as number))
      throw new OnnxplainError(
        "E_PARAM",
        `\`strides\` [${stride}] exceed \`sliding_window_shapes\` [${shape}]: some pixels would never be covered. Make each stride at most the window.`,
      );
  });
  const [cs, ys, xs] = sizes.map((s, i) => starts(s, shape[i] as number, stride[i] as number)) as [
    ReturnType<typeof starts>,
    ReturnType<typeof starts>,
    ReturnType<typeof starts>,
  ];
  return cs.flatMap((c) => ys.flatMap((y) => xs.map((x) => ({ c, y, x }))));
}

/** The window is this share of the shorter side unless told otherwise: some 250 windows for any square input. */
const SIDE_SHARE = 8;
/** All channels at once; half a window in each direction. */
const halved = ([c = 1, h = 1, w = 1]: readonly number[]): readonly number[] => [
  c,
  Math.max(1, h >> 1),
  Math.max(1, w >> 1),
];

/** One number = square over all channels; two = rows, columns; three = channels, rows, columns. */
function fullShape(
  given: readonly number[],
  sizes: readonly number[],
  name: string,
  channels: number,
): readonly number[] {
  const [a = 1, b = a, c] = given;
  const shape = c !== undefined ? [a, b, c] : [channels, a, b];
  if (given.length > 3 || shape.some((v, i) => name === "sliding_window_shapes" && v > (sizes[i] as number))) {
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`${name}\` to be 1 to 3 sizes (channels, rows, columns) within [${sizes}], got [${given}].`,
    );
  }
  return shape;
}

/** Flat index of an input element in the model's layout. */
const indexer =
  ({ layout, channels, height, width }: Classifier) =>
  (c: number, y: number, x: number): number =>
    layout === "nchw" ? (c * height + y) * width + x : (y * width + x) * channels + c;

function eachOf(
  { c, y, x }: Window,
  at: (c: number, y: number, x: number) => number,
  visit: (i: number) => void,
): void {
  for (let ci = c[0]; ci < c[1]; ci++)
    for (let yi = y[0]; yi < y[1]; yi++) for (let xi = x[0]; xi < x[1]; xi++) visit(at(ci, yi, xi));
}

function plan({ classifier, params }: PlanContext): Plan {
  const windows = windowsOf(classifier, params);
  const covered = baselineRow(classifier, params.baselines);
  const at = indexer(classifier);
  const g = extend(classifier.model, classifier.ops);
  const { name } = classifier.input;
  return {
    model: close(classifier.model, g, [g.value(classifier.scores)]),
    outputs: [classifier.scores],
    count: windows.length + 1,
    notes: [],
    rows: function* ({ x }: Sample) {
      yield { [name]: x };
      for (const w of windows) {
        const masked = x.slice();
        eachOf(w, at, (i) => {
          masked[i] = covered[i] as number;
        });
        yield { [name]: masked };
      }
    },
    fold: (sample) => foldWindows(sample, { windows, at, classifier }),
  };
}

/** Mean fall of the score over the windows that cover an element. */
function foldWindows(
  { x, cotangent }: Sample,
  {
    windows,
    at,
    classifier,
  }: { readonly windows: readonly Window[]; readonly at: ReturnType<typeof indexer>; readonly classifier: Classifier },
): Fold {
  const falls = new Float64Array(x.length);
  const counts = new Uint32Array(x.length);
  let whole: number | undefined;
  let next = 0;
  return {
    add: (result) => {
      const score = dot(result[classifier.scores] as Float32Array, cotangent);
      if (whole === undefined) {
        whole = score;
        return;
      }
      const fall = whole - score;
      eachOf(windows[next++] as Window, at, (i) => {
        falls[i]! += fall;
        counts[i]! += 1;
      });
    },
    done: () => ({
      values: Float32Array.from(falls, (f, i) => (counts[i] ? f / (counts[i] as number) : 0)),
      dims: (classifier.input.dims as readonly number[]).slice(1),
      checks: {},
    }),
  };
}

export const occlusion: Method = {
  id: "occlusion",
  aliases: [],
  title: "Occlusion",
  source: "Zeiler, Fergus 2014 (arXiv 1311.2901), section 4.2; window grid and averaging as in Captum Occlusion",
  params: {
    sliding_window_shapes: integers(
      null,
      1,
      "size of the covered window: channels, rows, columns (or rows, columns; or one side), in input elements; none = all channels, an eighth of the shorter side",
    ),
    strides: integers(null, 1, "steps of the window: as sliding_window_shapes; none = half a window"),
    baselines: baseline("what the window is filled with, in network input units"),
  },
  space: "input",
  reducer: "mean",
  signed: () => true,
  cost: "one forward for each window position + 1",
  gradients: false,
  emit: { none: "it needs one pass for each window" },
  plan,
};
