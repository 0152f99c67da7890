/** @file InstanceNormalization and GroupNormalization: statistics over the pixels of groups of channels, one scale and bias a channel. */
import { OnnxplainError } from "../errors.ts";
import { type Dim, elementCount, isStatic } from "../graph/dim.ts";
import { standardized, standardizedCotangent, standardizeRows } from "./_standardize.ts";
import { channelOf, perChannel } from "./batch-normalization.ts";
import { reshapeLike, reshapeTo } from "./broadcast.ts";
import { channelSum } from "./conv.ts";
import {
  type AttrSpec,
  type AttrsOf,
  type Cotangents,
  defineOp,
  int,
  type Op,
  real,
  required,
  type VjpArgs,
} from "./define.ts";
import { formula } from "./formula.ts";
import { type NumTensor, num } from "./num-tensor.ts";

interface Groups {
  readonly groups: number;
  readonly epsilon: number;
}

function evaluate(
  [data, scale, bias]: readonly [NumTensor, NumTensor, NumTensor],
  { groups, epsilon }: Groups,
): NumTensor {
  const { values } = standardizeRows(data.data, elementCount(data.dims.slice(1)) / groups, epsilon);
  const channel = channelOf(data);
  return num(
    data.dtype,
    data.dims,
    values.map((v, i) => v * (scale.data[channel(i)] as number) + (bias.data[channel(i)] as number)),
  );
}

/** The layer seen as `[N, groups, elements]`, where it is a LayerNormalization over the last axis. */
function cotangents({ g, dy, x, wants }: VjpArgs<object>, { groups, epsilon }: Groups): Cotangents {
  const [data, scale] = [required(x, 0), required(x, 1)];
  const tail = data.dims?.slice(1);
  if (!isStatic(tail)) {
    throw new OnnxplainError(
      "E_SHAPE",
      `The gradient of a group or instance normalisation needs the size of its input \`${data.name}\`, which is free. Fix the model's input size (\`--size\`).`,
    );
  }
  const rows: readonly Dim[] = [data.dims?.[0] as Dim, groups, elementCount(tail) / groups];
  const inRows = (v: typeof dy): typeof dy => reshapeTo(g, v, rows, () => g.ints([0, groups, -1]));
  const m = formula(g, data.dtype);
  const { unit, inverse } = standardized(g, inRows(data), { axis: 2, epsilon });
  const d = (): typeof dy => inRows(m.mul(dy, perChannel(g, scale, data)));
  return [
    wants[0] ? reshapeLike(g, standardizedCotangent(m, d(), { unit, inverse, axes: [2] }), data) : null,
    wants[1] ? channelSum(g, m.mul(dy, reshapeLike(g, unit, data))) : null,
    wants[2] ? channelSum(g, dy) : null,
  ];
}

const grouped = <const S extends AttrSpec>(attrs: S, groupsOf: (attrs: AttrsOf<S>, channels: number) => Groups): Op =>
  defineOp<S>({
    kind: "normalize",
    attrs,
    shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: required(x, 0).dims }),
    eval: (args) =>
      evaluate(
        [required(args.x, 0), required(args.x, 1), required(args.x, 2)],
        groupsOf(args.attrs, required(args.x, 0).dims[1] ?? 1),
      ),
    vjp: (args) => cotangents(args, groupsOf(args.attrs, (required(args.x, 0).dims?.[1] ?? 1) as number)),
  });

/** Each channel of each image on its own. */
export const InstanceNormalization: Op = grouped({ epsilon: real(1e-5) }, ({ epsilon }, channels) => ({
  groups: channels,
  epsilon,
}));
/** `num_groups` runs of neighbouring channels; scale and bias are per channel (opset 21). */
export const GroupNormalization: Op = grouped(
  { epsilon: real(1e-5), num_groups: int(1), stash_type: int(1) },
  ({ epsilon, num_groups }) => ({ groups: num_groups, epsilon }),
);
