/** @file Occlusion: how the score changes when a window is covered (Zeiler and Fergus 2014), by Captum's definition and two more. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";
import { baseline, integer, integers, oneOf, type ParamSpec, type Params, type ParamValue } from "../params.ts";
import { baselineValue, blend } from "./blend.ts";
import type { Method, Sample } from "./method.ts";
import { type Window, windowsOf } from "./occlusion-grid.ts";
import {
  type Frame,
  type Perturbation,
  type PerturbationContext,
  perturbationPlan,
  type ScoreFold,
} from "./perturbation.ts";
import type { Perturbing } from "./perturbed.ts";

/** Row input [N,6]: a window as channels, rows, columns, each from and to. */
const WINDOW = "x/window";
const UNCOVERED: Window = { c: [0, 0], y: [0, 0], x: [0, 0] };
const rowOf = ({ c, y, x }: Window): Float32Array => Float32Array.from([...c, ...y, ...x]);

/** 1 where `from <= position < to`: [N, size]. */
function within(g: GraphBuilder, size: number, from: Value, to: Value): Value {
  const ramp = g.constant(
    tensor(
      "float32",
      [1, size],
      Array.from({ length: size }, (_, i) => i),
    ),
  );
  return g.op("Cast", [g.op("And", [g.op("GreaterOrEqual", [ramp, from]), g.op("Less", [ramp, to])])], { to: 1 });
}

/** The batch with one window of each image covered. */
function cover(
  { g, image, batch }: Perturbing,
  frame: Frame,
  { base, allChannels }: { readonly base: ParamValue | undefined; readonly allChannels: boolean },
): Value {
  const ends = g.ops("Split", [g.input(WINDOW, "float32", [batch, 6])], {
    attrs: { axis: 1, num_outputs: 6 },
    outputs: 6,
  });
  const axes = [frame.channels, frame.height, frame.width].map((size, i) =>
    within(g, size, ends[2 * i] as Value, ends[2 * i + 1] as Value),
  ) as [Value, Value, Value];
  const nchw = frame.layout === "nchw";
  const order = nchw ? [0, 1, 2] : [1, 2, 0];
  const masks = order.flatMap((axis, place) =>
    axis === 0 && allChannels
      ? []
      : [g.op("Unsqueeze", [axes[axis] as Value, g.ints([1, 2, 3].filter((d) => d !== place + 1))])],
  );
  const covered = masks.reduce((product, mask) => g.op("Mul", [product, mask]));
  return blend({ g, image }, g.op("Sub", [g.scalar(1), covered]), baselineValue(g, frame, base));
}

/** What is known of an element when all windows are scored. */
interface Tally {
  /** Score of the uncovered image. */
  readonly whole: number;
  /** Sum of the scores over all windows, and over those that cover the element; how many there are of each. */
  readonly all: number;
  readonly count: number;
  readonly covering: number;
  readonly times: number;
}

/** From tallies to the map: Captum's mean fall, and both readings of "H = 1 - (1/J) sum_j p_j V_j", V_j = 0 under patch j. */
const VARIANTS = {
  mean: ({ whole, covering, times }) => (times === 0 ? 0 : whole - covering / times),
  paper_intent: ({ all, covering, count }) => (all - covering) / count,
  paper_literal: ({ all, covering, count }) => 1 - (all - covering) / count,
} as const satisfies Readonly<Record<string, (tally: Tally) => number>>;

function describe({ frame, params }: PerturbationContext): Perturbation {
  const windows = windowsOf(frame, params);
  const base = fillOf(params);
  const allChannels = windows.every(({ c: [from, to] }) => from === 0 && to === frame.channels);
  return {
    count: windows.length + 1,
    notes: [],
    perturb: (p) => ({ batch: cover(p, frame, { base, allChannels }) }),
    ask: (sample) => ({
      rows: [UNCOVERED, ...windows].map((w) => ({ [WINDOW]: rowOf(w) })),
      fold: foldWindows(sample, { windows, frame, variant: VARIANTS[params.variant as keyof typeof VARIANTS] }),
    }),
  };
}

/** Throws `E_PARAM` when both names of the filling are used. */
function fillOf({ fill, baselines }: Params): ParamValue | undefined {
  if (fill === null) return baselines;
  if (baselines === 0) return fill;
  throw new OnnxplainError("E_PARAM", "`fill` and `baselines` are two names of one thing. Give one of them.");
}

interface Folding {
  readonly windows: readonly Window[];
  readonly frame: Frame;
  readonly variant: (tally: Tally) => number;
}

function foldWindows({ x }: Sample, { windows, frame, variant }: Folding): ScoreFold {
  const at = indexer(frame);
  const covering = new Float64Array(x.length);
  const times = new Uint32Array(x.length);
  let whole: number | undefined;
  let [all, next] = [0, 0];
  return {
    add: (score) => {
      if (whole === undefined) {
        whole = score;
        return;
      }
      all += score;
      eachOf(windows[next++] as Window, at, (i) => {
        covering[i]! += score;
        times[i]! += 1;
      });
    },
    done: () => ({
      values: Float32Array.from(covering, (sum, i) =>
        variant({ whole: whole as number, all, count: next, covering: sum, times: times[i] as number }),
      ),
      dims: (frame.input.dims as readonly number[]).slice(1),
      checks: {},
    }),
  };
}

/** Flat index of an input element in the model's layout. */
const indexer =
  ({ layout, channels, height, width }: Frame) =>
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

const optional = (spec: ParamSpec): ParamSpec => ({ ...spec, default: null });

export const occlusion: Method = {
  id: "occlusion",
  aliases: [],
  title: "Occlusion",
  source:
    "Zeiler, Fergus 2014 (arXiv 1311.2901), section 4.2; window grid and averaging as in Captum Occlusion; the paper variants are the two readings of H = 1 - (1/J) sum_j p_j V_j over J patches, V_j = 0 on patch j and 1 elsewhere",
  params: {
    sliding_window_shapes: integers(
      null,
      1,
      "size of the covered window: channels, rows, columns (or rows, columns; or one side), in input elements; windows start at 0, s, 2s, … and the last is clipped at the border; none = all channels, an eighth of the shorter side",
    ),
    strides: integers(null, 1, "steps of the window: as sliding_window_shapes; none = half a window"),
    baselines: baseline("what the window is filled with, in network input units"),
    patch: optional(
      integer(
        1,
        1,
        "side of one square patch over all channels, instead of sliding_window_shapes; the last row and column of patches are moved inside, so that each is whole; none = an eighth of the shorter side when stride is given",
      ),
    ),
    stride: optional(integer(1, 1, "steps of the patch, instead of strides; none = max(1, floor(patch / 2))")),
    fill: optional(baseline("another name of baselines; none = baselines")),
    variant: oneOf(
      "mean",
      Object.keys(VARIANTS),
      "mean: score minus the score when covered, averaged over the windows that cover a pixel; paper_intent: (1/J) sum of the scores of windows that do not cover it, larger = more important; paper_literal: 1 minus that, as printed, smaller = more important. The last two weigh pixels by how often they are covered; their scores are meant as probabilities (output: probability)",
    ),
  },
  space: "input",
  reducer: "mean",
  signed: (params) => params.variant === "mean",
  cost: "one forward for each window position + 1",
  gradients: false,
  emit: { none: "it needs one pass for each window" },
  plan: perturbationPlan(describe),
  perturbation: describe,
};
