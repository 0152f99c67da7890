/** @file ModelProto -> Model. Initializers win over inputs of the same name; nodes come out in topological order. */
import { OnnxplainError } from "../errors.ts";
import {
  type AttributeProto,
  decodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from "../proto/codec.ts";
import type { ExternalData } from "../proto/tensor.ts";
import { type Dim, unknownDim } from "./dim.ts";
import { dtypeName } from "./dtype-code.ts";
import { readTensor } from "./read-tensor.ts";
import { factOf } from "./tensor.ts";
import { sortNodes } from "./topology.ts";
import type { Attr, Attrs, Fact, Model, Node, Port, Tensor } from "./types.ts";

const NO_EXTERNAL: ExternalData = () => undefined;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** File names (relative to the model) that hold external weights. */
export function externalLocations(proto: ModelProto): readonly string[] {
  const tensors = proto.graph?.initializer ?? [];
  const names = tensors.flatMap((t) => t.externalData.filter((e) => e.key === "location").map((e) => e.value));
  return [...new Set(names)];
}

/** Parse and read in one go. `external` supplies weight files that lie beside the model. */
export const readModelBytes = (bytes: Uint8Array, external: ExternalData = NO_EXTERNAL): Model =>
  readModel(decodeModel(bytes), external);

/**
 * Read a decoded model.
 * @throws OnnxplainError `E_MODEL_INVALID` (cycles, undefined names, damaged tensors), `E_EXTERNAL_DATA`.
 */
export function readModel(proto: ModelProto, external: ExternalData = NO_EXTERNAL): Model {
  const graph = proto.graph as GraphProto;
  const versions = proto.opsetImport.map((o) => [o.domain === "ai.onnx" ? "" : o.domain, Number(o.version)] as const);
  const opset = new Map(versions).get("") ?? 1;
  if (graph.sparseInitializer.length > 0) {
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      "The model holds sparse initializers, which are not supported. Export it with dense weights.",
    );
  }
  const constants = new Map<string, Tensor>();
  for (const t of graph.initializer) constants.set(t.name, readTensor(t, external));
  const facts = new Map<string, Fact>();
  for (const info of graph.valueInfo) addDeclared(facts, readPort(info));
  for (const [name, t] of constants) facts.set(name, factOf(t));
  const inputs = graph.input.filter((i) => !constants.has(i.name)).map(readPort);
  for (const port of inputs) addDeclared(facts, port);
  const outputs = graph.output.map(readPort);
  if (outputs.length === 0)
    throw new OnnxplainError("E_MODEL_INVALID", "The graph has no outputs: there is nothing to explain.");
  const nodes = sortNodes(
    graph.node.map((n, i) => readNode(n, i, external)),
    [...inputs.map((p) => p.name), ...constants.keys()],
  );
  return {
    graph: { name: graph.name || "graph", inputs, outputs, constants, nodes, facts },
    opset,
    irVersion: Number(proto.irVersion),
    domains: new Map(versions.filter(([domain]) => domain !== "")),
    metadata: new Map(proto.metadataProps.map((p) => [p.key, p.value])),
    producer: [proto.producerName, proto.producerVersion].filter(Boolean).join(" "),
    functions: proto.functions,
  };
}

function addDeclared(facts: Map<string, Fact>, port: Port): void {
  facts.set(port.name, { dtype: port.dtype, dims: port.dims });
}

function readPort(info: ValueInfoProto): Port {
  const type = info.type?.value;
  if (type?.case !== "tensorType") {
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `\`${info.name}\` is ${type?.case ? `a ${type.case}` : "untyped"}; only tensors can be explained.`,
    );
  }
  const dtype = dtypeName(type.value.elemType);
  if (dtype === undefined)
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `\`${info.name}\` has element type ${type.value.elemType}, which is not supported.`,
    );
  const dims = type.value.shape?.dim.map((d, axis): Dim => {
    if (d.value.case === "dimParam" && d.value.value !== "") return symbolName(d.value.value);
    if (d.value.case === "dimValue" && d.value.value >= 0n) return Number(d.value.value);
    return unknownDim(info.name, axis);
  });
  return { name: info.name, dtype, dims };
}

/** Exporters write free text here ("batch size", "2*n + 1"); a symbol must be one word. */
const symbolName = (param: string): string =>
  /^[A-Za-z_][\w.]*$/.test(param) ? param : `?${param.replace(/\W+/g, "_")}`;

function readNode(proto: NodeProto, index: number, external: ExternalData): Node {
  const attrs: Record<string, Attr> = {};
  for (const a of proto.attribute) attrs[a.name] = readAttr(a, external);
  const domain = proto.domain === "ai.onnx" ? "" : proto.domain;
  return {
    op: proto.opType,
    domain,
    name: proto.name || `${proto.opType}_${index}`,
    inputs: proto.input,
    outputs: proto.output,
    attrs: attrs as Attrs,
  };
}

/** AttributeProto.AttributeType, by number. */
function readAttr(a: AttributeProto, external: ExternalData): Attr {
  switch (a.type as number) {
    case 1:
      return { float: a.f };
    case 2:
      return Number(a.i);
    case 3:
      return text(a.s);
    case 4:
      if (a.t) return { tensor: readTensor(a.t, external) };
      break;
    case 5:
      if (a.g) return { graph: a.g, captures: capturedNames(a.g) };
      break;
    case 6:
      return { floats: a.floats };
    case 7:
      return a.ints.map(Number);
    case 8:
      return a.strings.map(text);
    case 0:
      return untypedAttr(a);
  }
  throw new OnnxplainError("E_MODEL_INVALID", `Attribute \`${a.name}\` has type ${a.type}, which is not supported.`);
}

/** IR versions before 0.0.2 leave the discriminator out. */
function untypedAttr(a: AttributeProto): Attr {
  if (a.ints.length > 0) return a.ints.map(Number);
  if (a.floats.length > 0) return { floats: a.floats };
  if (a.s.length > 0) return text(a.s);
  if (a.f !== 0) return { float: a.f };
  return Number(a.i);
}

function capturedNames(graph: GraphProto): readonly string[] {
  const own = new Set([
    ...graph.input.map((i) => i.name),
    ...graph.initializer.map((i) => i.name),
    ...graph.node.flatMap((n) => n.output),
  ]);
  const used = [
    ...graph.node.flatMap((n) => [...n.input, ...n.attribute.flatMap((a) => (a.g ? capturedNames(a.g) : []))]),
    ...graph.output.map((o) => o.name),
  ];
  return [...new Set(used.filter((n) => n !== "" && !own.has(n)))];
}
