/** @file Fixing the free dims of an input: the height and width of an image, or any others. */
import { OnnxplainError } from "../errors.ts";
import { type Dim, formatDims } from "../graph/dim.ts";
import type { Model, Port } from "../graph/types.ts";

const CHANNELS: readonly (Dim | undefined)[] = [1, 3, 4];

/** `[height axis, width axis]` of an image tensor: channels first, unless only the last axis can be channels. */
export const imageAxes = (dims: readonly Dim[]): readonly [number, number] =>
  !CHANNELS.includes(dims[1]) && CHANNELS.includes(dims[3]) ? [1, 2] : [2, 3];

function bindings(port: Port, dims: readonly Dim[]): ReadonlyMap<Dim, Dim> {
  const own = port.dims ?? dims;
  const map = new Map<Dim, Dim>();
  dims.forEach((size, axis) => {
    const dim = own[axis];
    const fixed = dim === undefined || typeof dim === "number" ? dim : map.get(dim);
    if (dim === undefined || own.length !== dims.length || (fixed !== undefined && fixed !== size)) {
      throw new OnnxplainError(
        "E_INPUT_SHAPE",
        `Input \`${port.name}\` has shape ${formatDims(port.dims)}, which cannot be bound to ${formatDims(dims)}. Pass the size that the model was made for (\`--size\`).`,
      );
    }
    if (typeof dim === "string" && dim !== size) map.set(dim, size);
  });
  return map;
}

/** The model with an input's free dims bound, wherever the same symbols occur; numbers must agree. Throws `E_INPUT_SHAPE`. */
export function bindInput(model: Model, input: string, dims: readonly Dim[]): Model {
  const { graph } = model;
  const port = graph.inputs.find((p) => p.name === input);
  if (port === undefined) {
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `The model has no input \`${input}\`; its inputs are ${graph.inputs.map((p) => `\`${p.name}\` ${formatDims(p.dims)}`).join(", ")}.`,
    );
  }
  const sizes = bindings(port, dims);
  const bound = <T extends { readonly dims: readonly Dim[] | undefined }>(v: T): T => ({
    ...v,
    dims: v.dims?.map((d) => sizes.get(d) ?? d),
  });
  const inputs = graph.inputs.map((p) => (p.name === input ? { ...p, dims } : bound(p)));
  const facts = new Map(
    [...graph.facts].map(([name, { content: _, ...fact }]) => [
      name,
      graph.constants.has(name) ? (graph.facts.get(name) ?? fact) : bound(fact),
    ]),
  );
  return { ...model, graph: { ...graph, inputs, outputs: graph.outputs.map(bound), facts } };
}

/** The size of images, in pixels. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/**
 * Binds height and width of the first rank-4 input; `axes` says where they are when its dims do not tell ({@link imageAxes}).
 * Throws `E_INPUT_SHAPE`, `E_PARAM`.
 */
export function bindDims(model: Model, { height, width }: ImageSize, axes?: readonly [number, number]): Model {
  if (![height, width].every((v) => Number.isInteger(v) && v > 0)) {
    throw new OnnxplainError("E_PARAM", `Expected a positive whole height and width, got ${height} by ${width}.`);
  }
  const port = model.graph.inputs.find((p) => p.dims?.length === 4);
  if (port?.dims === undefined) {
    const listed = model.graph.inputs.map((p) => `\`${p.name}\` ${formatDims(p.dims)}`).join(", ");
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `The model has no image input of rank 4 whose size could be set; its inputs are ${listed || "none"}.`,
    );
  }
  const [h, w] = axes ?? imageAxes(port.dims);
  return bindInput(
    model,
    port.name,
    port.dims.map((d, axis) => (axis === h ? height : axis === w ? width : d)),
  );
}
