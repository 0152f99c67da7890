/** @file Bytes <-> ONNX protobuf messages. No semantics: what a field means is the graph room's business. */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema } from "onnx-buf";
import { OnnxplainError } from "../errors.ts";

export type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "onnx-buf";

/**
 * Decode a serialised `ModelProto`.
 *
 * The bytes are copied once, so the result never aliases a pooled buffer of the caller's.
 * @throws OnnxplainError `E_MODEL_READ` when the bytes are empty, truncated, or not an ONNX model.
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  if (bytes.length === 0)
    throw new OnnxplainError("E_MODEL_READ", "The model file is empty (0 bytes). Export it again.");
  const owned = new Uint8Array(bytes.length);
  owned.set(bytes);
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, owned);
  } catch (cause) {
    const text = new TextDecoder().decode(owned.subarray(0, 64));
    const why = text.startsWith("version https://git-lfs")
      ? "it is a Git LFS pointer, not the file itself; run `git lfs pull`"
      : "its protobuf encoding is broken (truncated download, or not an ONNX file)";
    throw new OnnxplainError("E_MODEL_READ", `Cannot decode the model (${bytes.length} bytes): ${why}.`, { cause });
  }
  if (model.graph === undefined) {
    throw new OnnxplainError(
      "E_MODEL_READ",
      `The file decodes but holds no graph (${bytes.length} bytes): it is not an ONNX model.`,
    );
  }
  return model;
}

/** Encode a `ModelProto`. Throws `E_MODEL_READ` when it exceeds protobuf's 2 GiB limit. */
export function encodeModel(model: ModelProto): Uint8Array {
  try {
    return toBinary(ModelProtoSchema, model);
  } catch (cause) {
    throw new OnnxplainError("E_MODEL_READ", "Cannot encode the model; protobuf files end at 2 GiB.", { cause });
  }
}
