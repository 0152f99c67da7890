import { expect, test } from "vitest";
import { net } from "./nets.ts";
import { writeModelBytes } from "../src/graph/write.ts";
import { loadModel } from "../src/load.ts";
import { cutForArrays } from "../src/jobs/representers-network.ts";
import { EMPTY, builder, modelOf, wave } from "./nets.ts";
import { tensor } from "../src/graph/tensor.ts";
test("lstm", async () => {
  const g = builder();
  const w = (...d: number[]) => g.constant(tensor("float32", d, wave(d.reduce((a,b)=>a*b,1), d.length)), "w");
  const ids = g.input("ids", "int64", ["N", 6]);
  const x = g.op("Transpose", [g.op("Gather", [w(12, 4), ids])], { perm: [1, 0, 2] });
  let err: unknown;
  try {
    const outs = g.op("LSTM", [x, w(1, 32, 4), w(1, 32, 8), w(1, 64)], { hidden_size: 8 });
    console.log(outs);
  } catch (e) { err = e; }
  console.log(String(err));
});
