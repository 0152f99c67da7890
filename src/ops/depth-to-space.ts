/** @file DepthToSpace (DCR and CRD) and SpaceToDepth: pixels to channels and back, [N,C,H,W]. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, dimProduct, dimQuotient, unknownDim } from "../graph/dim.ts";
import { reshapeTo } from "./broadcast.ts";
import { defineOp, int, type Op, required, text } from "./define.ts";
import { type NumTensor, num } from "./num-tensor.ts";
import { scatterBack } from "./scatter-back.ts";
import { transpose } from "./transpose.ts";

/** Channels as (block row, block column, depth) in DCR, as (depth, block row, block column) in CRD. */
const toSpacePerm = (mode: string): readonly number[] => (mode === "CRD" ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);

function toSpace({ dtype, dims, data }: NumTensor, b: number, mode: string): NumTensor {
  const [n = 1, c = 1, h = 1, w = 1] = dims;
  const depth = c / (b * b);
  const split = mode === "CRD" ? [n, depth, b, b, h, w] : [n, b, b, depth, h, w];
  return num(dtype, [n, depth, h * b, w * b], transpose(num(dtype, split, data), toSpacePerm(mode)).data);
}

function toDepth({ dtype, dims, data }: NumTensor, b: number): NumTensor {
  const [n = 1, c = 1, h = 1, w = 1] = dims;
  const split = num(dtype, [n, c, h / b, b, w / b, b], data);
  return num(dtype, [n, c * b * b, h / b, w / b], transpose(split, [0, 3, 5, 1, 2, 4]).data);
}

/** Undo a CRD: ONNX has no single op for it. */
function undoCrd(g: GraphBuilder, dy: Value, { x, b }: { readonly x: Value; readonly b: number }): Value {
  const back = (): Value =>
    scatterBack(g, dy, { x, move: (p) => g.op("DepthToSpace", [p], { blocksize: b, mode: "CRD" }) });
  const { dims } = x;
  const depth = dims && dimQuotient(dims[1] as Dim, b * b);
  if (!dims || depth === undefined || dims.filter((d) => typeof d === "string").length > 1 || dims.includes(0))
    return back();
  const [n = 1, , h = 1, w = 1] = dims;
  const split = reshapeTo(g, dy, [n, depth, h, b, w, b], back);
  return reshapeTo(g, g.op("Transpose", [split], { perm: [0, 1, 3, 5, 2, 4] }), dims, back);
}

export const DepthToSpace: Op = defineOp({
  kind: "movement",
  attrs: { blocksize: int(1), mode: text("DCR") },
  shape: ({ x, attrs, name }) => {
    const { dtype, dims } = required(x, 0);
    if (!dims) return { dtype, dims };
    const [n = 1, c = 1, h = 1, w = 1] = dims;
    const b = attrs.blocksize;
    return { dtype, dims: [n, dimQuotient(c, b * b) ?? unknownDim(name, 1), dimProduct([h, b]), dimProduct([w, b])] };
  },
  eval: ({ x, attrs }) => toSpace(required(x, 0), attrs.blocksize, attrs.mode),
  vjp: ({ g, dy, x, attrs }) => [
    attrs.mode === "CRD"
      ? undoCrd(g, dy, { x: required(x, 0), b: attrs.blocksize })
      : g.op("SpaceToDepth", [dy], { blocksize: attrs.blocksize }),
  ],
});

export const SpaceToDepth: Op = defineOp({
  kind: "movement",
  attrs: { blocksize: int(1) },
  shape: ({ x, attrs, name }) => {
    const { dtype, dims } = required(x, 0);
    if (!dims) return { dtype, dims };
    const [n = 1, c = 1, h = 1, w = 1] = dims;
    const b = attrs.blocksize;
    return {
      dtype,
      dims: [
        n,
        dimProduct([c, b * b]),
        dimQuotient(h, b) ?? unknownDim(name, 2),
        dimQuotient(w, b) ?? unknownDim(name, 3),
      ],
    };
  },
  eval: ({ x, attrs }) => toDepth(required(x, 0), attrs.blocksize),
  vjp: ({ g, dy, attrs }) => [g.op("DepthToSpace", [dy], { blocksize: attrs.blocksize, mode: "DCR" })],
});
