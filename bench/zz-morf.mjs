// dist/src/errors.js
var OnnxplainError = class extends Error {
  name = "OnnxplainError";
  code;
  place;
  constructor(code, message, place = {}) {
    super(message, place.cause === void 0 ? void 0 : { cause: place.cause });
    this.code = code;
    this.place = place;
  }
};

// dist/src/runtime/ort-common.js
var ADDRESS = /^\d+$/;
var STUCK = "another WebGPU EP inference session is being created";
function says(cause) {
  const text4 = cause instanceof Error ? cause.message : String(cause);
  if (ADDRESS.test(text4))
    return "it failed without a message; reload the page before another attempt.";
  if (text4.includes(STUCK))
    return "an earlier failure left WebGPU unusable. Reload the page, or use `wasm`.";
  return text4.replace(/\/[^\s:]*\/(onnxruntime\/)/g, "$1").slice(0, 600);
}
var WITHOUT = { optimization: { disable_specified_optimizers: "QDQPropagationTransformer" } };
async function openOrt(ort, bytes, device, options) {
  let session;
  try {
    session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4, extra: WITHOUT, ...options });
  } catch (cause) {
    if (/no available backend/.test(says(cause)))
      throw notStarted(device, cause);
    throw new OnnxplainError("E_RUNTIME", `ONNX Runtime (${device}) cannot load the graph: ${says(cause)}`, { cause });
  }
  let open2 = true;
  const running = /* @__PURE__ */ new Set();
  return {
    device,
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: async (feeds, wanted) => {
      if (!open2)
        throw new OnnxplainError("E_ABORTED", "The model was disposed while it was in use. Call `dispose()` after the last explanation.");
      const tensors = Object.fromEntries(Object.entries(feeds).map(([name, t]) => [name, toOrt(ort, t)]));
      const run = wanted ? session.run(tensors, [...wanted]) : session.run(tensors);
      running.add(run);
      try {
        const results = await run;
        const entries = await Promise.all(Object.entries(results).map(async ([name, t]) => [name, await fromOrt(t)]));
        return Object.fromEntries(entries);
      } catch (cause) {
        throw new OnnxplainError("E_RUNTIME", `ONNX Runtime (${device}) failed while running the graph: ${says(cause)}`, { cause });
      } finally {
        running.delete(run);
      }
    },
    dispose: async () => {
      if (!open2)
        return;
      open2 = false;
      await Promise.allSettled(running);
      await session.release();
    }
  };
}
function notStarted(device, cause) {
  const advice = 'Serve the files of `onnxruntime-web/dist` and say where: `configureRuntime({ wasmPaths: "/ort/" })`.';
  return new OnnxplainError("E_DEVICE", `ONNX Runtime (${device}) did not start: ${says(cause)} ${advice}`, { cause });
}
function toOrt(ort, t) {
  return new ort.Tensor(t.dtype, t.data, t.dims);
}
async function fromOrt(t) {
  const data2 = await t.getData();
  const out2 = { dtype: t.type, dims: t.dims, data: data2 };
  t.dispose();
  return out2;
}

// dist/src/proto/tensor.js
import { TensorProto_DataLocation } from "onnx-buf";
function rawBytes(proto, expected2, external) {
  const isExternal = proto.dataLocation === TensorProto_DataLocation.EXTERNAL;
  if (!isExternal && proto.rawData.length === 0)
    return void 0;
  const bytes = isExternal ? externalBytes(proto, expected2, external) : proto.rawData;
  if (bytes.length !== expected2) {
    throw new OnnxplainError("E_MODEL_INVALID", `Tensor \`${proto.name}\` needs ${expected2} bytes, its data has ${bytes.length}. The file is damaged.`);
  }
  return bytes;
}
function externalBytes(proto, expected2, external) {
  const fields = new Map(proto.externalData.map((e) => [e.key, e.value]));
  const location = fields.get("location") ?? "";
  if (location === "" || /(^|[\\/])\.\.([\\/]|$)/.test(location) || /^([\\/]|[a-zA-Z]:)/.test(location)) {
    throw new OnnxplainError("E_EXTERNAL_DATA", `Tensor \`${proto.name}\` names external data at \`${location}\`; only a path inside the model's folder is read.`);
  }
  const file = external(location);
  if (file === void 0) {
    throw new OnnxplainError("E_EXTERNAL_DATA", `Tensor \`${proto.name}\` keeps its weights in \`${location}\`, which is not there. Put that file beside the model.`, { file: location });
  }
  const offset = Number(fields.get("offset") ?? 0);
  const length = Number(fields.get("length") ?? expected2);
  if (!(offset >= 0 && length >= 0 && offset + length <= file.length)) {
    throw new OnnxplainError("E_EXTERNAL_DATA", `Tensor \`${proto.name}\` asks for bytes ${offset}\u2026${offset + length} of \`${location}\`, which has ${file.length}. The file is truncated or belongs to another model.`, { file: location });
  }
  return file.subarray(offset, offset + length);
}

// dist/src/graph/dim.js
var elementCount = (dims) => dims.reduce((p, d) => p * d, 1);

// dist/src/graph/dtype-code.js
var CODES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16
};
var NAMES = new Map(Object.entries(CODES).map(([name, code]) => [code, name]));
var dtypeName = (code) => NAMES.get(code);

// dist/src/formats/samples.js
function halfToNumber(h) {
  const sign = h & 32768 ? -1 : 1;
  const exponent = h >> 10 & 31;
  const fraction = h & 1023;
  if (exponent === 31)
    return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

// dist/src/graph/tensor.js
var BYTES_PER_ELEMENT = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1
};
var bfloatView = new DataView(new ArrayBuffer(4));
function bfloatToNumber(bits) {
  bfloatView.setUint32(0, bits << 16);
  return bfloatView.getFloat32(0);
}
function toNumbers(tensor2) {
  const { data: data2, dtype } = tensor2;
  if (dtype === "string")
    throw new Error("internal: a string tensor has no numbers");
  if (dtype === "float16")
    return Array.from(data2, halfToNumber);
  if (dtype === "bfloat16")
    return Array.from(data2, bfloatToNumber);
  if (dtype === "int64" || dtype === "uint64")
    return Array.from(data2, Number);
  return data2;
}
var INT64_MAX = 2n ** 63n - 1n;
var INT64_MIN = -(2n ** 63n);

// dist/src/graph/read-tensor.js
var invalid = (proto, what) => new OnnxplainError("E_MODEL_INVALID", `Tensor \`${proto.name || "(unnamed)"}\` ${what}.`);
var STORAGE = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array
};
function typedField(proto, dtype) {
  if (dtype === "float32")
    return proto.floatData;
  if (dtype === "float64")
    return proto.doubleData;
  if (dtype === "int64")
    return proto.int64Data;
  if (dtype === "uint64" || dtype === "uint32")
    return proto.uint64Data;
  return proto.int32Data;
}
function fromField(dtype, field) {
  if (dtype === "int64")
    return BigInt64Array.from(field);
  if (dtype === "uint64")
    return BigUint64Array.from(field);
  const Storage = STORAGE[dtype];
  return Storage.from(field.map(Number));
}
function readTensor(proto, external) {
  const dtype = dtypeName(proto.dataType);
  if (dtype === void 0)
    throw invalid(proto, `has element type ${proto.dataType}, which is not supported (complex, float8 and 4-bit types are not)`);
  const dims = proto.dims.map(Number);
  const count = elementCount(dims);
  if (dims.some((d) => !Number.isSafeInteger(d) || d < 0) || !Number.isSafeInteger(count))
    throw invalid(proto, `has impossible dims [${dims}]`);
  if (dtype === "string") {
    if (proto.stringData.length !== count)
      throw invalid(proto, `declares ${count} strings and holds ${proto.stringData.length}`);
    return { dtype, dims, data: proto.stringData.map((s) => new TextDecoder().decode(s)) };
  }
  const raw = rawBytes(proto, count * BYTES_PER_ELEMENT[dtype], external);
  if (raw === void 0) {
    const field = typedField(proto, dtype);
    if (field.length !== count)
      throw invalid(proto, `declares dims [${dims}] (${count} elements) and holds ${field.length}; the file is damaged`);
    return { dtype, dims, data: fromField(dtype, field) };
  }
  return { dtype, dims, data: new STORAGE[dtype](Uint8Array.from(raw).buffer) };
}

// dist/src/proto/codec.js
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
function decodeModel(bytes) {
  if (bytes.length === 0)
    throw new OnnxplainError("E_MODEL_READ", "The model file is empty (0 bytes). Export it again.");
  const owned = new Uint8Array(bytes.length);
  owned.set(bytes);
  let model2;
  try {
    model2 = fromBinary(ModelProtoSchema, owned);
  } catch (cause) {
    const text4 = new TextDecoder().decode(owned.subarray(0, 64));
    const why = text4.startsWith("version https://git-lfs") ? "it is a Git LFS pointer, not the file itself; run `git lfs pull`" : "its protobuf encoding is broken (truncated download, or not an ONNX file)";
    throw new OnnxplainError("E_MODEL_READ", `Cannot decode the model (${bytes.length} bytes): ${why}.`, { cause });
  }
  if (model2.graph === void 0) {
    throw new OnnxplainError("E_MODEL_READ", `The file decodes but holds no graph (${bytes.length} bytes): it is not an ONNX model.`);
  }
  return model2;
}

// dist/src/runtime/webgpu-gaps.js
var numbers = (t) => t && Array.from(toNumbers(readTensor(t, () => void 0)));
var attribute = (node, name) => node.attribute.find((a) => a.name === name);
var text = (node, name) => new TextDecoder().decode(attribute(node, name)?.s ?? new Uint8Array());
var group = (node) => Number(attribute(node, "group")?.i ?? 1);
var lengthOf = (node, name) => attribute(node, name)?.ints.length;
var spatialRank = (node, constant) => lengthOf(node, "kernel_shape") ?? lengthOf(node, "strides") ?? (constant(1)?.dims.length ?? 4) - 2;
function failsTransposed(node, constant) {
  if (spatialRank(node, constant) > 2)
    return true;
  if (group(node) === 1)
    return false;
  const [channels, outputs] = (constant(1)?.dims ?? [0, 1]).map(Number);
  return outputs === 1 && channels / group(node) % 2 === 0;
}
var GAPS = {
  /** "The Indices output is not supported yet" (pool.cc). */
  MaxPool: (node) => (node.output[1] ?? "") !== "",
  /** "Conv3D does not support grouped convolution". */
  Conv: (node, constant) => spatialRank(node, constant) > 2 && group(node) > 1,
  /** "Only Conv2d or Conv1d are supported"; wrong numbers in some groups. */
  ConvTranspose: failsTransposed,
  /** A negative step starts at the last element whatever `starts` says: wrong numbers. */
  Slice: (node, constant) => (node.input[4] ?? "") !== "" && !(numbers(constant(4))?.every((step3) => step3 > 0) ?? false),
  /** Linear interpolation takes the last two axes for the plane: wrong numbers with channels last. */
  Resize: (node, constant) => text(node, "mode") === "linear" && !(numbers(constant(2))?.slice(0, -2).every((scale) => scale === 1) ?? false),
  /** A base that broadcasts gives an invalid shader. */
  Pow: (_, constant) => numbers(constant(1))?.length !== 1,
  /** Overflows: no maximum is taken out. */
  ReduceLogSumExp: () => true,
  /** Ellipses must be of one length and shape; one in the middle of a term kills the runtime. */
  Einsum: (node) => text(node, "equation").includes("...")
};
function webgpuGaps(bytes) {
  const graph = decodeModel(bytes).graph;
  const initializers = new Map(graph?.initializer.map((t) => [t.name, t]));
  return (graph?.node ?? []).flatMap((node) => {
    const constant = (input) => initializers.get(node.input[input] ?? "");
    return node.domain === "" && GAPS[node.opType]?.(node, constant) ? [node.name] : [];
  });
}

// dist/src/runtime/ort-web.js
var config = {};
var started = /* @__PURE__ */ new Map();
async function openOn(ort, bytes, { device = "wasm", threads }) {
  start(ort.env.wasm, device, threads);
  if (device !== "webgpu") {
    const session = await openOrt(ort, bytes, device, { executionProviders: [device] });
    return ort.env.wasm.proxy ? copying(session) : session;
  }
  const gaps = webgpuGaps(bytes);
  const provider = { name: "webgpu", ...gaps.length > 0 ? { forceCpuNodeNames: gaps } : {} };
  return oneAtATime(() => openOrt(ort, bytes, device, { executionProviders: [provider] }));
}
function start(wasm, device, threads) {
  if (started.has(device)) {
    const running = started.get(device) ?? wasm.numThreads;
    if (threads === void 0 || running === void 0 || threads === running)
      return;
    throw new OnnxplainError("E_DEVICE", `ONNX Runtime (${device}) has been running with ${running} ${running === 1 ? "thread" : "threads"} since its first session, and cannot change to ${threads}. Give \`threads\` the first time, or reload the page.`);
  }
  started.set(device, threads);
  if (threads !== void 0)
    wasm.numThreads = threads;
  if (config.wasmPaths !== void 0)
    wasm.wasmPaths = config.wasmPaths;
  if (config.proxy && device === "wasm")
    wasm.proxy = true;
}
var copying = (session) => ({
  ...session,
  run: (feeds, wanted) => {
    const copies = Object.entries(feeds).map(([name, t]) => [name, { ...t, data: t.data.slice() }]);
    return session.run(Object.fromEntries(copies), wanted);
  }
});
var last = Promise.resolve();
async function oneAtATime(open2) {
  const inTurn = (job) => {
    const mine = last.then(job);
    last = mine.catch(() => void 0);
    return mine;
  };
  const session = await inTurn(open2);
  return {
    ...session,
    run: (feeds, wanted) => inTurn(() => session.run(feeds, wanted)),
    dispose: () => inTurn(() => session.dispose())
  };
}

// dist/src/runtime/ort-node.js
var openSession = async (bytes, { device = "cpu", threads } = {}) => {
  if (device === "wasm")
    return openOn(await import("onnxruntime-web"), bytes, { device, threads });
  const ort = await import("onnxruntime-node");
  const names = ort.listSupportedBackends().map((b) => b.name);
  if (!names.includes(device)) {
    throw new OnnxplainError("E_DEVICE", `Device \`${device}\` is not available here; this build of ONNX Runtime has ${names.join(", ")} (and wasm). Choose one of them with \`--device\`.`);
  }
  return openOrt(ort, bytes, device, {
    executionProviders: [device],
    ...threads ? { intraOpNumThreads: threads } : {}
  });
};
var DEFAULT_DEVICE = "cpu";

// dist/src/image/decode-node.js
import sharp, {} from "sharp";

// dist/src/image/decode-limit.js
var MAX_PIXELS = 2 ** 28;
function imageError(name, why, cause) {
  return new OnnxplainError("E_IMAGE_READ", `Cannot read the image \`${name}\`: ${why}`, { file: name, cause });
}
function checkBytes(bytes, name) {
  if (bytes.length === 0)
    throw imageError(name, "the file is empty. Fetch or copy it again.");
}
function checkPixels({ width, height }, name) {
  if (!(width > 0 && height > 0))
    throw imageError(name, `it has no pixels (${width} x ${height}).`);
  if (width * height <= MAX_PIXELS)
    return;
  throw imageError(name, `${width} x ${height} is more than ${MAX_PIXELS} pixels. Reduce it first, with a tool you trust.`);
}

// dist/src/image/decode-node.js
var FORMATS = ["jpeg", "png", "webp", "tiff", "gif", "heif"];
async function decodeImage(bytes, name = "(unnamed)") {
  checkBytes(bytes, name);
  try {
    const { width, height, format, space, hasAlpha, depth } = await sharp(bytes, {
      limitInputPixels: false
    }).metadata();
    if (!FORMATS.includes(format))
      throw imageError(name, `\`${format}\` is not among ${FORMATS.join(", ")}. Convert it to PNG.`);
    checkPixels({ width, height }, name);
    if (depth === "float" || depth === "double")
      throw imageError(name, "its samples are floating point. Convert it to 8 bits.");
    const pipeline = sharp(bytes, { ignoreIcc: true, failOn: "error", autoOrient: true, limitInputPixels: false });
    if (space === "cmyk")
      return cmykToRgb(await pixels(pipeline.pipelineColourspace("cmyk").toColourspace("cmyk")), name);
    const gray = (space === "b-w" || space === "grey16") && !hasAlpha;
    return expected(await pixels(pipeline.toColourspace(gray ? "b-w" : "srgb")), name);
  } catch (cause) {
    if (cause instanceof OnnxplainError)
      throw cause;
    const reason = cause instanceof Error ? cause.message.split("\n")[0] ?? "" : String(cause);
    throw imageError(name, `${reason}. It is damaged, cut off, or not one of ${FORMATS.join(", ")}.`, cause);
  }
}
async function pixels(pipeline) {
  const { data: data2, info } = await pipeline.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data: new Uint8Array(data2) };
}
function expected({ width, height, channels, data: data2 }, name) {
  if (channels === 1 || channels === 3 || channels === 4)
    return { width, height, channels, data: data2 };
  throw imageError(name, `it has ${channels} channels; expected 1, 3 or 4.`);
}
function cmykToRgb({ width, height, channels, data: data2 }, name) {
  if (channels < 4)
    throw imageError(name, `it is CMYK with ${channels} channels; expected at least 4.`);
  const out2 = new Uint8ClampedArray(width * height * 3);
  for (let from = 0, to = 0; to < out2.length; from += channels, to += 3) {
    const light = 255 - data2[from + 3];
    for (let c = 0; c < 3; c++) {
      const t = data2[from + c] * light + 128;
      out2[to + c] = light - ((t >> 8) + t >> 8);
    }
  }
  return { width, height, channels: 3, data: out2 };
}

// dist/src/jobs/files-node.js
import { open, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// dist/src/jobs/files-web.js
var files = {
  read: async (location) => {
    let response;
    try {
      response = await fetch(location);
    } catch (cause) {
      throw new OnnxplainError("E_FILE", `Cannot fetch \`${location}\`.`, { file: location, cause });
    }
    if (response.status === 404)
      return void 0;
    if (!response.ok)
      throw new OnnxplainError("E_FILE", `Cannot fetch \`${location}\`: HTTP ${response.status}.`, { file: location });
    return new Uint8Array(await response.arrayBuffer());
  },
  isFolder: async (location) => location.endsWith("/"),
  join: (folder, name) => `${folder.replace(/\/$/, "")}/${name}`,
  folderOf: (location) => location.replace(/[^/]*$/, ""),
  list: async (folder) => {
    throw new OnnxplainError("E_FILE", `\`${folder}\` cannot be listed: nothing tells what lies behind a URL. Give a CSV or Parquet file.`, { file: folder });
  },
  size: async (location) => {
    const response = await ranged(location, 0, 1);
    const stated = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
    if (response.status === 206 && stated !== void 0) {
      await response.body?.cancel();
      return Number(stated);
    }
    return (await response.arrayBuffer()).byteLength;
  },
  readRange: async (location, start2, end) => {
    const response = await ranged(location, start2, end);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const part2 = response.status === 206 ? bytes : bytes.slice(start2, end);
    if (part2.length === end - start2)
      return part2;
    throw new OnnxplainError("E_FILE", `Expected ${end - start2} bytes of \`${location}\`, got ${part2.length}.`, {
      file: location
    });
  }
};
async function ranged(location, start2, end) {
  let response;
  try {
    response = await fetch(location, { headers: { Range: `bytes=${start2}-${end - 1}` } });
  } catch (cause) {
    throw new OnnxplainError("E_FILE", `Cannot fetch \`${location}\`.`, { file: location, cause });
  }
  if (response.ok)
    return response;
  throw new OnnxplainError("E_FILE", `Cannot fetch \`${location}\`: HTTP ${response.status}.`, { file: location });
}

// dist/src/jobs/files-node.js
var isUrl = (location) => /^https?:/.test(location);
var pathOf = (location) => location.startsWith("file:") ? fileURLToPath(location) : location;
var unreadable = (location, cause) => {
  const why = cause.code ?? cause.message;
  return new OnnxplainError("E_FILE", `Cannot read \`${location}\` (${why}).`, { file: location, cause });
};
var guarded = async (location, f) => {
  try {
    return await f();
  } catch (cause) {
    throw cause instanceof OnnxplainError ? cause : unreadable(location, cause);
  }
};
var files2 = {
  read: async (location) => {
    if (isUrl(location))
      return files.read(location);
    try {
      return Uint8Array.from(await readFile(pathOf(location)));
    } catch (cause) {
      const { code } = cause;
      if (code === "ENOENT" || code === "ENOTDIR")
        return void 0;
      throw unreadable(location, cause);
    }
  },
  isFolder: async (location) => {
    if (isUrl(location))
      return files.isFolder(location);
    try {
      return (await stat(pathOf(location))).isDirectory();
    } catch {
      return false;
    }
  },
  join: (folder, name) => isUrl(folder) ? files.join(folder, name) : join(pathOf(folder), name),
  folderOf: (location) => isUrl(location) ? files.folderOf(location) : dirname(pathOf(location)),
  list: async (folder) => {
    if (isUrl(folder))
      return files.list(folder);
    const entries = await guarded(folder, () => readdir(pathOf(folder), { withFileTypes: true }));
    const kinds = entries.map(async (e) => ({
      name: e.name,
      folder: e.isSymbolicLink() ? await files2.isFolder(join(pathOf(folder), e.name)) : e.isDirectory()
    }));
    return (await Promise.all(kinds)).sort((a, b) => a.name < b.name ? -1 : 1);
  },
  size: async (location) => {
    if (isUrl(location))
      return files.size(location);
    return guarded(location, async () => (await stat(pathOf(location))).size);
  },
  readRange: async (location, start2, end) => {
    if (isUrl(location))
      return files.readRange(location, start2, end);
    return guarded(location, async () => {
      const handle = await open(pathOf(location));
      try {
        const bytes = new Uint8Array(end - start2);
        let done = 0;
        while (done < bytes.length) {
          const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start2 + done);
          if (bytesRead === 0)
            throw new Error(`it ends at ${start2 + done}, expected bytes up to ${end}`);
          done += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close();
      }
    });
  }
};

// src/errors.ts
var OnnxplainError2 = class extends Error {
  name = "OnnxplainError";
  code;
  place;
  constructor(code, message, place = {}) {
    super(message, place.cause === void 0 ? void 0 : { cause: place.cause });
    this.code = code;
    this.place = place;
  }
};

// src/graph/dim.ts
var parse = (dim) => {
  if (typeof dim === "number") return { k: dim, symbols: [] };
  const [head = "", ...rest] = dim.split("*");
  return /^-?\d+$/.test(head) ? { k: Number(head), symbols: rest } : { k: 1, symbols: [head, ...rest] };
};
var print = ({ k, symbols }) => {
  if (k === 0) return 0;
  return symbols.length === 0 ? k : (k === 1 ? symbols : [String(k), ...symbols]).join("*");
};
function dimProduct(dims) {
  const parts2 = dims.map(parse);
  return print({ k: parts2.reduce((p, m) => p * m.k, 1), symbols: parts2.flatMap((m) => m.symbols).sort() });
}
function elementProduct(elements) {
  const product3 = dimProduct(elements);
  return isNegativeMultiple(product3) ? void 0 : product3;
}
var isNegativeMultiple = (dim) => typeof dim === "string" && dim.startsWith("-");
function dimQuotient(a, b) {
  const x2 = parse(a);
  const y = parse(b);
  if (y.k === 0 || x2.k % y.k !== 0) return void 0;
  const left = [...x2.symbols];
  for (const s of y.symbols) {
    const at = left.indexOf(s);
    if (at < 0) return void 0;
    left.splice(at, 1);
  }
  const quotient = print({ k: x2.k / y.k, symbols: left });
  return isNegativeMultiple(quotient) ? void 0 : quotient;
}
var unknownDim = (value, axis) => `?${value.replaceAll("*", "_")}.${axis}`;
var isStatic = (dims) => dims?.every((d) => typeof d === "number") ?? false;
var dimMentions = (dim, symbol) => parse(dim).symbols.includes(symbol);
var elementCount2 = (dims) => dims.reduce((p, d) => p * d, 1);
var formatDims = (dims) => dims ? `[${dims.join(",")}]` : "[?]";

// src/image/channels.ts
function toRgb(image2) {
  const { width, height, channels, data: data2 } = image2;
  if (channels === 3) return image2;
  const out2 = new Uint8Array(width * height * 3);
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; to < out2.length; from += channels, to += 3) {
    out2[to] = data2[from];
    out2[to + 1] = data2[from + green];
    out2[to + 2] = data2[from + blue];
  }
  return { width, height, channels: 3, data: out2 };
}
function toGray(image2) {
  const { width, height, channels, data: data2 } = image2;
  if (channels === 1) return image2;
  const out2 = new Uint8Array(width * height);
  for (let from = 0, to = 0; to < out2.length; from += channels, to++) {
    out2[to] = data2[from] * 19595 + data2[from + 1] * 38470 + data2[from + 2] * 7471 + 32768 >> 16;
  }
  return { width, height, channels: 1, data: out2 };
}

// src/image/check-image.ts
function checkSize({ width, height }, what) {
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0) return;
  throw new OnnxplainError2(
    "E_PARAM",
    `Expected ${what} to have a positive integer width and height, got ${width} x ${height}.`
  );
}
function checkImage(image2) {
  checkSize(image2, "an image");
  const { width, height, channels, data: data2 } = image2;
  const expected2 = width * height * channels;
  if ((channels === 1 || channels === 3 || channels === 4) && data2.length === expected2) return;
  throw new OnnxplainError2(
    "E_INPUT_SHAPE",
    `Expected an image of ${width} x ${height} with 1, 3 or 4 channels to hold width * height * channels samples, got ${channels} channels and ${data2.length} samples.`
  );
}

// src/image/geometry.ts
function resizedSize({ width, height }, rule) {
  if (!("shorterSide" in rule)) return { width: rule.width, height: rule.height };
  const short = rule.shorterSide;
  if (width <= height) return { width: short, height: Math.trunc(short * height / width) };
  return { width: Math.trunc(short * width / height), height: short };
}
function cropOffset(size, cropped, rounding = "even") {
  const half = Math.floor((size - cropped) / 2);
  if ((size - cropped) % 2 === 0 || rounding === "floor") return half;
  if (size < cropped) return half + 1;
  return half + half % 2;
}
function cropRect(size, crop2) {
  return {
    left: cropOffset(size.width, crop2.width, crop2.rounding),
    top: cropOffset(size.height, crop2.height, crop2.rounding),
    width: crop2.width,
    height: crop2.height
  };
}
function sourceWindow(source, rules) {
  const resized3 = rules.resize ? resizedSize(source, rules.resize) : source;
  const rect = rules.crop ? cropRect(resized3, rules.crop) : { left: 0, top: 0, ...resized3 };
  const [sx, sy] = [source.width / resized3.width, source.height / resized3.height];
  return { left: rect.left * sx, top: rect.top * sy, width: rect.width * sx, height: rect.height * sy };
}

// src/image/crop.ts
function crop(image2, { left, top, width, height }) {
  checkImage(image2);
  checkSize({ width, height }, "the crop");
  const { channels } = image2;
  const data2 = new Uint8Array(width * height * channels);
  const x0 = Math.max(left, 0);
  const x1 = Math.min(left + width, image2.width);
  for (let y = Math.max(top, 0); x1 > x0 && y < Math.min(top + height, image2.height); y++) {
    const row = image2.data.subarray((y * image2.width + x0) * channels, (y * image2.width + x1) * channels);
    data2.set(row, ((y - top) * width + x0 - left) * channels);
  }
  return { width, height, channels, data: data2 };
}
function centerCrop(image2, spec) {
  return crop(image2, cropRect(image2, spec));
}

// src/image/premultiply.ts
function premultiply(rgba) {
  const out2 = new Uint8Array(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3];
    for (let c = 0; c < 3; c++) {
      const t = rgba[i + c] * alpha + 128;
      out2[i + c] = (t >> 8) + t >> 8;
    }
    out2[i + 3] = alpha;
  }
  return out2;
}
function unpremultiply(rgba) {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3];
    if (alpha === 0 || alpha === 255) continue;
    for (let c = 0; c < 3; c++) rgba[i + c] = Math.min(255, Math.trunc(255 * rgba[i + c] / alpha));
  }
}

// src/image/resample-weights.ts
var WEIGHT_BITS = 22;
var sinc = (x2) => x2 === 0 ? 1 : Math.sin(x2 * Math.PI) / (x2 * Math.PI);
var FILTERS = {
  box: { radius: 0.5, at: (x2) => x2 > -0.5 && x2 <= 0.5 ? 1 : 0 },
  bilinear: { radius: 1, at: (x2) => Math.max(1 - Math.abs(x2), 0) },
  hamming: { radius: 1, at: (x2) => Math.abs(x2) >= 1 ? 0 : sinc(x2) * (0.54 + 0.46 * Math.cos(x2 * Math.PI)) },
  bicubic: { radius: 2, at: (x2) => keys(Math.abs(x2)) },
  lanczos: { radius: 3, at: (x2) => x2 >= -3 && x2 < 3 ? sinc(x2) * sinc(x2 / 3) : 0 }
};
function keys(x2) {
  const a = -0.5;
  if (x2 < 1) return ((a + 2) * x2 - (a + 3)) * x2 * x2 + 1;
  return x2 < 2 ? (((x2 - 5) * x2 + 8) * x2 - 4) * a : 0;
}
function resampleWeights(inSize, outSize, resample2) {
  const filter = FILTERS[resample2];
  const scale = inSize / outSize;
  const widen = Math.max(scale, 1);
  const support = filter.radius * widen;
  const rows = [];
  const starts = new Int32Array(outSize);
  const counts = new Int32Array(outSize);
  for (let i = 0; i < outSize; i++) {
    const center = (i + 0.5) * scale;
    const start2 = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(inSize, Math.trunc(center + support + 0.5));
    const row = [];
    for (let x2 = start2; x2 < end; x2++) row.push(filter.at((x2 - center + 0.5) * (1 / widen)));
    starts[i] = start2;
    counts[i] = row.length;
    rows.push(fixedPoint(row));
  }
  const taps2 = counts.reduce((most, count) => Math.max(most, count), 1);
  const weights = new Int32Array(outSize * taps2);
  for (const [i, row] of rows.entries()) weights.set(row, i * taps2);
  return { starts, counts, taps: taps2, weights };
}
function fixedPoint(row) {
  let sum2 = 0;
  for (const w of row) sum2 += w;
  return row.map((w) => {
    const k = (sum2 === 0 ? w : w / sum2) * 2 ** WEIGHT_BITS;
    return Math.trunc(k < 0 ? k - 0.5 : k + 0.5);
  });
}

// src/image/resize.ts
var HALF = 1 << WEIGHT_BITS - 1;
function resize(image2, { width, height, resample: resample2 }) {
  checkImage(image2);
  checkSize({ width, height }, "the resized image");
  if (width === image2.width && height === image2.height) return image2;
  const { channels } = image2;
  if (resample2 === "nearest") return { width, height, channels, data: nearest(image2, { width, height }) };
  let data2 = channels === 4 ? premultiply(image2.data) : image2.data;
  const down = height === image2.height ? void 0 : resampleWeights(image2.height, height, resample2);
  let [first, last2] = [0, image2.height];
  if (width !== image2.width) {
    if (down) [first, last2] = [down.starts[0], down.starts[height - 1] + down.counts[height - 1]];
    const rows = data2.subarray(first * image2.width * channels, last2 * image2.width * channels);
    data2 = horizontal(rows, { width: image2.width, channels }, resampleWeights(image2.width, width, resample2));
  } else first = 0;
  if (down) data2 = vertical(data2, { stride: width * channels, first }, down);
  if (channels === 4) unpremultiply(data2);
  return { width, height, channels, data: data2 };
}
function clip8(sum2) {
  const v = sum2 >> WEIGHT_BITS;
  return v < 0 ? 0 : Math.min(v, 255);
}
function horizontal(data2, { width, channels }, w) {
  const rows = data2.length / (width * channels);
  const outWidth = w.starts.length;
  const out2 = new Uint8Array(rows * outWidth * channels);
  const pass = channels === 1 ? row1 : channels === 3 ? row3 : row4;
  for (let y = 0; y < rows; y++) pass(data2, y * width * channels, out2, y * outWidth * channels, w);
  return out2;
}
function row1(data2, from, out2, to, w) {
  const { starts, counts, weights, taps: taps2 } = w;
  for (let x2 = 0; x2 < starts.length; x2++) {
    let a = HALF;
    let p = from + starts[x2];
    const end = x2 * taps2 + counts[x2];
    for (let k = x2 * taps2; k < end; k++) a = a + Math.imul(data2[p++], weights[k]) | 0;
    out2[to++] = clip8(a);
  }
}
function row3(data2, from, out2, to, w) {
  const { starts, counts, weights, taps: taps2 } = w;
  for (let x2 = 0; x2 < starts.length; x2++) {
    let r = HALF;
    let g = HALF;
    let b = HALF;
    let p = from + starts[x2] * 3;
    const end = x2 * taps2 + counts[x2];
    for (let k = x2 * taps2; k < end; k++) {
      const weight = weights[k];
      r = r + Math.imul(data2[p], weight) | 0;
      g = g + Math.imul(data2[p + 1], weight) | 0;
      b = b + Math.imul(data2[p + 2], weight) | 0;
      p += 3;
    }
    out2[to] = clip8(r);
    out2[to + 1] = clip8(g);
    out2[to + 2] = clip8(b);
    to += 3;
  }
}
function row4(data2, from, out2, to, w) {
  const { starts, counts, weights, taps: taps2 } = w;
  for (let x2 = 0; x2 < starts.length; x2++) {
    for (let c = 0; c < 4; c++) {
      let a = HALF;
      let p = from + starts[x2] * 4 + c;
      const end = x2 * taps2 + counts[x2];
      for (let k = x2 * taps2; k < end; k++) {
        a = a + Math.imul(data2[p], weights[k]) | 0;
        p += 4;
      }
      out2[to++] = clip8(a);
    }
  }
}
function vertical(data2, { stride, first }, w) {
  const { starts, counts, weights, taps: taps2 } = w;
  const out2 = new Uint8Array(starts.length * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < starts.length; y++) {
    sums.fill(HALF);
    for (let t = 0; t < counts[y]; t++) {
      const weight = weights[y * taps2 + t];
      const from = (starts[y] + t - first) * stride;
      for (let i = 0; i < stride; i++) sums[i] = sums[i] + Math.imul(data2[from + i], weight);
    }
    for (let i = 0; i < stride; i++) out2[y * stride + i] = clip8(sums[i]);
  }
  return out2;
}
function nearest({ width, height, channels, data: data2 }, to) {
  const columns = nearestIndex(width, to.width);
  const rows = nearestIndex(height, to.height);
  const out2 = new Uint8Array(to.width * to.height * channels);
  let o = 0;
  for (const y of rows) {
    for (const x2 of columns) {
      const from = (y * width + x2) * channels;
      for (let c = 0; c < channels; c++) out2[o++] = data2[from + c];
    }
  }
  return out2;
}
function nearestIndex(inSize, outSize) {
  const step3 = inSize / outSize;
  const index = new Int32Array(outSize);
  let position = step3 * 0.5;
  for (let i = 0; i < outSize; i++) {
    index[i] = Math.min(Math.trunc(position), inSize - 1);
    position += step3;
  }
  return index;
}

// src/image/preprocess.ts
function preprocess(image2, spec) {
  checkImage(image2);
  checkPreprocessing(spec);
  let picture = spec.channelOrder === "GRAY" ? toGray(image2) : toRgb(image2);
  if (spec.resize) picture = resize(picture, { ...resizedSize(image2, spec.resize), resample: spec.resample });
  if (spec.crop) picture = centerCrop(picture, spec.crop);
  const { width, height, channels } = picture;
  const dims = spec.layout === "nchw" ? [1, channels, height, width] : [1, height, width, channels];
  return { dims, data: samples(picture, spec), cropped: toRgb(picture), window: sourceWindow(image2, spec) };
}
function pixelRange({ scale, mean: mean3, std }) {
  const ends = mean3.map((m, c) => [0, 255].map((u) => (u * scale - m) / std[c]).sort((a, b) => a - b));
  return { low: ends.map(([low]) => low), high: ends.map(([, high]) => high) };
}
function checkPreprocessing({ channelOrder, scale, mean: mean3, std }) {
  const channels = channelOrder === "GRAY" ? 1 : 3;
  for (const [name, values2] of [["mean", mean3], ["std", std]]) {
    if (values2.length === channels && values2.every((v) => Number.isFinite(v) && (name === "mean" || v !== 0))) continue;
    throw new OnnxplainError2(
      "E_PARAM",
      `Expected \`${name}\` to hold ${channels} finite${name === "std" ? ", non-zero" : ""} numbers for channel order ${channelOrder}, got [${values2.join(", ")}].`
    );
  }
  if (Number.isFinite(scale) && scale !== 0) return;
  throw new OnnxplainError2("E_PARAM", `Expected \`scale\` to be a finite, non-zero number, got ${scale}.`);
}
function samples({ width, height, channels, data: data2 }, spec) {
  const out2 = new Float32Array(data2.length);
  const pixels3 = width * height;
  for (let c = 0; c < channels; c++) {
    const values2 = levels(spec, c);
    const from = spec.channelOrder === "BGR" ? 2 - c : c;
    const [to, step3] = spec.layout === "nchw" ? [c * pixels3, 1] : [c, channels];
    for (let i = 0; i < pixels3; i++) out2[to + i * step3] = values2[data2[i * channels + from]];
  }
  return out2;
}
function levels({ scale, mean: mean3, std }, c) {
  const m = Math.fround(mean3[c]);
  const s = Math.fround(std[c]);
  return Float32Array.from({ length: 256 }, (_, u) => Math.fround(Math.fround(Math.fround(u * scale) - m) / s));
}

// src/image/presets.ts
var IMAGENET_MEAN = [0.485, 0.456, 0.406];
var IMAGENET_STD = [0.229, 0.224, 0.225];
var plain = {
  resize: null,
  crop: null,
  resample: "bilinear",
  channelOrder: "RGB",
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  layout: "nchw"
};
var keras = { ...plain, resize: { width: 224, height: 224 }, resample: "nearest", layout: "nhwc" };
var PRESETS = {
  torchvision: {
    ...plain,
    resize: { shorterSide: 256 },
    crop: { width: 224, height: 224 },
    scale: 1 / 255,
    mean: IMAGENET_MEAN,
    std: IMAGENET_STD
  },
  "keras-tf": { ...keras, scale: 1 / 127.5, mean: [1, 1, 1] },
  "keras-caffe": { ...keras, channelOrder: "BGR", mean: [103.939, 116.779, 123.68] },
  "keras-torch": { ...keras, scale: 1 / 255, mean: IMAGENET_MEAN, std: IMAGENET_STD },
  caffe: {
    ...plain,
    resize: { shorterSide: 256 },
    crop: { width: 224, height: 224 },
    channelOrder: "BGR",
    mean: [104, 117, 123]
  },
  unit: { ...plain, scale: 1 / 255 },
  raw: plain,
  signed: { ...plain, scale: 1 / 127.5, mean: [1, 1, 1] }
};
function withInputSize(spec, size) {
  checkSize(size, "the input size");
  const { width, height } = size;
  if (!spec.crop) return { ...spec, resize: { width, height } };
  const rounding = spec.crop.rounding === void 0 ? {} : { rounding: spec.crop.rounding };
  const crop2 = { width, height, ...rounding };
  if (!spec.resize) return { ...spec, crop: crop2 };
  if ("shorterSide" in spec.resize) {
    const before = Math.min(spec.crop.width, spec.crop.height);
    return {
      ...spec,
      crop: crop2,
      resize: { shorterSide: proportional(spec.resize.shorterSide, before, Math.min(width, height)) }
    };
  }
  const resize2 = {
    width: proportional(spec.resize.width, spec.crop.width, width),
    height: proportional(spec.resize.height, spec.crop.height, height)
  };
  return { ...spec, crop: crop2, resize: resize2 };
}
function proportional(resized3, before, after) {
  return Math.trunc(resized3 * after / before);
}

// src/explain/input.ts
async function readInput(model2, classifier, image2, options) {
  if (typeof image2 === "object" && "dims" in image2)
    return { rows: tensorRows(image2, classifier), picture: void 0, preprocessing: void 0, notes: [] };
  const decoded = await toPicture(image2);
  const stated = options.preprocessing && { spec: { ...options.preprocessing, layout: classifier.layout }, notes: [] };
  const { spec, notes } = stated ?? model2.preprocessing(classifier);
  let ready = preprocess(decoded, spec);
  const expected2 = (classifier.input.dims ?? []).slice(1);
  if (ready.dims.slice(1).some((d, i) => d !== expected2[i]) && !spec.resize && !spec.crop)
    ready = preprocess(decoded, withInputSize(spec, classifier));
  if (ready.dims.slice(1).some((d, i) => d !== expected2[i])) {
    throw new OnnxplainError2(
      "E_INPUT_SHAPE",
      `Preprocessing gives ${formatDims(ready.dims)}, the model takes ${formatDims(classifier.input.dims)}. Set \`--size\`, \`--crop\` or \`--layout\`.`
    );
  }
  return { rows: [ready.data], picture: ready.cropped, preprocessing: spec, notes };
}
async function toPicture(image2) {
  if (typeof image2 === "string") {
    const bytes = await files2.read(image2);
    if (bytes === void 0) throw new OnnxplainError2("E_FILE", `There is no image \`${image2}\`.`, { file: image2 });
    return decodeImage(bytes, image2);
  }
  return image2 instanceof Uint8Array ? decodeImage(image2) : image2;
}
function tensorRows({ dims, data: data2 }, classifier) {
  const expected2 = (classifier.input.dims ?? []).slice(1);
  const batched = dims.length === 3 ? [1, ...dims] : dims;
  if (batched.length !== 4 || batched.slice(1).some((d, i) => d !== expected2[i]) || batched[0] === 0) {
    throw new OnnxplainError2(
      "E_INPUT_SHAPE",
      `Expected a tensor of shape ${formatDims(classifier.input.dims)}, got ${formatDims(dims)}.`
    );
  }
  if (data2.length !== elementCount2(dims)) {
    throw new OnnxplainError2(
      "E_INPUT_SHAPE",
      `A tensor of shape ${formatDims(dims)} holds ${elementCount2(dims)} values, got ${data2.length}.`
    );
  }
  const count = batched[0];
  const size = data2.length / count;
  return Array.from({ length: count }, (_, i) => data2.slice(i * size, (i + 1) * size));
}

// src/params.ts
var toNumber = (raw) => {
  const v = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  return typeof v === "number" && Number.isFinite(v) ? v : void 0;
};
var toNumbers2 = (raw) => {
  const parts2 = typeof raw === "string" ? raw.split(",") : typeof raw === "number" ? [raw] : Array.isArray(raw) ? raw : void 0;
  const values2 = parts2?.map(toNumber);
  return values2?.every((v) => v !== void 0) ? values2 : void 0;
};
var integer = (fallback, min, about2) => ({
  default: fallback,
  about: about2,
  expected: `an integer from ${min} up`,
  read: (raw) => {
    const v = toNumber(raw);
    return v !== void 0 && Number.isInteger(v) && v >= min ? v : void 0;
  }
});
var positive = (fallback, about2) => ({
  default: fallback,
  about: about2,
  expected: "a number greater than 0",
  read: (raw) => {
    const v = toNumber(raw);
    return v !== void 0 && v > 0 ? v : void 0;
  }
});
var nonNegative = (fallback, about2) => ({
  default: fallback,
  about: about2,
  expected: "a number from 0 up",
  read: (raw) => {
    const v = toNumber(raw);
    return v !== void 0 && v >= 0 ? v : void 0;
  }
});
var numbers2 = (fallback, about2) => ({
  default: fallback,
  about: about2,
  expected: "numbers separated by commas",
  read: (raw) => {
    const v = toNumbers2(raw);
    return v !== void 0 && v.length > 0 ? v : void 0;
  }
});
var share = (fallback, about2) => ({
  default: fallback,
  about: about2,
  expected: "a number greater than 0, at most 1",
  read: (raw) => {
    const v = toNumber(raw);
    return v !== void 0 && v > 0 && v <= 1 ? v : void 0;
  }
});
var oneOf = (fallback, choices, about2) => ({
  default: fallback,
  about: about2,
  expected: choices.map((c) => `\`${c}\``).join(", "),
  read: (raw) => {
    const wanted = String(raw).replaceAll("-", "_").toLowerCase();
    return choices.find((c) => c === wanted);
  }
});
var integers = (fallback, min, about2) => ({
  default: fallback,
  about: about2,
  expected: `integers from ${min} up, separated by commas`,
  read: (raw) => {
    const v = toNumbers2(raw);
    return v?.every((x2) => Number.isInteger(x2) && x2 >= min) && v.length > 0 ? v : void 0;
  }
});
var key = (name) => name.toLowerCase().replaceAll("-", "_");
function readParams(method, specs, given3) {
  const out2 = Object.fromEntries(
    Object.entries(specs).map(([name, s]) => [name, s.default])
  );
  for (const [rawName, raw] of Object.entries(given3)) {
    const name = key(rawName);
    const spec = Object.hasOwn(specs, name) ? specs[name] : void 0;
    if (spec === void 0) {
      const known4 = Object.keys(specs);
      throw new OnnxplainError2(
        "E_PARAM",
        `Method \`${method}\` has no parameter \`${rawName}\`. ${known4.length ? `It has: ${known4.join(", ")}.` : "It has none."}`
      );
    }
    if (raw === void 0 || raw === null && spec.default === null) continue;
    const value = spec.read(raw);
    if (value === void 0)
      throw new OnnxplainError2(
        "E_PARAM",
        `Expected \`${name}\` of \`${method}\` to be ${spec.expected}, got ${JSON.stringify(raw)} (${typeof raw}).`
      );
    out2[name] = value;
  }
  return out2;
}

// src/graph/topology.ts
var isGraphAttr = (a) => typeof a === "object" && a !== null && "captures" in a;
function uses(node) {
  const captured = Object.values(node.attrs).flatMap((a) => isGraphAttr(a) ? a.captures : []);
  return captured.length === 0 ? node.inputs.filter((n) => n !== "") : [...node.inputs.filter((n) => n !== ""), ...captured];
}
function producers(graph) {
  return new Map(graph.nodes.flatMap((node) => node.outputs.filter((o) => o !== "").map((o) => [o, node])));
}
function consumers(graph) {
  const out2 = /* @__PURE__ */ new Map();
  for (const node of graph.nodes) {
    for (const name of new Set(uses(node))) {
      const list3 = out2.get(name);
      if (list3) list3.push(node);
      else out2.set(name, [node]);
    }
  }
  return out2;
}
function sortNodes(nodes, given3) {
  const made2 = /* @__PURE__ */ new Map();
  const known4 = new Set(given3);
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output === "") continue;
      if (made2.has(output) || known4.has(output))
        throw new OnnxplainError2(
          "E_MODEL_INVALID",
          `\`${output}\` is defined twice (second time by node "${node.name}"). The file is damaged.`,
          { node: node.name }
        );
      made2.set(output, node);
    }
  }
  for (const node of nodes) {
    const missing = uses(node).find((n) => !made2.has(n) && !known4.has(n));
    if (missing !== void 0)
      throw new OnnxplainError2(
        "E_MODEL_INVALID",
        `Node "${node.name}" (${node.op}) reads \`${missing}\`, which nothing defines. The file is damaged.`,
        { node: node.name, op: node.op }
      );
  }
  if (isSorted(nodes, known4)) return nodes;
  return kahn(nodes, made2);
}
function isSorted(nodes, given3) {
  const seen = new Set(given3);
  return nodes.every((node) => {
    const ready = uses(node).every((n) => seen.has(n));
    for (const o of node.outputs) seen.add(o);
    return ready;
  });
}
function kahn(nodes, made2) {
  const waiting = /* @__PURE__ */ new Map();
  const dependents = /* @__PURE__ */ new Map();
  for (const node of nodes) {
    const parents = new Set(
      uses(node).map((n) => made2.get(n)).filter((p) => p !== void 0)
    );
    waiting.set(node, parents.size);
    for (const p of parents) dependents.set(p, [...dependents.get(p) ?? [], node]);
  }
  const ready = nodes.filter((n) => waiting.get(n) === 0);
  for (let i = 0; i < ready.length; i++) {
    for (const next of dependents.get(ready[i]) ?? []) {
      const left = waiting.get(next) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  if (ready.length !== nodes.length) {
    const stuck = nodes.find((n) => (waiting.get(n) ?? 0) > 0);
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `The graph has a cycle through node "${stuck.name}" (${stuck.op}). The file is damaged.`,
      { node: stuck.name, op: stuck.op }
    );
  }
  return ready;
}
function neededFor(graph, names) {
  const values2 = new Set(names);
  const kept = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((o) => values2.has(o))) continue;
    kept.push(node);
    for (const n of uses(node)) values2.add(n);
  }
  return { nodes: kept.reverse(), values: values2 };
}

// src/graph/verify.ts
function problems(graph) {
  const found = [];
  const defined = /* @__PURE__ */ new Set();
  const define = (name, by) => {
    if (defined.has(name)) found.push(`${by} defines ${name} again`);
    defined.add(name);
  };
  for (const name of graph.constants.keys()) define(name, "a constant");
  for (const port of graph.inputs) define(port.name, "an input");
  for (const node of graph.nodes) {
    for (const name of uses(node))
      if (!defined.has(name)) found.push(`node ${node.name} (${node.op}) reads ${name} before it is defined`);
    for (const name of node.outputs) if (name !== "") define(name, `node ${node.name}`);
  }
  for (const port of graph.outputs) if (!defined.has(port.name)) found.push(`output ${port.name} is not defined`);
  return found;
}
function verify(graph, after) {
  const found = problems(graph);
  if (found.length > 0)
    throw new Error(`internal: after ${after} the graph is not sound: ${found.slice(0, 10).join("; ")}`);
}

// src/formats/samples.ts
function halfToNumber2(h) {
  const sign = h & 32768 ? -1 : 1;
  const exponent = h >> 10 & 31;
  const fraction = h & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

// src/graph/tensor.ts
var isFloat = (dtype) => dtype === "float32" || dtype === "float64" || dtype === "float16" || dtype === "bfloat16";
var BYTES_PER_ELEMENT2 = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1
};
var bfloatView2 = new DataView(new ArrayBuffer(4));
function bfloatToNumber2(bits) {
  bfloatView2.setUint32(0, bits << 16);
  return bfloatView2.getFloat32(0);
}
function toNumbers3(tensor2) {
  const { data: data2, dtype } = tensor2;
  if (dtype === "string") throw new Error("internal: a string tensor has no numbers");
  if (dtype === "float16") return Array.from(data2, halfToNumber2);
  if (dtype === "bfloat16") return Array.from(data2, bfloatToNumber2);
  if (dtype === "int64" || dtype === "uint64") return Array.from(data2, Number);
  return data2;
}
var INT64_MAX2 = 2n ** 63n - 1n;
var INT64_MIN2 = -(2n ** 63n);
function toInt64(value) {
  if (value >= 2 ** 63) return INT64_MAX2;
  if (value <= -(2 ** 63)) return INT64_MIN2;
  return BigInt(Math.trunc(value));
}
function fromNumbers(dtype, values2) {
  switch (dtype) {
    case "float32":
      return Float32Array.from(values2);
    case "float64":
      return Float64Array.from(values2);
    case "int64":
      return BigInt64Array.from(Array.from(values2, toInt64));
    case "uint64":
      return BigUint64Array.from(Array.from(values2, (v) => BigInt(Math.trunc(v))));
    case "int32":
      return Int32Array.from(values2);
    case "uint32":
      return Uint32Array.from(values2);
    case "int16":
      return Int16Array.from(values2);
    case "uint16":
      return Uint16Array.from(values2);
    case "int8":
      return Int8Array.from(values2);
    case "uint8":
      return Uint8Array.from(values2);
    case "bool":
      return Uint8Array.from(values2, (v) => v ? 1 : 0);
    default:
      throw new Error(`internal: cannot make a ${dtype} tensor from numbers`);
  }
}
function tensor(dtype, dims, values2) {
  if (values2.length !== elementCount2(dims)) throw new Error(`internal: ${values2.length} values for dims [${dims}]`);
  return { dtype, dims, data: fromNumbers(dtype, values2) };
}
var CONTENT_LIMIT = 64;
function factOf(constant) {
  const integer2 = constant.dtype === "int64" || constant.dtype === "int32" || constant.dtype === "bool";
  const small = integer2 && constant.dims.length <= 1 && constant.data.length <= CONTENT_LIMIT;
  return {
    dtype: constant.dtype,
    dims: constant.dims,
    constant,
    ...small ? { content: Array.from(toNumbers3(constant)) } : {}
  };
}

// src/graph/builder.ts
var GraphBuilder = class {
  #facts;
  #constants;
  #nodes;
  #inputs;
  #shared = /* @__PURE__ */ new Map();
  #producers = /* @__PURE__ */ new Map();
  /** Names of the base's nodes: passes let a node write another value than the one it is named after. */
  #nodeNames;
  #infer;
  #name;
  #counter = 0;
  constructor(base, infer) {
    this.#facts = new Map(base.facts);
    this.#constants = new Map(base.constants);
    this.#nodes = [...base.nodes];
    this.#inputs = [...base.inputs];
    this.#name = base.name;
    this.#infer = infer;
    this.#nodeNames = new Set(base.nodes.map((n) => n.name));
    for (const node of base.nodes) {
      for (const name of node.outputs) this.#producers.set(name, node);
      if (node.outputs.includes("")) continue;
      const key2 = shareKey(node.op, node.domain, node.inputs, node.attrs, node.outputs.length);
      if (key2 !== void 0 && !this.#shared.has(key2)) this.#shared.set(key2, node.outputs);
    }
  }
  /** A value that exists; throws `internal:` when it does not. */
  value(name) {
    const fact = this.#facts.get(name);
    if (fact === void 0) throw new Error(`internal: no fact for value ${name}`);
    return { name, ...fact };
  }
  /** The node that makes a value; undefined for inputs and constants. */
  producer(value) {
    return this.#producers.get(value.name);
  }
  /** The first output of a new (or equal existing) node. */
  op(op, inputs, attrs = {}, hint2) {
    return this.ops(op, inputs, { attrs, outputs: 1, hint: hint2 })[0];
  }
  /** All outputs of a new (or equal existing) node. */
  ops(op, inputs, options) {
    const { attrs = {}, outputs: count } = options;
    const names = inputs.map((v) => v?.name ?? "");
    while (names.at(-1) === "") names.pop();
    const key2 = shareKey(op, "", names, attrs, count);
    const existing = key2 === void 0 ? void 0 : this.#shared.get(key2);
    if (existing) return existing.map((n) => this.value(n));
    const stem = options.hint ?? op;
    const outputs = Array.from({ length: count }, (_, i) => this.#fresh(count === 1 ? stem : `${stem}.${i}`));
    const node = { op, domain: "", name: nodeNameOf(outputs[0]), inputs: names, outputs, attrs };
    const facts = this.#infer(
      node,
      names.map((n) => n === "" ? void 0 : this.#facts.get(n))
    );
    this.#nodes.push(node);
    outputs.forEach((name, i) => {
      const fact = facts[i];
      if (fact === void 0) throw new Error(`internal: ${op} has no fact for output ${i}`);
      this.#facts.set(name, fact);
      this.#producers.set(name, node);
    });
    if (key2 !== void 0) this.#shared.set(key2, outputs);
    return outputs.map((n) => this.value(n));
  }
  /** A constant; equal small ones are shared. */
  constant(t, hint2 = "c") {
    const key2 = t.data.length <= 16 ? `const|${t.dtype}|${t.dims}|${Array.from(t.data, spelled).join()}` : void 0;
    const existing = key2 === void 0 ? void 0 : this.#shared.get(key2);
    if (existing) return this.value(existing[0]);
    const name = this.#fresh(hint2);
    this.#constants.set(name, t);
    this.#facts.set(name, factOf(t));
    if (key2 !== void 0) this.#shared.set(key2, [name]);
    return this.value(name);
  }
  scalar(value, dtype = "float32") {
    return this.constant(tensor(dtype, [], [value]));
  }
  /** A 1-D int64 constant: axes, shapes, indices. */
  ints(values2) {
    return this.constant(tensor("int64", [values2.length], values2));
  }
  /** A new graph input under exactly this name; `E_MODEL_INVALID` when the name is taken. */
  input(name, dtype, dims) {
    if (this.#facts.has(name))
      throw new OnnxplainError2(
        "E_MODEL_INVALID",
        `The model already has a value named \`${name}\`, which the explanation needs as an input. Rename it.`
      );
    this.#inputs.push({ name, dtype, dims });
    this.#facts.set(name, { dtype, dims });
    return this.value(name);
  }
  /** Give a value a public name. */
  alias(value, name) {
    if (value.name === name) return value;
    if (this.#facts.has(name))
      throw new OnnxplainError2(
        "E_MODEL_INVALID",
        `The model already has a value named \`${name}\`, which the explanation writes. Rename it.`
      );
    this.#nodes.push({
      op: "Identity",
      domain: "",
      name: nodeNameOf(name),
      inputs: [value.name],
      outputs: [name],
      attrs: {}
    });
    this.#facts.set(name, { dtype: value.dtype, dims: value.dims });
    return this.value(name);
  }
  build(outputs) {
    const ports = outputs.map(({ name, dtype, dims }) => ({ name, dtype, dims }));
    return {
      name: this.#name,
      inputs: this.#inputs,
      outputs: ports,
      constants: this.#constants,
      nodes: this.#nodes,
      facts: this.#facts
    };
  }
  #fresh(stem) {
    const clean = stem.startsWith("x/") ? stem : `x/${stem}`;
    let name = `${clean}_${this.#counter++}`;
    while (this.#facts.has(name) || this.#nodeNames.has(nodeNameOf(name))) name = `${clean}_${this.#counter++}`;
    return name;
  }
};
var nodeNameOf = (output) => `x/${output}`;
var IMPURE = /* @__PURE__ */ new Set([
  "RandomNormal",
  "RandomUniform",
  "RandomNormalLike",
  "RandomUniformLike",
  "Multinomial",
  "Bernoulli",
  "Dropout"
]);
function shareKey(op, domain, inputs, attrs, outputs) {
  if (domain !== "" || IMPURE.has(op)) return void 0;
  const entries = Object.entries(attrs);
  if (entries.some(([, v]) => isBulky(v))) return void 0;
  entries.sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify([op, inputs, entries, outputs], exactly);
}
var spelled = (v) => Object.is(v, -0) ? "-0" : String(v);
var exactly = (_, v) => typeof v === "number" && (!Number.isFinite(v) || Object.is(v, -0)) ? `number ${Object.is(v, -0) ? "-0" : v}` : v;
var isBulky = (v) => typeof v === "object" && ("tensor" in v || "graph" in v);

// src/ops/infer.ts
var rowOf = (ops, node) => node.domain === "" && Object.hasOwn(ops, node.op) ? ops[node.op] : void 0;
function inferWith(ops) {
  return (node, inputs) => {
    const row = rowOf(ops, node);
    const blank = node.outputs.map(() => ({ dtype: inputs[0]?.dtype ?? "float32", dims: void 0 }));
    if (row === void 0 || node.inputs.some((n, i) => n !== "" && inputs[i] === void 0)) return blank;
    try {
      const facts = row.shape({
        x: inputs,
        attrs: node.attrs,
        outputs: node.outputs.length,
        name: node.outputs[0] ?? node.name
      });
      return node.outputs.map((_, i) => facts[i] ?? blank[i]);
    } catch (cause) {
      if (cause instanceof OnnxplainError2 && cause.place.node === void 0) {
        throw new OnnxplainError2(cause.code, `Node "${node.name}" (${node.op}): ${cause.message}`, {
          node: node.name,
          op: node.op,
          cause
        });
      }
      if (cause instanceof OnnxplainError2) throw cause;
      throw new OnnxplainError2(
        "E_MODEL_INVALID",
        `Node "${node.name}" (${node.op}) has inputs or attributes its op does not allow (${cause.message}).`,
        { node: node.name, op: node.op, cause }
      );
    }
  };
}
function inferGraph(graph, ops) {
  const infer = inferWith(ops);
  const facts = /* @__PURE__ */ new Map();
  for (const port of graph.inputs) facts.set(port.name, { dtype: port.dtype, dims: port.dims });
  for (const [name, t] of graph.constants) facts.set(name, factOf(t));
  for (const node of graph.nodes) {
    const inferred2 = infer(
      node,
      node.inputs.map((n) => n === "" ? void 0 : facts.get(n))
    );
    node.outputs.forEach((name, i) => {
      if (name === "") return;
      const fact = inferred2[i];
      facts.set(name, fact.dims === void 0 ? graph.facts.get(name) ?? fact : fact);
    });
  }
  const outputs = graph.outputs.map((p) => {
    const fact = facts.get(p.name);
    return fact?.dims ? { name: p.name, dtype: fact.dtype, dims: fact.dims } : p;
  });
  return { ...graph, outputs, facts };
}
var builderOn = (graph, ops) => new GraphBuilder(graph, inferWith(ops));

// src/graph/dtype-code.ts
var CODES2 = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16
};
var NAMES2 = new Map(Object.entries(CODES2).map(([name, code]) => [code, name]));
var dtypeCode = (dtype) => CODES2[dtype];
var dtypeName2 = (code) => NAMES2.get(code);

// src/graph/types.ts
var float = (value) => ({ float: value });

// src/ops/depthwise.ts
function depthwiseKernel(g, channels, plane) {
  const one = g.constant(tensor("float32", [1, 1, ...plane.dims], plane.values), "kernel");
  return channels === 1 ? one : g.op("Expand", [one, g.ints([channels, 1, ...plane.dims.map(() => 1)])]);
}
function pick(offset, { size, count, stride }) {
  const begin = Math.max(0, -offset);
  const tap = Math.max(0, offset);
  const kernel = Math.max(tap + 1, size + begin - count * stride + 1);
  const end = Math.max(0, (count - 1) * stride - (size + begin - kernel));
  return { begin, end, size: kernel, tap, stride };
}
function picked(g, v, { offsets, strides: strides2, counts, factor }) {
  const dims = v.dims;
  const channels = dims[1];
  const axes2 = offsets.map(
    (o, i) => pick(o, { size: dims[i + 2], count: counts[i], stride: strides2[i] })
  );
  const sizes = axes2.map((a) => a.size);
  const values2 = new Float32Array(elementCount2(sizes));
  values2[axes2.reduce((at, a) => at * a.size + a.tap, 0)] = factor;
  return g.op("Conv", [v, depthwiseKernel(g, channels, { dims: sizes, values: values2 })], {
    group: channels,
    kernel_shape: sizes,
    pads: [...axes2.map((a) => a.begin), ...axes2.map((a) => a.end)],
    strides: [...strides2]
  });
}
function shifted(g, v, { shifts, counts }) {
  const same = shifts.every((s, i) => s === 0 && v.dims?.[i + 2] === counts[i]);
  return same ? v : picked(g, v, { offsets: shifts.map((s) => s === 0 ? 0 : -s), strides: shifts.map(() => 1), counts, factor: 1 });
}
var resized = (g, v, counts) => shifted(g, v, { shifts: counts.map(() => 0), counts });

// src/ops/masks.ts
var STEEP = 34e37;
var EXACT = 2 ** 100;
var step = (g, v, alpha, beta) => g.op("HardSigmoid", [v], { alpha: float(alpha), beta: float(beta) }, "step");
var compared = (g, [op, a, b]) => g.op("Cast", [g.op(op, [a, g.scalar(b, a.dtype)])], { to: dtypeCode(a.dtype) });
var steps = (v) => v.dtype === "float32";
var positiveMask = (g, y) => steps(y) ? step(g, y, STEEP, 0) : compared(g, ["Greater", y, 0]);
function isPositiveMask({ op, domain, attrs }) {
  const is = (name, value) => typeof attrs[name] === "object" && "float" in attrs[name] && attrs[name].float === value;
  return op === "HardSigmoid" && domain === "" && is("alpha", STEEP) && is("beta", 0);
}
var aboveMask = (g, y, low) => low === 0 ? positiveMask(g, y) : steps(y) ? step(g, y, EXACT, -low * EXACT) : compared(g, ["Greater", y, low]);
var belowMask = (g, y, high) => steps(y) ? step(g, y, -EXACT, high * EXACT) : compared(g, ["Less", y, high]);
function wherePositive(g, dy, y) {
  if (vanishes(g, dy, y)) return dy;
  return vanishesWith(g, g.op("Mul", [dy, positiveMask(g, y)]), y);
}
var isExactBound = (bound) => Math.abs(bound) <= 2 ** 27 && Math.fround(bound) === bound;
function whereBetween(g, dy, y, [low, high]) {
  let out2 = dy;
  if (low === 0 && !vanishes(g, dy, y)) {
    const inside2 = high > 0 && high < Number.POSITIVE_INFINITY ? insideMask(g, y, high) : void 0;
    if (inside2) return vanishesWith(g, g.op("Mul", [dy, inside2]), y);
    out2 = wherePositive(g, out2, y);
  } else if (low === 0) out2 = dy;
  else if (low > Number.NEGATIVE_INFINITY) out2 = g.op("Mul", [out2, aboveMask(g, y, low)]);
  return high < Number.POSITIVE_INFINITY ? g.op("Mul", [out2, belowMask(g, y, high)]) : out2;
}
function insideMask(g, y, high) {
  const channels = y.dims?.[1];
  if (!steps(y) || y.dims?.length !== 4 || typeof channels !== "number" || channels % 16 !== 0) return void 0;
  const scale = 2 ** Math.ceil(Math.log2(high));
  const w = depthwiseKernel(g, channels, { dims: [1, 1], values: [-1 / scale] });
  const bias = g.op("Expand", [g.constant(tensor("float32", [1], [high / scale - 1])), g.ints([channels])]);
  const rest = g.op("Conv", [y, w, bias], { group: channels, kernel_shape: [1, 1] });
  return positiveMask(g, g.op("Add", [rest, positiveMask(g, y)]));
}
var known = /* @__PURE__ */ new WeakMap();
function vanishing(g) {
  const found = known.get(g);
  if (found) return found;
  const made2 = /* @__PURE__ */ new Map();
  known.set(g, made2);
  return made2;
}
var vanishes = (g, dy, y) => vanishing(g).get(dy.name)?.has(y.name) ?? false;
function vanishesWith(g, dy, y) {
  const map2 = vanishing(g);
  map2.set(dy.name, /* @__PURE__ */ new Set([...map2.get(dy.name) ?? [], y.name]));
  return dy;
}
var vanishingOf = (g) => vanishing(g);
var constantOf = (fact) => fact?.constant && fact.constant.data.length === 1 ? toNumbers3(fact.constant)[0] : void 0;
var NON_NEGATIVE = /* @__PURE__ */ new Set(["Relu", "Sigmoid", "HardSigmoid", "Softmax", "Softplus", "Abs", "Exp", "Sqrt"]);
var KEEPS_SIGN = /* @__PURE__ */ new Set([
  "Concat",
  "Add",
  "Mul",
  "Sum",
  "MaxPool",
  "AveragePool",
  "GlobalAveragePool",
  "Reshape",
  "Transpose",
  "Identity",
  "Dropout",
  "Max"
]);
function isNonNegative(g, v, depth = 4) {
  const node = g.producer(v);
  if (node === void 0 || node.domain !== "") return false;
  if (NON_NEGATIVE.has(node.op)) return true;
  if (node.op === "Clip") return node.inputs[1] ? (constantOf(g.value(node.inputs[1])) ?? -1) >= 0 : false;
  if (!KEEPS_SIGN.has(node.op) || depth === 0) return false;
  const data2 = node.op === "Reshape" || node.op === "Dropout" ? node.inputs.slice(0, 1) : node.inputs;
  return data2.every((name) => isNonNegative(g, g.value(name), depth - 1));
}

// src/diff/optimize/draft.ts
function draftOf(g, graph) {
  const made2 = producers(graph);
  const readers = consumers(graph);
  const outputs = new Set(graph.outputs.map((p) => p.name));
  const constant = /* @__PURE__ */ new Map();
  const isConstant2 = (name) => {
    const known4 = constant.get(name);
    if (known4 !== void 0) return known4;
    const node = made2.get(name);
    const is = graph.constants.has(name) || node !== void 0 && isPure(node) && node.inputs.every((n) => n === "" || isConstant2(n));
    constant.set(name, is);
    return is;
  };
  return {
    g,
    graph,
    isConstant: isConstant2,
    maker: (name) => {
      const node = made2.get(name);
      return node?.domain === "" ? node : void 0;
    },
    readOnce: (name) => {
      const [only, ...others] = readers.get(name) ?? [];
      return only !== void 0 && others.length === 0 && only.inputs.filter((n) => n === name).length === 1 && !outputs.has(name);
    }
  };
}
function channelParts({ g }, node) {
  if (node.op !== "Split" || node.attrs.axis !== 1) return void 0;
  const sizes = node.outputs.map((name) => g.value(name).dims?.[1]);
  return sizes.every((s) => typeof s === "number") ? sizes : void 0;
}
function joinedChannels({ g }, node) {
  if (node?.op !== "Concat" || node.attrs.axis !== 1) return void 0;
  const parts2 = node.inputs.map((name) => ({ name, size: g.value(name).dims?.[1] }));
  return parts2.every((p) => typeof p.size === "number") ? parts2 : void 0;
}
var isPure = (node) => node.inputs.length > 0 && node.domain === "" && !/^Random|^Bernoulli$|^Multinomial$|^Dropout$/.test(node.op);

// src/diff/optimize/cancel-masks.ts
var cancelMasks = (draft) => {
  const { g, graph, maker } = draft;
  const out2 = /* @__PURE__ */ new Map();
  for (const node of graph.nodes) {
    if (node.op !== "Mul" || node.domain !== "") continue;
    const [dy, mask] = node.inputs;
    const masking = maker(mask);
    if (masking && isPositiveMask(masking) && vanishes2(draft, dy, masking.inputs[0]))
      out2.set(node.outputs[0], g.value(dy));
  }
  return out2;
};
function vanishes2(draft, part2, y) {
  const split = draft.maker(part2);
  const sizes = split && channelParts(draft, split);
  if (!sizes) return false;
  const at = split.outputs.indexOf(part2);
  const whole2 = vanishingOf(draft.g).get(split.inputs[0]) ?? /* @__PURE__ */ new Set();
  return [...whole2].some((name) => {
    const joined3 = joinedChannels(draft, draft.maker(name));
    return joined3 !== void 0 && joined3.length === sizes.length && joined3.every((p, i) => p.size === sizes[i]) && joined3[at]?.name === y;
  });
}

// src/diff/optimize/keep-blocked.ts
var BLOCK = 16;
var JOINS = /* @__PURE__ */ new Set(["Add", "Mul", "Sum"]);
var FOLLOWS = /* @__PURE__ */ new Set(["Relu", "HardSigmoid", "Sigmoid", "Tanh", "LeakyRelu", "Resize"]);
var POOLS = /* @__PURE__ */ new Set(["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"]);
var keepBlocked = (draft) => {
  const { g, graph } = draft;
  const out2 = /* @__PURE__ */ new Map();
  const blocked = /* @__PURE__ */ new Set();
  const useful = feedsConvolutions(draft);
  for (const node of graph.nodes) {
    const name = node.outputs[0];
    if (node.domain !== "" || node.outputs.length !== 1) continue;
    if (!JOINS.has(node.op)) {
      if (isBlocked(draft, node, blocked)) blocked.add(name);
      continue;
    }
    if (!sameShape(draft, node) || !node.inputs.some((n) => blocked.has(n))) continue;
    const plain2 = node.inputs.filter((n) => !blocked.has(n));
    if (plain2.length > 0 && !useful.has(name)) continue;
    blocked.add(name);
    if (plain2.length > 0)
      out2.set(
        name,
        g.op(
          node.op,
          node.inputs.map((n) => entered(draft, out2.get(n) ?? g.value(n), blocked.has(n))),
          node.attrs
        )
      );
  }
  return out2;
};
function entered({ g }, v, blocked) {
  return blocked ? v : g.op("AveragePool", [v], { kernel_shape: [1, 1] }, "blocked");
}
function sameShape({ g }, node) {
  const { dims, dtype } = g.value(node.outputs[0]);
  const channels = dims?.[1];
  if (dtype !== "float32" || dims?.length !== 4 || typeof channels !== "number" || channels % BLOCK !== 0 || !isStatic(dims.slice(2)))
    return false;
  return node.inputs.every((n) => g.value(n).dims?.join() === dims.join());
}
function isBlocked(draft, node, blocked) {
  const { g } = draft;
  const { dims } = g.value(node.outputs[0]);
  const channels = dims?.[1];
  const data2 = node.inputs[0];
  if (dims?.length !== 4 || typeof channels !== "number") return false;
  if (FOLLOWS.has(node.op)) return blocked.has(data2);
  if (node.op === "Clip") return blocked.has(data2) && draft.maker(data2)?.op === "Conv" && draft.readOnce(data2);
  if (POOLS.has(node.op)) return channels % BLOCK === 0;
  if (node.op === "Concat")
    return node.attrs.axis === 1 && node.inputs.every((n) => blocked.has(n) && g.value(n).dims?.[1] % BLOCK === 0);
  if (node.op !== "Conv" || !draft.isConstant(node.inputs[1])) return false;
  const group2 = node.attrs.group ?? 1;
  const from = g.value(data2).dims?.[1];
  if (typeof from !== "number") return false;
  if (group2 === 1) return channels >= BLOCK && (from < BLOCK || from % 4 === 0);
  return channels % BLOCK === 0 && (from === group2 || channels / group2 % BLOCK === 0 && from / group2 % BLOCK === 0);
}
function feedsConvolutions({ graph }) {
  const useful = /* @__PURE__ */ new Set();
  for (const node of graph.nodes.toReversed()) {
    if (node.domain !== "") continue;
    const through2 = (JOINS.has(node.op) || FOLLOWS.has(node.op)) && node.outputs.some((o) => useful.has(o));
    if (through2) for (const n of node.inputs) useful.add(n);
    else if (node.op === "Conv" || POOLS.has(node.op)) useful.add(node.inputs[0]);
  }
  return useful;
}

// src/ops/content.ts
function numbersOf(fact) {
  if (!fact) return void 0;
  if (isStatic(fact.content)) return fact.content;
  return fact.constant ? Array.from(toNumbers3(fact.constant)) : void 0;
}
var CONTENT_LIMIT2 = 64;
function factWith(fact, content) {
  const follows = content !== void 0 && content.length <= CONTENT_LIMIT2 && fact.dims !== void 0 && fact.dims.length <= 1;
  return follows ? { ...fact, content } : fact;
}
function mapContent(facts, f) {
  const contents2 = facts.map((fact) => fact.content);
  if (contents2.some((c) => c === void 0)) return void 0;
  const known4 = contents2;
  const length = known4.reduce((longest, c) => c.length === 1 ? longest : c.length, 1);
  const out2 = [];
  for (let i = 0; i < length; i++) {
    const element = f(...known4.map((c) => c.length === 1 ? c[0] : c[i]));
    if (element === void 0) return void 0;
    out2.push(element);
  }
  return out2;
}

// src/ops/interleave.ts
function interleave(g, phases, { grid: [h, w], size, zeroMargin }) {
  const c = phases[0][0].dims[1];
  const sh = phases.length;
  const sw = phases[0].length;
  const shaped = (v, dims) => g.op("Reshape", [v, g.ints([0, ...dims])]);
  const woven = (parts2) => parts2.length === 1 ? parts2[0] : g.op("Concat", parts2, { axis: 2 });
  const rows = phases.map((row) => sw === 1 ? row[0] : woven(row.map((v) => shaped(v, [c * h * w, 1]))));
  const plane = sh === 1 ? rows[0] : woven(rows.map((v) => shaped(v, [c * h, 1, w * sw])));
  const out2 = sh * sw === 1 ? plane : shaped(plane, [c, h * sh, w * sw]);
  const cut = [h * sh, w * sw].flatMap((s, i) => s === size[i] ? [] : [i]);
  if (cut.length === 0) return out2;
  const cropped = g.op("Slice", [
    out2,
    g.ints(cut.map(() => 0)),
    g.ints(cut.map((i) => size[i])),
    g.ints(cut.map((i) => i + 2))
  ]);
  if (zeroMargin) margins(g).add(cropped.name);
  return cropped;
}
var known2 = /* @__PURE__ */ new WeakMap();
function margins(g) {
  const found = known2.get(g) ?? /* @__PURE__ */ new Set();
  known2.set(g, found);
  return found;
}
var cutsZeros = (g, v) => margins(g).has(v.name);

// src/diff/optimize/late-crops.ts
var lateCrops = (draft) => {
  const { g, graph, maker } = draft;
  const out2 = /* @__PURE__ */ new Map();
  for (const node of graph.nodes) {
    if (node.domain !== "" || node.op !== "Conv" && node.op !== "ConvTranspose" || node.inputs.includes("") || !draft.isConstant(node.inputs[1]))
      continue;
    const input = node.inputs[0];
    const split = maker(input);
    const parted = split && channelParts(draft, split);
    const slice2 = maker(parted ? split.inputs[0] : input);
    const cut = slice2 && endsCut(draft, slice2);
    if (!cut) continue;
    const data2 = g.value(slice2.inputs[0]);
    const part2 = parted && g.ops("Split", [data2, g.ints(parted)], { attrs: { axis: 1 }, outputs: parted.length })[split.outputs.indexOf(input)];
    const whole2 = { draft, node, data: part2 ?? data2, cut };
    const made2 = cutsZeros(g, g.value(slice2.outputs[0])) ? overZeros(whole2) : void 0;
    const instead = made2 ?? cropAfter(whole2);
    if (instead) out2.set(node.outputs[0], instead);
  }
  return out2;
};
function endsCut({ g }, slice2) {
  if (slice2.op !== "Slice" || slice2.inputs.length !== 4 || slice2.inputs.includes("")) return void 0;
  const [data2, starts, ends, axes2] = slice2.inputs.map((n) => g.value(n));
  const { dims } = g.value(slice2.outputs[0]);
  const at = numbersOf(axes2);
  if (!data2 || !at || !numbersOf(ends) || dims?.length !== 4) return void 0;
  if (!numbersOf(starts)?.every((s) => s === 0) || !at.every((a) => a === 2 || a === 3)) return void 0;
  const cut = [2, 3].map((axis) => data2.dims?.[axis] - dims[axis]);
  return cut.every(Number.isInteger) ? cut : void 0;
}
var list = (node, name, otherwise) => node.attrs[name] ?? new Array(name === "pads" ? 4 : 2).fill(otherwise);
function overZeros({ draft: { g }, node, data: data2, cut }) {
  if (node.attrs.auto_pad !== void 0 && node.attrs.auto_pad !== "NOTSET") return void 0;
  const pads = list(node, "pads", 0);
  const strides2 = list(node, "strides", 1);
  const extra = list(node, "output_padding", 0);
  const inputs = [data2, ...node.inputs.slice(1).map((n) => g.value(n))];
  if (node.op === "Conv") {
    const ends2 = cut.map((c, i) => pads[i + 2] - c);
    return strides2.every((s) => s === 1) && ends2.every((e) => e >= 0) ? g.op("Conv", inputs, { ...node.attrs, pads: [...pads.slice(0, 2), ...ends2] }) : void 0;
  }
  const surplus = cut.map((c, i) => pads[i + 2] + c * strides2[i] - extra[i]);
  const ends = surplus.map((s) => Math.max(0, s));
  return g.op("ConvTranspose", inputs, {
    ...node.attrs,
    pads: [...pads.slice(0, 2), ...ends],
    output_padding: surplus.map((s) => Math.max(0, -s))
  });
}
function cropAfter({ draft: { g }, node, data: data2 }) {
  const y = g.value(node.outputs[0]);
  const [w] = node.inputs.slice(1).map((n) => g.value(n));
  const pointwise = node.op === "Conv" && w?.dims?.slice(2).every((k) => k === 1) && list(node, "pads", 0).every((p) => p === 0) && list(node, "strides", 1).every((s) => s === 1);
  const channels = y.dims?.[1];
  if (!pointwise || typeof channels !== "number" || channels % 16 !== 0 || channels >= data2.dims?.[1])
    return void 0;
  const whole2 = g.op("Conv", [data2, ...node.inputs.slice(1).map((n) => g.value(n))], node.attrs);
  return resized(g, whole2, y.dims?.slice(2));
}

// src/diff/seeds.ts
var seeds = /* @__PURE__ */ new WeakMap();
var seedsOf = (g) => seeds.get(g) ?? /* @__PURE__ */ new Set();

// src/diff/optimize/narrow-classes.ts
var FEW_CLASSES = 64;
var narrowClasses = (draft) => {
  const out2 = /* @__PURE__ */ new Map();
  for (const name of seedsOf(draft.g)) {
    const seed = draft.g.value(name);
    const classes = seed.dims?.[1];
    if (seed.dims?.length !== 2 || typeof classes !== "number" || classes < FEW_CLASSES || seed.dtype !== "float32")
      continue;
    for (const [from, to] of narrowedFrom(draft, seed, classes)) out2.set(from, to);
  }
  return out2;
};
function narrowedFrom(draft, seed, classes) {
  const { g, graph } = draft;
  const out2 = /* @__PURE__ */ new Map();
  const wide = /* @__PURE__ */ new Set([seed.name]);
  const narrow2 = /* @__PURE__ */ new Map();
  let picks;
  const pick2 = (v, axis) => {
    picks ??= activeClasses(draft, seed, classes);
    return g.op("Gather", [v, picks], { axis });
  };
  const narrowed = (name) => {
    const known4 = narrow2.get(name);
    if (known4) return known4;
    const made2 = name === seed.name ? pick2(seed, 1) : keptApart(draft, draft.maker(name), { wide, narrowed, pick: pick2, classes });
    narrow2.set(name, made2);
    return made2;
  };
  for (const node of graph.nodes) {
    const output = node.outputs[0];
    if (node.domain !== "" || node.outputs.length !== 1) continue;
    if (keepsApart(draft, node, wide, classes)) wide.add(output);
    else if (wide.has(node.inputs[0]) && mixes(draft, node))
      out2.set(output, mixed(draft, node, { narrowed, pick: pick2 }));
  }
  return out2;
}
function activeClasses({ g }, seed, classes) {
  const size = g.op("ReduceMax", [g.op("Abs", [seed]), g.ints([0])], { keepdims: 0 });
  const first = new Float32Array(classes);
  first[0] = 1;
  const marked = g.op("Add", [size, g.constant(tensor("float32", [classes], first), "first_class")]);
  return g.op("Reshape", [g.op("NonZero", [marked]), g.ints([-1])], {}, "active_classes");
}
var MOVES = /* @__PURE__ */ new Set(["Reshape", "Unsqueeze", "Identity"]);
function keepsApart({ g }, node, wide, classes) {
  const from = node.inputs.filter((n) => wide.has(n));
  const { dims } = g.value(node.outputs[0]);
  if (from.length !== 1 || dims?.[1] !== classes) return false;
  if (MOVES.has(node.op))
    return from[0] === node.inputs[0] && dims.slice(2).every((d) => d === 1) && g.value(from[0]).dims?.slice(2).every((d) => d === 1) === true;
  if (node.op !== "Mul") return false;
  const other = g.value(node.inputs[0] === from[0] ? node.inputs[1] : node.inputs[0]);
  return g.value(from[0]).dims?.length === dims.length && (other.dims?.length === dims.length || other.dims?.length === 0);
}
function keptApart(draft, node, { wide, classes, narrowed, pick: pick2 }) {
  const { g } = draft;
  if (node.op === "Mul") {
    return g.op(
      "Mul",
      node.inputs.map(
        (n) => wide.has(n) ? narrowed(n) : g.value(n).dims?.[1] === classes ? pickedMask(draft, n, pick2) : g.value(n)
      )
    );
  }
  const rank = g.value(node.outputs[0]).dims.length;
  return g.op("Reshape", [narrowed(node.inputs[0]), g.ints([0, -1, ...new Array(rank - 2).fill(1)])]);
}
function pickedMask({ g, maker }, name, pick2) {
  const node = maker(name);
  if (node?.op !== "HardSigmoid") return pick2(g.value(name), 1);
  return g.op("HardSigmoid", [pick2(g.value(node.inputs[0]), 1)], node.attrs);
}
function mixes({ isConstant: isConstant2 }, node) {
  const { attrs, inputs } = node;
  if (inputs.length !== 2 || !isConstant2(inputs[1])) return false;
  return node.op === "MatMul" || node.op === "Gemm" && !attrs.transA || node.op === "Conv" && (attrs.group ?? 1) === 1;
}
function mixed({ g, maker }, node, { narrowed, pick: pick2 }) {
  const [dy, matrix] = node.inputs;
  const axis = node.op === "Conv" || node.op === "Gemm" && node.attrs.transB === 1 ? 1 : 0;
  const turned = maker(matrix);
  const perm = turned?.op === "Transpose" ? turned.attrs.perm : void 0;
  const rows = turned && perm ? g.op("Transpose", [pick2(g.value(turned.inputs[0]), perm[axis])], turned.attrs) : pick2(g.value(matrix), axis);
  return g.op(node.op, [narrowed(dy), rows], node.attrs);
}

// src/diff/optimize/sink-splits.ts
var sinkSplits = (draft) => {
  const out2 = /* @__PURE__ */ new Map();
  for (const node of draft.graph.nodes) {
    const sizes = channelParts(draft, node);
    const data2 = node.inputs[0];
    if (!sizes || !draft.readOnce(data2) || !sinks(draft, data2, sizes)) continue;
    let begin = 0;
    node.outputs.forEach((name, i) => {
      const end = begin + sizes[i];
      out2.set(name, part(draft, data2, { begin, end, index: i }));
      begin = end;
    });
  }
  return out2;
};
var bare = (node) => node.inputs.length === 2 && (node.attrs.group === void 0 || node.attrs.group === 1);
function sinks(draft, name, sizes) {
  const node = draft.maker(name);
  if (node === void 0) return false;
  if (node.op === "Conv" || node.op === "ConvTranspose")
    return bare(node) && draft.isConstant(node.inputs[1]);
  if (node.op === "Add" || node.op === "Sum") {
    const { dims } = draft.g.value(name);
    return node.inputs.every(
      (n) => draft.readOnce(n) && draft.g.value(n).dims?.join() === dims?.join() && sinks(draft, n, sizes)
    );
  }
  const joined3 = joinedChannels(draft, node);
  return joined3 !== void 0 && joined3.length === sizes.length && joined3.every((p, i) => p.size === sizes[i]);
}
function part(draft, name, p) {
  const { g } = draft;
  const node = draft.maker(name);
  const inputs = node.inputs.map((n) => g.value(n));
  if (node.op === "Concat") return inputs[p.index];
  if (node.op === "Add" || node.op === "Sum")
    return g.op(
      node.op,
      node.inputs.map((n) => part(draft, n, p)),
      node.attrs
    );
  const [dy, w] = inputs;
  const rows = g.op("Slice", [w, g.ints([p.begin]), g.ints([p.end]), g.ints([node.op === "Conv" ? 0 : 1])]);
  return g.op(node.op, [dy, rows], node.attrs);
}

// src/diff/optimize/optimize.ts
var REWRITES = { cancelMasks, sinkSplits, lateCrops, narrowClasses, keepBlocked };
function optimize(g, outputs, rewrites = Object.values(REWRITES)) {
  const kept = new Set(outputs.map((o) => o.name));
  const replaced2 = /* @__PURE__ */ new Map();
  let graph = settled(g.build(outputs), replaced2, kept);
  for (const rewrite2 of rewrites) {
    for (const [from, to] of rewrite2(draftOf(g, graph))) if (!kept.has(from)) replaced2.set(from, to.name);
    graph = settled(g.build(outputs), replaced2, kept);
  }
  return graph;
}
function settled(graph, replaced2, kept) {
  const final = (name) => {
    let now = name;
    for (let next = replaced2.get(now); next !== void 0; next = replaced2.get(now)) now = next;
    return now;
  };
  const renamed2 = replaced2.size === 0 ? graph.nodes : graph.nodes.map((node) => withInputs(node, final));
  const sorted = sortNodes(renamed2, [...graph.inputs.map((p) => p.name), ...graph.constants.keys()]);
  const { nodes, values: values2 } = neededFor({ ...graph, nodes: sorted }, [...kept]);
  return {
    ...graph,
    nodes,
    constants: new Map([...graph.constants].filter(([name]) => values2.has(name))),
    inputs: graph.inputs.filter((p) => values2.has(p.name))
  };
}
var withInputs = (node, final) => node.inputs.some((n) => final(n) !== n) ? { ...node, inputs: node.inputs.map(final) } : node;

// src/ops/num-tensor.ts
var num = (dtype, dims, data2) => ({
  dtype,
  dims,
  data: data2 instanceof Float64Array ? data2 : Float64Array.from(data2)
});
var zeros = (dtype, dims) => ({
  dtype,
  dims,
  data: new Float64Array(elementCount2(dims))
});
var numOf = (t) => num(t.dtype, t.dims, Float64Array.from(toNumbers3(t)));
var tensorOf = (t) => ({
  dtype: t.dtype,
  dims: t.dims,
  data: fromNumbers(t.dtype, t.data)
});
function stridesOf(dims) {
  const strides2 = new Array(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) strides2[i] = strides2[i + 1] * dims[i + 1];
  return strides2;
}
function eachIndex(dims, visit) {
  const total2 = elementCount2(dims);
  const index = new Array(dims.length).fill(0);
  for (let position = 0; position < total2; position++) {
    visit(index, position);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const next = index[axis] + 1;
      if (next < dims[axis]) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
    }
  }
}
var offsetOf = (index, strides2) => index.reduce((sum2, i, axis) => sum2 + i * strides2[axis], 0);
var normalizeAxis = (axis, rank) => axis < 0 ? axis + rank : axis;

// src/ops/broadcast.ts
function broadcastDims(...all) {
  if (all.some((d) => d === void 0)) return void 0;
  const known4 = all;
  const rank = Math.max(0, ...known4.map((d) => d.length));
  return Array.from({ length: rank }, (_, axis) => {
    let out2 = 1;
    for (const dims of known4) {
      const dim = dims[axis - (rank - dims.length)] ?? 1;
      if (dim === 1 || dim === out2) continue;
      if (out2 === 1) out2 = dim;
      else if (typeof dim === "number" && typeof out2 === "number")
        throw new OnnxplainError2(
          "E_SHAPE",
          `Shapes ${known4.map(formatDims).join(" and ")} do not broadcast (axis ${axis}: ${out2} against ${dim}).`
        );
      else if (typeof dim === "number") out2 = dim;
    }
    return out2;
  });
}
function mapBroadcast(dtype, inputs, f) {
  const dims = broadcastDims(...inputs.map((t) => t.dims));
  const out2 = new Float64Array(dims.reduce((p, d) => p * d, 1));
  const values2 = new Array(inputs.length).fill(0);
  const take = (at, k) => {
    values2[k] = inputs[k]?.data[at];
  };
  if (inputs.every((t) => t.data.length === out2.length)) {
    for (let i = 0; i < out2.length; i++) {
      for (let k = 0; k < values2.length; k++) take(i, k);
      out2[i] = f(...values2);
    }
    return num(dtype, dims, out2);
  }
  const strides2 = inputs.map((t) => alignedStrides(t.dims, dims.length));
  eachIndex(dims, (index, at) => {
    for (let k = 0; k < values2.length; k++) take(offsetOf(index, strides2[k]), k);
    out2[at] = f(...values2);
  });
  return num(dtype, dims, out2);
}
function alignedStrides(dims, rank) {
  const own = stridesOf(dims);
  return Array.from({ length: rank }, (_, axis) => {
    const at = axis - (rank - dims.length);
    return at < 0 || dims[at] === 1 ? 0 : own[at];
  });
}
function reshapeLike(g, v, like) {
  return reshapeTo(g, v, like.dims, () => g.op("Shape", [like]));
}
function reshapeTo(g, v, dims, dynamic) {
  const free = dims?.filter((d) => typeof d === "string").length ?? 2;
  const same = typeof dims?.[0] === "string" && dims[0] === v.dims?.[0];
  const size = (d, axis) => typeof d === "number" ? d : axis === 0 && same ? 0 : -1;
  if (dims && free <= 1 && !dims.includes(0)) return g.op("Reshape", [v, g.ints(dims.map(size))]);
  return g.op("Reshape", [v, dynamic()], { allowzero: 1 });
}

// src/diff/emit.ts
var extend = (model2, ops) => builderOn(model2.graph, ops);
function close(model2, g, outputs, metadata = /* @__PURE__ */ new Map()) {
  const kept = optimize(g, outputs);
  verify(kept, "emission");
  return { ...model2, graph: kept, metadata: new Map([...model2.metadata, ...metadata]) };
}

// src/ops/define.ts
var reader = (fallback, convert) => ({
  read: (raw) => raw === void 0 ? fallback : convert(raw)
});
var int = (fallback) => reader(fallback, (raw) => raw);
var flag = (fallback = false) => reader(fallback, (raw) => raw !== 0);
var optionalInt = () => reader(void 0, (raw) => raw);
var real = (fallback) => reader(fallback, (raw) => typeof raw === "number" ? raw : raw.float);
var text2 = (fallback) => reader(fallback, (raw) => raw);
var ints = () => reader(void 0, (raw) => raw);
var reals = () => reader(void 0, (raw) => raw.floats);
var tensorAttr = () => reader(void 0, (raw) => raw.tensor);
function defineOp(def) {
  const { vjp } = def;
  const read2 = (raw) => Object.fromEntries(Object.entries(def.attrs).map(([k, a]) => [k, a.read(raw[k])]));
  return {
    kind: def.kind,
    attrNames: Object.keys(def.attrs),
    shape: (args) => list2(def.shape({ ...args, attrs: read2(args.attrs) })),
    eval: (args) => list2(def.eval({ ...args, attrs: read2(args.attrs) })),
    vjp: typeof vjp === "function" ? (args) => vjp({ ...args, attrs: read2(args.attrs) }) : vjp,
    straightThrough: def.straightThrough ?? false
  };
}
var list2 = (one) => Array.isArray(one) ? one : [one];
function required(x2, index) {
  const value = x2[index];
  if (value === null || value === void 0)
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `A node lacks its input ${index}, which its op requires. The file is damaged.`
    );
  return value;
}

// src/random.ts
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
function normals(seed) {
  const source = xoroshiro128plus(seed);
  let spare;
  return () => {
    if (spare !== void 0) {
      const kept = spare;
      spare = void 0;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(source)));
    const angle = 2 * Math.PI * uniformFloat64(source);
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
function uniforms(seed) {
  const source = xoroshiro128plus(seed);
  return () => uniformFloat64(source);
}
function shuffled(size, random, count = size) {
  const order = new Int32Array(size);
  for (let i = 0; i < size; i++) order[i] = i;
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (size - i));
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return order.subarray(0, count);
}
function scattered(seed) {
  let h = seed | 0;
  h = Math.imul(h ^ h >>> 16, 2246822507);
  h = Math.imul(h ^ h >>> 13, 3266489909);
  return h ^ h >>> 16;
}

// src/segments/lab.ts
var linear = (v) => v > 0.04045 ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92;
var lightness = (t) => t > 8856e-6 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
var [WHITE_X, WHITE_Z] = [0.95047, 1.08883];
function toLab(rgb) {
  const [red, green, blue] = rgb;
  const [lightnesses, as, bs] = [0, 1, 2].map(() => new Float64Array(red.length));
  for (let i = 0; i < red.length; i++) {
    const r = linear(red[i]);
    const g = linear(green[i]);
    const b = linear(blue[i]);
    const x2 = lightness((0.412453 * r + 0.35758 * g + 0.180423 * b) / WHITE_X);
    const y = lightness(0.212671 * r + 0.71516 * g + 0.072169 * b);
    const z = lightness((0.019334 * r + 0.119193 * g + 0.950227 * b) / WHITE_Z);
    lightnesses[i] = 116 * y - 16;
    as[i] = 500 * (x2 - y);
    bs[i] = 200 * (y - z);
  }
  return [lightnesses, as, bs];
}

// src/segments/superpixel-regions.ts
function connectRegions(clusters, limits) {
  const { smallest } = limits;
  const labels = new Int32Array(clusters.length).fill(UNSEEN);
  let next = 0;
  for (let at = 0; at < clusters.length; at++) {
    if (labels[at] !== UNSEEN) continue;
    const { piece, neighbour } = grow(at, next, { clusters, labels, limits });
    if (piece.length >= smallest) next++;
    else for (const i of piece) labels[i] = neighbour;
  }
  return { labels, count: Math.max(1, next) };
}
var UNSEEN = -1;
var STEPS = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0]
];
function grow(from, label, { clusters, labels, limits: { height, width, largest: largest3 } }) {
  const piece = [from];
  let neighbour = 0;
  labels[from] = label;
  for (let visited = 0; visited < piece.length && piece.length < largest3; visited++) {
    const at = piece[visited];
    const [y, x2] = [Math.floor(at / width), at % width];
    for (const [dy, dx] of STEPS) {
      if (y + dy < 0 || y + dy >= height || x2 + dx < 0 || x2 + dx >= width) continue;
      const to = at + dy * width + dx;
      const known4 = labels[to];
      if (known4 === UNSEEN && clusters[to] === clusters[from]) {
        labels[to] = label;
        piece.push(to);
        if (piece.length >= largest3) break;
      } else if (known4 !== UNSEEN && known4 !== label) neighbour = known4;
    }
  }
  return { piece, neighbour };
}

// src/segments/superpixels.ts
var ITERATIONS = 10;
var SMALLEST = 0.5;
var LARGEST = 3;
var roundEven = (v) => v % 1 === 0.5 ? 2 * Math.round(v / 2) : Math.round(v);
function gridOf(height, width, n) {
  const every = { start: 0, step: 1 };
  if (height * width <= n) return [every, every];
  const spaced = (step3) => ({ start: Math.floor(step3 / 2), step: roundEven(step3) });
  const square2 = Math.sqrt(height * width / n);
  const [short, long] = height <= width ? [height, width] : [width, height];
  if (short >= square2) return [spaced(square2), spaced(square2)];
  const [along2, across] = [spaced(long / n), spaced(short)];
  return height <= width ? [across, along2] : [along2, across];
}
var positions = ({ start: start2, step: step3 }, size) => Array.from({ length: Math.max(0, Math.ceil((size - start2) / step3)) }, (_, i) => start2 + i * step3);
function regionSizes(height, width, n) {
  const [rows, columns] = gridOf(height, width, n);
  const centres = positions(rows, height).length * positions(columns, width).length;
  return { centres, mean: height * width / centres };
}
function slic(picture, options = {}) {
  const { n_segments = 100, compactness = 10, sigma = 0 } = options;
  const { height, width } = picture;
  const colours = smoothed(perceived(unitRange(picture.planes)), { height, width, sigma });
  const labels = cluster(interleaved(colours, compactness), { height, width, n: n_segments });
  const { mean: mean3 } = regionSizes(height, width, n_segments);
  return connectRegions(labels, {
    height,
    width,
    smallest: Math.floor(SMALLEST * mean3),
    largest: Math.floor(LARGEST * mean3)
  });
}
function unitRange(planes) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const plane of planes)
    for (let i = 0; i < plane.length; i++) {
      low = Math.min(low, plane[i]);
      high = Math.max(high, plane[i]);
    }
  if (!Number.isFinite(high - low))
    throw new OnnxplainError2(
      "E_PARAM",
      "The picture holds values that are not finite, so it has no superpixels. Check the preprocessing, or give `segments`."
    );
  const span2 = high > low ? high - low : 1;
  return planes.map((plane) => Float64Array.from(plane, (v) => (v - low) / span2));
}
function perceived(planes) {
  const [first] = planes;
  if (planes.length === 3) return toLab(planes);
  return planes.length === 1 ? toLab([first, first, first]).slice(0, 1) : planes;
}
function smoothed(planes, { height, width, sigma }) {
  if (sigma <= 0) return planes;
  const radius = Math.floor(4 * sigma + 0.5);
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const total2 = raw.reduce((s, v) => s + v, 0);
  const kernel = raw.map((v) => v / total2);
  return planes.map((plane) => {
    const down = along(plane, kernel, { count: height, stride: width, others: width, otherStride: 1 });
    return along(down, kernel, { count: width, stride: 1, others: height, otherStride: width });
  });
}
function along(plane, kernel, { count, stride, others, otherStride }) {
  const radius = kernel.length >> 1;
  const out2 = new Float64Array(plane.length);
  for (let other = 0; other < others; other++) {
    const base = other * otherStride;
    for (let i = 0; i < count; i++) {
      let sum2 = 0;
      for (let k = 0; k < kernel.length; k++)
        sum2 += kernel[k] * plane[base + mirrored(i + k - radius, count) * stride];
      out2[base + i * stride] = sum2;
    }
  }
  return out2;
}
function mirrored(i, count) {
  const period = 2 * count;
  const at = (i % period + period) % period;
  return at < count ? at : period - 1 - at;
}
function interleaved(planes, divisor) {
  const channels = planes.length;
  const values2 = new Float64Array(channels * (planes[0]?.length ?? 0));
  planes.forEach((plane, c) => {
    plane.forEach((v, i) => {
      values2[i * channels + c] = v / divisor;
    });
  });
  return { values: values2, channels };
}
function cluster(colours, { height, width, n }) {
  const [rows, columns] = gridOf(height, width, n);
  const grid = positions(rows, height).flatMap((y) => positions(columns, width).map((x2) => [y, x2]));
  const centres = {
    y: Float64Array.from(grid, ([y]) => y),
    x: Float64Array.from(grid, ([, x2]) => x2),
    colour: new Float64Array(grid.length * colours.channels)
  };
  const reach3 = gridOf(height, width, grid.length);
  const weight = 1 / Math.max(rows.step, columns.step) ** 2;
  const labels = new Int32Array(height * width);
  for (let i = 0; i < ITERATIONS; i++) {
    const moved2 = assign(labels, centres, { colours, height, width, weight, reach: reach3 });
    if (!moved2) break;
    recentre(centres, labels, { colours, width });
  }
  return labels;
}
function assign(labels, centres, { colours, height, width, weight, reach: reach3 }) {
  const { values: values2, channels } = colours;
  const nearest2 = new Float64Array(labels.length).fill(Number.MAX_VALUE);
  const [down, across] = reach3;
  let moved2 = false;
  for (let k = 0; k < centres.y.length; k++) {
    const [cy, cx] = [centres.y[k], centres.x[k]];
    const colour = centres.colour.subarray(k * channels, (k + 1) * channels);
    const [y0, y1] = [
      Math.floor(Math.max(cy - 2 * down.step, 0)),
      Math.floor(Math.min(cy + 2 * down.step + 1, height))
    ];
    const [x0, x1] = [
      Math.floor(Math.max(cx - 2 * across.step, 0)),
      Math.floor(Math.min(cx + 2 * across.step + 1, width))
    ];
    for (let y = y0; y < y1; y++) {
      const dy = (cy - y) * (cy - y);
      for (let x2 = x0; x2 < x1; x2++) {
        const at = y * width + x2;
        const best = nearest2[at];
        let distance = (dy + (cx - x2) * (cx - x2)) * weight;
        for (let c = 0; c < channels && distance < best; c++) {
          const d = values2[at * channels + c] - colour[c];
          distance += d * d;
        }
        if (distance < best) {
          nearest2[at] = distance;
          if (labels[at] !== k) moved2 = true;
          labels[at] = k;
        }
      }
    }
  }
  return moved2;
}
function recentre(centres, labels, { colours: { values: values2, channels }, width }) {
  const { y, x: x2, colour } = centres;
  const counts = new Float64Array(y.length);
  for (const field of [y, x2, colour]) field.fill(0);
  for (let at = 0; at < labels.length; at++) {
    const k = labels[at];
    counts[k] += 1;
    y[k] += Math.floor(at / width);
    x2[k] += at % width;
    for (let c = 0; c < channels; c++) colour[k * channels + c] += values2[at * channels + c];
  }
  for (let k = 0; k < y.length; k++) {
    const count = counts[k];
    y[k] /= count;
    x2[k] /= count;
    for (let c = 0; c < channels; c++) colour[k * channels + c] /= count;
  }
}

// src/drive.ts
async function drive(plan, samples2, options) {
  const found = await probed(plan.probe, samples2, options);
  const tally = tallyOf(plan.count * samples2.length, options);
  return "steps" in plan ? inStep(plan, samples2, found, options, tally) : inRows(plan, samples2, found, options, tally);
}
function tallyOf(total2, { signal, onProgress }) {
  let done = 0;
  return {
    check: () => {
      if (signal?.aborted)
        throw new OnnxplainError2("E_ABORTED", `Stopped after ${done} of ${total2} passes.`, { cause: signal.reason });
    },
    add: (rows) => {
      done += rows;
      onProgress?.({ done: Math.min(done, total2), total: total2 });
    }
  };
}
var NOTHING = {};
async function probed(probe, samples2, { probe: session, signal }) {
  if (probe === void 0) return samples2.map(() => NOTHING);
  const found = [];
  const tally = tallyOf(samples2.length, { session, batch: 1, signal });
  for (const sample of samples2) {
    tally.check();
    const [result] = await runRows(session, probe, [probe.row(sample)]);
    found.push(result);
    tally.add(1);
  }
  return found;
}
async function inRows(plan, samples2, found, { session, batch }, tally) {
  const folds = samples2.map((s, i) => plan.fold(s, found[i]));
  let pending = [];
  let shared = {};
  const flush = async () => {
    if (pending.length === 0) return;
    tally.check();
    const rows = pending.map((p) => p.row);
    const { perRow, perRun } = await runWith(session, plan, rows, shared);
    for (const [i, { fold }] of pending.entries()) fold.add(perRow[i]);
    if (plan.sums) pending[0]?.fold.addRun?.(perRun);
    tally.add(pending.length);
    pending = [];
  };
  for (const [i, sample] of samples2.entries()) {
    if (plan.shared) {
      await flush();
      shared = plan.shared(sample, found[i]);
    }
    for (const row of plan.rows(sample, found[i])) {
      pending.push({ row, fold: folds[i] });
      if (pending.length >= batch) await flush();
    }
  }
  await flush();
  return folds.map((f) => f.done());
}
async function inStep(plan, samples2, found, { session, batch }, tally) {
  const done = [];
  let waiting = samples2.map((s, i) => {
    const steps2 = plan.steps(s, found[i]);
    return { i, steps: steps2, next: steps2.next() };
  });
  for (; ; ) {
    for (const { i, next } of waiting) if (next.done) done[i] = next.value;
    waiting = waiting.filter(({ next }) => !next.done);
    if (waiting.length === 0) return done;
    for (let at = 0; at < waiting.length; at += batch) {
      tally.check();
      const group2 = waiting.slice(at, at + batch);
      const results = await runRows(
        session,
        plan,
        group2.map(({ next }) => next.value)
      );
      group2.forEach((w, j) => {
        w.next = w.steps.next(results[j]);
      });
      tally.add(group2.length);
    }
  }
}
var runRows = async (session, plan, rows) => (await runWith(session, plan, rows, {})).perRow;
async function runWith(session, { model: model2, outputs, sums = [] }, rows, shared) {
  const shapes = new Map(model2.graph.inputs.map((p) => [p.name, (p.dims ?? []).slice(1)]));
  const feeds = {};
  for (const name of session.inputs) {
    const same = shared[name];
    feeds[name] = stack(same ? [same] : rows.map((row) => row[name]), shapes.get(name) ?? []);
  }
  const results = await session.run(feeds, outputs);
  const each2 = outputs.filter((name) => !sums.includes(name));
  return {
    perRow: rows.map(
      (_, i) => Object.fromEntries(each2.map((name) => [name, rowOf2(results[name], i, rows.length)]))
    ),
    perRun: Object.fromEntries(sums.map((name) => [name, results[name].data]))
  };
}
function stack(rows, dims) {
  const size = rows[0].length;
  if (rows.length === 1) return { dtype: "float32", dims: [1, ...dims], data: rows[0] };
  const data2 = new Float32Array(size * rows.length);
  for (const [i, row] of rows.entries()) data2.set(row, i * size);
  return { dtype: "float32", dims: [rows.length, ...dims], data: data2 };
}
function rowOf2(t, index, count) {
  const data2 = t.data;
  if (count === 1) return data2;
  const size = data2.length / count;
  return data2.slice(index * size, (index + 1) * size);
}

// src/runtime/budget.ts
function bytesPerRow(graph) {
  let elements = 0;
  for (const node of graph.nodes) {
    for (const name of node.outputs) {
      const dims = graph.facts.get(name)?.dims;
      if (dims && typeof dims[0] === "string")
        elements += dims.slice(1).reduce((p, d) => p * (typeof d === "number" ? d : 1), 1);
    }
  }
  return elements * 4;
}
var rowsWithin = (graph, maxMemory) => Math.max(1, Math.floor(maxMemory / Math.max(1, bytesPerRow(graph))));

// src/explain/sessions.ts
var DEFAULT_BATCH = 16;
var DEFAULT_MEMORY = 2 ** 30;
var graphKey = (graph, { scoreKind, height, width, layout }) => JSON.stringify([graph, scoreKind, layout, height, width]);
function scoreSession(model2, classifier, options) {
  return model2.session(
    graphKey("scores", classifier),
    () => {
      const g = extend(classifier.model, classifier.ops);
      return close(classifier.model, g, [g.value(classifier.scores)]);
    },
    options
  );
}
function rowsAtOnce({ graph }, { freeBatch: freeBatch2 }, { batch = DEFAULT_BATCH, maxMemory = DEFAULT_MEMORY }) {
  if (!(Number.isInteger(batch) && batch >= 1))
    throw new OnnxplainError2("E_PARAM", `Expected \`batch\` to be an integer from 1 up, got ${batch}.`);
  if (!(maxMemory > 0))
    throw new OnnxplainError2("E_PARAM", `Expected \`maxMemory\` to be a number of bytes, got ${maxMemory}.`);
  return freeBatch2 ? Math.min(batch, rowsWithin(graph, maxMemory)) : 1;
}

// src/explain/scores.ts
async function scoreRows(model2, classifier, rows, options) {
  const release = model2.hold();
  try {
    const opened = performance.now();
    const session = await scoreSession(model2, classifier, options);
    const began = performance.now();
    const batch = rowsAtOnce(classifier.model, classifier, options);
    const samples2 = rows.map((x2) => ({ x: x2, cotangent: new Float32Array() }));
    const scores2 = await drive(forward(classifier), samples2, { session, batch, signal: options.signal });
    for (const row of scores2) refuseNaN(row, "The network's score");
    return { scores: scores2, sessionMs: began - opened, runMs: performance.now() - began };
  } finally {
    release();
  }
}
var forward = (classifier) => ({
  model: { ...classifier.model, graph: { ...classifier.model.graph, inputs: [classifier.input] } },
  outputs: [classifier.scores],
  count: 1,
  notes: [],
  rows: ({ x: x2 }) => [{ [classifier.input.name]: x2 }],
  fold: () => {
    let values2 = new Float32Array();
    return {
      add: (r) => {
        values2 = r[classifier.scores];
      },
      done: () => values2
    };
  }
});
function refuseNaN(values2, what) {
  if (values2.some((v) => Number.isNaN(v))) {
    throw new OnnxplainError2(
      "E_NUMERIC",
      `${what} is not a number (NaN). Weights or input hold NaN or infinite values; check the export and the preprocessing.`
    );
  }
}

// src/explain.ts
async function predict(model2, image2, options = {}) {
  const classifier = model2.classifier(options);
  const input = await readInput(model2, classifier, image2, options);
  return (await scoreRows(model2, classifier, input.rows, options)).scores;
}

// src/graph/write.ts
import { create } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttrType,
  GraphProtoSchema,
  ModelProtoSchema as ModelProtoSchema3,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema
} from "onnx-buf";

// src/proto/codec.ts
import { fromBinary as fromBinary2, toBinary as toBinary2 } from "@bufbuild/protobuf";
import { ModelProtoSchema as ModelProtoSchema2 } from "onnx-buf";
function decodeModel2(bytes) {
  if (bytes.length === 0)
    throw new OnnxplainError2("E_MODEL_READ", "The model file is empty (0 bytes). Export it again.");
  const owned = new Uint8Array(bytes.length);
  owned.set(bytes);
  let model2;
  try {
    model2 = fromBinary2(ModelProtoSchema2, owned);
  } catch (cause) {
    const text4 = new TextDecoder().decode(owned.subarray(0, 64));
    const why = text4.startsWith("version https://git-lfs") ? "it is a Git LFS pointer, not the file itself; run `git lfs pull`" : "its protobuf encoding is broken (truncated download, or not an ONNX file)";
    throw new OnnxplainError2("E_MODEL_READ", `Cannot decode the model (${bytes.length} bytes): ${why}.`, { cause });
  }
  if (model2.graph === void 0) {
    throw new OnnxplainError2(
      "E_MODEL_READ",
      `The file decodes but holds no graph (${bytes.length} bytes): it is not an ONNX model.`
    );
  }
  return model2;
}
function encodeModel(model2) {
  try {
    return toBinary2(ModelProtoSchema2, model2);
  } catch (cause) {
    throw new OnnxplainError2("E_MODEL_READ", "Cannot encode the model; protobuf files end at 2 GiB.", { cause });
  }
}

// src/graph/write.ts
var writeModelBytes = (model2) => encodeModel(writeModel(model2));
function writeModel(model2) {
  const { graph } = model2;
  return create(ModelProtoSchema3, {
    irVersion: BigInt(model2.irVersion),
    producerName: "onnxplain",
    opsetImport: [["", model2.opset], ...model2.domains].map(
      ([domain, version]) => create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) })
    ),
    metadataProps: [...model2.metadata].map(([key2, value]) => create(StringStringEntryProtoSchema, { key: key2, value })),
    functions: [...model2.functions],
    graph: create(GraphProtoSchema, {
      name: graph.name,
      input: graph.inputs.map(writePort),
      output: graph.outputs.map(writePort),
      initializer: [...graph.constants].map(([name, t]) => writeTensor(t, name)),
      valueInfo: enlarged(graph).map(writePort),
      node: graph.nodes.map(writeNode)
    })
  });
}
function enlarged({ nodes, facts, outputs }) {
  const declared = new Set(outputs.map((p) => p.name));
  return nodes.flatMap(({ op, outputs: [name = ""] }) => {
    const fact = op === "Resize" && !declared.has(name) ? facts.get(name) : void 0;
    return fact?.dims?.some((d) => typeof d === "string" && /^\w+$/.test(d)) ? [{ name, dtype: fact.dtype, dims: fact.dims }] : [];
  });
}
function writePort(port) {
  const tensor2 = create(TypeProto_TensorSchema, { elemType: dtypeCode(port.dtype) });
  if (port.dims) tensor2.shape = create(TensorShapeProtoSchema, { dim: port.dims.map(writeDim) });
  return create(ValueInfoProtoSchema, {
    name: port.name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensor2 } })
  });
}
function writeDim(dim) {
  if (typeof dim === "number")
    return create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(dim) } });
  if (!/^\w+$/.test(dim)) return create(TensorShapeProto_DimensionSchema);
  return create(TensorShapeProto_DimensionSchema, { value: { case: "dimParam", value: dim } });
}
function writeTensor(t, name) {
  const out2 = create(TensorProtoSchema, { name, dataType: dtypeCode(t.dtype), dims: t.dims.map(BigInt) });
  if (t.dtype === "string") out2.stringData = t.data.map((s) => new TextEncoder().encode(s));
  else {
    const data2 = t.data;
    out2.rawData = new Uint8Array(data2.buffer, data2.byteOffset, data2.byteLength);
  }
  return out2;
}
function writeNode(node) {
  return create(NodeProtoSchema, {
    opType: node.op,
    domain: node.domain,
    name: node.name,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attrs).map(([name, value]) => writeAttr(name, value))
  });
}
function writeAttr(name, value) {
  const attr = create(AttributeProtoSchema, { name });
  if (typeof value === "number") return Object.assign(attr, { type: AttrType.INT, i: toInt64(value) });
  if (typeof value === "string")
    return Object.assign(attr, { type: AttrType.STRING, s: new TextEncoder().encode(value) });
  if (Array.isArray(value)) {
    if (value.length > 0 && typeof value[0] === "string")
      return Object.assign(attr, {
        type: AttrType.STRINGS,
        strings: value.map((s) => new TextEncoder().encode(s))
      });
    return Object.assign(attr, { type: AttrType.INTS, ints: value.map((v) => toInt64(v)) });
  }
  if ("float" in value) return Object.assign(attr, { type: AttrType.FLOAT, f: value.float });
  if ("floats" in value) return Object.assign(attr, { type: AttrType.FLOATS, floats: [...value.floats] });
  if ("tensor" in value) return Object.assign(attr, { type: AttrType.TENSOR, t: writeTensor(value.tensor, "") });
  if ("graph" in value) return Object.assign(attr, { type: AttrType.GRAPH, g: value.graph });
  throw new Error(`internal: attribute ${name} has no ONNX form`);
}

// src/ops/_reduction.ts
function reducedAxes(axes2, rank, noop) {
  const given3 = axes2 ? numbersOf(axes2) : [];
  if (given3 === void 0) return void 0;
  if (given3.length > 0) return given3.map((a) => normalizeAxis(a, rank)).sort((a, b) => a - b);
  return noop ? [] : Array.from({ length: rank }, (_, i) => i);
}
var reducedDims = (dims, axes2, keepdims) => keepdims ? dims.map((d, i) => axes2.includes(i) ? 1 : d) : dims.filter((_, i) => !axes2.includes(i));
function groupsOf({ dims, data: data2 }, axes2) {
  const kept = reducedDims(dims, axes2, true);
  const strides2 = alignedStrides(kept, dims.length);
  const count = axes2.reduce((p, a) => p * dims[a], 1);
  const groups = Array.from({ length: kept.reduce((p, d) => p * d, 1) }, () => new Float64Array(count));
  const filled = new Uint32Array(groups.length);
  eachIndex(dims, (index, position) => {
    let at = 0;
    for (let i = 0; i < index.length; i++) at += index[i] * strides2[i];
    const k = filled[at];
    groups[at][k] = data2[position];
    filled[at] = k + 1;
  });
  return groups;
}
var restoreAxes = (g, v, axes2, keepdims) => keepdims || axes2.length === 0 ? v : g.op("Unsqueeze", [v, g.ints(axes2)]);

// src/ops/zeros-like.ts
function zerosLike(g, v) {
  const shape = isStatic(v.dims) ? g.ints(v.dims) : g.op("Shape", [v]);
  const attrs = v.dtype === "float32" ? {} : { value: { tensor: tensor(v.dtype, [1], [0]) } };
  return g.op("ConstantOfShape", [shape], attrs, "zeros");
}

// src/ops/arg-max.ts
var arg = (sign) => defineOp({
  kind: "constant",
  attrs: { axis: int(0), keepdims: flag(true), select_last_index: flag() },
  shape: ({ x: x2, attrs }) => {
    const { dims } = required(x2, 0);
    return {
      dtype: "int64",
      dims: dims && reducedDims(dims, [normalizeAxis(attrs.axis, dims.length)], attrs.keepdims)
    };
  },
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const axes2 = [normalizeAxis(attrs.axis, data2.dims.length)];
    const beats = (a, b) => sign * a > sign * b || attrs.select_last_index && a === b;
    const best = groupsOf(data2, axes2).map(
      (values2) => values2.reduce((at, v, i) => i > 0 && beats(v, values2[at]) ? i : at, 0)
    );
    return num("int64", reducedDims(data2.dims, axes2, attrs.keepdims), best);
  },
  vjp: { none: "the position of an extremum is an index" }
});
var ArgMax = arg(1);
var ArgMin = arg(-1);
function topK({ dtype, dims, data: data2 }, o) {
  const axis = normalizeAxis(o.axis, dims.length);
  const outDims = dims.map((d, i) => i === axis ? o.k : d);
  const values2 = zeros(dtype, outDims);
  const indices = zeros("int64", outDims);
  const from = stridesOf(dims);
  const to = stridesOf(outDims);
  const sign = o.largest ? -1 : 1;
  eachIndex(
    dims.map((d, i) => i === axis ? 1 : d),
    (index) => {
      const base = index.reduce((s, i, a) => s + i * from[a], 0);
      const at = (i) => data2[base + i * from[axis]];
      const order = Array.from({ length: dims[axis] }, (_, i) => i).sort(
        (a, b) => sign * (at(a) - at(b)) || a - b
      );
      const start2 = index.reduce((s, i, a) => s + i * to[a], 0);
      order.slice(0, o.k).forEach((i, rank) => {
        values2.data[start2 + rank * to[axis]] = at(i);
        indices.data[start2 + rank * to[axis]] = i;
      });
    }
  );
  return [values2, indices];
}
var TopK = defineOp({
  kind: "movement",
  attrs: { axis: int(-1), largest: flag(true), sorted: flag(true) },
  shape: ({ x: x2, attrs, name }) => {
    const { dtype, dims } = required(x2, 0);
    const k = required(x2, 1).content?.[0] ?? numbersOf(x2[1])?.[0];
    const axis = dims && normalizeAxis(attrs.axis, dims.length);
    const out2 = dims?.map((d, i) => i === axis ? k ?? unknownDim(name, i) : d);
    return [
      { dtype, dims: out2 },
      { dtype: "int64", dims: out2 }
    ];
  },
  eval: ({ x: x2, attrs }) => topK(required(x2, 0), { ...attrs, k: required(x2, 1).data[0] }),
  vjp: ({ g, dys, x: x2, ys, attrs }) => {
    const dy = dys[0];
    return dy ? [g.op("ScatterElements", [zerosLike(g, required(x2, 0)), required(ys, 1), dy], { axis: attrs.axis })] : [];
  }
});

// src/ops/arithmetic.ts
var numeric = (f) => (a, b) => typeof a === "number" && typeof b === "number" ? f(a, b) : void 0;
function contentOf(a, b, rule) {
  if (!rule || !a.content || !b.content || isFloat(a.dtype)) return void 0;
  const length = Math.max(a.content.length, b.content.length);
  const at = (c, i) => c.length === 1 ? c[0] : c[i];
  const out2 = [];
  for (let i = 0; i < length; i++) {
    const x2 = at(a.content, i);
    const y = at(b.content, i);
    const z = x2 === void 0 || y === void 0 ? void 0 : rule(x2, y);
    if (z === void 0) return void 0;
    out2.push(z);
  }
  return out2;
}
var binary = (def) => defineOp({
  kind: def.kind,
  attrs: {},
  shape: ({ x: x2 }) => {
    const a = required(x2, 0);
    const b = required(x2, 1);
    const content = contentOf(a, b, def.content);
    return { dtype: a.dtype, dims: broadcastDims(a.dims, b.dims), ...content ? { content } : {} };
  },
  eval: ({ x: x2 }) => {
    const a = required(x2, 0);
    const whole2 = !isFloat(a.dtype);
    return mapBroadcast(a.dtype, [a, required(x2, 1)], whole2 ? (u, v) => Math.trunc(def.f(u, v)) : def.f);
  },
  vjp: def.vjp
});
var both = ({ x: x2 }) => [required(x2, 0), required(x2, 1)];
var Add = binary({
  kind: "join",
  f: (a, b) => a + b,
  content: (a, b) => a === 0 ? b : b === 0 ? a : numeric((u, v) => u + v)(a, b),
  vjp: ({ dy }) => [dy, dy]
});
var Sub = binary({
  kind: "join",
  f: (a, b) => a - b,
  content: (a, b) => b === 0 ? a : numeric((u, v) => u - v)(a, b),
  vjp: ({ g, dy, wants }) => [dy, wants[1] ? g.op("Neg", [dy]) : null]
});
var Mul = binary({
  kind: "product",
  f: (a, b) => a * b,
  content: (a, b) => elementProduct([a, b]),
  vjp: (args) => {
    const [a, b] = both(args);
    const { g, dy, wants } = args;
    return [wants[0] ? g.op("Mul", [dy, b]) : null, wants[1] ? g.op("Mul", [dy, a]) : null];
  }
});
var Div = binary({
  kind: "product",
  f: (a, b) => a / b,
  content: (a, b) => dimQuotient(a, b) ?? numeric((u, v) => Math.trunc(u / v))(a, b),
  // d(a/b) = da/b - y db/b
  vjp: (args) => {
    const [, b] = both(args);
    const { g, dy, y, wants } = args;
    const da = g.op("Div", [dy, b]);
    return [wants[0] ? da : null, wants[1] ? g.op("Neg", [g.op("Mul", [da, y])]) : null];
  }
});
var Pow = binary({
  kind: "activation",
  f: (a, b) => a ** b,
  // da = b a^(b-1) dy; db = y ln(a) dy, taken as 0 where a <= 0
  vjp: (args) => {
    const [a, b] = both(args);
    const { g, dy, y, wants } = args;
    return [
      wants[0] ? g.op("Mul", [dy, powerSlope(g, a, b)]) : null,
      wants[1] ? g.op("Mul", [dy, g.op("Mul", [y, logOrZero(g, a)])]) : null
    ];
  }
});
function powerSlope(g, a, b) {
  const fixed = b.constant?.data.length === 1 ? toNumbers3(b.constant)[0] : void 0;
  if (fixed === 2) return g.op("Mul", [a, g.scalar(2, a.dtype)]);
  const exponent = b.dtype === a.dtype ? b : g.op("Cast", [b], { to: dtypeCode(a.dtype) });
  const slope = g.op("Mul", [exponent, g.op("Pow", [a, g.op("Sub", [exponent, g.scalar(1, a.dtype)])])]);
  if (fixed !== void 0 && fixed !== 0) return slope;
  const none = g.scalar(0, a.dtype);
  return g.op("Where", [g.op("Equal", [exponent, none]), none, slope]);
}
function logOrZero(g, a) {
  const positive2 = g.op("Greater", [a, g.scalar(0, a.dtype)]);
  return g.op("Where", [
    positive2,
    g.op("Log", [g.op("Where", [positive2, a, g.scalar(1, a.dtype)])]),
    g.scalar(0, a.dtype)
  ]);
}
var Mod = defineOp({
  kind: "constant",
  attrs: { fmod: { read: (raw) => raw === 1 } },
  shape: ({ x: x2 }) => {
    const a = required(x2, 0);
    const b = required(x2, 1);
    const content = contentOf(
      a,
      b,
      numeric((u, v) => (u % v + v) % v)
    );
    return { dtype: a.dtype, dims: broadcastDims(a.dims, b.dims), ...content ? { content } : {} };
  },
  eval: ({ x: x2, attrs }) => mapBroadcast(
    required(x2, 0).dtype,
    [required(x2, 0), required(x2, 1)],
    attrs.fmod ? (a, b) => a % b : (a, b) => a - b * Math.floor(a / b)
  ),
  vjp: { none: "remainder" }
});
var variadic = (def) => defineOp({
  kind: def.kind,
  attrs: {},
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: broadcastDims(...x2.map((f) => f?.dims)) }),
  eval: ({ x: x2 }) => mapBroadcast(
    required(x2, 0).dtype,
    x2.map((_, i) => required(x2, i)),
    (...v) => def.f(v)
  ),
  vjp: def.vjp
});
var Sum = variadic({
  kind: "join",
  f: (v) => v.reduce((s, a) => s + a, 0),
  vjp: ({ dy, x: x2 }) => x2.map(() => dy)
});
var Mean = variadic({
  kind: "join",
  f: (v) => v.reduce((s, a) => s + a, 0) / v.length,
  vjp: ({ g, dy, x: x2 }) => {
    const part2 = g.op("Mul", [dy, g.scalar(1 / x2.length, dy.dtype)]);
    return x2.map(() => part2);
  }
});
function extremumVjp({ g, dy, x: x2, y }) {
  let taken;
  return x2.map((_, i) => {
    const here = g.op("Equal", [required(x2, i), y]);
    const wins = taken ? g.op("And", [here, g.op("Not", [taken])]) : here;
    taken = taken ? g.op("Or", [taken, here]) : here;
    return g.op("Mul", [dy, g.op("Cast", [wins], { to: 1 })]);
  });
}
var Max = variadic({ kind: "activation", f: (v) => Math.max(...v), vjp: extremumVjp });
var Min = variadic({ kind: "activation", f: (v) => Math.min(...v), vjp: extremumVjp });

// src/ops/_enlarge.ts
var enlarge = (g, v, by) => g.op("Resize", [v, null, g.constant(tensor("float32", [by.length + 2], [1, 1, ...by]))], {
  mode: "nearest",
  coordinate_transformation_mode: "asymmetric",
  nearest_mode: "floor"
});

// src/ops/conv-geometry.ts
var extent = (a) => a.dilation * (a.kernel - 1) + 1;
function windowCount(size, a, ceil = false) {
  const span2 = size + a.begin + a.end - extent(a);
  if (span2 < 0) return 0;
  if (!ceil) return Math.floor(span2 / a.stride) + 1;
  const count = Math.ceil(span2 / a.stride) + 1;
  return (count - 1) * a.stride >= size + a.begin ? count - 1 : count;
}
function windowAxes(kernel, attrs, spatial) {
  const rank = kernel.length;
  return kernel.map((k, i) => {
    const stride = attrs.strides?.[i] ?? 1;
    const dilation = attrs.dilations?.[i] ?? 1;
    const axis = { kernel: k, stride, dilation };
    if (attrs.auto_pad === "SAME_UPPER" || attrs.auto_pad === "SAME_LOWER") {
      const size = spatial[i];
      const total2 = typeof size === "number" ? Math.max(0, (Math.ceil(size / stride) - 1) * stride + dilation * (k - 1) + 1 - size) : stride === 1 ? dilation * (k - 1) : 0;
      const less = Math.floor(total2 / 2);
      return attrs.auto_pad === "SAME_UPPER" ? { ...axis, begin: less, end: total2 - less } : { ...axis, begin: total2 - less, end: less };
    }
    const explicit = attrs.auto_pad === "VALID" ? void 0 : attrs.pads;
    return { ...axis, begin: explicit?.[i] ?? 0, end: explicit?.[i + rank] ?? 0 };
  });
}
function windowDim(size, a, options) {
  if (typeof size === "number") return windowCount(size, a, options.ceil);
  if (size !== void 0 && a.stride === 1 && a.begin + a.end === extent(a) - 1) return size;
  return unknownDim(options.name, options.axis);
}
var padsOf = (axes2) => [
  ...axes2.map((a) => a.begin),
  ...axes2.map((a) => a.end)
];

// src/ops/_windows.ts
function windowOffsets(spatial, axes2, ceil) {
  const out2 = axes2.map((a, i) => windowCount(spatial[i], a, ceil));
  const strides2 = stridesOf(spatial);
  const kernel = axes2.map((a) => a.kernel);
  const offsets = [];
  eachIndex(out2, (at) => {
    const list3 = [];
    eachIndex(kernel, (k) => {
      let offset = 0;
      for (let i = 0; i < axes2.length; i++) {
        const a = axes2[i];
        const p = at[i] * a.stride - a.begin + k[i] * a.dilation;
        if (p < 0 || p >= spatial[i]) return;
        offset += p * strides2[i];
      }
      list3.push(offset);
    });
    offsets.push(list3);
  });
  return { out: out2, offsets };
}
function poolEach(x2, axes2, ceil, visit) {
  const spatial = x2.dims.slice(2);
  const planes = x2.dims[0] * x2.dims[1];
  const size = elementCount2(spatial);
  const { out: out2, offsets } = windowOffsets(spatial, axes2, ceil);
  const data2 = new Float64Array(planes * offsets.length);
  for (let p = 0; p < planes; p++) {
    for (let w = 0; w < offsets.length; w++)
      data2[p * offsets.length + w] = visit(offsets[w], p * size, w);
  }
  return { dims: [x2.dims[0], x2.dims[1], ...out2], data: data2 };
}

// src/ops/phase-convolutions.ts
function phasesOf({ kernel, stride, begin }, small, cells) {
  return Array.from({ length: stride }, (_, f) => {
    const from = Math.ceil((f + begin - kernel + 1) / stride);
    const taps2 = Math.floor((f + begin) / stride) - from + 1;
    return { first: f + begin - stride * from, taps: taps2, pads: [-from, cells + taps2 - 1 - small + from] };
  });
}
function phaseCotangent(g, { dy, w, axes: axes2, small, size }) {
  const grid = [Math.ceil(size[0] / axes2[0].stride), Math.ceil(size[1] / axes2[1].stride)];
  const [rows, columns] = axes2.map((a, i) => phasesOf(a, small[i], grid[i]));
  if ([...rows, ...columns].some((p) => p.taps < 1 || p.pads.some((v) => v < 0))) return void 0;
  const steps2 = axes2.map((a) => -a.stride);
  const phase = (r, c) => {
    const ends = [r, c].map((p, i) => p.first + steps2[i] * (p.taps - 1) - 1).map((end) => end < 0 ? -(2 ** 31) : end);
    const taps2 = g.op("Slice", [w, g.ints([r.first, c.first]), g.ints(ends), g.ints([2, 3]), g.ints(steps2)]);
    const kernel = g.op("Transpose", [taps2], { perm: [1, 0, 2, 3] });
    return g.op("Conv", [dy, kernel], {
      kernel_shape: [r.taps, c.taps],
      pads: [r.pads[0], c.pads[0], r.pads[1], c.pads[1]]
    });
  };
  return interleave(
    g,
    rows.map((r) => columns.map((c) => phase(r, c))),
    { grid, size, zeroMargin: false }
  );
}

// src/ops/sub-pixel.ts
function axisOf({ kernel, stride, begin }, small, size) {
  const first = Math.ceil((begin - kernel + 1) / stride);
  const last2 = Math.floor((stride - 1 + begin) / stride);
  const taps2 = last2 - first + 1;
  const cells = Math.ceil(size / stride);
  const before = stride * last2 - begin;
  return {
    taps: taps2,
    grow: [before, stride * taps2 - before - kernel],
    pads: [-first, cells + taps2 - 1 - small + first],
    cells
  };
}
function subPixelCotangent(g, { dy, w, axes: axes2, small, size }) {
  const s = axes2[0].stride;
  const [rows, columns] = axes2.map((a, i) => axisOf(a, small[i], size[i]));
  if (axes2[1].stride !== s || [rows, columns].some((a) => [...a.pads, ...a.grow].some((p) => p < 0))) return void 0;
  const [o, c] = w.dims;
  const grown = g.op("Pad", [w, g.ints([0, 0, rows.grow[0], columns.grow[0], 0, 0, rows.grow[1], columns.grow[1]])]);
  const cells = g.op("Reshape", [grown, g.ints([o, c, rows.taps, s, columns.taps, s])]);
  const flipped = g.op("Slice", [
    cells,
    g.ints([-1, -1]),
    g.ints([-(2 ** 31), -(2 ** 31)]),
    g.ints([2, 4]),
    g.ints([-1, -1])
  ]);
  const kernel = g.op("Reshape", [
    g.op("Transpose", [flipped], { perm: [3, 5, 1, 0, 2, 4] }),
    g.ints([s * s * c, o, rows.taps, columns.taps])
  ]);
  const pixels3 = g.op("Conv", [dy, kernel], {
    kernel_shape: [rows.taps, columns.taps],
    pads: [rows.pads[0], columns.pads[0], rows.pads[1], columns.pads[1]]
  });
  const whole2 = g.op("DepthToSpace", [pixels3], { blocksize: s, mode: "DCR" });
  const cut = [0, 1].filter((i) => [rows, columns][i].cells * s !== size[i]);
  if (cut.length === 0) return whole2;
  return g.op("Slice", [
    whole2,
    g.ints(cut.map(() => 0)),
    g.ints(cut.map((i) => size[i])),
    g.ints(cut.map((i) => i + 2))
  ]);
}

// src/ops/conv-vjp.ts
var FEW_CHANNELS = 4;
function convInputCotangent(g, c) {
  const { axes: axes2, group: group2 } = c;
  const [o, cg] = c.w.dims;
  const spatial = c.data.dims?.slice(2);
  const flippable = axes2.every((a) => a.begin <= extent(a) - 1 && a.end <= extent(a) - 1);
  const pointwise = axes2.every((a) => a.kernel === 1);
  if (flippable && axes2.every((a) => a.stride === 1)) {
    const narrow2 = group2 === 1 && cg < FEW_CHANNELS && !pointwise && isStatic(spatial);
    return narrow2 ? convByTranspose(g, c) : convByFlippedWeights(g, c);
  }
  if (group2 === 1 && axes2.every((a) => a.dilation === 1)) {
    const made2 = strided(g, c);
    if (made2) return made2;
  }
  const depthwise = cg === 1 && o === group2 && group2 > 1 && axes2.length === 2 && isStatic(spatial) && isStatic(c.dy.dims?.slice(2));
  return (depthwise && flippable ? depthwiseStrided(g, c) : void 0) ?? convByTranspose(g, c);
}
var LARGE_KERNEL = 5;
var BLOCK2 = 16;
function strided(g, { dy, w, data: data2, axes: axes2 }) {
  const [small, size] = [dy.dims?.slice(2), data2.dims?.slice(2)];
  if (axes2.length !== 2 || !isStatic(small) || !isStatic(size)) return void 0;
  const c = {
    dy,
    w,
    axes: axes2,
    small,
    size
  };
  const [o, channels] = w.dims;
  if (channels < FEW_CHANNELS) return axes2.every((a) => a.kernel >= LARGE_KERNEL) ? subPixelCotangent(g, c) : void 0;
  return channels % BLOCK2 === 0 && o % BLOCK2 === 0 && axes2.every((a) => a.kernel >= a.stride) ? phaseCotangent(g, c) : void 0;
}
function depthwiseStrided(g, c) {
  const small = c.dy.dims.slice(2);
  const size = c.data.dims.slice(2);
  const strides2 = c.axes.map((a) => a.stride);
  const spread2 = small.map((s, i) => s * strides2[i]);
  const back2 = c.axes.map((a, i) => ({
    ...a,
    stride: 1,
    begin: a.begin,
    end: extent(a) - 1 - (size[i] + a.begin - spread2[i])
  }));
  if (back2.some((a) => a.end > extent(a) - 1)) return void 0;
  const plane = new Float32Array(elementCount2(spread2));
  const [h, w] = spread2;
  for (let i = 0; i < h; i += strides2[0])
    for (let j = 0; j < w; j += strides2[1]) plane[i * w + j] = 1;
  const spaced = g.op("Mul", [enlarge(g, c.dy, strides2), g.constant(tensor("float32", [1, 1, h, w], plane), "grid")]);
  return convByFlippedWeights(g, { ...c, dy: spaced, axes: back2 });
}
function convByFlippedWeights(g, { dy, w, axes: axes2, group: group2 }) {
  const back2 = axes2.map((a) => ({ ...a, begin: extent(a) - 1 - a.begin, end: extent(a) - 1 - a.end }));
  return g.op("Conv", [dy, swapChannels(g, flip(g, w), group2)], {
    dilations: axes2.map((a) => a.dilation),
    group: group2,
    kernel_shape: axes2.map((a) => a.kernel),
    pads: padsOf(back2),
    strides: axes2.map(() => 1)
  });
}
function convByTranspose(g, { dy, w, data: data2, axes: axes2, group: group2 }) {
  const spatial = data2.dims?.slice(2);
  if (!isStatic(spatial)) {
    throw new OnnxplainError2(
      "E_SHAPE",
      `The gradient of a strided convolution needs the size of its input \`${data2.name}\`, which is free. Fix the model's input size (\`--size\`).`
    );
  }
  const output_padding = axes2.map((a, i) => (spatial[i] + a.begin + a.end - extent(a)) % a.stride);
  return g.op("ConvTranspose", [dy, w], {
    dilations: axes2.map((a) => a.dilation),
    group: group2,
    kernel_shape: axes2.map((a) => a.kernel),
    output_padding,
    pads: padsOf(axes2),
    strides: axes2.map((a) => a.stride)
  });
}
function flip(g, w) {
  const dims = w.dims;
  const axes2 = dims.flatMap((d, i) => i >= 2 && d > 1 ? [i] : []);
  if (axes2.length === 0) return w;
  return g.op(
    "Slice",
    [w, g.ints(axes2.map(() => -1)), g.ints(axes2.map(() => -(2 ** 31))), g.ints(axes2), g.ints(axes2.map(() => -1))],
    {},
    "flip"
  );
}
function swapChannels(g, w, group2) {
  const [o, cg, ...kernel] = w.dims;
  if (cg === 1 && o === group2) return w;
  const tail = kernel.map((_, i) => i + 2);
  if (group2 === 1) return g.op("Transpose", [w], { perm: [1, 0, ...tail] });
  const split = g.op("Reshape", [w, g.ints([group2, o / group2, cg, ...kernel])]);
  const swapped = g.op("Transpose", [split], { perm: [0, 2, 1, ...tail.map((i) => i + 1)] });
  return g.op("Reshape", [swapped, g.ints([group2 * cg, o / group2, ...kernel])]);
}
function convWeightCotangent(g, { dy, w, data: data2, axes: axes2, group: group2 }) {
  const [, cg, ...kernel] = w.dims;
  const channels = data2.dims[1];
  const rank = axes2.length + 2;
  const firstTwo = [1, 0, ...Array.from({ length: axes2.length }, (_, i) => i + 2)];
  let x2 = data2;
  if (group2 > 1) {
    const spatial = data2.dims.slice(2);
    const split = g.op("Reshape", [data2, g.ints([-1, group2, channels / group2, ...spatial])]);
    const moved2 = g.op("Transpose", [split], {
      perm: [2, 1, 0, ...Array.from({ length: axes2.length }, (_, i) => i + 3)]
    });
    x2 = g.op("Reshape", [moved2, g.ints([cg, -1, ...spatial])]);
  } else x2 = g.op("Transpose", [data2], { perm: firstTwo });
  const raw = g.op("Conv", [x2, g.op("Transpose", [dy], { perm: firstTwo })], {
    dilations: axes2.map((a) => a.stride),
    group: group2,
    pads: padsOf(axes2),
    strides: axes2.map((a) => a.dilation)
  });
  const spatialAxes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  const cut = g.op("Slice", [raw, g.ints(spatialAxes.map(() => 0)), g.ints(kernel), g.ints(spatialAxes)]);
  return g.op("Transpose", [cut], { perm: firstTwo });
}

// src/ops/average-pool.ts
var poolAttrs = {
  auto_pad: text2("NOTSET"),
  ceil_mode: flag(),
  dilations: ints(),
  kernel_shape: ints(),
  pads: ints(),
  strides: ints()
};
function pooledDims(dims, axes2, ceil, name) {
  return dims && [...dims.slice(0, 2), ...axes2.map((a, i) => windowDim(dims[i + 2], a, { ceil, name, axis: i + 2 }))];
}
function divisors(spatial, axes2, ceil, includePad) {
  if (!includePad) return windowOffsets(spatial, axes2, ceil).offsets.map((o) => o.length);
  const padded = spatial.map((s, i) => s + axes2[i].begin + axes2[i].end);
  const bare2 = axes2.map((a) => ({ ...a, begin: 0, end: 0 }));
  const counts = windowOffsets(padded, bare2, ceil).offsets.map((o) => o.length);
  return counts;
}
var AveragePool = defineOp({
  kind: "pool",
  attrs: { ...poolAttrs, count_include_pad: flag() },
  shape: ({ x: x2, attrs, name }) => {
    const { dtype, dims } = required(x2, 0);
    return {
      dtype,
      dims: pooledDims(dims, windowAxes(attrs.kernel_shape ?? [], attrs, dims?.slice(2) ?? []), attrs.ceil_mode, name)
    };
  },
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const spatial = data2.dims.slice(2);
    const axes2 = windowAxes(attrs.kernel_shape ?? [], attrs, spatial);
    const counts = divisors(spatial, axes2, attrs.ceil_mode, attrs.count_include_pad);
    const y = poolEach(
      data2,
      axes2,
      attrs.ceil_mode,
      (offsets, base, w) => offsets.reduce((s, o) => s + data2.data[base + o], 0) / counts[w]
    );
    return num(data2.dtype, y.dims, y.data);
  },
  vjp: ({ g, dy, x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const spatial = staticSpatial(data2, "AveragePool");
    const declared = windowAxes(attrs.kernel_shape ?? [], attrs, spatial);
    const counts = divisors(spatial, declared, attrs.ceil_mode, attrs.count_include_pad);
    const out2 = declared.map((a, i) => windowCount(spatial[i], a, attrs.ceil_mode));
    const axes2 = declared.map((a, i) => ({
      ...a,
      end: Math.max(a.end, (out2[i] - 1) * a.stride + extent(a) - spatial[i] - a.begin)
    }));
    return [spread(g, { dy, data: data2, axes: axes2, counts, out: out2 })];
  }
});
function spread(g, s) {
  const { data: data2, axes: axes2, out: out2 } = s;
  const spatial = data2.dims.slice(2);
  const tiles2 = axes2.every(
    (a, i) => a.stride === a.kernel && a.dilation === 1 && a.begin === 0 && out2[i] * a.stride === spatial[i]
  );
  if (tiles2)
    return enlarge(
      g,
      divided(g, s, 1),
      axes2.map((a) => a.stride)
    );
  const kernel = axes2.map((a) => a.kernel);
  const slides = axes2.every((a) => a.stride === 1 && a.dilation === 1 && a.begin < a.kernel && a.end < a.kernel);
  if (slides) {
    const back2 = axes2.map((a) => ({ ...a, begin: a.kernel - 1 - a.begin, end: a.kernel - 1 - a.end }));
    return g.op("AveragePool", [divided(g, s, elementCount2(kernel))], {
      kernel_shape: kernel,
      pads: padsOf(back2),
      strides: axes2.map(() => 1),
      count_include_pad: 1
    });
  }
  const channels = data2.dims[1];
  const w = depthwiseKernel(g, channels, { dims: kernel, values: new Float32Array(elementCount2(kernel)).fill(1) });
  return convInputCotangent(g, { dy: divided(g, s, 1), w, data: data2, axes: axes2, group: channels });
}
function divided(g, { dy, counts, out: out2 }, factor) {
  const weights = counts.map((c) => factor / c);
  const first = weights[0];
  if (weights.every((v) => v === first)) return first === 1 ? dy : g.op("Mul", [dy, g.scalar(first, dy.dtype)]);
  return g.op("Mul", [dy, g.constant(tensor(dy.dtype, [1, 1, ...out2], weights), "window_weights")]);
}
function staticSpatial(data2, op) {
  const spatial = data2.dims?.slice(2);
  if (!isStatic(spatial))
    throw new OnnxplainError2(
      "E_SHAPE",
      `The gradient of ${op} needs the size of its input \`${data2.name}\`, which is free. Fix the model's input size (\`--size\`).`
    );
  return spatial;
}
var globalDims = (dims) => dims?.map((d, i) => i < 2 ? d : 1);
var GlobalAveragePool = defineOp({
  kind: "pool",
  attrs: {},
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: globalDims(required(x2, 0).dims) }),
  eval: ({ x: x2 }) => {
    const t = required(x2, 0);
    const size = elementCount2(t.dims.slice(2));
    const planes = t.data.length / size;
    return num(
      t.dtype,
      globalDims(t.dims),
      Float64Array.from(
        { length: planes },
        (_, p) => t.data.subarray(p * size, (p + 1) * size).reduce((s, v) => s + v, 0) / size
      )
    );
  },
  vjp: ({ g, dy, x: x2 }) => {
    const data2 = required(x2, 0);
    const spatial = staticSpatial(data2, "GlobalAveragePool");
    const size = elementCount2(spatial);
    return [
      g.op("Mul", [
        dy,
        g.constant(tensor(dy.dtype, [1, 1, ...spatial], new Float64Array(size).fill(1 / size)), "mean_plane")
      ])
    ];
  }
});

// src/ops/_convolve.ts
function taps(input, output, axes2) {
  const inStrides = stridesOf(input);
  const kernel = axes2.map((a) => a.kernel);
  const out2 = [];
  eachIndex(output, (at) => {
    const list3 = [];
    eachIndex(kernel, (k, weight) => {
      let offset = 0;
      for (let i = 0; i < axes2.length; i++) {
        const a = axes2[i];
        const p = at[i] * a.stride - a.begin + k[i] * a.dilation;
        if (p < 0 || p >= input[i]) return;
        offset += p * inStrides[i];
      }
      list3.push([offset, weight]);
    });
    out2.push(list3);
  });
  return out2;
}
function convolve(x2, w, b, { axes: axes2, group: group2 }) {
  const [n, c] = x2.dims;
  const o = w.dims[0];
  const spatial = x2.dims.slice(2);
  const out2 = axes2.map((a, i) => windowCount(spatial[i], a));
  const y = zeros(x2.dtype, [n, o, ...out2]);
  const [area2, size, kernel] = [elementCount2(out2), elementCount2(spatial), elementCount2(w.dims.slice(2))];
  const list3 = taps(spatial, out2, axes2);
  const cg = c / group2;
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < o; f++) {
      const first = Math.floor(f / (o / group2)) * cg;
      for (let p = 0; p < area2; p++) {
        let sum2 = b ? b.data[f] : 0;
        const here = list3[p];
        for (let q = 0; q < cg; q++) {
          const px = (i * c + first + q) * size;
          const pw = (f * cg + q) * kernel;
          for (const [offset, weight] of here) sum2 += x2.data[px + offset] * w.data[pw + weight];
        }
        y.data[(i * o + f) * area2 + p] = sum2;
      }
    }
  }
  return y;
}
function convolveAdjoint(y, w, spatial, { axes: axes2, group: group2 }) {
  const [n, o] = y.dims;
  const cg = w.dims[1];
  const out2 = y.dims.slice(2);
  const x2 = zeros(y.dtype, [n, cg * group2, ...spatial]);
  const [area2, size, kernel] = [elementCount2(out2), elementCount2(spatial), elementCount2(w.dims.slice(2))];
  const list3 = taps(spatial, out2, axes2);
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < o; f++) {
      const first = Math.floor(f / (o / group2)) * cg;
      for (let p = 0; p < area2; p++) {
        const v = y.data[(i * o + f) * area2 + p];
        for (let q = 0; q < cg; q++) {
          const px = (i * cg * group2 + first + q) * size;
          const pw = (f * cg + q) * kernel;
          for (const [offset, weight] of list3[p])
            x2.data[px + offset] += v * w.data[pw + weight];
        }
      }
    }
  }
  return x2;
}

// src/ops/conv.ts
var convAttrs = {
  auto_pad: text2("NOTSET"),
  dilations: ints(),
  group: int(1),
  kernel_shape: ints(),
  pads: ints(),
  strides: ints()
};
var Conv = defineOp({
  kind: "linear",
  attrs: convAttrs,
  shape: ({ x: x2, attrs, name }) => {
    const data2 = required(x2, 0);
    const w = required(x2, 1);
    const kernel = w.dims?.slice(2) ?? attrs.kernel_shape;
    if (!data2.dims || !kernel) return { dtype: data2.dtype, dims: void 0 };
    const spatial = data2.dims.slice(2);
    const axes2 = windowAxes(kernel, attrs, spatial);
    const out2 = axes2.map((a, i) => windowDim(spatial[i], a, { name, axis: i + 2 }));
    return { dtype: data2.dtype, dims: [data2.dims[0], w.dims?.[0] ?? `?${name}.1`, ...out2] };
  },
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const w = required(x2, 1);
    return convolve(data2, w, x2[2], {
      axes: windowAxes(w.dims.slice(2), attrs, data2.dims.slice(2)),
      group: attrs.group
    });
  },
  vjp: ({ g, dy, x: x2, attrs, wants }) => {
    const data2 = required(x2, 0);
    const w = required(x2, 1);
    const axes2 = axesOf(data2, w, attrs);
    return [
      wants[0] ? convInputCotangent(g, { dy, w, data: data2, axes: axes2, group: attrs.group }) : null,
      wants[1] ? convWeightCotangent(g, { dy, w, data: data2, axes: axes2, group: attrs.group }) : null,
      wants[2] ? channelSum(g, dy) : null
    ];
  }
});
var axesOf = (data2, w, attrs) => windowAxes(w.dims.slice(2), attrs, data2.dims.slice(2));
function channelSum(g, dy) {
  const rank = dy.dims.length;
  return g.op("ReduceSum", [dy, g.ints(Array.from({ length: rank }, (_, i) => i).filter((i) => i !== 1))], {
    keepdims: 0
  });
}

// src/ops/formula.ts
function formula(g, dtype) {
  const value = (operand2) => typeof operand2 === "number" ? g.scalar(operand2, dtype) : operand2;
  const unary3 = (op) => (a) => g.op(op, [value(a)]);
  const binary3 = (op) => (a, b) => g.op(op, [value(a), value(b)]);
  return {
    add: binary3("Add"),
    sub: binary3("Sub"),
    mul: binary3("Mul"),
    div: binary3("Div"),
    neg: unary3("Neg"),
    abs: unary3("Abs"),
    sign: unary3("Sign"),
    exp: unary3("Exp"),
    log: unary3("Log"),
    sqrt: unary3("Sqrt"),
    greater: binary3("Greater"),
    less: binary3("Less"),
    lessOrEqual: binary3("LessOrEqual"),
    and: binary3("And"),
    where: (condition, a, b) => g.op("Where", [condition, value(a), value(b)]),
    mask: (condition) => g.op("Cast", [condition], { to: dtypeCode(dtype) }),
    atLeast: (a, low) => g.op("Clip", [value(a), value(low)]),
    atMost: (a, high) => g.op("Clip", [value(a), null, value(high)]),
    mean: (a, axes2) => g.op("ReduceMean", [a, g.ints(axes2)], { keepdims: 1 }),
    sum: (a, axes2) => g.op("ReduceSum", [a, g.ints(axes2)], { keepdims: 1 })
  };
}

// src/ops/batch-normalization.ts
function refuseTraining(training) {
  if (!training) return;
  throw new OnnxplainError2(
    "E_NO_DERIVATIVE",
    "BatchNormalization is in training mode: every image's result depends on the others in its batch. Export the model in evaluation mode (`model.eval()`)."
  );
}
function perChannel(g, v, data2) {
  const rank = data2.dims.length;
  return rank <= 2 ? v : g.op("Reshape", [v, g.ints([-1, ...new Array(rank - 2).fill(1)])]);
}
function channelOf({ dims }) {
  const channels = dims[1] ?? 1;
  const inner = dims.slice(2).reduce((p, d) => p * d, 1);
  return (position) => Math.floor(position / inner) % channels;
}
var BatchNormalization = defineOp({
  kind: "linear",
  attrs: { epsilon: real(1e-5), momentum: real(0.9), training_mode: flag() },
  shape: ({ x: x2, outputs }) => {
    const { dtype, dims } = required(x2, 0);
    const stat2 = { dtype: required(x2, 3).dtype, dims: required(x2, 3).dims };
    return [{ dtype, dims }, ...new Array(outputs - 1).fill(stat2)];
  },
  eval: ({ x: x2, attrs }) => {
    refuseTraining(attrs.training_mode);
    const data2 = required(x2, 0);
    const [scale, bias, mean3, variance] = [1, 2, 3, 4].map((i) => required(x2, i).data);
    const factor = scale.map((s, c) => s / Math.sqrt(variance[c] + attrs.epsilon));
    const channel = channelOf(data2);
    return num(
      data2.dtype,
      data2.dims,
      data2.data.map((v, i) => {
        const c = channel(i);
        return (v - mean3[c]) * factor[c] + bias[c];
      })
    );
  },
  vjp: ({ g, dy, x: x2, attrs, wants }) => {
    refuseTraining(attrs.training_mode);
    const [data2, scale, , mean3, variance] = [0, 1, 2, 3, 4].map((i) => required(x2, i));
    const m = formula(g, dy.dtype);
    const deviation = m.sqrt(m.add(variance, attrs.epsilon));
    const factor = m.div(scale, deviation);
    const bias = wants[2] || wants[3] ? channelSum(g, dy) : null;
    const slope = () => m.div(channelSum(g, m.mul(dy, m.sub(data2, perChannel(g, mean3, data2)))), deviation);
    return [
      wants[0] ? m.mul(dy, perChannel(g, factor, data2)) : null,
      wants[1] ? slope() : null,
      bias,
      wants[3] && bias ? m.neg(m.mul(bias, factor)) : null,
      wants[4] ? m.mul(m.mul(slope(), scale), m.div(-0.5, m.add(variance, attrs.epsilon))) : null
    ];
  }
});

// src/ops/cast.ts
function typeOf(code) {
  const dtype = dtypeName2(code);
  if (dtype === void 0 || dtype === "string")
    throw new OnnxplainError2(
      "E_UNSUPPORTED_OP",
      `\`Cast\` to element type ${dtype ?? code} is not supported: only numbers and booleans can be explained.`
    );
  return dtype;
}
function castFact({ dtype, dims, content }, to) {
  if (isFloat(to) || isFloat(dtype)) return { dtype: to, dims };
  const truth = to !== "bool" ? content : content?.every((d) => typeof d === "number") ? content.map((d) => d === 0 ? 0 : 1) : void 0;
  return factWith({ dtype: to, dims }, truth);
}
function cast({ dtype, dims, data: data2 }, to) {
  if (to === "bool")
    return num(
      to,
      dims,
      data2.map((v) => v === 0 ? 0 : 1)
    );
  return num(to, dims, isFloat(dtype) && !isFloat(to) ? data2.map((v) => Math.trunc(v) + 0) : data2);
}
var castTo = (g, v, dtype) => g.op("Cast", [v], { to: dtypeCode(dtype) });
function castBack({ g, dy, x: x2, y }) {
  const like = required(x2, 0);
  if (!isFloat(like.dtype) || !isFloat(y.dtype)) return [];
  return [like.dtype === y.dtype ? dy : castTo(g, dy, like.dtype)];
}
var Cast = defineOp({
  kind: "movement",
  attrs: { to: int(1), saturate: flag(true), round_mode: text2("up") },
  shape: ({ x: x2, attrs }) => castFact(required(x2, 0), typeOf(attrs.to)),
  eval: ({ x: x2, attrs }) => cast(required(x2, 0), typeOf(attrs.to)),
  vjp: castBack
});
var CastLike = defineOp({
  kind: "movement",
  attrs: { saturate: flag(true), round_mode: text2("up") },
  shape: ({ x: x2 }) => castFact(required(x2, 0), required(x2, 1).dtype),
  eval: ({ x: x2 }) => cast(required(x2, 0), required(x2, 1).dtype),
  vjp: castBack
});

// src/ops/clip.ts
var FLOAT32_MAX = 34028234e31;
function effective(bound) {
  if (!bound) return null;
  const value = bound.constant && toNumbers3(bound.constant)[0];
  return value !== void 0 && Math.abs(value) >= FLOAT32_MAX ? null : bound;
}
function inside(m, y, low, high) {
  const above = low && m.greater(y, low);
  const below = high && m.less(y, high);
  const both2 = above && below ? m.and(above, below) : above ?? below;
  return both2 && m.mask(both2);
}
function numbers3(low, high) {
  const of = (bound, none) => bound === null ? none : bound.constant && toNumbers3(bound.constant)[0];
  const [from, to] = [of(low, Number.NEGATIVE_INFINITY), of(high, Number.POSITIVE_INFINITY)];
  return from === void 0 || to === void 0 || ![from, to].every((b) => !Number.isFinite(b) || isExactBound(b)) ? void 0 : [from, to];
}
function through(g, dy, y, [low, high]) {
  const known4 = numbers3(low, high);
  if (known4) return whereBetween(g, dy, y, known4);
  const m = formula(g, y.dtype);
  const held = inside(m, y, low, high);
  return held ? m.mul(dy, held) : dy;
}
function clipVjp({ g, dy, x: x2, y, wants }) {
  const m = formula(g, y.dtype);
  const [low, high] = [effective(x2[1]), effective(x2[2])];
  const data2 = required(x2, 0);
  const atHigh = wants[2] && high ? m.mul(dy, m.mask(m.lessOrEqual(high, data2))) : null;
  const atLow = wants[1] && low ? m.mul(dy, m.mask(m.lessOrEqual(data2, low))) : null;
  return [wants[0] ? through(g, dy, y, [low, high]) : null, atLow, atHigh];
}
var Clip = defineOp({
  kind: "activation",
  attrs: {},
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: required(x2, 0).dims }),
  eval: ({ x: x2 }) => {
    const { dtype, dims, data: data2 } = required(x2, 0);
    const low = x2[1]?.data[0] ?? Number.NEGATIVE_INFINITY;
    const high = x2[2]?.data[0] ?? Number.POSITIVE_INFINITY;
    return num(
      dtype,
      dims,
      data2.map((v) => Math.min(Math.max(v, low), high))
    );
  },
  vjp: clipVjp
});

// src/ops/compare.ts
var binary2 = (f, content) => {
  const rule = content ?? ((a, b) => typeof a === "number" && typeof b === "number" ? Number(f(a, b)) : void 0);
  return defineOp({
    kind: "constant",
    attrs: {},
    shape: ({ x: x2 }) => {
      const a = required(x2, 0);
      const b = required(x2, 1);
      return factWith(
        { dtype: "bool", dims: broadcastDims(a.dims, b.dims) },
        mapContent([a, b], (u, v) => rule(u, v))
      );
    },
    eval: ({ x: x2 }) => mapBroadcast("bool", [required(x2, 0), required(x2, 1)], (a, b) => Number(f(a, b))),
    vjp: { none: "comparison" }
  });
};
var unary = (attrs, f) => defineOp({
  kind: "constant",
  attrs,
  shape: ({ x: x2, attrs: a }) => {
    const fact = required(x2, 0);
    return factWith(
      { dtype: "bool", dims: fact.dims },
      mapContent([fact], (v) => typeof v === "number" ? Number(f(v, a)) : void 0)
    );
  },
  eval: ({ x: x2, attrs: a }) => {
    const { dims, data: data2 } = required(x2, 0);
    return num(
      "bool",
      dims,
      data2.map((v) => Number(f(v, a)))
    );
  },
  vjp: { none: "comparison" }
});
function equalDims(a, b) {
  if (a === b) return 1;
  const numbers5 = [a, b].filter((d) => typeof d === "number");
  return numbers5.length === 2 || numbers5.some((d) => d < 0) ? 0 : void 0;
}
var Equal = binary2((a, b) => a === b, equalDims);
var Greater = binary2((a, b) => a > b);
var GreaterOrEqual = binary2((a, b) => a >= b);
var Less = binary2((a, b) => a < b);
var LessOrEqual = binary2((a, b) => a <= b);
var And = binary2((a, b) => a !== 0 && b !== 0);
var Or = binary2((a, b) => a !== 0 || b !== 0);
var Xor = binary2((a, b) => a !== 0 !== (b !== 0));
var Not = unary({}, (v) => v === 0);
var IsNaN = unary({}, (v) => Number.isNaN(v));
var IsInf = unary(
  { detect_negative: flag(true), detect_positive: flag(true) },
  (v, a) => v === Number.POSITIVE_INFINITY && a.detect_positive || v === Number.NEGATIVE_INFINITY && a.detect_negative
);

// src/ops/concat.ts
function joined(all, axis, name) {
  const first = all[0] ?? [];
  const at = normalizeAxis(axis, first.length);
  return first.map((_, i) => {
    const sizes = all.map((dims) => dims[i]);
    const numbers5 = sizes.filter((d) => typeof d === "number");
    if (i !== at) {
      if (new Set(numbers5).size > 1)
        throw new OnnxplainError2(
          "E_SHAPE",
          `Shapes ${all.map(formatDims).join(", ")} cannot be concatenated along axis ${at}: axis ${i} differs.`
        );
      return numbers5[0] ?? sizes[0] ?? 1;
    }
    const free = sizes.filter((d) => typeof d === "string");
    const sum2 = numbers5.reduce((s, d) => s + d, 0);
    if (free.length === 0) return sum2;
    return free.length === 1 && sum2 === 0 ? free[0] : unknownDim(name, i);
  });
}
function concat(parts2, axis) {
  const first = required(parts2, 0);
  const dims = joined(
    parts2.map((t) => t.dims),
    axis,
    ""
  );
  const at = normalizeAxis(axis, dims.length);
  const rows = dims.slice(0, at).reduce((p, d) => p * d, 1);
  const inner = dims.slice(at + 1).reduce((p, d) => p * d, 1);
  const stride = dims[at] * inner;
  const out2 = new Float64Array(rows * stride);
  let begin = 0;
  for (const part2 of parts2) {
    const width = part2.dims[at] * inner;
    for (let row = 0; row < rows; row++)
      out2.set(part2.data.subarray(row * width, (row + 1) * width), row * stride + begin);
    begin += width;
  }
  return num(first.dtype, dims, out2);
}
function parts({
  g,
  dy,
  x: x2,
  wants,
  attrs
}) {
  const inputs = x2.map((_, i) => required(x2, i));
  if (inputs.length === 1) return [dy];
  const axis = normalizeAxis(attrs.axis, dy.dims?.length ?? 0);
  const sizes = inputs.map((v) => v.dims?.[axis] ?? "?");
  if (isStatic(sizes) && !wants.every(Boolean)) {
    const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((s, d) => s + d, 0));
    return wants.map((want, i) => {
      const end = ends[i];
      return want ? g.op("Slice", [dy, g.ints([end - sizes[i]]), g.ints([end]), g.ints([axis])]) : null;
    });
  }
  const split = isStatic(sizes) ? g.ints(sizes) : g.op(
    "Concat",
    inputs.map((v) => g.op("Shape", [v], { start: axis, end: axis + 1 })),
    { axis: 0 }
  );
  return g.ops("Split", [dy, split], { attrs: { axis }, outputs: inputs.length });
}
var Concat = defineOp({
  kind: "join",
  attrs: { axis: int(0) },
  shape: ({ x: x2, attrs, name }) => {
    const facts = x2.map((_, i) => required(x2, i));
    const all = facts.map((f) => f.dims);
    const { dtype } = required(facts, 0);
    if (all.some((d) => d === void 0)) return { dtype, dims: void 0 };
    const content = facts.every((f) => f.content) ? facts.flatMap((f) => f.content ?? []) : void 0;
    return factWith({ dtype, dims: joined(all, attrs.axis, name) }, content);
  },
  eval: ({ x: x2, attrs }) => concat(
    x2.map((_, i) => required(x2, i)),
    attrs.axis
  ),
  vjp: parts
});

// src/ops/constant.ts
var optionalReal = {
  read: (raw) => raw === void 0 ? void 0 : raw.float
};
var optionalText = { read: (raw) => raw };
var texts = { read: (raw) => raw };
function constantOf2(a) {
  if (a.value) return a.value;
  if (a.value_float !== void 0) return tensor("float32", [], [a.value_float]);
  if (a.value_floats) return tensor("float32", [a.value_floats.length], a.value_floats);
  if (a.value_int !== void 0) return tensor("int64", [], [a.value_int]);
  if (a.value_ints) return tensor("int64", [a.value_ints.length], a.value_ints);
  if (a.value_string !== void 0) return { dtype: "string", dims: [], data: [a.value_string] };
  if (a.value_strings) return { dtype: "string", dims: [a.value_strings.length], data: a.value_strings };
  throw new OnnxplainError2(
    "E_UNSUPPORTED_OP",
    "`Constant` holds a sparse tensor, which is not supported. Export the model with dense constants."
  );
}
var Constant = defineOp({
  kind: "constant",
  attrs: {
    value: tensorAttr(),
    value_float: optionalReal,
    value_floats: reals(),
    value_int: optionalInt(),
    value_ints: ints(),
    value_string: optionalText,
    value_strings: texts
  },
  shape: ({ attrs }) => factOf(constantOf2(attrs)),
  eval: ({ attrs }) => numOf(constantOf2(attrs)),
  // A constant depends on nothing.
  vjp: () => []
});

// src/ops/conv-transpose.ts
function transposeAxes(kernel, attrs, spatial, name) {
  const rank = kernel.length;
  return kernel.map((k, i) => {
    const stride = attrs.strides?.[i] ?? 1;
    const dilation = attrs.dilations?.[i] ?? 1;
    const extra = attrs.output_padding?.[i] ?? 0;
    const axis = { kernel: k, stride, dilation, extra };
    const input = spatial[i];
    if (typeof input !== "number")
      return { ...axis, begin: attrs.pads?.[i] ?? 0, end: attrs.pads?.[i + rank] ?? 0, size: unknownDim(name, i + 2) };
    const full = (input - 1) * stride + extra + dilation * (k - 1) + 1;
    const same = attrs.auto_pad.startsWith("SAME");
    const wanted = attrs.output_shape?.at(i - rank) ?? (same ? input * stride : void 0);
    if (wanted !== void 0) {
      const total2 = Math.max(0, full - wanted);
      const less = Math.floor(total2 / 2);
      const [begin2, end2] = attrs.auto_pad === "SAME_UPPER" ? [less, total2 - less] : [total2 - less, less];
      return { ...axis, begin: begin2, end: end2, size: Math.max(wanted, full - total2) };
    }
    const begin = attrs.pads?.[i] ?? 0;
    const end = attrs.pads?.[i + rank] ?? 0;
    return { ...axis, begin, end, size: full - begin - end };
  });
}
var ConvTranspose = defineOp({
  kind: "linear",
  attrs: {
    auto_pad: text2("NOTSET"),
    dilations: ints(),
    group: int(1),
    kernel_shape: ints(),
    output_padding: ints(),
    output_shape: ints(),
    pads: ints(),
    strides: ints()
  },
  shape: ({ x: x2, attrs, name }) => {
    const data2 = required(x2, 0);
    const w = required(x2, 1);
    if (!data2.dims || !w.dims) return { dtype: data2.dtype, dims: void 0 };
    const axes2 = transposeAxes(w.dims.slice(2), attrs, data2.dims.slice(2), name);
    return {
      dtype: data2.dtype,
      dims: [data2.dims[0], w.dims[1] * attrs.group, ...axes2.map((a) => a.size)]
    };
  },
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const w = required(x2, 1);
    const axes2 = transposeAxes(w.dims.slice(2), attrs, data2.dims.slice(2), "");
    const y = convolveAdjoint(
      data2,
      w,
      axes2.map((a) => a.size),
      { axes: axes2, group: attrs.group }
    );
    const b = x2[2];
    return b ? mapBroadcast(y.dtype, [y, num(b.dtype, [...b.dims, ...axes2.map(() => 1)], b.data)], (u, v) => u + v) : y;
  },
  vjp: ({ g, dy, x: x2, attrs, wants }) => {
    const data2 = required(x2, 0);
    const w = required(x2, 1);
    const axes2 = transposeAxes(
      w.dims.slice(2),
      attrs,
      data2.dims.slice(2),
      data2.name
    );
    const { group: group2 } = attrs;
    const dx = wants[0] ? g.op("Conv", [dy, w], {
      dilations: axes2.map((a) => a.dilation),
      group: group2,
      pads: padsOf(axes2),
      strides: axes2.map((a) => a.stride)
    }) : null;
    const dw = wants[1] ? convWeightCotangent(g, { dy: data2, w, data: dy, axes: axes2, group: group2 }) : null;
    return [dx, dw, wants[2] ? channelSum(g, dy) : null];
  }
});

// src/ops/cum-sum.ts
var CumSum = defineOp({
  kind: "join",
  attrs: { exclusive: flag(), reverse: flag() },
  shape: ({ x: x2 }) => {
    const { dtype, dims } = required(x2, 0);
    return { dtype, dims };
  },
  eval: ({ x: x2, attrs }) => {
    const { dtype, dims, data: data2 } = required(x2, 0);
    const axis = normalizeAxis(required(x2, 1).data[0], dims.length);
    const size = dims[axis];
    const strides2 = stridesOf(dims);
    const out2 = zeros(dtype, dims);
    eachIndex(
      dims.map((d, i) => i === axis ? Math.min(1, d) : d),
      (index) => {
        let sum2 = 0;
        for (let k = 0; k < size; k++) {
          const at = offsetOf(index, strides2) + (attrs.reverse ? size - 1 - k : k) * strides2[axis];
          const next = sum2 + data2[at];
          out2.data[at] = attrs.exclusive ? sum2 : next;
          sum2 = next;
        }
      }
    );
    return out2;
  },
  vjp: ({ g, dy, x: x2, attrs }) => [
    g.op("CumSum", [dy, required(x2, 1)], { exclusive: Number(attrs.exclusive), reverse: Number(!attrs.reverse) })
  ]
});

// src/ops/scatter-back.ts
function scatterBack(g, dy, options) {
  const { x: x2, move } = options;
  const size = isStatic(x2.dims) ? g.scalar(elementCount2(x2.dims), "int64") : g.op("Size", [x2]);
  const flat = g.op("Range", [g.scalar(0, "int64"), size, g.scalar(1, "int64")], {}, "positions");
  const moved2 = g.op("Reshape", [move(reshapeLike(g, flat, x2)), g.ints([-1])]);
  const zeros2 = zerosLike(g, g.op("Reshape", [x2, g.ints([-1])]));
  const dx = g.op("ScatterElements", [zeros2, moved2, g.op("Reshape", [dy, g.ints([-1])])], {
    axis: 0,
    reduction: "add"
  });
  return reshapeLike(g, dx, x2);
}

// src/ops/transpose.ts
var permutation = (perm, rank) => perm ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
var inversePermutation = (perm) => perm.map((_, axis) => perm.indexOf(axis));
function transpose({ dtype, dims, data: data2 }, perm) {
  const outDims = perm.map((axis) => dims[axis]);
  const own = stridesOf(dims);
  const strides2 = perm.map((axis) => own[axis]);
  const out2 = new Float64Array(data2.length);
  eachIndex(outDims, (index, at) => {
    out2[at] = data2[offsetOf(index, strides2)];
  });
  return num(dtype, outDims, out2);
}
var Transpose = defineOp({
  kind: "movement",
  attrs: { perm: ints() },
  shape: ({ x: x2, attrs }) => {
    const { dtype, dims, content } = required(x2, 0);
    if (dims === void 0) return { dtype, dims };
    const moved2 = permutation(attrs.perm, dims.length).map((axis) => dims[axis] ?? 1);
    return dims.length <= 1 && content ? { dtype, dims, content } : { dtype, dims: moved2 };
  },
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    return transpose(data2, permutation(attrs.perm, data2.dims.length));
  },
  vjp: ({ g, dy, attrs }) => [
    g.op("Transpose", [dy], attrs.perm === void 0 ? {} : { perm: inversePermutation(attrs.perm) })
  ]
});

// src/ops/depth-to-space.ts
var toSpacePerm = (mode) => mode === "CRD" ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
function toSpace({ dtype, dims, data: data2 }, b, mode) {
  const [n = 1, c = 1, h = 1, w = 1] = dims;
  const depth = c / (b * b);
  const split = mode === "CRD" ? [n, depth, b, b, h, w] : [n, b, b, depth, h, w];
  return num(dtype, [n, depth, h * b, w * b], transpose(num(dtype, split, data2), toSpacePerm(mode)).data);
}
function toDepth({ dtype, dims, data: data2 }, b) {
  const [n = 1, c = 1, h = 1, w = 1] = dims;
  const split = num(dtype, [n, c, h / b, b, w / b, b], data2);
  return num(dtype, [n, c * b * b, h / b, w / b], transpose(split, [0, 3, 5, 1, 2, 4]).data);
}
function undoCrd(g, dy, { x: x2, b }) {
  const back2 = () => scatterBack(g, dy, { x: x2, move: (p) => g.op("DepthToSpace", [p], { blocksize: b, mode: "CRD" }) });
  const { dims } = x2;
  const depth = dims && dimQuotient(dims[1], b * b);
  if (!dims || depth === void 0 || dims.filter((d) => typeof d === "string").length > 1 || dims.includes(0))
    return back2();
  const [n = 1, , h = 1, w = 1] = dims;
  const split = reshapeTo(g, dy, [n, depth, h, b, w, b], back2);
  return reshapeTo(g, g.op("Transpose", [split], { perm: [0, 1, 3, 5, 2, 4] }), dims, back2);
}
var DepthToSpace = defineOp({
  kind: "movement",
  attrs: { blocksize: int(1), mode: text2("DCR") },
  shape: ({ x: x2, attrs, name }) => {
    const { dtype, dims } = required(x2, 0);
    if (!dims) return { dtype, dims };
    const [n = 1, c = 1, h = 1, w = 1] = dims;
    const b = attrs.blocksize;
    return { dtype, dims: [n, dimQuotient(c, b * b) ?? unknownDim(name, 1), dimProduct([h, b]), dimProduct([w, b])] };
  },
  eval: ({ x: x2, attrs }) => toSpace(required(x2, 0), attrs.blocksize, attrs.mode),
  vjp: ({ g, dy, x: x2, attrs }) => [
    attrs.mode === "CRD" ? undoCrd(g, dy, { x: required(x2, 0), b: attrs.blocksize }) : g.op("SpaceToDepth", [dy], { blocksize: attrs.blocksize })
  ]
});
var SpaceToDepth = defineOp({
  kind: "movement",
  attrs: { blocksize: int(1) },
  shape: ({ x: x2, attrs, name }) => {
    const { dtype, dims } = required(x2, 0);
    if (!dims) return { dtype, dims };
    const [n = 1, c = 1, h = 1, w = 1] = dims;
    const b = attrs.blocksize;
    return {
      dtype,
      dims: [
        n,
        dimProduct([c, b * b]),
        dimQuotient(h, b) ?? unknownDim(name, 2),
        dimQuotient(w, b) ?? unknownDim(name, 3)
      ]
    };
  },
  eval: ({ x: x2, attrs }) => toDepth(required(x2, 0), attrs.blocksize),
  vjp: ({ g, dy, attrs }) => [g.op("DepthToSpace", [dy], { blocksize: attrs.blocksize, mode: "DCR" })]
});

// src/ops/einsum.ts
var LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
var ELLIPSIS = "...";
function parseEquation(equation, ranks2) {
  const [left = "", right] = equation.replaceAll(/\s/g, "").split("->");
  const terms = left.split(",");
  const covered = terms.map((term, i) => (ranks2[i] ?? 0) - term.replace(ELLIPSIS, "").length);
  if (terms.length !== ranks2.length || terms.some((term, i) => term.includes(ELLIPSIS) ? covered[i] < 0 : covered[i] !== 0)) {
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `The Einsum equation \`${equation}\` does not fit inputs of rank ${ranks2.join(", ")}. The file is damaged.`
    );
  }
  const spare = [...LETTERS].filter((c) => !equation.includes(c));
  const widest = Math.max(0, ...covered.map((n, i) => terms[i]?.includes(ELLIPSIS) ? n : 0));
  const dots = spare.slice(0, widest).join("");
  const inputs = terms.map((term, i) => term.replace(ELLIPSIS, dots.slice(widest - covered[i])));
  return { inputs, output: (right ?? implicitOutput(terms)).replace(ELLIPSIS, dots) };
}
function implicitOutput(terms) {
  const all = terms.join("").replaceAll(".", "");
  const once = [...all].filter((c) => all.indexOf(c) === all.lastIndexOf(c)).sort().join("");
  return (terms.some((t) => t.includes(ELLIPSIS)) ? ELLIPSIS : "") + once;
}
function letterDims({ inputs }, dims) {
  const sizes = /* @__PURE__ */ new Map();
  inputs.forEach((letters, i) => {
    [...letters].forEach((letter, axis) => {
      const dim = dims[i]?.[axis];
      const known4 = sizes.get(letter);
      sizes.set(letter, known4 === void 0 ? dim : broadcastDims([known4], [dim])[0]);
    });
  });
  return sizes;
}
function stridesAlong(order, letters, dims) {
  const own = stridesOf(dims);
  return [...order].map(
    (letter) => [...letters].reduce((s, l, axis) => l === letter && dims[axis] !== 1 ? s + own[axis] : s, 0)
  );
}
function evaluate(x2, text4) {
  const equation = parseEquation(
    text4,
    x2.map((t) => t.dims.length)
  );
  const sizes = letterDims(
    equation,
    x2.map((t) => t.dims)
  );
  const { inputs, output } = equation;
  const order = [...output, ...new Set([...inputs.join("")].filter((c) => !output.includes(c)))].join("");
  const dims = [...output].map((c) => sizes.get(c));
  const y = new Float64Array(dims.reduce((p, d) => p * d, 1));
  const outStrides = stridesOf(dims);
  const strides2 = inputs.map((letters, i) => stridesAlong(order, letters, x2[i]?.dims));
  eachIndex(
    [...order].map((c) => sizes.get(c)),
    (index) => {
      const product3 = x2.reduce(
        (p, t, i) => p * t.data[offsetOf(index, strides2[i])],
        1
      );
      y[offsetOf(index.slice(0, output.length), outStrides)] += product3;
    }
  );
  return num(x2[0]?.dtype ?? "float32", dims, y);
}
function cotangentOf(g, { inputs, output }, { dy, x: x2, k }) {
  const own = inputs[k];
  if (new Set(own).size !== own.length || new Set(output).size !== output.length) {
    throw new OnnxplainError2(
      "E_NO_DERIVATIVE",
      `The Einsum \`${inputs.join(",")}->${output}\` takes a diagonal (a letter twice in one term), whose derivative is not supported. Export the layer without \`einsum\`.`
    );
  }
  const others = inputs.filter((_, i) => i !== k);
  const seen = output + others.join("");
  const reached = [...own].filter((c) => seen.includes(c)).join("");
  const equation = `${[output, ...others].join(",")}->${reached}`;
  const sum2 = equation === `${reached}->${reached}` ? dy : g.op("Einsum", [dy, ...x2.filter((_, i) => i !== k)], { equation });
  const alone = [...own].flatMap((c, axis) => seen.includes(c) ? [] : [axis]);
  return alone.length > 0 ? g.op("Unsqueeze", [sum2, g.ints(alone)]) : sum2;
}
function einsumVjp({ g, dy, x: x2, wants, attrs }) {
  const values2 = x2.map((_, i) => required(x2, i));
  if (values2.some((v) => v.dims === void 0))
    throw new OnnxplainError2(
      "E_SHAPE",
      "The gradient of Einsum needs the rank of its inputs. Fix the model's input size (`--size`)."
    );
  const equation = parseEquation(
    attrs.equation,
    values2.map((v) => v.dims?.length)
  );
  return values2.map((_, k) => wants[k] ? cotangentOf(g, equation, { dy, x: values2, k }) : null);
}
var Einsum = defineOp({
  kind: "linear",
  attrs: { equation: text2("") },
  shape: ({ x: x2, attrs }) => {
    const dims = x2.map((_, i) => required(x2, i).dims);
    const dtype = required(x2, 0).dtype;
    if (dims.some((d) => d === void 0)) return { dtype, dims: void 0 };
    const known4 = dims;
    const equation = parseEquation(
      attrs.equation,
      known4.map((d) => d.length)
    );
    const sizes = letterDims(equation, known4);
    return { dtype, dims: [...equation.output].map((c) => sizes.get(c) ?? 1) };
  },
  eval: ({ x: x2, attrs }) => evaluate(
    x2.map((_, i) => required(x2, i)),
    attrs.equation
  ),
  vjp: einsumVjp
});

// src/ops/expand.ts
var Expand = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x: x2, name }) => {
    const { dtype, dims, content } = required(x2, 0);
    const target = required(x2, 1);
    const wanted = target.content ?? numbersOf(target);
    if (!wanted) {
      const length = target.dims?.[0];
      const rank = typeof length === "number" && dims ? Math.max(length, dims.length) : void 0;
      return {
        dtype,
        dims: rank === void 0 ? void 0 : Array.from({ length: rank }, (_, i) => unknownDim(name, i))
      };
    }
    const out2 = { dtype, dims: broadcastDims(dims, wanted) };
    const count = out2.dims?.length === 1 ? out2.dims[0] : void 0;
    const copies = content?.length === 1 && typeof count === "number" && count <= CONTENT_LIMIT2 ? new Array(count).fill(content[0]) : content;
    return factWith(out2, typeof count === "number" || out2.dims?.length === 0 ? copies : void 0);
  },
  eval: ({ x: x2 }) => {
    const data2 = required(x2, 0);
    return mapBroadcast(data2.dtype, [data2, zeros(data2.dtype, Array.from(required(x2, 1).data))], (v) => v);
  },
  // The walk sums over broadcast axes.
  vjp: ({ dy }) => [dy]
});
function sumCopies({ g, dy, x: x2 }) {
  const data2 = required(x2, 0);
  const repeats2 = required(x2, 1);
  const times2 = numbersOf(repeats2);
  const { dims } = data2;
  if (!times2 || !dims || dims.filter((d) => typeof d === "string").length > 1 || dims.includes(0) || times2.includes(0)) {
    return [scatterBack(g, dy, { x: data2, move: (p) => g.op("Tile", [p, repeats2]) })];
  }
  const axes2 = [];
  const folded2 = dims.flatMap((d, i) => {
    const n = times2[i];
    if (n === 1) return [d];
    axes2.push(i + axes2.length);
    return [n, d];
  });
  if (axes2.length === 0) return [dy];
  const split = reshapeTo(g, dy, folded2, () => {
    throw new Error("internal: several free dims");
  });
  return [g.op("ReduceSum", [split, g.ints(axes2)], { keepdims: 0 })];
}
var Tile = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x: x2, name }) => {
    const { dtype, dims } = required(x2, 0);
    const repeats2 = required(x2, 1);
    const times2 = repeats2.content ?? numbersOf(repeats2);
    return { dtype, dims: dims?.map((d, i) => times2 ? dimProduct([d, times2[i] ?? 1]) : unknownDim(name, i)) };
  },
  eval: ({ x: x2 }) => {
    const { dtype, dims, data: data2 } = required(x2, 0);
    const outDims = dims.map((d, i) => d * required(x2, 1).data[i]);
    const strides2 = stridesOf(dims);
    const out2 = zeros(dtype, outDims);
    eachIndex(outDims, (index, at) => {
      const offset = index.reduce((sum2, i, axis) => sum2 + i % dims[axis] * strides2[axis], 0);
      out2.data[at] = data2[offset];
    });
    return num(dtype, outDims, out2.data);
  },
  vjp: sumCopies
});

// src/ops/gather.ts
function gather(data2, indices, axis) {
  const { dtype, dims } = data2;
  const at = normalizeAxis(axis, dims.length);
  const size = dims[at];
  const rows = dims.slice(0, at).reduce((p, d) => p * d, 1);
  const inner = dims.slice(at + 1).reduce((p, d) => p * d, 1);
  const out2 = new Float64Array(rows * indices.data.length * inner);
  let position = 0;
  for (let row = 0; row < rows; row++) {
    for (const index of indices.data) {
      const begin = (row * size + normalizeAxis(index, size)) * inner;
      out2.set(data2.data.subarray(begin, begin + inner), position);
      position += inner;
    }
  }
  return num(dtype, [...dims.slice(0, at), ...indices.dims, ...dims.slice(at + 1)], out2);
}
var MANY = 4;
function fromIndices(g, dy, o) {
  const { axis, rank, size, indices } = o;
  const padded = (begin, end) => {
    const pads = new Array(2 * rank).fill(0);
    pads[axis] = begin;
    pads[axis + rank] = end;
    return pads.every((p) => p === 0) ? dy : g.op("Pad", [dy, g.ints(pads)]);
  };
  const first = indices[0];
  if (indices.every((index, k) => index === first + k)) return padded(first, size - first - indices.length);
  const readers = Array.from({ length: size }, (_, i) => indices.flatMap((index, k) => index === i ? [k] : []));
  const rounds = Math.max(...readers.map((r) => r.length));
  if (rounds > MANY) return void 0;
  const slotted = padded(0, 1);
  const round = (k) => g.op("Gather", [slotted, g.ints(readers.map((r) => r[k] ?? indices.length))], { axis });
  let out2 = round(0);
  for (let k = 1; k < rounds; k++) out2 = g.op("Add", [out2, round(k)]);
  return out2;
}
function ungather(g, dy, o) {
  const { data: data2, indices, axis } = o;
  const dims = data2.dims;
  const at = normalizeAxis(axis, dims?.length ?? 0);
  const size = dims?.[at];
  const known4 = numbersOf(indices);
  if (dims && typeof size === "number" && known4 && indices.dims && indices.dims.length <= 1) {
    if (known4.length === 0) return zerosLike(g, data2);
    const along2 = indices.dims.length === 0 ? g.op("Unsqueeze", [dy, g.ints([at])]) : dy;
    const placed = fromIndices(g, along2, {
      axis: at,
      rank: dims.length,
      size,
      indices: known4.map((i) => normalizeAxis(i, size))
    });
    if (placed) return placed;
  }
  if (dims && at === 0)
    return g.op("ScatterND", [zerosLike(g, data2), g.op("Unsqueeze", [indices, g.ints([-1])]), dy], {
      reduction: "add"
    });
  return scatterBack(g, dy, { x: data2, move: (p) => g.op("Gather", [p, indices], { axis }) });
}
var Gather = defineOp({
  kind: "movement",
  attrs: { axis: int(0) },
  shape: ({ x: x2, attrs }) => {
    const { dtype, dims, content } = required(x2, 0);
    const indices = required(x2, 1);
    if (!dims || !indices.dims) return { dtype, dims: void 0 };
    const at = normalizeAxis(attrs.axis, dims.length);
    const picks = isStatic(indices.content) ? indices.content : void 0;
    const picked2 = content && picks?.map((i) => content[normalizeAxis(i, content.length)]);
    return factWith({ dtype, dims: [...dims.slice(0, at), ...indices.dims, ...dims.slice(at + 1)] }, picked2);
  },
  eval: ({ x: x2, attrs }) => gather(required(x2, 0), required(x2, 1), attrs.axis),
  vjp: ({ g, dy, x: x2, attrs }) => [ungather(g, dy, { data: required(x2, 0), indices: required(x2, 1), axis: attrs.axis })]
});

// src/ops/gather-elements.ts
function elementOffsets(dims, indices, axis) {
  const at = normalizeAxis(axis, dims.length);
  const strides2 = stridesOf(dims);
  const out2 = new Float64Array(indices.data.length);
  eachIndex(indices.dims, (index, position) => {
    let offset = 0;
    for (let i = 0; i < index.length; i++) {
      const along2 = i === at ? normalizeAxis(indices.data[position], dims[at]) : index[i];
      offset += along2 * strides2[i];
    }
    out2[position] = offset;
  });
  return out2;
}
var GatherElements = defineOp({
  kind: "movement",
  attrs: { axis: int(0) },
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: required(x2, 1).dims }),
  eval: ({ x: x2, attrs }) => {
    const { dtype, dims, data: data2 } = required(x2, 0);
    const indices = required(x2, 1);
    return num(
      dtype,
      indices.dims,
      elementOffsets(dims, indices, attrs.axis).map((o) => data2[o])
    );
  },
  vjp: ({ g, dy, x: x2, attrs }) => {
    const zeros2 = zerosLike(g, required(x2, 0));
    return [g.op("ScatterElements", [zeros2, required(x2, 1), dy], { axis: attrs.axis, reduction: "add" })];
  }
});
function tupleOffsets(dims, indices, batch) {
  const depth = indices.dims.at(-1) ?? 0;
  const strides2 = stridesOf(dims);
  const tuples = indices.dims.slice(0, -1);
  const out2 = new Float64Array(tuples.reduce((p, d) => p * d, 1));
  eachIndex(tuples, (index, position) => {
    let offset = 0;
    for (let i = 0; i < batch; i++) offset += index[i] * strides2[i];
    for (let k = 0; k < depth; k++) {
      const along2 = normalizeAxis(indices.data[position * depth + k], dims[batch + k]);
      offset += along2 * strides2[batch + k];
    }
    out2[position] = offset;
  });
  return out2;
}
function gatherND({ dtype, dims, data: data2 }, indices, batch) {
  const rest = dims.slice(batch + (indices.dims.at(-1) ?? 0));
  const inner = rest.reduce((p, d) => p * d, 1);
  const offsets = tupleOffsets(dims, indices, batch);
  const out2 = new Float64Array(offsets.length * inner);
  offsets.forEach((o, i) => {
    out2.set(data2.subarray(o, o + inner), i * inner);
  });
  return num(dtype, [...indices.dims.slice(0, -1), ...rest], out2);
}
var GatherND = defineOp({
  kind: "movement",
  attrs: { batch_dims: int(0) },
  shape: ({ x: x2, attrs, name }) => {
    const { dtype, dims } = required(x2, 0);
    const indices = required(x2, 1).dims;
    const depth = indices?.at(-1);
    if (!dims || !indices) return { dtype, dims: void 0 };
    if (typeof depth !== "number") return { dtype, dims: void 0 };
    const shared = indices.slice(0, -1).map((d, i) => i < attrs.batch_dims && typeof d === "string" ? dims[i] ?? unknownDim(name, i) : d);
    return { dtype, dims: [...shared, ...dims.slice(attrs.batch_dims + depth)] };
  },
  eval: ({ x: x2, attrs }) => gatherND(required(x2, 0), required(x2, 1), attrs.batch_dims),
  vjp: ({ g, dy, x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const indices = required(x2, 1);
    if (attrs.batch_dims === 0) return [g.op("ScatterND", [zerosLike(g, data2), indices, dy], { reduction: "add" })];
    return [
      scatterBack(g, dy, { x: data2, move: (p) => g.op("GatherND", [p, indices], { batch_dims: attrs.batch_dims }) })
    ];
  }
});

// src/ops/gemm.ts
function product(a, b, transA, transB) {
  const [m, k] = transA ? [...a.dims].reverse() : a.dims;
  const n = b.dims[transB ? 0 : 1];
  const y = zeros(a.dtype, [m, n]);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const v = a.data[transA ? p * m + i : i * k + p];
      for (let j = 0; j < n; j++) y.data[i * n + j] += v * b.data[transB ? j * k + p : p * n + j];
    }
  }
  return y;
}
var Gemm = defineOp({
  kind: "linear",
  attrs: { alpha: real(1), beta: real(1), transA: flag(), transB: flag() },
  shape: ({ x: x2, attrs }) => {
    const a = required(x2, 0);
    const b = required(x2, 1);
    const rows = a.dims?.[attrs.transA ? 1 : 0];
    const cols = b.dims?.[attrs.transB ? 0 : 1];
    return { dtype: a.dtype, dims: rows === void 0 || cols === void 0 ? void 0 : [rows, cols] };
  },
  eval: ({ x: x2, attrs }) => {
    const ab = product(required(x2, 0), required(x2, 1), attrs.transA, attrs.transB);
    const scaled2 = num(
      ab.dtype,
      ab.dims,
      ab.data.map((v) => v * attrs.alpha)
    );
    const c = x2[2];
    return c ? mapBroadcast(ab.dtype, [scaled2, c], (u, v) => u + attrs.beta * v) : scaled2;
  },
  vjp: ({ g, dy, x: x2, attrs, wants }) => {
    const { alpha, transA, transB } = attrs;
    const gemm2 = (p, q, transP, transQ) => g.op("Gemm", [p, q], { alpha: float(alpha), transA: Number(transP), transB: Number(transQ) });
    const a = required(x2, 0);
    const b = required(x2, 1);
    const da = !wants[0] ? null : transA ? gemm2(b, dy, transB, true) : gemm2(dy, b, false, !transB);
    const db = !wants[1] ? null : transB ? gemm2(dy, a, true, transA) : gemm2(a, dy, !transA, false);
    const dc = wants[2] && x2[2] ? attrs.beta === 1 ? dy : g.op("Mul", [dy, g.scalar(attrs.beta)]) : null;
    return [da, db, dc];
  }
});

// src/ops/_standardize.ts
function standardizeRows(data2, size, epsilon) {
  const rows = size === 0 ? 0 : data2.length / size;
  const [values2, means, inverses] = [new Float64Array(data2.length), new Float64Array(rows), new Float64Array(rows)];
  for (let r = 0; r < rows; r++) {
    const row = data2.subarray(r * size, (r + 1) * size);
    const mean3 = row.reduce((s, v) => s + v, 0) / size;
    const inverse = 1 / Math.sqrt(row.reduce((s, v) => s + (v - mean3) ** 2, 0) / size + epsilon);
    row.forEach((v, i) => {
      values2[r * size + i] = (v - mean3) * inverse;
    });
    means[r] = mean3;
    inverses[r] = inverse;
  }
  return { values: values2, means, inverses };
}
function standardized(g, x2, options) {
  const { axis, epsilon } = options;
  const tail = x2.dims?.slice(axis);
  if (!isStatic(tail)) {
    throw new OnnxplainError2(
      "E_SHAPE",
      `The gradient of a normalisation needs the size of \`${x2.name}\` along the axes it averages over, which is free. Fix the model's input size (\`--size\`).`
    );
  }
  const ones = g.op("Expand", [g.scalar(1, x2.dtype), g.ints(tail)]);
  const [unit, , inverse] = g.ops("LayerNormalization", [x2, ones], {
    attrs: { axis, epsilon: float(epsilon) },
    outputs: 3
  });
  return { unit, inverse };
}
function standardizedCotangent(m, d, { unit, inverse, axes: axes2 }) {
  const along2 = m.mul(unit, m.mean(m.mul(d, unit), axes2));
  return m.mul(m.sub(m.sub(d, m.mean(d, axes2)), along2), inverse);
}

// src/ops/instance-normalization.ts
function evaluate2([data2, scale, bias], { groups, epsilon }) {
  const { values: values2 } = standardizeRows(data2.data, elementCount2(data2.dims.slice(1)) / groups, epsilon);
  const channel = channelOf(data2);
  return num(
    data2.dtype,
    data2.dims,
    values2.map((v, i) => v * scale.data[channel(i)] + bias.data[channel(i)])
  );
}
function cotangents({ g, dy, x: x2, wants }, { groups, epsilon }) {
  const [data2, scale] = [required(x2, 0), required(x2, 1)];
  const tail = data2.dims?.slice(1);
  if (!isStatic(tail)) {
    throw new OnnxplainError2(
      "E_SHAPE",
      `The gradient of a group or instance normalisation needs the size of its input \`${data2.name}\`, which is free. Fix the model's input size (\`--size\`).`
    );
  }
  const rows = [data2.dims?.[0], groups, elementCount2(tail) / groups];
  const inRows2 = (v) => reshapeTo(g, v, rows, () => g.ints([0, groups, -1]));
  const m = formula(g, data2.dtype);
  const { unit, inverse } = standardized(g, inRows2(data2), { axis: 2, epsilon });
  const d = () => inRows2(m.mul(dy, perChannel(g, scale, data2)));
  return [
    wants[0] ? reshapeLike(g, standardizedCotangent(m, d(), { unit, inverse, axes: [2] }), data2) : null,
    wants[1] ? channelSum(g, m.mul(dy, reshapeLike(g, unit, data2))) : null,
    wants[2] ? channelSum(g, dy) : null
  ];
}
var grouped = (attrs, groupsOf2) => defineOp({
  kind: "normalize",
  attrs,
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: required(x2, 0).dims }),
  eval: (args) => evaluate2(
    [required(args.x, 0), required(args.x, 1), required(args.x, 2)],
    groupsOf2(args.attrs, required(args.x, 0).dims[1] ?? 1)
  ),
  vjp: (args) => cotangents(args, groupsOf2(args.attrs, required(args.x, 0).dims?.[1] ?? 1))
});
var InstanceNormalization = grouped({ epsilon: real(1e-5) }, ({ epsilon }, channels) => ({
  groups: channels,
  epsilon
}));
var GroupNormalization = grouped(
  { epsilon: real(1e-5), num_groups: int(1), stash_type: int(1) },
  ({ epsilon, num_groups }) => ({ groups: num_groups, epsilon })
);

// src/ops/integer.ts
function wrap(dtype, v) {
  const bits = Number(dtype.replace(/\D/g, "")) || 64;
  return Number(dtype.startsWith("uint") ? BigInt.asUintN(bits, v) : BigInt.asIntN(bits, v));
}
var bitwise = (attrs, f) => defineOp({
  kind: "constant",
  attrs,
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: broadcastDims(required(x2, 0).dims, required(x2, 1).dims) }),
  eval: ({ x: x2, attrs: a }) => {
    const left = required(x2, 0);
    return mapBroadcast(
      left.dtype,
      [left, required(x2, 1)],
      (u, v) => wrap(left.dtype, f(BigInt(u), BigInt(v), a))
    );
  },
  vjp: { none: "integer arithmetic" }
});
var BitwiseAnd = bitwise({}, (a, b) => a & b);
var BitwiseOr = bitwise({}, (a, b) => a | b);
var BitwiseXor = bitwise({}, (a, b) => a ^ b);
var BitShift = bitwise(
  { direction: text2("LEFT") },
  (a, b, { direction }) => direction === "LEFT" ? a << b : a >> b
);
var BitwiseNot = defineOp({
  kind: "constant",
  attrs: {},
  shape: ({ x: x2 }) => {
    const { dtype, dims } = required(x2, 0);
    return { dtype, dims };
  },
  eval: ({ x: x2 }) => {
    const { dtype, dims, data: data2 } = required(x2, 0);
    return num(
      dtype,
      dims,
      data2.map((v) => wrap(dtype, ~BigInt(v)))
    );
  },
  vjp: { none: "integer arithmetic" }
});

// src/ops/layer-normalization.ts
var normAttrs = { axis: int(-1), epsilon: real(1e-5), stash_type: int(1) };
var rankOf = (v) => v.dims.length;
var lastAxes = (axis, rank) => Array.from({ length: rank - axis }, (_, i) => axis + i);
function statisticFact({ dtype, dims }, axis) {
  return { dtype, dims: dims?.map((d, i) => i < normalizeAxis(axis, dims.length) ? d : 1) };
}
var layerNormVjp = ({ g, dy, dys, x: x2, attrs, wants }) => {
  if (dys.slice(1).some((d) => d !== null)) {
    throw new OnnxplainError2(
      "E_NO_DERIVATIVE",
      "The model computes with the mean or deviation that a LayerNormalization reports beside its result; only the result has a derivative here. Export the layer decomposed."
    );
  }
  const data2 = required(x2, 0);
  const scale = required(x2, 1);
  const m = formula(g, data2.dtype);
  const axis = normalizeAxis(attrs.axis, rankOf(data2));
  const unitOf = () => standardized(g, data2, { axis, epsilon: attrs.epsilon });
  const axes2 = lastAxes(axis, rankOf(data2));
  return [
    wants[0] ? standardizedCotangent(m, m.mul(dy, scale), { ...unitOf(), axes: axes2 }) : null,
    wants[1] ? m.mul(dy, unitOf().unit) : null,
    wants[2] ? dy : null
  ];
};
var LayerNormalization = defineOp({
  kind: "normalize",
  attrs: normAttrs,
  shape: ({ x: x2, attrs, outputs }) => {
    const { dtype, dims } = required(x2, 0);
    const statistic = statisticFact({ dtype, dims }, attrs.axis);
    return [{ dtype, dims }, statistic, statistic].slice(0, outputs);
  },
  eval: ({ x: x2, attrs, outputs }) => {
    const data2 = required(x2, 0);
    const axis = normalizeAxis(attrs.axis, data2.dims.length);
    const { values: values2, means, inverses } = standardizeRows(data2.data, elementCount2(data2.dims.slice(axis)), attrs.epsilon);
    const dims = data2.dims.map((d, i) => i < axis ? d : 1);
    const y = affine(num(data2.dtype, data2.dims, values2), required(x2, 1), x2[2]);
    return [y, num(data2.dtype, dims, means), num(data2.dtype, dims, inverses)].slice(0, outputs);
  },
  vjp: layerNormVjp
});
var affine = (unit, scale, bias) => bias ? mapBroadcast(unit.dtype, [unit, scale, bias], (v, s, b) => v * s + b) : mapBroadcast(unit.dtype, [unit, scale], (v, s) => v * s);
function inverseRms(g, x2, axes2, epsilon) {
  const m = formula(g, x2.dtype);
  return m.div(1, m.sqrt(m.add(m.mean(m.mul(x2, x2), axes2), epsilon)));
}
var RMSNormalization = defineOp({
  kind: "normalize",
  attrs: normAttrs,
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: required(x2, 0).dims }),
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const size = elementCount2(data2.dims.slice(normalizeAxis(attrs.axis, data2.dims.length)));
    const unit = new Float64Array(data2.data.length);
    for (let i = 0; i < unit.length; i += size) {
      const row = data2.data.subarray(i, i + size);
      const inverse = 1 / Math.sqrt(row.reduce((s, v) => s + v * v, 0) / size + attrs.epsilon);
      unit.set(
        row.map((v) => v * inverse),
        i
      );
    }
    return affine(num(data2.dtype, data2.dims, unit), required(x2, 1), void 0);
  },
  // with d = dy · scale: (d - x̂ mean(d x̂)) / √(mean x² + ε)
  vjp: ({ g, dy, x: x2, attrs, wants }) => {
    const data2 = required(x2, 0);
    const m = formula(g, data2.dtype);
    const axes2 = lastAxes(normalizeAxis(attrs.axis, rankOf(data2)), rankOf(data2));
    const inverse = inverseRms(g, data2, axes2, attrs.epsilon);
    const unit = m.mul(data2, inverse);
    const d = m.mul(dy, required(x2, 1));
    const dx = () => m.mul(m.sub(d, m.mul(unit, m.mean(m.mul(d, unit), axes2))), inverse);
    return [wants[0] ? dx() : null, wants[1] ? m.mul(dy, unit) : null];
  }
});

// src/ops/_lanes.ts
function mapLanes(t, axis, f) {
  const at = normalizeAxis(axis, t.dims.length);
  const length = t.dims[at] ?? 1;
  const inner = elementCount2(t.dims.slice(at + 1));
  const out2 = new Float64Array(t.data.length);
  for (let first = 0; first < t.data.length; first += length * inner) {
    for (let i = first; i < first + inner; i++) {
      const lane = Float64Array.from({ length }, (_, k) => t.data[i + k * inner]);
      f(lane).forEach((v, k) => {
        out2[i + k * inner] = v;
      });
    }
  }
  return num(t.dtype, t.dims, out2);
}
var total = (lane) => lane.reduce((s, v) => s + v, 0);

// src/ops/lp-normalization.ts
function norm(lane, p) {
  return p === 1 ? total(lane.map(Math.abs)) : Math.sqrt(total(lane.map((v) => v * v)));
}
var LpNormalization = defineOp({
  kind: "normalize",
  attrs: { axis: int(-1), p: int(2) },
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: required(x2, 0).dims }),
  eval: ({ x: x2, attrs }) => mapLanes(required(x2, 0), attrs.axis, (lane) => {
    const size = norm(lane, attrs.p);
    return size === 0 ? lane : lane.map((v) => v / size);
  }),
  // d‖x‖ is y for p = 2 and sign x for p = 1: dx = (dy - d‖x‖ Σ dy y) / ‖x‖
  vjp: ({ g, dy, x: x2, y, attrs: { axis, p } }) => {
    const data2 = required(x2, 0);
    const m = formula(g, y.dtype);
    const size = g.op(p === 1 ? "ReduceL1" : "ReduceL2", [data2, g.ints([axis])], { keepdims: 1 });
    const positive2 = m.greater(size, 0);
    const inverse = m.where(positive2, m.div(1, m.where(positive2, size, 1)), 0);
    const along2 = m.mul(p === 1 ? m.sign(data2) : y, m.sum(m.mul(dy, y), [axis]));
    return [m.mul(m.sub(dy, along2), inverse)];
  }
});
var EPSILON = 1e-9;
var MeanVarianceNormalization = defineOp({
  kind: "normalize",
  attrs: { axes: ints() },
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: required(x2, 0).dims }),
  eval: ({ x: x2, attrs }) => standardizeOver(required(x2, 0), attrs.axes ?? [0, 2, 3]),
  vjp: ({ g, dy, x: x2, y, attrs }) => {
    const data2 = required(x2, 0);
    const m = formula(g, y.dtype);
    const rank = data2.dims?.length;
    if (rank === void 0) throw new OnnxplainError2("E_SHAPE", `The rank of \`${data2.name}\` is unknown.`);
    const axes2 = (attrs.axes ?? [0, 2, 3]).map((a) => normalizeAxis(a, rank));
    const centred2 = m.sub(data2, m.mean(data2, axes2));
    const inverse = m.div(1, m.add(m.sqrt(m.mean(m.mul(centred2, centred2), axes2)), EPSILON));
    return [standardizedCotangent(m, dy, { unit: y, inverse, axes: axes2 })];
  }
});
function standardizeOver(t, over) {
  const axes2 = over.map((a) => normalizeAxis(a, t.dims.length));
  const kept = t.dims.map((d, i) => axes2.includes(i) ? 1 : d);
  const strides2 = stridesOf(kept).map((s, i) => axes2.includes(i) ? 0 : s);
  const cell = new Int32Array(t.data.length);
  eachIndex(t.dims, (index, at) => {
    cell[at] = offsetOf(index, strides2);
  });
  const cells = kept.reduce((p, d) => p * d, 1);
  const share3 = cells / t.data.length;
  const means = new Float64Array(cells);
  const variances = new Float64Array(cells);
  t.data.forEach((v, i) => {
    means[cell[i]] += v * share3;
  });
  const centred2 = t.data.map((v, i) => v - means[cell[i]]);
  centred2.forEach((v, i) => {
    variances[cell[i]] += v * v * share3;
  });
  return num(
    t.dtype,
    t.dims,
    centred2.map((v, i) => v / (Math.sqrt(variances[cell[i]]) + EPSILON))
  );
}

// src/ops/lrn.ts
var reach = (size) => [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
function denominators(x2, { alpha, bias, size }) {
  const channels = x2.dims[1];
  const inner = x2.dims.slice(2).reduce((p, d) => p * d, 1);
  const [before, after] = reach(size);
  return x2.data.map((_, i) => {
    const c = Math.floor(i / inner) % channels;
    let sum2 = 0;
    for (let k = Math.max(0, c - before); k <= Math.min(channels - 1, c + after); k++)
      sum2 += x2.data[i + (k - c) * inner] ** 2;
    return bias + alpha / size * sum2;
  });
}
function channelWindowSum(g, v, [before, after]) {
  const size = before + after + 1;
  if (size === 1) return v;
  const rank = v.dims.length;
  const pads = new Array(2 * rank).fill(0);
  [pads[1], pads[rank + 1]] = [before, after];
  const padded = g.op("Pad", [v, g.ints(pads)]);
  const shifted2 = Array.from({ length: size }, (_, k) => {
    const end = k === size - 1 ? 2 ** 31 - 1 : k + 1 - size;
    return g.op("Slice", [padded, g.ints([k]), g.ints([end]), g.ints([1])]);
  });
  return g.op("Sum", shifted2);
}
function divideByPower(m, dy, d, beta) {
  if (beta === 1) return m.div(dy, d);
  if (beta === 0.5) return m.div(dy, m.sqrt(d));
  if (beta !== 0.75) return m.mul(dy, m.exp(m.mul(m.log(d), -beta)));
  const root = m.sqrt(d);
  return m.div(dy, m.mul(root, m.sqrt(root)));
}
var LRN = defineOp({
  kind: "normalize",
  attrs: { alpha: real(1e-4), beta: real(0.75), bias: real(1), size: int(1) },
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: required(x2, 0).dims }),
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const d = denominators(data2, attrs);
    return num(
      data2.dtype,
      data2.dims,
      data2.data.map((v, i) => v * d[i] ** -attrs.beta)
    );
  },
  vjp: ({ g, dy, x: x2, attrs: { alpha, beta, bias, size } }) => {
    const data2 = required(x2, 0);
    const m = formula(g, data2.dtype);
    const [before, after] = reach(size);
    const d = m.add(m.mul(channelWindowSum(g, m.mul(data2, data2), [before, after]), alpha / size), bias);
    const direct = divideByPower(m, dy, d, beta);
    const spread2 = channelWindowSum(g, m.div(m.mul(direct, data2), d), [after, before]);
    return [m.sub(direct, m.mul(m.mul(data2, 2 * alpha * beta / size), spread2))];
  }
});

// src/ops/matmul.ts
function matmulDims(a, b) {
  if (!a || !b) return void 0;
  const batch = broadcastDims(a.slice(0, -2), b.slice(0, -2)) ?? [];
  return [...batch, ...a.length > 1 ? [a.at(-2)] : [], ...b.length > 1 ? [b.at(-1)] : []];
}
function transposed(g, v) {
  const rank = v.dims.length;
  const perm = Array.from({ length: rank }, (_, i) => i < rank - 2 ? i : 2 * rank - 3 - i);
  return g.op("Transpose", [v], { perm });
}
var MatMul = defineOp({
  kind: "linear",
  attrs: {},
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: matmulDims(required(x2, 0).dims, required(x2, 1).dims) }),
  eval: ({ x: x2 }) => {
    const a0 = required(x2, 0);
    const b0 = required(x2, 1);
    const a = a0.dims.length === 1 ? num(a0.dtype, [1, ...a0.dims], a0.data) : a0;
    const b = b0.dims.length === 1 ? num(b0.dtype, [...b0.dims, 1], b0.data) : b0;
    const dims = matmulDims(a.dims, b.dims);
    const [m, n] = dims.slice(-2);
    const k = a.dims.at(-1);
    const batch = dims.slice(0, -2);
    const y = zeros(a.dtype, dims);
    const sa = alignedStrides(a.dims, dims.length);
    const sb = alignedStrides(b.dims, dims.length);
    eachIndex(batch, (index, at) => {
      const pa = offsetOf(index, sa);
      const pb = offsetOf(index, sb);
      for (let i = 0; i < m; i++) {
        for (let p = 0; p < k; p++) {
          const v = a.data[pa + i * k + p];
          if (v === 0) continue;
          for (let j = 0; j < n; j++) y.data[(at * m + i) * n + j] += v * b.data[pb + p * n + j];
        }
      }
    });
    return num(a.dtype, matmulDims(a0.dims, b0.dims), y.data);
  },
  // dA = dY Bᵀ, dB = Aᵀ dY; a vector is a matrix with one row (left) or one column (right)
  vjp: ({ g, dy, x: x2, wants }) => {
    const a = required(x2, 0);
    const b = required(x2, 1);
    const aVector = a.dims?.length === 1;
    const bVector = b.dims?.length === 1;
    const at = (axis) => g.ints([axis]);
    const a2 = aVector ? g.op("Unsqueeze", [a, at(0)]) : a;
    const b2 = bVector ? g.op("Unsqueeze", [b, at(1)]) : b;
    const rows = aVector ? g.op("Unsqueeze", [dy, at(bVector ? -1 : -2)]) : dy;
    const d2 = bVector ? g.op("Unsqueeze", [rows, at(-1)]) : rows;
    const da = wants[0] ? g.op("MatMul", [d2, transposed(g, b2)]) : null;
    const db = wants[1] ? g.op("MatMul", [transposed(g, a2), d2]) : null;
    return [da && aVector ? g.op("Squeeze", [da, at(-2)]) : da, db && bVector ? g.op("Squeeze", [db, at(-1)]) : db];
  }
});

// src/ops/max-pool-taps.ts
function remainders(g, { taps: taps2, y, dy, counts }) {
  const left = [dy];
  for (const { v, offsets, strides: strides2 } of taps2.slice(0, -1)) {
    const below = g.op("Add", [picked(g, v, { offsets, strides: strides2, counts, factor: -1 }), y]);
    left.push(g.op("Mul", [left.at(-1), positiveMask(g, below)]));
  }
  return left;
}
function shares(g, left, difference = (a, b) => minus(g, a, b)) {
  return left.map((value, i) => {
    const next = left[i + 1];
    return next === void 0 ? value : difference(value, next);
  });
}
function minus(g, a, b) {
  const channels = b.dims[1];
  const negative = g.op("Conv", [b, depthwiseKernel(g, channels, { dims: [1, 1], values: [-1] })], {
    group: channels,
    kernel_shape: [1, 1]
  });
  return g.op("Add", [negative, a]);
}
var upTo = (n) => Array.from({ length: n }, (_, i) => i);
function firstMaximaOfTiles(g, { x: x2, y, dy, axes: [rows, columns], size, count }) {
  const strides2 = [rows.stride, columns.stride];
  const taps2 = upTo(rows.kernel).flatMap(
    (a) => upTo(columns.kernel).map((b) => ({ v: x2, offsets: [a, b], strides: strides2 }))
  );
  const parts2 = shares(g, remainders(g, { taps: taps2, y, dy, counts: count }), (a, b) => g.op("Sub", [a, b]));
  const phases = upTo(rows.kernel).map((a) => parts2.slice(a * columns.kernel, (a + 1) * columns.kernel));
  return interleave(g, phases, { grid: count, size, zeroMargin: true });
}
var phaseOf = (offset, stride) => {
  const shift = Math.floor(offset / stride);
  return { phase: offset - stride * shift, shift };
};
function firstMaxima(g, t) {
  const [rows, columns] = t.axes;
  const grid = [Math.ceil(t.size[0] / rows.stride), Math.ceil(t.size[1] / columns.stride)];
  const count = [Math.max(t.count[0], grid[0]), Math.max(t.count[1], grid[1])];
  const grown = { ...t, count, y: resized(g, t.y, count), dy: resized(g, t.dy, count) };
  const maxima2 = rowMaxima(g, grown);
  const along2 = upTo(rows.stride).map(
    (f) => rows.stride === 1 ? maxima2 : picked(g, maxima2, { offsets: [f, 0], strides: [rows.stride, 1], counts: [grid[0], count[1]], factor: 1 })
  );
  const handed = toRows(g, grown, { along: along2, grid });
  const phases = handed.map((dy, f) => toColumns(g, grown, { dy, y: along2[f], f, grid }));
  return interleave(g, phases, { grid, size: t.size, zeroMargin: true });
}
function rowMaxima(g, { x: x2, axes: [, columns], size, count }) {
  if (columns.kernel === 1 && columns.stride === 1) return x2;
  const end = Math.max(0, (count[1] - 1) * columns.stride + columns.kernel - size[1] - columns.begin);
  return g.op("MaxPool", [x2], {
    kernel_shape: [1, columns.kernel],
    pads: [0, columns.begin, 0, end],
    strides: [1, columns.stride]
  });
}
function toRows(g, { y, dy, axes: [rows], count }, { along: along2, grid }) {
  const at = upTo(rows.kernel).map((a) => phaseOf(a - rows.begin, rows.stride));
  const taps2 = at.map(({ phase, shift }) => ({
    v: along2[phase],
    offsets: [shift, 0],
    strides: [1, 1]
  }));
  const parts2 = shares(g, remainders(g, { taps: taps2, y, dy, counts: count }));
  return along2.map(
    (_, f) => gathered(g, parts2, {
      at: at.map(({ phase, shift }) => phase === f ? [shift, 0] : null),
      counts: [grid[0], count[1]]
    })
  );
}
function toColumns(g, { x: x2, axes: [rows, columns], count }, { dy, y, f, grid }) {
  const at = upTo(columns.kernel).map((b) => phaseOf(b - columns.begin, columns.stride));
  const taps2 = upTo(columns.kernel).map((b) => ({
    v: x2,
    offsets: [f, b - columns.begin],
    strides: [rows.stride, columns.stride]
  }));
  const parts2 = shares(g, remainders(g, { taps: taps2, y, dy, counts: [grid[0], count[1]] }));
  return upTo(columns.stride).map(
    (q) => gathered(g, parts2, { at: at.map(({ phase, shift }) => phase === q ? [0, shift] : null), counts: grid })
  );
}
function gathered(g, parts2, { at, counts }) {
  let sum2;
  parts2.forEach((part2, i) => {
    const shifts = at[i];
    if (!shifts) return;
    const moved2 = shifted(g, part2, { shifts, counts });
    sum2 = sum2 ? g.op("Add", moved2 === part2 ? [sum2, moved2] : [moved2, sum2]) : moved2;
  });
  return sum2;
}

// src/ops/max-pool-vjp.ts
var WIDEST = 5;
var BLOCK3 = 16;
function windowsOf({ x: x2, attrs }) {
  const size = x2.dims?.slice(2);
  const channels = x2.dims?.[1];
  if (!isStatic(size) || size.length !== 2 || x2.dtype !== "float32" || typeof channels !== "number" || channels % BLOCK3 !== 0)
    return void 0;
  const axes2 = windowAxes(attrs.kernel_shape ?? [], attrs, size);
  if (axes2.some((a) => a.kernel > WIDEST || a.dilation !== 1 || a.stride > a.kernel || a.begin >= a.kernel))
    return void 0;
  const count = axes2.map((a, i) => windowCount(size[i], a, attrs.ceil_mode));
  return { axes: axes2, size, count };
}
function zeroPaddingIsHarmless(g, p, { axes: axes2, size, count }) {
  const inside2 = axes2.every(
    (a, i) => a.begin === 0 && (count[i] - 1) * a.stride + extent(a) <= size[i]
  );
  return inside2 || isNonNegative(g, p.x) && (p.deadAtZero || axes2.every((a) => a.begin === 0));
}
var tiles = ({ axes: axes2, size, count }) => axes2.every(
  (a, i) => a.stride === a.kernel && a.begin === 0 && count[i] === Math.ceil(size[i] / a.stride)
) && axes2.reduce((p, a) => p * a.kernel, 1) <= 4;
function maxPoolCotangent(g, p) {
  const windows = windowsOf(p);
  if (windows === void 0 || !zeroPaddingIsHarmless(g, p, windows)) return byIndices(g, p);
  const out2 = byTaps(g, p, windows);
  return p.deadAtZero ? vanishesWith(g, out2, p.x) : out2;
}
function byTaps(g, p, windows) {
  const dy = p.deadAtZero ? wherePositive(g, p.dy, p.y) : p.dy;
  const taps2 = { ...windows, x: p.x, y: p.y, dy };
  return tiles(windows) ? firstMaximaOfTiles(g, taps2) : firstMaxima(g, taps2);
}
function byIndices(g, { x: x2, dy, attrs }) {
  const [, indices] = g.ops("MaxPool", [x2], { attrs: poolNodeAttrs(attrs), outputs: 2 });
  const flat = (v) => g.op("Reshape", [v, g.ints([-1])]);
  const zeros2 = g.op("Mul", [flat(x2), g.scalar(0, x2.dtype)]);
  return reshapeLike(g, g.op("ScatterElements", [zeros2, flat(indices), flat(dy)], { axis: 0, reduction: "add" }), x2);
}
function poolNodeAttrs(attrs) {
  const { auto_pad, ceil_mode, dilations, kernel_shape, pads, strides: strides2 } = attrs;
  return {
    auto_pad,
    ceil_mode: Number(ceil_mode),
    kernel_shape: kernel_shape ?? [],
    ...dilations ? { dilations } : {},
    ...pads ? { pads } : {},
    ...strides2 ? { strides: strides2 } : {}
  };
}

// src/ops/max-pool.ts
function firstMax(t, offsets, base) {
  let best = base + offsets[0];
  for (const o of offsets) if (t.data[base + o] > t.data[best]) best = base + o;
  return best;
}
var MaxPool = defineOp({
  kind: "pool",
  attrs: { ...poolAttrs, storage_order: int(0) },
  shape: ({ x: x2, attrs, name, outputs }) => {
    const { dtype, dims } = required(x2, 0);
    const out2 = pooledDims(
      dims,
      windowAxes(attrs.kernel_shape ?? [], attrs, dims?.slice(2) ?? []),
      attrs.ceil_mode,
      name
    );
    const y = { dtype, dims: out2 };
    return outputs > 1 ? [y, { dtype: "int64", dims: out2 }] : y;
  },
  eval: ({ x: x2, attrs, outputs }) => {
    if (attrs.storage_order !== 0 && outputs > 1)
      throw new OnnxplainError2(
        "E_UNSUPPORTED_OP",
        "MaxPool with `storage_order` 1 (column-major indices) is not supported."
      );
    const t = required(x2, 0);
    const axes2 = windowAxes(attrs.kernel_shape ?? [], attrs, t.dims.slice(2));
    const at = poolEach(t, axes2, attrs.ceil_mode, (offsets, base) => firstMax(t, offsets, base));
    const y = num(
      t.dtype,
      at.dims,
      at.data.map((i) => t.data[i])
    );
    return outputs > 1 ? [y, num("int64", at.dims, at.data)] : y;
  },
  vjp: ({ g, dy, x: x2, y, attrs, deadAtZero }) => [
    maxPoolCotangent(g, { x: required(x2, 0), y, dy, attrs, deadAtZero: deadAtZero?.[0] ?? false })
  ]
});
var GlobalMaxPool = defineOp({
  kind: "pool",
  attrs: {},
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: globalDims(required(x2, 0).dims) }),
  eval: ({ x: x2 }) => {
    const t = required(x2, 0);
    const size = elementCount2(t.dims.slice(2));
    return num(
      t.dtype,
      globalDims(t.dims),
      Float64Array.from(
        { length: t.data.length / size },
        (_, p) => t.data.subarray(p * size, (p + 1) * size).reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY)
      )
    );
  },
  // ArgMax picks the first maximum of the flattened plane
  vjp: ({ g, dy, x: x2 }) => {
    const data2 = required(x2, 0);
    const dims = data2.dims;
    const spatial = dims.slice(2);
    const plane = elementCount2(spatial);
    const flat = g.op("Reshape", [data2, g.ints([0, 0, plane])]);
    const winner = g.op("ArgMax", [flat], { axis: 2, keepdims: 1, select_last_index: 0 });
    const hot = g.op("Equal", [
      winner,
      g.op("Range", [g.scalar(0, "int64"), g.scalar(plane, "int64"), g.scalar(1, "int64")])
    ]);
    const mask = g.op("Reshape", [g.op("Cast", [hot], { to: 1 }), g.ints([0, 0, ...spatial])]);
    return [g.op("Mul", [dy, mask])];
  }
});

// src/ops/slice.ts
var clamp = (v, low, high) => Math.min(Math.max(v, low), high);
function clamped(size, bounds) {
  const { step: step3 } = bounds;
  if (size === 0) return { start: 0, step: step3, count: 0 };
  const wrap2 = (v) => v < 0 ? v + size : v;
  const [low, high] = step3 > 0 ? [0, size] : [-1, size - 1];
  const start2 = clamp(wrap2(bounds.start), step3 > 0 ? 0 : Math.max(low, 0), high);
  const end = clamp(wrap2(bounds.end), low, high);
  return { start: start2, step: step3, count: Math.max(0, Math.ceil((end - start2) / step3)) };
}
function sliceAxes({ dtype, dims, data: data2 }, slices) {
  const outDims = [...dims];
  const strides2 = stridesOf(dims);
  let offset = 0;
  for (const { axis, start: start2, step: step3, count } of slices) {
    outDims[axis] = count;
    offset += start2 * stridesOf(dims)[axis];
    strides2[axis] = strides2[axis] * step3;
  }
  const out2 = new Float64Array(outDims.reduce((p, d) => p * d, 1));
  eachIndex(outDims, (index, at) => {
    let from = offset;
    for (let i = 0; i < index.length; i++) from += index[i] * strides2[i];
    out2[at] = data2[from];
  });
  return num(dtype, outDims, out2);
}
var FAR = 2 ** 31 - 1;
function keepsAll(size, bounds) {
  const { start: start2, end, step: step3 } = bounds;
  if (step3 === 1) return start2 === 0 && (end === size || typeof end === "number" && end >= FAR);
  return step3 === -1 && (start2 === -1 || typeof start2 === "number" && start2 >= FAR) && typeof end === "number" && end <= -FAR;
}
function boundsOf(x2, rank) {
  const starts = x2[1]?.content ?? numbersOf(x2[1]);
  const ends = x2[2]?.content ?? numbersOf(x2[2]);
  const axes2 = x2[3] ? numbersOf(x2[3]) : starts?.map((_, i) => i);
  const steps2 = x2[4] ? numbersOf(x2[4]) : starts?.map(() => 1);
  if (!starts || !ends || !axes2 || !steps2) return void 0;
  return axes2.map((a, i) => ({
    axis: normalizeAxis(a, rank),
    start: starts[i],
    end: ends[i],
    step: steps2[i]
  }));
}
function known3(b, size) {
  const { axis, start: start2, end, step: step3 } = b;
  if (typeof size === "number" && typeof start2 === "number" && typeof end === "number")
    return { axis, ...clamped(size, { start: start2, end, step: step3 }) };
  return keepsAll(size, b) ? { axis, start: 0, step: step3, count: size } : void 0;
}
function sliceShape(x2, name) {
  const { dtype, dims, content } = required(x2, 0);
  if (dims === void 0) return { dtype, dims };
  const bounds = boundsOf(x2, dims.length);
  const axes2 = x2[3] ? numbersOf(x2[3])?.map((a) => normalizeAxis(a, dims.length)) : void 0;
  if (bounds === void 0)
    return { dtype, dims: dims.map((d, i) => axes2 && !axes2.includes(i) ? d : unknownDim(name, i)) };
  const out2 = [...dims];
  for (const b of bounds) out2[b.axis] = known3(b, dims[b.axis])?.count ?? unknownDim(name, b.axis);
  const only = bounds[0] && known3(bounds[0], dims[0]);
  const part2 = content && only && typeof only.count === "number" && dims.length === 1 ? Array.from({ length: only.count }, (_, i) => content[only.start + i * only.step]) : void 0;
  return factWith({ dtype, dims: out2 }, part2);
}
function insertZeros(g, v, { axis, step: step3, count }) {
  const dims = v.dims;
  const pads = new Array(2 * dims.length + 2).fill(0);
  pads[dims.length + 1 + axis + 1] = step3 - 1;
  const spread2 = g.op("Pad", [g.op("Unsqueeze", [v, g.ints([axis + 1])]), g.ints(pads)]);
  return reshapeTo(
    g,
    spread2,
    dims.map((d, i) => i === axis ? count * step3 : d),
    () => {
      throw new Error("internal: several free dims");
    }
  );
}
function spreadBack(g, dy, x2) {
  const input = required(x2, 0);
  if (input.dims === void 0 || dy.dims === void 0) return void 0;
  const { dims } = input;
  const rank = dims.length;
  const kept = boundsOf(x2, rank)?.map((b) => known3(b, dims[b.axis]));
  if (kept === void 0 || kept.some((k) => k === void 0)) return void 0;
  const slices = kept;
  if (slices.some((s) => s.count === 0)) return zerosLike(g, input);
  if (slices.some((s) => Math.abs(s.step) > 1) && dy.dims.filter((d) => typeof d === "string").length > 1)
    return void 0;
  const pads = new Array(2 * rank).fill(0);
  const reversed = slices.filter((s) => s.step < 0).map((s) => s.axis);
  let out2 = dy;
  if (reversed.length > 0) out2 = reverse(g, out2, reversed);
  for (const s of slices) {
    if (typeof s.count !== "number") continue;
    const step3 = Math.abs(s.step);
    const begin = s.step < 0 ? s.start - (s.count - 1) * step3 : s.start;
    if (step3 > 1) out2 = insertZeros(g, out2, { axis: s.axis, step: step3, count: s.count });
    pads[s.axis] = begin;
    pads[s.axis + rank] = dims[s.axis] - begin - s.count * step3;
  }
  return pads.every((p) => p === 0) ? out2 : g.op("Pad", [out2, g.ints(pads)]);
}
var reverse = (g, v, axes2) => g.op("Slice", [
  v,
  g.ints(axes2.map(() => -1)),
  g.ints(axes2.map(() => -FAR)),
  g.ints(axes2),
  g.ints(axes2.map(() => -1))
]);
var Slice = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x: x2, name }) => sliceShape(x2, name),
  eval: ({ x: x2 }) => {
    const data2 = required(x2, 0);
    const facts = x2.map((t) => t && { dtype: t.dtype, dims: t.dims, content: Array.from(t.data) });
    const bounds = boundsOf(facts, data2.dims.length) ?? [];
    return sliceAxes(
      data2,
      bounds.map((b) => known3(b, data2.dims[b.axis]))
    );
  },
  vjp: ({ g, dy, x: x2 }) => {
    const data2 = required(x2, 0);
    return [spreadBack(g, dy, x2) ?? scatterBack(g, dy, { x: data2, move: (p) => g.op("Slice", [p, ...x2.slice(1)]) })];
  }
});

// src/ops/pad-fold.ts
var FOLDS = {
  edge: (g, piece, { axis, size, side: side2 }) => ({
    piece: g.op("ReduceSum", [piece, g.ints([axis])], { keepdims: 1 }),
    width: 1,
    at: side2 === "begin" ? 0 : size - 1
  }),
  reflect: (g, piece, { axis, width, size, side: side2 }) => ({
    piece: width > 1 ? reverse(g, piece, [axis]) : piece,
    width,
    at: side2 === "begin" ? 1 : size - 1 - width
  }),
  wrap: (_, piece, { width, size, side: side2 }) => ({ piece, width, at: side2 === "begin" ? size - width : 0 })
};
var reach2 = (mode, size) => mode === "edge" ? Number.POSITIVE_INFINITY : mode === "reflect" ? size - 1 : size;
function foldPadding(g, dy, options) {
  const { like, pads, mode } = options;
  const fold = FOLDS[mode];
  const rank = like.dims?.length ?? 0;
  const cropped = new Array(2 * rank).fill(0);
  let out2 = dy;
  for (const { axis, begin, end } of pads) {
    if (begin === 0 && end === 0) continue;
    const whole2 = like.dims?.[axis];
    if (typeof whole2 !== "number" || fold === void 0) return void 0;
    const size = whole2 + Math.min(0, begin) + Math.min(0, end);
    if (Math.max(begin, end) > reach2(mode, size) || size === 0) return void 0;
    cropped[axis] = Math.max(0, -begin);
    cropped[axis + rank] = Math.max(0, -end);
    out2 = foldAxis(g, out2, { axis, begin: Math.max(0, begin), end: Math.max(0, end), size, rank, fold });
  }
  return cropped.some((p) => p > 0) ? g.op("Pad", [out2, g.ints(cropped)]) : out2;
}
function foldAxis(g, dy, o) {
  const { axis, begin, end, size, rank } = o;
  const cut = (from, to) => g.op("Slice", [dy, g.ints([from]), g.ints([to]), g.ints([axis])]);
  let out2 = begin + end === 0 ? dy : cut(begin, begin + size);
  const borders = [
    { side: "begin", width: begin, from: 0 },
    { side: "end", width: end, from: begin + size }
  ];
  for (const { side: side2, width, from } of borders) {
    if (width === 0) continue;
    const { piece, width: folded2, at } = o.fold(g, cut(from, from + width), { axis, width, size, side: side2 });
    const pads = new Array(2 * rank).fill(0);
    pads[axis] = at;
    pads[axis + rank] = size - at - folded2;
    out2 = g.op("Add", [out2, pads.every((p) => p === 0) ? piece : g.op("Pad", [piece, g.ints(pads)])]);
  }
  return out2;
}

// src/ops/pad.ts
function padsOf2(x2, rank) {
  const flat = numbersOf(x2[1]);
  const axes2 = x2[3] ? numbersOf(x2[3]) : Array.from({ length: rank }, (_, i) => i);
  if (!flat || !axes2) return void 0;
  return axes2.map((a, i) => ({
    axis: normalizeAxis(a, rank),
    begin: flat[i],
    end: flat[i + axes2.length]
  }));
}
var modulo = (a, n) => (a % n + n) % n;
var SOURCE = {
  constant: (i, size) => i < 0 || i >= size ? -1 : i,
  edge: (i, size) => Math.min(Math.max(i, 0), size - 1),
  wrap: (i, size) => modulo(i, size),
  reflect: (i, size) => {
    if (size === 1) return 0;
    const at = modulo(i, 2 * (size - 1));
    return at < size ? at : 2 * (size - 1) - at;
  }
};
function sources(size, pad2, mode) {
  const { begin, end } = pad2 ?? { begin: 0, end: 0 };
  const source = SOURCE[mode];
  if (source === void 0)
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `Pad has no mode \`${mode}\` (expected constant, reflect, edge or wrap). The file is damaged.`
    );
  const first = Math.max(0, -begin);
  const left = size - first - Math.max(0, -end);
  return Array.from({ length: Math.max(0, size + begin + end) }, (_, i) => {
    const at = source(i - Math.max(0, begin), left);
    return at < 0 ? -1 : at + first;
  });
}
function pad({ dtype, dims, data: data2 }, pads, options) {
  const from = dims.map(
    (size, axis) => sources(
      size,
      pads.find((p) => p.axis === axis),
      options.mode
    )
  );
  const outDims = from.map((s) => s.length);
  const strides2 = stridesOf(dims);
  const out2 = new Float64Array(outDims.reduce((p, d) => p * d, 1));
  eachIndex(outDims, (index, at) => {
    let offset = 0;
    for (let axis = 0; axis < index.length; axis++) {
      const source = from[axis]?.[index[axis]];
      offset = source < 0 || offset < 0 ? -1 : offset + source * strides2[axis];
    }
    out2[at] = offset < 0 ? options.value : data2[offset];
  });
  return num(dtype, outDims, out2);
}
function unpad({ g, dy, x: x2, wants }) {
  const data2 = required(x2, 0);
  const pads = required(x2, 1);
  const flat = numbersOf(pads);
  const negated = flat ? g.ints(flat.map((p) => -p)) : g.op("Neg", [pads]);
  const core = flat?.every((p) => p === 0) ? dy : g.op("Pad", [dy, negated, null, x2[3] ?? null]);
  const value = x2[2] && wants[2] ? g.op("Sub", [g.op("ReduceSum", [dy], { keepdims: 0 }), g.op("ReduceSum", [core], { keepdims: 0 })]) : null;
  return [data2.dims ? core : null, null, value];
}
var Pad = defineOp({
  kind: "movement",
  attrs: { mode: text2("constant") },
  shape: ({ x: x2, name }) => {
    const { dtype, dims } = required(x2, 0);
    if (dims === void 0) return { dtype, dims };
    const pads = padsOf2(x2, dims.length);
    const grown = (d, axis) => {
      if (pads === void 0) return unknownDim(name, axis);
      const more = pads.filter((p) => p.axis === axis).reduce((s, p) => s + p.begin + p.end, 0);
      return typeof d === "number" ? d + more : more === 0 ? d : unknownDim(name, axis);
    };
    return { dtype, dims: dims.map(grown) };
  },
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const facts = x2.map((t) => t && { dtype: t.dtype, dims: t.dims, content: Array.from(t.data) });
    return pad(data2, padsOf2(facts, data2.dims.length) ?? [], { mode: attrs.mode, value: x2[2]?.data[0] ?? 0 });
  },
  vjp: (args) => {
    const { g, dy, x: x2, attrs } = args;
    if (attrs.mode === "constant") return unpad(args);
    const data2 = required(x2, 0);
    const pads = data2.dims && padsOf2(x2, data2.dims.length);
    const folded2 = pads && foldPadding(g, dy, { like: data2, pads, mode: attrs.mode });
    return [
      folded2 ?? scatterBack(g, dy, { x: data2, move: (p) => g.op("Pad", [p, ...x2.slice(1)], { mode: attrs.mode }) })
    ];
  }
});

// src/ops/prelu.ts
function dataCotangent(m, { dy, x: x2, slope, larger }) {
  const above = m.greater(x2, 0);
  const gentle = slope.constant && Array.from(toNumbers3(slope.constant)).every((v) => v >= 0 && v <= 1);
  return gentle ? m.mul(dy, larger(m.mask(above), slope)) : m.where(above, dy, m.mul(dy, slope));
}
var PRelu = defineOp({
  kind: "activation",
  attrs: {},
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: required(x2, 0).dims }),
  eval: ({ x: x2 }) => {
    const data2 = required(x2, 0);
    return mapBroadcast(data2.dtype, [data2, required(x2, 1)], (v, slope) => v < 0 ? slope * v : v);
  },
  vjp: ({ g, dy, x: x2, wants }) => {
    const [data2, slope] = [required(x2, 0), required(x2, 1)];
    const m = formula(g, data2.dtype);
    return [
      wants[0] ? dataCotangent(m, { dy, x: data2, slope, larger: (a, b) => g.op("Max", [a, b]) }) : null,
      wants[1] ? m.mul(dy, m.atMost(data2, 0)) : null
    ];
  }
});

// src/ops/_round.ts
function roundHalfEven(v) {
  const down = Math.floor(v);
  const rest = v - down;
  if (rest !== 0.5) return Math.round(v);
  return down % 2 === 0 ? down : down + 1;
}

// src/ops/elementwise.ts
function elementwise(def) {
  return defineOp({
    kind: "activation",
    attrs: def.attrs,
    shape: ({ x: x2, attrs }) => sameShape2(required(x2, 0), def.f(attrs)),
    eval: ({ x: x2, attrs }) => {
      const { dtype, dims, data: data2 } = required(x2, 0);
      return num(dtype, dims, data2.map(def.f(attrs)));
    },
    vjp: ({ g, dy, x: x2, y, attrs }) => [def.dx({ g, m: formula(g, y.dtype), dy, x: required(x2, 0), y, attrs })]
  });
}
var unary2 = (f, dx) => elementwise({ attrs: {}, f: () => f, dx });
function sameShape2({ dtype, dims, content }, f) {
  if (!isStatic(content) || isFloat(dtype)) return { dtype, dims };
  return { dtype, dims, content: content.map((v) => Math.trunc(f(v))) };
}

// src/ops/rectifiers.ts
var LeakyRelu = elementwise({
  attrs: { alpha: real(0.01) },
  f: ({ alpha }) => (v) => v < 0 ? alpha * v : v,
  dx: ({ m, dy, x: x2, y, attrs: { alpha } }) => {
    const above = m.mask(m.greater(alpha > 0 ? y : x2, 0));
    const slope = alpha >= 0 && alpha <= 1 ? m.atLeast(above, alpha) : m.add(m.mul(above, 1 - alpha), alpha);
    return m.mul(dy, slope);
  }
});
var ThresholdedRelu = elementwise({
  attrs: { alpha: real(1) },
  f: ({ alpha }) => (v) => v > alpha ? v : 0,
  dx: ({ m, dy, x: x2, y, attrs: { alpha } }) => m.mul(dy, m.mask(alpha >= 0 ? m.greater(y, 0) : m.greater(x2, alpha)))
});
var between = (m, v, [low, high]) => m.mask(m.and(m.greater(v, low), m.less(v, high)));
var STEP = 2 ** 64;
var HardSigmoid = elementwise({
  attrs: { alpha: real(0.2), beta: real(0.5) },
  f: ({ alpha, beta }) => (v) => Math.max(0, Math.min(1, alpha * v + beta)),
  dx: ({ m, dy, y, attrs: { alpha } }) => Math.abs(alpha) >= STEP ? null : m.mul(m.mul(dy, alpha), between(m, y, [0, 1]))
});
var hardSigmoid = (v) => Math.max(0, Math.min(1, v / 6 + 0.5));
var HardSwish = unary2(
  (v) => v * hardSigmoid(v),
  ({ g, m, dy, x: x2 }) => {
    const h = g.op("HardSigmoid", [x2], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
    const inside2 = m.mask(m.less(m.abs(x2), 3));
    return m.mul(dy, m.add(h, m.mul(m.mul(x2, inside2), 1 / 6)));
  }
);
var Shrink = elementwise({
  attrs: { bias: real(0), lambd: real(0.5) },
  f: ({ bias, lambd }) => (v) => v < -lambd ? v + bias : v > lambd ? v - bias : 0,
  dx: ({ m, dy, x: x2, attrs: { lambd } }) => m.mul(dy, m.mask(m.greater(m.abs(x2), lambd)))
});

// src/ops/quantize.ts
var RANGES = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1]
};
function rangeOf(dtype) {
  const range = RANGES[dtype];
  if (range === void 0)
    throw new OnnxplainError2(
      "E_UNSUPPORTED_OP",
      `Quantisation to ${dtype} is not supported (uint8, int8, uint16, int16 are).`
    );
  return range;
}
var saturate = (v, [low, high]) => Math.max(low, Math.min(high, v));
function refuseBlocks(size) {
  if (size > 0)
    throw new OnnxplainError2(
      "E_UNSUPPORTED_OP",
      "Blocked quantisation (`block_size`) is not supported. Quantise per tensor or per axis."
    );
}
function eachElement(t, parameter, axis) {
  if (parameter === void 0) return () => 0;
  if (parameter.data.length === 1) return () => parameter.data[0];
  const inner = t.dims.slice(normalizeAxis(axis, t.dims.length) + 1).reduce((p, d) => p * d, 1);
  return (position) => parameter.data[Math.floor(position / inner) % parameter.data.length];
}
function quantized(t, {
  scale,
  zero,
  dtype,
  axis
}) {
  const [s, z] = [eachElement(t, scale, axis), eachElement(t, zero, axis)];
  const range = rangeOf(dtype);
  return num(
    dtype,
    t.dims,
    t.data.map((v, i) => saturate(roundHalfEven(v / s(i)) + z(i), range))
  );
}
function dequantized(t, { scale, zero, axis }) {
  const [s, z] = [eachElement(t, scale, axis), eachElement(t, zero, axis)];
  return num(
    scale.dtype,
    t.dims,
    t.data.map((v, i) => (v - z(i)) * s(i))
  );
}
function alongAxis(g, v, data2, axis) {
  const rank = data2.dims?.length ?? 0;
  if (v.dims?.length !== 1 || v.dims[0] === 1) return v;
  return g.op("Reshape", [v, g.ints([-1, ...new Array(rank - 1 - normalizeAxis(axis, rank)).fill(1)])]);
}
function unsaturated({ g, x: x2, y, attrs }) {
  const [data2, step3] = [required(x2, 0), required(x2, 1)];
  const m = formula(g, data2.dtype);
  const scale = alongAxis(g, step3, data2, attrs.axis);
  const zero = x2[2] ? g.op("Cast", [alongAxis(g, x2[2], data2, attrs.axis)], { to: dtypeCode(data2.dtype) }) : null;
  const bound = (q) => m.mul(zero ? m.sub(q, zero) : q, scale);
  const [low, high] = rangeOf(y.dtype);
  return between(m, data2, [bound(low - 0.5), bound(high + 0.5)]);
}
var QuantizeLinear = defineOp({
  kind: "activation",
  attrs: { axis: int(1), block_size: int(0), output_dtype: int(0), saturate: flag(true) },
  shape: ({ x: x2, attrs }) => {
    const declared = attrs.output_dtype === 0 ? void 0 : dtypeName2(attrs.output_dtype);
    return { dtype: x2[2]?.dtype ?? declared ?? "uint8", dims: required(x2, 0).dims };
  },
  eval: ({ x: x2, attrs }) => {
    refuseBlocks(attrs.block_size);
    const declared = attrs.output_dtype === 0 ? void 0 : dtypeName2(attrs.output_dtype);
    return quantized(required(x2, 0), {
      scale: required(x2, 1),
      zero: x2[2],
      dtype: x2[2]?.dtype ?? declared ?? "uint8",
      axis: attrs.axis
    });
  },
  vjp: (args) => {
    refuseBlocks(args.attrs.block_size);
    return [args.wants[0] ? args.g.op("Mul", [args.dy, unsaturated(args)]) : null, null, null];
  },
  straightThrough: true
});
var DequantizeLinear = defineOp({
  kind: "activation",
  attrs: { axis: int(1), block_size: int(0) },
  shape: ({ x: x2 }) => ({ dtype: required(x2, 1).dtype, dims: required(x2, 0).dims }),
  eval: ({ x: x2, attrs }) => {
    refuseBlocks(attrs.block_size);
    return dequantized(required(x2, 0), { scale: required(x2, 1), zero: x2[2], axis: attrs.axis });
  },
  vjp: ({ dy }) => [dy, null, null],
  straightThrough: true
});
var DynamicQuantizeLinear = defineOp({
  kind: "activation",
  attrs: {},
  shape: ({ x: x2 }) => [
    { dtype: "uint8", dims: required(x2, 0).dims },
    { dtype: required(x2, 0).dtype, dims: [] },
    { dtype: "uint8", dims: [] }
  ],
  eval: ({ x: x2 }) => {
    const data2 = required(x2, 0);
    const low = data2.data.reduce((a, v) => Math.min(a, v), 0);
    const high = data2.data.reduce((a, v) => Math.max(a, v), 0);
    const step3 = (high - low) / 255 || 1;
    const scale = num(data2.dtype, [], [step3]);
    const zero = num("uint8", [], [saturate(roundHalfEven(-low / step3), [0, 255])]);
    return [quantized(data2, { scale, zero, dtype: "uint8", axis: 0 }), scale, zero];
  },
  vjp: { none: "quantised integer arithmetic has no derivative; use a forward-only method, or export the float model" }
});

// src/ops/quantized-arithmetic.ts
var NO_DERIVATIVE = {
  none: "quantised integer arithmetic has no derivative; use a forward-only method, or export the float model"
};
function centred(q, zero, axis) {
  const z = eachElement(q, zero, axis);
  return num(
    q.dtype,
    q.dims,
    q.data.map((v, i) => v - z(i))
  );
}
var [ROWS, COLUMNS] = [-2, -1];
var QLinearMatMul = defineOp({
  kind: "linear",
  attrs: {},
  shape: ({ x: x2 }) => retyped(MatMul.shape({ x: [x2[0], x2[3]], attrs: {}, outputs: 1, name: "" }), required(x2, 7).dtype),
  eval: ({ x: x2 }) => {
    const a = dequantized(required(x2, 0), { scale: required(x2, 1), zero: x2[2], axis: ROWS });
    const b = dequantized(required(x2, 3), { scale: required(x2, 4), zero: x2[5], axis: COLUMNS });
    const [y] = MatMul.eval({ x: [a, b], attrs: {}, outputs: 1 });
    return quantized(y, { scale: required(x2, 6), zero: required(x2, 7), dtype: required(x2, 7).dtype, axis: ROWS });
  },
  vjp: NO_DERIVATIVE
});
var MatMulInteger = defineOp({
  kind: "linear",
  attrs: {},
  shape: ({ x: x2 }) => retyped(MatMul.shape({ x: [x2[0], x2[1]], attrs: {}, outputs: 1, name: "" }), "int32"),
  eval: ({ x: x2 }) => {
    const inputs = [centred(required(x2, 0), x2[2], ROWS), centred(required(x2, 1), x2[3], COLUMNS)];
    return num("int32", ...contents(MatMul.eval({ x: inputs, attrs: {}, outputs: 1 })));
  },
  vjp: NO_DERIVATIVE
});
var convolution = (def) => defineOp({
  kind: "linear",
  attrs: convAttrs,
  shape: ({ x: x2, attrs, name }) => def.shape(x2, (w) => Conv.shape({ x: [x2[0], x2[w]], attrs: given(attrs), outputs: 1, name })),
  eval: ({ x: x2, attrs }) => def.eval(x2, (inputs) => Conv.eval({ x: inputs, attrs: given(attrs), outputs: 1 })),
  vjp: NO_DERIVATIVE
});
var QLinearConv = convolution({
  shape: (x2, like) => retyped(like(3), required(x2, 7).dtype),
  eval: (x2, conv) => {
    const data2 = dequantized(required(x2, 0), { scale: required(x2, 1), zero: x2[2], axis: 1 });
    const w = dequantized(required(x2, 3), { scale: required(x2, 4), zero: x2[5], axis: 0 });
    const step3 = required(x2, 1).data[0];
    const scales = x2[4]?.data;
    const bias = x2[8] && num(
      "float32",
      x2[8].dims,
      x2[8].data.map((v, i) => v * step3 * scales[i % scales.length])
    );
    const [y] = conv([data2, w, bias]);
    return quantized(y, { scale: required(x2, 6), zero: required(x2, 7), dtype: required(x2, 7).dtype, axis: 1 });
  }
});
var ConvInteger = convolution({
  shape: (_, like) => retyped(like(1), "int32"),
  eval: (x2, conv) => num("int32", ...contents(conv([centred(required(x2, 0), x2[2], 1), centred(required(x2, 1), x2[3], 0)])))
});
var retyped = (facts, dtype) => facts.map(({ dims }) => ({ dtype, dims }));
var contents = ([t]) => [
  t.dims,
  t.data
];
function given(attrs) {
  return Object.fromEntries(Object.entries(attrs).filter(([, v]) => v !== void 0));
}

// src/ops/range.ts
var rangeLength = (start2, limit, delta) => Math.max(0, Math.ceil((limit - start2) / delta));
function rangeFact(facts, name) {
  const [start2, limit, delta] = facts.map((f) => f.content?.[0] ?? numbersOf(f)?.[0]);
  const dtype = facts[0]?.dtype ?? "int64";
  if (typeof start2 === "number" && typeof limit === "number" && typeof delta === "number") {
    const length = rangeLength(start2, limit, delta);
    const content = !isFloat(dtype) && length <= CONTENT_LIMIT2 ? Array.from({ length }, (_, i) => start2 + i * delta) : void 0;
    return factWith({ dtype, dims: [length] }, content);
  }
  return { dtype, dims: [start2 === 0 && delta === 1 && limit !== void 0 ? limit : unknownDim(name, 0)] };
}
var Range = defineOp({
  kind: "constant",
  attrs: {},
  shape: ({ x: x2, name }) => rangeFact(
    [0, 1, 2].map((i) => required(x2, i)),
    name
  ),
  eval: ({ x: x2 }) => {
    const [start2 = 0, limit = 0, delta = 1] = [0, 1, 2].map((i) => required(x2, i).data[0]);
    const length = rangeLength(start2, limit, delta);
    return num(
      required(x2, 0).dtype,
      [length],
      Array.from({ length }, (_, i) => start2 + i * delta)
    );
  },
  vjp: { none: "the length of a range is not differentiable" }
});
function oneHot(indices, values2, { depth, axis }) {
  const at = normalizeAxis(axis, indices.dims.length + 1);
  const inner = indices.dims.slice(at).reduce((p, d) => p * d, 1);
  const [off = 0, on = 1] = values2.data;
  const out2 = zeros(values2.dtype, [...indices.dims.slice(0, at), depth, ...indices.dims.slice(at)]);
  out2.data.fill(off);
  indices.data.forEach((index, position) => {
    const hot = normalizeAxis(Math.trunc(index), depth);
    if (hot < 0 || hot >= depth) return;
    out2.data[Math.floor(position / inner) * depth * inner + hot * inner + position % inner] = on;
  });
  return out2;
}
var OneHot = defineOp({
  kind: "constant",
  attrs: { axis: int(-1) },
  shape: ({ x: x2, attrs, name }) => {
    const { dims } = required(x2, 0);
    const depth = x2[1]?.content?.[0] ?? numbersOf(x2[1])?.[0];
    const at = normalizeAxis(attrs.axis, (dims?.length ?? 0) + 1);
    return {
      dtype: required(x2, 2).dtype,
      dims: dims && [...dims.slice(0, at), depth ?? unknownDim(name, at), ...dims.slice(at)]
    };
  },
  eval: ({ x: x2, attrs }) => oneHot(required(x2, 0), required(x2, 2), { depth: required(x2, 1).data[0], axis: attrs.axis }),
  vjp: { none: "a one-hot code does not vary smoothly with its index" }
});
var NonZero = defineOp({
  kind: "constant",
  attrs: {},
  shape: ({ x: x2, name }) => {
    const { dims } = required(x2, 0);
    return { dtype: "int64", dims: dims && [dims.length, unknownDim(name, 1)] };
  },
  eval: ({ x: x2 }) => {
    const { dims, data: data2 } = required(x2, 0);
    const found = [];
    eachIndex(dims, (index, at) => {
      if (data2[at] !== 0) found.push([...index]);
    });
    return num(
      "int64",
      [dims.length, found.length],
      dims.flatMap((_, axis) => found.map((index) => index[axis]))
    );
  },
  vjp: { none: "the number of results depends on the data" }
});

// src/ops/extremum-back.ts
function extremumBack(g, { x: x2, dy, axes: axes2, op }) {
  const [only] = axes2;
  if (only === void 0) return dy;
  if (axes2.length === 1) return scatterToFirst(g, { x: x2, dy, axis: only, op });
  const rank = x2.dims.length;
  const kept = Array.from({ length: rank }, (_, i) => i).filter((i) => !axes2.includes(i));
  const perm = [...kept, ...axes2];
  const sorted = perm.every((axis, i) => axis === i);
  const moved2 = sorted ? x2 : g.op("Transpose", [x2], { perm });
  const fold = g.ints([...kept.map(() => 0), -1]);
  const movedDy = sorted ? dy : g.op("Transpose", [dy], { perm });
  const folded2 = scatterToFirst(g, {
    x: g.op("Reshape", [moved2, fold]),
    dy: g.op("Reshape", [movedDy, fold]),
    axis: kept.length,
    op
  });
  const unfolded = reshapeLike(g, folded2, moved2);
  return sorted ? unfolded : g.op("Transpose", [unfolded], { perm: inversePermutation(perm) });
}
function scatterToFirst(g, { x: x2, dy, axis, op }) {
  const first = g.op(op, [x2], { axis, keepdims: 1, select_last_index: 0 });
  return g.op("ScatterElements", [zerosLike(g, x2), first, dy], { axis });
}

// src/ops/reduce.ts
var sumOver = (g, v, axes2) => g.op("ReduceSum", [v, g.ints(axes2)], { keepdims: 1 });
function meanBack({ g, dy, x: x2, axes: axes2 }) {
  const sizes = axes2.map((a) => x2.dims?.[a]);
  if (isStatic(sizes))
    return g.op("Div", [
      dy,
      g.scalar(
        sizes.reduce((p, d) => p * d, 1),
        dy.dtype
      )
    ]);
  const count = g.op("ReduceProd", [g.op("Gather", [g.op("Shape", [x2]), g.ints(axes2)])], { keepdims: 0 });
  return g.op("Div", [dy, castTo(g, count, dy.dtype)]);
}
function prodBack({ g, dy, x: x2, axes: axes2 }) {
  const zero = g.op("Equal", [x2, g.scalar(0, x2.dtype)]);
  const isZero = castTo(g, zero, x2.dtype);
  const nonzero = g.op("Where", [zero, g.scalar(1, x2.dtype), x2]);
  const product3 = g.op("ReduceProd", [nonzero, g.ints(axes2)], { keepdims: 1 });
  const alone = castTo(g, g.op("Equal", [sumOver(g, isZero, axes2), isZero]), x2.dtype);
  return g.op("Mul", [g.op("Div", [g.op("Mul", [dy, product3]), nonzero]), alone]);
}
function softmaxBack({ g, dy, x: x2, axes: axes2 }) {
  const top = g.op("ReduceMax", [x2, g.ints(axes2)], { keepdims: 1 });
  const e = g.op("Exp", [g.op("Sub", [x2, top])]);
  return g.op("Mul", [g.op("Div", [dy, sumOver(g, e, axes2)]), e]);
}
function l2Back({ g, dy, x: x2, y }) {
  const safe = g.op("Where", [g.op("Equal", [y, g.scalar(0, y.dtype)]), g.scalar(1, y.dtype), y]);
  return g.op("Mul", [x2, g.op("Div", [dy, safe])]);
}
var sum = (values2) => values2.reduce((s, v) => s + v, 0);
var squares = (values2) => values2.reduce((s, v) => s + v * v, 0);
var largest = (values2) => values2.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
function logSumExp(values2) {
  const top = largest(values2);
  return Number.isFinite(top) ? top + Math.log(values2.reduce((s, v) => s + Math.exp(v - top), 0)) : top;
}
function contentOf2(content, { of }) {
  if (!content) return void 0;
  const whole2 = isStatic(content) ? of(Float64Array.from(content)) : of === product2 ? elementProduct(content) : void 0;
  return whole2 === void 0 ? void 0 : [whole2];
}
var product2 = (values2) => values2.reduce((p, v) => p * v, 1);
var reduction = (def) => defineOp({
  kind: "pool",
  attrs: { keepdims: flag(true), noop_with_empty_axes: flag() },
  shape: ({ x: x2, attrs, name }) => {
    const { dtype, dims, content } = required(x2, 0);
    if (dims === void 0) return { dtype, dims };
    const axes2 = reducedAxes(x2[1], dims.length, attrs.noop_with_empty_axes);
    if (axes2 === void 0)
      return { dtype, dims: attrs.keepdims ? dims.map((_, i) => unknownDim(name, i)) : void 0 };
    const whole2 = dims.length === 1 && axes2.length === 1 && dtype === "int64";
    return factWith(
      { dtype, dims: reducedDims(dims, axes2, attrs.keepdims) },
      whole2 ? contentOf2(content, def) : void 0
    );
  },
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const named = x2[1] && { dtype: x2[1].dtype, dims: x2[1].dims, content: Array.from(x2[1].data) };
    const axes2 = reducedAxes(named, data2.dims.length, attrs.noop_with_empty_axes) ?? [];
    if (axes2.length === 0 && attrs.noop_with_empty_axes) return data2;
    const values2 = groupsOf(data2, axes2).map(def.of);
    const dims = reducedDims(data2.dims, axes2, attrs.keepdims);
    return num(data2.dtype, dims, isFloat(data2.dtype) ? values2 : values2.map(Math.trunc));
  },
  vjp: ({ g, dy, x: x2, y, attrs }) => {
    const data2 = required(x2, 0);
    const axes2 = data2.dims && reducedAxes(x2[1], data2.dims.length, attrs.noop_with_empty_axes);
    if (axes2 === void 0)
      throw new OnnxplainError2(
        "E_SHAPE",
        `The axes or the rank of a reduction of \`${data2.name}\` are known only at run time, so its gradient cannot be laid out. Fix the model's input size (\`--size\`).`
      );
    if (axes2.length === 0) return [attrs.noop_with_empty_axes ? dy : def.back({ g, dy, x: data2, y, axes: axes2 })];
    const restore = (v) => restoreAxes(g, v, axes2, attrs.keepdims);
    return [def.back({ g, dy: restore(dy), x: data2, y: restore(y), axes: axes2 })];
  }
});
var ReduceSum = reduction({ of: sum, back: ({ dy }) => dy });
var ReduceMean = reduction({ of: (values2) => sum(values2) / values2.length, back: meanBack });
var ReduceMax = reduction({
  of: largest,
  back: ({ g, dy, x: x2, axes: axes2 }) => extremumBack(g, { x: x2, dy, axes: axes2, op: "ArgMax" })
});
var ReduceMin = reduction({
  of: (values2) => -largest(values2.map((v) => -v)),
  back: ({ g, dy, x: x2, axes: axes2 }) => extremumBack(g, { x: x2, dy, axes: axes2, op: "ArgMin" })
});
var ReduceProd = reduction({ of: product2, back: prodBack });
var ReduceL1 = reduction({
  of: (values2) => sum(values2.map(Math.abs)),
  back: ({ g, dy, x: x2 }) => g.op("Mul", [dy, g.op("Sign", [x2])])
});
var ReduceL2 = reduction({ of: (values2) => Math.sqrt(squares(values2)), back: l2Back });
var ReduceSumSquare = reduction({
  of: squares,
  back: ({ g, dy, x: x2 }) => g.op("Mul", [g.op("Mul", [dy, g.scalar(2, x2.dtype)]), x2])
});
var ReduceLogSum = reduction({
  of: (values2) => Math.log(sum(values2)),
  back: ({ g, dy, x: x2, axes: axes2 }) => g.op("Div", [dy, sumOver(g, x2, axes2)])
});
var ReduceLogSumExp = reduction({ of: logSumExp, back: softmaxBack });

// src/ops/relu.ts
var Relu = unary2(
  (v) => v > 0 || Number.isNaN(v) ? v : 0,
  ({ g, dy, y }) => wherePositive(g, dy, y)
);

// src/ops/reshape.ts
var back = ({ g, dy, x: x2 }) => {
  const data2 = required(x2, 0);
  return [data2.dims?.includes(0) ? zerosLike(g, data2) : reshapeLike(g, dy, data2)];
};
function resolve(from, target, options) {
  const unknown = (axis) => unknownDim(options.name, axis);
  const copied = target.map((d, axis) => d === 0 && !options.allowzero ? from?.[axis] ?? unknown(axis) : d);
  const hole = copied.indexOf(-1);
  if (copied.some((d, axis) => axis !== hole && typeof d === "number" && d < 0)) throw misfit(from, target);
  const rest = dimProduct(copied.filter((_, axis) => axis !== hole));
  const all = from && dimProduct(from);
  if (hole < 0) {
    if (typeof all === "number" && typeof rest === "number" && all !== rest) throw misfit(from, target);
    return copied;
  }
  const left = all === void 0 ? void 0 : dimQuotient(all, rest);
  if (left === void 0 && typeof all === "number" && typeof rest === "number" && rest !== 0)
    throw misfit(from, target);
  return copied.map((d, axis) => axis === hole ? left ?? unknown(axis) : d);
}
var misfit = (from, target) => new OnnxplainError2(
  "E_SHAPE",
  `A tensor of shape ${formatDims(from)} cannot be reshaped to ${formatDims(target)}: the element counts differ, or more than one axis is left open. Check the input size (\`--size\`).`
);
var Reshape = defineOp({
  kind: "movement",
  attrs: { allowzero: flag() },
  shape: ({ x: x2, attrs, name }) => {
    const { dtype, dims, content } = required(x2, 0);
    const target = required(x2, 1);
    const rank = target.dims?.[0];
    const wanted = target.content ?? numbersOf(target);
    if (wanted) return factWith({ dtype, dims: resolve(dims, wanted, { ...attrs, name }) }, content);
    return {
      dtype,
      dims: typeof rank === "number" ? Array.from({ length: rank }, (_, i) => unknownDim(name, i)) : void 0
    };
  },
  eval: ({ x: x2, attrs }) => {
    const { dtype, dims, data: data2 } = required(x2, 0);
    return num(dtype, resolve(dims, Array.from(required(x2, 1).data), { ...attrs, name: "" }), data2);
  },
  vjp: back
});
function flattened(dims, axis) {
  const at = normalizeAxis(axis, dims.length);
  return [dimProduct(dims.slice(0, at)), dimProduct(dims.slice(at))];
}
var Flatten = defineOp({
  kind: "movement",
  attrs: { axis: int(1) },
  shape: ({ x: x2, attrs, name }) => {
    const { dtype, dims } = required(x2, 0);
    return { dtype, dims: dims ? flattened(dims, attrs.axis) : [unknownDim(name, 0), unknownDim(name, 1)] };
  },
  eval: ({ x: x2, attrs }) => {
    const { dtype, dims, data: data2 } = required(x2, 0);
    return num(dtype, flattened(dims, attrs.axis), data2);
  },
  vjp: back
});
function squeezed(dims, axes2) {
  const gone = new Set(axes2?.map((a) => normalizeAxis(a, dims.length)));
  return dims.filter((d, axis) => axes2 ? !gone.has(axis) : d !== 1);
}
var Squeeze = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x: x2 }) => {
    const { dtype, dims, content } = required(x2, 0);
    const axes2 = numbersOf(x2[1]);
    if (dims === void 0 || x2[1] && axes2 === void 0) return { dtype, dims: void 0 };
    return factWith({ dtype, dims: squeezed(dims, axes2) }, content);
  },
  eval: ({ x: x2 }) => {
    const { dtype, dims, data: data2 } = required(x2, 0);
    return num(dtype, squeezed(dims, x2[1] && Array.from(x2[1].data)), data2);
  },
  vjp: back
});
function unsqueezed(dims, axes2) {
  const rank = dims.length + axes2.length;
  const made2 = new Set(axes2.map((a) => normalizeAxis(a, rank)));
  const rest = dims.values();
  return Array.from({ length: rank }, (_, axis) => made2.has(axis) ? 1 : rest.next().value);
}
var Unsqueeze = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x: x2 }) => {
    const { dtype, dims, content } = required(x2, 0);
    const axes2 = numbersOf(required(x2, 1));
    return dims && axes2 ? factWith({ dtype, dims: unsqueezed(dims, axes2) }, content) : { dtype, dims: void 0 };
  },
  eval: ({ x: x2 }) => {
    const { dtype, dims, data: data2 } = required(x2, 0);
    return num(dtype, unsqueezed(dims, Array.from(required(x2, 1).data)), data2);
  },
  vjp: back
});
var Identity = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x: x2 }) => required(x2, 0),
  eval: ({ x: x2 }) => required(x2, 0),
  vjp: ({ dy }) => [dy]
});
var Dropout = defineOp({
  kind: "movement",
  attrs: { seed: int(0) },
  shape: ({ x: x2 }) => {
    const { dtype, dims } = required(x2, 0);
    const mask = { dtype: "bool", dims };
    return [{ dtype, dims }, mask];
  },
  eval: ({ x: x2 }) => {
    const { dtype, dims, data: data2 } = required(x2, 0);
    const kept = num("bool", dims, new Float64Array(data2.length).fill(1));
    return [num(dtype, dims, data2), kept];
  },
  vjp: ({ dy }) => [dy]
});

// src/ops/_interpolation.ts
function coordinate(mode, i, { size, out: out2, scale }) {
  const f = Math.fround;
  const s = f(scale);
  const half = f(f((i + 0.5) / s) - 0.5);
  switch (mode) {
    case "asymmetric":
      return f(i / s);
    case "align_corners":
      return out2 === 1 ? 0 : f(f(i * (size - 1)) / (out2 - 1));
    case "pytorch_half_pixel":
      return out2 === 1 ? 0 : half;
    case "half_pixel_symmetric":
      return f(size / 2 * (1 - f(out2 / f(s * size))) + half);
    default:
      return half;
  }
}
var clamp2 = (index, size) => Math.max(0, Math.min(size - 1, index));
function nearestIndex2(rounding, at) {
  switch (rounding) {
    case "floor":
      return Math.floor(at);
    case "ceil":
      return Math.ceil(at);
    case "round_prefer_ceil":
      return Math.floor(at + 0.5);
    default:
      return Math.ceil(at - 0.5);
  }
}
function linearTaps(at, size) {
  const held = clamp2(at, size);
  const first = Math.floor(held);
  const rest = held - first;
  return rest === 0 ? [[first, 1]] : [
    [first, 1 - rest],
    [first + 1, rest]
  ];
}
function cubicTaps(at, size, { cubic_coeff_a: a, exclude_outside }) {
  const first = Math.floor(at);
  const t = at - first;
  const near = (d) => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d) => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  const weights = [far(1 + t), near(t), near(1 - t), far(2 - t)];
  const taps2 = weights.map((w, k) => [first - 1 + k, w]);
  if (!exclude_outside) return taps2.map(([i, w]) => [clamp2(i, size), w]);
  const within = taps2.filter(([i]) => i >= 0 && i < size);
  const sum2 = within.reduce((s, [, w]) => s + w, 0);
  return within.map(([i, w]) => [i, w / sum2]);
}
function interpolation(axis, how) {
  return Array.from({ length: axis.out }, (_, i) => {
    const at = coordinate(how.coordinate_transformation_mode, i, axis);
    if (how.mode === "nearest") return [[clamp2(nearestIndex2(how.nearest_mode, at), axis.size), 1]];
    return how.mode === "linear" ? linearTaps(at, axis.size) : cubicTaps(at, axis.size, how);
  });
}
function interpolationMatrix(rows, size) {
  const matrix = new Float64Array(rows.length * size);
  rows.forEach((taps2, i) => {
    for (const [at, weight] of taps2) matrix[i * size + at] += weight;
  });
  return matrix;
}
function repeats(rows, size) {
  const k = rows.length / size;
  const exact = rows.every((taps2, i) => taps2.length === 1 && taps2[0]?.[0] === Math.floor(i / k) && taps2[0][1] === 1);
  return Number.isInteger(k) && exact ? k : void 0;
}

// src/ops/resize.ts
var resizeAttrs = {
  antialias: flag(),
  axes: ints(),
  coordinate_transformation_mode: text2("half_pixel"),
  cubic_coeff_a: real(-0.75),
  exclude_outside: flag(),
  extrapolation_value: real(0),
  keep_aspect_ratio_policy: text2("stretch"),
  mode: text2("nearest"),
  nearest_mode: text2("round_prefer_floor"),
  stash_type: int(1)
};
var nonEmpty = (list3) => list3 && list3.length > 0 ? list3 : void 0;
var ratio = (out2, size) => out2 === size ? 1 : typeof out2 === "number" && typeof size === "number" ? out2 / size : Number.NaN;
function resolve2({ dims, scales, sizes, name }, attrs) {
  const axes2 = (attrs.axes ?? dims.map((_, i) => i)).map((a) => normalizeAxis(a, dims.length));
  const uniform = sizes && attrs.keep_aspect_ratio_policy !== "stretch" ? uniformScale(dims, axes2, sizes, attrs.keep_aspect_ratio_policy) : void 0;
  return dims.map((size, axis) => {
    const at = axes2.indexOf(axis);
    if (at < 0) return { size, out: size, scale: 1 };
    const scale = uniform ?? scales?.[at];
    if (scale === void 0) {
      const out2 = sizes?.[at] ?? unknownDim(name, axis);
      return { size, out: out2, scale: ratio(out2, size) };
    }
    if (typeof size === "number")
      return {
        size,
        out: uniform === void 0 ? Math.floor(Math.fround(size * scale)) : Math.round(size * scale),
        scale
      };
    return { size, out: Number.isInteger(scale) ? dimProduct([size, scale]) : unknownDim(name, axis), scale };
  });
}
function uniformScale(dims, axes2, sizes, policy) {
  const ratios = axes2.map((axis, i) => ratio(sizes[i], dims[axis]));
  return policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
}
var isPlain = ({ size, out: out2, scale }) => out2 === size && scale === 1;
function interpolations(axes2, attrs) {
  if (attrs.coordinate_transformation_mode === "tf_crop_and_resize") {
    throw new OnnxplainError2(
      "E_UNSUPPORTED_OP",
      "Resize with `tf_crop_and_resize` is not supported. Crop before resizing, or use a method that needs only forward passes (`occlusion`)."
    );
  }
  return axes2.map((axis) => {
    if (isPlain(axis)) return null;
    const { size, out: out2, scale } = axis;
    if (typeof size !== "number" || typeof out2 !== "number" || Number.isNaN(scale)) {
      throw new OnnxplainError2(
        "E_SHAPE",
        `Resize changes an axis whose size is free (${size} to ${out2}). Fix the model's input size (\`--size\`).`
      );
    }
    if (attrs.antialias && scale < 1) {
      throw new OnnxplainError2(
        "E_UNSUPPORTED_OP",
        "Resize with `antialias` is not supported when it shrinks. Export the model with `antialias=False`, or use a method that needs only forward passes (`occlusion`)."
      );
    }
    return interpolation({ size, out: out2, scale }, attrs);
  });
}
function resample(t, axis, rows) {
  const size = t.dims[axis];
  const inner = elementCount2(t.dims.slice(axis + 1));
  const outer = elementCount2(t.dims.slice(0, axis));
  const data2 = new Float64Array(outer * rows.length * inner);
  for (let o = 0; o < outer; o++) {
    rows.forEach((taps2, i) => {
      for (const [at, weight] of taps2) {
        for (let k = 0; k < inner; k++)
          data2[(o * rows.length + i) * inner + k] += weight * t.data[(o * size + at) * inner + k];
      }
    });
  }
  return num(
    t.dtype,
    t.dims.map((d, i) => i === axis ? rows.length : d),
    data2
  );
}
function contract(g, dy, axis, { rows, size }) {
  const rank = dy.dims.length;
  const matrix = interpolationMatrix(rows, size);
  const out2 = rows.length;
  if (rank > 1 && axis === rank - 2) {
    const transposed2 = Float64Array.from(matrix, (_, i) => matrix[i % out2 * size + Math.floor(i / out2)]);
    return g.op("MatMul", [g.constant(tensor(dy.dtype, [size, out2], transposed2), "interpolation"), dy]);
  }
  const right = g.constant(tensor(dy.dtype, [out2, size], matrix), "interpolation");
  if (axis === rank - 1) return g.op("MatMul", [dy, right]);
  const perm = Array.from({ length: rank }, (_, i) => i === axis ? rank - 1 : i === rank - 1 ? axis : i);
  return g.op("Transpose", [g.op("MatMul", [g.op("Transpose", [dy], { perm }), right])], { perm });
}
function gatherCopies(g, dy, rows, dims) {
  const counts = rows.map((r, axis) => r ? repeats(r, dims[axis]) : 1);
  const kernel = counts.slice(2);
  if (kernel.length < 1 || kernel.length > 3 || counts[0] !== 1 || counts[1] !== 1 || kernel.some((k) => k === void 0))
    return void 0;
  const window = kernel;
  const means = g.op("AveragePool", [dy], { kernel_shape: window, strides: window });
  return g.op("Mul", [means, g.scalar(elementCount2(window), dy.dtype)]);
}
function resolveValues(x2, y, attrs) {
  const data2 = required(x2, 0);
  const out2 = y.dims;
  if (!data2.dims || !out2)
    throw new OnnxplainError2(
      "E_SHAPE",
      `The gradient of Resize needs the size of \`${data2.name}\`. Fix the model's input size (\`--size\`).`
    );
  const request = { dims: data2.dims, ...given2(x2), name: y.name };
  if (request.scales || request.sizes) return resolve2(request, attrs);
  return data2.dims.map((size, axis) => ({ size, out: out2[axis], scale: ratio(out2[axis], size) }));
}
var given2 = (x2) => ({
  scales: x2[2]?.constant && nonEmpty(Array.from(toNumbers3(x2[2].constant))),
  sizes: nonEmpty(x2[3]?.content)
});
var Resize = defineOp({
  kind: "movement",
  attrs: resizeAttrs,
  shape: ({ x: x2, attrs, name }) => {
    const { dtype, dims } = required(x2, 0);
    if (!dims) return { dtype, dims };
    return { dtype, dims: resolve2({ dims, ...given2(x2), name }, attrs).map((a) => a.out) };
  },
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const [scales, sizes] = [x2[2], x2[3]].map((t) => nonEmpty(t && Array.from(t.data)));
    const rows = interpolations(resolve2({ dims: data2.dims, scales, sizes, name: "" }, attrs), attrs);
    return rows.reduce((t, r, axis) => r ? resample(t, axis, r) : t, data2);
  },
  vjp: ({ g, dy, x: x2, y, attrs }) => {
    const { dims } = required(x2, 0);
    const rows = interpolations(resolveValues(x2, y, attrs), attrs);
    const gathered2 = attrs.mode === "nearest" ? gatherCopies(g, dy, rows, dims) : void 0;
    return [
      gathered2 ?? rows.reduce((d, r, axis) => r ? contract(g, d, axis, { rows: r, size: dims[axis] }) : d, dy)
    ];
  }
});

// src/ops/scatter.ts
var REDUCE = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min
};
function scatter({ dtype, dims, data: data2 }, updates, o) {
  const reduce3 = REDUCE[o.reduction];
  if (reduce3 === void 0)
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `A scatter has no reduction \`${o.reduction}\` (expected none, add, mul, max or min). The file is damaged.`
    );
  const out2 = Float64Array.from(data2);
  o.offsets.forEach((offset, i) => {
    for (let k = 0; k < o.inner; k++)
      out2[offset + k] = reduce3(out2[offset + k], updates.data[i * o.inner + k]);
  });
  return num(dtype, dims, out2);
}
function unscatter({ g, dy, x: x2, wants, attrs }, read2, erase) {
  if (attrs.reduction !== "none" && attrs.reduction !== "add") {
    throw new OnnxplainError2(
      "E_NO_DERIVATIVE",
      `A scatter with reduction \`${attrs.reduction}\` has no derivative here (only none and add have). Use a perturbation method (\`occlusion\`, \`rise\`).`
    );
  }
  const data2 = wants[0] ? attrs.reduction === "add" ? dy : erase(zerosLike(g, required(x2, 2))) : null;
  return [data2, null, wants[2] ? read2() : null];
}
var ScatterElements = defineOp({
  kind: "join",
  attrs: { axis: int(0), reduction: text2("none") },
  shape: ({ x: x2 }) => {
    const { dtype, dims } = required(x2, 0);
    return { dtype, dims };
  },
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const offsets = elementOffsets(data2.dims, required(x2, 1), attrs.axis);
    return scatter(data2, required(x2, 2), { offsets, inner: 1, reduction: attrs.reduction });
  },
  vjp: (args) => {
    const {
      g,
      dy,
      x: x2,
      attrs: { axis }
    } = args;
    const indices = required(x2, 1);
    return unscatter(
      args,
      () => g.op("GatherElements", [dy, indices], { axis }),
      (zeros2) => g.op("ScatterElements", [dy, indices, zeros2], { axis })
    );
  }
});
var ScatterND = defineOp({
  kind: "join",
  attrs: { reduction: text2("none") },
  shape: ({ x: x2 }) => {
    const { dtype, dims } = required(x2, 0);
    return { dtype, dims };
  },
  eval: ({ x: x2, attrs }) => {
    const data2 = required(x2, 0);
    const indices = required(x2, 1);
    const inner = data2.dims.slice(indices.dims.at(-1) ?? 0).reduce((p, d) => p * d, 1);
    return scatter(data2, required(x2, 2), {
      offsets: tupleOffsets(data2.dims, indices, 0),
      inner,
      reduction: attrs.reduction
    });
  },
  vjp: (args) => {
    const { g, dy, x: x2 } = args;
    const indices = required(x2, 1);
    return unscatter(
      args,
      () => g.op("GatherND", [dy, indices]),
      (zeros2) => g.op("ScatterND", [dy, indices, zeros2])
    );
  }
});

// src/ops/shape.ts
var nothing = () => [];
var Shape = defineOp({
  kind: "constant",
  attrs: { start: int(0), end: optionalInt() },
  shape: ({ x: x2, attrs, name }) => {
    const { dims } = required(x2, 0);
    if (dims === void 0) return { dtype: "int64", dims: [unknownDim(name, 0)] };
    const content = dims.slice(attrs.start, attrs.end);
    return factWith({ dtype: "int64", dims: [content.length] }, content);
  },
  eval: ({ x: x2, attrs }) => {
    const content = required(x2, 0).dims.slice(attrs.start, attrs.end);
    return num("int64", [content.length], content);
  },
  vjp: nothing
});
var Size = defineOp({
  kind: "constant",
  attrs: {},
  shape: ({ x: x2 }) => {
    const { dims } = required(x2, 0);
    return factWith({ dtype: "int64", dims: [] }, dims && [dimProduct(dims)]);
  },
  eval: ({ x: x2 }) => num("int64", [], [required(x2, 0).data.length]),
  vjp: nothing
});
var ConstantOfShape = defineOp({
  kind: "constant",
  attrs: { value: tensorAttr() },
  shape: ({ x: x2, attrs, name }) => {
    const target = required(x2, 0);
    const dtype = attrs.value?.dtype ?? "float32";
    const length = target.dims?.[0];
    const blank = typeof length === "number" ? Array.from({ length }, (_, i) => unknownDim(name, i)) : void 0;
    const dims = target.content ?? numbersOf(target) ?? blank;
    const value = attrs.value && !isFloat(dtype) ? toNumbers3(attrs.value)[0] ?? 0 : void 0;
    const count = isStatic(dims) ? elementCount2(dims) : Number.POSITIVE_INFINITY;
    return factWith(
      { dtype, dims },
      value !== void 0 && count <= CONTENT_LIMIT2 ? new Array(count).fill(value) : void 0
    );
  },
  eval: ({ x: x2, attrs }) => {
    const out2 = zeros(attrs.value?.dtype ?? "float32", Array.from(required(x2, 0).data));
    return num(out2.dtype, out2.dims, out2.data.fill(attrs.value ? toNumbers3(attrs.value)[0] ?? 0 : 0));
  },
  vjp: nothing
});
var EyeLike = defineOp({
  kind: "constant",
  attrs: { dtype: optionalInt(), k: int(0) },
  shape: ({ x: x2, attrs }) => {
    const { dtype, dims } = required(x2, 0);
    return { dtype: attrs.dtype === void 0 ? dtype : dtypeName2(attrs.dtype) ?? dtype, dims };
  },
  eval: ({ x: x2, attrs }) => {
    const { dtype, dims } = required(x2, 0);
    const out2 = zeros(attrs.dtype === void 0 ? dtype : dtypeName2(attrs.dtype) ?? dtype, dims);
    eachIndex(dims, ([row = 0, column = 0], at) => {
      out2.data[at] = column === row + attrs.k ? 1 : 0;
    });
    return out2;
  },
  vjp: nothing
});

// src/ops/_erf.ts
function erf(v) {
  if (Math.abs(v) > 6) return Math.sign(v);
  let term = v;
  let sum2 = v;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum2); n++) {
    term *= 2 * v * v / (2 * n + 1);
    sum2 += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-v * v) * sum2;
}

// src/ops/smooth-activations.ts
var sigmoid = (v) => 1 / (1 + Math.exp(-v));
var softplus = (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
var Tanh = unary2(Math.tanh, ({ m, dy, y }) => m.mul(dy, m.sub(1, m.mul(y, y))));
var Sigmoid = unary2(sigmoid, ({ m, dy, y }) => m.mul(m.mul(dy, y), m.sub(1, y)));
var Softplus = unary2(softplus, ({ g, m, dy, x: x2 }) => m.mul(dy, g.op("Sigmoid", [x2])));
var Softsign = unary2(
  (v) => v / (1 + Math.abs(v)),
  ({ m, dy, y }) => {
    const root = m.sub(1, m.abs(y));
    return m.mul(dy, m.mul(root, root));
  }
);
var [SCALE, CUBIC] = [Math.sqrt(2 / Math.PI), 0.044715];
var Gelu = elementwise({
  attrs: { approximate: text2("none") },
  f: ({ approximate }) => approximate === "tanh" ? (v) => 0.5 * v * (1 + Math.tanh(SCALE * (v + CUBIC * v ** 3))) : (v) => 0.5 * v * (1 + erf(v / Math.SQRT2)),
  dx: (args) => args.m.mul(args.dy, args.attrs.approximate === "tanh" ? geluTanhSlope(args) : geluSlope(args))
});
function geluSlope({ g, m, x: x2 }) {
  const u = m.mul(x2, Math.SQRT1_2);
  const bell = m.mul(m.mul(u, 1 / Math.sqrt(Math.PI)), m.exp(m.neg(m.mul(u, u))));
  return m.add(m.add(m.mul(g.op("Erf", [u]), 0.5), 0.5), bell);
}
function geluTanhSlope({ g, m, x: x2 }) {
  const square2 = m.mul(x2, x2);
  const inner = m.mul(x2, m.add(m.mul(square2, SCALE * CUBIC), SCALE));
  const t = g.op("Tanh", [inner]);
  const growth = m.mul(x2, m.add(m.mul(square2, 1.5 * SCALE * CUBIC), 0.5 * SCALE));
  return m.add(m.add(m.mul(t, 0.5), 0.5), m.mul(m.sub(1, m.mul(t, t)), growth));
}
var Elu = elementwise({
  attrs: { alpha: real(1) },
  f: ({ alpha }) => (v) => v > 0 ? v : alpha * Math.expm1(v),
  dx: ({ m, dy, x: x2, y, attrs: { alpha } }) => m.mul(dy, alpha === 1 ? m.add(m.atMost(y, 0), 1) : m.where(m.greater(x2, 0), 1, m.add(y, alpha)))
});
var Selu = elementwise({
  attrs: { alpha: real(1.6732631921768188), gamma: real(1.0507010221481323) },
  f: ({ alpha, gamma }) => (v) => gamma * (v > 0 ? v : alpha * Math.expm1(v)),
  dx: ({ m, dy, x: x2, y, attrs: { alpha, gamma } }) => m.mul(dy, m.where(m.greater(x2, 0), gamma, m.add(y, gamma * alpha)))
});
var Celu = elementwise({
  attrs: { alpha: real(1) },
  f: ({ alpha }) => (v) => Math.max(v, 0) + Math.min(0, alpha * Math.expm1(v / alpha)),
  dx: ({ m, dy, y, attrs: { alpha } }) => {
    const below = m.atMost(y, 0);
    return m.mul(dy, m.add(alpha === 1 ? below : m.mul(below, 1 / alpha), 1));
  }
});
var Swish = elementwise({
  attrs: { alpha: real(1) },
  f: ({ alpha }) => (v) => v * sigmoid(alpha * v),
  dx: ({ g, m, dy, x: x2, y, attrs: { alpha } }) => {
    const s = g.op("Sigmoid", [alpha === 1 ? x2 : m.mul(x2, alpha)]);
    const bend = m.mul(y, m.sub(1, s));
    return m.mul(dy, m.add(s, alpha === 1 ? bend : m.mul(bend, alpha)));
  }
});
var Mish = unary2(
  (v) => v * Math.tanh(softplus(v)),
  ({ g, m, dy, x: x2 }) => {
    const t = g.op("Tanh", [g.op("Softplus", [x2])]);
    const bend = m.mul(m.mul(x2, g.op("Sigmoid", [x2])), m.sub(1, m.mul(t, t)));
    return m.mul(dy, m.add(t, bend));
  }
);

// src/ops/softmax.ts
var alongAxis2 = ({ lane, vjp }) => defineOp({
  kind: "normalize",
  attrs: { axis: int(-1) },
  shape: ({ x: x2 }) => ({ dtype: required(x2, 0).dtype, dims: required(x2, 0).dims }),
  eval: ({ x: x2, attrs }) => mapLanes(required(x2, 0), attrs.axis, lane),
  vjp
});
var largest2 = (lane) => lane.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
function softmax(lane) {
  const top = largest2(lane);
  const e = lane.map((v) => Math.exp(v - top));
  const sum2 = total(e);
  return e.map((v) => v / sum2);
}
function logSoftmax(lane) {
  const top = largest2(lane);
  const log = top + Math.log(total(lane.map((v) => Math.exp(v - top))));
  return lane.map((v) => v - log);
}
var Softmax = alongAxis2({
  lane: softmax,
  vjp: ({ g, dy, y, attrs: { axis } }) => {
    const m = formula(g, y.dtype);
    return [m.mul(y, m.sub(dy, m.sum(m.mul(dy, y), [axis])))];
  }
});
var LogSoftmax = alongAxis2({
  lane: logSoftmax,
  vjp: ({ g, dy, y, attrs: { axis } }) => {
    const m = formula(g, y.dtype);
    return [m.sub(dy, m.mul(m.exp(y), m.sum(dy, [axis])))];
  }
});
var Hardmax = alongAxis2({
  lane: (lane) => {
    const at = lane.indexOf(largest2(lane));
    return lane.map((_, i) => i === at ? 1 : 0);
  },
  vjp: { none: "a one-hot of the maximum is piecewise constant" }
});

// src/ops/split.ts
function sizesOf(size, given3, options) {
  const { outputs, name, axis } = options;
  if (given3) return given3;
  if (typeof size === "number") {
    const chunk2 = Math.ceil(size / outputs);
    return Array.from({ length: outputs }, (_, i) => Math.max(0, Math.min(chunk2, size - i * chunk2)));
  }
  const chunk = dimQuotient(size, outputs);
  return Array.from({ length: outputs }, (_, i) => chunk ?? unknownDim(`${name}_${i}`, axis));
}
function together({ g, dys, x: x2, ys, attrs }) {
  const rank = required(x2, 0).dims?.length ?? 0;
  const axis = normalizeAxis(attrs.axis, rank);
  const live = dys.flatMap((d, i) => d ? [i] : []);
  const sizes = ys.map((y) => y.dims?.[axis] ?? "?");
  if (live.length === 0) return [null];
  if (live.length === 1 && ys.length > 1 && isStatic(sizes)) {
    const at = live[0];
    const sum2 = (part2) => part2.reduce((s, d) => s + d, 0);
    const pads = new Array(2 * rank).fill(0);
    pads[axis] = sum2(sizes.slice(0, at));
    pads[axis + rank] = sum2(sizes.slice(at + 1));
    return [g.op("Pad", [required(dys, at), g.ints(pads)])];
  }
  return [
    g.op(
      "Concat",
      ys.map((y, i) => dys[i] ?? zerosLike(g, y)),
      { axis }
    )
  ];
}
var Split = defineOp({
  kind: "movement",
  attrs: { axis: int(0), num_outputs: optionalInt() },
  shape: ({ x: x2, attrs, outputs, name }) => {
    const { dtype, dims, content } = required(x2, 0);
    if (dims === void 0) return Array.from({ length: outputs }, () => ({ dtype, dims }));
    const axis = normalizeAxis(attrs.axis, dims.length);
    const given3 = x2[1] ? x2[1].content ?? numbersOf(x2[1]) ?? Array.from({ length: outputs }, (_, i) => unknownDim(`${name}_${i}`, axis)) : void 0;
    const sizes = sizesOf(dims[axis] ?? 1, given3, { outputs, name, axis });
    let begin = 0;
    return sizes.map((size) => {
      const part2 = content && isStatic(sizes) ? content.slice(begin, begin + size) : void 0;
      begin += typeof size === "number" ? size : 0;
      return factWith({ dtype, dims: dims.map((d, i) => i === axis ? size : d) }, part2);
    });
  },
  eval: ({ x: x2, attrs, outputs }) => {
    const data2 = required(x2, 0);
    const axis = normalizeAxis(attrs.axis, data2.dims.length);
    const given3 = x2[1] && Array.from(x2[1].data);
    const sizes = sizesOf(data2.dims[axis], given3, { outputs, name: "", axis });
    let begin = 0;
    return sizes.map((count) => {
      const part2 = sliceAxes(data2, [{ axis, start: begin, step: 1, count }]);
      begin += count;
      return part2;
    });
  },
  vjp: together
});

// src/ops/unary-math.ts
var Neg = unary2(
  (v) => -v,
  ({ m, dy }) => m.neg(dy)
);
var Abs = unary2(Math.abs, ({ m, dy, x: x2 }) => m.mul(dy, m.sign(x2)));
var Sign = unary2(Math.sign, () => null);
var Floor = unary2(Math.floor, () => null);
var Ceil = unary2(Math.ceil, () => null);
var Round = unary2(roundHalfEven, () => null);
var Exp = unary2(Math.exp, ({ m, dy, y }) => m.mul(dy, y));
var Log = unary2(Math.log, ({ m, dy, x: x2 }) => m.div(dy, x2));
var Sqrt = unary2(Math.sqrt, ({ m, dy, y }) => m.div(m.mul(dy, 0.5), y));
var Reciprocal = unary2(
  (v) => 1 / v,
  ({ m, dy, y }) => m.mul(m.neg(dy), m.mul(y, y))
);
var Erf = unary2(
  erf,
  ({ m, dy, x: x2 }) => m.mul(m.mul(dy, 2 / Math.sqrt(Math.PI)), m.exp(m.neg(m.mul(x2, x2))))
);
var Sin = unary2(Math.sin, ({ g, m, dy, x: x2 }) => m.mul(dy, g.op("Cos", [x2])));
var Cos = unary2(Math.cos, ({ g, m, dy, x: x2 }) => m.neg(m.mul(dy, g.op("Sin", [x2]))));
var Tan = unary2(Math.tan, ({ m, dy, y }) => m.mul(dy, m.add(m.mul(y, y), 1)));
var Asin = unary2(Math.asin, ({ m, dy, x: x2 }) => m.div(dy, m.sqrt(m.sub(1, m.mul(x2, x2)))));
var Acos = unary2(Math.acos, ({ m, dy, x: x2 }) => m.neg(m.div(dy, m.sqrt(m.sub(1, m.mul(x2, x2))))));
var Atan = unary2(Math.atan, ({ m, dy, x: x2 }) => m.div(dy, m.add(m.mul(x2, x2), 1)));
var Sinh = unary2(Math.sinh, ({ g, m, dy, x: x2 }) => m.mul(dy, g.op("Cosh", [x2])));
var Cosh = unary2(Math.cosh, ({ g, m, dy, x: x2 }) => m.mul(dy, g.op("Sinh", [x2])));
var Asinh = unary2(Math.asinh, ({ m, dy, x: x2 }) => m.div(dy, m.sqrt(m.add(m.mul(x2, x2), 1))));
var Acosh = unary2(Math.acosh, ({ m, dy, x: x2 }) => m.div(dy, m.sqrt(m.sub(m.mul(x2, x2), 1))));
var Atanh = unary2(Math.atanh, ({ m, dy, x: x2 }) => m.div(dy, m.sub(1, m.mul(x2, x2))));

// src/ops/where.ts
var Where = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x: x2 }) => {
    const [condition, a, b] = [required(x2, 0), required(x2, 1), required(x2, 2)];
    const content = mapContent([condition, a, b], (c, u, v) => typeof c === "number" ? c === 0 ? v : u : void 0);
    return factWith({ dtype: a.dtype, dims: broadcastDims(condition.dims, a.dims, b.dims) }, content);
  },
  eval: ({ x: x2 }) => {
    const [condition, a, b] = [required(x2, 0), required(x2, 1), required(x2, 2)];
    return mapBroadcast(a.dtype, [condition, a, b], (c, u, v) => c === 0 ? v : u);
  },
  vjp: ({ g, dy, x: x2, wants }) => {
    const condition = required(x2, 0);
    const zero = g.scalar(0, dy.dtype);
    return [
      null,
      wants[1] ? g.op("Where", [condition, dy, zero]) : null,
      wants[2] ? g.op("Where", [condition, zero, dy]) : null
    ];
  }
});

// src/ops/table.ts
var OPS = {
  ArgMax,
  ArgMin,
  TopK,
  CumSum,
  ReduceL1,
  ReduceL2,
  ReduceLogSum,
  ReduceLogSumExp,
  ReduceMax,
  ReduceMean,
  ReduceMin,
  ReduceProd,
  ReduceSum,
  ReduceSumSquare,
  Cast,
  CastLike,
  Where,
  And,
  Equal,
  Greater,
  GreaterOrEqual,
  IsInf,
  IsNaN,
  Less,
  LessOrEqual,
  Not,
  Or,
  Xor,
  BitShift,
  BitwiseAnd,
  BitwiseNot,
  BitwiseOr,
  BitwiseXor,
  Concat,
  Split,
  Slice,
  Pad,
  Expand,
  Tile,
  DepthToSpace,
  SpaceToDepth,
  Gather,
  GatherElements,
  GatherND,
  ScatterElements,
  ScatterND,
  Dropout,
  Flatten,
  Identity,
  Reshape,
  Squeeze,
  Transpose,
  Unsqueeze,
  Constant,
  ConstantOfShape,
  EyeLike,
  NonZero,
  OneHot,
  Range,
  Shape,
  Size,
  Add,
  Div,
  Max,
  Mean,
  Min,
  Mod,
  Mul,
  Pow,
  Sub,
  Sum,
  AveragePool,
  GlobalAveragePool,
  GlobalMaxPool,
  MaxPool,
  Conv,
  ConvTranspose,
  Gemm,
  MatMul,
  Relu,
  Abs,
  Acos,
  Acosh,
  Asin,
  Asinh,
  Atan,
  Atanh,
  Ceil,
  Cos,
  Cosh,
  Erf,
  Exp,
  Floor,
  Log,
  Neg,
  Reciprocal,
  Round,
  Sign,
  Sin,
  Sinh,
  Sqrt,
  Tan,
  Celu,
  Elu,
  Gelu,
  Mish,
  Selu,
  Sigmoid,
  Softplus,
  Softsign,
  Swish,
  Tanh,
  Clip,
  HardSigmoid,
  HardSwish,
  LeakyRelu,
  PRelu,
  Shrink,
  ThresholdedRelu,
  Hardmax,
  LogSoftmax,
  Softmax,
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  LpNormalization,
  LRN,
  MeanVarianceNormalization,
  RMSNormalization,
  Einsum,
  Resize,
  DequantizeLinear,
  DynamicQuantizeLinear,
  QuantizeLinear,
  ConvInteger,
  MatMulInteger,
  QLinearConv,
  QLinearMatMul
};

// src/metrics/metric.ts
function* scores(queries) {
  return yield { ask: "scores", queries };
}
function* maps(queries) {
  return yield { ask: "maps", queries };
}
function* measured(result) {
  return result;
}

// src/metrics/readings.ts
var READINGS = {
  signed: (v) => v,
  positive: (v) => Math.max(v, 0),
  absolute: Math.abs
};
var readAs = (map2, reading2) => Float64Array.from(map2, READINGS[reading2]);

// src/metrics/usable-map.ts
var NOT_FINITE = "the map holds NaN or infinity";
var CONSTANT = "the map is constant: no pixel stands out";
function unusable(map2) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < map2.length; i++) {
    const v = map2[i];
    if (!Number.isFinite(v)) return NOT_FINITE;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low < high ? void 0 : CONSTANT;
}
var excludedAll = (variants20, reason) => ({
  values: Object.fromEntries(variants20.map((v) => [v.id, { excluded: reason }]))
});
var ratio2 = (numerator, denominator, reason) => denominator > 0 ? numerator / denominator : { excluded: reason };
var finite = (value, reason) => Number.isFinite(value) ? value : { excluded: reason };

// src/metrics/refusal.ts
var REASON = {
  size: "the map is not of the input's size",
  emptyMask: "the mask is empty",
  baseWins: "the base image scores at least as high as the original",
  hybridLoses: "the hybrid scores below the base image",
  growth: "more than 50 dilations needed",
  noScore: "the network's score is not finite",
  zeroScore: "the image itself scores 0",
  fullScore: "the image itself scores 1",
  notPositive: "the map has no positive value",
  oneRegion: "the image is a single region",
  noAttribution: "the method gives no value for each input element"
};
function refusal({ maps: maps2, width, height }) {
  const reasons = maps2.map((map2) => refuse(map2, width * height));
  return reasons.find((reason) => reason !== void 0);
}
var refuse = (map2, size) => map2.length === size ? unusable(map2) : REASON.size;
var finite2 = (value) => Number.isFinite(value) ? value : { excluded: REASON.noScore };

// src/metrics/truth.ts
var TRUTH_PARAM = {
  truth: oneOf(
    "any",
    ["any", "mask", "boxes"],
    "what marks the object: `any` = the mask where there is one, else boxes"
  )
};
var NO_TRUTH = "the image has no mask and no boxes";
var EMPTY_TRUTH = "the ground truth marks no pixel of the image";
var FULL_TRUTH = "the ground truth covers the whole image: every map is right";
function boxMask(boxes, width, height) {
  const out2 = new Uint8Array(width * height);
  for (const { x0, y0, x1, y1 } of boxes) {
    const [left, right] = [Math.max(0, Math.floor(x0)), Math.min(width, Math.ceil(x1))];
    for (let y = Math.max(0, Math.floor(y0)); y < Math.min(height, Math.ceil(y1)); y++)
      if (right > left) out2.fill(1, y * width + left, y * width + right);
  }
  return out2;
}
function truthOf(image2, params) {
  const { width, height, boxes } = image2;
  const mask = params.truth === "boxes" ? void 0 : image2.mask;
  const drawn = params.truth === "mask" ? void 0 : boxes;
  if (mask === void 0 && (drawn === void 0 || drawn.length === 0))
    return params.truth === "mask" || params.truth === "boxes" ? `the image has no ${params.truth}` : NO_TRUTH;
  if (mask !== void 0 && mask.length !== width * height)
    return `the mask has ${mask.length} pixels, the image ${width * height} (${width}x${height})`;
  const inside2 = mask === void 0 ? boxMask(drawn, width, height) : mask.map((v) => v ? 1 : 0);
  const area2 = inside2.reduce((n, v) => n + v, 0);
  return area2 === 0 ? EMPTY_TRUTH : area2 === inside2.length ? FULL_TRUTH : { inside: inside2, area: area2 };
}
function compared2(image2, params, variants20, compare) {
  const truth = truthOf(image2, params);
  const reason = typeof truth === "string" ? truth : refuse(image2.map, image2.width * image2.height);
  return reason === void 0 ? compare(image2.map, truth) : excludedAll(variants20, reason);
}

// src/metrics/attribution-localisation.ts
var variants = [
  {
    id: "inside-total",
    about: "mu: sum of max(a, 0) inside / (sum of max(a, 0) + 1e-9)",
    range: [0, 1],
    better: "higher"
  },
  {
    id: "weighted",
    about: "mu_w: `inside-total` times image size over object size: 1 = as an even map",
    range: [0, Number.POSITIVE_INFINITY],
    better: "higher"
  }
];
var EPSILON2 = 1e-9;
var attributionLocalisation = {
  id: "attribution-localisation",
  aliases: ["attribution-localization", "inside-total-relevance"],
  title: "Attribution localisation",
  source: "Kohlbrenner et al. 2020 (arXiv 1910.09840), equations 9 and 10",
  params: TRUTH_PARAM,
  variants,
  needs: [],
  cost: "none",
  run: (image2, params) => measured(
    compared2(image2, params, variants, (map2, truth) => {
      const values2 = readAs(map2, "positive");
      const all = values2.reduce((s, v) => s + v, 0);
      if (all === 0) return excludedAll(variants, "the map has no positive relevance");
      const share3 = values2.reduce((s, v, i) => s + v * truth.inside[i], 0) / (all + EPSILON2);
      return { values: { "inside-total": share3, weighted: share3 * map2.length / truth.area } };
    })
  )
};

// src/metrics/blur.ts
function blurred(planes, { width, height }, { taps: taps2, sigma, edges }) {
  const radius = taps2 >> 1;
  const raw = Array.from({ length: taps2 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const total2 = raw.reduce((a, b) => a + b, 0);
  const kernel = raw.map((v) => v / total2);
  const source = (i, size) => edges === "zero" ? i >= 0 && i < size ? i : -1 : reflected(i, size);
  const out2 = new Float32Array(planes.length);
  const wide = new Float64Array(width * height);
  for (let plane = 0; plane < planes.length; plane += width * height) {
    for (let x2 = 0; x2 < width; x2++) {
      const from = kernel.map((_, k) => source(x2 + k - radius, width));
      for (let row = 0; row < wide.length; row += width) {
        let sum2 = 0;
        for (let k = 0; k < taps2; k++)
          if (from[k] >= 0)
            sum2 += kernel[k] * planes[plane + row + from[k]];
        wide[row + x2] = sum2;
      }
    }
    for (let y = 0; y < height; y++) {
      const from = kernel.map((_, k) => source(y + k - radius, height) * width);
      for (let x2 = 0; x2 < width; x2++) {
        let sum2 = 0;
        for (let k = 0; k < taps2; k++)
          if (from[k] >= 0) sum2 += kernel[k] * wide[from[k] + x2];
        out2[plane + y * width + x2] = sum2;
      }
    }
  }
  return out2;
}
function reflected(i, size) {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const at = (i % period + period) % period;
  return at < size ? at : period - at;
}

// src/metrics/input-layout.ts
var strides = ({ width, height, channels, layout }) => layout === "nchw" ? [1, width * height] : [channels, 1];
function copyPixels(target, source, { pixels: pixels3, frame }) {
  const [step3, plane] = strides(frame);
  for (let c = 0; c < frame.channels; c++)
    for (let i = 0; i < pixels3.length; i++) {
      const at = pixels3[i] * step3 + c * plane;
      target[at] = source[at];
    }
}
function toPlanes(x2, frame) {
  return frame.layout === "nchw" ? Float32Array.from(x2) : moved(x2, frame, (planar, own) => [planar, own]);
}
function fromPlanes(planes, frame) {
  return frame.layout === "nchw" ? planes : moved(planes, frame, (planar, own) => [own, planar]);
}
function moved(source, frame, ends) {
  const [step3, plane] = strides(frame);
  const size = frame.width * frame.height;
  const out2 = new Float32Array(source.length);
  for (let c = 0; c < frame.channels; c++)
    for (let p = 0; p < size; p++) {
      const [to, from] = ends(c * size + p, p * step3 + c * plane);
      out2[to] = source[from];
    }
  return out2;
}

// src/metrics/per-picture.ts
var made = /* @__PURE__ */ new WeakMap();
function perPicture({ pixels: pixels3 }, name, make) {
  const own = made.get(pixels3) ?? /* @__PURE__ */ new Map();
  made.set(pixels3, own);
  if (!own.has(name)) own.set(name, make());
  return own.get(name);
}

// src/metrics/base-image.ts
var BASES = {
  /** RGB 0; `Z_k` of SPEC 5.1. */
  black: (image2) => image2.toInput(new Float32Array(image2.pixels.length)),
  /** RGB 1. */
  white: (image2) => image2.toInput(new Float32Array(image2.pixels.length).fill(1)),
  /** Each channel's mean over the picture. */
  mean: (image2) => image2.toInput(channelMeans(image2)),
  /** Uniform in 0..1, each pixel and channel of its own (Samek et al. 2017). */
  random: (image2) => image2.toInput(noise(image2)),
  /** 17 taps, sigma 2.9, reflect-101; `G_k` of SPEC 5.1. */
  blur: (image2) => image2.toInput(blurred(image2.pixels, image2, { taps: 17, sigma: 2.9, edges: "reflect-101" })),
  /** 11 taps, sigma 5, zeros beyond the edge, on the normalised input (RISE). */
  rise_blur: (image2) => fromPlanes(blurred(toPlanes(image2.x, image2), image2, { taps: 11, sigma: 5, edges: "zero" }), image2),
  /** 0 in the network's input: after normalisation that is the mean colour of the training set. */
  input_zero: (image2) => new Float32Array(image2.x.length)
};
var baseSpec = (fallback) => oneOf(
  fallback,
  Object.keys(BASES),
  "what replaces a pixel: black, white, mean of the picture, random, blur (17 taps, sigma 2.9), rise_blur (11 taps, sigma 5, of the normalised input), input_zero (0 after normalisation)"
);
var baseImage = (image2, name) => perPicture(image2, name === "random" ? `${name}:${image2.seed}` : name, () => BASES[name](image2));
var baseKey = (name) => name === "random" ? {} : { key: `base:${name}` };
function channelMeans({ pixels: pixels3, width, height }) {
  const size = width * height;
  const out2 = new Float32Array(pixels3.length);
  for (let from = 0; from < pixels3.length; from += size) {
    const sum2 = pixels3.subarray(from, from + size).reduce((a, b) => a + b, 0);
    out2.fill(sum2 / size, from, from + size);
  }
  return out2;
}
function noise({ pixels: pixels3, seed }) {
  const next = uniforms(seed);
  return Float32Array.from(pixels3, next);
}

// src/metrics/fingerprint.ts
function fingerprint(values2) {
  const whole2 = values2.byteLength % 4 === 0 && values2.byteOffset % 4 === 0;
  const words = whole2 ? new Uint32Array(values2.buffer, values2.byteOffset, values2.byteLength / 4) : new Uint8Array(values2.buffer, values2.byteOffset, values2.byteLength);
  let [a, b] = [2166136261, 84696351];
  for (let i = 0; i < words.length; i++) {
    const w = words[i];
    a = Math.imul(a ^ w, 16777619);
    a ^= a >>> 15;
    b = Math.imul(b ^ w, 2246822507);
    b ^= b >>> 13;
  }
  return [a, b].map((v) => (v >>> 0).toString(16).padStart(8, "0")).join("");
}

// src/metrics/order.ts
var HALF2 = 65536;
function descending(values2) {
  return byKey(values2, (v) => -v);
}
function ascending(values2) {
  return byKey(values2, (v) => v);
}
function byKey(values2, key2) {
  const n = values2.length;
  const floats = Float32Array.from(values2, (v) => key2(v) + 0);
  const keys2 = new Uint32Array(floats.buffer);
  for (let i = 0; i < n; i++) {
    const bits = keys2[i];
    keys2[i] = bits >>> 31 ? ~bits : bits | 2147483648;
  }
  const low = counted(
    Uint32Array.from({ length: n }, (_, i) => i),
    (i) => keys2[i] & HALF2 - 1
  );
  return counted(low, (i) => keys2[i] >>> 16);
}
function counted(indices, digit) {
  const at = new Uint32Array(HALF2 + 1);
  for (const i of indices) at[digit(i) + 1] += 1;
  for (let d = 0; d < HALF2; d++) at[d + 1] += at[d];
  const out2 = new Uint32Array(indices.length);
  for (const i of indices) {
    const d = digit(i);
    out2[at[d]] = i;
    at[d] += 1;
  }
  return out2;
}
var descendingFew = (values2) => values2.map((_, i) => i).sort((a, b) => values2[b] - values2[a] || a - b);
var ascendingFew = (values2) => values2.map((_, i) => i).sort((a, b) => values2[a] - values2[b] || a - b);
function tied(values2, order) {
  const at = (i) => values2[order[i]];
  let count = 0;
  for (let i = 0; i < order.length; i++)
    if (i > 0 && at(i) === at(i - 1) || i + 1 < order.length && at(i) === at(i + 1)) count++;
  return count;
}

// src/metrics/top-mask.ts
function topMask(map2, share3) {
  const area2 = Math.round(share3 * map2.length);
  const order = descending(map2);
  const mask = new Uint8Array(map2.length);
  let notPositive = 0;
  for (let i = 0; i < area2; i++) {
    const at = order[i];
    mask[at] = 1;
    if (map2[at] <= 0) notPositive++;
  }
  const cut = map2[order[area2 - 1]];
  const split = area2 > 0 && area2 < map2.length && map2[order[area2]] === cut;
  return { mask, area: area2, notPositive, tiedAtCut: split ? map2.reduce((n, v) => n + (v === cut ? 1 : 0), 0) : 0 };
}
function intersection(masks) {
  const [first, ...others] = masks;
  return others.reduce((sum2, mask) => sum2.map((v, i) => v & mask[i]), first);
}
var areaOf = (mask) => mask.reduce((n, v) => n + v, 0);

// src/metrics/walk.ts
var AT_ONCE = 16;
function* walk({ from, key: key2, steps: steps2, advance, read: read2 }) {
  const x2 = Float32Array.from(from);
  const out2 = [];
  const rows = Array.from({ length: Math.min(AT_ONCE, steps2 + 1) }, () => new Float32Array(x2.length));
  let queries = [key2 === void 0 ? { x: from } : { x: from, key: key2 }];
  for (let step3 = 1; step3 <= steps2; step3++) {
    if (queries.length === AT_ONCE) {
      for (const s of yield* scores(queries)) out2.push(read2(s));
      queries = [];
    }
    advance(x2, step3);
    const row = rows[queries.length];
    row.set(x2);
    queries.push({ x: row });
  }
  for (const s of yield* scores(queries)) out2.push(read2(s));
  return out2;
}
var IMAGE = "image";
var whole = ({ x: x2 }) => ({ x: x2, key: IMAGE });

// src/metrics/confidence.ts
var KEPT = {
  top20: "the 20 % most important pixels, the rest black (Lam et al. 2021)",
  top50: "the 50 % most important pixels, the rest black (Score-CAM)",
  weighted: "pixels multiplied by the map before normalisation, so that 0 is black (Grad-CAM++)",
  "weighted-input": "the normalised input multiplied by the map, so that 0 is the mean colour (pytorch-grad-cam, torch-cam)"
};
var NAMES3 = Object.keys(KEPT);
var confidenceParams = {
  scale: oneOf(
    "cam",
    ["cam", "minmax", "none"],
    "the map as weights: `cam` (negative values to 0, then min-max to 0 \u2026 1), `minmax`, or `none` (as it is)"
  )
};
function* confidences(image2, params) {
  const weights = weightsOf(image2.map, params.scale);
  const print2 = fingerprint(image2.map);
  const left = {
    top20: keep(image2, 0.2),
    top50: keep(image2, 0.5),
    weighted: weights && image2.toInput(times(image2.pixels, weights)),
    "weighted-input": weights && timesInput(image2, weights)
  };
  const names = NAMES3.filter((name) => left[name] !== void 0);
  const queries = names.map((name) => {
    const how = name.startsWith("weighted") ? `${name}:${params.scale}` : name;
    return { x: left[name], key: `kept:${how}:${print2}` };
  });
  const [original, ...answers] = yield* scores([whole(image2), ...queries]);
  const probability = (s) => s.probabilities[image2.target];
  const after = Object.fromEntries(
    NAMES3.map((name) => {
      const at = names.indexOf(name);
      return [name, at < 0 ? { excluded: REASON.notPositive } : probability(answers[at])];
    })
  );
  return { before: probability(original), after };
}
function keep(image2, share3) {
  const { mask } = topMask(image2.map, share3);
  const x2 = baseImage(image2, "black").slice();
  const [step3, plane] = strides(image2);
  for (let p = 0; p < mask.length; p++)
    if (mask[p]) for (let c = 0, at = p * step3; c < image2.channels; c++, at += plane) x2[at] = image2.x[at];
  return x2;
}
function weightsOf(map2, scale) {
  if (scale === "none") return map2;
  const m = scale === "cam" ? map2.map((v) => Math.max(0, v)) : map2;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of m) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return high > low ? m.map((v) => (v - low) / (high - low)) : void 0;
}
var times = (planes, weights) => planes.map((v, i) => v * weights[i % weights.length]);
function timesInput(image2, weights) {
  const [step3, plane] = strides(image2);
  const out2 = new Float32Array(image2.x.length);
  for (let c = 0; c < image2.channels; c++)
    for (let p = 0; p < weights.length; p++) {
      const at = p * step3 + c * plane;
      out2[at] = image2.x[at] * weights[p];
    }
  return out2;
}

// src/metrics/compare-confidence.ts
var comparing = (facts, better, comparisons) => ({
  ...facts,
  params: confidenceParams,
  variants: comparisons.flatMap(
    ({ suffix, about: about2 }) => Object.entries(KEPT).map(
      ([id, kept]) => ({ id: `${id}${suffix}`, about: `${about2}; left: ${kept}`, range: [0, 1], better })
    )
  ),
  needs: [],
  cost: "5 (the image and four of what is left of it), shared by average-drop, average-increase and average-gain",
  *run(image2, params) {
    const reason = refusal({ ...image2, maps: [image2.map] });
    if (reason) return excludedAll(this.variants, reason);
    const said = yield* confidences(image2, params);
    return {
      values: Object.fromEntries(
        comparisons.flatMap(
          ({ suffix, compare }) => Object.keys(KEPT).map((kept) => [`${kept}${suffix}`, outcome(said, kept, compare)])
        )
      )
    };
  }
});
function outcome({ before, after }, kept, compare) {
  const left = after[kept];
  if (typeof left !== "number") return left;
  return Number.isFinite(before) && Number.isFinite(left) ? compare(before, left) : { excluded: REASON.noScore };
}

// src/metrics/average-drop.ts
var averageDrop = comparing(
  {
    id: "average-drop",
    aliases: ["ad", "avg drop", "drop in confidence"],
    title: "Average drop",
    source: "Chattopadhay et al. 2018, sec. 4.1; Lam et al. 2021, sec. 6"
  },
  "lower",
  [
    {
      suffix: "",
      about: "drop relative to the image's probability",
      compare: (y, left) => y > 0 ? Math.max(0, y - left) / y : { excluded: REASON.zeroScore }
    },
    { suffix: "-absolute", about: "drop of the probability", compare: (y, left) => Math.max(0, y - left) }
  ]
);

// src/metrics/average-gain.ts
var averageGain = comparing(
  {
    id: "average-gain",
    aliases: ["ag", "avg gain"],
    title: "Average gain",
    source: "Zhang et al. 2024 (Opti-CAM), average gain"
  },
  "higher",
  [
    {
      suffix: "",
      about: "gain relative to what the image's probability lacks",
      compare: (y, left) => y < 1 ? Math.max(0, left - y) / (1 - y) : { excluded: REASON.fullScore }
    },
    { suffix: "-absolute", about: "gain of the probability", compare: (y, left) => Math.max(0, left - y) }
  ]
);

// src/metrics/average-increase.ts
var averageIncrease = comparing(
  {
    id: "average-increase",
    aliases: ["ai", "increase in confidence", "conf increase"],
    title: "Average increase",
    source: "Chattopadhay et al. 2018, sec. 4.1; Lam et al. 2021, sec. 6"
  },
  "higher",
  [{ suffix: "", about: "1 where the probability rises, else 0", compare: (y, left) => y < left ? 1 : 0 }]
);

// src/metrics/dilate.ts
function dilate(mask, width) {
  const n = mask.length;
  const wide = new Uint8Array(n);
  for (let row = 0; row < n; row += width)
    for (let i = row, last2 = row + width - 1; i <= last2; i++)
      wide[i] = mask[i] | (i > row ? mask[i - 1] : 0) | (i < last2 ? mask[i + 1] : 0);
  const out2 = new Uint8Array(n);
  for (let i = 0; i < n; i++) out2[i] = wide[i] | (wide[i - width] ?? 0) | (wide[i + width] ?? 0);
  return out2;
}

// src/metrics/score.ts
var scoreSpec = oneOf(
  "probability",
  ["probability", "logit"],
  "what is read of the class explained"
);
var readScore = (params, target) => ({ logits, probabilities }) => (params.score === "logit" ? logits : probabilities)[target];
var predicted = ({ logits }) => {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
  return best;
};

// src/metrics/hybrid.ts
var GAIN_BASES = { blur: "blur", zero: "black" };
var baseChoice = oneOf("both", ["both", ...Object.keys(GAIN_BASES)], "base image");
var gainParams = {
  rho: share(0.25, "share of the pixels in the mask, 0 \u2026 1; the paper's table has 0.25 and 0.05"),
  base: baseChoice,
  score: scoreSpec
};
var gainBases = ({ base }) => base === "both" ? Object.keys(GAIN_BASES) : [base];
function hybrid(image2, base, mask) {
  const x2 = baseImage(image2, base).slice();
  const [step3, plane] = strides(image2);
  for (let p = 0; p < mask.length; p++)
    if (mask[p]) for (let c = 0, at = p * step3; c < image2.channels; c++, at += plane) x2[at] = image2.x[at];
  return { x: x2, key: `hybrid:${base}:${fingerprint(mask)}` };
}
function agreedMask({ maps: maps2 }, rho) {
  const tops = maps2.map((map2) => topMask(map2, rho));
  const mask = intersection(tops.map((top) => top.mask));
  const sum2 = (of) => tops.reduce((n, top) => n + of(top), 0);
  const area2 = areaOf(mask);
  return {
    mask,
    area: area2,
    counts: { area: area2, tied_at_cut: sum2((top) => top.tiedAtCut), not_positive: sum2((top) => top.notPositive) }
  };
}
var gainQueries = (image2, bases, mask) => [
  whole(image2),
  ...bases.flatMap((b) => {
    const name = GAIN_BASES[b];
    return [{ x: baseImage(image2, name), ...baseKey(name) }, hybrid(image2, name, mask)];
  })
];

// src/metrics/gain.ts
var gainVariants = (range) => [
  { id: "blur", about: "base image: Gaussian blur, 17 taps, sigma 2.9", range, better: "higher" },
  { id: "zero", about: "base image: black", range, better: "higher" }
];
function* firstGains(image2, params, mask) {
  const bases = gainBases(params);
  const read2 = readScore(params, image2.target);
  const [original, ...rest] = yield* scores(gainQueries(image2, bases, mask));
  const p = read2(original);
  return bases.map((base, i) => {
    const said = rest[2 * i + 1];
    const [uninformed, hybrid2] = [read2(rest[2 * i]), read2(said)];
    return { base, image: p, uninformed, hybrid: hybrid2, said, excluded: exclusion(p, uninformed, hybrid2) };
  });
}
function exclusion(image2, uninformed, hybrid2) {
  if (![image2, uninformed, hybrid2].every(Number.isFinite)) return REASON.noScore;
  if (image2 - uninformed <= 0) return REASON.baseWins;
  return hybrid2 - uninformed < 0 ? REASON.hybridLoses : void 0;
}

// src/metrics/ccg.ts
var MOST_DILATIONS = 50;
function* grow2(image2, start2, read2) {
  let state = start2;
  const growing = (g) => predicted(g.said) !== image2.target && g.dilations < MOST_DILATIONS;
  for (let open2 = state.filter(growing); open2.length > 0; open2 = state.filter(growing)) {
    const masks = open2.map((g) => dilate(g.mask, image2.width));
    const said = yield* scores(open2.map((g, i) => hybrid(image2, GAIN_BASES[g.gain.base], masks[i])));
    const next = new Map(
      open2.map((g, i) => {
        const answer = said[i];
        const path = [...g.path, read2(answer)];
        return [g, { ...g, mask: masks[i], dilations: g.dilations + 1, said: answer, path }];
      })
    );
    state = state.map((g) => next.get(g) ?? g);
  }
  return state;
}
var ccg = {
  id: "ccg",
  aliases: ["concise confidence gain"],
  title: "Concise confidence gain",
  source: "SCG/CCG paper, eq. 3 and Algorithm 1",
  params: gainParams,
  variants: gainVariants([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]),
  needs: [],
  cost: "2 + dilations + 1 for each base image, at most 53; those of `scg` are shared",
  *run(image2, params) {
    const reason = refusal(image2);
    if (reason) return excludedAll(this.variants, reason);
    const { mask, area: area2, counts } = agreedMask(image2, params.rho);
    if (area2 === 0) return { ...excludedAll(this.variants, REASON.emptyMask), counts };
    const gains = yield* firstGains(image2, params, mask);
    const start2 = gains.filter((gain) => gain.excluded === void 0).map((gain) => ({ gain, mask, dilations: 0, said: gain.said, path: [gain.hybrid] }));
    const grown = yield* grow2(image2, start2, readScore(params, image2.target));
    const ends = new Map(grown.map((g) => [g.gain, g]));
    const sizes = grown.flatMap((g) => [
      [`dilations_${g.gain.base}`, g.dilations],
      [`area_${g.gain.base}`, areaOf(g.mask)]
    ]);
    return {
      values: Object.fromEntries(gains.map((gain) => [gain.base, gained(gain, ends.get(gain), image2)])),
      curves: Object.fromEntries(grown.map((g) => [g.gain.base, Float32Array.from(g.path)])),
      counts: { ...counts, ...Object.fromEntries(sizes) }
    };
  }
};
function gained(gain, end, { target, map: map2 }) {
  if (end === void 0) return { excluded: gain.excluded ?? REASON.noScore };
  if (predicted(end.said) !== target) return { excluded: REASON.growth };
  const reached = end.path.at(-1);
  return finite2((reached - gain.uninformed) * map2.length / ((gain.image - gain.uninformed) * areaOf(end.mask)));
}

// src/metrics/completeness.ts
var INFINITY = Number.POSITIVE_INFINITY;
var BASELINES = {
  zero: {
    about: "f(x) - f(0), 0 in the network's own units (Captum's default baseline)",
    base: "input_zero"
  },
  black: {
    about: "f(x) - f(black picture)",
    base: "black"
  },
  none: { about: "f(x): what conserving relevance adds up to (LRP)", base: null }
};
var NAMES4 = Object.keys(BASELINES);
var variants2 = NAMES4.flatMap((name) => [
  {
    id: name,
    about: `|sum - gain| / |gain|, gain = ${BASELINES[name].about}`,
    range: [0, INFINITY],
    better: "lower"
  },
  {
    id: `${name}-difference`,
    about: `sum - gain, gain = ${BASELINES[name].about}`,
    range: [-INFINITY, INFINITY],
    better: "neither"
  }
]);
var completeness = {
  id: "completeness",
  aliases: ["efficiency", "summation-to-delta"],
  title: "Completeness",
  source: "Sundararajan, Taly, Yan 2017 (arXiv 1703.01365), proposition 1; conservation: Bach et al. 2015 (PLOS ONE 10), equation 2",
  params: {},
  variants: variants2,
  needs: ["attribution"],
  cost: "3 forward images, shared by all maps of an image",
  *run(image2) {
    const { attribution, target } = image2;
    if (attribution === void 0) return excludedAll(variants2, REASON.noAttribution);
    if (!attribution.every(Number.isFinite)) return excludedAll(variants2, NOT_FINITE);
    const sum2 = attribution.reduce((s, v) => s + v, 0);
    const bases = NAMES4.map((name) => BASELINES[name].base).filter((base) => base !== null);
    const answers = yield* scores([
      whole(image2),
      ...bases.map((base) => ({ x: baseImage(image2, base), ...baseKey(base) }))
    ]);
    const [full, ...empty] = answers.map((s) => s.logits[target]);
    if (!answers.every((s) => Number.isFinite(s.logits[target]))) return excludedAll(variants2, REASON.noScore);
    const values2 = NAMES4.flatMap((name) => {
      const { base } = BASELINES[name];
      const gain = full - (base === null ? 0 : empty[bases.indexOf(base)]);
      const relative = gain === 0 ? { excluded: "the score gained nothing over the baseline" } : Math.abs(sum2 - gain) / Math.abs(gain);
      return [
        [name, relative],
        [`${name}-difference`, sum2 - gain]
      ];
    });
    return { values: Object.fromEntries(values2) };
  }
};

// src/metrics/complexity.ts
var INFINITY2 = Number.POSITIVE_INFINITY;
var variants3 = [
  {
    id: "entropy",
    about: "-sum q ln(q + 1e-12), q = |map| / sum |map|, in nats (Bhatt, Quantus)",
    range: [0, INFINITY2],
    better: "lower"
  },
  { id: "normalised-entropy", about: "`entropy` / ln(pixels)", range: [0, 1], better: "lower" },
  { id: "effective", about: "pixels with |map| / max |map| > `eps` (Nguyen)", range: [1, INFINITY2], better: "lower" }
];
var INSIDE_LOG = 1e-12;
var complexity = {
  id: "complexity",
  aliases: ["effective-complexity"],
  title: "Complexity",
  source: "Bhatt, Weller, Moura 2020 (arXiv 2005.00631), definition 6; `effective`: Nguyen, Martinez 2020 (arXiv 2007.07584), section 3.3",
  params: { eps: positive(1e-5, "share of the largest magnitude above which a pixel counts, for `effective`") },
  variants: variants3,
  needs: [],
  cost: "none",
  run: (image2, params) => {
    const { map: map2 } = image2;
    const reason = refuse(map2, image2.width * image2.height);
    if (reason !== void 0) return measured(excludedAll(variants3, reason));
    const values2 = readAs(map2, "absolute");
    const sum2 = values2.reduce((s, v) => s + v, 0);
    const top = values2.reduce((m, v) => Math.max(m, v), 0);
    const entropy = values2.reduce((s, v) => s - v / sum2 * Math.log(v / sum2 + INSIDE_LOG), 0);
    return measured({
      values: {
        entropy,
        "normalised-entropy": entropy / Math.log(map2.length),
        effective: values2.reduce((n, v) => n + (v / top > params.eps ? 1 : 0), 0)
      }
    });
  }
};

// src/metrics/curve-area.ts
function trapezoid(values2) {
  let sum2 = 0;
  for (let i = 1; i < values2.length; i++) sum2 += (values2[i - 1] + values2[i]) / 2;
  return sum2;
}
var normalisedArea = (values2) => trapezoid(values2) / (values2.length - 1);
var mean = (values2) => {
  let sum2 = 0;
  for (let i = 0; i < values2.length; i++) sum2 += values2[i];
  return sum2 / values2.length;
};

// src/metrics/insertion-deletion.ts
var rise = (facts, { direction, baseline, better }) => ({
  ...facts,
  id: direction,
  source: "Petsiuk et al. 2018 (RISE), sec. 3.2",
  params: {
    step: integer(0, 0, "pixels a step; 0 = as many as the image is wide (RISE)"),
    baseline: baseSpec(baseline),
    score: scoreSpec
  },
  variants: [{ id: "auc", about: "area under the score of the class, steps spread over 0 \u2026 1", range: [0, 1], better }],
  needs: [],
  cost: "1 + pixels / step (225 at 224 x 224; the first is shared)",
  *run(image2, params) {
    const reason = refuse(image2.map, image2.width * image2.height);
    if (reason) return excludedAll(this.variants, reason);
    const order = descending(image2.map);
    const name = params.baseline;
    const base = baseImage(image2, name);
    const [from, towards] = direction === "insertion" ? [base, image2.x] : [image2.x, base];
    const perStep = params.step || image2.width;
    const steps2 = Math.ceil(order.length / perStep);
    const curve = Float32Array.from(
      yield* walk({
        from,
        ...direction === "insertion" ? baseKey(name) : { key: IMAGE },
        steps: steps2,
        advance: (x2, step3) => copyPixels(x2, towards, { pixels: order.subarray((step3 - 1) * perStep, step3 * perStep), frame: image2 }),
        read: readScore(params, image2.target)
      })
    );
    return {
      values: { auc: finite2(normalisedArea(curve)) },
      curves: { [direction]: curve },
      counts: { steps: steps2, tied: tied(image2.map, order) }
    };
  }
});

// src/metrics/deletion.ts
var deletion = rise(
  { aliases: ["deletion auc"], title: "Deletion" },
  { direction: "deletion", baseline: "input_zero", better: "lower" }
);

// src/metrics/correlations.ts
var mean2 = (values2) => {
  let sum2 = 0;
  for (let i = 0; i < values2.length; i++) sum2 += values2[i];
  return sum2 / values2.length;
};
function pearson(a, b) {
  if (isConstant(a) || isConstant(b)) return Number.NaN;
  const [ma, mb] = [mean2(a), mean2(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i] - ma, b[i] - mb];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
}
var isConstant = (values2) => {
  for (let i = 1; i < values2.length; i++) if (values2[i] !== values2[0]) return false;
  return true;
};
function ranks(values2) {
  const order = values2 instanceof Float32Array ? ascending(values2) : Uint32Array.from({ length: values2.length }, (_, i) => i).sort((i, j) => values2[i] - values2[j]);
  const out2 = new Float64Array(values2.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values2[order[to]] === values2[order[from]]) to++;
    for (let k = from; k < to; k++) out2[order[k]] = (from + 1 + to) / 2;
    from = to;
  }
  return out2;
}
var spearman = (a, b) => pearson(ranks(a), ranks(b));
function cosine(a, b) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] ** 2;
    bb += b[i] ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
function norm2(values2) {
  let sum2 = 0;
  for (let i = 0; i < values2.length; i++) sum2 += values2[i] ** 2;
  return Math.sqrt(sum2);
}
var WINDOW = 7;
var [K1, K2] = [0.01, 0.03];
function ssim(a, b, size, range) {
  const { width, height } = size;
  const [w, h] = [Math.min(WINDOW, width), Math.min(WINDOW, height)];
  const n = w * h;
  const unbias = n > 1 ? n / (n - 1) : 1;
  const [c1, c2] = [(K1 * range) ** 2, (K2 * range) ** 2];
  const [a1, b1, aa, bb, ab] = [
    prefixSums(a, void 0, size),
    prefixSums(b, void 0, size),
    prefixSums(a, a, size),
    prefixSums(b, b, size),
    prefixSums(a, b, size)
  ];
  const stride = width + 1;
  const over = (s, at) => (s[at + h * stride + w] - s[at + w] - s[at + h * stride] + s[at]) / n;
  let total2 = 0;
  for (let y = 0; y + h <= height; y++)
    for (let x2 = 0; x2 + w <= width; x2++) {
      const at = y * stride + x2;
      const ma = over(a1, at);
      const mb = over(b1, at);
      const va = unbias * (over(aa, at) - ma * ma);
      const vb = unbias * (over(bb, at) - mb * mb);
      const cab = unbias * (over(ab, at) - ma * mb);
      total2 += (2 * ma * mb + c1) * (2 * cab + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
    }
  return total2 / ((width - w + 1) * (height - h + 1));
}
function prefixSums(a, b, { width, height }) {
  const stride = width + 1;
  const out2 = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x2 = 0; x2 < width; x2++) {
      const i = y * width + x2;
      row += b === void 0 ? a[i] : a[i] * b[i];
      out2[(y + 1) * stride + x2 + 1] = out2[y * stride + x2 + 1] + row;
    }
  }
  return out2;
}

// src/metrics/removal.ts
var logitSpec = { ...scoreSpec, default: "logit" };
function replaced(image2, into, from, pixels3) {
  const out2 = into.slice();
  copyPixels(out2, from, { pixels: pixels3, frame: image2 });
  return out2;
}
var extremes = (x2) => [
  x2.reduce((m, v) => Math.min(m, v), Number.POSITIVE_INFINITY),
  x2.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY)
];
var PORTION = 32;
function* targetScores({ target }, params, count, make) {
  const read2 = readScore(params, target);
  const out2 = new Float64Array(count);
  for (let from = 0; from < count; from += PORTION) {
    const portion = Array.from({ length: Math.min(PORTION, count - from) }, (_, k) => make(from + k));
    (yield* scores(portion)).forEach((s, k) => {
      out2[from + k] = read2(s);
    });
  }
  return out2;
}
var keysOf = (metric, params) => {
  const stem = `${metric} ${JSON.stringify(params)}`;
  return (question) => `${stem} ${question}`;
};

// src/metrics/faithfulness-correlation.ts
var variants4 = [
  { id: "pearson", about: "Pearson's correlation (Bhatt, Quantus)", range: [-1, 1], better: "higher" },
  { id: "spearman", about: "of ranks", range: [-1, 1], better: "higher" }
];
var ID = "faithfulness-correlation";
var STEADY = "the score is the same whatever is removed";
var faithfulnessCorrelation = {
  id: ID,
  aliases: [],
  title: "Faithfulness correlation",
  source: "Bhatt, Weller, Moura 2020 (arXiv 2005.00631), definition 3; parameters of Quantus 0.6; a feature is a pixel, all channels together",
  params: {
    nr_runs: integer(100, 2, "random sets of pixels"),
    subset_size: integer(224, 1, "pixels in a set"),
    baseline: baseSpec("black"),
    score: scoreSpec
  },
  variants: variants4,
  needs: [],
  cost: "nr_runs + 1 forward images, shared by all maps of an image",
  *run(image2, params) {
    const { map: map2 } = image2;
    const [runs, size] = [params.nr_runs, params.subset_size];
    const reason = refuse(map2, image2.width * image2.height) ?? (size < map2.length ? void 0 : `subset_size = ${size} is not less than the image's ${map2.length} pixels`);
    if (reason !== void 0) return excludedAll(variants4, reason);
    const random = uniforms(scattered(image2.seed));
    const fill = baseImage(image2, params.baseline);
    const key2 = keysOf(ID, params);
    const sums = new Float64Array(runs);
    const [whole2] = yield* targetScores(image2, params, 1, () => ({ x: image2.x, key: IMAGE }));
    const left = yield* targetScores(image2, params, runs, (i) => {
      const pixels3 = shuffled(map2.length, random, size);
      sums[i] = pixels3.reduce((s, p) => s + map2[p], 0);
      return { x: replaced(image2, image2.x, fill, pixels3), key: key2(i) };
    });
    const drops = left.map((v) => whole2 - v);
    if (!drops.every(Number.isFinite)) return excludedAll(variants4, REASON.noScore);
    return {
      values: { pearson: finite(pearson(sums, drops), STEADY), spearman: finite(spearman(sums, drops), STEADY) }
    };
  }
};

// src/metrics/infidelity.ts
var PERTURBATIONS = { gaussian: "Gaussian noise", square: "squares set to the baseline" };
var KINDS = Object.keys(PERTURBATIONS);
var WEIGHTS = {
  "": "the map, the same for all channels",
  "-elements": "the attribution of each input element"
};
var WEIGHT_KEYS = Object.keys(WEIGHTS);
var INFINITY3 = Number.POSITIVE_INFINITY;
var variants5 = KINDS.flatMap(
  (kind) => WEIGHT_KEYS.flatMap((weight) => {
    const about2 = `${PERTURBATIONS[kind]}; ${WEIGHTS[weight]}`;
    return [
      { id: `${kind}${weight}`, about: `${about2} (Yeh, equation 1)`, range: [0, INFINITY3], better: "lower" },
      {
        id: `${kind}${weight}-scaled`,
        about: `${about2}, times the factor that fits best (Yeh, section 2.2)`,
        range: [0, INFINITY3],
        better: "lower"
      }
    ];
  })
);
var ID2 = "infidelity";
function square(image2, side2, random) {
  const { width, height } = image2;
  const [w, h] = [Math.min(side2, width), Math.min(side2, height)];
  const x0 = Math.floor(random() * (width - w + 1));
  const y0 = Math.floor(random() * (height - h + 1));
  return Array.from({ length: w * h }, (_, i) => (y0 + Math.floor(i / w)) * width + x0 + i % w);
}
function perturber(image2, kind, params) {
  const { x: x2, seed } = image2;
  if (kind === "square") {
    const random2 = uniforms(scattered(seed));
    const fill = baseImage(image2, params.baseline);
    const sides = params.perturb_patch_sizes;
    let turn = 0;
    return () => replaced(image2, x2, fill, square(image2, sides[turn++ % sides.length], random2));
  }
  const random = normals(scattered(seed));
  const [low, high] = extremes(x2);
  const deviation = params.noise_level * (high - low);
  return () => x2.map((v) => v - deviation * random());
}
function weightsOf2(image2, weight) {
  if (weight === "-elements") {
    const { attribution } = image2;
    if (attribution === void 0) return REASON.noAttribution;
    return attribution.every(Number.isFinite) ? attribution : NOT_FINITE;
  }
  const out2 = new Float32Array(image2.x.length);
  const [step3, plane] = strides(image2);
  image2.map.forEach((v, p) => {
    for (let c = 0; c < image2.channels; c++) out2[p * step3 + c * plane] = v;
  });
  return out2;
}
var meanSquare = (told, real3, factor) => mean2(told.map((v, i) => (factor * v - real3[i]) ** 2));
function judged(told, real3) {
  const square2 = told.reduce((s, v) => s + v * v, 0);
  const factor = told.reduce((s, v, i) => s + v * real3[i], 0) / square2;
  return [
    meanSquare(told, real3, 1),
    square2 > 0 ? meanSquare(told, real3, factor) : { excluded: "the map gives every perturbation the weight 0" }
  ];
}
var infidelity = {
  id: ID2,
  aliases: ["infid"],
  title: "Infidelity",
  source: "Yeh et al. 2019 (arXiv 1901.09392), definition 2.1 and section 2.2; squares at random places, in Quantus' sizes",
  params: {
    n_perturb_samples: integer(32, 2, "perturbations of each kind (Quantus, Captum: 10)"),
    perturb_patch_sizes: integers([4], 1, "sides of the squares in pixels, taken in turn"),
    noise_level: positive(
      0.2,
      "standard deviation of the noise as a share of the input's largest minus smallest value"
    ),
    baseline: baseSpec("black"),
    score: logitSpec
  },
  variants: variants5,
  needs: [],
  cost: "2 x n_perturb_samples + 1 forward images, shared by all maps of an image",
  *run(image2, params) {
    const reason = refuse(image2.map, image2.width * image2.height);
    if (reason !== void 0) return excludedAll(variants5, reason);
    const count = params.n_perturb_samples;
    const key2 = keysOf(ID2, params);
    const weights = WEIGHT_KEYS.map((w) => [w, weightsOf2(image2, w)]);
    const values2 = {};
    const [whole2] = yield* targetScores(image2, params, 1, () => ({ x: image2.x, key: IMAGE }));
    for (const kind of KINDS) {
      const next = perturber(image2, kind, params);
      const told = new Map(WEIGHT_KEYS.map((w) => [w, new Float64Array(count)]));
      const left = yield* targetScores(image2, params, count, (i) => {
        const x2 = next();
        for (const [w, phi] of weights)
          if (typeof phi !== "string") told.get(w)[i] = phi.reduce((s, v, e) => s + v * (image2.x[e] - x2[e]), 0);
        return { x: x2, key: key2(`${kind} ${i}`) };
      });
      const real3 = left.map((v) => whole2 - v);
      if (!real3.every(Number.isFinite)) return excludedAll(variants5, REASON.noScore);
      for (const [w, phi] of weights) {
        const [plain2, scaled2] = typeof phi === "string" ? [{ excluded: phi }, { excluded: phi }] : judged(told.get(w), real3);
        values2[`${kind}${w}`] = plain2;
        values2[`${kind}${w}-scaled`] = scaled2;
      }
    }
    return { values: values2 };
  }
};

// src/metrics/insertion.ts
var insertion = rise(
  { aliases: ["insertion auc"], title: "Insertion" },
  { direction: "insertion", baseline: "rise_blur", better: "higher" }
);

// src/metrics/top-pixels.ts
function topPixels(values2, truth, count) {
  const threshold = Float64Array.from(values2).sort()[values2.length - count];
  let [above, aboveInside, equal, equalInside] = [0, 0, 0, 0];
  for (let i = 0; i < values2.length; i++) {
    const v = values2[i];
    if (v > threshold) {
      above++;
      aboveInside += truth.inside[i];
    } else if (v === threshold) {
      equal++;
      equalInside += truth.inside[i];
    }
  }
  const wanted = count - above;
  return { hits: aboveInside + wanted * equalInside / equal, tied: equal === wanted ? 0 : equal };
}

// src/metrics/iou-at-top.ts
var COUNTS = {
  "mask-size": (_, { area: area2 }) => area2,
  "5-percent": (pixels3) => Math.max(1, Math.round(0.05 * pixels3)),
  "10-percent": (pixels3) => Math.max(1, Math.round(0.1 * pixels3)),
  "25-percent": (pixels3) => Math.max(1, Math.round(0.25 * pixels3)),
  "50-percent": (pixels3) => Math.max(1, Math.round(0.5 * pixels3))
};
var variants6 = Object.keys(COUNTS).map((id) => ({
  id,
  about: id === "mask-size" ? "as many of the highest pixels as the object has" : `the highest ${id.replace("-percent", "")} % of the pixels`,
  range: [0, 1],
  better: "higher"
}));
var iouAtTop = {
  id: "iou-at-top",
  aliases: ["iou"],
  title: "Intersection over union at the top",
  source: "Jaccard index of the object and the top pixels; thresholds as in Zhou et al. 2016 (arXiv 1512.04150), by count",
  params: TRUTH_PARAM,
  variants: variants6,
  needs: [],
  cost: "none",
  run: (image2, params) => measured(
    compared2(image2, params, variants6, (map2, truth) => {
      const values2 = readAs(map2, "signed");
      const results = Object.entries(COUNTS).map(([id, countOf]) => {
        const count = countOf(map2.length, truth);
        return { id, count, ...topPixels(values2, truth, count) };
      });
      return {
        values: Object.fromEntries(
          results.map(({ id, count, hits }) => [id, hits / (count + truth.area - hits)])
        ),
        counts: { tied: results[0].tied }
      };
    })
  )
};

// src/metrics/regions.ts
function squareRegions({ width, height }, side2) {
  const out2 = [];
  for (let top = 0; top < height; top += side2)
    for (let left = 0; left < width; left += side2) {
      const [w, h] = [Math.min(side2, width - left), Math.min(side2, height - top)];
      out2.push(Uint32Array.from({ length: w * h }, (_, i) => (top + Math.floor(i / w)) * width + left + i % w));
    }
  return out2;
}
var regionSums = (map2, regions) => regions.map((pixels3) => pixels3.reduce((sum2, p) => sum2 + map2[p], 0));
function labelledRegions(labels, count) {
  const out2 = Array.from({ length: count }, () => []);
  for (let i = 0; i < labels.length; i++) out2[labels[i]]?.push(i);
  return out2.map((pixels3) => Uint32Array.from(pixels3));
}

// src/metrics/region-curve.ts
function* regionWalk(image2, params, order) {
  const base = baseImage(image2, params.baseline);
  return Float32Array.from(
    yield* walk({
      from: image2.x,
      key: IMAGE,
      steps: order.length,
      advance: (x2, step3) => copyPixels(x2, base, { pixels: order[step3 - 1], frame: image2 }),
      read: readScore(params, image2.target)
    })
  );
}
function refuseRegions({ map: map2, width, height }, params) {
  const side2 = params.patch_size;
  return refuse(map2, width * height) ?? (side2 >= width && side2 >= height ? REASON.oneRegion : void 0);
}
function* regionCurve(image2, params, direction) {
  const regions = squareRegions(image2, params.patch_size);
  const sums = regionSums(image2.map, regions);
  const order = direction === "most" ? descendingFew(sums) : ascendingFew(sums);
  const steps2 = params.steps === void 0 ? order.length : Math.min(params.steps, order.length);
  const taken = order.slice(0, steps2).map((r) => regions[r]);
  const curve = yield* regionWalk(image2, params, taken);
  return { curve, counts: { steps: steps2, tied_regions: tied(sums, order) } };
}
var regionParams = {
  patch_size: integer(9, 1, "side of a region in pixels; Quantus has 8"),
  steps: integer(100, 1, "regions replaced, one a step; at most all"),
  baseline: baseSpec("random"),
  score: scoreSpec
};
var span = [-1, 1];
var variants7 = (direction) => {
  const [falls, rises] = direction === "most" ? ["higher", "lower"] : ["lower", "higher"];
  return [
    {
      id: "aopc",
      about: "mean of f(x) - f(x_k) over k = 0 \u2026 L (Samek et al. 2017, eq. 12)",
      range: span,
      better: falls
    },
    { id: "mean-drop", about: "the same over k = 1 \u2026 L (Bach et al. 2016; Quantus)", range: span, better: falls },
    { id: "auc", about: "mean height of the curve, unperturbed image included", range: [0, 1], better: rises },
    {
      id: "auc-steps",
      about: "trapezoid over the steps, each 1 wide, unperturbed image left out (Quantus)",
      range: [0, Number.POSITIVE_INFINITY],
      better: rises
    }
  ];
};
var regionPerturbation = (facts, direction) => ({
  ...facts,
  params: regionParams,
  variants: variants7(direction),
  needs: [],
  cost: "1 + steps (101; the image itself is shared)",
  *run(image2, params) {
    const reason = refuseRegions(image2, params);
    if (reason) return excludedAll(this.variants, reason);
    const { curve, counts } = yield* regionCurve(image2, params, direction);
    const drops = curve.map((v) => curve[0] - v);
    return {
      values: {
        aopc: finite2(mean(drops)),
        "mean-drop": finite2(mean(drops.subarray(1))),
        auc: finite2(normalisedArea(curve)),
        "auc-steps": finite2(trapezoid(curve.subarray(1)))
      },
      curves: { [facts.id]: curve },
      counts
    };
  }
});

// src/metrics/irof.ts
var segmentsSpec = {
  default: null,
  about: "a label for each pixel [H*W], 0 \u2026 S-1, instead of superpixels; from a program only",
  expected: "a Float32Array of labels",
  read: (raw) => raw instanceof Float32Array ? raw : void 0
};
function superpixels(image2, params) {
  const { n_segments, compactness } = params;
  const { width, height, channels, pixels: pixels3 } = image2;
  const size = width * height;
  const planes = Array.from({ length: channels }, (_, c) => pixels3.subarray(c * size, (c + 1) * size));
  return perPicture(
    image2,
    `slic:${n_segments}:${compactness}`,
    () => slic({ planes, width, height }, { n_segments, compactness }).labels
  );
}
function regionsOf(image2, params) {
  const labels = params.segments ?? superpixels(image2, params);
  let count = 0;
  for (const label of labels) count = Math.max(count, label + 1);
  return labelledRegions(labels, count).filter((pixels3) => pixels3.length > 0);
}
var irof = {
  id: "irof",
  aliases: ["iterative removal of features"],
  title: "Iterative removal of features",
  source: "Rieger and Hansen 2020",
  params: {
    n_segments: integer(100, 1, "about how many superpixels (SLIC)"),
    compactness: positive(10, "how much position weighs against colour in superpixels"),
    segments: segmentsSpec,
    baseline: baseSpec("mean"),
    score: scoreSpec
  },
  variants: [
    {
      id: "aoc",
      about: "area over the curve of r_k, divided by the number of segments S",
      range: [Number.NEGATIVE_INFINITY, 1],
      better: "higher"
    },
    {
      id: "aoc-steps",
      about: "S - trapezoid over r_1 \u2026 r_S, each step 1 wide (Quantus)",
      range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      better: "higher"
    }
  ],
  needs: [],
  cost: "1 + segments (about 101; the image itself is shared)",
  *run(image2, params) {
    const reason = refuse(image2.map, image2.width * image2.height);
    if (reason) return excludedAll(this.variants, reason);
    const regions = regionsOf(image2, params);
    if (regions.length < 2) return excludedAll(this.variants, REASON.oneRegion);
    const means = regions.map((pixels3) => pixels3.reduce((s, p) => s + image2.map[p], 0) / pixels3.length);
    const order = descendingFew(means);
    const curve = yield* regionWalk(
      image2,
      params,
      order.map((r) => regions[r])
    );
    const [first] = curve;
    const counts = { steps: regions.length, tied_regions: tied(means, order) };
    if (first === 0) return { ...excludedAll(this.variants, REASON.zeroScore), curves: { irof: curve }, counts };
    const ratios = Array.from(curve, (v) => v / first);
    return {
      values: {
        aoc: finite2(1 - trapezoid(ratios) / regions.length),
        "aoc-steps": finite2(regions.length - trapezoid(ratios.slice(1)))
      },
      curves: { irof: curve },
      counts
    };
  }
};

// src/metrics/lerf.ts
var lerf = regionPerturbation(
  {
    id: "lerf",
    aliases: ["least relevant first"],
    title: "Region perturbation, least relevant first",
    source: "Samek et al. 2017, sec. III"
  },
  "least"
);

// src/metrics/max-sensitivity.ts
var INFINITY4 = Number.POSITIVE_INFINITY;
var variants8 = [
  { id: "absolute", about: "largest |map(x + d) - map(x)| (Yeh)", range: [0, INFINITY4], better: "lower" },
  { id: "relative", about: "`absolute` / |map(x)| (Captum)", range: [0, INFINITY4], better: "lower" },
  { id: "over-input", about: "`absolute` / |x| (Quantus)", range: [0, INFINITY4], better: "lower" },
  { id: "average", about: "mean |map(x + d) - map(x)| / |map(x)|", range: [0, INFINITY4], better: "lower" }
];
var ID3 = "max-sensitivity";
var maxSensitivity = {
  id: ID3,
  aliases: ["sensitivity-max"],
  title: "Max-sensitivity",
  source: "Yeh et al. 2019 (arXiv 1901.09392), definition 3.1; noise and its bound as in Quantus 0.6",
  params: {
    nr_samples: integer(10, 1, "perturbed images (Captum: 10, Quantus: 200)"),
    lower_bound: positive(0.2, "noise is uniform in [-lower_bound, lower_bound], in units of the network's input")
  },
  variants: variants8,
  needs: [],
  cost: "nr_samples maps",
  *run(image2, params) {
    const { map: map2, x: x2, target } = image2;
    const reason = refuse(map2, image2.width * image2.height);
    if (reason !== void 0) return excludedAll(variants8, reason);
    const [count, bound] = [params.nr_samples, params.lower_bound];
    const random = uniforms(scattered(image2.seed));
    const moves = [];
    for (let from = 0; from < count; from += PORTION) {
      const portion = Array.from({ length: Math.min(PORTION, count - from) }, (_, k) => ({
        x: x2.map((v) => v + bound * (2 * random() - 1)),
        target,
        key: `${ID3} ${JSON.stringify(params)} ${from + k}`
      }));
      for (const other of yield* maps(portion)) {
        if (other?.every(Number.isFinite)) moves.push(norm2(other.map((v, i) => v - map2[i])));
      }
    }
    const counts = { missing: count - moves.length };
    if (moves.length === 0) return { ...excludedAll(variants8, "the method gave no map of a perturbed image"), counts };
    const most = Math.max(...moves);
    return {
      values: {
        absolute: most,
        relative: most / norm2(map2),
        "over-input": ratio2(most, norm2(x2), "the input is all 0"),
        average: mean2(moves) / norm2(map2)
      },
      counts
    };
  }
};

// src/metrics/map-likeness.ts
function scaled(map2) {
  const top = map2.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return Float64Array.from(map2, (v) => Math.abs(v) / top);
}
var LIKENESS = {
  spearman: { about: "Spearman's correlation of raw values", of: (a, b) => spearman(a, b) },
  "spearman-absolute": {
    about: "Spearman's correlation of magnitudes",
    of: (a, b) => spearman(a.map(Math.abs), b.map(Math.abs))
  },
  ssim: {
    about: "structural similarity of magnitudes, each map with its largest at 1 (7x7 windows)",
    of: (a, b, size) => ssim(scaled(a), scaled(b), size, 1)
  },
  cosine: { about: "cosine of the angle between the raw maps", of: (a, b) => cosine(a, b) }
};
var LIKENESSES = Object.keys(LIKENESS);

// src/metrics/model-randomization.ts
var MODES = ["cascading", "independent"];
var IN_WORDS = {
  cascading: "all layers from the scores down to one",
  independent: "one layer alone"
};
var variants9 = MODES.flatMap(
  (mode) => LIKENESSES.map((id) => ({
    id: `${mode}-${id}`,
    about: `${LIKENESS[id].about}; weights replaced in ${IN_WORDS[mode]}, mean over depths; 1 = the network makes no difference`,
    range: [-1, 1],
    better: "lower"
  }))
);
var depthsOf = (layers, count) => [
  ...new Set(
    Array.from(
      { length: Math.min(count, layers) },
      (_, k) => count === 1 || layers === 1 ? layers - 1 : Math.round(k * (layers - 1) / (Math.min(count, layers) - 1))
    )
  )
];
var modelRandomization = {
  id: "model-randomization",
  aliases: ["model-parameter-randomisation", "mprt"],
  title: "Model parameter randomisation",
  source: "Adebayo et al. 2018 (arXiv 1810.03292), section 3.1; the likeness for each depth is in the curves",
  params: {
    layer_order: oneOf("both", ["both", ...MODES], "which weights are replaced at each depth"),
    nr_depths: integer(6, 1, "depths, evenly spaced from the scores to the first layer"),
    seed: integer(42, 0, "of the random weights")
  },
  variants: variants9,
  needs: ["layers"],
  cost: "nr_depths maps for each order, each on a network of its own",
  *run(image2, params) {
    const { map: map2, x: x2, target, layers } = image2;
    const reason = refuse(map2, image2.width * image2.height) ?? (layers < 1 ? "the network has no layer whose weights can be replaced" : void 0);
    if (reason !== void 0) return excludedAll(variants9, reason);
    const depths = depthsOf(layers, params.nr_depths);
    const asked = MODES.filter((m) => params.layer_order === "both" || params.layer_order === m);
    const questions = asked.flatMap((mode) => depths.map((depth) => ({ mode, depth, seed: params.seed })));
    const found = [];
    for (let from = 0; from < questions.length; from += PORTION)
      found.push(
        ...yield* maps(
          questions.slice(from, from + PORTION).map((randomized) => ({
            x: x2,
            target,
            randomized,
            key: `model-randomization ${JSON.stringify(randomized)}`
          }))
        )
      );
    const values2 = Object.fromEntries(
      variants9.map((v) => [v.id, { excluded: "not asked for (`layer_order`)" }])
    );
    const curves = {};
    asked.forEach((mode, m) => {
      const others = found.slice(m * depths.length, (m + 1) * depths.length);
      for (const id of LIKENESSES) {
        const curve = others.map(
          (other) => other && unusable(other) === void 0 ? LIKENESS[id].of(map2, other, image2) : Number.NaN
        );
        const known4 = curve.filter(Number.isFinite);
        curves[`${mode}-${id}`] = Float32Array.from(curve);
        values2[`${mode}-${id}`] = known4.length > 0 ? mean2(known4) : { excluded: "no random network gave a map that is not constant" };
      }
    });
    const unlike = found.filter((other) => !other || unusable(other) !== void 0).length;
    return { values: values2, curves, counts: { depths: depths.length, "constant-or-missing": unlike } };
  }
};

// src/metrics/monotonicity.ts
var variants10 = [
  {
    id: "arya",
    about: "1 where the score never falls while pixels are put back into the baseline, least important first",
    range: [0, 1],
    better: "higher"
  },
  { id: "arya-share", about: "the share of those steps in which it does not fall", range: [0, 1], better: "higher" },
  {
    id: "nguyen",
    about: "Spearman's correlation between |relevance| of a step's pixels and the mean squared move of the score under noise there",
    range: [-1, 1],
    better: "higher"
  }
];
var STEPS2 = 32;
var featuresInStep = {
  ...integer(1, 1, `pixels in a step; none: as many as make ${STEPS2} steps (Quantus: 1)`),
  default: null
};
var NEARLY_ZERO = 1e-5;
var monotonicity = {
  id: "monotonicity",
  aliases: ["monotonicity-correlation"],
  title: "Monotonicity",
  source: "Arya et al. 2019 (arXiv 1909.03012), section 4.2; Nguyen, Martinez 2020 (arXiv 2007.07584), section 3.1; a feature is a pixel, all channels together",
  params: {
    features_in_step: featuresInStep,
    nr_samples: integer(8, 1, "noises for each step of `nguyen` (Quantus: 100)"),
    baseline: baseSpec("black"),
    score: scoreSpec
  },
  variants: variants10,
  needs: [],
  cost: `2 + steps x (1 + nr_samples) forward images, ${STEPS2} steps`,
  *run(image2, params) {
    const { map: map2, x: x2 } = image2;
    const reason = refuse(map2, image2.width * image2.height);
    if (reason !== void 0) return excludedAll(variants10, reason);
    const weight = map2.map(Math.abs);
    const order = ascending(weight);
    const size = params.features_in_step ?? Math.ceil(map2.length / STEPS2);
    const steps2 = Math.ceil(map2.length / size);
    const stepOf = (i) => order.subarray(i * size, (i + 1) * size);
    const fill = baseImage(image2, params.baseline);
    const path = yield* targetScores(image2, params, steps2 + 1, (i) => ({
      x: replaced(image2, fill, x2, order.subarray(0, i * size))
    }));
    const rises = Array.from({ length: steps2 }, (_, i) => path[i + 1] >= path[i]);
    const samples2 = params.nr_samples;
    const random = uniforms(scattered(image2.seed));
    const [low, high] = extremes(x2);
    const [step3, plane] = strides(image2);
    const [whole2] = yield* targetScores(image2, params, 1, () => ({ x: x2, key: IMAGE }));
    const noisy = yield* targetScores(image2, params, steps2 * samples2, (i) => {
      const noise2 = x2.slice();
      for (const p of stepOf(Math.floor(i / samples2)))
        for (let c = 0; c < image2.channels; c++) noise2[p * step3 + c * plane] = low + (high - low) * random();
      return { x: noise2 };
    });
    if (![...path, whole2, ...noisy].every(Number.isFinite)) return excludedAll(variants10, REASON.noScore);
    const scale = Math.abs(whole2) < NEARLY_ZERO ? 1 : 1 / whole2 ** 2;
    const moves = Array.from(
      { length: steps2 },
      (_, i) => scale * mean2(noisy.subarray(i * samples2, (i + 1) * samples2).map((v) => (v - whole2) ** 2))
    );
    const told = Array.from({ length: steps2 }, (_, i) => stepOf(i).reduce((s, p) => s + weight[p], 0));
    const nguyen = finite(spearman(told, moves), "relevance or the score's moves are the same in every step");
    return {
      values: { arya: rises.every(Boolean) ? 1 : 0, "arya-share": mean2(rises.map(Number)), nguyen },
      curves: { arya: Float32Array.from(path) },
      counts: { steps: steps2 }
    };
  }
};

// src/metrics/morf.ts
var morf = regionPerturbation(
  {
    id: "morf",
    aliases: ["region perturbation", "most relevant first", "aopc"],
    title: "Region perturbation, most relevant first",
    source: "Samek et al. 2017, eq. 12; Bach et al. 2016, eq. 14"
  },
  "most"
);

// src/metrics/outside-inside.ts
var INFINITY5 = Number.POSITIVE_INFINITY;
var variants11 = [
  {
    id: "signed",
    about: "of raw relevance; excluded where the mean inside is not positive",
    range: [Number.NEGATIVE_INFINITY, INFINITY5],
    better: "lower"
  },
  { id: "positive", about: "negative relevance clipped at 0", range: [0, INFINITY5], better: "lower" },
  { id: "absolute", about: "of magnitudes", range: [0, INFINITY5], better: "lower" }
];
function mu(map2, { inside: inside2, area: area2 }, reading2) {
  const values2 = readAs(map2, reading2);
  const all = values2.reduce((s, v) => s + v, 0);
  const within = values2.reduce((s, v, i) => s + v * inside2[i], 0);
  const outside = (all - within) / (values2.length - area2);
  return ratio2(outside, within / area2, `the mean ${reading2} relevance inside the object is not greater than 0`);
}
var outsideInside = {
  id: "outside-inside",
  aliases: ["context-ratio", "mu", "outside-inside-ratio"],
  title: "Outside-inside relevance ratio",
  source: "Lapuschkin et al. 2016 (CVPR, Analyzing Classifiers: Fisher Vectors and Deep Neural Networks), measure mu of section 4",
  params: TRUTH_PARAM,
  variants: variants11,
  needs: [],
  cost: "none",
  run: (image2, params) => measured(
    compared2(image2, params, variants11, (map2, truth) => ({
      values: {
        signed: mu(map2, truth, "signed"),
        positive: mu(map2, truth, "positive"),
        absolute: mu(map2, truth, "absolute")
      }
    }))
  )
};

// src/metrics/pixel-flipping.ts
var pixelFlipping = {
  id: "pixel-flipping",
  aliases: [],
  title: "Pixel flipping",
  source: "Bach et al. 2015, sec. Evaluation",
  params: {
    features: oneOf(
      "pixel",
      ["pixel", "value"],
      "what is taken away: a pixel with all channels, or a single value of the input by the method's own attribution"
    ),
    features_in_step: integer(0, 0, "how many a step; 0 = a hundredth of all"),
    baseline: baseSpec("input_zero"),
    score: scoreSpec
  },
  variants: [
    { id: "auc", about: "mean height of the curve, unperturbed image included", range: [0, 1], better: "lower" },
    {
      id: "auc-steps",
      about: "trapezoid over the steps, each 1 wide, unperturbed image left out (Quantus)",
      range: [0, Number.POSITIVE_INFINITY],
      better: "lower"
    }
  ],
  needs: [],
  cost: "1 + steps (101; the image itself is shared)",
  *run(image2, params) {
    const single = params.features === "value";
    if (single && image2.attribution === void 0) return excludedAll(this.variants, REASON.noAttribution);
    const map2 = single ? image2.attribution : image2.map;
    const reason = refuse(map2, single ? image2.x.length : image2.width * image2.height);
    if (reason) return excludedAll(this.variants, reason);
    const order = descending(map2);
    const perStep = params.features_in_step || Math.ceil(order.length / 100);
    const base = baseImage(image2, params.baseline);
    const steps2 = Math.ceil(order.length / perStep);
    const advance = (x2, step3) => {
      const taken = order.subarray((step3 - 1) * perStep, step3 * perStep);
      if (single) for (const i of taken) x2[i] = base[i];
      else copyPixels(x2, base, { pixels: taken, frame: image2 });
    };
    const read2 = readScore(params, image2.target);
    const curve = Float32Array.from(yield* walk({ from: image2.x, key: IMAGE, steps: steps2, advance, read: read2 }));
    return {
      values: { auc: finite2(normalisedArea(curve)), "auc-steps": finite2(trapezoid(curve.subarray(1))) },
      curves: { "pixel-flipping": curve },
      counts: { steps: steps2, tied: tied(map2, order) }
    };
  }
};

// src/metrics/pointing-game.ts
var variants12 = [
  {
    id: "torchray",
    about: "the first maximum in row-major order lies less than `tolerance` pixels from the object",
    range: [0, 1],
    better: "higher"
  },
  {
    id: "expected",
    about: "the same for a maximum drawn at random from all tied ones: its chance of a hit",
    range: [0, 1],
    better: "higher"
  },
  { id: "exact", about: "as `expected`, without tolerance", range: [0, 1], better: "higher" },
  {
    id: "any-tied-maximum",
    about: "any of the tied maxima lies inside, no tolerance (Quantus; many ties make it easy)",
    range: [0, 1],
    better: "higher"
  }
];
function maxima(map2) {
  const top = map2.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
  return Array.from(map2.keys()).filter((i) => map2[i] === top);
}
function hit(at, { inside: inside2 }, size, tolerance) {
  if (inside2[at]) return true;
  const { width, height } = size;
  const [x2, y] = [at % width, Math.floor(at / width)];
  const reach3 = Math.ceil(tolerance);
  for (let v = Math.max(0, y - reach3); v <= Math.min(height - 1, y + reach3); v++)
    for (let u = Math.max(0, x2 - reach3); u <= Math.min(width - 1, x2 + reach3); u++)
      if (inside2[v * width + u] && (u - x2) ** 2 + (v - y) ** 2 < tolerance ** 2) return true;
  return false;
}
var shareOf = (points, test) => points.filter(test).length / points.length;
var pointingGame = {
  id: "pointing-game",
  aliases: ["pointing"],
  title: "Pointing game",
  source: "Zhang et al. 2018 (arXiv 1608.00507), section 4.1; tolerance as in TorchRay 1.0 (pixels of the network's input), ties as in Quantus 0.6",
  params: {
    tolerance: nonNegative(
      15,
      "distance below which a point counts as on the object, in pixels of the network's input"
    ),
    ...TRUTH_PARAM
  },
  variants: variants12,
  needs: [],
  cost: "none",
  run: (image2, params) => measured(
    compared2(image2, params, variants12, (map2, truth) => {
      const points = maxima(map2);
      const near = (at) => hit(at, truth, image2, params.tolerance);
      const on = (at) => truth.inside[at] === 1;
      return {
        values: {
          torchray: near(points[0]) ? 1 : 0,
          expected: shareOf(points, near),
          exact: shareOf(points, on),
          "any-tied-maximum": points.some(on) ? 1 : 0
        },
        counts: { tied: points.length }
      };
    })
  )
};

// src/metrics/random-logit.ts
var variants13 = LIKENESSES.map((id) => ({
  id,
  about: `${LIKENESS[id].about}; 1 = the class makes no difference`,
  range: [-1, 1],
  better: "lower"
}));
var otherClass = (target, classes, seed) => {
  const drawn = Math.floor(uniforms(scattered(seed))() * (classes - 1));
  return drawn < target ? drawn : drawn + 1;
};
var randomLogit = {
  id: "random-logit",
  aliases: ["random-class"],
  title: "Random logit",
  source: "Sixt, Granz, Landgraf 2020 (arXiv 1912.09818), section 5; SSIM as in Quantus 0.6",
  params: {},
  variants: variants13,
  needs: [],
  cost: "1 map",
  *run(image2) {
    const { map: map2, x: x2, target, classes, seed } = image2;
    const reason = refuse(map2, image2.width * image2.height) ?? (classes < 2 ? "the network has one class" : void 0);
    if (reason !== void 0) return excludedAll(variants13, reason);
    const other = otherClass(target, classes, seed);
    const [second] = yield* maps([{ x: x2, target: other, key: `random-logit ${other}` }]);
    if (!second) return excludedAll(variants13, "the method gave no map of another class");
    const why = unusable(second);
    if (why !== void 0) return excludedAll(variants13, `class ${other}: ${why}`);
    return {
      values: Object.fromEntries(LIKENESSES.map((id) => [id, LIKENESS[id].of(map2, second, image2)])),
      counts: { "other-class": other }
    };
  }
};

// src/metrics/relevance-mass.ts
var variants14 = [
  { id: "positive", about: "negative relevance left out", range: [0, 1], better: "higher" },
  { id: "absolute", about: "of magnitudes", range: [0, 1], better: "higher" },
  {
    id: "signed",
    about: "sum inside / sum (Quantus); excluded where the sum is not positive",
    range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    better: "higher"
  }
];
function share2(map2, { inside: inside2 }, reading2) {
  const values2 = readAs(map2, reading2);
  const all = values2.reduce((s, v) => s + v, 0);
  const within = values2.reduce((s, v, i) => s + v * inside2[i], 0);
  return ratio2(within, all, `the ${reading2} relevance does not add up to more than 0`);
}
var relevanceMass = {
  id: "relevance-mass",
  aliases: ["relevance-mass-accuracy", "mass-accuracy"],
  title: "Relevance mass accuracy",
  source: "Arras, Osman, Samek 2022 (arXiv 2003.07258), equation 1",
  params: TRUTH_PARAM,
  variants: variants14,
  needs: [],
  cost: "none",
  run: (image2, params) => measured(
    compared2(image2, params, variants14, (map2, truth) => ({
      values: {
        positive: share2(map2, truth, "positive"),
        absolute: share2(map2, truth, "absolute"),
        signed: share2(map2, truth, "signed")
      }
    }))
  )
};

// src/metrics/relevance-rank.ts
var variants15 = [
  {
    id: "signed",
    about: "highest values first (Arras, Quantus); ties at the threshold shared evenly",
    range: [0, 1],
    better: "higher"
  },
  { id: "absolute", about: "largest magnitudes first", range: [0, 1], better: "higher" }
];
var relevanceRank = {
  id: "relevance-rank",
  aliases: ["relevance-rank-accuracy", "rank-accuracy"],
  title: "Relevance rank accuracy",
  source: "Arras, Osman, Samek 2022 (arXiv 2003.07258), equation 2",
  params: TRUTH_PARAM,
  variants: variants15,
  needs: [],
  cost: "none",
  run: (image2, params) => measured(
    compared2(image2, params, variants15, (map2, truth) => {
      const [signed, absolute] = ["signed", "absolute"].map(
        (r) => topPixels(readAs(map2, r), truth, truth.area)
      );
      return {
        values: { signed: signed.hits / truth.area, absolute: absolute.hits / truth.area },
        counts: { tied: signed.tied }
      };
    })
  )
};

// src/metrics/impute.ts
var EDGE = 2;
var CORNER = 1;
var BEFORE = [
  [-1, -1, CORNER],
  [-1, 0, EDGE],
  [-1, 1, CORNER],
  [0, -1, EDGE]
];
var SIDES = BEFORE.length;
var OMEGA = 1.85;
var TOLERANCE = 1e-8;
var MOST_ITERATIONS = 2e3;
function equations(removed, { width, height }) {
  const unknownAt = new Int32Array(removed.length).fill(-1);
  const pixels3 = Uint32Array.from(Array.from(removed.keys()).filter((i) => removed[i]));
  pixels3.forEach((p, u) => {
    unknownAt[p] = u;
  });
  const n = pixels3.length;
  const [before, after] = [new Uint32Array(n * SIDES).fill(n), new Uint32Array(n * SIDES).fill(n)];
  const diagonal = new Float64Array(n);
  const kept = { unknown: [], source: [], weight: [] };
  for (let u = 0; u < n; u++) {
    const p = pixels3[u];
    const [y, x2] = [Math.floor(p / width), p % width];
    for (let side2 = 0; side2 < SIDES; side2++) {
      const [dy, dx, weight] = BEFORE[side2];
      for (const sign of [1, -1]) {
        const [ny, nx] = [y + sign * dy, x2 + sign * dx];
        if (ny < 0 || ny >= height || nx < 0 || nx >= width) continue;
        const q = ny * width + nx;
        diagonal[u] += weight;
        const other = unknownAt[q];
        if (other >= 0) (sign > 0 ? before : after)[u * SIDES + side2] = other;
        else {
          kept.unknown.push(u);
          kept.source.push(q);
          kept.weight.push(weight);
        }
      }
    }
  }
  return { pixels: pixels3, diagonal, before, after, kept };
}
var side = (v, of, u) => CORNER * (v[of[u * SIDES]] + v[of[u * SIDES + 2]]) + EDGE * (v[of[u * SIDES + 1]] + v[of[u * SIDES + 3]]);
function precondition({ diagonal, before, after }, r, z) {
  const n = diagonal.length;
  for (let u = 0; u < n; u++) z[u] = (r[u] + side(z, before, u)) * OMEGA / diagonal[u];
  for (let u = n - 1; u >= 0; u--) z[u] = z[u] + OMEGA * side(z, after, u) / diagonal[u];
}
var dot = (a, b) => {
  let sum2 = 0;
  for (let i = 0; i < a.length; i++) sum2 += a[i] * b[i];
  return sum2;
};
function solve(system, b, v) {
  const { diagonal, before, after } = system;
  const n = diagonal.length;
  const [r, z, p, product3] = [0, 1, 2, 3].map(() => new Float64Array(n + 1));
  const apply = (x2) => {
    for (let u = 0; u < n; u++)
      product3[u] = diagonal[u] * x2[u] - side(x2, before, u) - side(x2, after, u);
  };
  apply(v);
  for (let u = 0; u < n; u++) r[u] = b[u] - product3[u];
  const enough = TOLERANCE * TOLERANCE * dot(b, b);
  let rho = 0;
  for (let iteration = 0; iteration < MOST_ITERATIONS && dot(r, r) > enough; iteration++) {
    precondition(system, r, z);
    const next = dot(r, z);
    const beta = iteration === 0 ? 0 : next / rho;
    rho = next;
    for (let u = 0; u < n; u++) p[u] = z[u] + beta * p[u];
    apply(p);
    const alpha = rho / dot(p, product3);
    for (let u = 0; u < n; u++) {
      v[u] += alpha * p[u];
      r[u] -= alpha * product3[u];
    }
  }
}
function impute(image2, { removed, guess, noise: noise2, normal }) {
  const system = equations(removed, image2);
  const { pixels: pixels3, kept } = system;
  const [step3, plane] = strides(image2);
  const x2 = image2.x.slice();
  for (let c = 0; c < image2.channels; c++) {
    const at = (p) => p * step3 + c * plane;
    const b = new Float64Array(pixels3.length + 1);
    for (let i = 0; i < kept.unknown.length; i++)
      b[kept.unknown[i]] += kept.weight[i] * x2[at(kept.source[i])];
    const v = new Float64Array(pixels3.length + 1);
    pixels3.forEach((p, u) => {
      v[u] = guess[at(p)];
    });
    solve(system, b, v);
    pixels3.forEach((p, u) => {
      x2[at(p)] = v[u] + (noise2 > 0 ? noise2 * normal() : 0);
    });
  }
  return x2;
}

// src/metrics/road.ts
var percentilesSpec = (() => {
  const list3 = numbers2(
    [10, 20, 30, 40, 50, 60, 70, 80, 90],
    "percentiles of the map; what lies at or above one is removed"
  );
  return {
    ...list3,
    expected: "numbers between 0 and 100 (both excluded), separated by commas",
    read: (raw) => {
      const v = list3.read(raw);
      return v?.every((p) => p > 0 && p < 100) ? v : void 0;
    }
  };
})();
var removedAt = (size, percentile) => Math.max(1, size - Math.ceil((size - 1) * percentile / 100));
function imputed(image2, order, { params, normal }) {
  const percentiles = params.percentiles;
  const rising = percentiles.map((_, i) => i).sort((a, b) => percentiles[b] - percentiles[a]);
  const out2 = /* @__PURE__ */ new Map();
  let guess = image2.x;
  for (const i of rising) {
    const removed = new Uint8Array(order.length);
    for (const p of order.subarray(0, removedAt(order.length, percentiles[i]))) removed[p] = 1;
    guess = impute(image2, { removed, guess, noise: params.noise, normal });
    out2.set(i, guess);
  }
  return percentiles.map((_, i) => out2.get(i));
}
function* removal(image2, order, settings) {
  const [original, ...after] = yield* scores([whole(image2), ...imputed(image2, order, settings).map((x2) => ({ x: x2 }))]);
  const p = (s) => s.probabilities[image2.target];
  return {
    change: Float32Array.from(after, (s) => p(s) - p(original)),
    kept: mean(after.map((s) => predicted(s) === image2.target ? 1 : 0))
  };
}
var road = {
  id: "road",
  aliases: ["remove and debias"],
  title: "Remove and debias",
  source: "Rong et al. 2022; combined score as in pytorch-grad-cam",
  params: {
    percentiles: percentilesSpec,
    noise: nonNegative(0.01, "standard deviation of the noise on imputed values, in the units of the network's input")
  },
  variants: [
    {
      id: "combined",
      about: "(mean change LeRF - mean change MoRF) / 2 of the probability (pytorch-grad-cam)",
      range: [-1, 1],
      better: "higher"
    },
    { id: "morf", about: "mean change of the probability, most relevant removed", range: [-1, 1], better: "lower" },
    { id: "lerf", about: "mean change of the probability, least relevant removed", range: [-1, 1], better: "higher" },
    {
      id: "morf-kept",
      about: "share of the percentiles at which the class is still predicted, most relevant removed; its mean is the paper's accuracy",
      range: [0, 1],
      better: "lower"
    },
    { id: "lerf-kept", about: "the same, least relevant removed", range: [0, 1], better: "higher" }
  ],
  needs: [],
  cost: "1 + 2 x percentiles (19; the image itself is shared), and two sparse systems a percentile and channel",
  *run(image2, params) {
    const reason = refuse(image2.map, image2.width * image2.height);
    if (reason) return excludedAll(this.variants, reason);
    const settings = { params, normal: normals(image2.seed) };
    const [down, up] = [descending(image2.map), ascending(image2.map)];
    const morf2 = yield* removal(image2, down, settings);
    const lerf2 = yield* removal(image2, up, settings);
    return {
      values: {
        combined: finite2((mean(lerf2.change) - mean(morf2.change)) / 2),
        morf: finite2(mean(morf2.change)),
        lerf: finite2(mean(lerf2.change)),
        "morf-kept": morf2.kept,
        "lerf-kept": lerf2.kept
      },
      curves: { morf: morf2.change, lerf: lerf2.change },
      counts: { tied: tied(image2.map, down) }
    };
  }
};

// src/metrics/roc-auc.ts
var about = {
  signed: "of raw values (Quantus): the chance that a pixel inside is higher than one outside, ties count half",
  positive: "negative relevance clipped at 0",
  absolute: "of magnitudes"
};
var readings = Object.keys(about);
var variants16 = readings.map((id) => ({
  id,
  about: about[id],
  range: [0, 1],
  better: "higher"
}));
function area(values2, truth) {
  const sum2 = ranks(values2).reduce((s, r, i) => s + r * truth.inside[i], 0);
  return (sum2 - truth.area * (truth.area + 1) / 2) / (truth.area * (values2.length - truth.area));
}
var rocAuc = {
  id: "roc-auc",
  aliases: ["auroc"],
  title: "ROC AUC of the map against the object",
  source: "Fawcett 2006 (Pattern Recognition Letters 27), section 7; as Quantus 0.6 uses it",
  params: TRUTH_PARAM,
  variants: variants16,
  needs: [],
  cost: "none",
  run: (image2, params) => measured(
    compared2(image2, params, variants16, (map2, truth) => ({
      values: Object.fromEntries(readings.map((r) => [r, area(readAs(map2, r), truth)]))
    }))
  )
};

// src/metrics/scg.ts
var scg = {
  id: "scg",
  aliases: ["simple confidence gain"],
  title: "Simple confidence gain",
  source: "SCG/CCG paper, eq. 2",
  params: gainParams,
  variants: gainVariants([0, Number.POSITIVE_INFINITY]),
  needs: [],
  cost: "3 for each base image (image, base image, hybrid); the image and the base images are scored once for all maps",
  *run(image2, params) {
    const reason = refusal(image2);
    if (reason) return excludedAll(this.variants, reason);
    const { mask, area: area2, counts } = agreedMask(image2, params.rho);
    if (area2 === 0) return { ...excludedAll(this.variants, REASON.emptyMask), counts };
    const gains = yield* firstGains(image2, params, mask);
    return {
      values: Object.fromEntries(
        gains.map((g) => [
          g.base,
          g.excluded === void 0 ? (g.hybrid - g.uninformed) / (g.image - g.uninformed) : { excluded: g.excluded }
        ])
      ),
      counts
    };
  }
};

// src/metrics/selectivity.ts
var selectivity = {
  id: "selectivity",
  aliases: [],
  title: "Selectivity",
  source: "Montavon et al. 2018, sec. 7.2",
  params: {
    patch_size: integer(8, 1, "side of a region in pixels"),
    baseline: baseSpec("black"),
    score: scoreSpec
  },
  variants: [
    { id: "auc", about: "mean height of the curve, unperturbed image included", range: [0, 1], better: "lower" },
    {
      id: "auc-steps",
      about: "trapezoid over the steps, each 1 wide, unperturbed image left out (Quantus)",
      range: [0, Number.POSITIVE_INFINITY],
      better: "lower"
    }
  ],
  needs: [],
  cost: "1 + all regions (785 at 224 x 224; the image itself is shared)",
  *run(image2, params) {
    const reason = refuseRegions(image2, params);
    if (reason) return excludedAll(this.variants, reason);
    const { curve, counts } = yield* regionCurve(image2, params, "most");
    return {
      values: { auc: finite2(normalisedArea(curve)), "auc-steps": finite2(trapezoid(curve.subarray(1))) },
      curves: { selectivity: curve },
      counts
    };
  }
};

// src/metrics/sensitivity-n.ts
var variants17 = [
  {
    id: "mean-pearson",
    about: "mean over n of Pearson's correlation between summed relevance and the score's loss (Ancona); the curve has every n",
    range: [-1, 1],
    better: "higher"
  }
];
var ID4 = "sensitivity-n";
var setSizes = (most, count) => [
  ...new Set(Array.from({ length: count }, (_, k) => Math.round(most ** (count === 1 ? 1 : k / (count - 1)))))
];
var sensitivityN = {
  id: ID4,
  aliases: ["sens-n"],
  title: "Sensitivity-n",
  source: "Ancona et al. 2018 (arXiv 1711.06104), section 4, definition 1 and figure 3; a feature is a pixel, all channels together",
  params: {
    n_max_percentage: share(0.8, "largest set, as a share of all pixels"),
    nr_sizes: integer(8, 1, "values of n, evenly spaced in ln n"),
    nr_samples: integer(50, 2, "random sets for each n (the paper: 100)"),
    baseline: baseSpec("black"),
    score: logitSpec
  },
  variants: variants17,
  needs: [],
  cost: "nr_sizes x nr_samples + 1 forward images, shared by all maps of an image",
  *run(image2, params) {
    const { map: map2 } = image2;
    const reason = refuse(map2, image2.width * image2.height);
    if (reason !== void 0) return excludedAll(variants17, reason);
    const most = Math.max(1, Math.floor(params.n_max_percentage * map2.length));
    const samples2 = params.nr_samples;
    const random = uniforms(scattered(image2.seed));
    const fill = baseImage(image2, params.baseline);
    const key2 = keysOf(ID4, params);
    const [whole2] = yield* targetScores(image2, params, 1, () => ({ x: image2.x, key: IMAGE }));
    const correlations = [];
    for (const n of setSizes(most, params.nr_sizes)) {
      const sums = new Float64Array(samples2);
      const left = yield* targetScores(image2, params, samples2, (i) => {
        const pixels3 = shuffled(map2.length, random, n);
        sums[i] = pixels3.reduce((s, p) => s + map2[p], 0);
        return { x: replaced(image2, image2.x, fill, pixels3), key: key2(`${n} ${i}`) };
      });
      const drops = left.map((v) => whole2 - v);
      if (!drops.every(Number.isFinite)) return excludedAll(variants17, REASON.noScore);
      correlations.push(pearson(sums, drops));
    }
    const known4 = correlations.filter(Number.isFinite);
    return {
      values: { "mean-pearson": finite(mean2(known4), STEADY) },
      curves: { pearson: Float32Array.from(correlations) },
      counts: { "undefined-sizes": correlations.length - known4.length }
    };
  }
};

// src/metrics/sparseness.ts
var variants18 = [
  { id: "absolute", about: "of |map| + 1e-7 (Chalasani, Quantus)", range: [0, 1], better: "higher" },
  { id: "positive", about: "of max(map, 0) + 1e-7", range: [0, 1], better: "higher" }
];
var OFFSET = 1e-7;
function gini(values2) {
  const sorted = values2.map((v) => v + OFFSET).sort();
  const n = sorted.length;
  let [weighted, sum2] = [0, 0];
  sorted.forEach((v, i) => {
    weighted += (2 * i + 1 - n) * v;
    sum2 += v;
  });
  return weighted / (n * sum2);
}
var sparseness = {
  id: "sparseness",
  aliases: ["gini"],
  title: "Sparseness (Gini index)",
  source: "Chalasani et al. 2020 (arXiv 1810.06583), section 5; Quantus 0.6",
  params: {},
  variants: variants18,
  needs: [],
  cost: "none",
  run: (image2) => {
    const { map: map2 } = image2;
    const reason = refuse(map2, image2.width * image2.height);
    if (reason !== void 0) return measured(excludedAll(variants18, reason));
    return measured({
      values: { absolute: gini(readAs(map2, "absolute")), positive: gini(readAs(map2, "positive")) }
    });
  }
};

// src/metrics/top-k-intersection.ts
var variants19 = [
  { id: "signed", about: "highest values first; ties at the threshold shared evenly", range: [0, 1], better: "higher" },
  { id: "absolute", about: "largest magnitudes first", range: [0, 1], better: "higher" },
  {
    id: "concept-influence",
    about: "`signed` divided by the object's share of the image: 1 = as a random map",
    range: [0, Number.POSITIVE_INFINITY],
    better: "higher"
  }
];
var topKIntersection = {
  id: "top-k-intersection",
  aliases: ["top-k"],
  title: "Top-k intersection",
  source: "Theiner et al. 2022 (arXiv 2104.14995), equations 3 and 4; k = 1000 as in Quantus 0.6",
  params: { k: integer(1e3, 1, "pixels that count as marked by the map"), ...TRUTH_PARAM },
  variants: variants19,
  needs: [],
  cost: "none",
  run: (image2, params) => measured(
    compared2(image2, params, variants19, (map2, truth) => {
      const k = params.k;
      if (k >= map2.length) return excludedAll(variants19, `k = ${k} is not less than the map's ${map2.length} pixels`);
      const [signed, absolute] = ["signed", "absolute"].map((r) => topPixels(readAs(map2, r), truth, k));
      const share3 = signed.hits / k;
      return {
        values: {
          signed: share3,
          absolute: absolute.hits / k,
          "concept-influence": share3 * map2.length / truth.area
        },
        counts: { tied: signed.tied }
      };
    })
  )
};

// src/metrics/table.ts
var METRICS = {
  scg,
  ccg,
  "average-drop": averageDrop,
  "average-increase": averageIncrease,
  "average-gain": averageGain,
  morf,
  lerf,
  "pixel-flipping": pixelFlipping,
  selectivity,
  insertion,
  deletion,
  irof,
  road,
  "pointing-game": pointingGame,
  "relevance-mass": relevanceMass,
  "relevance-rank": relevanceRank,
  "outside-inside": outsideInside,
  "iou-at-top": iouAtTop,
  "top-k-intersection": topKIntersection,
  "roc-auc": rocAuc,
  "attribution-localisation": attributionLocalisation,
  sparseness,
  complexity,
  "sensitivity-n": sensitivityN,
  infidelity,
  "max-sensitivity": maxSensitivity,
  "faithfulness-correlation": faithfulnessCorrelation,
  monotonicity,
  "model-randomization": modelRandomization,
  "random-logit": randomLogit,
  completeness
};

// src/passes/bind-input.ts
var CHANNELS = [1, 3, 4];
var imageAxes = (dims) => !CHANNELS.includes(dims[1]) && CHANNELS.includes(dims[3]) ? [1, 2] : [2, 3];
function bindings(port, dims) {
  const own = port.dims ?? dims;
  const map2 = /* @__PURE__ */ new Map();
  dims.forEach((size, axis) => {
    const dim = own[axis];
    const fixed = dim === void 0 || typeof dim === "number" ? dim : map2.get(dim);
    if (dim === void 0 || own.length !== dims.length || fixed !== void 0 && fixed !== size) {
      throw new OnnxplainError2(
        "E_INPUT_SHAPE",
        `Input \`${port.name}\` has shape ${formatDims(port.dims)}, which cannot be bound to ${formatDims(dims)}. Pass the size that the model was made for (\`--size\`).`
      );
    }
    if (typeof dim === "string" && dim !== size) map2.set(dim, size);
  });
  return map2;
}
function bindInput(model2, input, dims) {
  const { graph } = model2;
  const port = graph.inputs.find((p) => p.name === input);
  if (port === void 0) {
    throw new OnnxplainError2(
      "E_INPUT_SHAPE",
      `The model has no input \`${input}\`; its inputs are ${graph.inputs.map((p) => `\`${p.name}\` ${formatDims(p.dims)}`).join(", ")}.`
    );
  }
  const sizes = bindings(port, dims);
  const bound = (v) => ({
    ...v,
    dims: v.dims?.map((d) => sizes.get(d) ?? d)
  });
  const inputs = graph.inputs.map((p) => p.name === input ? { ...p, dims } : bound(p));
  const facts = new Map(
    [...graph.facts].map(([name, { content: _, ...fact }]) => [
      name,
      graph.constants.has(name) ? graph.facts.get(name) ?? fact : bound(fact)
    ])
  );
  return { ...model2, graph: { ...graph, inputs, outputs: graph.outputs.map(bound), facts } };
}
function bindDims(model2, { height, width }, axes2) {
  if (![height, width].every((v) => Number.isInteger(v) && v > 0)) {
    throw new OnnxplainError2("E_PARAM", `Expected a positive whole height and width, got ${height} by ${width}.`);
  }
  const port = model2.graph.inputs.find((p) => p.dims?.length === 4);
  if (port?.dims === void 0) {
    const listed = model2.graph.inputs.map((p) => `\`${p.name}\` ${formatDims(p.dims)}`).join(", ");
    throw new OnnxplainError2(
      "E_INPUT_SHAPE",
      `The model has no image input of rank 4 whose size could be set; its inputs are ${listed || "none"}.`
    );
  }
  const [h, w] = axes2 ?? imageAxes(port.dims);
  return bindInput(
    model2,
    port.name,
    port.dims.map((d, axis) => axis === h ? height : axis === w ? width : d)
  );
}

// src/passes/attributes.ts
function wrong(node, name, expected2) {
  return new OnnxplainError2(
    "E_MODEL_INVALID",
    `Attribute \`${name}\` of node "${node.name}" (${node.op}) is not ${expected2}. The file is damaged; export it again.`,
    { node: node.name, op: node.op }
  );
}
function read(node, name, expected2, convert) {
  const raw = node.attrs[name];
  if (raw === void 0) return void 0;
  const value = convert(raw);
  if (value === void 0) throw wrong(node, name, expected2);
  return value;
}
var isInts = (raw) => Array.isArray(raw) && raw.every((v) => typeof v === "number");
var intAttr = (node, name) => read(node, name, "an integer", (raw) => typeof raw === "number" ? raw : void 0);
var intsAttr = (node, name) => read(node, name, "a list of integers", (raw) => isInts(raw) ? raw : void 0);
var textAttr = (node, name) => read(node, name, "a string", (raw) => typeof raw === "string" ? raw : void 0);
var realAttr = (node, name) => read(
  node,
  name,
  "a number",
  (raw) => typeof raw === "number" ? raw : typeof raw === "object" && "float" in raw ? raw.float : void 0
);
var realsAttr = (node, name) => read(
  node,
  name,
  "a list of numbers",
  (raw) => isInts(raw) ? raw : typeof raw === "object" && "floats" in raw ? raw.floats : void 0
);
var tensorAttr2 = (node, name) => read(node, name, "a tensor", (raw) => typeof raw === "object" && "tensor" in raw ? raw.tensor : void 0);
var without = (attrs, ...names) => Object.fromEntries(Object.entries(attrs).filter(([name]) => !names.includes(name)));
function withInputs2(node, inputs, attrs = node.attrs) {
  const trimmed = [...inputs];
  while (trimmed.at(-1) === "") trimmed.pop();
  return { ...node, inputs: trimmed, attrs };
}

// src/passes/rewriter.ts
var Rewriter = class {
  #base;
  #infer;
  #nodes = [];
  #constants;
  #facts;
  #aliases = /* @__PURE__ */ new Map();
  #taken;
  #used;
  #captured;
  constructor(base, infer) {
    this.#base = base;
    this.#infer = infer;
    this.#constants = new Map(base.constants);
    this.#facts = new Map(infer ? [] : base.facts);
    for (const { name, dtype, dims } of base.inputs) this.#facts.set(name, { dtype, dims });
    for (const [name, t] of base.constants) this.#facts.set(name, factOf(t));
    this.#taken = /* @__PURE__ */ new Set([
      ...base.constants.keys(),
      ...base.inputs.map((p) => p.name),
      ...base.nodes.flatMap((n) => [n.name, ...n.outputs])
    ]);
    this.#used = /* @__PURE__ */ new Set([...base.nodes.flatMap(uses), ...base.outputs.map((p) => p.name)]);
    this.#captured = new Set(base.nodes.flatMap((n) => uses(n).filter((name) => !n.inputs.includes(name))));
  }
  fact(name) {
    return name === void 0 || name === "" ? void 0 : this.#facts.get(name);
  }
  dims(name) {
    return this.fact(name)?.dims;
  }
  /** Element type of a value; float32 where nothing is known. */
  dtype(name) {
    return this.fact(name)?.dtype ?? "float32";
  }
  constantOf(name) {
    return name === void 0 ? void 0 : this.#constants.get(name);
  }
  /** Does any node, subgraph or graph output of the original read this value? */
  isUsed(name) {
    return name !== void 0 && this.#used.has(name);
  }
  isOutput(name) {
    return this.#base.outputs.some((p) => p.name === name);
  }
  /** A name that no value and no node has. */
  fresh(stem) {
    let name = stem;
    for (let i = 1; this.#taken.has(name) || name === ""; i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }
  /** A new constant; returns its name. */
  constant(t, stem) {
    return this.defineConstant(this.fresh(stem), t);
  }
  /** A constant under exactly this name, which a node that is not emitted would have written. */
  defineConstant(name, t) {
    this.#constants.set(name, t);
    this.#facts.set(name, factOf(t));
    return name;
  }
  /** A 1-D int64 constant. */
  ints(values2, stem) {
    return this.constant(tensor("int64", [values2.length], values2), stem);
  }
  scalar(value, dtype, stem) {
    return this.constant(tensor(dtype, [], [value]), stem);
  }
  /** From now on `name` means `target`. Refused (false) where a subgraph or the graph's outputs know the old name. */
  alias(name, target) {
    if (this.#captured.has(name) || this.isOutput(name)) return false;
    this.#aliases.set(name, target);
    return true;
  }
  /** Append a node as it is. */
  emit(node) {
    this.#nodes.push(node);
    if (this.#infer === void 0) return;
    const inferred2 = this.#infer(
      node,
      node.inputs.map((n) => this.fact(n))
    );
    node.outputs.forEach((name, i) => {
      const fact = inferred2[i];
      if (name === "" || fact === void 0) return;
      this.#facts.set(name, fact.dims === void 0 ? this.#base.facts.get(name) ?? fact : fact);
    });
  }
  /** Append a default-domain node that stands for (a part of) `from`; returns its first output. */
  op(op, from, emission) {
    const outputs = emission.outputs ?? [this.fresh(`${from.outputs[0] ?? from.name}/${op}`)];
    const inputs = [...emission.inputs];
    while (inputs.at(-1) === "") inputs.pop();
    this.emit({ op, domain: "", name: outputs[0] ?? "", inputs, outputs, attrs: emission.attrs ?? {} });
    return outputs[0] ?? "";
  }
  /** Visit every node in order; its inputs arrive with aliases resolved. */
  walk(visit) {
    for (const node of this.#base.nodes) {
      const renamed2 = node.inputs.some((n) => this.#aliases.has(n));
      visit(renamed2 ? { ...node, inputs: node.inputs.map((n) => this.#resolve(n)) } : node, this);
    }
    return this;
  }
  #resolve(name) {
    const target = this.#aliases.get(name);
    return target === void 0 ? name : this.#resolve(target);
  }
  graph() {
    return { ...this.#base, nodes: this.#nodes, constants: this.#constants, facts: this.#facts };
  }
};
var rewrite = (graph, visit, infer) => new Rewriter(graph, infer).walk(visit).graph();

// src/passes/constants.ts
function constantValue(node) {
  const { attrs } = node;
  if ("value" in attrs) return tensorAttr2(node, "value");
  if ("value_float" in attrs) return tensor("float32", [], [realAttr(node, "value_float") ?? 0]);
  if ("value_int" in attrs) return tensor("int64", [], [intAttr(node, "value_int") ?? 0]);
  if ("value_string" in attrs) return { dtype: "string", dims: [], data: [textAttr(node, "value_string") ?? ""] };
  if ("value_floats" in attrs) {
    const values2 = realsAttr(node, "value_floats") ?? [];
    return tensor("float32", [values2.length], values2);
  }
  if ("value_ints" in attrs) {
    const values2 = intsAttr(node, "value_ints") ?? [];
    return tensor("int64", [values2.length], values2);
  }
  return void 0;
}
var constantsToInitializers = {
  name: "constants-to-initializers",
  run: (model2, { keep: keep2 }) => {
    const graph = rewrite(model2.graph, (node, rw) => {
      const [out2 = ""] = node.outputs;
      const pinned = node.domain !== "" || keep2.has(out2) || rw.isOutput(out2);
      const value = pinned || node.op !== "Constant" ? void 0 : constantValue(node);
      if (value) rw.defineConstant(out2, value);
      else if (pinned || node.op !== "Identity" || !rw.constantOf(node.inputs[0]) || !rw.alias(out2, node.inputs[0] ?? ""))
        rw.emit(node);
    });
    return { model: { ...model2, graph }, notes: [] };
  }
};

// src/passes/dead-code.ts
function prune(graph, names) {
  const { nodes, values: values2 } = neededFor(graph, names);
  const made2 = /* @__PURE__ */ new Set([...values2, ...nodes.flatMap((n) => n.outputs), ...graph.inputs.map((p) => p.name)]);
  return {
    ...graph,
    nodes,
    constants: new Map([...graph.constants].filter(([name]) => values2.has(name))),
    facts: new Map([...graph.facts].filter(([name]) => made2.has(name)))
  };
}
var deadCode = {
  name: "dead-code",
  run: (model2, { keep: keep2 }) => {
    const graph = prune(model2.graph, [...model2.graph.outputs.map((p) => p.name), ...keep2]);
    return { model: { ...model2, graph }, notes: [] };
  }
};

// src/passes/drop-identities.ts
function isCopy(node, rw) {
  if (node.domain !== "") return false;
  if (node.op === "Identity") return true;
  const fact = rw.fact(node.inputs[0]);
  return node.op === "Cast" && fact !== void 0 && fact.dims !== void 0 && dtypeCode(fact.dtype) === node.attrs.to;
}
var dropIdentities = {
  name: "drop-identities",
  run: (model2, { keep: keep2 }) => {
    const graph = rewrite(model2.graph, (node, rw) => {
      const [out2 = ""] = node.outputs;
      if (!isCopy(node, rw) || keep2.has(out2) || !rw.alias(out2, node.inputs[0] ?? "")) rw.emit(node);
    });
    return { model: { ...model2, graph }, notes: [] };
  }
};

// src/passes/explicit-pads.ts
var WINDOWED = /* @__PURE__ */ new Set(["Conv", "ConvInteger", "QLinearConv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool"]);
var WEIGHT_INPUT = { QLinearConv: 3 };
function kernelOf(node, rw) {
  const stated = intsAttr(node, "kernel_shape");
  if (stated) return stated;
  const sizes = rw.dims(node.inputs[WEIGHT_INPUT[node.op] ?? 1])?.slice(2);
  return sizes?.every((d) => typeof d === "number") ? sizes : void 0;
}
function transposedPads(node, kernel, spatial, upper) {
  const wanted = intsAttr(node, "output_shape");
  const totals = kernel.map((k, i) => {
    const size = spatial[i];
    const stride = intsAttr(node, "strides")?.[i] ?? 1;
    const extent2 = (intsAttr(node, "dilations")?.[i] ?? 1) * (k - 1) + 1;
    const spare = intsAttr(node, "output_padding")?.[i] ?? 0;
    if (wanted === void 0) return extent2 + spare - stride;
    return typeof size === "number" ? stride * (size - 1) + spare + extent2 - (wanted[i] ?? 0) : -1;
  });
  if (totals.some((t) => t < 0)) return void 0;
  const less = totals.map((t) => Math.floor(t / 2));
  const more = totals.map((t) => Math.ceil(t / 2));
  return upper ? [...less, ...more] : [...more, ...less];
}
function padsFor(node, mode, rw) {
  const kernel = kernelOf(node, rw);
  const spatial = rw.dims(node.inputs[0])?.slice(2);
  if (kernel === void 0) return void 0;
  if (mode === "VALID") return new Array(2 * kernel.length).fill(0);
  if (spatial?.length !== kernel.length) return void 0;
  if (node.op === "ConvTranspose") return transposedPads(node, kernel, spatial, mode === "SAME_UPPER");
  const strides2 = intsAttr(node, "strides");
  if (kernel.some((_, i) => typeof spatial[i] !== "number" && (strides2?.[i] ?? 1) !== 1)) return void 0;
  return padsOf(
    windowAxes(kernel, { strides: strides2, dilations: intsAttr(node, "dilations"), pads: void 0, auto_pad: mode }, spatial)
  );
}
var explicitPads = {
  name: "explicit-pads",
  run: (model2) => {
    const graph = rewrite(model2.graph, (node, rw) => {
      const mode = WINDOWED.has(node.op) && node.domain === "" ? textAttr(node, "auto_pad") : void 0;
      const pads = mode === void 0 || mode === "NOTSET" ? void 0 : padsFor(node, mode, rw);
      if (pads) rw.emit({ ...node, attrs: { ...without(node.attrs, "auto_pad"), pads } });
      else rw.emit(mode === "NOTSET" ? { ...node, attrs: without(node.attrs, "auto_pad") } : node);
    });
    return { model: { ...model2, graph }, notes: [] };
  }
};

// src/passes/fold-batchnorm.ts
function affineOf(node, rw) {
  const [scale, bias, mean3, variance] = [1, 2, 3, 4].map((i) => rw.constantOf(node.inputs[i]));
  if (!scale || !bias || !mean3 || !variance || [scale, bias, mean3, variance].some((t) => t.dtype !== "float32"))
    return void 0;
  const [s, b, m, v] = [scale, bias, mean3, variance].map(toNumbers3);
  if (b.length !== s.length || m.length !== s.length || v.length !== s.length) return void 0;
  const eps = realAttr(node, "epsilon") ?? 1e-5;
  const factor = Float64Array.from(
    { length: s.length },
    (_, i) => s[i] / Math.sqrt(v[i] + eps)
  );
  const shift = factor.map((f, i) => b[i] - f * m[i]);
  return factor.every(Number.isFinite) && shift.every(Number.isFinite) ? { factor, shift } : void 0;
}
function channelMap(node, weight) {
  const [d0 = 1, d1 = 1] = weight.dims;
  const count = weight.data.length;
  if (weight.dims.length < 2 || count === 0) return void 0;
  const block = count / d0;
  if (node.op === "Conv") return { channels: d0, of: (i) => Math.floor(i / block) };
  if (node.op === "Gemm")
    return intAttr(node, "transB") ? { channels: d0, of: (i) => Math.floor(i / d1) } : { channels: d1, of: (i) => i % d1 };
  const groups = intAttr(node, "group") ?? 1;
  const rows = d0 / groups;
  const inner = block / d1;
  return {
    channels: d1 * groups,
    of: (i) => Math.floor(Math.floor(i / block) / rows) * d1 + Math.floor(i / inner) % d1
  };
}
function biasOf(node, channels, rw) {
  const out2 = new Float64Array(channels);
  const name = node.inputs[2] ?? "";
  if (name === "") return out2;
  const t = rw.constantOf(name);
  if (t?.dtype !== "float32" || t.data.length !== 1 && (t.data.length !== channels || t.dims.at(-1) !== channels))
    return void 0;
  const beta = node.op === "Gemm" ? realAttr(node, "beta") ?? 1 : 1;
  const values2 = toNumbers3(t);
  return out2.map((_, i) => beta * values2[values2.length === 1 ? 0 : i]);
}
function merged(node, affine2, output, rw) {
  const [x2 = "", weightName = ""] = node.inputs;
  const weight = rw.constantOf(weightName);
  if (weight?.dtype !== "float32") return void 0;
  const map2 = channelMap(node, weight);
  const bias = map2 && biasOf(node, map2.channels, rw);
  if (!map2 || !bias || map2.channels !== affine2.factor.length) return void 0;
  const old = weight.data;
  const data2 = old.map((w, i) => w * affine2.factor[map2.of(i)]);
  const offset = Float32Array.from(bias, (b, c) => b * affine2.factor[c] + affine2.shift[c]);
  const inputs = [
    x2,
    rw.constant({ ...weight, data: data2 }, `${weightName}/folded`),
    rw.constant({ dtype: "float32", dims: [offset.length], data: offset }, `${weightName}/folded_bias`)
  ];
  return withInputs2(
    { ...node, outputs: [output] },
    inputs,
    node.op === "Gemm" ? without(node.attrs, "beta") : node.attrs
  );
}
var FOLDABLE = /* @__PURE__ */ new Set(["Conv", "ConvTranspose", "Gemm"]);
var foldBatchnorm = {
  name: "fold-batchnorm",
  run: (model2, { keep: keep2 }) => {
    const readers = consumers(model2.graph);
    const pinned = /* @__PURE__ */ new Set([...keep2, ...model2.graph.outputs.map((p) => p.name)]);
    const partner = (node) => {
      const [out2 = ""] = node.outputs;
      const [only, ...others] = readers.get(out2) ?? [];
      const fits2 = node.domain === "" && FOLDABLE.has(node.op) && only?.op === "BatchNormalization" && only.domain === "" && only.inputs[0] === out2;
      return fits2 && others.length === 0 && !pinned.has(out2) && only.outputs.length === 1 && !intAttr(only, "training_mode") ? only : void 0;
    };
    const done = /* @__PURE__ */ new Set();
    const graph = rewrite(model2.graph, (node, rw) => {
      if (node.op === "BatchNormalization" && done.has(node.outputs[0] ?? "")) return;
      const next = partner(node);
      const affine2 = next && affineOf(next, rw);
      const fused = affine2 && merged(node, affine2, next.outputs[0] ?? "", rw);
      if (fused) done.add(fused.outputs[0] ?? "");
      rw.emit(fused ?? node);
    });
    return { model: { ...model2, graph }, notes: [] };
  }
};

// src/passes/fold-constants.ts
var LARGEST_BYTES = 16 * 2 ** 20;
var FREE_BYTES = 2 ** 20;
var MAY_GROW = 4;
var NEVER = /* @__PURE__ */ new Set(["DequantizeLinear", ...IMPURE]);
var bytesOf = (t) => t.dtype === "string" ? Number.POSITIVE_INFINITY : t.data.length * BYTES_PER_ELEMENT2[t.dtype];
function affordable(facts, inputs) {
  const given3 = inputs.reduce((sum2, t) => sum2 + (t ? bytesOf(t) : 0), 0);
  return facts.every(({ dtype, dims }) => {
    if (dtype === "string" || !isStatic(dims)) return false;
    const bytes = elementCount2(dims) * BYTES_PER_ELEMENT2[dtype];
    return bytes <= LARGEST_BYTES && bytes <= Math.max(FREE_BYTES, MAY_GROW * given3) && given3 <= 4 * LARGEST_BYTES;
  });
}
function evaluate3(row, node, inputs, facts) {
  try {
    const results = row.eval({ x: inputs.map((t) => t && numOf(t)), attrs: node.attrs, outputs: node.outputs.length });
    const tensors = node.outputs.map((_, i) => tensorOf(results[i]));
    const sound = tensors.every((t, i) => t.dtype === facts[i]?.dtype && t.data.length === elementCount2(t.dims));
    return sound ? tensors : void 0;
  } catch {
    return void 0;
  }
}
function folded(node, rw, row, facts) {
  const inputs = node.inputs.map((name) => rw.constantOf(name));
  const known4 = inputs.every((t, i) => t === void 0 ? node.inputs[i] === "" : t.dtype !== "string");
  if (node.inputs.length === 0 || !known4 || NEVER.has(node.op)) return void 0;
  return affordable(facts, inputs) ? evaluate3(row, node, inputs, facts) : void 0;
}
function knownContent({ content, dims, dtype }) {
  if (content === void 0 || dims === void 0 || dtype === "string" || !isStatic(content)) return void 0;
  return isStatic(dims) && elementCount2(dims) === content.length ? tensor(dtype, dims, content) : void 0;
}
function foldNode(node, rw, { ops, keep: keep2 }) {
  const row = rowOf(ops, node);
  if (row === void 0 || node.outputs.some((o) => o === "" || keep2.has(o) || rw.isOutput(o))) return false;
  const facts = inferWith(ops)(
    node,
    node.inputs.map((name) => rw.fact(name))
  );
  const content = facts.length === 1 ? knownContent(facts[0]) : void 0;
  const results = content ? [content] : folded(node, rw, row, facts);
  node.outputs.forEach((name, i) => {
    if (results) rw.defineConstant(name, results[i]);
  });
  return results !== void 0;
}
var foldConstants = {
  name: "fold-constants",
  run: (model2, context) => {
    const visit = (node, rw) => {
      if (!foldNode(node, rw, context)) rw.emit(node);
    };
    return { model: { ...model2, graph: rewrite(model2.graph, visit, inferWith(context.ops)) }, notes: [] };
  }
};

// src/passes/batch-position.ts
var BATCH = "N";
var MIXES = "mixes the samples of a batch";
var mixes2 = (when) => when ? MIXES : void 0;
var aligned = ({ at, dims }) => {
  const places = at.flatMap((p, i) => p ? [`${(dims[i]?.length ?? 0) - p.axis}/${p.inner}`] : []);
  return mixes2(new Set(places).size > 1);
};
var leading = ({ at }) => mixes2(at.some((p, i) => p && (i > 0 || p.axis !== 0)));
var axisIs = (axis, view, fallback) => {
  const rank = view.dims[0]?.length ?? 0;
  return view.at[0]?.axis === normalizeAxis(axis ?? fallback, rank);
};
var alongAxis3 = (fallback) => (view) => aligned(view) ?? mixes2(axisIs(intAttr(view.node, "axis"), view, fallback));
var fromAxis = (view) => {
  const [p, ...others] = view.at;
  const first = normalizeAxis(intAttr(view.node, "axis") ?? -1, view.dims[0]?.length ?? 0);
  return mixes2(others.some(Boolean) || p !== void 0 && p.axis >= first);
};
var axesOf2 = ({ node, rw }, input) => (node.inputs[input] ?? "") === "" ? intsAttr(node, "axes") : rw.fact(node.inputs[input])?.content;
var reduce = (view) => {
  const axes2 = axesOf2(view, 1);
  const rank = view.dims[0]?.length ?? 0;
  const none = axes2 === void 0 || axes2.length === 0;
  if (none && (view.node.inputs[1] ?? "") === "" && intAttr(view.node, "noop_with_empty_axes")) return void 0;
  return mixes2(none || axes2.some((a) => typeof a !== "number" || normalizeAxis(a, rank) === view.at[0]?.axis));
};
var matmul = (a, b) => ({ at, dims }) => {
  const [p, q] = [at[a], at[b]];
  const [ra, rb] = [dims[a]?.length ?? 0, dims[b]?.length ?? 0];
  if (p && q)
    return mixes2(p.axis >= ra - 2 || q.axis >= rb - 2 || ra - p.axis !== rb - q.axis || p.inner !== q.inner);
  return mixes2(p !== void 0 && p.axis === ra - 1 || q !== void 0 && q.axis === Math.max(0, rb - 2));
};
var gemm = ({ node, at: [a, b, c] }) => mixes2(
  (a && b) !== void 0 || c !== void 0 || (a && a.axis !== (intAttr(node, "transA") ? 1 : 0)) === true || (b && b.axis !== (intAttr(node, "transB") ? 0 : 1)) === true
);
var gather2 = (view) => mixes2(
  (view.at[0] && view.at[1]) !== void 0 || view.at[0] !== void 0 && axisIs(intAttr(view.node, "axis"), view, 0)
);
var slice = (view) => {
  const axes2 = axesOf2(view, 3) ?? [...(view.dims[0] ?? []).keys()];
  const steps2 = view.rw.fact(view.node.inputs[4])?.content;
  const own = axes2.findIndex(
    (a) => typeof a !== "number" || normalizeAxis(a, view.dims[0]?.length ?? 0) === view.at[0]?.axis
  );
  return mixes2(own >= 0 && (view.node.inputs[4] ?? "") !== "" && steps2?.[own] !== 1);
};
var einsum = ({ node, at }) => {
  const [terms = "", result] = (textAttr(node, "equation") ?? "").replaceAll(" ", "").split("->");
  const letters = new Set(at.flatMap((p, i) => p ? [terms.split(",")[i]?.[p.axis] ?? "."] : []));
  const [letter = "."] = letters;
  return mixes2(letters.size !== 1 || terms.includes(".") || !result?.includes(letter));
};
var freely = ({ at }) => mixes2(at.some((p, i) => p && i > 0));
var each = (judge, names) => Object.fromEntries(names.split(" ").map((op) => [op, judge]));
var JUDGES = {
  ...each(
    aligned,
    "Abs Acos Acosh Add And Asin Asinh Atan Atanh Cast CastLike Ceil Celu Clip Cos Cosh DequantizeLinear Div Elu Equal Erf Exp Expand Floor"
  ),
  ...each(
    aligned,
    "Gelu Greater GreaterOrEqual HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Less LessOrEqual Log Max Mean Min Mish Mod Mul Neg Not Or PRelu Pow"
  ),
  ...each(
    aligned,
    "QuantizeLinear Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Sub Sum Swish Tan Tanh ThresholdedRelu Where Xor Dropout"
  ),
  ...each(
    leading,
    "Conv ConvTranspose ConvInteger QLinearConv MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool BatchNormalization"
  ),
  ...each(leading, "InstanceNormalization GroupNormalization LRN Resize DepthToSpace SpaceToDepth"),
  ...each(alongAxis3(-1), "Softmax LogSoftmax Hardmax LpNormalization TopK"),
  ...each(alongAxis3(0), "ArgMax ArgMin Concat Split"),
  ...each(fromAxis, "LayerNormalization RMSNormalization SimplifiedLayerNormalization"),
  ...each(
    reduce,
    "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare"
  ),
  ...each(freely, "Transpose Reshape Flatten Squeeze Unsqueeze Pad Tile"),
  Einsum: einsum,
  MatMul: matmul(0, 1),
  QLinearMatMul: matmul(0, 3),
  MatMulInteger: matmul(0, 1),
  Gemm: gemm,
  Gather: gather2,
  Slice: slice
};
var RESHAPES = /* @__PURE__ */ new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze"]);
var COUNTS2 = /* @__PURE__ */ new Set([
  "Range",
  "NonZero",
  "CumSum",
  "EyeLike",
  "RandomNormalLike",
  "RandomUniformLike",
  "RandomNormal",
  "RandomUniform"
]);
var blockOf = (dims, { axis, inner }) => dimProduct([inner, ...dims.slice(axis + 1)]);
function located(dims, view) {
  const axes2 = [...dims.keys()].filter((axis2) => dimMentions(dims[axis2], BATCH));
  const axis = axes2[0];
  const factor = axis === void 0 ? void 0 : dimQuotient(dims[axis], BATCH);
  if (axes2.length !== 1 || axis === void 0 || typeof factor !== "number") return MIXES;
  const from = view.at.findIndex(Boolean);
  const source = view.at[from];
  const sourceDims = view.dims[from];
  if (!RESHAPES.has(view.node.op))
    return dims[axis] === sourceDims[source.axis] ? { axis, inner: source.inner } : MIXES;
  const inner = dimQuotient(blockOf(sourceDims, source), dimProduct(dims.slice(axis + 1)));
  return typeof inner === "number" && inner > 0 && factor % inner === 0 ? { axis, inner } : MIXES;
}
function follow(node, rw, known4) {
  const view = {
    node,
    rw,
    at: node.inputs.map((n) => known4.get(n)),
    dims: node.inputs.map((n) => rw.dims(n))
  };
  const outputs = node.outputs.filter((name) => name !== "" && rw.isUsed(name));
  if (!view.at.some(Boolean)) {
    return COUNTS2.has(node.op) && outputs.some((o) => rw.dims(o)?.some((d) => dimMentions(d, BATCH))) ? "numbers the samples of a batch" : /* @__PURE__ */ new Map();
  }
  if (node.domain === "" && (node.op === "Shape" || node.op === "Size")) return /* @__PURE__ */ new Map();
  const judge = node.domain === "" && Object.hasOwn(JUDGES, node.op) ? JUDGES[node.op] : void 0;
  const reason = judge ? judge(view) : "cannot be followed sample by sample";
  if (reason !== void 0) return reason;
  const found = /* @__PURE__ */ new Map();
  for (const name of outputs) {
    const dims = rw.dims(name);
    const position = dims ? located(dims, view) : "has an output of unknown shape";
    if (typeof position === "string") return position;
    found.set(name, position);
  }
  return found;
}

// src/passes/batch-targets.ts
var numbers4 = (content) => content?.every((d) => typeof d === "number") ? content : void 0;
function targetAxis(out2, data2, position, size) {
  const block = blockOf(data2, position);
  const outer = dimQuotient(data2[position.axis], dimProduct([position.inner, BATCH]));
  const before = dimProduct(data2.slice(0, position.axis));
  const fits2 = [...out2.keys()].filter((j) => {
    const inner = dimQuotient(block, dimProduct(out2.slice(j + 1)));
    const left = inner === void 0 ? void 0 : dimQuotient(out2[j], dimProduct([inner, size]));
    return left !== void 0 && outer !== void 0 && dimProduct([...out2.slice(0, j), left]) === dimProduct([before, outer]);
  });
  return fits2.find((j) => dimProduct(out2.slice(0, j)) === before) ?? fits2[0];
}
function resolved(target, data2, size, copies) {
  const old = data2.map((d) => dimMentions(d, BATCH) ? dimProduct([dimQuotient(d, BATCH) ?? 1, size]) : d);
  const stated = target.map((t, i) => t === 0 && copies ? old[i] ?? 0 : t);
  const rest = dimQuotient(dimProduct(old), dimProduct(stated.filter((d) => d !== -1)));
  return rest === void 0 ? void 0 : stated.map((d) => d === -1 ? rest : d);
}
function reshaped(node, { rw, at, size }) {
  const [x2 = "", shape = ""] = node.inputs;
  const position = at.get(x2);
  const data2 = rw.dims(x2);
  const target = numbers4(rw.fact(shape)?.content);
  const copies = intAttr(node, "allowzero") !== 1;
  const out2 = position && data2 && target && resolved(target, data2, size, copies);
  const axis = out2 && targetAxis(out2, data2, position, size);
  if (axis === void 0 || target === void 0 || (target[axis] ?? 1) === -1) return node;
  if (target[axis] === 0 && copies && axis === position?.axis) return node;
  const sameAxis = copies && axis === position?.axis && dimProduct([out2?.[axis] ?? 0, BATCH]) === dimProduct([data2?.[axis] ?? 0, size]);
  const taken = target.some((t, i) => i !== axis && t === -1 && typeof out2?.[i] !== "number");
  const entries = target.map(
    (t, i) => i === axis ? taken && sameAxis ? 0 : -1 : typeof out2?.[i] === "number" ? out2[i] : t
  );
  return withInputs2(node, [x2, rw.ints(entries, `${node.outputs[0]}/shape`)]);
}
function expanded(node, { rw, at }) {
  const [x2 = "", shape = ""] = node.inputs;
  const position = at.get(x2);
  const target = numbers4(rw.fact(shape)?.content);
  if (!position || !target) return node;
  const axis = position.axis + target.length - (rw.dims(x2)?.length ?? 0);
  if (axis < 0 || target[axis] === 1) return node;
  return withInputs2(node, [
    x2,
    rw.ints(
      target.map((t, i) => i === axis ? 1 : t),
      `${node.outputs[0]}/shape`
    )
  ]);
}
function resized2(node, { rw, at }) {
  const [x2 = "", roi = "", scales = "", sizes = ""] = node.inputs;
  const target = numbers4(rw.fact(sizes)?.content);
  const position = at.get(x2);
  if (!position || !target || intsAttr(node, "axes") || target.length !== rw.dims(x2)?.length) return node;
  const axes2 = [...target.keys()].filter((axis) => axis !== position.axis);
  const rest = rw.ints(
    axes2.map((axis) => target[axis]),
    `${node.outputs[0]}/sizes`
  );
  return { ...node, inputs: [x2, roi, scales, rest], attrs: { ...node.attrs, axes: axes2 } };
}
function joined2(node, { rw, at, size }) {
  const model2 = node.inputs.find((n) => at.has(n)) ?? "";
  const position = at.get(model2);
  const rank = rw.dims(model2)?.length ?? 0;
  if (position === void 0 || size !== 1 || position.axis === intAttr(node, "axis")) return node;
  const { axis } = position;
  const repeat = (name) => {
    const dims = rw.dims(name);
    if (at.has(name) || dims?.length !== rank || dims[axis] !== 1) return name;
    const count = rw.op("Shape", node, { inputs: [model2], attrs: { start: axis, end: axis + 1 } });
    const ones = (n) => n > 0 ? [rw.ints(new Array(n).fill(1), `${node.outputs[0]}/ones`)] : [];
    const shape = rw.op("Concat", node, {
      inputs: [...ones(axis), count, ...ones(rank - axis - 1)],
      attrs: { axis: 0 }
    });
    return rw.op("Expand", node, { inputs: [name, shape] });
  };
  return { ...node, inputs: node.inputs.map(repeat) };
}
var REWRITES2 = {
  Reshape: reshaped,
  Expand: expanded,
  Resize: resized2,
  Concat: joined2
};
var forAnyBatch = (node, freeing) => node.domain === "" && Object.hasOwn(REWRITES2, node.op) ? REWRITES2[node.op]?.(node, freeing) ?? node : node;

// src/passes/free-batch.ts
var forgetShapes = (graph) => new Map([...graph.facts].map(([name, { dtype }]) => [name, { dtype, dims: void 0 }]));
function renamed(graph) {
  const leads = new Set(graph.inputs.flatMap((p) => typeof p.dims?.[0] === "string" ? [p.dims[0]] : []));
  const rename = (d) => typeof d !== "string" ? d : leads.has(d) ? BATCH : d === BATCH ? "?N" : d;
  const inputs = graph.inputs.map((p) => ({ ...p, dims: p.dims?.map(rename) }));
  const same = inputs.every((p, i) => formatDims(p.dims) === formatDims(graph.inputs[i]?.dims));
  if (same) return graph;
  const facts = new Map(
    [...graph.facts].map(([name, { dtype, dims, constant }]) => [
      name,
      { dtype, dims: dims?.map(rename), constant }
    ])
  );
  return { ...graph, inputs, facts, outputs: graph.outputs.map((p) => ({ ...p, dims: p.dims?.map(rename) })) };
}
function freed(graph, size, context) {
  const isBatched = (p) => (p.dims?.length ?? 0) > 1 && (p.dims?.[0] === size || p.dims?.[0] === BATCH);
  const inputs = graph.inputs.map((p) => isBatched(p) ? { ...p, dims: [BATCH, ...(p.dims ?? []).slice(1)] } : p);
  const at = new Map(graph.inputs.filter(isBatched).map((p) => [p.name, { axis: 0, inner: 1 }]));
  const outputs = graph.outputs.map((p) => ({ ...p, dims: void 0 }));
  const rw = new Rewriter({ ...graph, inputs, outputs, facts: forgetShapes(graph) }, inferWith(context.ops));
  let blocked;
  rw.walk((node) => {
    if (blocked !== void 0) return;
    try {
      const own = forAnyBatch(node, { rw, at, size });
      if (foldNode(own, rw, context)) return;
      rw.emit(own);
      const found = follow(own, rw, at);
      if (typeof found === "string") blocked = `node "${node.name}" (${node.op}) ${found}`;
      else for (const [name, position] of found) at.set(name, position);
    } catch (cause) {
      if (!(cause instanceof OnnxplainError2)) throw cause;
      blocked = `node "${node.name}" (${node.op}) is made for it`;
    }
  });
  if (blocked !== void 0) return blocked;
  const astray = graph.outputs.find((p) => at.get(p.name)?.axis !== 0 || rw.dims(p.name)?.[0] !== BATCH);
  return astray ? `output \`${astray.name}\` is not laid out by samples` : { ...rw.graph(), outputs: graph.outputs.map((p) => ({ ...p, dims: rw.dims(p.name) })) };
}
var isTiedDown = (graph) => graph.outputs.some((p) => typeof p.dims?.[0] === "number");
var freeBatch = {
  name: "free-batch",
  run: (model2, context) => {
    const named = renamed(model2.graph);
    const image2 = named.inputs.find((p) => p.dims?.length === 4) ?? named.inputs[0];
    const stated = image2?.dims?.[0];
    const asIs = { model: { ...model2, graph: named }, notes: [] };
    if (image2 === void 0 || stated === void 0 || (image2.dims?.length ?? 0) < 2) return asIs;
    const size = typeof stated === "number" ? stated : 1;
    if (typeof stated !== "number" && !isTiedDown(inferGraph(named, context.ops))) return asIs;
    const graph = freed(named, size, context);
    if (typeof graph === "string")
      return { ...asIs, notes: [`The batch size of input \`${image2.name}\` stays ${size}: ${graph}.`] };
    return {
      model: { ...model2, graph },
      notes: [`The batch size of input \`${image2.name}\`, fixed at ${size} in the file, was freed.`]
    };
  }
};

// src/passes/fuse-layernorm.ts
var Reader = class {
  graph;
  made;
  constructor(graph) {
    this.graph = graph;
    this.made = producers(graph);
  }
  node(name, op) {
    const node = this.made.get(name ?? "");
    return node?.op === op && node.domain === "" ? node : void 0;
  }
  constant(name) {
    return this.graph.constants.get(name ?? "");
  }
  scalar(name) {
    const t = this.constant(name);
    return t?.data.length === 1 ? toNumbers3(t)[0] : void 0;
  }
  /** Operands of a commutative node: the constant one, and the other. */
  sides(node) {
    const [a = "", b = ""] = node?.inputs ?? [];
    if (this.constant(b) && !this.constant(a)) return { value: a, constant: b };
    return this.constant(a) && !this.constant(b) ? { value: b, constant: a } : void 0;
  }
  /** The trailing axes that a kept-dims mean reduces: the first of them. */
  meanAxis(node) {
    if (!node || (intAttr(node, "keepdims") ?? 1) !== 1) return void 0;
    const rank = this.graph.facts.get(node.inputs[0] ?? "")?.dims?.length;
    const given3 = this.constant(node.inputs[1]);
    if (rank === void 0 || !given3) return void 0;
    const axes2 = Array.from(toNumbers3(given3), (a) => a < 0 ? a + rank : a).sort((p, q) => p - q);
    const first = axes2[0];
    return first !== void 0 && axes2.every((a, i) => a === first + i) && first + axes2.length === rank ? first : void 0;
  }
};
function matchScaled(r, mul) {
  const scaled2 = r.sides(mul);
  const div = r.node(scaled2?.value, "Div");
  const sub = r.node(div?.inputs[0], "Sub");
  const sqrt = r.node(div?.inputs[1], "Sqrt");
  const plus = r.sides(r.node(sqrt?.inputs[0], "Add"));
  const variance = r.node(plus?.value, "ReduceMean");
  const mean3 = r.node(sub?.inputs[1], "ReduceMean");
  const epsilon = r.scalar(plus?.constant);
  if (!scaled2 || !div || !sub || !sqrt || !variance || !mean3 || epsilon === void 0 || mean3.inputs[0] !== sub.inputs[0])
    return void 0;
  if (!isSquareOf(r, variance.inputs[0], sub.outputs[0])) return void 0;
  const axis = r.meanAxis(mean3);
  if (axis === void 0 || axis !== r.meanAxis(variance)) return void 0;
  const x2 = sub.inputs[0];
  if (!isNormalShape(r, scaled2.constant, x2, axis)) return void 0;
  const inner = [div, sub, sqrt, variance, mean3].map((n) => n.outputs[0]);
  return { x: x2, scale: scaled2.constant, bias: void 0, axis, epsilon, inner };
}
function isSquareOf(r, name, value) {
  const pow = r.node(name, "Pow");
  if (pow) return pow.inputs[0] === value && r.scalar(pow.inputs[1]) === 2;
  const mul = r.node(name, "Mul");
  return mul !== void 0 && mul.inputs[0] === value && mul.inputs[1] === value;
}
function isNormalShape(r, constant, x2, axis) {
  const want = r.graph.facts.get(x2)?.dims?.slice(axis);
  const got = r.constant(constant)?.dims;
  return want !== void 0 && got !== void 0 && want.length === got.length && want.every((d, i) => d === got[i]);
}
function match(r, node) {
  if (node.domain !== "") return void 0;
  if (node.op === "Add") {
    const sides = r.sides(node);
    const mul = r.node(sides?.value, "Mul");
    const inner = mul && matchScaled(r, mul);
    if (!sides || !mul || !inner || !isNormalShape(r, sides.constant, inner.x, inner.axis)) return void 0;
    return { ...inner, bias: sides.constant, inner: [...inner.inner, mul.outputs[0]] };
  }
  return node.op === "Mul" ? matchScaled(r, node) : void 0;
}
function fuse(node, m) {
  return {
    ...node,
    op: "LayerNormalization",
    inputs: [m.x, m.scale, ...m.bias ? [m.bias] : []],
    attrs: { axis: m.axis, epsilon: float(m.epsilon) }
  };
}
var fuseLayernorm = {
  name: "fuse-layernorm",
  run: (model2, { keep: keep2 }) => {
    const reader2 = new Reader(model2.graph);
    const nodes = model2.graph.nodes.map((node) => {
      const found = match(reader2, node);
      return found && !found.inner.some((name) => keep2.has(name)) ? fuse(node, found) : node;
    });
    return { model: { ...model2, graph: { ...model2.graph, nodes } }, notes: [] };
  }
};

// src/passes/half-to-float.ts
var FOREIGN = ["float16", "bfloat16", "float64"];
var CODES3 = new Map(FOREIGN.map((t) => [dtypeCode(t), t]));
var FLOAT32_MAX2 = 34028234663852886e22;
var retyped2 = (port) => FOREIGN.includes(port.dtype) ? { ...port, dtype: "float32" } : port;
var narrow = (v) => Number.isFinite(v) ? Math.min(FLOAT32_MAX2, Math.max(-FLOAT32_MAX2, v)) : v;
var READERS = /* @__PURE__ */ new Map([
  ["float16", halfToNumber2],
  ["bfloat16", bfloatToNumber2],
  ["float64", narrow]
]);
function widened(t) {
  const read2 = READERS.get(t.dtype);
  if (read2 === void 0) return t;
  const stored = t.data;
  const data2 = new Float32Array(stored.length);
  for (let i = 0; i < data2.length; i++) data2[i] = read2(stored[i]);
  return { dtype: "float32", dims: t.dims, data: data2 };
}
var TYPE_ATTRS = /* @__PURE__ */ new Set(["to", "dtype", "output_dtype", "stash_type"]);
function retypedAttr(name, value) {
  if (TYPE_ATTRS.has(name) && typeof value === "number" && CODES3.has(value)) return dtypeCode("float32");
  return typeof value === "object" && "tensor" in value ? { tensor: widened(value.tensor) } : value;
}
var retypedNode = (node) => ({
  ...node,
  attrs: Object.fromEntries(Object.entries(node.attrs).map(([name, value]) => [name, retypedAttr(name, value)]))
});
function foreignTypes(graph) {
  const types = new Set(
    [...graph.inputs, ...graph.outputs, ...graph.facts.values(), ...graph.constants.values()].map((v) => v.dtype)
  );
  for (const node of graph.nodes) {
    for (const [name, value] of Object.entries(node.attrs)) {
      if (typeof value === "object" && "tensor" in value) types.add(value.tensor.dtype);
      const coded = TYPE_ATTRS.has(name) && typeof value === "number" ? CODES3.get(value) : void 0;
      if (coded) types.add(coded);
    }
  }
  return FOREIGN.filter((t) => types.has(t));
}
var halfToFloat = {
  name: "half-to-float",
  run: (model2) => {
    const { graph } = model2;
    const foreign = foreignTypes(graph);
    if (foreign.length === 0) return { model: model2, notes: [] };
    const retypedFact = ({ dtype, dims, content }) => retyped2({ dtype, dims, content });
    return {
      model: {
        ...model2,
        graph: {
          ...graph,
          inputs: graph.inputs.map(retyped2),
          outputs: graph.outputs.map(retyped2),
          constants: new Map([...graph.constants].map(([name, t]) => [name, widened(t)])),
          nodes: graph.nodes.map(retypedNode),
          facts: new Map(
            [...graph.facts].map(([name, fact]) => [name, FOREIGN.includes(fact.dtype) ? retypedFact(fact) : fact])
          )
        }
      },
      notes: [
        `The model holds ${foreign.join(" and ")} values; it is explained in float32, so its inputs and outputs are float32 too.`
      ]
    };
  }
};

// src/passes/lift/attrs-to-inputs.ts
var data = (node) => node.inputs[0] ?? "";
var out = (node) => node.outputs[0] ?? node.name;
var clipBounds = (node, rw) => {
  const dtype = rw.dtype(data(node));
  const bound = (name, limit) => {
    const value = realAttr(node, name);
    return value === void 0 || Math.abs(value) >= limit ? "" : rw.scalar(value, dtype, `${out(node)}/${name}`);
  };
  const widest = 34028e34;
  return withInputs2(node, [data(node), bound("min", widest), bound("max", widest)], without(node.attrs, "min", "max"));
};
var axesInput = (node, rw) => {
  const axes2 = intsAttr(node, "axes");
  if (axes2 === void 0) return node;
  return withInputs2(node, [data(node), rw.ints(axes2, `${out(node)}/axes`)], without(node.attrs, "axes"));
};
var sliceBounds = (node, rw) => {
  const names = ["starts", "ends", "axes"];
  const inputs = names.map((name) => {
    const values2 = intsAttr(node, name);
    return values2 === void 0 ? "" : rw.ints(values2, `${out(node)}/${name}`);
  });
  return withInputs2(node, [data(node), ...inputs], without(node.attrs, ...names));
};
var padAmounts = (node, rw) => {
  const pads = intsAttr(node, "pads") ?? intsAttr(node, "paddings");
  if (pads === void 0) return node;
  const value = realAttr(node, "value") ?? 0;
  const fill = value === 0 ? "" : rw.scalar(value, rw.dtype(data(node)), `${out(node)}/value`);
  return withInputs2(
    node,
    [data(node), rw.ints(pads, `${out(node)}/pads`), fill],
    without(node.attrs, "pads", "paddings", "value")
  );
};
var splitSizes = (node, rw) => {
  const sizes = intsAttr(node, "split");
  if (sizes === void 0) return node;
  return withInputs2(node, [data(node), rw.ints(sizes, `${out(node)}/split`)], without(node.attrs, "split"));
};
var splitCount = (node) => {
  const sized = (node.inputs[1] ?? "") !== "" || intAttr(node, "num_outputs") !== void 0;
  return sized ? node : { ...node, attrs: { ...node.attrs, num_outputs: node.outputs.length } };
};
var topCount = (node, rw) => {
  const k = intAttr(node, "k");
  return k === void 0 ? node : withInputs2(node, [data(node), rw.ints([k], `${out(node)}/k`)], without(node.attrs, "k"));
};
var reshapeTarget = (node, rw) => {
  const shape = intsAttr(node, "shape");
  return shape === void 0 ? node : withInputs2(node, [data(node), rw.ints(shape, `${out(node)}/shape`)], without(node.attrs, "shape"));
};
var dropoutIdentity = (node, rw) => {
  if (rw.isUsed(node.outputs[1])) return node;
  const isZero = (name, absent) => {
    const value = rw.constantOf(name)?.data[0];
    return name === "" ? absent : value !== void 0 && Number(value) === 0;
  };
  const [x2 = "", ratio3 = "", training = ""] = node.inputs;
  if (!isZero(training, true) && !isZero(ratio3, false)) return node;
  return { ...node, op: "Identity", inputs: [x2], outputs: [out(node)], attrs: {} };
};
var dropoutRatio = (node) => withInputs2(node, [data(node)], without(node.attrs, "ratio", "is_test"));

// src/passes/lift/contrib.ts
var standard = (node, op, inputs, attrs = {}) => ({
  ...node,
  op,
  domain: "",
  inputs,
  attrs
});
function real2(node, rw, at, attrs = {}) {
  const inputs = [0, 1, 2].map((i) => node.inputs[at + i] ?? "");
  return rw.op("DequantizeLinear", node, { inputs, attrs });
}
var quantized2 = (node, value, at) => standard(
  node,
  "QuantizeLinear",
  [value, node.inputs[at] ?? "", node.inputs[at + 1] ?? ""].filter((n, i) => i < 2 || n !== "")
);
var quantizedPair = (op) => (node, rw) => quantized2(node, rw.op(op, node, { inputs: [real2(node, rw, 0), real2(node, rw, 3)] }), 6);
var quantizedMap = (op) => (node, rw) => {
  if (intAttr(node, "channels_last")) {
    throw new OnnxplainError2(
      "E_UNSUPPORTED_OP",
      `Node "${node.name}" (${node.op}) keeps channels last, which has no standard form. Quantise the original model without layout changes.`,
      { node: node.name, op: node.op }
    );
  }
  return quantized2(
    node,
    rw.op(op, node, { inputs: [real2(node, rw, 0)], attrs: without(node.attrs, "channels_last") }),
    3
  );
};
var quantizedConcat = (node, rw) => {
  const parts2 = Array.from({ length: Math.floor((node.inputs.length - 2) / 3) }, (_, i) => real2(node, rw, 2 + 3 * i));
  return quantized2(node, rw.op("Concat", node, { inputs: parts2, attrs: { axis: intAttr(node, "axis") ?? 0 } }), 0);
};
var ACTIVATION_PARAMS = {
  Relu: [],
  Tanh: [],
  Sigmoid: [],
  HardSwish: [],
  Softplus: [],
  LeakyRelu: ["alpha"],
  HardSigmoid: ["alpha", "beta"],
  Elu: ["alpha"]
};
function activated(node, value, params, rw) {
  const op = textAttr(node, "activation") ?? "";
  if (op === "Clip") {
    const bounds = params.map((v, i) => rw.scalar(v, "float32", `${node.outputs[0]}/${i === 0 ? "min" : "max"}`));
    return standard(node, "Clip", [value, ...bounds]);
  }
  const names = Object.hasOwn(ACTIVATION_PARAMS, op) ? ACTIVATION_PARAMS[op] : void 0;
  if (op === "" || names === void 0) return standard(node, op === "" ? "Identity" : op, [value]);
  return standard(
    node,
    op,
    [value],
    Object.fromEntries(names.flatMap((name, i) => params[i] === void 0 ? [] : [[name, float(params[i])]]))
  );
}
var fusedConv = (node, rw) => {
  const [x2 = "", w = "", b = "", z = ""] = node.inputs;
  const made2 = rw.op("Conv", node, {
    inputs: [x2, w, b],
    attrs: without(node.attrs, "activation", "activation_params")
  });
  const sum2 = z === "" ? made2 : rw.op("Add", node, { inputs: [made2, z] });
  return activated(node, sum2, realsAttr(node, "activation_params") ?? [], rw);
};
var fusedGemm = (node, rw) => {
  const own = ["activation", "activation_alpha", "activation_beta", "activation_gamma"];
  const params = own.slice(1).flatMap((name) => realAttr(node, name) ?? []);
  return activated(node, rw.op("Gemm", node, { inputs: node.inputs, attrs: without(node.attrs, ...own) }), params, rw);
};
var biasGelu = (approximate) => (node, rw) => {
  const [x2 = "", bias = ""] = node.inputs;
  return standard(node, "Gelu", [bias === "" ? x2 : rw.op("Add", node, { inputs: [x2, bias] })], { approximate });
};
var quickGelu = (node, rw) => {
  const [x2 = ""] = node.inputs;
  const alpha = rw.scalar(realAttr(node, "alpha") ?? 1.702, rw.dtype(x2), `${node.outputs[0]}/alpha`);
  return standard(node, "Mul", [x2, rw.op("Sigmoid", node, { inputs: [rw.op("Mul", node, { inputs: [x2, alpha] })] })]);
};

// src/passes/lift/legacy.ts
var alignedOperand = (node, rw) => {
  const attrs = without(node.attrs, "broadcast", "axis", "consumed_inputs");
  const axis = intAttr(node, "axis");
  const [a = "", b = ""] = node.inputs;
  const rank = rw.dims(a)?.length;
  const own = rw.dims(b)?.length;
  if (axis === void 0 || !intAttr(node, "broadcast") || own === void 0 || own === 0) return { ...node, attrs };
  if (rank === void 0) {
    throw new OnnxplainError2(
      "E_SHAPE",
      `Node "${node.name}" (${node.op}) broadcasts along axis ${axis} of a value whose rank is unknown. Export the model with opset 7 or later.`,
      { node: node.name, op: node.op }
    );
  }
  const trailing = rank - own - (axis < 0 ? axis + rank : axis);
  if (trailing <= 0) return { ...node, attrs };
  const axes2 = rw.ints(
    Array.from({ length: trailing }, (_, i) => own + i),
    `${node.outputs[0]}/axes`
  );
  return withInputs2(node, [a, rw.op("Unsqueeze", node, { inputs: [b, axes2] })], attrs);
};
var channelSlopes = (node, rw) => {
  const [x2 = "", slope = ""] = node.inputs;
  const rank = rw.dims(x2)?.length ?? 0;
  const dims = rw.dims(slope);
  if (dims?.length !== 1 || dims[0] === 1 || rank <= 2) return node;
  const axes2 = rw.ints(
    Array.from({ length: rank - 2 }, (_, i) => i + 1),
    `${slope}/axes`
  );
  return withInputs2(node, [x2, rw.op("Unsqueeze", node, { inputs: [slope, axes2] })]);
};
var NAMES5 = {
  FLOAT: "float32",
  DOUBLE: "float64",
  FLOAT16: "float16",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  BOOL: "bool",
  STRING: "string"
};
var castByName = (node) => {
  const to = node.attrs.to;
  if (typeof to !== "string") return node;
  const dtype = Object.hasOwn(NAMES5, to.toUpperCase()) ? NAMES5[to.toUpperCase()] : void 0;
  if (dtype === void 0)
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `Node "${node.name}" casts to \`${to}\`, which is no ONNX type. The file is damaged.`,
      { node: node.name, op: node.op }
    );
  return { ...node, attrs: { ...node.attrs, to: dtypeCode(dtype) } };
};
var concatAxis = (node) => ({ ...node, attrs: { axis: 1, ...node.attrs } });
var dropHint = (node) => node.attrs.consumed_inputs === void 0 ? node : { ...node, attrs: without(node.attrs, "consumed_inputs") };
var dropBroadcast = (node) => ({ ...node, attrs: without(node.attrs, "broadcast") });

// src/passes/lift/normalization.ts
var oneOutput = (node, rw) => {
  const extra = node.outputs.slice(1).find((name) => name !== "" && rw.isUsed(name));
  if (extra !== void 0) {
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `Node "${node.name}" (BatchNormalization) gives its running statistics \`${extra}\` to other nodes, which only a training graph does. Export the model in inference mode.`,
      { node: node.name, op: node.op }
    );
  }
  return { ...node, outputs: node.outputs.slice(0, 1) };
};
var perPosition = (node, rw) => {
  const clean = { ...node, attrs: without(node.attrs, "spatial", "is_test", "consumed_inputs") };
  if ((intAttr(node, "spatial") ?? 1) !== 0) return clean;
  const [x2 = "", scale = "", bias = "", mean3 = "", variance = ""] = node.inputs;
  const eps = rw.scalar(realAttr(node, "epsilon") ?? 1e-5, rw.dtype(x2), `${node.outputs[0]}/epsilon`);
  const safe = rw.op("Add", node, { inputs: [variance, eps] });
  const factor = rw.op("Div", node, { inputs: [scale, rw.op("Sqrt", node, { inputs: [safe] })] });
  const scaled2 = rw.op("Mul", node, { inputs: [rw.op("Sub", node, { inputs: [x2, mean3] }), factor] });
  return { ...node, op: "Add", inputs: [scaled2, bias], outputs: node.outputs.slice(0, 1), attrs: {} };
};
var perChannel2 = (node, rw) => {
  const [x2 = "", scale = "", bias = ""] = node.inputs;
  const channels = rw.dims(x2)?.[1];
  const groups = intAttr(node, "num_groups");
  if (typeof channels !== "number" || groups === void 0 || groups < 1 || channels % groups !== 0) {
    throw new OnnxplainError2(
      "E_SHAPE",
      `Node "${node.name}" (GroupNormalization, opset 18) has ${groups} groups and ${channels ?? "an unknown number of"} channels, so its scale cannot be laid out per channel. Export it with opset 21.`,
      { node: node.name, op: node.op }
    );
  }
  if (groups === channels) return node;
  const repeat = (name) => {
    const column = rw.op("Unsqueeze", node, { inputs: [name, rw.ints([1], `${name}/axis`)] });
    const wide = rw.op("Expand", node, { inputs: [column, rw.ints([groups, channels / groups], `${name}/shape`)] });
    return rw.op("Reshape", node, { inputs: [wide, rw.ints([-1], `${name}/flat`)] });
  };
  return { ...node, inputs: [x2, repeat(scale), repeat(bias)] };
};
var seluDefaults = (node) => ({
  ...node,
  attrs: { alpha: float(1.6732), gamma: float(1.0507), ...node.attrs }
});

// src/passes/lift/resize.ts
var ASYMMETRIC = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
function scalesOf(node, rw) {
  const given3 = realsAttr(node, "scales");
  const height = realAttr(node, "height_scale");
  const width = realAttr(node, "width_scale");
  const values2 = given3 ?? (height !== void 0 && width !== void 0 ? [1, 1, height, width] : void 0);
  return values2 ? rw.constant(tensor("float32", [values2.length], values2), `${node.outputs[0]}/scales`) : node.inputs[1] ?? "";
}
var upsampleToResize = (node, rw) => {
  const mode = textAttr(node, "mode") ?? "nearest";
  const attrs = { ...ASYMMETRIC, mode: mode === "bilinear" ? "linear" : mode };
  return withInputs2({ ...node, op: "Resize" }, [node.inputs[0] ?? "", "", scalesOf(node, rw)], attrs);
};
var emptyInputs = (node, rw) => {
  const crops = textAttr(node, "coordinate_transformation_mode") === "tf_crop_and_resize";
  const inputs = node.inputs.map((name, i) => {
    const empty = rw.constantOf(name)?.data.length === 0 || i < 3 && rw.dims(name)?.length === 1 && rw.dims(name)?.[0] === 0;
    return empty || i === 1 && !crops ? "" : name;
  });
  return withInputs2(node, inputs);
};
var halfPixelForNearest = (node) => {
  const { attrs } = node;
  if (attrs.coordinate_transformation_mode !== "tf_half_pixel_for_nn" || attrs.nearest_mode !== "floor") return node;
  return {
    ...node,
    attrs: { ...attrs, coordinate_transformation_mode: "half_pixel", nearest_mode: "round_prefer_ceil" }
  };
};
var scatterElements = (node) => ({ ...node, op: "ScatterElements" });
var gridMode = (node) => {
  const mode = textAttr(node, "mode") ?? "bilinear";
  const name = mode === "bilinear" ? "linear" : mode === "bicubic" ? "cubic" : mode;
  return { ...node, attrs: { ...without(node.attrs, "mode"), mode: name } };
};
var roiPixels = (node) => ({
  ...node,
  attrs: { coordinate_transformation_mode: "output_half_pixel", ...node.attrs }
});

// src/passes/lift/softmax.ts
var flatSoftmax = (node, rw) => {
  const x2 = node.inputs[0] ?? "";
  const dims = rw.dims(x2);
  const declared = intAttr(node, "axis") ?? 1;
  if (dims === void 0) return flattened2(node, rw, declared);
  const axis = declared < 0 ? declared + dims.length : declared;
  if (axis < 0 || axis > dims.length) {
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `Node "${node.name}" (${node.op}) has axis ${declared}, but its input has rank ${dims.length}. The file is damaged.`,
      { node: node.name, op: node.op }
    );
  }
  const rest = dims.slice(axis);
  if (rest.length > 0 && rest.filter((d) => d !== 1).length <= 1) {
    const at = rest.findIndex((d) => d !== 1);
    return { ...node, attrs: { ...node.attrs, axis: axis + Math.max(at, 0) } };
  }
  return flattened2(node, rw, axis);
};
var flattened2 = (node, rw, axis) => {
  const x2 = node.inputs[0] ?? "";
  const rows = rw.op("Flatten", node, { inputs: [x2], attrs: { axis } });
  const normal = rw.op(node.op, node, { inputs: [rows], attrs: { axis: 1 } });
  const shape = rw.op("Shape", node, { inputs: [x2] });
  return { ...node, op: "Reshape", inputs: [normal, shape], attrs: {} };
};

// src/passes/lift/table.ts
var operand = [{ below: 7, lift: alignedOperand }];
var hint = [{ below: 6, lift: dropHint }];
var reduce2 = [{ below: 18, lift: axesInput }];
var axes = [{ below: 13, lift: axesInput }];
var softmax2 = [{ below: 13, lift: flatSoftmax }];
var ALWAYS = Number.POSITIVE_INFINITY;
var always = (lift) => [{ below: ALWAYS, lift }];
var LIFTS = {
  Add: operand,
  Sub: operand,
  Mul: operand,
  Div: operand,
  Pow: operand,
  And: operand,
  Or: operand,
  Xor: operand,
  Equal: operand,
  Less: operand,
  Greater: operand,
  Abs: hint,
  Ceil: hint,
  Elu: hint,
  Exp: hint,
  Floor: hint,
  HardSigmoid: hint,
  LeakyRelu: hint,
  Log: hint,
  Max: hint,
  Mean: hint,
  Min: hint,
  Neg: hint,
  Reciprocal: hint,
  Relu: hint,
  Sigmoid: hint,
  Sqrt: hint,
  Sum: hint,
  Tanh: hint,
  InstanceNormalization: hint,
  BatchNormalization: [
    { below: 9, lift: perPosition },
    { below: 14, lift: oneOutput }
  ],
  Cast: [{ below: 6, lift: castByName }],
  Clip: [...hint, { below: 11, lift: clipBounds }],
  Concat: [{ below: 4, lift: concatAxis }],
  Dropout: [
    { below: 12, lift: dropoutRatio },
    { below: ALWAYS, lift: dropoutIdentity }
  ],
  Gemm: [{ below: 7, lift: dropBroadcast }],
  GridSample: [{ below: 20, lift: gridMode }],
  GroupNormalization: [{ below: 21, lift: perChannel2 }],
  Hardmax: softmax2,
  LogSoftmax: softmax2,
  Softmax: softmax2,
  Pad: [{ below: 11, lift: padAmounts }],
  PRelu: [...hint, { below: 7, lift: channelSlopes }],
  ReduceL1: reduce2,
  ReduceL2: reduce2,
  ReduceLogSum: reduce2,
  ReduceLogSumExp: reduce2,
  ReduceMax: reduce2,
  ReduceMean: reduce2,
  ReduceMin: reduce2,
  ReduceProd: reduce2,
  ReduceSumSquare: reduce2,
  ReduceSum: axes,
  Reshape: [{ below: 5, lift: reshapeTarget }],
  Resize: [
    { below: 11, lift: upsampleToResize },
    { below: ALWAYS, lift: emptyInputs },
    { below: 13, lift: halfPixelForNearest }
  ],
  RoiAlign: [{ below: 16, lift: roiPixels }],
  Scatter: [{ below: ALWAYS, lift: scatterElements }],
  Selu: [{ below: 6, lift: seluDefaults }, ...hint],
  Slice: [{ below: 10, lift: sliceBounds }],
  Split: [
    { below: 13, lift: splitSizes },
    { below: 18, lift: splitCount }
  ],
  Squeeze: axes,
  Unsqueeze: axes,
  TopK: [{ below: 10, lift: topCount }],
  Upsample: [{ below: ALWAYS, lift: upsampleToResize }],
  "com.microsoft.QLinearAdd": always(quantizedPair("Add")),
  "com.microsoft.QLinearMul": always(quantizedPair("Mul")),
  "com.microsoft.QLinearSigmoid": always(quantizedMap("Sigmoid")),
  "com.microsoft.QLinearLeakyRelu": always(quantizedMap("LeakyRelu")),
  "com.microsoft.QLinearAveragePool": always(quantizedMap("AveragePool")),
  "com.microsoft.QLinearGlobalAveragePool": always(quantizedMap("GlobalAveragePool")),
  "com.microsoft.QLinearConcat": always(quantizedConcat),
  "com.microsoft.FusedConv": always(fusedConv),
  "com.microsoft.FusedGemm": always(fusedGemm),
  "com.microsoft.Gelu": always(biasGelu("none")),
  "com.microsoft.BiasGelu": always(biasGelu("none")),
  "com.microsoft.FastGelu": always(biasGelu("tanh")),
  "com.microsoft.QuickGelu": always(quickGelu)
};

// src/passes/lift-opset.ts
var CANONICAL_OPSET = 21;
var CANONICAL_IR = 10;
var NEWEST_OPSET = 25;
function lifted(node, opset, rw) {
  let now = node;
  const key2 = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
  for (const { below, lift } of Object.hasOwn(LIFTS, key2) ? LIFTS[key2] ?? [] : []) {
    if (opset < below) now = lift(now, rw);
  }
  return now;
}
function notesFor(opset, nodes) {
  const notes = [];
  const inner = nodes.find((n) => Object.values(n.attrs).some((a) => typeof a === "object" && "graph" in a));
  if (opset < 7)
    notes.push(
      `The model uses opset ${opset}, older than 7; it was read with best effort. Compare a prediction with the original.`
    );
  if (opset > NEWEST_OPSET)
    notes.push(
      `The model uses opset ${opset}, newer than ${NEWEST_OPSET}; ops that changed since then would be misread.`
    );
  if (inner && opset < CANONICAL_OPSET)
    notes.push(`Node "${inner.name}" (${inner.op}) holds a subgraph, whose ops stay as opset ${opset} wrote them.`);
  return notes;
}
var liftOpset = {
  name: "lift-opset",
  run: (model2, { ops }) => {
    const { opset, irVersion } = model2;
    if (!Number.isInteger(opset) || opset < 1) {
      throw new OnnxplainError2(
        "E_MODEL_INVALID",
        `The model declares opset ${opset} for the default domain; expected 1 or more. The file is damaged; export it again.`
      );
    }
    const graph = rewrite(model2.graph, (node, rw) => rw.emit(lifted(node, opset, rw)), inferWith(ops));
    return {
      model: { ...model2, graph, opset: Math.max(CANONICAL_OPSET, opset), irVersion: Math.max(CANONICAL_IR, irVersion) },
      notes: notesFor(opset, model2.graph.nodes)
    };
  }
};

// src/passes/simplify-shapes.ts
function reshapeTarget2(out2, data2) {
  if (out2.includes(0)) return void 0;
  const free = out2.filter((d) => typeof d === "string");
  if (free.length <= 1) return out2.map((d) => typeof d === "number" ? d : -1);
  let inferred2 = 0;
  const target = out2.map((d, axis) => {
    if (typeof d === "number") return d;
    if (data2?.[axis] === d) return 0;
    inferred2++;
    return -1;
  });
  return inferred2 <= 1 ? target : void 0;
}
function sourceOf(graph, dim) {
  for (const port of graph.inputs) {
    const axis = port.dims?.indexOf(dim) ?? -1;
    if (axis >= 0) return [port.name, axis];
  }
  return void 0;
}
function shapeValue(content, node, rw, graph) {
  const parts2 = [];
  let run = [];
  const flush = () => {
    if (run.length > 0) parts2.push(rw.ints(run, `${node.name}/dims`));
    run = [];
  };
  if (content.some((d) => typeof d === "string" && sourceOf(graph, d) === void 0)) return void 0;
  for (const dim of content) {
    const source = typeof dim === "string" ? sourceOf(graph, dim) : void 0;
    if (source === void 0) run.push(dim);
    else {
      flush();
      parts2.push(rw.op("Shape", node, { inputs: [source[0]], attrs: { start: source[1], end: source[1] + 1 } }));
    }
  }
  flush();
  return parts2.length === 1 ? parts2[0] : rw.op("Concat", node, { inputs: parts2, attrs: { axis: 0 } });
}
function isPlain2(target, made2, rw, graph) {
  const inputs = new Set(graph.inputs.map((p) => p.name));
  const leaf = (name) => rw.constantOf(name) !== void 0 || made2.get(name)?.op === "Shape" && inputs.has(made2.get(name)?.inputs[0] ?? "");
  const node = made2.get(target);
  return leaf(target) || node?.op === "Concat" && node.inputs.every(leaf);
}
function simplifiedReshape(node, out2, rw) {
  const [x2 = "", target = ""] = node.inputs;
  if (node.op !== "Reshape" || rw.constantOf(target) || rw.fact(target)?.content === void 0 || out2?.dims === void 0)
    return void 0;
  const plain2 = reshapeTarget2(out2.dims, rw.dims(x2));
  const zeros2 = intAttr(node, "allowzero") === 1 && elementCount2((plain2 ?? []).filter((d) => d >= 0)) === 0;
  if (plain2 === void 0 || zeros2) return void 0;
  return { ...node, inputs: [x2, rw.ints(plain2, `${node.name}/shape`)], attrs: without(node.attrs, "allowzero") };
}
var simplifyShapes = {
  name: "simplify-shapes",
  run: (model2, { ops }) => {
    const infer = inferWith(ops);
    const made2 = new Map(model2.graph.nodes.flatMap((n) => n.outputs.map((o) => [o, n])));
    const graph = rewrite(
      model2.graph,
      (node, rw) => {
        if (node.domain !== "" || node.op !== "Reshape" && node.op !== "Expand") return rw.emit(node);
        const plain2 = simplifiedReshape(
          node,
          infer(
            node,
            node.inputs.map((n) => rw.fact(n))
          )[0],
          rw
        );
        if (plain2) return rw.emit(plain2);
        const [x2 = "", target = ""] = node.inputs;
        const content = rw.fact(target)?.content;
        const rebuilt = content && !content.includes(0) && !isPlain2(target, made2, rw, model2.graph) ? shapeValue(content, node, rw, model2.graph) : void 0;
        rw.emit(rebuilt === void 0 ? node : { ...node, inputs: [x2, rebuilt] });
      },
      infer
    );
    return { model: { ...model2, graph }, notes: [] };
  }
};

// src/passes/strip-softmax.ts
var LOOKED_THROUGH = /* @__PURE__ */ new Set(["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze"]);
function findLogits(graph, output = graph.outputs[0]?.name ?? "") {
  const made2 = producers(graph);
  let node = made2.get(output);
  while (node && node.domain === "" && LOOKED_THROUGH.has(node.op)) node = made2.get(node.inputs[0] ?? "");
  if (node?.domain !== "" || node.op !== "Softmax" && node.op !== "LogSoftmax")
    return { logits: output, kind: "none" };
  return {
    logits: node.inputs[0] ?? output,
    probabilities: output,
    kind: node.op === "Softmax" ? "softmax" : "log-softmax"
  };
}
var hasTrailingOnes = (dims) => dims !== void 0 && dims.length > 2 && dims.slice(2).every((d) => d === 1);
var stripSoftmax = {
  name: "strip-softmax",
  run: (model2, { ops }) => {
    const { graph } = model2;
    const { logits, probabilities, kind } = findLogits(graph);
    const fact = graph.facts.get(logits);
    if (fact === void 0 || kind === "none" && !hasTrailingOnes(fact.dims)) return { model: model2, notes: [] };
    const rw = new Rewriter(graph, inferWith(ops)).walk((node, r) => r.emit(node));
    const maker = producers(graph).get(logits);
    const flat = maker && hasTrailingOnes(fact.dims) ? rw.op("Flatten", maker, { inputs: [logits], attrs: { axis: 1 }, outputs: [rw.fresh(`${logits}/flat`)] }) : logits;
    const first = { name: flat, dtype: fact.dtype, dims: rw.dims(flat) };
    const outputs = [first, ...graph.outputs.filter((p) => p.name !== flat)];
    const name = kind === "softmax" ? "a Softmax" : "a LogSoftmax";
    const notes = kind === "none" ? [] : [
      `Output \`${probabilities}\` is ${name}; logits \`${logits}\` are explained instead (\`--output probability\` keeps it).`
    ];
    return { model: { ...model2, graph: { ...rw.graph(), outputs } }, notes };
  }
};

// src/passes/pipeline.ts
function blame(pass, cause) {
  if (cause instanceof OnnxplainError2)
    return new OnnxplainError2(cause.code, `${cause.message} (found in pass ${pass})`, { ...cause.place, cause });
  const message = cause instanceof Error ? cause.message : String(cause);
  if (message.startsWith("internal:"))
    return new OnnxplainError2("E_INTERNAL", `${message} (in pass ${pass})`, { cause });
  return new OnnxplainError2(
    "E_MODEL_INVALID",
    `The model cannot be read by pass ${pass}: ${message}. The file is probably damaged; export it again.`,
    { cause }
  );
}
var inferred = (model2, ops) => model2.opset >= CANONICAL_OPSET ? { ...model2, graph: inferGraph(model2.graph, ops) } : model2;
function step2(pass, model2, context) {
  try {
    const result = pass.run(model2, context);
    verify(result.model.graph, pass.name);
    return { model: inferred(result.model, context.ops), notes: result.notes };
  } catch (cause) {
    throw blame(pass.name, cause);
  }
}
var reading = {
  name: "read",
  run: (model2) => {
    const [problem] = problems(model2.graph);
    if (problem === void 0) return { model: model2, notes: [] };
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `The graph is not sound: ${problem}. The file is damaged; export it again.`
    );
  }
};
function runPasses(model2, passes, options = {}) {
  const { ops = OPS, keep: keep2 = [], disable = [], stopAt, dump } = options;
  const unknown = [...disable, ...stopAt === void 0 ? [] : [stopAt]].find(
    (name) => !passes.some((p) => p.name === name)
  );
  if (unknown !== void 0) {
    throw new OnnxplainError2(
      "E_PARAM",
      `There is no pass \`${unknown}\`. The passes are ${[...new Set(passes.map((p) => p.name))].join(", ")}.`
    );
  }
  const context = { ops, keep: new Set(keep2) };
  const notes = [];
  let current = step2(reading, model2, context).model;
  for (const pass of passes.filter((p) => !disable.includes(p.name))) {
    const result = step2(pass, current, context);
    current = result.model;
    notes.push(...result.notes);
    dump?.(pass.name, current);
    if (pass.name === stopAt) break;
  }
  return { model: current, notes };
}
var CANONICAL_PASSES = [
  constantsToInitializers,
  halfToFloat,
  liftOpset,
  dropIdentities,
  freeBatch,
  foldConstants,
  simplifyShapes,
  explicitPads,
  foldBatchnorm,
  fuseLayernorm,
  deadCode
];
function canonicalize(model2, options = {}) {
  const passes = options.output === "logits" ? CANONICAL_PASSES.toSpliced(-1, 0, stripSoftmax) : CANONICAL_PASSES;
  return runPasses(model2, passes, options);
}

// src/methods/prepare.ts
var FALLBACK_SIZE = 224;
function prepare(source, options) {
  const { ops, scoreKind } = options;
  const port = imageInput(source);
  const layout = options.layout ?? guessLayout(port);
  const bound = bindSize(source, port, layout, options.size);
  const canonical = canonicalize(bound.model, {
    ops,
    keep: new Set(options.keep),
    disable: options.separateBatchNorm ? ["fold-batchnorm"] : []
  });
  const { graph } = canonical.model;
  const input = graph.inputs.find((p) => p.name === port.name) ?? port;
  const dims = input.dims;
  const [channels, height, width] = layout === "nchw" ? [dims[1], dims[2], dims[3]] : [dims[3], dims[1], dims[2]];
  refuseSize(input, [channels, height, width]);
  const head = findLogits(graph);
  const g = extend(canonical.model, ops);
  const logits = flatScores(g, head.logits);
  const scores2 = scoreKind === "logits" ? logits : g.op("Softmax", [logits], { axis: 1 });
  const classes = scores2.dims?.[1];
  if (typeof classes !== "number" || classes < 1) {
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `Output \`${head.logits}\` has shape ${formatDims(g.value(head.logits).dims)}; expected class scores [N, classes] with at least one class. Is this a classifier?`
    );
  }
  return {
    model: { ...canonical.model, graph: g.build(graph.outputs.map((p) => g.value(p.name))) },
    ops,
    input,
    layout,
    scoreKind,
    classes,
    scores: scores2.name,
    channels,
    height,
    width,
    freeBatch: typeof dims[0] === "string",
    notes: [...bound.notes, ...canonical.notes, ...softmaxNote(head, scoreKind)]
  };
}
var MAX_INPUT = 2 ** 28;
function refuseSize(input, chw) {
  const size = chw.reduce((p, d) => p * (typeof d === "number" ? d : Number.NaN), 1);
  if (size > 0 && size <= MAX_INPUT) return;
  throw new OnnxplainError2(
    "E_MODEL_INVALID",
    `The image input \`${input.name}\` has shape ${formatDims(input.dims)}; expected fixed channels and a size of 1 to ${MAX_INPUT} elements an image.`
  );
}
function softmaxNote(head, kind) {
  if (head.kind === "none" || kind !== "logits") return [];
  return [
    `Output \`${head.probabilities}\` is a ${head.kind === "softmax" ? "Softmax" : "LogSoftmax"}; the logits \`${head.logits}\` before it are explained instead (\`output: "probability"\` keeps it).`
  ];
}
function flatScores(g, name) {
  const value = g.value(name);
  return value.dims?.length === 2 ? value : g.op("Flatten", [value], { axis: 1 }, "scores");
}
function imageInput({ graph }) {
  const images = graph.inputs.filter((p) => p.dims?.length === 4 && isFloat(p.dtype));
  const [only] = images;
  if (only !== void 0 && graph.inputs.length === 1) return only;
  const listed = graph.inputs.map((p) => `\`${p.name}\` ${p.dtype}${formatDims(p.dims)}`).join(", ") || "none";
  throw new OnnxplainError2(
    "E_MODEL_INVALID",
    `Expected one image input of rank 4 ([N,C,H,W] or [N,H,W,C], float), the model has: ${listed}. Export the network so that it takes one batch of images.`
  );
}
var AXES = { nchw: [2, 3], nhwc: [1, 2] };
var guessLayout = (port) => imageAxes(port.dims ?? [])[0] === 1 ? "nhwc" : "nchw";
function bindSize(model2, port, layout, size) {
  const dims = port.dims;
  const [h, w] = AXES[layout].map((axis) => dims[axis]);
  if (typeof h === "number" && typeof w === "number") return { model: model2, notes: [] };
  const pick2 = (d, i) => typeof d === "number" ? d : size?.[i] ?? FALLBACK_SIZE;
  const [height, width] = [pick2(h, 0), pick2(w, 1)];
  const notes = size ? [] : [
    `The model leaves its input size free (${formatDims(dims)}); ${height}x${width} is used (\`--size\` sets another).`
  ];
  return { model: bindDims(model2, { height, width }, AXES[layout]), notes };
}

// src/explainer.ts
var OPEN_SESSIONS = 4;
var Explainer = class {
  source;
  ops;
  #classifiers = /* @__PURE__ */ new Map();
  #sessions = /* @__PURE__ */ new Map();
  #digest;
  #holders = 0;
  constructor(source, ops = OPS) {
    this.source = source;
    this.ops = ops;
  }
  get labels() {
    return this.source.labels;
  }
  /** The canonical form that methods see; made once for each set of options. Throws `E_MODEL_INVALID`. */
  classifier(options = {}) {
    const { output = "logits", layer, layout, size, separateBatchNorm = false, preprocessing } = options;
    const keep2 = [.../* @__PURE__ */ new Set([...layer ? [layer] : [], ...options.keep ?? []])].sort();
    const key2 = JSON.stringify([output, keep2, layout, size, separateBatchNorm, preprocessing]);
    const known4 = this.#classifiers.get(key2);
    if (known4) return known4;
    const made2 = prepare(this.source.model, {
      ops: this.ops,
      scoreKind: output,
      keep: keep2,
      layout: layout ?? this.source.preprocessing?.layout,
      size,
      separateBatchNorm
    });
    const ranged2 = { ...made2, range: pixelRange(preprocessing ?? this.preprocessing(made2).spec) };
    this.#classifiers.set(key2, ranged2);
    return ranged2;
  }
  /** The stated preprocessing, or torchvision's fitted to the input, with a note that says so. */
  preprocessing(classifier) {
    const { channels, width, height, layout } = classifier;
    const stated = this.source.preprocessing;
    if (stated) {
      const spec2 = { ...stated, layout };
      return { spec: fits(spec2, width, height) ? spec2 : withInputSize(spec2, { width, height }), notes: [] };
    }
    const gray = channels === 1 ? { channelOrder: "GRAY", mean: [0], std: [1] } : {};
    const spec = { ...withInputSize(PRESETS.torchvision, { width, height }), ...gray, layout };
    const note = `The model states no preprocessing; ${channels === 1 ? "grey levels in 0..1 are" : "torchvision's (RGB, ImageNet mean and std) is"} assumed. \`--mean\`, \`--std\`, \`--range\`, \`--bgr\` change it.`;
    return { spec, notes: [note] };
  }
  /** A session on a graph, opened once for each key and device. */
  session(key2, model2, { device = DEFAULT_DEVICE, threads } = {}) {
    const full = JSON.stringify([key2, device, threads]);
    const open2 = this.#sessions.get(full);
    this.#sessions.delete(full);
    const session = open2 ?? openSession(writeModelBytes(model2()), { device, threads });
    this.#sessions.set(full, session);
    session.catch(() => this.#sessions.delete(full));
    this.#evict();
    return session;
  }
  /** Until the returned function is called no session is closed to make room: somebody is running them. */
  hold() {
    this.#holders++;
    return () => {
      this.#holders--;
      this.#evict();
    };
  }
  #evict() {
    while (this.#holders === 0 && this.#sessions.size > OPEN_SESSIONS) {
      const [oldest, session] = this.#sessions.entries().next().value;
      this.#sessions.delete(oldest);
      void session.then((s) => s.dispose()).catch(() => void 0);
    }
  }
  /** SHA-256 of the model file, hexadecimal. */
  digest() {
    this.#digest ??= sha256(this.source.bytes);
    return this.#digest;
  }
  /** Close every session. The explainer stays usable: sessions are opened again when needed. */
  async dispose() {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.allSettled(sessions.map(async (s) => (await s).dispose()));
  }
  [Symbol.asyncDispose]() {
    return this.dispose();
  }
};
function fits({ crop: crop2, resize: resize2 }, width, height) {
  if (crop2) return crop2.width === width && crop2.height === height;
  return resize2 ? "width" in resize2 && resize2.width === width && resize2.height === height : false;
}
async function sha256(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}

// src/card.ts
function readCard(json) {
  const card = json;
  const p = card?.preprocessing;
  if (typeof p !== "object" || p === null) return {};
  const { mean: mean3, std } = p;
  if (!Array.isArray(mean3) || !Array.isArray(std) || typeof p.scale !== "number") {
    throw new OnnxplainError2(
      "E_FILE",
      "`META.json` has `preprocessing` without numeric `scale`, `mean` and `std`. Complete it, or remove it and use flags."
    );
  }
  return {
    preprocessing: {
      resize: p.resizeShorterSide ? { shorterSide: p.resizeShorterSide } : null,
      crop: p.centerCrop ? { width: p.centerCrop, height: p.centerCrop } : null,
      resample: p.interpolation ?? "bilinear",
      channelOrder: p.channelOrder ?? "RGB",
      scale: p.scale,
      mean: mean3,
      std,
      layout: card.input?.layout?.toLowerCase() === "nhwc" ? "nhwc" : "nchw"
    }
  };
}

// src/proto/tensor.ts
import { TensorProto_DataLocation as TensorProto_DataLocation2 } from "onnx-buf";
function rawBytes2(proto, expected2, external) {
  const isExternal = proto.dataLocation === TensorProto_DataLocation2.EXTERNAL;
  if (!isExternal && proto.rawData.length === 0) return void 0;
  const bytes = isExternal ? externalBytes2(proto, expected2, external) : proto.rawData;
  if (bytes.length !== expected2) {
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `Tensor \`${proto.name}\` needs ${expected2} bytes, its data has ${bytes.length}. The file is damaged.`
    );
  }
  return bytes;
}
function externalBytes2(proto, expected2, external) {
  const fields = new Map(proto.externalData.map((e) => [e.key, e.value]));
  const location = fields.get("location") ?? "";
  if (location === "" || /(^|[\\/])\.\.([\\/]|$)/.test(location) || /^([\\/]|[a-zA-Z]:)/.test(location)) {
    throw new OnnxplainError2(
      "E_EXTERNAL_DATA",
      `Tensor \`${proto.name}\` names external data at \`${location}\`; only a path inside the model's folder is read.`
    );
  }
  const file = external(location);
  if (file === void 0) {
    throw new OnnxplainError2(
      "E_EXTERNAL_DATA",
      `Tensor \`${proto.name}\` keeps its weights in \`${location}\`, which is not there. Put that file beside the model.`,
      { file: location }
    );
  }
  const offset = Number(fields.get("offset") ?? 0);
  const length = Number(fields.get("length") ?? expected2);
  if (!(offset >= 0 && length >= 0 && offset + length <= file.length)) {
    throw new OnnxplainError2(
      "E_EXTERNAL_DATA",
      `Tensor \`${proto.name}\` asks for bytes ${offset}\u2026${offset + length} of \`${location}\`, which has ${file.length}. The file is truncated or belongs to another model.`,
      { file: location }
    );
  }
  return file.subarray(offset, offset + length);
}

// src/graph/read-tensor.ts
var invalid2 = (proto, what) => new OnnxplainError2("E_MODEL_INVALID", `Tensor \`${proto.name || "(unnamed)"}\` ${what}.`);
var STORAGE2 = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array
};
function typedField2(proto, dtype) {
  if (dtype === "float32") return proto.floatData;
  if (dtype === "float64") return proto.doubleData;
  if (dtype === "int64") return proto.int64Data;
  if (dtype === "uint64" || dtype === "uint32") return proto.uint64Data;
  return proto.int32Data;
}
function fromField2(dtype, field) {
  if (dtype === "int64") return BigInt64Array.from(field);
  if (dtype === "uint64") return BigUint64Array.from(field);
  const Storage = STORAGE2[dtype];
  return Storage.from(field.map(Number));
}
function readTensor2(proto, external) {
  const dtype = dtypeName2(proto.dataType);
  if (dtype === void 0)
    throw invalid2(
      proto,
      `has element type ${proto.dataType}, which is not supported (complex, float8 and 4-bit types are not)`
    );
  const dims = proto.dims.map(Number);
  const count = elementCount2(dims);
  if (dims.some((d) => !Number.isSafeInteger(d) || d < 0) || !Number.isSafeInteger(count))
    throw invalid2(proto, `has impossible dims [${dims}]`);
  if (dtype === "string") {
    if (proto.stringData.length !== count)
      throw invalid2(proto, `declares ${count} strings and holds ${proto.stringData.length}`);
    return { dtype, dims, data: proto.stringData.map((s) => new TextDecoder().decode(s)) };
  }
  const raw = rawBytes2(proto, count * BYTES_PER_ELEMENT2[dtype], external);
  if (raw === void 0) {
    const field = typedField2(proto, dtype);
    if (field.length !== count)
      throw invalid2(
        proto,
        `declares dims [${dims}] (${count} elements) and holds ${field.length}; the file is damaged`
      );
    return { dtype, dims, data: fromField2(dtype, field) };
  }
  return { dtype, dims, data: new STORAGE2[dtype](Uint8Array.from(raw).buffer) };
}

// src/graph/read.ts
var NO_EXTERNAL = () => void 0;
var text3 = (bytes) => new TextDecoder().decode(bytes);
function externalLocations(proto) {
  const tensors = proto.graph?.initializer ?? [];
  const names = tensors.flatMap((t) => t.externalData.filter((e) => e.key === "location").map((e) => e.value));
  return [...new Set(names)];
}
function readModel(proto, external = NO_EXTERNAL) {
  const graph = proto.graph;
  const versions = proto.opsetImport.map((o) => [o.domain === "ai.onnx" ? "" : o.domain, Number(o.version)]);
  const opset = new Map(versions).get("") ?? 1;
  if (graph.sparseInitializer.length > 0) {
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      "The model holds sparse initializers, which are not supported. Export it with dense weights."
    );
  }
  const constants = /* @__PURE__ */ new Map();
  for (const t of graph.initializer) constants.set(t.name, readTensor2(t, external));
  const facts = /* @__PURE__ */ new Map();
  for (const info of graph.valueInfo) addDeclared(facts, readPort(info));
  for (const [name, t] of constants) facts.set(name, factOf(t));
  const inputs = graph.input.filter((i) => !constants.has(i.name)).map(readPort);
  for (const port of inputs) addDeclared(facts, port);
  const outputs = graph.output.map(readPort);
  if (outputs.length === 0)
    throw new OnnxplainError2("E_MODEL_INVALID", "The graph has no outputs: there is nothing to explain.");
  const nodes = sortNodes(
    graph.node.map((n, i) => readNode(n, i, external)),
    [...inputs.map((p) => p.name), ...constants.keys()]
  );
  return {
    graph: { name: graph.name || "graph", inputs, outputs, constants, nodes, facts },
    opset,
    irVersion: Number(proto.irVersion),
    domains: new Map(versions.filter(([domain]) => domain !== "")),
    metadata: new Map(proto.metadataProps.map((p) => [p.key, p.value])),
    producer: [proto.producerName, proto.producerVersion].filter(Boolean).join(" "),
    functions: proto.functions
  };
}
function addDeclared(facts, port) {
  facts.set(port.name, { dtype: port.dtype, dims: port.dims });
}
function readPort(info) {
  const type = info.type?.value;
  if (type?.case !== "tensorType") {
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `\`${info.name}\` is ${type?.case ? `a ${type.case}` : "untyped"}; only tensors can be explained.`
    );
  }
  const dtype = dtypeName2(type.value.elemType);
  if (dtype === void 0)
    throw new OnnxplainError2(
      "E_MODEL_INVALID",
      `\`${info.name}\` has element type ${type.value.elemType}, which is not supported.`
    );
  const dims = type.value.shape?.dim.map((d, axis) => {
    if (d.value.case === "dimParam" && d.value.value !== "") return symbolName(d.value.value);
    if (d.value.case === "dimValue" && d.value.value >= 0n) return Number(d.value.value);
    return unknownDim(info.name, axis);
  });
  return { name: info.name, dtype, dims };
}
var symbolName = (param) => /^[A-Za-z_][\w.]*$/.test(param) ? param : `?${param.replace(/\W+/g, "_")}`;
function readNode(proto, index, external) {
  const attrs = {};
  for (const a of proto.attribute) attrs[a.name] = readAttr(a, external);
  const domain = proto.domain === "ai.onnx" ? "" : proto.domain;
  return {
    op: proto.opType,
    domain,
    name: proto.name || `${proto.opType}_${index}`,
    inputs: proto.input,
    outputs: proto.output,
    attrs
  };
}
function readAttr(a, external) {
  switch (a.type) {
    case 1:
      return { float: a.f };
    case 2:
      return Number(a.i);
    case 3:
      return text3(a.s);
    case 4:
      if (a.t) return { tensor: readTensor2(a.t, external) };
      break;
    case 5:
      if (a.g) return { graph: a.g, captures: capturedNames(a.g) };
      break;
    case 6:
      return { floats: a.floats };
    case 7:
      return a.ints.map(Number);
    case 8:
      return a.strings.map(text3);
    case 0:
      return untypedAttr(a);
  }
  throw new OnnxplainError2("E_MODEL_INVALID", `Attribute \`${a.name}\` has type ${a.type}, which is not supported.`);
}
function untypedAttr(a) {
  if (a.ints.length > 0) return a.ints.map(Number);
  if (a.floats.length > 0) return { floats: a.floats };
  if (a.s.length > 0) return text3(a.s);
  if (a.f !== 0) return { float: a.f };
  return Number(a.i);
}
function capturedNames(graph) {
  const own = /* @__PURE__ */ new Set([
    ...graph.input.map((i) => i.name),
    ...graph.initializer.map((i) => i.name),
    ...graph.node.flatMap((n) => n.output)
  ]);
  const used = [
    ...graph.node.flatMap((n) => [...n.input, ...n.attribute.flatMap((a) => a.g ? capturedNames(a.g) : [])]),
    ...graph.output.map((o) => o.name)
  ];
  return [...new Set(used.filter((n) => n !== "" && !own.has(n)))];
}

// src/image/hf-families.ts
var HALF3 = [0.5, 0.5, 0.5];
var vit = {
  size: [224, 224],
  square: true,
  resample: "bilinear",
  crop: 224,
  doCrop: false,
  mean: HALF3,
  std: HALF3,
  doNormalize: true,
  rule: "plain"
};
var beit = { ...vit, size: [256, 256], resample: "bicubic", doCrop: true };
var clip = {
  ...vit,
  size: 224,
  square: false,
  resample: "bicubic",
  doCrop: true,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711]
};
var mobilenet = { ...vit, size: 256, square: false, doCrop: true };
var HF_FAMILIES = {
  ViT: vit,
  BeiT: beit,
  Beit: beit,
  DeiT: beit,
  Deit: beit,
  Bit: clip,
  CLIP: clip,
  ConvNext: { ...vit, size: 384, square: false, resample: "bicubic", rule: "convnext", cropPct: 224 / 256 },
  EfficientNet: { ...vit, size: [346, 346], resample: "nearest", crop: 289, includeTop: true },
  Levit: { ...clip, rule: "levit", mean: IMAGENET_MEAN, std: IMAGENET_STD },
  MobileNetV1: mobilenet,
  MobileNetV2: mobilenet,
  MobileViT: { ...mobilenet, size: 224, crop: 256, doNormalize: false, flip: true },
  PoolFormer: { ...clip, rule: "poolformer", cropPct: 0.9, mean: IMAGENET_MEAN, std: IMAGENET_STD },
  Segformer: { ...vit, size: [512, 512], mean: IMAGENET_MEAN, std: IMAGENET_STD },
  Siglip: { ...vit, resample: "bicubic" }
};
function hfFamily(processor) {
  const name = (processor ?? "ViT").replace(/(ImageProcessor|FeatureExtractor)(Fast)?$/, "");
  return Object.hasOwn(HF_FAMILIES, name) && HF_FAMILIES[name] || vit;
}

// src/image/hf-fields.ts
var RESAMPLE_CODES = [
  "nearest",
  "lanczos",
  "bilinear",
  "bicubic",
  "box",
  "hamming"
];
function fieldError(field, expected2, got) {
  return new OnnxplainError2(
    "E_PARAM",
    `Expected \`${field}\` of preprocessor_config.json to be ${expected2}, got ${JSON.stringify(got) ?? String(got)}.`
  );
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function booleanField(json, field, fallback) {
  const value = json[field] ?? fallback;
  if (typeof value === "boolean") return value;
  throw fieldError(field, "true or false", value);
}
function positiveField(json, field, fallback) {
  const value = json[field] ?? fallback;
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw fieldError(field, "a positive number", value);
}
function resampleField(json, fallback) {
  const value = json.resample ?? fallback;
  if (typeof value === "number") {
    const found = RESAMPLE_CODES[value];
    if (found) return found;
  }
  const named = RESAMPLE_CODES.find((name) => name === value);
  if (named) return named;
  throw fieldError("resample", `one of 0\u20265 (${RESAMPLE_CODES.join(", ")})`, value);
}
function channelsField(json, field, fallback) {
  const value = json[field] ?? fallback;
  const list3 = typeof value === "number" ? [value, value, value] : value;
  const numbers5 = Array.isArray(list3) && list3.every((v) => typeof v === "number" && Number.isFinite(v));
  if (numbers5 && (list3.length === 1 || list3.length === 3)) return list3;
  throw fieldError(field, "one or three finite numbers", value);
}
function sizeField(json, field) {
  const value = json[field] ?? void 0;
  if (value === void 0) return void 0;
  const side2 = (v) => typeof v === "number" && Number.isInteger(v) && v > 0;
  if (side2(value)) return value;
  if (Array.isArray(value) && value.length === 2 && side2(value[0]) && side2(value[1])) {
    return { height: value[0], width: value[1] };
  }
  if (isObject(value)) {
    if (side2(value.height) && side2(value.width)) return { height: value.height, width: value.width };
    if (side2(value.shortest_edge) && (value.longest_edge ?? void 0) === void 0) {
      return { shortest: value.shortest_edge };
    }
  }
  throw fieldError(field, "a positive integer, {shortest_edge} or {height, width}", value);
}

// src/image/from-preprocessor-config.ts
function fromPreprocessorConfig(json) {
  if (!isObject(json)) throw fieldError("(the file)", "a JSON object", json);
  const family = hfFamily(processorType(json));
  const geometry = booleanField(json, "do_resize", true) ? resizing(json, family) : { resize: null, crop: null };
  const crop2 = family.rule === "convnext" ? geometry.crop : cropping(json, family);
  return {
    resize: geometry.resize,
    crop: crop2,
    resample: resampleField(json, family.resample),
    ...values(json, family),
    layout: "nchw"
  };
}
function processorType(json) {
  const field = json.image_processor_type === void 0 ? "feature_extractor_type" : "image_processor_type";
  const type = json[field] ?? void 0;
  if (type === void 0 || typeof type === "string") return type;
  throw fieldError(field, "a string", type);
}
function resizing(json, family) {
  const size = sizeOf(json, family);
  if (family.rule === "convnext") return convnext(size, positiveField(json, "crop_pct", family.cropPct ?? 1));
  if (family.rule === "levit" && "shortest" in size) {
    return { resize: { shorterSide: Math.trunc(256 / 224 * size.shortest) }, crop: null };
  }
  const enlarges = family.rule === "poolformer" && !("crop_pct" in json && json.crop_pct === null);
  const percent = enlarges ? positiveField(json, "crop_pct", family.cropPct ?? 1) : 1;
  const grown = (side2) => Math.trunc(side2 / percent);
  if ("shortest" in size) return { resize: { shorterSide: grown(size.shortest) }, crop: null };
  if (enlarges && size.width === size.height) return { resize: { shorterSide: grown(size.width) }, crop: null };
  return { resize: { height: grown(size.height), width: grown(size.width) }, crop: null };
}
function convnext(size, percent) {
  if (!("shortest" in size) && size.width !== size.height) throw fieldError("size", "{shortest_edge}", size);
  const side2 = "shortest" in size ? size.shortest : size.width;
  const square2 = { height: side2, width: side2 };
  if (side2 >= 384) return { resize: square2, crop: null };
  return { resize: { shorterSide: Math.trunc(side2 / percent) }, crop: { ...square2, rounding: "floor" } };
}
function sizeOf(json, family) {
  const given3 = sizeField(json, "size");
  if (typeof given3 === "object") return given3;
  if (given3 !== void 0) return family.square ? { height: given3, width: given3 } : { shortest: given3 };
  if (typeof family.size === "number") return { shortest: family.size };
  return { height: family.size[0], width: family.size[1] };
}
function cropping(json, family) {
  if (!booleanField(json, "do_center_crop", family.doCrop)) return null;
  const given3 = sizeField(json, "crop_size") ?? family.crop;
  if (typeof given3 === "number") return { height: given3, width: given3, rounding: "floor" };
  if ("shortest" in given3) throw fieldError("crop_size", "a positive integer or {height, width}", json.crop_size);
  return { ...given3, rounding: "floor" };
}
function values(json, family) {
  const scale = booleanField(json, "do_rescale", true) ? positiveField(json, "rescale_factor", 1 / 255) : 1;
  const normalize = booleanField(json, "do_normalize", family.doNormalize);
  const flip2 = booleanField(json, "do_flip_channel_order", family.flip ?? false);
  let mean3 = normalize ? channelsField(json, "image_mean", family.mean) : [0, 0, 0];
  let std = normalize ? channelsField(json, "image_std", family.std) : [1, 1, 1];
  if (mean3.length !== std.length)
    throw fieldError("image_std", `${mean3.length} number(s), as image_mean has`, json.image_std);
  if (std.includes(0)) throw fieldError("image_std", "numbers other than 0", json.image_std);
  if (booleanField(json, "rescale_offset", false)) mean3 = mean3.map((m) => m + 1);
  if (normalize && booleanField(json, "include_top", family.includeTop ?? false)) std = std.map((s) => s * s);
  if (mean3.length === 1) return { channelOrder: "GRAY", scale, mean: mean3, std };
  return { channelOrder: flip2 ? "BGR" : "RGB", scale, mean: mean3, std };
}

// src/load.ts
var GRAPHS = ["onnx/model.onnx", "model.onnx"];
async function loadModel(source, options = {}) {
  if (source instanceof Uint8Array) {
    const model3 = readModel(decodeModel2(source));
    return new Explainer({
      name: options.name ?? "model",
      bytes: source,
      model: model3,
      labels: options.labels,
      preprocessing: options.preprocessing
    });
  }
  const location = await graphFile(String(source));
  const bytes = await mustRead(location);
  const proto = decodeModel2(bytes);
  const folder = files2.folderOf(location);
  const beside = /* @__PURE__ */ new Map();
  for (const name of externalLocations(proto)) {
    const data2 = /(^|[\\/])\.\.([\\/]|$)/.test(name) ? void 0 : await files2.read(files2.join(folder, name));
    if (data2) beside.set(name, data2);
  }
  const model2 = readModel(proto, (name) => beside.get(name));
  const described = await describe(location);
  return new Explainer({
    name: options.name ?? location,
    bytes,
    model: model2,
    labels: options.labels ?? described.labels,
    preprocessing: options.preprocessing ?? described.preprocessing
  });
}
async function graphFile(location) {
  if (!await files2.isFolder(location)) return location;
  for (const name of GRAPHS) {
    const file = files2.join(location, name);
    if (await files2.read(file)) return file;
  }
  throw new OnnxplainError2(
    "E_FILE",
    `Folder \`${location}\` holds no ${GRAPHS.map((g) => `\`${g}\``).join(" or ")}. Give the .onnx file itself.`,
    { file: location }
  );
}
async function mustRead(location) {
  const bytes = await files2.read(location);
  if (bytes === void 0) throw new OnnxplainError2("E_FILE", `There is no file \`${location}\`.`, { file: location });
  return bytes;
}
async function describe(location) {
  const own = files2.folderOf(location);
  const folders = /(^|[\\/])onnx[\\/]?$/.test(own) ? [own, files2.folderOf(own.replace(/[\\/]$/, ""))] : [own];
  const find = async (name) => {
    for (const folder of folders) {
      const file = files2.join(folder, name);
      const bytes = await files2.read(file);
      if (bytes)
        return {
          text: new TextDecoder().decode(bytes),
          file,
          json: name.endsWith(".json") ? parseJson(bytes, file) : void 0
        };
    }
    return void 0;
  };
  const [config2, preprocessor, labels, card] = await Promise.all([
    find("config.json"),
    find("preprocessor_config.json"),
    find("labels.txt"),
    find("META.json")
  ]);
  const fromCard = card ? readCard(card.json) : {};
  return {
    labels: labelsOfConfig(config2?.json) ?? (labels ? readLabels(labels.text) : void 0),
    preprocessing: preprocessor ? fromPreprocessorConfig(preprocessor.json) : fromCard.preprocessing
  };
}
function parseJson(bytes, file) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new OnnxplainError2("E_FILE", `\`${file}\` is not valid JSON: ${cause.message}.`, { file, cause });
  }
}
function labelsOfConfig(json) {
  const map2 = json?.id2label;
  if (typeof map2 !== "object" || map2 === null) return void 0;
  const entries = Object.entries(map2).map(([k, v]) => [Number(k), String(v)]).sort(([a], [b]) => a - b);
  return entries.length > 0 && entries.every(([k], i) => k === i) ? entries.map(([, v]) => v) : void 0;
}
function readLabels(text4) {
  const trimmed = text4.trim();
  if (/^[[{]/.test(trimmed)) {
    const json = parseJson(new TextEncoder().encode(trimmed), "labels");
    const labels = Array.isArray(json) ? json.map(String) : labelsOfConfig({ id2label: json }) ?? labelsOfConfig(json);
    if (labels) return labels;
  }
  const lines = trimmed.split(/\r?\n/).map((l) => l.trim());
  if (trimmed === "")
    throw new OnnxplainError2("E_FILE", "The label file is empty. Write one label a line, in class order.");
  return lines;
}

// bench/zz-morf.ts
var S = 224;
var N = S * S;
var model = await loadModel(process.argv[2]);
var pixels2 = Float32Array.from({ length: 3 * N }, (_, i) => 0.5 + 0.4 * Math.sin(i / 97));
var toInput = (p) => p.map((v) => (v - 0.45) / 0.22);
var x = toInput(pixels2);
var map = Float32Array.from({ length: N }, (_, i) => Math.sin(i / 1e3) + Math.sin(i));
var image = { id: "a", width: S, height: S, channels: 3, layout: "nchw", x, pixels: pixels2, toInput, target: 3, map, maps: [map], attribution: void 0, classes: 1e3, seed: 1, layers: 0 };
for (let rep = 0; rep < 5; rep++) for (const id of ["morf", "deletion"]) {
  let fwd = 0, copy = 0, n = 0;
  const t0 = performance.now();
  const metric = METRICS[id];
  const g = metric.run(image, readParams(id, metric.params, {}));
  let s = g.next();
  while (!s.done) {
    const q = s.value.queries;
    const t = performance.now();
    const data2 = new Float32Array(q.length * 3 * N);
    q.forEach((r2, i) => data2.set(r2.x, i * 3 * N));
    copy += performance.now() - t;
    const t1 = performance.now();
    const r = await predict(model, { dims: [q.length, 3, S, S], data: data2 }, { batch: 16 });
    fwd += performance.now() - t1;
    n += q.length;
    s = g.next(r.map((l) => ({ logits: l, probabilities: l })));
  }
  const all = performance.now() - t0;
  console.log(id, n, "forward", fwd.toFixed(0), "building", (all - fwd - copy).toFixed(1), "ms =", (100 * (all - fwd - copy) / fwd).toFixed(2), "% of forward");
}
await model.dispose();
