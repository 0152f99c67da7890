/** @file Where a TensorProto keeps its payload: raw bytes, typed fields, or a file beside the model. */
import type { TensorProto } from "onnx-buf";
import { TensorProto_DataLocation } from "onnx-buf";
import { OnnxplainError } from "../errors.ts";

/** Fetches external data: the bytes of `location`, a path relative to the model file. */
export type ExternalData = (location: string) => Uint8Array | undefined;

/** Raw little-endian bytes of a tensor stored in `raw_data` or in an external file; undefined when it uses typed fields. */
export function rawBytes(proto: TensorProto, expected: number, external: ExternalData): Uint8Array | undefined {
  const isExternal = proto.dataLocation === TensorProto_DataLocation.EXTERNAL;
  if (!isExternal && proto.rawData.length === 0) return undefined;
  const bytes = isExternal ? externalBytes(proto, expected, external) : proto.rawData;
  if (bytes.length !== expected) {
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `Tensor \`${proto.name}\` needs ${expected} bytes, its data has ${bytes.length}. The file is damaged.`,
    );
  }
  return bytes;
}

function externalBytes(proto: TensorProto, expected: number, external: ExternalData): Uint8Array {
  const fields = new Map(proto.externalData.map((e) => [e.key, e.value]));
  const location = fields.get("location") ?? "";
  if (location === "" || /(^|[\\/])\.\.([\\/]|$)/.test(location) || /^([\\/]|[a-zA-Z]:)/.test(location)) {
    throw new OnnxplainError(
      "E_EXTERNAL_DATA",
      `Tensor \`${proto.name}\` names external data at \`${location}\`; only a path inside the model's folder is read.`,
    );
  }
  const file = external(location);
  if (file === undefined) {
    throw new OnnxplainError(
      "E_EXTERNAL_DATA",
      `Tensor \`${proto.name}\` keeps its weights in \`${location}\`, which is not there. Put that file beside the model.`,
      { file: location },
    );
  }
  const offset = Number(fields.get("offset") ?? 0);
  const length = Number(fields.get("length") ?? expected);
  if (!(offset >= 0 && length >= 0 && offset + length <= file.length)) {
    throw new OnnxplainError(
      "E_EXTERNAL_DATA",
      `Tensor \`${proto.name}\` asks for bytes ${offset}…${offset + length} of \`${location}\`, which has ${file.length}. The file is truncated or belongs to another model.`,
      { file: location },
    );
  }
  return file.subarray(offset, offset + length);
}
