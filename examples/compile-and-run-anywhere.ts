/** @file Compile an explanation to ONNX and run it with ONNX Runtime alone. Run: `node dist/examples/compile-and-run-anywhere.js`. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { compile, DEMO_PREPROCESSING, demoModelBytes, drawScene, loadModel, preprocess } from "../src/index.ts";

const model = await loadModel(demoModelBytes());
const { bytes, outputs } = await compile(model, { method: "grad-cam", target: "predicted" });

// from here on nothing of onnxplain is needed
const session = await InferenceSession.create(bytes);
const { data, dims } = preprocess(drawScene(7).image, DEMO_PREPROCESSING);
const result = await session.run({ input: new Tensor("float32", data, dims) });
const [map, probabilities] = [result.saliency_map as Tensor, result.probabilities as Tensor];
const top = Math.max(...(probabilities.data as Float32Array));
console.log(`outputs ${outputs.join(", ")}; map ${map.dims.join("x")}, top probability ${top.toFixed(3)}`);
await session.release();
