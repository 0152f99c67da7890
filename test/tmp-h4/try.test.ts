import { test } from "vitest";
import { rmSync } from "node:fs";
import { openDataSet } from "/work/main/src/data/open.ts";
import { runTraining } from "/work/main/src/jobs/train.ts";
test("try", async () => {
  rmSync("/tmp/h4/run", { recursive: true, force: true });
  const data = await openDataSet("/work/shared/images/cifar10/train_5000.bin", {limit: 1000, shuffle: 0});
  const val = await openDataSet("/work/shared/images/cifar10/test_1000.bin", {limit: 200});
  let last = 0;
  const r = await runTraining({ network: "resnet-small", data, validation: val, folder: "/tmp/h4/run", epochs: 2, augment: ["flip", "pad-and-crop"], weightDecay: 5e-4, csv: true, checkpointEvery: {steps: 10}, keep: "best",
   onNote: console.log, onProgress: (p) => { if (Date.now()-last>2000) {last=Date.now(); console.log(JSON.stringify(p));} } });
  console.log(JSON.stringify({...r, classes: r.classes.length}));
}, 600000);
