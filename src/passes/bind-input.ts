/** @file Fixing an image input whose height and width are free. */
import { OnnxplainError } from "../errors.ts";
import type { Dim } from "../graph/dim.ts";
import type { Fact, Model, Port } from "../graph/types.ts";
import type { Pass } from "./pass.ts";

export interface BindOptions {
  readonly height: number;
  readonly width: number;
  /** The image input; the first one of rank 4 unless named. */
  readonly input?: string | undefined;
}

const CHANNELS: readonly (Dim | undefined)[] = [1, 3, 4];

/** `[height axis, width axis]` of an image tensor: channels first, unless only the last axis can be channels. */
export const imageAxes = (dims: readonly Dim[]): readonly [number, number] =>
  !CHANNELS.includes(dims[1]) && CHANNELS.includes(dims[3]) ? [1, 2] : [2, 3];

function bound(port: Port, { height, width }: BindOptions): ReadonlyMap<Dim, number> {
  const dims = port.dims ?? [];
  const [h, w] = imageAxes(dims);
  const wanted: readonly (readonly [number, number])[] = [[h, height], [w, width]];
  const map = new Map<Dim, number>();
  for (const [axis, size] of wanted) {
    const dim = dims[axis] as Dim;
    const clash = typeof dim === "number" ? dim : map.get(dim);
    if (clash !== undefined && clash !== size) {
      throw new OnnxplainError("E_INPUT_SHAPE", `Input \`${port.name}\` has shape [${dims}]: its axis ${axis} must be ${clash}, got ${size}. Pass the size that the model was made for (\`--size\`).`);
    }
    if (typeof dim === "string") map.set(dim, size);
  }
  return map;
}

/** The model with the free spatial dims of its image input set; dims that are numbers must agree. Throws `E_INPUT_SHAPE`. */
export function bindDims(model: Model, options: BindOptions): Model {
  const { graph } = model;
  if (![options.height, options.width].every((v) => Number.isInteger(v) && v > 0)) {
    throw new OnnxplainError("E_PARAM", `Expected a positive whole height and width, got ${options.height} by ${options.width}.`);
  }
  const port = graph.inputs.find((p) => (options.input === undefined ? p.dims?.length === 4 : p.name === options.input));
  if (port?.dims?.length !== 4) {
    throw new OnnxplainError("E_INPUT_SHAPE", `The model has no image input${options.input === undefined ? "" : ` \`${options.input}\``} of rank 4; its inputs are ${graph.inputs.map((p) => `\`${p.name}\` [${p.dims ?? "?"}]`).join(", ")}.`);
  }
  const sizes = bound(port, options);
  const set = <T extends Fact>(fact: T): T => ({ ...fact, dims: fact.dims?.map((d) => sizes.get(d) ?? d) });
  const bind = (p: Port): Port => ({ ...p, dims: p.dims?.map((d) => sizes.get(d) ?? d) });
  return { ...model, graph: { ...graph, inputs: graph.inputs.map(bind), outputs: graph.outputs.map(bind), facts: new Map([...graph.facts].map(([name, fact]) => [name, set(fact)])) } };
}

export const bindInput = (options: BindOptions): Pass => ({
  name: "bind-input",
  run: (model) => ({ model: bindDims(model, options), notes: [] }),
});
