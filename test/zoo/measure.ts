/** @file What is measured of a network of the zoo: the gradient against finite differences, each method against float64. */
import { chooseLayer } from "../../src/explain.ts";
import type { Method } from "../../src/methods/method.ts";
import { COTANGENT, cotangentGraph, SALIENCY_MAP } from "../../src/methods/one-pass.ts";
import { unsuitability } from "../../src/methods/suitable.ts";
import { METHODS } from "../../src/methods/table.ts";
import { type NumTensor, num } from "../../src/ops/num-tensor.ts";
import { type Params, readParams } from "../../src/params.ts";
import { dotOf, relativeError, wave } from "../nets.ts";
import { inFloat32, inFloat64, type Tensors } from "./sessions.ts";
import type { Specimen } from "./specimen.ts";

/** Methods that are one graph with derivatives, or rules in their place, in it. */
export const GRAPH_METHODS: readonly Method[] = Object.values<Method>(METHODS).filter(
  (m) => m.gradients && typeof m.emit === "function",
);

const paramsOf = (method: Method): Params => readParams(method.id, method.params, {});

/** The graph of a method with its default parameters, at its default layer. */
function emitted({ classifier }: Specimen, method: Method): ReturnType<typeof cotangentGraph>["model"] {
  const { emit } = method;
  if (typeof emit !== "function") throw new Error(`${method.id} is not one graph`);
  const form = classifier(method.separateBatchNorm);
  return cotangentGraph(
    { classifier: form, params: paramsOf(method), layer: chooseLayer(method, form, undefined) },
    emit,
  ).model;
}

const mapOf = (outputs: Tensors): Float64Array => (outputs[SALIENCY_MAP] as NumTensor).data;

export interface MethodError {
  readonly method: string;
  /** max |float32 - float64| / max |float64|. */
  readonly error: number;
  /** max |float64|. */
  readonly top: number;
  /** Maps without negative values may be clipped to zero everywhere. */
  readonly signed: boolean;
}

/** The same emitted graph in ONNX Runtime and in the interpreter; undefined where the method does not apply. */
export async function methodError(of: Specimen, method: Method): Promise<MethodError | undefined> {
  if (unsuitability(method, of.classifier(method.separateBatchNorm)) !== undefined) return undefined;
  const model = emitted(of, method);
  const exact = mapOf(inFloat64(model, of.feeds, [SALIENCY_MAP]));
  const rounded = mapOf(await inFloat32(model, of.feeds, [SALIENCY_MAP]));
  const top = exact.reduce((t, v) => Math.max(t, Math.abs(v)), 0);
  return { method: method.id, error: relativeError(rounded, exact), top, signed: method.signed(paramsOf(method)) };
}

/** So short that a kink hardly ever lies between, so long that float64 keeps seven digits of the difference. */
const STEP = 1e-8;

/** Derivative of the explained score along `v`, by central differences in float64 on the model as it was read. */
function slope({ model, feeds }: Specimen, v: ArrayLike<number>): number {
  const { input, [COTANGENT]: cotangent } = feeds;
  const at = (t: number): number => {
    const x = num(
      "float32",
      input.dims,
      input.data.map((p, i) => p + t * (v[i] as number)),
    );
    return dotOf((inFloat64(model.source.model, { input: x }, ["logits"]).logits as NumTensor).data, cotangent.data);
  };
  return (at(STEP) - at(-STEP)) / (2 * STEP);
}

const norm = (v: ArrayLike<number>): number => Math.sqrt(dotOf(v, v));

/**
 * Of the emitted gradient g in float64: |⟨g,v⟩ - slope along v| relative to the larger of |slope| and ‖g‖ rms(v), for v a
 * random direction and for v = g; the larger of the two.
 */
export function slopeError(of: Specimen): number {
  const g = mapOf(inFloat64(emitted(of, METHODS.gradient), of.feeds, [SALIENCY_MAP]));
  const size = Math.sqrt(g.length);
  const length = norm(g);
  const errors = [wave(g.length, 70), g.map((v) => (v * size) / length)].map((v) => {
    const measured = slope(of, v);
    return Math.abs(dotOf(g, v) - measured) / Math.max(Math.abs(measured), (length * norm(v)) / size);
  });
  return Math.max(...errors);
}
