/** @file Model -> ModelProto -> bytes. */
import { create } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttrType,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import {
  type AttributeProto,
  encodeModel,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "../proto/codec.ts";
import type { Dim } from "./dim.ts";
import { dtypeCode } from "./dtype-code.ts";
import { toInt64 } from "./tensor.ts";
import type { Attr, Graph, Model, Node, Port, Tensor } from "./types.ts";

/** Serialise a model to ONNX bytes. Nearly all intermediate shapes are left out: every runtime infers them. */
export const writeModelBytes = (model: Model): Uint8Array => encodeModel(writeModel(model));

export function writeModel(model: Model): ModelProto {
  const { graph } = model;
  return create(ModelProtoSchema, {
    irVersion: BigInt(model.irVersion),
    producerName: "onnxplain",
    opsetImport: [["", model.opset] as const, ...model.domains].map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    metadataProps: [...model.metadata].map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    functions: [...model.functions],
    graph: create(GraphProtoSchema, {
      name: graph.name,
      input: graph.inputs.map(writePort),
      output: graph.outputs.map(writePort),
      initializer: [...graph.constants].map(([name, t]) => writeTensor(t, name)),
      valueInfo: enlarged(graph).map(writePort),
      node: graph.nodes.map(writeNode),
    }),
  });
}

/**
 * The runtime cannot tell that a Resize keeps a free batch size; without the type it would no longer see equal shapes
 * further on, and leave its blocked layout there.
 */
function enlarged({ nodes, facts, outputs }: Graph): readonly Port[] {
  const declared = new Set(outputs.map((p) => p.name));
  return nodes.flatMap(({ op, outputs: [name = ""] }) => {
    const fact = op === "Resize" && !declared.has(name) ? facts.get(name) : undefined;
    return fact?.dims?.some((d) => typeof d === "string" && /^\w+$/.test(d))
      ? [{ name, dtype: fact.dtype, dims: fact.dims }]
      : [];
  });
}

function writePort(port: Port): ValueInfoProto {
  const tensor = create(TypeProto_TensorSchema, { elemType: dtypeCode(port.dtype) });
  if (port.dims) tensor.shape = create(TensorShapeProtoSchema, { dim: port.dims.map(writeDim) });
  return create(ValueInfoProtoSchema, {
    name: port.name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } }),
  });
}

function writeDim(dim: Dim): ReturnType<typeof create<typeof TensorShapeProto_DimensionSchema>> {
  if (typeof dim === "number")
    return create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(dim) } });
  if (!/^\w+$/.test(dim)) return create(TensorShapeProto_DimensionSchema);
  return create(TensorShapeProto_DimensionSchema, { value: { case: "dimParam", value: dim } });
}

function writeTensor(t: Tensor, name: string): TensorProto {
  const out = create(TensorProtoSchema, { name, dataType: dtypeCode(t.dtype), dims: t.dims.map(BigInt) });
  if (t.dtype === "string") out.stringData = (t.data as readonly string[]).map((s) => new TextEncoder().encode(s));
  else {
    const data = t.data as Float32Array;
    out.rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  }
  return out;
}

function writeNode(node: Node): NodeProto {
  return create(NodeProtoSchema, {
    opType: node.op,
    domain: node.domain,
    name: node.name,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attrs).map(([name, value]) => writeAttr(name, value)),
  });
}

function writeAttr(name: string, value: Attr): AttributeProto {
  const attr = create(AttributeProtoSchema, { name });
  if (typeof value === "number") return Object.assign(attr, { type: AttrType.INT, i: toInt64(value) });
  if (typeof value === "string")
    return Object.assign(attr, { type: AttrType.STRING, s: new TextEncoder().encode(value) });
  if (Array.isArray(value)) {
    if (value.length > 0 && typeof value[0] === "string")
      return Object.assign(attr, {
        type: AttrType.STRINGS,
        strings: value.map((s) => new TextEncoder().encode(s as string)),
      });
    return Object.assign(attr, { type: AttrType.INTS, ints: value.map((v) => toInt64(v as number)) });
  }
  if ("float" in value) return Object.assign(attr, { type: AttrType.FLOAT, f: value.float });
  if ("floats" in value) return Object.assign(attr, { type: AttrType.FLOATS, floats: [...value.floats] });
  if ("tensor" in value) return Object.assign(attr, { type: AttrType.TENSOR, t: writeTensor(value.tensor, "") });
  if ("graph" in value) return Object.assign(attr, { type: AttrType.GRAPH, g: value.graph });
  throw new Error(`internal: attribute ${name} has no ONNX form`);
}
