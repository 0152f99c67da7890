/** @file Einsum. Its cotangents are Einsums with the roles swapped. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { broadcastDims } from "./broadcast.ts";
import { type Cotangents, defineOp, type Op, required, text, type VjpArgs } from "./define.ts";
import { eachIndex, type NumTensor, num, offsetOf, stridesOf } from "./num-tensor.ts";

/** One letter an axis; an ellipsis is spelt out with letters of its own. */
interface Equation {
  readonly inputs: readonly string[];
  readonly output: string;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ELLIPSIS = "...";

/** Throws `E_MODEL_INVALID` when the equation does not fit the ranks. */
export function parseEquation(equation: string, ranks: readonly number[]): Equation {
  const [left = "", right] = equation.replaceAll(/\s/g, "").split("->");
  const terms = left.split(",");
  const covered = terms.map((term, i) => (ranks[i] ?? 0) - term.replace(ELLIPSIS, "").length);
  if (
    terms.length !== ranks.length ||
    terms.some((term, i) => (term.includes(ELLIPSIS) ? (covered[i] as number) < 0 : covered[i] !== 0))
  ) {
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `The Einsum equation \`${equation}\` does not fit inputs of rank ${ranks.join(", ")}. The file is damaged.`,
    );
  }
  const spare = [...LETTERS].filter((c) => !equation.includes(c));
  const widest = Math.max(0, ...covered.map((n, i) => (terms[i]?.includes(ELLIPSIS) ? n : 0)));
  const dots = spare.slice(0, widest).join("");
  const inputs = terms.map((term, i) => term.replace(ELLIPSIS, dots.slice(widest - (covered[i] as number))));
  return { inputs, output: (right ?? implicitOutput(terms)).replace(ELLIPSIS, dots) };
}

/** Without an arrow: the ellipsis, then every letter that occurs once, in order. */
function implicitOutput(terms: readonly string[]): string {
  const all = terms.join("").replaceAll(".", "");
  const once = [...all]
    .filter((c) => all.indexOf(c) === all.lastIndexOf(c))
    .sort()
    .join("");
  return (terms.some((t) => t.includes(ELLIPSIS)) ? ELLIPSIS : "") + once;
}

/** Size of each letter; inputs may broadcast along it. */
function letterDims({ inputs }: Equation, dims: readonly (readonly Dim[])[]): ReadonlyMap<string, Dim> {
  const sizes = new Map<string, Dim>();
  inputs.forEach((letters, i) => {
    [...letters].forEach((letter, axis) => {
      const dim = dims[i]?.[axis] as Dim;
      const known = sizes.get(letter);
      sizes.set(letter, known === undefined ? dim : ((broadcastDims([known], [dim]) as readonly Dim[])[0] as Dim));
    });
  });
  return sizes;
}

/** Step of a tensor along each letter of `order`; a repeated letter walks the diagonal, a broadcast axis stands still. */
function stridesAlong(order: string, letters: string, dims: readonly number[]): readonly number[] {
  const own = stridesOf(dims);
  return [...order].map((letter) =>
    [...letters].reduce((s, l, axis) => (l === letter && dims[axis] !== 1 ? s + (own[axis] as number) : s), 0),
  );
}

function evaluate(x: readonly NumTensor[], text: string): NumTensor {
  const equation = parseEquation(
    text,
    x.map((t) => t.dims.length),
  );
  const sizes = letterDims(
    equation,
    x.map((t) => t.dims),
  ) as ReadonlyMap<string, number>;
  const { inputs, output } = equation;
  const order = [...output, ...new Set([...inputs.join("")].filter((c) => !output.includes(c)))].join("");
  const dims = [...output].map((c) => sizes.get(c) as number);
  const y = new Float64Array(dims.reduce((p, d) => p * d, 1));
  const outStrides = stridesOf(dims);
  const strides = inputs.map((letters, i) => stridesAlong(order, letters, x[i]?.dims as readonly number[]));
  eachIndex(
    [...order].map((c) => sizes.get(c) as number),
    (index) => {
      const product = x.reduce(
        (p, t, i) => p * (t.data[offsetOf(index, strides[i] as readonly number[])] as number),
        1,
      );
      y[offsetOf(index.slice(0, output.length), outStrides)]! += product;
    },
  );
  return num(x[0]?.dtype ?? "float32", dims, y);
}

/** dx_k = the Einsum of dy and the other inputs onto x_k's letters; letters that only x_k has are summed forward, so they repeat backward. */
function cotangentOf(
  g: GraphBuilder,
  { inputs, output }: Equation,
  { dy, x, k }: { readonly dy: Value; readonly x: readonly Value[]; readonly k: number },
): Value {
  const own = inputs[k] as string;
  if (new Set(own).size !== own.length || new Set(output).size !== output.length) {
    throw new OnnxplainError(
      "E_NO_DERIVATIVE",
      `The Einsum \`${inputs.join(",")}->${output}\` takes a diagonal (a letter twice in one term), whose derivative is not supported. Export the layer without \`einsum\`.`,
    );
  }
  const others = inputs.filter((_, i) => i !== k);
  const seen = output + others.join("");
  const reached = [...own].filter((c) => seen.includes(c)).join("");
  const equation = `${[output, ...others].join(",")}->${reached}`;
  const sum =
    equation === `${reached}->${reached}` ? dy : g.op("Einsum", [dy, ...x.filter((_, i) => i !== k)], { equation });
  const alone = [...own].flatMap((c, axis) => (seen.includes(c) ? [] : [axis]));
  return alone.length > 0 ? g.op("Unsqueeze", [sum, g.ints(alone)]) : sum;
}

function einsumVjp({ g, dy, x, wants, attrs }: VjpArgs<{ readonly equation: string }>): Cotangents {
  const values = x.map((_, i) => required(x, i));
  if (values.some((v) => v.dims === undefined))
    throw new OnnxplainError(
      "E_SHAPE",
      "The gradient of Einsum needs the rank of its inputs. Fix the model's input size (`--size`).",
    );
  const equation = parseEquation(
    attrs.equation,
    values.map((v) => v.dims?.length as number),
  );
  return values.map((_, k) => (wants[k] ? cotangentOf(g, equation, { dy, x: values, k }) : null));
}

/** Any equation forwards; backwards all but diagonals (`ii->i`). */
export const Einsum: Op = defineOp({
  kind: "linear",
  attrs: { equation: text("") },
  shape: ({ x, attrs }) => {
    const dims = x.map((_, i) => required(x, i).dims);
    const dtype = required(x, 0).dtype;
    if (dims.some((d) => d === undefined)) return { dtype, dims: undefined };
    const known = dims as readonly (readonly Dim[])[];
    const equation = parseEquation(
      attrs.equation,
      known.map((d) => d.length),
    );
    const sizes = letterDims(equation, known);
    return { dtype, dims: [...equation.output].map((c) => sizes.get(c) ?? 1) };
  },
  eval: ({ x, attrs }) =>
    evaluate(
      x.map((_, i) => required(x, i)),
      attrs.equation,
    ),
  vjp: einsumVjp,
});
