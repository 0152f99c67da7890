/** @file Scores of a picture, maps of it, maps as colours; and what may be asked of each method. */
import {
  type ChannelReducer,
  type Checks,
  type ColormapName,
  clearHeat,
  colouredMap,
  type DisplayRange,
  displayClip,
  type Explanation,
  explain,
  findMethod,
  heatmap,
  type Layer,
  type Ledger,
  METHODS,
  type Method,
  neutralOf,
  OnnxplainError,
  type Params,
  type ParamValue,
  planeOf,
  predict,
  softmax,
  type Target,
} from "../../../src/index.ts";
import { familyOf } from "../families.ts";
import type { Handler } from "../handler.ts";
import { heldMap, heldModel, heldPicture, holdMap, type RunSettings, runOptions } from "../held.ts";
import { networkPicture } from "../seen.ts";
import { bitmapOf } from "./pictures.ts";

export interface PictureAsk {
  readonly picture: string;
  /** Each as on the command line, one upon the other. */
  readonly edits: readonly string[];
  readonly run: RunSettings;
}

export interface Prediction {
  /** [classes] */
  readonly scores: Float32Array;
  readonly scoreKind: RunSettings["output"];
  /** [classes]; softmax of logits. */
  readonly probabilities: Float32Array;
  readonly device: string;
  readonly ms: number;
}

export interface ExplainAsk extends PictureAsk {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly layer?: string | undefined;
  /** As `--target` takes them. */
  readonly targets: readonly string[];
  readonly paint: PaintOptions;
}

/** How maps become colours; undefined = as reports have it. */
export interface PaintOptions {
  readonly cmap?: ColormapName | undefined;
  readonly reducer?: ChannelReducer | undefined;
}

/** A map coloured: as large as what the network saw. */
export interface Painted {
  /** As clear as it can be and still give the map's colours on a ground of {@link neutral}. */
  readonly heat: ImageBitmap;
  /** Red, green, blue of 0: where the map says nothing. */
  readonly neutral: readonly [number, number, number];
  /** The scale's colours from low to high, one row. */
  readonly bar: ImageBitmap;
  readonly cmap: ColormapName;
  readonly range: DisplayRange;
}

/** One map of one target, as the page shows it. */
export interface DrawnMap {
  /** For {@link ExplainCalls.paint} and what is taken away. */
  readonly id: string;
  /** Which of the explanation's targets. */
  readonly index: number;
  readonly method: string;
  readonly title: string;
  readonly target: Target;
  readonly score: number;
  readonly scoreKind: Explanation["scoreKind"];
  readonly space: Explanation["space"];
  readonly signed: boolean;
  readonly dims: readonly number[];
  readonly layer: Layer | undefined;
  readonly params: Params;
  readonly seed: number;
  readonly notes: readonly string[];
  readonly checks: Checks;
  readonly ledger: Ledger | undefined;
  readonly device: string;
  /** To prepare the graph and to run it. */
  readonly ms: number;
  /** Raw and signed, channels joined: [height, width]. */
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly painted: Painted;
}

/** A map in other colours, or with its channels joined in another way. */
export interface Repainted extends Pick<DrawnMap, "values" | "width" | "height" | "painted"> {}

/** A parameter of a method, as a form shows it. */
export interface ParamFacts {
  readonly name: string;
  readonly default: ParamValue;
  readonly about: string;
  readonly expected: string;
}

/** A method, as a list shows it. */
export interface MethodFacts {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly family: string;
  readonly source: string;
  readonly cost: string;
  /** Does it read the layer that is chosen? */
  readonly layer: boolean;
  /** Can it be compiled to one graph? */
  readonly oneGraph: boolean;
  readonly params: readonly ParamFacts[];
}

export interface ExplainCalls {
  methodTable: { readonly input: null; readonly output: readonly MethodFacts[] };
  /** Why a parameter is refused; undefined when it is not. */
  checkParam: {
    readonly input: { readonly method: string; readonly name: string; readonly value: unknown };
    readonly output: string | undefined;
  };
  predict: { readonly input: PictureAsk; readonly output: Prediction };
  /** What the network sees of the picture. */
  seen: { readonly input: PictureAsk; readonly output: ImageBitmap };
  /** One map for each target. */
  explain: { readonly input: ExplainAsk; readonly output: readonly DrawnMap[] };
  paint: {
    readonly input: { readonly id: string; readonly index: number; readonly paint: PaintOptions };
    readonly output: Repainted;
  };
}

const BAR = 256;

async function repainted(map: Explanation, index: number, { cmap, reducer }: PaintOptions): Promise<Repainted> {
  const plane = planeOf(map, index, reducer);
  const size = map.picture ?? plane;
  const { range, cmap: used } = heatmap(plane.values, { ...plane, signed: map.signed, clip: displayClip(map), cmap });
  const neutral = neutralOf(range, used);
  const ramp = Float32Array.from({ length: BAR }, (_, i) => range.low + ((range.high - range.low) * i) / (BAR - 1));
  const scale = { width: BAR, height: 1 };
  const bar = await bitmapOf(colouredMap({ values: ramp, ...scale }, scale, range, used));
  const heat = await bitmapOf(clearHeat(colouredMap(plane, size, range, used), neutral));
  const { width, height } = plane;
  return { values: plane.values.slice(), width, height, painted: { heat, neutral, bar, cmap: used, range } };
}

const handedOf = ({ values, painted: { heat, bar } }: Repainted): readonly Transferable[] => [
  values.buffer as ArrayBuffer,
  heat,
  bar,
];

const factsOf = (method: Method): MethodFacts => ({
  id: method.id,
  aliases: method.aliases,
  title: method.title,
  family: familyOf(method),
  source: method.source,
  cost: method.cost,
  layer: method.space === "layer" || method.takesLayer === true,
  oneGraph: typeof method.emit === "function",
  params: Object.entries(method.params).map(([name, p]) => ({
    name,
    default: p.default,
    about: p.about,
    expected: p.expected,
  })),
});

async function drawn(map: Explanation, id: string, index: number, paint: PaintOptions): Promise<DrawnMap> {
  const { timings } = map;
  const target = map.targets[index] as Target;
  const row = map.scores[0] as Float32Array;
  return {
    id,
    index,
    method: map.method,
    title: findMethod(map.method).title,
    target,
    score: (row[target.index] as number) - (target.against === undefined ? 0 : (row[target.against] as number)),
    scoreKind: map.scoreKind,
    space: map.space,
    signed: map.signed,
    dims: map.dims,
    layer: map.layer,
    params: map.params,
    seed: map.seed,
    notes: map.notes,
    checks: map.checks[index] ?? {},
    ledger: map.ledgers[index],
    device: map.device,
    ms: timings.compileMs + timings.sessionMs + timings.runMs,
    ...(await repainted(map, index, paint)),
  };
}

export const explainHandlers: { readonly [K in keyof ExplainCalls]: Handler<K> } = {
  methodTable: async () => ({ output: Object.values<Method>(METHODS).map(factsOf) }),
  checkParam: async ({ method, name, value }) => {
    const { params } = findMethod(method);
    const spec = Object.hasOwn(params, name) ? params[name] : undefined;
    if (spec === undefined) throw new OnnxplainError("E_PARAM", `\`${method}\` has no parameter \`${name}\`.`);
    return { output: spec.read(value) === undefined ? `Expected ${spec.expected}.` : undefined };
  },
  predict: async ({ picture, edits, run }, { signal, onProgress }) => {
    const began = performance.now();
    const options = await runOptions(run);
    const [scores] = await predict(heldModel(), heldPicture(picture, edits), { ...options, signal, onProgress });
    const row = scores as Float32Array;
    const probabilities = run.output === "logits" ? Float32Array.from(softmax(row)) : row;
    const ms = performance.now() - began;
    return { output: { scores: row, scoreKind: run.output, probabilities, device: options.device, ms } };
  },
  seen: async ({ picture, edits, run }) => {
    const output = await bitmapOf(networkPicture(heldModel(), heldPicture(picture, edits), run));
    return { output, transfer: [output] };
  },
  explain: async ({ picture, edits, run, method, params, layer, targets, paint }, { signal, onProgress }) => {
    const map = await explain(heldModel(), heldPicture(picture, edits), {
      ...(await runOptions(run)),
      method,
      params,
      ...(layer ? { layer } : {}),
      target: targets,
      signal,
      onProgress,
    });
    const id = holdMap(map);
    const output: DrawnMap[] = [];
    for (let i = 0; i < map.targets.length; i++) output.push(await drawn(map, id, i, paint));
    return { output, transfer: output.flatMap(handedOf) };
  },
  paint: async ({ id, index, paint }) => {
    const output = await repainted(heldMap(id), index, paint);
    return { output, transfer: handedOf(output) };
  },
};
