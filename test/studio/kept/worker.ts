/** @file Runs the drawn network on two threads where it may, in a worker as the studio does. */
import { DEMO_SIZE, demoModelBytes } from "../../../src/data/demo-net.ts";
import { configureRuntime, openSession } from "../../../src/runtime/ort-web.ts";

const ORT = new URL("../ort/", self.location.href).href;

/** What the runtime starts its threads from. */
const threads: string[] = [];
const Plain = self.Worker;
self.Worker = class extends Plain {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    threads.push(new URL(url, self.location.href).pathname);
  }
};

self.onmessage = async () => {
  try {
    configureRuntime({ wasmPaths: ORT });
    const session = await openSession(demoModelBytes(), {
      device: "wasm",
      ...(self.crossOriginIsolated ? { threads: 2 } : {}),
    });
    const [name = ""] = session.inputs;
    const out = await session.run({
      [name]: {
        dtype: "float32",
        dims: [1, 3, DEMO_SIZE, DEMO_SIZE],
        data: new Float32Array(3 * DEMO_SIZE ** 2).fill(0.5),
      },
    });
    const scores = Object.values(out)[0]?.data ?? [];
    self.postMessage({
      isolated: self.crossOriginIsolated,
      threads,
      finite: [...scores].every((v) => Number.isFinite(Number(v))),
      count: scores.length,
    });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
